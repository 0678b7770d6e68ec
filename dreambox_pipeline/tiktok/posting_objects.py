"""What goes to the Content Posting API and what comes back, as values.

Every post says that AI made it, unless somebody says otherwise for that post. The upload address
is a secret: whoever has it can put a file under the account's name. Field names are TikTok's own.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr

from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.chunks import ChunkPlan
from dreambox_pipeline.tiktok.fields import Count, Flag, NoneIsEmpty, Text, TikTokId
from dreambox_pipeline.tiktok.schemas import WireObject

MAX_TITLE_UNITS = 2200
"""UTF-16 units: an emoji outside the basic plane counts two (Direct Post reference)."""

MAX_DURATION_S = 600.0
"""Ten minutes through the API; `max_video_post_duration_sec` may say less for the account."""

VideoType = Literal["video/mp4", "video/quicktime", "video/webm"]


class CreatorInfo(WireObject):
    """What the account allows now; ask before each post, and show the nickname to who posts.

    Attributes:
        creator_avatar_url: Good for two hours.
        privacy_level_options: A post must choose one of these.
        max_video_post_duration_sec: None when TikTok did not say.
    """

    creator_avatar_url: str | None = None
    creator_username: Text = ""
    creator_nickname: Text = ""
    privacy_level_options: Annotated[tuple[str, ...], NoneIsEmpty] = ()
    comment_disabled: Flag = False
    duet_disabled: Flag = False
    stitch_disabled: Flag = False
    max_video_post_duration_sec: Count


class VideoFile(BaseModel):
    """The file of a post, as measured from itself: bytes, seconds, and its kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size_bytes: int
    duration_s: float
    mime_type: VideoType = "video/mp4"


class DirectPost(BaseModel):
    """How a video is posted at once.

    Attributes:
        privacy_level: Has no default: a person chooses it from the account's options.
        title: The caption with its hashtags, at most 2,200 UTF-16 units.
        is_aigc: Shows "Creator labeled as AI-generated", permanently.
        brand_content_toggle: A paid partnership for somebody else.
        brand_organic_toggle: Promotes the account's own business.
        disable_comment, disable_duet, disable_stitch: Also set when the account forbids it.
        video_cover_timestamp_ms: Milliseconds into the video; None shows the first frame.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    privacy_level: str
    title: str = ""
    is_aigc: bool = True
    brand_content_toggle: bool = False
    brand_organic_toggle: bool = False
    disable_comment: bool = False
    disable_duet: bool = False
    disable_stitch: bool = False
    video_cover_timestamp_ms: Annotated[int, Field(ge=0)] | None = None

    def wire(self, creator: CreatorInfo) -> dict[str, Any]:
        """The `post_info` to send for *creator*."""
        forced = {
            "disable_comment": self.disable_comment or creator.comment_disabled,
            "disable_duet": self.disable_duet or creator.duet_disabled,
            "disable_stitch": self.disable_stitch or creator.stitch_disabled,
        }
        return self.model_dump(exclude_none=True) | forced


def check_post(post: DirectPost, creator: CreatorInfo, duration_s: float, *, path: str) -> None:
    """Hold *post* against what the account allows, before anything is sent to *path*.

    Raises:
        PrivacyNotOffered: The account does not offer the privacy level.
        InvalidParams: The title is too long or holds half a character, or the cover lies outside.
        MediaRejected: The video is longer than the account may post.
    """
    if post.privacy_level not in creator.privacy_level_options:
        offered = ", ".join(creator.privacy_level_options) or "nothing"
        raise errors.PrivacyNotOffered(
            f"A post with {post.privacy_level!r} was not sent: the account offers {offered}. "
            f"{errors.PrivacyNotOffered.advice}",
            path=path,
        )
    _check_title(post.title, path)
    longest_s = min(MAX_DURATION_S, float(creator.max_video_post_duration_sec or MAX_DURATION_S))
    if not 0 < duration_s <= longest_s:
        raise errors.MediaRejected(
            f"A video of {duration_s:g} s was not sent: the account may post up to {longest_s:g} s. "
            "Nothing was posted. Make it shorter.",
            path=path,
        )
    if (post.video_cover_timestamp_ms or 0) > duration_s * 1000:
        raise errors.InvalidParams(
            f"A cover at {post.video_cover_timestamp_ms} ms of a video of {duration_s:g} s was not "
            f"sent. {errors.InvalidParams.advice}",
            path=path,
        )


def _check_title(title: str, path: str) -> None:
    units = len(title.encode("utf-16-le", "surrogatepass")) // 2
    if units > MAX_TITLE_UNITS:
        raise errors.InvalidParams(
            f"A title of {units} UTF-16 units was not sent: TikTok takes {MAX_TITLE_UNITS}. "
            f"{errors.InvalidParams.advice}",
            path=path,
        )
    if any("\ud800" <= char <= "\udfff" for char in title):
        raise errors.InvalidParams(
            "A title with half a character (a lone surrogate) was not sent: it has no encoding. "
            f"{errors.InvalidParams.advice}",
            path=path,
        )


class UploadSession(BaseModel):
    """A place for one file at TikTok; keep it, and an upload can go on in another process.

    Attributes:
        upload_url: A secret, good until *expires_at* (aware UTC, an hour after the request).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    publish_id: TikTokId
    upload_url: SecretStr
    size_bytes: int
    chunk_size: int
    mime_type: VideoType
    expires_at: datetime

    @property
    def plan(self) -> ChunkPlan:
        """How the file is cut, as it was announced."""
        return ChunkPlan(self.size_bytes, self.chunk_size)

    def to_secret(self) -> SecretStr:
        """All of it as JSON with the address in clear: encrypt it before it is stored."""
        plain = self.model_dump(mode="json")
        return SecretStr(json.dumps(plain | {"upload_url": self.upload_url.get_secret_value()}))

    @classmethod
    def from_secret(cls, secret: SecretStr) -> Self:
        """What `to_secret` gave."""
        return cls.model_validate_json(secret.get_secret_value())


