"""A reviewer's decision: checked against what is true now, then written down once.

    not this content     -> 409  (the file changed since the page was loaded)
    no consent           -> 409 to approve
    failed checks        -> 409 to approve
    already on its way   -> 409 to approve or reject
    same as the verdict  -> 200, nothing written

The review event and its audit entry commit together. The rules read the same transaction that
writes, so a withdrawal and an approval cannot pass each other.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from sqlalchemy.engine import Connection

from dreambox_pipeline.desk.cards import Card, cards
from dreambox_pipeline.desk.errors import Refusal
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.review.model import Decision, ReviewEvent
from dreambox_pipeline.storage.ledger import audit, reviews
from dreambox_pipeline.storage.tables import videos as video_rows

_RECALLABLE = frozenset(
    {PublicationState.PLANNED, PublicationState.FAILED, PublicationState.CANCELLED}
)
"""States of a publication in which a verdict still decides something."""

_AUDIT_ACTIONS = {
    Decision.APPROVE: "video.approved",
    Decision.REJECT: "video.rejected",
    Decision.COMMENT: "video.commented",
}


def clean(text: object) -> object:
    """One line of printable characters; control and direction-override characters become spaces."""
    if not isinstance(text, str):
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


# Cleaned before it is measured: sixty letters are sixty letters, whatever was typed around them.
ReviewerName = Annotated[str, BeforeValidator(clean), Field(max_length=60)]
Reason = Annotated[str, BeforeValidator(clean), Field(max_length=500)]


class DecisionForm(BaseModel):
    """What the form or the JSON body says.

    Attributes:
        reviewer: Who decides; empty when the cookie knows.
        reason: At most 500 characters; a rejection and a comment need one.
        content_hash: SHA-256 of the file the reviewer saw.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    decision: Decision
    content_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    reviewer: ReviewerName = ""
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision led to.

    Attributes:
        event_id: The event now in force, or of the comment.
        is_new: False when it stood there already and nothing was written.
    """

    event_id: int
    is_new: bool


def approval_obstacle(card: Card) -> str | None:
    """Why this video cannot be approved now, in a sentence for the reviewer; None if it can."""
    if card.consent is ConsentState.WITHDRAWN:
        return "The dreamer took their consent back, so this video may not be posted."
    if card.consent is not ConsentState.GRANTED:
        return (
            f"The dreamer has not agreed (consent: {card.consent.value}). "
            "It can be approved once they say yes."
        )
    if not card.video.has_passed:
        return "A quality check that blocks posting did not pass, so this file cannot be posted. Reject it."
    return None


def posting_obstacle(card: Card) -> str | None:
    """Why no verdict can change anything any more; None while it can."""
    publication = card.publication
    if publication is None or publication.state in _RECALLABLE:
        return None
    if publication.state is PublicationState.PUBLISHED:
        return (
            "This video is posted. To take it down, delete the post in the app; then note it here."
        )
    if publication.state is PublicationState.UNCONFIRMED:
        return (
            "Nobody knows yet whether this video was posted. Look at the account, then say what you "
            "saw on this video's page."
        )
    return "This video is on its way to the platform right now. Wait until it is posted or failed."


def was_taken_out(card: Card) -> bool:
    """Whether its approval is older than its leaving the queue, so that it counts no more."""
    publication, verdict = card.publication, card.verdict
    return (
        publication is not None
        and publication.state is PublicationState.CANCELLED
        and verdict is not None
        and verdict.decided_at <= publication.updated_at
    )


def decide(connection: Connection, render_id: str, form: DecisionForm, now: datetime) -> Outcome:
    """Write a decision down in the caller's transaction, or find it there already.

    Raises:
        Refusal: 404 unknown video, 409 it cannot be decided like this, 422 something is
            missing. Nothing was written.
    """
    # PostgreSQL lets two reviewers in at once; the lock makes the second wait and see the first.
    connection.execute(
        sa.select(video_rows.c.render_id)
        .where(video_rows.c.render_id == render_id)
        .with_for_update()
    )
    found = cards(connection, [render_id])
    if not found:
        raise Refusal(
            404,
            "There is no such video",
            f"No video has the id {render_id}. It may have been erased; reload the list.",
        )
    card = found[0]
    _check_complete(form)
    _check_content(card, form)
    before = _already_there(card, form)
    if before is not None:
        return Outcome(before.event_id, is_new=False)
    _check_allowed(card, form)
    return Outcome(_write(connection, render_id, form, now), is_new=True)


def _check_complete(form: DecisionForm) -> None:
    if not form.reviewer:
        raise Refusal(
            422,
            "Who is reviewing?",
            "A decision carries a name. Write yours at the top of the list, then decide again.",
        )
    if form.decision is not Decision.APPROVE and not form.reason:
        raise Refusal(
            422,
            "Say why in a few words",
            "A rejection or a note without words teaches nobody anything. Write a reason and send "
            "it again.",
        )


def _check_content(card: Card, form: DecisionForm) -> None:
    if form.content_hash != card.video.content_hash:
        raise Refusal(
            409,
            "This is not the video you saw",
            "The file was made again after your page was loaded, and a decision counts for one "
            "file only. Reload the list, watch the new one and decide again.",
        )


def _already_there(card: Card, form: DecisionForm) -> ReviewEvent | None:
    if form.decision is not Decision.COMMENT:
        verdict = card.verdict
        is_same = (
            verdict is not None
            and verdict.decision is form.decision
            and verdict.reviewer == form.reviewer
            and not (form.decision is Decision.APPROVE and was_taken_out(card))
        )
        return verdict if is_same else None
    last = card.events[-1] if card.events else None
    said = (Decision.COMMENT, form.reviewer, form.reason, form.content_hash)
    if last and (last.decision, last.reviewer, last.reason, last.content_hash) == said:
        return last
    return None


def _check_allowed(card: Card, form: DecisionForm) -> None:
    if form.decision is Decision.COMMENT:
        return
    obstacle = posting_obstacle(card)
    if obstacle is None and form.decision is Decision.APPROVE:
        obstacle = approval_obstacle(card)
    if obstacle is not None:
        raise Refusal(409, f"You cannot {form.decision.value} this video", obstacle)


def _write(connection: Connection, render_id: str, form: DecisionForm, now: datetime) -> int:
    event = ReviewEvent(
        event_id=0,
        render_id=render_id,
        content_hash=form.content_hash,
        decision=form.decision,
        reviewer=form.reviewer,
        reason=form.reason,
        decided_at=now,
    )
    event_id = reviews.append(connection, event)
    audit.append(
        connection,
        actor=f"reviewer:{form.reviewer}",
        action=_AUDIT_ACTIONS[form.decision],
        subject=render_id,
        now=now,
        # Not the reason: it is free text and may have to be erased, and the chain never changes.
        detail={"event_id": event_id, "content_hash": form.content_hash},
    )
    return event_id
