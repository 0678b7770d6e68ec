"""What a person decides about a dream before anybody is asked, and what that changes.

    not_a_dream   labelled, suspended; the account's own detector may learn from it
    dream         labelled, and no longer suspended by a person
    fine          as `dream`, for one that had to be looked at: it is ranked from now on
    leave_out     suspended, not labelled: it is a dream, only not for a video

The label, the suspension and the audit entry commit together. The same decision twice changes
nothing.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from sqlalchemy.engine import Connection

from dreambox_pipeline.desk.decisions import ReviewerName
from dreambox_pipeline.desk.dreams import BY_PERSON, LEFT_OUT, NOT_A_DREAM, DreamCard, dream_card
from dreambox_pipeline.desk.errors import Refusal
from dreambox_pipeline.storage.ledger import audit, labels
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.tables import dreams as dream_rows


class Verdict(StrEnum):
    """A person's word on a dream."""

    NOT_A_DREAM = "not_a_dream"
    DREAM = "dream"
    FINE = "fine"
    LEAVE_OUT = "leave_out"


class DreamForm(BaseModel):
    """What the form or the JSON body says; `reviewer` is empty when the cookie knows."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    decision: Verdict
    reviewer: ReviewerName = ""


def judge(connection: Connection, dream_id: str, form: DreamForm, now: datetime) -> bool:
    """Write the verdict down in the caller's transaction; False when it stood there already.

    Raises:
        Refusal: 404 unknown dream, 409 nothing can be decided about it any more, 422 no name.
            Nothing was written.
    """
    # PostgreSQL lets two people in at once; the lock makes the second wait and see the first.
    connection.execute(
        sa.select(dream_rows.c.dream_id).where(dream_rows.c.dream_id == dream_id).with_for_update()
    )
    card = dream_card(connection, dream_id)
    if card is None:
        raise Refusal(404, "There is no such dream", f"No dream has the id {dream_id}.")
    if not form.reviewer:
        raise Refusal(
            422,
            "Who is deciding?",
            "This carries a name. Write yours at the top of the page, then send it again.",
        )
    _check_allowed(card)
    if _stands(card, form.decision):
        return False
    _write(connection, card, form, now)
    return True


def _check_allowed(card: DreamCard) -> None:
    if card.suspended_reason is not None and card.suspended_reason not in BY_PERSON:
        why = card.suspended_reason.replace("_", " ")
        raise Refusal(
            409,
            "This dream is not ours to decide about",
            f"It was taken out of use ({why}). Nothing can be changed here.",
        )


def _stands(card: DreamCard, verdict: Verdict) -> bool:
    match verdict:
        case Verdict.NOT_A_DREAM:
            return card.label is False and card.suspended_reason == NOT_A_DREAM
        case Verdict.LEAVE_OUT:
            return card.suspended_reason == LEFT_OUT
        case _:
            return card.label is True and card.suspended_reason is None


def _write(connection: Connection, card: DreamCard, form: DreamForm, now: datetime) -> None:
    comment_id = connection.scalar(
        sa.select(dream_rows.c.comment_id).where(dream_rows.c.dream_id == card.dream_id)
    )
    if comment_id is None:
        raise AssertionError(card.dream_id)
    ledger_dreams.resume(connection, comment_id, reasons=BY_PERSON)
    if form.decision is not Verdict.LEAVE_OUT:
        is_dream = form.decision is not Verdict.NOT_A_DREAM
        label = labels.Label(comment_id, is_dream, card.text, card.lang, form.reviewer, now)
        labels.record(connection, label)
    reason = {Verdict.NOT_A_DREAM: NOT_A_DREAM, Verdict.LEAVE_OUT: LEFT_OUT}.get(form.decision)
    if reason is not None:
        ledger_dreams.suspend(connection, comment_id, reason=reason, now=now)
    audit.append(
        connection,
        actor=f"reviewer:{form.reviewer}",
        action=f"dream.{form.decision}",
        subject=card.dream_id,
        now=now,
        detail={"engine": card.engine, "probability": round(card.probability, 3)},
    )
