"""What a person changes in the queue at the desk, once per page seen.

    move       to a local time; what that would change is shown first, and done when it is confirmed
    unpin      plans may move it again
    take out   it leaves the queue; approving its video again brings it back

The page says which slot it showed. When the video has left that slot since, nothing is changed.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, NaiveDatetime, StringConstraints
from sqlalchemy.engine import Connection

from dreambox_pipeline.desk.decisions import ReviewerName
from dreambox_pipeline.desk.errors import Refusal
from dreambox_pipeline.desk.post_rules import PostRules
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.local_time import describe, wall_time
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.ledger import publications
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.post_queue import hand_moves
from dreambox_pipeline.storage.post_queue.hand_moves import Moved

S = PublicationState

_CANNOT = {
    S.CLAIMED: "It is being sent right now.",
    S.INITIATED: "TikTok has it already.",
    S.UPLOADED: "TikTok has it already.",
    S.PROCESSING: "TikTok is working on it already.",
    S.UNCONFIRMED: "Nobody knows yet whether it was posted; its video's page asks what you see.",
    S.PUBLISHED: "It is posted.",
    S.FAILED: "Posting it failed; its video's page lets you plan it again.",
    S.CANCELLED: "It was taken out of the queue; approving its video again brings it back.",
}


class QueueForm(BaseModel):
    """What the form or the JSON body says.

    Attributes:
        seen: The slot on the reviewer's page.
        to: For `move`: local wall time of the account, such as `2026-11-28T19:30`.
        accepted: For `move`: who has to make room, as the page before said it, ids joined by
            commas, and the slot; without it anything worth saying is said first.
        reviewer: Who decides; empty when the cookie knows.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    decision: Literal["move", "unpin", "take_out"]
    seen: AwareDatetime
    to: NaiveDatetime | None = None
    accepted: Annotated[str, StringConstraints(max_length=4000)] = ""
    reviewer: ReviewerName = ""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a move would change, for a person to accept first.

    Attributes:
        accepted: What to send back to accept exactly this.
    """

    moved: Moved
    accepted: str


def change(
    connection: Connection,
    publication_id: str,
    form: QueueForm,
    rules: PostRules,
    now: datetime,
) -> bool | Foreseen:
    """Do what the form says in the caller's transaction.

    Returns:
        True when it was done, False when it stood so already, and for a move that changes more
        than its own slot what it would change, until that is accepted.

    Raises:
        Refusal: 404 it was never queued, 409 it cannot be changed or has moved since the page was
            loaded, 422 something is missing. Nothing was changed.
    """
    if not form.reviewer:
        raise Refusal(
            422,
            "Who is deciding?",
            "This carries a name. Write yours at the top of the page, then send it again.",
        )
    # PostgreSQL lets two people in at once; the lock makes the second wait and see the first.
    hand_moves.lock_slots(connection)
    row = publications.get(connection, publication_id)
    if row is None:
        raise Refusal(
            404,
            "There is no such post",
            "Nothing in the queue has this id. Its dream may have been erased; reload the queue.",
        )
    if _is_done(row, form, rules):
        return False
    _check_allowed(row, form, rules)
    by = f"reviewer:{form.reviewer}"
    try:
        if form.decision == "move":
            return _move(connection, row, form, rules, by=by, now=now)
        if form.decision == "unpin":
            hand_moves.unpin(connection, publication_id, now=now, by=by)
        else:
            hand_moves.take_out(connection, publication_id, now=now, by=by)
    except ItemError as error:
        raise Refusal(409, "This cannot be done", f"{error} Nothing was changed.") from error
    return True


def _is_done(row: PublicationRow, form: QueueForm, rules: PostRules) -> bool:
    if form.decision == "take_out":
        return row.state is S.CANCELLED
    if row.state is not S.PLANNED:
        return False
    if form.decision == "unpin":
        return not row.is_pinned
    return row.is_pinned and row.slot_at == wall_time(*_wish(form), rules.zone)


def _check_allowed(row: PublicationRow, form: QueueForm, rules: PostRules) -> None:
    if row.state is not S.PLANNED:
        raise Refusal(409, "It waits no longer", _CANNOT[row.state])
    if row.slot_at != form.seen:
        raise Refusal(
            409,
            "It has moved since",
            f"Its slot is {describe(row.slot_at, rules.zone)} now; a plan or somebody else moved it "
            "after your page was loaded. Reload the queue and look again.",
        )


def _move(
    connection: Connection,
    row: PublicationRow,
    form: QueueForm,
    rules: PostRules,
    *,
    by: str,
    now: datetime,
) -> bool | Foreseen:
    wish = datetime.combine(*_wish(form))
    policy = rules.policy(connection, now)
    foreseen = hand_moves.foresee(
        connection, row.publication_id, wish, policy=policy, zone=rules.zone, now=now, by=by
    )
    said = _said(foreseen)
    if (foreseen.displaced or foreseen.warnings) and form.accepted != said:
        return Foreseen(foreseen, said)
    hand_moves.move(
        connection, row.publication_id, wish, policy=policy, zone=rules.zone, now=now, by=by
    )
    return True


def _said(foreseen: Moved) -> str:
    """Everything a person accepts, so that nothing else is done in its name."""
    others = (f"{row.publication_id}@{slot.at.isoformat()}" for row, slot in foreseen.displaced)
    return ",".join((foreseen.slot.at.isoformat(), *others))


def _wish(form: QueueForm) -> tuple[date, time]:
    if form.to is None:
        raise Refusal(
            422, "When?", "Choose a day and a time in the account's own zone, then send it again."
        )
    return form.to.date(), form.to.time()
