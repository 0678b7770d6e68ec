"""What clips may cost: an estimate is reserved before the request, and settled or released after it.

Every submit has one booking of its own. It changes in the same transaction as the job's state, so
neither a crash nor a rival process can lose or double one:

| from | to | booking | why |
|---|---|---|---|
| planned | unknown | reserve the estimate | from here on the request may be out |
| unknown | planned | release | turned away at the door: there surely is no job |
| unknown | submitted | keep | the provider has it |
| unknown | lost | keep | nobody knows whether it was made; a person decides |
| unknown | failed | settle, amount unknown | given up before it was found; it may be paid |
| submitted, running | downloaded | settle: what the provider told, else what was reserved | made and paid |
| submitted, running | failed, refused | settle: what the provider told, else unknown | some charge for these |
| submitted, running | lost | keep | it was started; a person decides |
| lost | planned | settle, amount unknown | the person decided; it still counts |
| other arrows | | keep | nothing is owed |

A reserved booking, and a settled one of unknown amount, count with what was reserved: the caps
assume the worst. In figures for people, unknown stays unknown.
"""

from dataclasses import dataclass
from enum import StrEnum

from dreambox_pipeline.stages.videos.model import JobState

MICROUSD = 1_000_000
"""Millionths of a US dollar in one."""

RISE_TOLERANCE = 0.05
"""A price that rose by less since it was planned is rounding or currency; more is news for the log."""

WARN_SHARE = 0.8
"""From this share of the daily cap a person is warned: a fifth is a few clips, enough to react to."""


class Booking(StrEnum):
    """What a job's step does to the reservation of its newest submit."""

    RESERVE = "reserve"
    KEEP = "keep"
    SETTLE = "settle"
    RELEASE = "release"


S = JobState
BOOKINGS: dict[tuple[JobState, JobState], Booking] = {
    (S.PLANNED, S.UNKNOWN): Booking.RESERVE,
    (S.UNKNOWN, S.PLANNED): Booking.RELEASE,
    (S.UNKNOWN, S.FAILED): Booking.SETTLE,
    (S.SUBMITTED, S.DOWNLOADED): Booking.SETTLE,
    (S.RUNNING, S.DOWNLOADED): Booking.SETTLE,
    (S.SUBMITTED, S.FAILED): Booking.SETTLE,
    (S.RUNNING, S.FAILED): Booking.SETTLE,
    (S.SUBMITTED, S.REFUSED): Booking.SETTLE,
    (S.RUNNING, S.REFUSED): Booking.SETTLE,
    (S.LOST, S.PLANNED): Booking.SETTLE,
}


def booking_for(current: JobState, to: JobState) -> Booking:
    """What a step from *current* to *to* does to the money; the table above."""
    return BOOKINGS.get((current, to), Booking.KEEP)


class Cap(StrEnum):
    """Which limit would be exceeded."""

    VIDEO = "video_cap"
    DAY = "day_cap"


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may be spent, in millionths of a US dollar.

    Attributes:
        per_video_microusd: On one dream, with all its jobs and attempts.
        per_day_microusd: On one day of the account's time zone.
    """

    per_video_microusd: int
    per_day_microusd: int


@dataclass(frozen=True, slots=True)
class Committed:
    """What is spent or reserved already, in millionths of a US dollar."""

    dream_microusd: int
    day_microusd: int


def exceeded(estimate_microusd: int, committed: Committed, caps: Caps) -> Cap | None:
    """The cap that a clip of this price would break, or None."""
    if committed.dream_microusd + estimate_microusd > caps.per_video_microusd:
        return Cap.VIDEO
    if committed.day_microusd + estimate_microusd > caps.per_day_microusd:
        return Cap.DAY
    return None


def has_risen(planned_microusd: int, now_microusd: int) -> bool:
    """Whether a price is higher now than when the job was planned, by more than `RISE_TOLERANCE`."""
    return now_microusd > planned_microusd * (1 + RISE_TOLERANCE)


def in_usd(microusd: int) -> str:
    """An amount for people: `$1.25`, and `$0.0005` where cents would hide it."""
    cents = f"${microusd / MICROUSD:,.2f}"
    return cents if microusd % (MICROUSD // 100) == 0 else f"${microusd / MICROUSD:,.4f}"
