"""What every route refuses before anything is sent, because TikTok would refuse it later or cut it.

The compliance rules say the same and more, with their sources, to people; these few guard the
adapters themselves, whoever calls them.
"""

from dreambox_pipeline.stages.posts.publisher import Allowance, PostOrder
from dreambox_pipeline.tiktok import errors

MAX_CAPTION_UNITS = 2200
"""UTF-16 units: a character outside the basic plane counts two (Direct Post and Publish references)."""

MAX_MENTIONS = 30
"""Accounts API, Publish a video."""

MAX_UPLOAD_BYTES = 4_000_000_000
"""Content Posting API, Media Transfer Guide."""

MAX_PULL_BYTES = 1_000_000_000
"""Accounts API, Publish a video."""

MAX_DURATION_S = 600.0
"""Both APIs; the account may allow less."""


def check_order(
    order: PostOrder, allowance: Allowance, *, max_bytes: int = MAX_UPLOAD_BYTES
) -> None:
    """Hold *order* against the limits of every route.

    Args:
        order: What shall be posted.
        allowance: What the account allows.
        max_bytes: The largest file that the route takes.

    Raises:
        InvalidParams: The caption is too long, mentions too many or holds half a character, or the
            cover lies behind the end. Nothing was sent.
        MediaRejected: The file is empty, too large or too long. Nothing was sent.
    """
    _check_caption(order.draft.caption)
    _check_file(order, allowance, max_bytes)
    if not 0 <= order.draft.cover_ms <= order.file.duration_s * 1000:
        raise errors.InvalidParams(
            f"A cover at {order.draft.cover_ms} ms of a video of {order.file.duration_s:g} s was not "
            "sent. Choose a moment within the video."
        )


def _check_caption(caption: str) -> None:
    if any("\ud800" <= char <= "\udfff" for char in caption):
        raise errors.InvalidParams(
            "A caption with half a character (a lone surrogate) was not sent: it has no encoding. "
            "Write the caption again."
        )
    units = len(caption.encode("utf-16-le")) // 2
    if units > MAX_CAPTION_UNITS:
        raise errors.InvalidParams(
            f"A caption of {units} UTF-16 units was not sent: TikTok takes {MAX_CAPTION_UNITS}. "
            "Shorten it."
        )
    mentions = caption.count("@")
    if mentions > MAX_MENTIONS:
        raise errors.InvalidParams(
            f"A caption with {mentions} mentions was not sent: TikTok takes {MAX_MENTIONS}. "
            "Take some out."
        )


def _check_file(order: PostOrder, allowance: Allowance, max_bytes: int) -> None:
    size, duration_s = order.file.size_bytes, order.file.duration_s
    if not 0 < size <= max_bytes:
        raise errors.MediaRejected(
            f"A file of {size} bytes was not sent: TikTok takes 1 to {max_bytes} bytes this way. "
            f"Nothing was posted. {'Make the video again.' if size <= 0 else 'Make it smaller.'}"
        )
    longest_s = min(MAX_DURATION_S, allowance.max_duration_s or MAX_DURATION_S)
    if not 0 < duration_s <= longest_s:
        raise errors.MediaRejected(
            f"A video of {duration_s:g} s was not sent: the account may post up to {longest_s:g} s. "
            "Nothing was posted. Make it shorter."
        )
