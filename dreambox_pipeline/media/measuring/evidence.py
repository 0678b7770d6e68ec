"""The frame that shows each check's finding best, kept while the clip goes by.

Keeping a frame is a copy of 190 KB; only those whose check found something become pictures at
the end. So a good clip costs one picture, and a ten-minute one no more memory than a short one.
"""

from collections.abc import Iterable

from dreambox_pipeline.media.measuring.small_frames import SmallFrame, to_webp
from dreambox_pipeline.media.model import Evidence

MIDDLE = "near_duplicate"
MODERATION = "moderation"


class Candidates:
    """The best frame per check so far.

    Args:
        frames: About how many frames the clip has, for those that are spread over it.
        moderated: How many frames a moderation model will look at; 0 for none.
    """

    def __init__(self, frames: int, moderated: int = 0) -> None:
        self._best: dict[str, tuple[float, SmallFrame]] = {}
        # The middles of equal parts: 1/8, 3/8, 5/8 and 7/8 of the clip for four.
        self._wanted = [round(frames * (2 * i + 1) / (2 * moderated)) for i in range(moderated)]
        self._middle = frames // 2
        self._moderated: list[SmallFrame] = []

    def offer(self, check: str, frame: SmallFrame, worth: float) -> None:
        """Keep *frame* for *check* when it is worth more than the one before."""
        kept = self._best.get(check)
        if kept is None or worth > kept[0]:
            self._best[check] = (worth, frame.copy())

    def pass_by(self, frame: SmallFrame) -> None:
        """Keep it when it is one of those that are spread over the clip."""
        # The first one too, in case the clip ends before what it promised.
        if frame.index in {0, self._middle}:
            self._best[MIDDLE] = (0.0, frame.copy())
        if self._wanted and frame.index >= self._wanted[0]:
            self._wanted.pop(0)
            self._moderated.append(frame.copy())

    def pictures(self, checks: Iterable[str], frame_rate: float) -> tuple[Evidence, ...]:
        """Pictures for *checks*, as far as there is a frame, then those for moderation."""
        shown = [(check, self._best[check][1]) for check in checks if check in self._best]
        shown += [(MODERATION, frame) for frame in self._moderated]
        return tuple(
            Evidence(check, round(frame.index / frame_rate, 3), to_webp(frame))
            for check, frame in shown
        )
