"""What is said about a video when it is posted, as a reviewer sees and changes it.

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
from typing import Annotated, Final

import sqlalchemy as sa
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
from dreambox_pipeline.desk.connections import handle_of
from dreambox_pipeline.desk.decisions import ReviewerName
from dreambox_pipeline.desk.errors import Refusal
from dreambox_pipeline.desk.post_rules import AUDIENCES, PostRules
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.safety.captions import (
    MAX_CAPTION_UNITS,
    MAX_MENTIONS,
    caption_units,
    mentions,
)
from dreambox_pipeline.stages.posts.draft_rules import DraftFault, check_draft
from dreambox_pipeline.stages.posts.hashtags import hashtags_in, why_hashtags
from dreambox_pipeline.stages.posts.model import HashtagPolicy, PostDraft, Route
from dreambox_pipeline.storage.ledger import policies, post_drafts
from dreambox_pipeline.storage.ledger.post_drafts import CHANGEABLE, StoredDraft
from dreambox_pipeline.storage.tables import videos as video_rows

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


@dataclass(frozen=True, slots=True)
class DraftShown:
    """The draft on a video's page.

    Attributes:
        stored: As it is; None before one is written.
        draft: What the fields hold: the stored one, or what a person tried to save.
        is_open: It can be changed now.
        why: The hashtags, in words.
        handle: Of the account that it goes to; empty when nobody knows.
        problem: Why the last try was not saved.
    """

    stored: StoredDraft | None
    draft: PostDraft | None
    is_open: bool
    why: str
    handle: str
    rules: PostRules
    problem: DraftProblem | None = None

    @property
    def seen(self) -> str:
        """For the form: when it was changed last, so that a change in between is noticed."""
        return _changed_at(self.stored).isoformat() if self.stored else ""

    @property
    def writer(self) -> str:
        """Who worded it, for people."""
        name = self.stored.writer if self.stored else ""
        return name.replace("embedded", "our own rules, offline", 1)

    @property
    def units(self) -> int:
        """Length of the caption as TikTok counts it."""
        return caption_units(self.draft.caption) if self.draft else 0

    @property
    def mentions(self) -> int:
        """How many accounts the caption mentions."""
        return len(mentions(self.draft.caption)) if self.draft else 0

    @property
    def max_units(self) -> int:
        """TikTok's limit."""
        return MAX_CAPTION_UNITS

    @property
    def max_mentions(self) -> int:
        """TikTok's limit."""
        return MAX_MENTIONS

    @property
    def audiences(self) -> Mapping[str, str]:
        """Who may be chosen, in words; empty where the route offers no choice."""
        return {} if self.rules.route is Route.ACCOUNTS_API else AUDIENCES

    @property
    def errors(self) -> Mapping[str, tuple[str, ...]]:
        """Field to what is wrong with it."""
        return self.problem.errors if self.problem else {}


def draft_shown(
    connection: Connection,
    card: Card,
    rules: PostRules,
    *,
    tried: DraftForm | None = None,
    problem: DraftProblem | None = None,
) -> DraftShown:
    """The draft of *card*, with what a person *tried* to save if that did not work."""
    stored = post_drafts.get(connection, card.video.render_id)
    publication = card.publication
    draft = stored.draft if stored else publication.draft if publication else None
    if tried is not None:
        draft = _draft(tried)
    state = publication.state.value if publication else None
    return DraftShown(
        stored=stored,
        draft=draft,
        is_open=stored is not None
        and not card.is_erased
        and (state is None or state in CHANGEABLE),
        why=_why(connection, draft),
        handle=handle_of(connection, rules.account),
        rules=rules,
        problem=problem,
    )


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
    connection.execute(
        sa.select(video_rows.c.render_id)
        .where(video_rows.c.render_id == render_id)
        .with_for_update()
    )
    card = next(iter(cards(connection, [render_id])), None)
    stored = post_drafts.get(connection, render_id)
    if card is None or card.is_erased or stored is None:
        raise Refusal(
            404,
            "There is nothing to change",
            "This video has no draft of its caption: it is not written yet, or its dream was erased.",
        )
    draft = _draft(form)
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
    if _changed_at(stored) != form.seen:
        return DraftProblem(409, errors, newer=stored)
    return DraftProblem(422, errors) if errors else None


def _by_field(faults: Iterable[DraftFault]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for fault in faults:
        field = _FORM_FIELDS.get(fault.field, fault.field)
        found[field] = (*found.get(field, ()), fault.message)
    return found


def _draft(form: DraftForm) -> PostDraft:
    return PostDraft(
        caption=form.caption,
        hashtags=hashtags_in(form.caption),
        alt_text=form.alt_text,
        cover_ms=int(form.cover_s * 1000),
        privacy_level=form.privacy or None,
        is_brand_organic=form.is_brand_organic,
        is_branded_content=form.is_branded_content,
    )


def _changed_at(stored: StoredDraft) -> datetime:
    return stored.edited_at or stored.written_at


def _why(connection: Connection, draft: PostDraft | None) -> str:
    if draft is None:
        return ""
    return why_hashtags(draft.hashtags, policies.newest(connection, HashtagPolicy))
