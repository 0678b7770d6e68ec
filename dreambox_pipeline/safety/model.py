"""Value types for safety verdicts."""

from dataclasses import dataclass
from enum import StrEnum


class ScreeningAction(StrEnum):
    """What the safety rules say about a dream, a prompt or a caption."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Screening:
    """The safety verdict on a text, with the rules that led to it."""

    action: ScreeningAction
    reasons: tuple[str, ...] = ()
