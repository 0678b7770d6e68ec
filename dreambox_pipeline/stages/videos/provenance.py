"""What is recorded about how a video came about: ids, versions and hashes, nobody's words."""

from collections.abc import Mapping
from typing import Any

from dreambox_pipeline.media.model import Edit
from dreambox_pipeline.stages.videos.model import Finding, Severity


def kinds_of(edit: Edit) -> tuple[str, ...]:
    """What *edit* draws over a clip, each kind once; never the words."""
    kinds = [overlay.kind for overlay in edit.overlays]
    return tuple(dict.fromkeys([*kinds, *(["end_card"] if edit.end_card else [])]))


def provenance_record(
    *,
    origin: Mapping[str, Any],
    digital_source_type: str,
    edit: Edit,
    destination: str,
    gain_db: float,
    sound: str,
    software: Mapping[str, str],
    signing: Mapping[str, Any],
) -> dict[str, Any]:
    """The record of one video, as JSON.

    Args:
        origin: Ids and versions of the dream, the prompt, the job and the clip.
        digital_source_type: IPTC term for the generator's pictures.
        edit: Of which only the kinds of the overlays are kept.
        destination: Whose overlay policy was followed.
        gain_db: What the sound was raised by.
        sound: Where it comes from, as `safety.sound_rights` names it; empty when nobody knows.
        software: Names and versions of what made the file.
        signing: Fingerprint and manifest of the Content Credentials.
    """
    return {
        **origin,
        "digital_source_type": digital_source_type,
        "edit": {
            "version": edit.version,
            "destination": destination,
            "overlays": list(kinds_of(edit)),
            "width": edit.width,
            "height": edit.height,
            "frame_rate": edit.frame_rate,
            "gain_db": round(gain_db, 2),
        },
        "sound": sound,
        "software": dict(software),
        "content_credentials": dict(signing),
    }


def check_credentials(unsigned_reason: str | None) -> Finding:
    """Whether the file carries Content Credentials; a warning when it does not."""
    message = "The file carries Content Credentials (C2PA)."
    if unsigned_reason:
        message = f"The file carries no Content Credentials: {unsigned_reason}"
    return Finding("content_credentials", not unsigned_reason, Severity.WARN, None, message)
