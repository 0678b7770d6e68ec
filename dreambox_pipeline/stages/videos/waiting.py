"""How long a job waits before somebody asks about it again.

Pauses double: a clip takes minutes, and asking more often does not make it faster. A provider that
wants to be left alone for longer is; one that promises something soon is waited for within the run.
"""

from datetime import timedelta
from enum import StrEnum

FIRST_PAUSE = timedelta(seconds=10)
"""Servers for one person make a short clip in tens of seconds; a first look sooner finds nothing."""

LONGEST_PAUSE = timedelta(minutes=10)
"""A finished clip lies around no longer than this; providers keep it for an hour at least."""

LONGEST_WISH = timedelta(hours=6)
"""A provider that asks for more is asked again after this: the job ends after a day anyway."""

SOON_S = 30.0
"""A run waits for a job that its provider promises within so many seconds, rather than come back."""

LOOKS_PER_RUN = 3
"""How often a run waits for such a promise; a provider that keeps promising is left to the next run."""


class WaitsFor(StrEnum):
    """Why a planned job is not sent now."""

    VIDEO_CAP = "video_cap"
    DAY_CAP = "day_cap"
    GENERATOR = "generator"


def pause(asked_before: int, *, wished_s: float | None = None) -> timedelta:
    """Time until a job is asked about again.

    Args:
        asked_before: How often it was asked about and was not ready.
        wished_s: Seconds the provider wants to be left alone, if it said.
    """
    doublings = min(asked_before, 10)  # far above the longest pause, far below an overflow
    own = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    wish = timedelta(seconds=max(0.0, wished_s or 0.0))
    return max(own, min(wish, LONGEST_WISH))


def is_soon(wished_s: float | None) -> bool:
    """Whether the provider itself promises something within the time a run can wait."""
    return wished_s is not None and wished_s <= SOON_S
