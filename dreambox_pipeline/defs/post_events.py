"""Applying TikTok's webhooks about posts; what they mean is `stages.posts.post_events`' to say.

An event and its effect commit together, so a killed run repeats what it had not done. One that
names no publication of ours, or says nothing new, is dropped, and its row in the inbox says why.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.failures import Batch, run_batch
from dreambox_pipeline.defs.inbox import waiting_post_events
from dreambox_pipeline.defs.publication_book import PublicationBook
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.post_events import (
    News,
    PostEvent,
    gone_since,
    outcome_of,
    state_after,
)
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger, attempts, audit, inbox, publications, tasks
from dreambox_pipeline.storage.ledger.inbox import InboxEvent
from dreambox_pipeline.storage.ledger.publications import PublicationRow

S = PublicationState

TIKTOK = "tiktok"
"""Who tells events, in the audit chain and in tasks."""

TAKEN_DOWN, PUBLIC_AGAIN = "taken_down", "public_again"
"""Outcomes of tasks that TikTok's word closes."""

UNKNOWN_WORD = "dropped: TikTok has a new word for it"
NOT_OURS = "dropped: no publication of ours has this id"
NOT_YET = "waits: the publication is just being begun"
OTHERS_POST = "dropped: its post belongs to another publication"

MAX_ATTEMPTS = 10


