"""What TikTok's webhooks about a post mean, whatever order they come in.

    failed                      the publication failed, while it is on its way
    complete                    posted; the public id is still to come
    inbox_delivered             a draft lies in the inbox, a person finishes it
    publicly_available          everybody can see it, and this is its id
    no_longer_publicly_available    nobody can any more

Events come doubled, late and in any order, so none takes a publication back, and which of the last
two holds is decided by TikTok's time and not by arrival. Both of TikTok's spellings are read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.outcomes import (
    FAILURE_ADVICE,
    INBOX_NOTE,
    Outcome,
)
from dreambox_pipeline.stages.posts.publishing import TRANSITIONS, is_behind

S = PublicationState

PREFIX: Final = "post.publish."


class News(StrEnum):
    """What an event tells, in TikTok's newer spelling."""

    FAILED = "failed"
    COMPLETE = "complete"
    INBOX = "inbox_delivered"
    PUBLIC = "publicly_available"
    GONE = "no_longer_publicly_available"

    @classmethod
    def of(cls, event: str) -> "News | None":
        """What an event's name says, in either spelling; None for a word that is new."""
        word = event.removeprefix(PREFIX).replace("publicaly", "publicly")
        return cls(word) if event.startswith(PREFIX) and word in set(cls) else None


@dataclass(frozen=True, slots=True)
class PostEvent:
    """One event about a publication.

    Attributes:
        at: TikTok's time if it told one, else when it came.
        reason: Why it failed, in TikTok's word.
    """

    news: News
    publish_id: str
    at: datetime
    post_id: str | None = None
    reason: str | None = None


def outcome_of(event: PostEvent) -> Outcome:
    """The event as a status answer would have said it."""
    match event.news:
        case News.FAILED:
            reason = event.reason or "no reason given"
            advice = FAILURE_ADVICE.get(reason, "Look the reason up in TikTok's documentation.")
            return Outcome(S.FAILED, None, f"TikTok says it failed: {reason}. {advice}")
        case News.INBOX:
            return Outcome(S.UNCONFIRMED, None, INBOX_NOTE)
        case _ if event.post_id:
            return Outcome(S.PUBLISHED, event.post_id, "Posted and public.")
        case _:
            return Outcome(S.PROCESSING, None, "Posted; TikTok has not given the public id yet.")


def state_after(
    current: PublicationState, event: PostEvent, *, is_current: bool
) -> PublicationState:
    """Where an event takes a publication; *current* when it changes nothing.

    Args:
        current: As stored.
        event: What TikTok told.
        is_current: It speaks of the attempt under way, not of one that was given up.
    """
    seen = outcome_of(event).state
    if not is_current:
        seen = _of_old_attempt(seen, current)
    if is_behind(seen, current) or seen not in TRANSITIONS[current]:
        return current
    if current is S.UNCONFIRMED and seen is not S.PUBLISHED:
        return current
    return seen


def _of_old_attempt(seen: PublicationState, current: PublicationState) -> PublicationState:
    """An earlier attempt counts only if it made a post after all."""
    if seen is S.PUBLISHED:
        return seen
    is_out = seen is S.PROCESSING and current is S.PLANNED
    return S.UNCONFIRMED if is_out else current


def gone_since(events: Iterable[PostEvent], post_id: str) -> datetime | None:
    """Since when a post is public to nobody, by all that was told; None while it is public."""
    told = [
        event
        for event in events
        if event.post_id in (post_id, None) and event.news in (News.PUBLIC, News.GONE)
    ]
    # At the same moment the public one counts: the other is told again if it is true.
    newest = max(told, key=lambda event: (event.at, event.news is News.PUBLIC), default=None)
    return newest.at if newest is not None and newest.news is News.GONE else None
