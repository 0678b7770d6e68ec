"""What is waiting: plain counts from the ledger, and the pure decisions sensors make from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from dreambox_pipeline.defs.placement import approved_videos
from dreambox_pipeline.stages.dreams.consent import QUESTIONS_PER_DAY
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.storage.ledger import (
    Ledger,
    consents,
    jobs,
    prompts,
    publications,
    videos,
)
from dreambox_pipeline.storage.ledger import (
    dreams as ledger_dreams,
)

ANSWERS_EVERY = timedelta(minutes=30)
"""How often replies to open questions are looked at; people answer within hours, not seconds."""

RESERVE = 14
"""Videos made ahead: a week of slots. More would cost money and go stale before they are posted."""


@dataclass(frozen=True, slots=True)
class Production:
    """Rows that wait for the next step between a dream report and a finished video."""

    unasked: int
    unanswered: int
    without_prompt: int
    without_job: int
    open_jobs: int
    without_video: int

    def reason(self, *, since_last: timedelta) -> str | None:
        """Why a production run is worth starting now, or None.

        Args:
            since_last: Time since the last production run was requested.
        """
        made = self.without_prompt + self.without_job + self.open_jobs + self.without_video
        if made:
            return f"{made} rows between prompt and video are waiting"
        if self.unasked and since_last >= timedelta(minutes=5):
            return f"{self.unasked} dreamers may be asked"
        if self.unanswered and since_last >= ANSWERS_EVERY:
            return f"{self.unanswered} questions are open"
        return None


def room_in_reserve(connection: Connection) -> int:
    """How many more videos are worth making now."""
    return max(0, RESERVE - videos.in_reserve(connection))


def _unasked(connection: Connection, states: Mapping[str, ConsentState]) -> int:
    return sum(report.dream_id not in states for report in ledger_dreams.rankable(connection))


def _questions_left(connection: Connection, now: datetime) -> int:
    asked = consents.asked_since(connection, now - timedelta(days=1))
    return max(0, QUESTIONS_PER_DAY - asked)


def production(ledger: Ledger, *, now: datetime) -> Production:
    """Count what waits, as far as it may go on now."""
    with ledger.read() as connection:
        states = consents.states(connection)
        return Production(
            unasked=min(_unasked(connection, states), _questions_left(connection, now)),
            unanswered=sum(state is ConsentState.ASKED for state in states.values()),
            without_prompt=min(
                len(prompts.dreams_without_prompt(connection)), room_in_reserve(connection)
            ),
            without_job=len(prompts.without_job(connection)),
            open_jobs=len(jobs.open_jobs(connection)),
            without_video=sum(
                _is_still_granted(connection, job)
                for job in jobs.accepted_without_video(connection)
            ),
        )


def _is_still_granted(connection: Connection, job: jobs.JobRow) -> bool:
    # The clip of a withdrawn dream is never finished, so nothing waits for it.
    prompt = prompts.get(connection, job.prompt_id)
    return prompt is not None and consents.is_granted(connection, prompt.dream_id)


def posting_reason(ledger: Ledger, *, now: datetime) -> str | None:
    """Why a publishing run is worth starting now, or None."""
    with ledger.read() as connection:
        due = len(publications.due(connection, now=now))
        in_flight = len(publications.in_flight(connection))
        queued = {row.render_id for row in publications.everything(connection)}
        unplanned = len(set(approved_videos(connection)) - queued)
    reasons = {
        "due": due,
        "sent and not confirmed": in_flight,
        "approved and not in the queue": unplanned,
    }
    parts = [f"{count} {what}" for what, count in reasons.items() if count]
    return ", ".join(parts) or None
