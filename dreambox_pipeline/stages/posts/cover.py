"""Which moment of the finished video is its cover: the cover picture's own, moved out of any fade.

TikTok takes the cover from the video itself, so only a moment can be chosen, in milliseconds. A
title half faded in or an end card is no cover.
"""

from collections.abc import Sequence
from typing import Final

from dreambox_pipeline.stages.posts.model import COVER_MS

EDGE_S: Final = 0.5
"""The picture comes out of black and goes into it over this long, in seconds."""

Span = tuple[float, float]


def cover_ms_for(
    picture_at_s: float | None, *, duration_s: float, fades: Sequence[Span] = ()
) -> int:
    """The cover's moment in milliseconds, always within the video.

    Args:
        picture_at_s: Where the cover picture was taken from; None when nobody knows.
        duration_s: Length of the video without an end card.
        fades: Seconds from and to which a text fades in or out.
    """
    wanted = COVER_MS / 1000 if picture_at_s is None else picture_at_s
    margin = min(EDGE_S, duration_s / 4)
    wanted = min(max(wanted, margin), max(duration_s - margin, margin))
    for start_s, end_s in sorted(fades):
        # Later rather than earlier: after a fade the title is whole, or gone.
        if start_s < wanted < end_s <= duration_s - margin:
            wanted = end_s
    return int(wanted * 1000)
