"""A person settles what no program can: whether a post is out, and whether to try once more.

    nobody knows  ─> it is on TikTok, with its post id
                  └> it is not there
    failed        ─> plan it again

Only a person who looked at the account can answer the first; the second sends another request,
which no program may decide. The row and its audit entry commit together.
"""

from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.engine import Connection

from dreambox_pipeline.desk.cards import Card, cards
from dreambox_pipeline.desk.decisions import ReviewerName, approval_obstacle
from dreambox_pipeline.desk.errors import Refusal
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.links import post_id_in
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.publishing import (
    PERSON_AFTER,
    PERSON_TRANSITIONS,
    denied_from,
)
from dreambox_pipeline.stages.review.model import Decision
from dreambox_pipeline.storage.ledger import audit, publications
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.tables import videos as video_rows

S = PublicationState

_NOT_THERE = "A person looked at the account: it is not on TikTok."


class SettlementForm(BaseModel):
    """What the form or the JSON body says.

    Attributes:
        seen: The publication's state on the reviewer's page; another one by now is a conflict.
        to: Where it is taken.
        post_id: Needed for `published`; the post's link will do.
        ai_label: Needed for `published` where a person posted it: the post carries the label.
        reviewer: Who says so; empty when the cookie knows.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    seen: PublicationState
    to: PublicationState
    post_id: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    ai_label: bool = False
    reviewer: ReviewerName = ""


def ways_on(publication: PublicationRow | None, now: datetime) -> frozenset[PublicationState]:
    """Where a person may take a publication on its video's page now; empty when nobody has to."""
    if publication is None or publication.state is S.CANCELLED:
        # A cancelled one comes back by approving its video again.
        return frozenset()
    if publication.state is S.PROCESSING and now - publication.updated_at < PERSON_AFTER:
        return frozenset()
    return PERSON_TRANSITIONS.get(publication.state, frozenset())


def settle(connection: Connection, render_id: str, form: SettlementForm, now: datetime) -> bool:
    """Write down what the person says in the caller's transaction; False when it stood there.

    Raises:
        Refusal: 404 unknown video, 409 it cannot be settled like this, 422 something is missing.
            Nothing was written.
    """
    # PostgreSQL lets two reviewers in at once; the lock makes the second wait and see the first.
    connection.execute(
        sa.select(video_rows.c.render_id)
        .where(video_rows.c.render_id == render_id)
        .with_for_update()
    )
    card = next(iter(cards(connection, [render_id])), None)
    if card is None or card.publication is None:
        raise Refusal(404, "There is no such post", f"No video {render_id} was ever in the queue.")
    form = _complete(form, card.publication)
    if card.publication.state is form.to and form.seen is not form.to:
        return False
    _check_allowed(connection, card, card.publication, form, now)
    _write(connection, card.publication, form, now)
    return True


def post_id_of(text: str) -> str:
    """The post's id, out of its link or the id itself.

    Raises:
        Refusal: 422 it names no post; with what to copy instead.
    """
    if not text:
        raise Refusal(
            422,
            "Which post is it?",
            "Open the post in TikTok and paste its link, or the digits at its end.",
        )
    try:
        return post_id_in(text)
    except ItemError as error:
        raise Refusal(422, "Which post is it?", str(error)) from error


def check_label(*, has_ai_label: bool) -> None:
    """Whether a person confirmed the AI label of what they posted by hand.

    Raises:
        Refusal: 422 they did not.
    """
    if not has_ai_label:
        raise Refusal(
            422,
            "Does it carry the AI label?",
            "TikTok asks for it, and what is posted by hand carries it only when somebody switched "
            "it on. Open the post in TikTok, look, switch it on if need be, then tick the box and "
            "send this again.",
        )


def _complete(form: SettlementForm, publication: PublicationRow) -> SettlementForm:
    if not form.reviewer:
        raise Refusal(
            422,
            "Who is looking?",
            "This carries a name. Write yours at the top of the page, then send it again.",
        )
    if form.to is not S.PUBLISHED:
        return form.model_copy(update={"post_id": ""})
    if publication.sent_by.needs_person:
        check_label(has_ai_label=form.ai_label)
    return form.model_copy(update={"post_id": post_id_of(form.post_id)})


def _check_allowed(
    connection: Connection,
    card: Card,
    publication: PublicationRow,
    form: SettlementForm,
    now: datetime,
) -> None:
    if publication.state is not form.seen or form.to not in ways_on(publication, now):
        raise Refusal(
            409,
            "It has moved on",
            f"This post is now {publication.state.value}. Reload the page to see what can be done.",
        )
    certain_at = denied_from(
        publication.sent_by, publication.initiated_at or publication.updated_at
    )
    if form.to is S.FAILED and certain_at > now:
        raise Refusal(
            409,
            "It may still appear",
            f"TikTok may be fetching it until {certain_at:%H:%M} UTC. Look at the account again then: "
            "if it is planned again too early, it may be posted twice.",
        )
    is_approved = card.verdict is not None and card.verdict.decision is Decision.APPROVE
    obstacle = approval_obstacle(card) or (None if is_approved else "Approve it first.")
    if form.to is S.PLANNED and obstacle is not None:
        raise Refusal(409, "It cannot be planned again", obstacle)
    owner = next(
        (row for row in publications.published(connection) if row.post_id == form.post_id), None
    )
    if form.to is S.PUBLISHED and owner is not None:
        raise Refusal(
            409,
            "That post is another video's",
            f"Post {form.post_id} belongs to {owner.render_id}. Look for this video's own.",
        )


def _write(
    connection: Connection, publication: PublicationRow, form: SettlementForm, now: datetime
) -> None:
    publications.settle(
        connection,
        publication,
        form.to,
        now=now,
        post_id=form.post_id or None,
        error=_NOT_THERE if form.to is S.FAILED else None,
    )
    audit.append(
        connection,
        actor=f"reviewer:{form.reviewer}",
        action=f"publication.{form.to}",
        subject=publication.publication_id,
        now=now,
        detail={
            "content_hash": publication.content_hash,
            "from": publication.state.value,
            "post_id": form.post_id or None,
        },
    )
