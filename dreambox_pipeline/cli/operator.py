"""Who types: the name that goes into the audit log with what a command changes."""

import getpass


def operator() -> str:
    """`operator:` and the user's name on this machine; a container without users has none."""
    try:
        return f"operator:{getpass.getuser()}"
    except (KeyError, OSError, ImportError):
        return "operator"
