"""Turn a prompt's beats into the lines a viewer reads as the dream goes by.

A beat is a direction for a video model: it calls the dreamer "the figure", counts steps and
measures in hands, because a model loops what has no end. A viewer wants the dream. Only words of
the beat are used, so nothing is said here that was not moderated with the prompt.
"""

import re
from collections.abc import Sequence

from dreambox_pipeline.media.model import OverlayText
from dreambox_pipeline.stages.prompts.model import Beat

SUBTITLE_LENGTH = 60
"""Two lines at a size that reads on a phone."""

SHORTEST_S = 1.2
"""Below it a line is gone before it was read."""

# Subtitling guides allow adults about 20 characters a second; a dozen letters are read at a glance.
_CHARACTERS_PER_S = 20.0
_AT_A_GLANCE = 24
# The picture comes out of black first.
_FIRST_S, _GAP_S = 0.35, 0.06

_NUMBER = r"(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten)"
_MEASURE = r"(?:hand's width|arm's length|hands?|steps?|lengths?|breaths?|strides?)"
# In order: what a viewer would say instead of what a camera is told.
_PLAINER: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"\bthe (?:lone |adult |small )*figure\b", "the dreamer"),
        (r"\bstands small in the frame\b", "stands alone"),
        (r"\b(?:fills|leaves|enters|crosses) the (?:frame|shot|picture)\b", "is everywhere"),
        (r",?\s+(?:in|of|through|across|at the edge of) the (?:frame|shot|picture)\b", ""),
        (rf"\s+(?:by|for|in) {_NUMBER} {_MEASURE}\b", ""),
        (r"\s+(?:one|two|three) lengths?\b", ""),
        (r",?\s+turning once\b", ""),
        (r",\s*once\b(?=\s*(?:,|$))|(?<! at)\s+once\b(?! around)", ""),
        (r"\s+and stops$", ""),
        (r"\s+one after another$", " one by one"),
        (r"(?<=the dreamer)([^,;]*?) its\b", r"\1 their"),
        (r"\s*,(?:\s*,)+", ","),
    )
)
_CLAUSE = re.compile(r"\s*[,;]\s*|\s+(?=and |then )")


def caption_of(action: str, *, shown_s: float) -> str:
    """The line for one beat: sentence case, as many of its clauses as can be read in *shown_s*."""
    said = " ".join(action.split()).strip(" .")
    for pattern, words in _PLAINER:
        said = pattern.sub(words, said)
    said = said.strip(" ,;.")
    room = min(SUBTITLE_LENGTH, max(_AT_A_GLANCE, round(shown_s * _CHARACTERS_PER_S)))
    shown = _first_clauses(said, room)
    return shown[:1].upper() + shown[1:]


def subtitles_for(beats: Sequence[Beat], *, until_s: float) -> list[OverlayText]:
    """A line for each beat, one after the other, each for at least 1.2 s.

    A beat that comes too soon after the line before it, or too late to be read, has none.

    Args:
        beats: In any order.
        until_s: Second of the video after which no line is shown.
    """
    starts: list[tuple[float, str]] = []
    for beat in sorted(beats, key=lambda beat: beat.at_s):
        start_s = max(beat.at_s, _FIRST_S)
        is_too_soon = bool(starts) and start_s - starts[-1][0] < SHORTEST_S + _GAP_S
        if not is_too_soon and until_s - start_s >= SHORTEST_S:
            starts.append((start_s, beat.action))
    ends = [start_s - _GAP_S for start_s, _ in starts[1:]] + [until_s]
    lines = []
    for (start_s, action), end_s in zip(starts, ends, strict=True) if starts else ():
        if text := caption_of(action, shown_s=end_s - start_s):
            lines.append(OverlayText("subtitle", text, round(start_s, 3), round(end_s, 3)))
    return lines


def _first_clauses(said: str, room: int) -> str:
    """The longest beginning that ends with a clause and fits, or the first clause whatever it takes."""
    ends = [match.start() for match in _CLAUSE.finditer(said)] + [len(said)]
    fitting = [end for end in ends if end <= room]
    return said[: fitting[-1] if fitting else ends[0]]