class PostEvents:
    """Applies what waits in the inbox.

    Args:
        ledger: Holds the inbox and the publications.
        keyring: Not used by events, but the book asks for one.
        clock: When it is.
    """

    def __init__(self, *, ledger: Ledger, keyring: Keyring, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._book = PublicationBook(ledger=ledger, keyring=keyring, clock=clock, actor=TIKTOK)

    def apply(self, *, log: Callable[[str], None]) -> Batch[str]:
        """Deal with everything that can be dealt with now; each effect by name."""
        with self._ledger.read() as connection:
            waiting = waiting_post_events(connection, now=self._clock())
        return run_batch(
            waiting,
            self._apply,
            stage="post_events",
            item_id=lambda event: event.event_id,
            ledger=self._ledger,
            clock=self._clock,
            log=log,
        )

    def _apply(self, event: InboxEvent) -> str:
        now = self._clock()
        try:
            with self._ledger.write() as connection:
                effect = self._effect(connection, event, now)
                if effect != NOT_YET:
                    is_dropped = effect.startswith("dropped")
                    note = effect if is_dropped else None
                    inbox.mark_handled(connection, event.event_id, now=now, note=note)
        except ItemError as error:
            # Another worker moved the row at the same moment; the next run looks again.
            is_over = event.attempts + 1 >= MAX_ATTEMPTS
            with self._ledger.write() as connection:
                inbox.mark_failed(
                    connection, event.event_id, error=str(error), now=now, give_up=is_over
                )
            raise
        return effect

    def _effect(self, connection: Connection, event: InboxEvent, now: datetime) -> str:
        told = _read(event)
        if told is None:
            return UNKNOWN_WORD
        row = publications.of_publish_id(connection, told.publish_id)
        if row is None:
            return NOT_OURS
        if row.state is S.CLAIMED:
            return NOT_YET
        owner = publications.of_post(connection, told.post_id) if told.post_id else None
        if owner is not None and owner.publication_id != row.publication_id:
            return OTHERS_POST
        moved = self._moved(connection, row, told)
        if moved.state is S.PUBLISHED:
            return self._after_published(connection, row, moved, told, now)
        if moved.state is row.state and told.news in (News.FAILED, News.COMPLETE):
            # It changes nothing by itself, but who looks at the row should know.
            publications.note(connection, row, f"TikTok told late: {outcome_of(told).note}")
        return f"{row.state.value} -> {moved.state.value}"

    def _moved(
        self, connection: Connection, row: PublicationRow, told: PostEvent
    ) -> PublicationRow:
        attempt = attempts.of_publish_id(connection, told.publish_id)
        is_current = row.claim is not None and (attempt is None or attempt.claim == row.claim)
        to = state_after(row.state, told, is_current=is_current)
        if to is row.state:
            return row
        if attempt is not None and not is_current:
            # The row has let go of the attempt that made this post; its id and route hold again.
            row = publications.take_up(connection, row, attempt)
        outcome = outcome_of(told)
        is_for_people = to in (S.FAILED, S.UNCONFIRMED)
        return self._book.move_in(
            connection,
            row,
            to,
            post_id=outcome.post_id if to is S.PUBLISHED else None,
            error=outcome.note if is_for_people else None,
            asks_person=told.news is News.INBOX,
        )

    def _after_published(
        self,
        connection: Connection,
        before: PublicationRow,
        row: PublicationRow,
        told: PostEvent,
        now: datetime,
    ) -> str:
        if told.news is News.FAILED:
            self._ask(connection, row, key=told.publish_id, why=outcome_of(told).note, now=now)
            return "published, told to have failed"
        if told.post_id is not None and told.post_id != row.post_id:
            if told.news is News.GONE:
                return "a second post of one video is gone"
            # Two attempts have made a post each: one is too many.
            payload = {
                "post_id": told.post_id,
                "publication_id": row.publication_id,
                "why": f"second post of one video; {row.post_id} stays",
            }
            tasks.open_task(connection, tasks.TAKEDOWN, told.post_id, payload=payload, now=now)
            return "published twice"
        since = _gone_since(connection, row, told.publish_id)
        if since != row.unavailable_at:
            publications.set_unavailable(connection, row.publication_id, since=since)
            self._tell_availability(connection, row, since, now)
        return f"{before.state.value} -> {row.state.value}" + (", gone" if since else "")

    def _tell_availability(
        self, connection: Connection, row: PublicationRow, since: datetime | None, now: datetime
    ) -> None:
        audit.append(
            connection,
            actor=TIKTOK,
            action="publication.unavailable" if since else "publication.available",
            subject=row.publication_id,
            now=now,
            detail={
                "route": row.sent_by.value,
                "publish_id": row.publish_id,
                "post_id": row.post_id,
            },
        )
        subject = row.post_id or row.publication_id
        if since is None:
            for task in tasks.open_tasks(connection, kind=tasks.POST_GONE, subject=subject):
                tasks.close(connection, task.task_id, outcome=PUBLIC_AGAIN, by=TIKTOK, now=now)
            return
        wanted = tasks.open_tasks(connection, kind=tasks.TAKEDOWN, subject=subject)
        for task in wanted:
            tasks.close(connection, task.task_id, outcome=TAKEN_DOWN, by=TIKTOK, now=now)
        was_wanted = tasks.find(connection, f"{tasks.TAKEDOWN}:{subject}:") is not None
        if not wanted and not was_wanted:
            why = "TikTok says that it is no longer public."
            self._ask(connection, row, key=since.isoformat(), why=why, now=now)

    def _ask(
        self, connection: Connection, row: PublicationRow, *, key: str, why: str, now: datetime
    ) -> None:
        payload = {
            "post_id": row.post_id,
            "publication_id": row.publication_id,
            "render_id": row.render_id,
            "why": why,
        }
        subject = row.post_id or row.publication_id
        tasks.open_task(connection, tasks.POST_GONE, subject, key=key, payload=payload, now=now)


def _gone_since(connection: Connection, row: PublicationRow, publish_id: str) -> datetime | None:
    told = [_read(event) for event in inbox.about_post(connection, publish_id)]
    return gone_since([each for each in told if each is not None], row.post_id or "")


def _read(event: InboxEvent) -> PostEvent | None:
    news, publish_id = News.of(event.event), event.payload.get("publish_id")
    if news is None or not publish_id:
        return None
    told_at = event.payload.get("told_at")
    return PostEvent(
        news,
        publish_id,
        at=datetime.fromisoformat(told_at) if told_at else event.received_at,
        post_id=event.payload.get("post_id"),
        reason=event.payload.get("reason"),
    )
