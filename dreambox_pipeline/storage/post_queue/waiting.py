"""Finished videos that have no slot, each with the reason and who can change it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.scheduling import HORIZON_DAYS, PostingRules
from dreambox_pipeline.stages.review.events import verdict_on
from dreambox_pipeline.stages.review.model import Decision, ReviewEvent
from dreambox_pipeline.storage.ledger import consents, publications, reviews
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.ledger.videos import VideoRow
from dreambox_pipeline.storage.post_queue.proposal import DISAPPROVED, Proposal

S = PublicationState
IS_OVER = (ConsentState.DECLINED, ConsentState.EXPIRED, ConsentState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A video without a slot, and why."""

    render_id: str
    title: str
    why: str


def waiting_videos(
    connection: Connection, proposal: Proposal, known: Iterable[VideoRow]
) -> list[Waiting]:
    """Those of the *known* videos that wait without a slot, also after *proposal*."""
    rows = {row.render_id: row for row in publications.everything(connection)}
    consent = consents.states(connection)
    events: dict[str, list[ReviewEvent]] = {}
    for event in reviews.events(connection):
        events.setdefault(event.render_id, []).append(event)
    leaving = {row.render_id for row in proposal.cancelled}
    placed = {item.render_id for item, _, _ in proposal.placed}
    found = []
    for video in known:
        row = rows.get(video.render_id)
        if video.render_id in placed:
            continue
        if video.render_id in leaving:
            why: str | None = f"{DISAPPROVED} The next run takes it out of the queue."
        elif row is not None and row.state is not S.CANCELLED:
            why = _why_failed(row)
        else:
            granted = consent.get(video.dream_id, ConsentState.NONE)
            why = _why_unqueued(video, row, events.get(video.render_id, []), granted)
        if why:
            found.append(Waiting(video.render_id, video.title, why))
    return found


def _why_failed(row: PublicationRow) -> str | None:
    if row.state is not S.FAILED:
        return None
    return (
        f"Posting it failed: {row.error or 'no reason was given.'} A person may plan it again at the "
        "desk."
    )


def _why_unqueued(
    video: VideoRow,
    row: PublicationRow | None,
    events: list[ReviewEvent],
    consent: ConsentState,
) -> str | None:
    """In a sentence; None when somebody said no and nothing waits."""
    verdict = verdict_on(events, video.content_hash)
    if consent in IS_OVER or (verdict and verdict.decision is Decision.REJECT):
        return None
    if verdict is None:
        return "It waits for a person's review at the desk."
    rules = PostingRules()
    room = f"({rules.max_posts_per_day} a day, {rules.min_spacing_h:g} h apart)"
    full = f"Approved, but the next {HORIZON_DAYS} days hold no free slot {room}."
    reasons = (
        (consent is not ConsentState.GRANTED, f"The dreamer's consent is {consent}, not granted."),
        (not video.has_passed, "It did not pass its checks."),
        (
            row is not None and row.updated_at >= verdict.decided_at,
            "It was taken out of the queue; approving it again brings it back.",
        ),
        (True, full),
    )
    return next(reason for applies, reason in reasons if applies)
