"""What the Dreams page knows about each dream: its place and why, what people said, where it stands.

ranked     may become a video; best first
look       a person has to look before it is ranked
left_out   a person said no, or it repeats another dream; a person may say otherwise
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from dreambox_pipeline.stages.dreams.explaining import explain_repeat
from dreambox_pipeline.stages.dreams.model import ConsentState, DreamFacts
from dreambox_pipeline.storage.tables import (
    consents,
    dream_labels,
    dreams,
    prompts,
    rankings,
)

NOT_A_DREAM = "not_a_dream"
LEFT_OUT = "left_out"
"""Reasons of a suspension that a person at the desk decided, and may take back."""

BY_PERSON = (NOT_A_DREAM, LEFT_OUT)


class Pile(StrEnum):
    """The tabs of the page."""

    RANKED = "ranked"
    LOOK = "look"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class DreamCard:
    """One dream with what a person needs to judge it.

    Attributes:
        text: Redacted.
        record: The "why this dream" record; empty for what is not ranked.
        why: A sentence: why it has its place, or why it has none.
        label: What a person said: a dream or none; None when nobody said.
        is_in_production: Something is made of it already.
    """

    dream_id: str
    text: str
    lang: str
    told_at: datetime
    facts: DreamFacts
    probability: float
    engine: str
    mode: str
    reasons: tuple[str, ...]
    screening: str
    screening_reasons: tuple[str, ...]
    likes: int | None
    needs_review: bool
    suspended_reason: str | None
    duplicate_of: str | None
    rank: int | None
    score: float | None
    record: Mapping[str, Any]
    why: str
    consent: ConsentState
    label: bool | None
    is_in_production: bool

    @property
    def waits_for_look(self) -> bool:
        """Nobody has said yet that it is fine."""
        return self.needs_review and self.label is None and self.suspended_reason is None


def piles(connection: Connection) -> dict[Pile, int]:
    """How many dreams lie on each pile."""
    found = {}
    for pile in Pile:
        ids = sa.select(sa.func.count()).select_from(_joined()).where(_of(pile))
        found[pile] = connection.scalar(ids) or 0
    return found


def dream_cards(
    connection: Connection, pile: Pile, *, limit: int, offset: int = 0
) -> list[DreamCard]:
    """A page of one pile: the ranked ones best first, the others newest first."""
    order = (
        (rankings.c.rank,) if pile is Pile.RANKED else (dreams.c.told_at.desc(), dreams.c.dream_id)
    )
    rows = connection.execute(
        _select().where(_of(pile)).order_by(*order).limit(limit).offset(offset)
    ).mappings()
    return [_card(row) for row in rows]


def dream_card(connection: Connection, dream_id: str) -> DreamCard | None:
    """One dream, on whichever pile."""
    row = connection.execute(_select().where(dreams.c.dream_id == dream_id)).mappings().first()
    return _card(row) if row else None


def _joined() -> sa.Join:
    return (
        dreams.outerjoin(rankings, rankings.c.dream_id == dreams.c.dream_id)
        .outerjoin(consents, consents.c.dream_id == dreams.c.dream_id)
        .outerjoin(dream_labels, dream_labels.c.comment_id == dreams.c.comment_id)
    )


def _of(pile: Pile) -> sa.ColumnElement[bool]:
    is_alive = dreams.c.suspended_at.is_(None)
    if pile is Pile.RANKED:
        return is_alive & rankings.c.rank.is_not(None) & dreams.c.dream_id.not_in(_made())
    if pile is Pile.LOOK:
        return (
            is_alive
            & dreams.c.needs_review.is_(True)
            & dream_labels.c.is_dream.is_(None)
            & dreams.c.duplicate_of.is_(None)
            & (dreams.c.screening != "block")
        )
    return dreams.c.suspended_reason.in_(BY_PERSON) | (
        is_alive & dreams.c.duplicate_of.is_not(None)
    )


def _made() -> sa.Select[tuple[str]]:
    return sa.select(prompts.c.dream_id)


def _select() -> sa.Select[Any]:
    return sa.select(
        dreams,
        rankings.c.rank,
        rankings.c.score,
        rankings.c.record,
        rankings.c.why,
        consents.c.state.label("consent"),
        dream_labels.c.is_dream.label("label"),
        dreams.c.dream_id.in_(_made()).label("is_in_production"),
    ).select_from(_joined())


def _card(row: RowMapping) -> DreamCard:
    return DreamCard(
        **{name: row[name] for name in _COPIED},
        facts=DreamFacts.model_validate(row["facts"]),
        reasons=tuple(row["reasons"]),
        screening_reasons=tuple(row["screening_reasons"]),
        record=row["record"] or {},
        why=_why(row),
        consent=ConsentState(row["consent"] or ConsentState.NONE),
        is_in_production=bool(row["is_in_production"]),
    )


_COPIED = (
    "dream_id", "text", "lang", "told_at", "probability", "engine", "mode", "screening", "likes",
    "needs_review", "suspended_reason", "duplicate_of", "rank", "score", "label",
)  # fmt: skip


def _why(row: RowMapping) -> str:
    if row["suspended_reason"] == NOT_A_DREAM:
        return "A person said that it is no dream."
    if row["suspended_reason"] == LEFT_OUT:
        return "A person left it out."
    if row["duplicate_of"]:
        return explain_repeat(tuple(row["reasons"]), row["duplicate_of"])
    return row["why"] or ""
