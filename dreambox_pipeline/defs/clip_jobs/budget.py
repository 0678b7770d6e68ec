"""The budget governor: what the ledger says is spent, held against the caps, in the account's days."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.videos.budget import Cap, Caps, exceeded, in_usd
from dreambox_pipeline.stages.videos.waiting import WaitsFor
from dreambox_pipeline.storage.ledger import job_choices, jobs, spend
from dreambox_pipeline.storage.ledger.jobs import JobRow

LOOK_AGAIN = timedelta(days=1)
"""A dream over its own cap changes only by a person's doing; once a day is looked whether they did."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The caps, and the time zone whose days the daily one counts."""

    caps: Caps
    zone: ZoneInfo

    def over(self, connection: Connection, job: JobRow, *, now: datetime) -> Cap | None:
        """The cap that *job*'s clip would break now, or None; what is free breaks none."""
        dream_id, day = jobs.dream_of(connection, job), self.day(now)
        if job.estimate_microusd == 0 and not spend.has_billed(
            connection, job.generator, dream_id=dream_id, day=day
        ):
            return None
        committed = spend.committed(connection, dream_id=dream_id, day=day)
        return exceeded(job.estimate_microusd, committed, self.caps)

    def has_room(self, connection: Connection, *, now: datetime) -> list[JobRow]:
        """Jobs that a cap held back and that it would let pass now."""
        return [
            job
            for job in job_choices.blocked(connection)
            if self.over(connection, job, now=now) is None
        ]

    def reserve(self, connection: Connection, job: JobRow, *, now: datetime) -> None:
        """Hold the estimate of *job* for the submit that comes next."""
        spend.reserve(
            connection,
            job.job_id,
            dream_id=jobs.dream_of(connection, job),
            generator=job.generator,
            microusd=job.estimate_microusd,
            day=self.day(now),
            now=now,
        )

    def hold_back(self, connection: Connection, job: JobRow, cap: Cap, *, now: datetime) -> JobRow:
        """Let *job* wait until there may be room under *cap*; its row says what it waits for."""
        dream_id, price = jobs.dream_of(connection, job), in_usd(job.estimate_microusd)
        committed = spend.committed(connection, dream_id=dream_id, day=self.day(now))
        if cap is Cap.VIDEO:
            until = now + LOOK_AGAIN
            error = (
                f"A clip for {dream_id} costs {price}; {in_usd(committed.dream_microusd)} of the "
                f"{in_usd(self.caps.per_video_microusd)} for one video are spent or reserved. Nothing was sent. "
                "Raise DREAMBOX_BUDGET_PER_VIDEO_USD, or leave the dream."
            )
        else:
            until = self.next_day(now)
            error = (
                f"A clip costs {price}; {in_usd(committed.day_microusd)} of the {in_usd(self.caps.per_day_microusd)} "
                f"for one day are spent or reserved. Nothing was sent; it goes on at {until:%Y-%m-%d %H:%M} UTC, "
                "or when DREAMBOX_BUDGET_PER_DAY_USD is raised."
            )
        waits_for = WaitsFor(cap.value)
        return jobs.wait(connection, job, until=until, waits_for=waits_for, error=error)

    def today(self, connection: Connection, *, now: datetime) -> spend.DaySpend:
        """What was booked on the account's present day."""
        return spend.of_day(connection, self.day(now))

    def left_microusd(self, today: spend.DaySpend) -> int:
        """What may still be spent today, in millionths of a US dollar."""
        return max(0, self.caps.per_day_microusd - today.counted_microusd)

    def day(self, moment: datetime) -> str:
        """The account's day, as YYYY-MM-DD."""
        return moment.astimezone(self.zone).date().isoformat()

    def next_day(self, moment: datetime) -> datetime:
        """When the account's next day begins, in UTC."""
        tomorrow = moment.astimezone(self.zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(), tzinfo=self.zone).astimezone(moment.tzinfo)


def budget_of(settings: Settings, zone: ZoneInfo) -> Budget:
    """The budget that the settings name."""
    caps = Caps(settings.budget_per_video_microusd, settings.budget_per_day_microusd)
    return Budget(caps, zone)
