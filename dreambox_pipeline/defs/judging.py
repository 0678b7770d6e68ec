"""Measure and judge a video: what its checks found, and how far it is from the house's look."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from dreambox_pipeline.media.measuring.evidence import MODERATION
from dreambox_pipeline.media.measuring.measure import measure
from dreambox_pipeline.media.model import Evidence, Measurements
from dreambox_pipeline.safety.moderation import Moderator, NoModerator
from dreambox_pipeline.stages.prompts.styles import STYLES
from dreambox_pipeline.stages.videos.model import Finding
from dreambox_pipeline.stages.videos.quality import drift, frame_moderation
from dreambox_pipeline.stages.videos.quality.checking import Expectation, check_quality
from dreambox_pipeline.stages.videos.quality.frame_moderation import ModeratedFrame
from dreambox_pipeline.storage.ledger import Ledger, videos
from dreambox_pipeline.storage.media_store import MediaStore

COMPARED = 500
"""Newest videos that a new one may repeat: a year of more than one a day."""

MODERATED_FRAMES = 4
"""One for every few seconds of a short clip; something that is in the picture stays for longer."""


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

        Nothing is stored before everything is known, so trouble leaves nothing half-judged.

        Args:
            video: The finished file.
            dream_id: Its dream, whose own earlier videos are no duplicates.
            style_id: Whose last videos it is compared with.
            expected: What the file should be.

        Raises:
            ItemError: Not a whole, decodable video.
            TransientError: The moderation model does not answer now.
            StopError: The moderation model's key or address is wrong, or the disk is full.
        """
        looks = 0 if self._moderator.name == NoModerator.name else MODERATED_FRAMES
        measured = measure(video, moderated_frames=looks)
        with self._ledger.read() as connection:
            hashes = videos.hashes_of_others(connection, dream_id, limit=COMPARED)
            earlier_looks = videos.looks_of_style(
                connection, style_id, limit=drift.COMPARED, except_dream_id=dream_id
            )
        drifted = drift.drift_of(measured.look, earlier_looks)
        frames, seen = self._moderate(measured)
        found = [
            *check_quality(measured, expected=expected, earlier_hashes=hashes),
            *frame_moderation.check_frames(frames, engine=self._moderator.name),
            *drift.check_drift(drifted, style=_name_of(style_id)),
        ]
        return Judgement(
            measured,
            self._with_pictures(found, [*seen, *measured.evidence]),
            drifted.distance if drifted else None,
        )

    def _moderate(self, measured: Measurements) -> tuple[list[ModeratedFrame], list[Evidence]]:
        """What the model says about the frames meant for it, and the picture of the worst."""
        frames, pictures = [], {}
        for evidence in measured.evidence:
            if evidence.check != MODERATION:
                continue
            said = self._moderator.check_picture(evidence.picture)
            if said is not None:
                frames.append(ModeratedFrame(evidence.at_s, said))
                pictures[evidence.at_s] = evidence
        worst = frame_moderation.worst_frame(frames)
        return frames, [pictures[worst.at_s]] if worst else []

    def _with_pictures(
        self, found: Sequence[Finding], evidence: Sequence[Evidence]
    ) -> tuple[Finding, ...]:
        """*found*, each failed one with its picture in the media store if there is one."""
        pictures: dict[str, bytes] = {}
        for each in evidence:
            pictures.setdefault(each.check, each.picture)
        return tuple(
            finding
            if finding.passed or finding.check not in pictures
            else replace(finding, picture_hash=self._store(pictures[finding.check]))
            for finding in found
        )

    def _store(self, picture: bytes) -> str:
        with TemporaryDirectory(prefix="dreambox-evidence-") as folder:
            file = Path(folder) / "evidence.webp"
            file.write_bytes(picture)
            return self._media.put(file)


def _name_of(style_id: str) -> str:
    # A style that has left the catalogue still has its videos.
    return STYLES[style_id].name if style_id in STYLES else style_id