class PostingStatus(WireObject):
    """Where a publication is, in TikTok's words.

    Attributes:
        status: `PROCESSING_UPLOAD`, `PROCESSING_DOWNLOAD`, `SEND_TO_USER_INBOX`,
            `PUBLISH_COMPLETE`, `FAILED`, or a word TikTok adds later.
        fail_reason: On `FAILED`; see `failure`.
        post_ids: Only for public posts, after moderation: mostly within a minute, at times hours.
        uploaded_bytes, downloaded_bytes: How much of the file TikTok has.
    """

    status: str
    fail_reason: Text = ""
    post_ids: Annotated[tuple[TikTokId, ...], NoneIsEmpty] = Field(
        default=(),
        validation_alias=AliasChoices(
            "publicaly_available_post_id",  # sic
            "publicly_available_post_id",
        ),
    )
    uploaded_bytes: Count
    downloaded_bytes: Count

    @property
    def is_settled(self) -> bool:
        """Nothing more will be taken from us."""
        return self.status in {"SEND_TO_USER_INBOX", "PUBLISH_COMPLETE", "FAILED"}

    def failure(self) -> errors.TikTokError | None:
        """Why it failed, as the error that says what to do next; None unless it failed.

        Nothing was posted, so even a `TransientError` may be answered by a new request.
        """
        if self.status != "FAILED":
            return None
        cls = FAIL_REASONS.get(self.fail_reason, errors.UnknownTikTokError)
        return cls(
            f"TikTok did not publish the video: {self.fail_reason[:64] or 'no reason'!r}. {cls.advice}",
            may_have_taken_effect=False,
        )


FAIL_REASONS: Mapping[str, type[errors.TikTokError]] = MappingProxyType(
    {
        "file_format_check_failed": errors.MediaRejected,
        "duration_check_failed": errors.MediaRejected,
        "frame_rate_check_failed": errors.MediaRejected,
        "picture_size_check_failed": errors.MediaRejected,
        "app_version_check_failed": errors.MediaRejected,
        "video_pull_failed": errors.MediaRejected,
        "photo_pull_failed": errors.MediaRejected,
        "internal": errors.ServerFault,
        "publish_cancelled": errors.NotFound,
        "auth_removed": errors.ConsentRequired,
        "spam_risk_too_many_posts": errors.PostingCapReached,
        "spam_risk_user_banned_from_posting": errors.PostingBanned,
        "spam_risk_text": errors.SpamRisk,
        "spam_risk": errors.SpamRisk,
    }
)
"""TikTok's documented reasons (Get Post Status), and one seen in the wild."""
