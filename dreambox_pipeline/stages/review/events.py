"""A video's review state, derived from the log of what people said about it.

Decisions are only ever added. Each is about one file, named by its content hash: re-render a
video and it is open again. The latest approval or rejection of exactly that file holds; a comment
changes nothing. Storing events is not done here.
"""

from collections.abc import Iterable

from dreambox_pipeline.stages.review.model import Decision, ReviewEvent, ReviewState

STATE_AFTER = {
    Decision.APPROVE: ReviewState.APPROVED,
    Decision.REJECT: ReviewState.REJECTED,
}
"""`COMMENT` is not here on purpose: it decides nothing."""


def state_of(events: Iterable[ReviewEvent], content_hash: str) -> ReviewState:
    """Whether the file *content_hash* is open, approved or rejected."""
    latest = verdict_on(events, content_hash)
    return STATE_AFTER[latest.decision] if latest else ReviewState.OPEN


def approval_of(events: Iterable[ReviewEvent], content_hash: str) -> ReviewEvent | None:
    """The approval that holds for exactly the file *content_hash*, or None."""
    latest = verdict_on(events, content_hash)
    return latest if latest and latest.decision is Decision.APPROVE else None


def verdict_on(events: Iterable[ReviewEvent], content_hash: str) -> ReviewEvent | None:
    """The approval or rejection in force for exactly the file *content_hash*, or None while open."""
    decisions = [
        event
        for event in events
        if content_hash and event.content_hash == content_hash and event.decision in STATE_AFTER
    ]
    return max(decisions, key=_order, default=None)


def _order(event: ReviewEvent) -> tuple[bool, int, float]:
    # The store numbers events, and clocks of phones differ; 0 is not stored yet, thus newest.
    return (event.event_id == 0, event.event_id, event.decided_at.timestamp())
