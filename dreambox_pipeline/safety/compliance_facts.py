"""What the compliance rules look at: one post that is about to be sent, in plain values.

Nothing here is read from TikTok's clients, a table or the settings; whoever asks puts the facts
together (`defs.post_facts`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dreambox_pipeline.media.model import MediaFacts
from dreambox_pipeline.safety.model import Screening

ACCOUNTS_API, CONTENT_POSTING = "accounts_api", "content_posting"
INBOX_DRAFT, MANUAL_KIT = "inbox_draft", "manual_kit"
ROUTES = (ACCOUNTS_API, CONTENT_POSTING, INBOX_DRAFT, MANUAL_KIT)
"""By the names the setting uses, as `stages.posts.model.Route` has them."""

PUBLIC, SELF_ONLY = "PUBLIC_TO_EVERYONE", "SELF_ONLY"


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the account allows now, asked for this post.

    Attributes:
        privacy_levels: What a post may choose from; empty where the route offers no choice.
        max_duration_s: In seconds; None when the route did not say.
    """

    privacy_levels: tuple[str, ...] = ()
    comment_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    max_duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The very file that would be sent.

    Attributes:
        media: As its container says; None when it cannot be read as a video.
        problem: Why it cannot be read, in a sentence.
        is_the_approved_one: Its bytes have the content hash that a person approved.
    """

    media: MediaFacts | None
    problem: str = ""
    is_the_approved_one: bool = True


@dataclass(frozen=True, slots=True)
class OriginFacts:
    """How the file came about, as its provenance record has it.

    Attributes:
        generator: Who made the clip.
        overlay_kinds: What is drawn on the finished video, each kind once.
        sound: Key into `sound_rights.SOUND_ORIGINS`; empty when nobody knows.
        is_stand_in: The offline stand-in drew it, no video model.
        is_signed: The file carries Content Credentials.
        unsigned_reason: Why it carries none.
    """

    generator: str
    overlay_kinds: tuple[str, ...]
    sound: str
    is_stand_in: bool = False
    is_signed: bool = True
    unsigned_reason: str = ""


@dataclass(frozen=True, slots=True)
class DestinationFacts:
    """Where the post goes.

    Attributes:
        allowed_overlays, required_overlays: Kinds, as the overlay policy of this place says.
        is_this_machine: The host is a loopback address: a sandbox, no real audience.
        may_show_stand_ins: The operator allows the stand-in's clips anywhere.
    """

    allowed_overlays: frozenset[str]
    required_overlays: frozenset[str] = frozenset()
    is_this_machine: bool = False
    may_show_stand_ins: bool = False


@dataclass(frozen=True, slots=True)
class PostFacts:
    """Everything the rules look at, about one post.

    Attributes:
        route: One of `ROUTES`.
        is_ai_generated: The request sets TikTok's AI label; no request does where a person
            finishes the post.
        file: The file that would be sent.
        origin: From the provenance record of exactly this file; None without one.
        account: None when the account was not asked: rules that need it are left out.
        screenings: What today's rules say about the texts, by what the text is: `dream`,
            `prompt`, `caption`.
        cover_ms: Which moment is the cover, in milliseconds into the video.
        privacy_level: What the request would say; None where it says nothing.
        privacy_choice: What a person chose for this video, or the setting where nobody did.
        declares_own_business, declares_paid_partnership: What a person declared about this
            post; the brand flags must say exactly that.
    """

    route: str
    caption: str
    is_ai_generated: bool
    file: FileFacts
    origin: OriginFacts | None
    destination: DestinationFacts
    account: AccountFacts | None = None
    screenings: Mapping[str, Screening] = field(default_factory=dict)
    cover_ms: int = 0
    privacy_level: str | None = None
    privacy_choice: str | None = None
    disable_comment: bool = False
    disable_duet: bool = False
    disable_stitch: bool = False
    is_brand_organic: bool = False
    is_branded_content: bool = False
    declares_own_business: bool = False
    declares_paid_partnership: bool = False
