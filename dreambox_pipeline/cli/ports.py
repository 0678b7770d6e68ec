"""Whether a port on this machine is free, said before anything is started on it."""

import socket
from contextlib import closing

from dreambox_pipeline.errors import StopError

HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    """Nothing listens on *port*, and it is one that can be listened on."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
    return True


def require_free(port: int, *, what: str, setting: str) -> None:
    """Refuse to start *what* where something listens already.

    Raises:
        StopError: The port is taken or no port; the message names the setting.
    """
    if not is_free(port):
        raise StopError(
            f"Tried port {port} of {HOST} for {what}, and it cannot be listened on: most likely another "
            f"program, or another `dreambox up`, uses it. Stop that one, or set {setting} to a free port."
        )
