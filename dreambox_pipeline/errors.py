"""Every error DreamBox raises, cut by what the caller should do next.

    DreamBoxError
    ├── TransientError     try again; `retry_after_s` when the other side said how long
    ├── ItemError          this one item cannot go on; record why, continue with the rest
    └── StopError          nothing will work until a person acts; fail the run, do not retry

Programming mistakes stay `ValueError`, `TypeError` and `AssertionError`; nobody catches them.
A "no" from policy (a refused dream, a rejected video) is a value with a reason, never an error.

A message has three parts: what was tried with which value, what came back, what to do next.
"""


class DreamBoxError(Exception):
    """Base of all errors raised on purpose by this package.

    Attributes:
        item_id: The row it is about, when that is another than the one that was taken up.
    """

    item_id: str | None = None


class TransientError(DreamBoxError):
    """The same call may work later. Nothing was changed unless the subclass says so.

    Args:
        message: What was tried, what came back, what happens next.
        retry_after_s: Seconds the other side asked us to wait, if it said.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ItemError(DreamBoxError):
    """One item cannot go on. The batch records it and continues with the rest."""


class StopError(DreamBoxError):
    """Nothing of this kind will work until a person acts. The run fails and is not retried."""
