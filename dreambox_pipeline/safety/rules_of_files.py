"""Compliance rules on the very file that is sent: its length, size, format and picture."""

from collections.abc import Callable
from typing import Final

from dreambox_pipeline.media.model import MediaFacts
from dreambox_pipeline.safety.compliance_facts import (
    ACCOUNTS_API,
    CONTENT_POSTING,
    INBOX_DRAFT,
    MANUAL_KIT,
    PostFacts,
)
from dreambox_pipeline.safety.compliance_model import (
    BOTH_MEDIA_PAGES,
    DIRECT_POST_PAGE,
    MEDIA_PAGE,
    OWN,
    PUBLISH_PAGE,
    SETTINGS_PAGE,
    Rule,
)

MIN_DURATION_S, MAX_DURATION_S = 3.0, 600.0
MAX_FETCHED_BYTES = 1_000_000_000
MAX_UPLOADED_BYTES = 4_000_000_000
"""TikTok says 1 GB and 4 GB and not which; the decimal ones are within both."""
MIN_SIDE_PX, MAX_SIDE_PX = 360, 4096
MIN_FPS, MAX_FPS = 23, 60
CONTAINERS = ("mp4", "mov", "webm")
CODECS = ("h264", "hevc", "vp8", "vp9")
_UPLOADED = (CONTENT_POSTING, INBOX_DRAFT, MANUAL_KIT)


def _of_media(check: Callable[[MediaFacts], str | None]) -> Callable[[PostFacts], str | None]:
    """A rule on what the container says; a file that cannot be read breaks `readable` alone."""

    def breach(post: PostFacts) -> str | None:
        media = post.file.media
        return None if media is None else check(media)

    return breach


def _readable(post: PostFacts) -> str | None:
    if post.file.media is not None:
        return None
    return f"{post.file.problem} Finish the video again and approve it anew."


def _approved_file(post: PostFacts) -> str | None:
    if post.file.is_the_approved_one:
        return None
    return (
        "The stored file is no longer the one that was approved: its bytes changed. Restore it from a "
        "backup, or finish the video again and approve it anew."
    )


def _duration(media: MediaFacts) -> str | None:
    seconds = media.duration_s
    if MIN_DURATION_S <= seconds <= MAX_DURATION_S:
        return None
    return (
        f"The video lasts {seconds:.2f} s and {MIN_DURATION_S:g} to {MAX_DURATION_S:g} s are allowed; "
        "make a clip of another length (DREAMBOX_CLIP_SECONDS)."
    )


def _account_duration(post: PostFacts) -> str | None:
    if post.account is None or post.file.media is None:
        return None
    longest, seconds = post.account.max_duration_s, post.file.media.duration_s
    if longest is None or seconds <= longest:
        return None
    return (
        f"The video lasts {seconds:.2f} s and this account may post {longest:g} s now; make a shorter clip "
        "(DREAMBOX_CLIP_SECONDS)."
    )


def _cover(post: PostFacts) -> str | None:
    media = post.file.media
    if media is None or 0 <= post.cover_ms <= media.duration_s * 1000:
        return None
    return (
        f"The cover is at {post.cover_ms} ms of a video of {media.duration_s:.2f} s; choose a moment within "
        "the video in the desk."
    )


def _at_most(limit: int) -> Callable[[MediaFacts], str | None]:
    def check(media: MediaFacts) -> str | None:
        if 0 < media.size_bytes <= limit:
            return None
        return (
            f"The file has {media.size_bytes} bytes and 1 to {limit} are allowed; finish it in a smaller "
            "size, or post by a route that takes it."
        )

    return check


def _container(media: MediaFacts) -> str | None:
    if media.container in CONTAINERS:
        return None
    return f"The file is {media.container} and {', '.join(CONTAINERS)} are taken; finish the video again."


def _codec(media: MediaFacts) -> str | None:
    if media.video_codec in CODECS:
        return None
    return f"The picture is coded as {media.video_codec} and {', '.join(CODECS)} are taken; finish the video again."


def _small_sides(media: MediaFacts) -> str | None:
    if min(media.width, media.height) >= MIN_SIDE_PX:
        return None
    return (
        f"The picture is {media.width}x{media.height} px and each side needs {MIN_SIDE_PX} px; finish the "
        "video again."
    )


def _large_sides(media: MediaFacts) -> str | None:
    if max(media.width, media.height) <= MAX_SIDE_PX:
        return None
    return (
        f"The picture is {media.width}x{media.height} px and no side may have more than {MAX_SIDE_PX} px; "
        "finish the video again."
    )


def _frame_rate(media: MediaFacts) -> str | None:
    if MIN_FPS <= media.frame_rate <= MAX_FPS:
        return None
    return (
        f"The frame rate is {float(media.frame_rate):.3f} and {MIN_FPS} to {MAX_FPS} frames a second are "
        "taken; finish the video again."
    )


FILE_RULES: Final[tuple[Rule, ...]] = (
    Rule("readable", "The file is a whole video that can be opened.", BOTH_MEDIA_PAGES, _readable),
    Rule(
        "approved-file",
        "The bytes that are sent are those that a person approved.",
        OWN,
        _approved_file,
    ),
    Rule(
        "duration",
        f"A video lasts {MIN_DURATION_S:g} to {MAX_DURATION_S:g} seconds.",
        BOTH_MEDIA_PAGES,
        _of_media(_duration),
    ),
    Rule(
        "account-duration",
        "A video is no longer than max_video_post_duration_sec of the account.",
        f"{SETTINGS_PAGE}; {DIRECT_POST_PAGE}",
        _account_duration,
        routes=(ACCOUNTS_API, CONTENT_POSTING, INBOX_DRAFT),
        needs_account=True,
    ),
    Rule(
        "cover-time",
        "The cover is a moment of the video; one behind its end fails the post.",
        f"{PUBLISH_PAGE}; {DIRECT_POST_PAGE}",
        _cover,
        routes=(ACCOUNTS_API, CONTENT_POSTING),
    ),
    Rule(
        "file-size",
        "A file that TikTok fetches has at most 1 GB.",
        PUBLISH_PAGE,
        _of_media(_at_most(MAX_FETCHED_BYTES)),
        routes=(ACCOUNTS_API,),
    ),
    Rule(
        "upload-size",
        "A file that is uploaded has at most 4 GB; by hand the same, as nothing else is documented.",
        MEDIA_PAGE,
        _of_media(_at_most(MAX_UPLOADED_BYTES)),
        routes=_UPLOADED,
    ),
    Rule(
        "container", "The container is MP4, MOV or WebM.", BOTH_MEDIA_PAGES, _of_media(_container)
    ),
    Rule("codec", "The codec is H.264, H.265, VP8 or VP9.", MEDIA_PAGE, _of_media(_codec)),
    Rule(
        "picture-size",
        f"Each side has at least {MIN_SIDE_PX} px.",
        BOTH_MEDIA_PAGES,
        _of_media(_small_sides),
    ),
    Rule(
        "picture-not-too-large",
        f"No side of an uploaded picture has more than {MAX_SIDE_PX} px.",
        MEDIA_PAGE,
        _of_media(_large_sides),
        routes=_UPLOADED,
    ),
    Rule(
        "frame-rate",
        f"The frame rate is {MIN_FPS} to {MAX_FPS} frames a second.",
        BOTH_MEDIA_PAGES,
        _of_media(_frame_rate),
    ),
)
