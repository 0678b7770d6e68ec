"""The webhook inbox, sorted by who deals with what, and what its sensors ask and note.

An insert is `new_comments_sensor`'s, a reply `production_sensor`'s, everything else is settled by
`comment_changes`, whose page says how; news of our own posts are `published_posts`'. A reading of comments that notices a change hands it over
here too, see `note_changes`, so that both ways have the same effect.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.comments.changes import Change, CommentChange
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.post_events import PREFIX
from dreambox_pipeline.storage.erasure import WAITING
from dreambox_pipeline.storage.ledger import (
    Ledger,
    comment_history,
    consents,
    erasures,
    inbox,
    publications,
)
from dreambox_pipeline.storage.ledger.comment_history import COMMENT_UPDATE
from dreambox_pipeline.storage.ledger.inbox import InboxEvent

AT_ONCE = 5_000
"""Events looked at in one go: more than an hour of a busy account."""


WAITS_FOR_ITS_POST = timedelta(minutes=30)
"""Longer than a claim lives; what nobody knows by then is not ours."""


def waiting_inserts(connection: Connection) -> dict[str, CommentChange]:
    """Event id to a new comment that was told and is not collected yet; no replies."""
    return {
        event.event_id: change
        for event in inbox.pending(connection, limit=AT_ONCE)
        if _is_insert(event) and not _is_reply(event)
        if (change := comment_history.change_in(event.payload))
    }


def waiting_replies(connection: Connection) -> dict[str, str | None]:
    """Event id to the comment that was replied to, of replies nobody looked at yet."""
    return {
        event.event_id: event.payload.get("parent_comment_id")
        for event in inbox.pending(connection, limit=AT_ONCE)
        if _is_insert(event) and _is_reply(event)
    }


def waiting_changes(connection: Connection) -> list[InboxEvent]:
    """Every event that `comment_changes` has to deal with, oldest first."""
    pending = inbox.pending(connection, limit=AT_ONCE)
    return [event for event in pending if not _is_insert(event) and not is_about_post(event)]


def is_about_post(event: InboxEvent) -> bool:
    """It tells what became of something we published."""
    return event.event.startswith(PREFIX)


def waiting_post_events(connection: Connection, *, now: datetime) -> list[InboxEvent]:
    """News of posts that can be dealt with now, oldest first.

    TikTok may tell of a post before its publisher has written down the id it is told under, and
    of an earlier attempt while the next one is being begun: both wait, for a while.
    """
    pending = [event for event in inbox.pending(connection, limit=AT_ONCE) if is_about_post(event)]
    return [
        event
        for event in pending
        if now - event.received_at >= WAITS_FOR_ITS_POST or _has_its_post(connection, event)
    ]


def _has_its_post(connection: Connection, event: InboxEvent) -> bool:
    row = publications.of_publish_id(connection, event.payload.get("publish_id") or "")
    return row is not None and row.state is not PublicationState.CLAIMED


def changes_waiting(ledger: Ledger) -> list[str]:
    """Ids of everything that waits for `comment_changes`: events, and erasures a crash cut short."""
    with ledger.read() as connection:
        events = [event.event_id for event in waiting_changes(connection)]
        erasing = [
            erasure.comment_id
            for erasure in erasures.unfinished(connection)
            if not _waits_for_a_post(connection, erasure)
        ]
    return [*events, *erasing]


def _waits_for_a_post(connection: Connection, erasure: erasures.Erasure) -> bool:
    """All is gone but the caption of a post on its way, whose outcome must be known first."""
    if WAITING not in erasure.detail or erasure.dream_id is None:
        return False
    rows = publications.of_dream(connection, erasure.dream_id)
    return any(row.state not in publications.TERMINAL for row in rows)


def take_replies(ledger: Ledger, *, now: datetime) -> str | None:
    """Why answers should be read now: replies under a question, told by webhook. They count as dealt with.

    Every reply under an open question is also looked at regularly, so none depends on this.
    """
    with ledger.read() as connection:
        replies = waiting_replies(connection)
    if not replies:
        return None
    with ledger.write() as connection:
        questions = consents.open_questions(connection, now=now)
        asked = {question.comment_id for question in questions}
        for event_id in replies:
            inbox.mark_handled(connection, event_id, now=now)
    answers = sum(parent in asked for parent in replies.values())
    return f"{answers} replies under questions were told" if answers else None


class ChangesCursor(BaseModel):
    """What `comment_changes_sensor` asked for last: a digest of it, when, and how often."""

    model_config = ConfigDict(frozen=True)

    digest: str = ""
    asked_at: AwareDatetime | None = None
    attempt: int = 0

    @classmethod
    def read(cls, text: str | None) -> "ChangesCursor":
        """The cursor in *text*; one that cannot be read begins anew, as settling twice does no harm."""
        try:
            return cls.model_validate_json(text or "")
        except ValidationError:
            return cls()

    def after(
        self, waiting: Sequence[str], *, now: datetime, patience: timedelta
    ) -> "ChangesCursor":
        """The cursor once *waiting* is asked for; the same cursor when that was just done."""
        digest = hashlib.sha256("|".join(waiting).encode()).hexdigest()[:16]
        is_same = digest == self.digest
        if is_same and self.asked_at is not None and now - self.asked_at < patience:
            return self
        return ChangesCursor(
            digest=digest, asked_at=now, attempt=self.attempt + 1 if is_same else 1
        )

    @property
    def run_key(self) -> str:
        """Dagster starts it once."""
        return f"changes:{self.digest}:{self.attempt}"


def note_changes(connection: Connection, changes: Iterable[CommentChange], *, now: datetime) -> int:
    """Hand over changes that a reading of comments noticed; returns how many were not known."""
    return sum(
        inbox.receive(
            connection,
            f"reading:{change.comment_id}:{change.change}:{change.at.isoformat()}",
            event=COMMENT_UPDATE,
            payload=comment_history.payload_of(change),
            now=now,
        )
        for change in changes
    )


def _is_insert(event: InboxEvent) -> bool:
    return (
        event.event == COMMENT_UPDATE
        and event.payload.get("comment_action") == Change.WRITTEN.value
    )


def _is_reply(event: InboxEvent) -> bool:
    return event.payload.get("comment_type") == "reply"
