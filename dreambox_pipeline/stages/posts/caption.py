"""The caption of a post: a first line, whose dream it was, that AI made it, and a few hashtags.

    <first line>

    A dream told by @night_owl.
    AI-generated video.

    #dreams #aigenerated #ocean #whale

The program puts it together, whoever worded the first line: credit, disclosure and hashtags are
counted first and always stand, and the first line gets what is left of TikTok's 2,200 UTF-16
units. Nothing a stranger wrote can add a mention, a hashtag or a line, or turn a line around.
"""

import re
from collections.abc import Sequence
from typing import Final

from dreambox_pipeline.safety.compliance import MAX_CAPTION_UNITS
from dreambox_pipeline.stages.posts.caption_language import Wording, wording_for
from dreambox_pipeline.stages.posts.caption_text import is_right_to_left, one_line
from dreambox_pipeline.stages.posts.caption_writer import MAX_HOOK_UNITS
from dreambox_pipeline.text.normalize import utf16_units

MAX_NAME_UNITS: Final = 80
"""A name the dreamer chose in place of a handle: forty emoji, or eighty letters."""

_HANDLE: Final = re.compile(r"[A-Za-z0-9_.]{2,24}")
_BREAK: Final = "\n\n"


def compose_caption(
    hook: str, *, credit: str | None, hashtags: Sequence[str], lang: str = "en"
) -> str:
    """The caption for one video, within TikTok's 2,200 UTF-16 units and 30 mentions.

    Args:
        hook: One line; anything that could mention, tag or break the line is taken out.
        credit: The handle (with or without @) or the name the dreamer chose; None for nobody.
        hashtags: Ours, without `#`, as `hashtags.choose_hashtags` gives them.
        lang: ISO 639-1; English where we have no wording.
    """
    wording = wording_for(lang)
    kept = [
        f"{credit_sentence(credit, wording)}\n{wording.disclosure}",
        " ".join(f"#{tag}" for tag in hashtags),
    ]
    fixed = _BREAK.join(part for part in kept if part)
    room = MAX_CAPTION_UNITS - utf16_units(fixed) - len(_BREAK)
    first = one_line(hook, min(room, MAX_HOOK_UNITS))
    return f"{first}{_BREAK}{fixed}" if first else fixed


def credit_sentence(credit: str | None, wording: Wording) -> str:
    """Whose dream it was, as the dreamer chose to be named, or that it was told in the comments.

    A name read from right to left stands on a line of its own: text direction is decided line by
    line (Unicode Annex 9, P1), so neither the name nor our sentence is scrambled by the other.
    """
    name = credit_name(credit)
    if not name:
        return wording.anonymous
    if is_right_to_left(name):
        before, _, _ = wording.credited.partition("{name}")
        return f"{before.rstrip()}\n{name}"
    return wording.credited.format(name=name)


def credit_name(credit: str | None) -> str:
    """A mention for a handle, plain words for any other name, nothing for nothing."""
    if credit is None:
        return ""
    handle = credit.strip().removeprefix("@")
    # A handle cannot end in a dot, and a mention would swallow the sentence's.
    if _HANDLE.fullmatch(handle) and not handle.endswith("."):
        return f"@{handle}"
    return one_line(credit, MAX_NAME_UNITS)
