"""Value types for queueing and publishing."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class PublicationState(StrEnum):
    """See `publishing` for the machine."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    INITIATED = "initiated"
    UPLOADED = "uploaded"
    PROCESSING = "processing"
    PUBLISHED = "published"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    CANCELLED = "cancelled"


class Route(StrEnum):
    """How a video reaches the account.

    Attributes:
        ACCOUNTS_API: TikTok fetches it from our address and posts it in public.
        CONTENT_POSTING: It is uploaded and posted at once (the app needs TikTok's audit).
        INBOX_DRAFT: It is uploaded to the account's inbox; a person finishes it in the app.
        MANUAL_KIT: It is put into a folder with all that is needed; a person posts it.
    """

    ACCOUNTS_API = "accounts_api"
    CONTENT_POSTING = "content_posting"
    INBOX_DRAFT = "inbox_draft"
    MANUAL_KIT = "manual_kit"

    @property
    def posts_on_begin(self) -> bool:
        """The request that begins a publication is enough for a post to appear.

        Where it is not, an unknown outcome of that request has certainly posted nothing.
        """
        return self is Route.ACCOUNTS_API

    @property
    def needs_person(self) -> bool:
        """A person has to finish it, and to set the AI label, outside of DreamBox."""
        return self in (Route.INBOX_DRAFT, Route.MANUAL_KIT)


@dataclass(frozen=True, slots=True)
class QueueItem:
    """An approved video waiting for a slot.

    Attributes:
        approved_at: When a person approved exactly this content hash.
        motifs: For diversity between neighbours in the queue.
    """

    render_id: str
    content_hash: str
    approved_at: datetime
    score: float
    style_id: str
    motifs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A moment to post, with why it was chosen.

    Attributes:
        at: Aware UTC.
        local: The same moment as the account's wall time, for people.
        value: Expected relative reward of the slot, 1.0 is average.
    """

    at: datetime
    local: str
    value: float
    why: str


@dataclass(frozen=True, slots=True)
class TimingPolicy:
    """How much each local hour and weekday is worth: written by `learning`, read by `posts.scheduling`.

    Attributes:
        version: 0 is the built-in prior, before anything was learned.
        hour_value: Local hour 0..23 to expected relative reward.
        weekday_value: Monday 0 .. Sunday 6 to expected relative reward.
        evidence_posts: How many posts the values rest on.
        activity_days: On how many days of follower activity the hours rest while there are no
            posts; such a policy is made for the moment and never stored.
    """

    version: int = 0
    hour_value: dict[int, float] = field(default_factory=dict)
    weekday_value: dict[int, float] = field(default_factory=dict)
    evidence_posts: int = 0
    note: str = "Weak prior: evenings do a little better. Nothing has been learned yet."
    activity_days: int = 0


@dataclass(frozen=True, slots=True)
class HashtagPolicy:
    """What each hashtag is worth: written by `learning`, read by `posts.hashtags`.

    Attributes:
        version: 0 is before anything was learned.
        value: Tag without `#` to expected relative reward; 1.0 is an average post, and a tag
            that is missing.
        posts: Tag to how many posts its value rests on.
        evidence_posts: How many posts were looked at.
    """

    version: int = 0
    value: dict[str, float] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)
    evidence_posts: int = 0
    note: str = "Nothing has been learned yet: hashtags name what the dream holds."


COVER_MS = 1000
"""Where no better moment is known: the title stands fully lit one second into the video."""


@dataclass(frozen=True, slots=True)
class PostDraft:
    """What is said about one video on the platform: by a writer at first, by a reviewer at last.

    That AI made it is not here, because nobody may choose otherwise.

    Attributes:
        caption: All of it, credit, disclosure and hashtags included.
        hashtags: Those in *caption*, without `#`; learning counts them.
        alt_text: What is seen, for who cannot see it. No API takes it; the manual kit does.
        cover_ms: Which moment is the cover, in milliseconds into the video.
        privacy_level: TikTok's word, as a person chose; None leaves it to the setting.
        is_brand_organic: A person declared that it promotes the account's own business.
        is_branded_content: A person declared a paid partnership.
    """

    caption: str
    hashtags: tuple[str, ...]
    alt_text: str = ""
    cover_ms: int = COVER_MS
    privacy_level: str | None = None
    is_brand_organic: bool = False
    is_branded_content: bool = False
