"""What is said about a video when it is posted, as a reviewer changes it.

    saved       the draft and the publication that still waits say the same
    unchanged   it said so already: a double click, or somebody had the same idea
    422         a rule is broken; each sentence stands at its field, nothing is lost
    409         somebody changed it since the page was loaded; both versions are shown

It can be changed before and after the approval, as long as nothing was sent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from sqlalchemy.engine import Connection

from dreambox_pipeline.desk.cards import Card, cards
from dreambox_pipeline.desk.decisions import ReviewerName
from dreambox_pipeline.desk.errors import Refusal
from dreambox_pipeline.desk.post_rules import AUDIENCES
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.draft_rules import DraftFault, check_draft
from dreambox_pipeline.stages.posts.hashtags import hashtags_in
from dreambox_pipeline.stages.posts.model import PostDraft
from dreambox_pipeline.storage.ledger import post_drafts
from dreambox_pipeline.storage.ledger.post_drafts import StoredDraft

LONGEST_TYPED: Final = 20_000
"""Characters that are taken in, so that a caption far too long is answered in words."""

_FORM_FIELDS: Final[Mapping[str, str]] = {"cover_ms": "cover_s"}
"""Fields that the form has under another name: seconds are easier to type."""

_UNSEEN_PARTNERSHIP: Final = (
    "TikTok takes no paid partnership that only the account itself sees. Choose who else may see "
    "it, or take the declaration back."
)


def _lines(text: object) -> object:
    """Browsers send lines with CR LF; white space at the ends says nothing."""
    return text.replace("\r\n", "\n").strip() if isinstance(text, str) else text


def _decimal(text: object) -> object:
    return text.strip().replace(",", ".") if isinstance(text, str) else text


Words = Annotated[str, BeforeValidator(_lines), StringConstraints(max_length=LONGEST_TYPED)]


class DraftForm(BaseModel):
    """What the form or the JSON body says: all of the draft, not only what changed.

    Attributes:
        seen: When the draft on the reviewer's page was written or changed last.
        cover_s: Seconds into the video.
        privacy: TikTok's word for who may see it; empty leaves it to the setting.
        reviewer: Who changes it; empty when the cookie knows.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    seen: AwareDatetime
    caption: Words
    alt_text: Words = ""
    cover_s: Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=36_000)]
    privacy: Annotated[str, StringConstraints(max_length=60)] = ""
    is_brand_organic: bool = False
    is_branded_content: bool = False
    reviewer: ReviewerName = ""


@dataclass(frozen=True, slots=True)
class DraftProblem:
    """Why nothing was saved.

    Attributes:
        status: HTTP status.
        errors: Field to sentences.
        newer: What somebody else saved meanwhile; None when nobody did.
    """

    status: int
    errors: Mapping[str, tuple[str, ...]]
    newer: StoredDraft | None = None

    def as_json(self) -> dict[str, Any]:
        """For programs: why nothing was saved, by field."""
        newer = self.newer
        what_next = (
            "Read what they wrote, then send yours with `seen` from `newer`."
            if newer
            else "Correct what `errors` names."
        )
        return {
            "error": "Somebody changed it meanwhile" if newer else "It cannot be posted like this",
            "detail": f"Nothing was saved. {what_next}",
            "errors": {name: list(sentences) for name, sentences in self.errors.items()},
            "newer": {
                "caption": newer.draft.caption,
                "edited_by": newer.edited_by,
                "seen": changed_at(newer).isoformat(),
            }
            if newer
            else None,
        }


def save_draft(
    connection: Connection, render_id: str, form: DraftForm, now: datetime
) -> bool | DraftProblem:
    """Store the form's draft in the caller's transaction.

    Returns:
        True when it was stored, False when it said so already, and what is wrong otherwise;
        nothing was written then.

    Raises:
        Refusal: 404 unknown video or one without a draft, 409 it is on its way, 422 no name.
    """
    if not form.reviewer:
        raise Refusal(
            422,
            "Who is writing?",
            "A change carries a name. Write yours at the top of the page, then save again.",
        )
    # PostgreSQL lets two people in at once; the lock makes the second wait and see the first.
    post_drafts.lock(connection, render_id)
    card = next(iter(cards(connection, [render_id])), None)
    stored = post_drafts.get(connection, render_id)
    if card is None or card.is_erased or stored is None:
        raise Refusal(
            404,
            "There is nothing to change",
            "This video has no draft of its caption: it is not written yet, or its dream was erased.",
        )
    draft = draft_of(form)
    if draft == stored.draft:
        return False
    problem = _problem(stored, draft, form, card)
    if problem is not None:
        return problem
    try:
        return post_drafts.edit(
            connection, render_id, draft, by=f"reviewer:{form.reviewer}", now=now
        )
    except ItemError as error:
        raise Refusal(409, "It is too late to change it", str(error)) from error


def _problem(
    stored: StoredDraft, draft: PostDraft, form: DraftForm, card: Card
) -> DraftProblem | None:
    errors = _by_field(
        check_draft(draft, duration_s=card.video.duration_s, credit=card.video.credit)
    )
    if form.privacy and form.privacy not in AUDIENCES:
        errors["privacy"] = (f"{form.privacy!r} is no choice of TikTok's. Choose one of the list.",)
    if draft.is_branded_content and draft.privacy_level == "SELF_ONLY":
        errors["privacy"] = (_UNSEEN_PARTNERSHIP,)
    if changed_at(stored) != form.seen:
        return DraftProblem(409, errors, newer=stored)
    return DraftProblem(422, errors) if errors else None


def _by_field(faults: Iterable[DraftFault]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for fault in faults:
        field = _FORM_FIELDS.get(fault.field, fault.field)
        found[field] = (*found.get(field, ()), fault.message)
    return found


def draft_of(form: DraftForm) -> PostDraft:
    """What the form says, as a draft."""
    return PostDraft(
        caption=form.caption,
        hashtags=hashtags_in(form.caption),
        alt_text=form.alt_text,
        cover_ms=int(form.cover_s * 1000),
        privacy_level=form.privacy or None,
        is_brand_organic=form.is_brand_organic,
        is_branded_content=form.is_branded_content,
    )


def changed_at(stored: StoredDraft) -> datetime:
    """When a person or a program worded it last."""
    return stored.edited_at or stored.written_at
