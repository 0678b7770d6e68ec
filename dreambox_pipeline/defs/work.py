"""What is waiting: plain counts from the ledger, and the pure decisions sensors make from them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from dreambox_pipeline.defs.clip_jobs.budget import Budget
from dreambox_pipeline.defs.inbox import waiting_post_events
from dreambox_pipeline.defs.questions import QUESTION, question_key, room_for_questions
from dreambox_pipeline.stages.posts.local_time import describe, utc_offset
from dreambox_pipeline.stages.posts.publishing import Step, next_step
from dreambox_pipeline.storage.ledger import (
    Ledger,
    consents,
    jobs,
    outbox,
    post_drafts,
    prompts,
    publications,
    switches,
    videos,
)
from dreambox_pipeline.storage.ledger import (
    dreams as ledger_dreams,
)
from dreambox_pipeline.storage.post_queue.proposal import approved_videos, without_slot

ANSWERS_EVERY = timedelta(minutes=30)
"""How often replies to open questions are looked at; people answer within hours, not seconds."""

RESERVE = 14
"""Videos made ahead: a week of slots. More would cost money and go stale before they are posted."""


@dataclass(frozen=True, slots=True)
class Production:
    """Rows that wait for the next step between a dream report and a finished video.

    Attributes:
        unasked: Dreamers who may be asked now, and questions whose sending was not confirmed.
        unanswered: Threads in which an answer, or a granted dream's withdrawal, may stand.
    """

    unasked: int
    unanswered: int
    without_prompt: int
    without_job: int
    open_jobs: int
    without_video: int
    without_draft: int = 0

    def reason(self, *, since_last: timedelta) -> str | None:
        """Why a production run is worth starting now, or None.

        Args:
            since_last: Time since the last production run was requested.
        """
        made = self.without_prompt + self.without_job + self.open_jobs + self.without_video
        if made:
            return f"{made} rows between prompt and video are waiting"
        if self.without_draft and since_last >= timedelta(minutes=5):
            return f"{self.without_draft} finished videos have no caption yet"
        if self.unasked and since_last >= timedelta(minutes=5):
            return f"{self.unasked} dreamers may be asked"
        if self.unanswered and since_last >= ANSWERS_EVERY:
            return f"{self.unanswered} threads may hold an answer or a withdrawal"
        return None


def room_in_reserve(connection: Connection) -> int:
    """How many more videos are worth making now."""
    return max(0, RESERVE - videos.in_reserve(connection))


def _unasked(connection: Connection) -> int:
    """Dreams nobody was asked about; a question that failed for good counts as asked."""
    written = outbox.keys(connection, QUESTION)
    return sum(
        question_key(report.dream_id) not in written
        for report in ledger_dreams.rankable(connection)
    )


def production(ledger: Ledger, *, now: datetime, budget: Budget) -> Production:
    """Count what waits, as far as it may go on now."""
    with ledger.read() as connection:
        unconfirmed = len(outbox.unsent(connection, QUESTION))
        return Production(
            unasked=min(_unasked(connection), room_for_questions(connection, now=now))
            + unconfirmed,
            unanswered=len(consents.open_questions(connection, now=now)),
            without_prompt=min(
                len(prompts.dreams_without_prompt(connection)), room_in_reserve(connection)
            ),
            without_job=len(prompts.without_job(connection)),
            open_jobs=_jobs_to_go_on(connection, budget, now),
            without_video=len(jobs.accepted_without_video(connection)),
            without_draft=len(post_drafts.without_draft(connection)),
        )


def _jobs_to_go_on(connection: Connection, budget: Budget, now: datetime) -> int:
    """What waits for its provider or for money is not helped by another run; a raised cap ends the wait."""
    due = jobs.open_jobs(connection, due_at=now)
    return len({job.job_id for job in (*due, *budget.has_room(connection, now=now))})


def _is_to_follow_up(row: publications.PublicationRow, now: datetime) -> bool:
    # What waits for a person's eyes does not get better by asking every minute.
    step = next_step(
        row.state, slot_at=row.slot_at, state_since=row.updated_at, now=now, route=row.sent_by
    )
    return step not in (Step.WAIT, Step.ASK_PERSON, Step.DONE)


def posting_reason(ledger: Ledger, *, now: datetime) -> str | None:
    """Why a publishing run is worth starting now, or None. While posting is paused nothing is due."""
    with ledger.read() as connection:
        is_paused = switches.pause_of_posting(connection) is not None
        due = 0 if is_paused else len(publications.due(connection, now=now))
        told = len(waiting_post_events(connection, now=now))
        in_flight = sum(_is_to_follow_up(row, now) for row in publications.in_flight(connection))
        unplanned = len(
            without_slot(approved_videos(connection), publications.everything(connection))
        )
    reasons = {
        "due": due,
        "told by TikTok": told,
        "sent and not confirmed": in_flight,
        "approved and not in the queue": unplanned,
    }
    parts = [f"{count} {what}" for what, count in reasons.items() if count]
    return ", ".join(parts) or None


def why_nothing_is_posted(ledger: Ledger, zone: ZoneInfo, *, now: datetime) -> str:
    """What a quiet tick says: the pause, or the next slot, and what is on its way."""
    with ledger.read() as connection:
        pause = switches.pause_of_posting(connection)
        queue = publications.planned(connection)
        on_the_way = len(publications.in_flight(connection))
    if not queue:
        said = "No slot has come: the queue is empty."
    else:
        at = queue[0].slot_at
        said = (
            f"No slot has come: the next of {len(queue)} is {describe(at, zone)} {zone.key} "
            f"({utc_offset(at, zone)}), {_in_words(at - now)}."
        )
    if pause is not None:
        said = f"{pause} " + (f"{len(queue)} are in the queue." if queue else "The queue is empty.")
    return said + (f" On their way: {on_the_way}." if on_the_way else "")


def _in_words(span: timedelta) -> str:
    if span <= timedelta(0):
        return "now"
    days, rest = divmod(span, timedelta(days=1))
    hours, minutes = divmod(int(rest / timedelta(minutes=1)), 60)
    parts = (days and f"{days} d", hours and f"{hours} h", minutes and f"{minutes} min")
    return "in " + (" ".join(part for part in parts if part) or "less than a minute")
