"""What both routes of the Content Posting API share: delivering the file, and reading a status."""

from dataclasses import dataclass

from dreambox_pipeline.stages.posts.publisher import Allowance, Begun, PostFile
from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.posting import PostingClient
from dreambox_pipeline.tiktok.posting_objects import (
    CreatorInfo,
    PostingStatus,
    UploadSession,
    VideoFile,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status of the developer host, as `outcomes.StatusAnswer` names its parts."""

    status: str
    post_ids: tuple[str, ...]
    reason: str | None

    @classmethod
    def of(cls, status: PostingStatus) -> "Answer":
        """From what the host said."""
        return cls(status.status, tuple(status.post_ids), status.fail_reason or None)


def allowance_of(creator: CreatorInfo) -> Allowance:
    """What the developer host says about an account, in the port's words."""
    longest = creator.max_video_post_duration_sec
    return Allowance(
        privacy_levels=tuple(creator.privacy_level_options),
        comment_disabled=creator.comment_disabled,
        duet_disabled=creator.duet_disabled,
        stitch_disabled=creator.stitch_disabled,
        max_duration_s=None if longest is None else float(longest),
        username=creator.creator_username,
    )


def creator_of(allowance: Allowance) -> CreatorInfo:
    """The way back: the host's object, from what was just asked."""
    longest = allowance.max_duration_s
    return CreatorInfo(
        creator_username=allowance.username,
        privacy_level_options=allowance.privacy_levels,
        comment_disabled=allowance.comment_disabled,
        duet_disabled=allowance.duet_disabled,
        stitch_disabled=allowance.stitch_disabled,
        max_video_post_duration_sec=None if longest is None else int(longest),
    )


def video_of(file: PostFile) -> VideoFile:
    """What is announced about a file; everything DreamBox makes is MP4."""
    return VideoFile(size_bytes=file.size_bytes, duration_s=file.duration_s)


def deliver(client: PostingClient, begun: Begun, file: PostFile) -> None:
    """Send *file* to where *begun* says, from wherever it broke off.

    Raises:
        UploadExpired: The hour is over, or the upload's address was not kept.
        TikTokError: See `PostingClient.upload`.
    """
    if begun.upload is None:
        raise errors.UploadExpired(
            f"The file for {begun.publish_id} was not sent: the address it goes to was not kept. "
            "Without the file TikTok lets the publication fail within the hour; then plan it again.",
            may_have_taken_effect=True,
        )
    client.upload(file.path, UploadSession.from_secret(begun.upload))
