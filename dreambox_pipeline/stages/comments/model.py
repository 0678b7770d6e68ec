"""Value types for comments and the videos they were written under."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SourceVideo:
    """One of the account's own videos, whose comments we read.

    Attributes:
        source_video_id: TikTok's item id, kept as text (19 digits do not survive floats).
        created_at: When it was posted, aware UTC.
        comments: TikTok's comment count, or None when TikTok did not say.
        asks_for_dreams: Its caption asks viewers to tell a dream, so a bare story under it is
            more likely to be one.
    """

    source_video_id: str
    caption: str
    created_at: datetime
    share_url: str | None = None
    comments: int | None = None
    asks_for_dreams: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment or reply, as stored in the lake.

    Attributes:
        comment_id: TikTok's id as text, or `csv:<digest>` and `archive:<digest>` for imported rows
            without one.
        author_id: Keyed hash of the commenter's platform identity; never the handle.
        parent_comment_id: Set on replies only.
        text: As written, normalised to NFC and without control characters; at most
            `ingest.MAX_TEXT_CHARS` characters.
        likes: None when unknown, which is not 0.
        status: `PUBLIC` or `HIDDEN`, the platform's words.
        origin: Where the row came from: `accounts_api`, `import` or `archive`.
    """

    comment_id: str
    source_video_id: str
    author_id: str
    text: str
    created_at: datetime
    parent_comment_id: str | None = None
    likes: int | None = None
    replies: int | None = None
    is_owner: bool = False
    status: str = "PUBLIC"
    origin: str = "accounts_api"


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that did not become a comment.

    Attributes:
        row: 1-based position in the file or page.
        reason: Stable code, for counting: see `ingest.REASONS`.
        detail: A sentence a person can act on; never the whole text.
    """

    row: int
    reason: str
    detail: str
