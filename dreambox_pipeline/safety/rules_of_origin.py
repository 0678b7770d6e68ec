"""Compliance rules on where a video comes from: its record, overlays, sound, signature, texts."""

from typing import Final

from dreambox_pipeline.safety.compliance_facts import PostFacts
from dreambox_pipeline.safety.compliance_model import (
    COMMUNITY_GUIDELINES,
    MUSIC_PAGE,
    OWN,
    SHARING_GUIDELINES,
    Rule,
)
from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.safety.sound_rights import SOUND_ORIGINS

_MINOR = "minor"
_DEPICTED = ("prompt", "caption")


def _provenance(post: PostFacts) -> str | None:
    if post.origin is not None:
        return None
    return (
        "There is no provenance record of exactly this file, so nobody can say how it came about; finish "
        "the video again and approve it anew."
    )


def _credentials(post: PostFacts) -> str | None:
    origin = post.origin
    if origin is None or origin.is_signed or origin.unsigned_reason.strip():
        return None
    return (
        "The file carries no Content Credentials and no reason is recorded; finish the video again."
    )


def _overlays(post: PostFacts) -> str | None:
    if post.origin is None:
        return None
    foreign = sorted(set(post.origin.overlay_kinds) - post.destination.allowed_overlays)
    if not foreign:
        return None
    allowed = ", ".join(sorted(post.destination.allowed_overlays)) or "nothing"
    return (
        f"On the video is drawn: {', '.join(foreign)}. This destination allows {allowed}; finish the video "
        "again without it."
    )


def _required_overlays(post: PostFacts) -> str | None:
    if post.origin is None:
        return None
    missing = sorted(post.destination.required_overlays - set(post.origin.overlay_kinds))
    if not missing:
        return None
    return f"Not drawn on the video: {', '.join(missing)}, and this destination needs it; finish the video again."


def _sound(post: PostFacts) -> str | None:
    media = post.file.media
    is_silent = media is not None and media.audio_codec is None
    # Without a record `provenance` speaks.
    if post.origin is None or is_silent or post.origin.sound in SOUND_ORIGINS:
        return None
    known = ", ".join(sorted(SOUND_ORIGINS))
    return (
        f"Where the sound comes from is not known to be ours (recorded: {post.origin.sound or 'nothing'}; known: "
        f"{known}). Write the generator's terms down in safety/sound_rights.py, or make the clip with "
        "another one."
    )


def _stand_in(post: PostFacts) -> str | None:
    place = post.destination
    is_stand_in = post.origin is not None and post.origin.is_stand_in
    if not is_stand_in or place.is_this_machine or place.may_show_stand_ins:
        return None
    return (
        "The offline stand-in drew this video, no video model, and it would be shown to a real audience; make "
        "it with a model (DREAMBOX_GENERATOR), or set DREAMBOX_POST_STAND_INS=true if that is what you want."
    )


def _screening(post: PostFacts) -> str | None:
    blocked = [
        f"the {text} ({', '.join(screening.reasons)})"
        for text, screening in sorted(post.screenings.items())
        if screening.action is ScreeningAction.BLOCK
    ]
    if not blocked:
        return None
    return (
        f"Today's safety rules block {' and '.join(blocked)}; reject the video, or reword the caption if only "
        "that is blocked."
    )


def _minors(post: PostFacts) -> str | None:
    depicting = [
        text
        for text in _DEPICTED
        if text in post.screenings
        and any(reason.startswith(_MINOR) for reason in post.screenings[text].reasons)
    ]
    if not depicting:
        return None
    return f"The {' and the '.join(depicting)} speak of a child; reject the video, or reword the caption."


ORIGIN_RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "provenance",
        "Of every file that is posted there is a record of how it came about.",
        OWN,
        _provenance,
    ),
    Rule(
        "content-credentials",
        "A file carries Content Credentials, or a stated reason why not; they are never stripped.",
        COMMUNITY_GUIDELINES,
        _credentials,
    ),
    Rule(
        "overlays",
        "An app adds no watermark, logo, brand or promotional text; the creator's own title, credit, "
        "subtitles, end card and AI label are the creator's content.",
        SHARING_GUIDELINES,
        _overlays,
    ),
    Rule(
        "required-overlays",
        "What the destination wants on the picture is on it.",
        "stages/videos/overlays.py, which names the source of each",
        _required_overlays,
    ),
    Rule(
        "sound-rights",
        "The sound's origin is known and it is ours to post: no music without rights.",
        MUSIC_PAGE,
        _sound,
    ),
    Rule(
        "stand-in",
        "A clip of the offline stand-in is shown to nobody but a sandbox on this machine, unless the "
        "operator allows it.",
        OWN,
        _stand_in,
    ),
    Rule(
        "screening",
        "Dream, prompt and caption pass the safety rules as they are on the day of posting.",
        COMMUNITY_GUIDELINES,
        _screening,
    ),
    Rule(
        "no-minors",
        "Nobody under 18 is depicted.",
        COMMUNITY_GUIDELINES,
        _minors,
    ),
)
