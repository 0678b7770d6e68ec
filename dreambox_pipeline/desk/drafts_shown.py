"""What is said about a video when it is posted, as its page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from dreambox_pipeline.desk.cards import Card
from dreambox_pipeline.desk.connections import handle_of
from dreambox_pipeline.desk.drafts import DraftForm, DraftProblem, changed_at, draft_of
from dreambox_pipeline.desk.post_rules import AUDIENCES, PostRules
from dreambox_pipeline.safety.captions import (
    MAX_CAPTION_UNITS,
    MAX_MENTIONS,
    caption_units,
    mentions,
)
from dreambox_pipeline.stages.posts.hashtags import why_hashtags
from dreambox_pipeline.stages.posts.model import HashtagPolicy, PostDraft, Route
from dreambox_pipeline.storage.ledger import policies, post_drafts
from dreambox_pipeline.storage.ledger.post_drafts import CHANGEABLE, StoredDraft


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
        return changed_at(self.stored).isoformat() if self.stored else ""

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
        draft = draft_of(tried)
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


def _why(connection: Connection, draft: PostDraft | None) -> str:
    if draft is None:
        return ""
    return why_hashtags(draft.hashtags, policies.newest(connection, HashtagPolicy))
