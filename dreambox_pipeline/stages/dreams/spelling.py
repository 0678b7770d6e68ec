"""Undo what typing and disguise do to a word, so that one rule serves all its spellings.

Letters of another script that look Latin (Cyrillic `е` in "drеam") are read as the Latin ones,
but only inside words that mix scripts: Russian and Greek stay what they are. The dream words'
commonest typing errors are put right; a phone makes many of them. For matching only.
"""

import re

from dreambox_pipeline.text.normalize import fold

_LOOKALIKES = str.maketrans(
    "аеёорсухіїјѕһԁӏкмтвнԛԝαεορυικντχ",
    "aeeopcyxiijshdlkmtbhqwaeopuikvtx",
)
_OTHER_SCRIPT = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_MIXED_WORD = re.compile(
    r"\w*(?:[a-z][\u0370-\u03ff\u0400-\u052f]|[\u0370-\u03ff\u0400-\u052f][a-z])\w*"
)
_MISSPELT = (
    (
        re.compile(
            r"\b(?:drr+ea*m|dree+a*m|dreaa+m|dreamm+|deram|draem|drema|derma(?=t\b)|drmea|deream|dremm?)(?=(?:t|ed|s|ing)?\b)"
        ),
        "dream",
    ),
    (re.compile(r"\b(?:dr[3e][4@a]m|dr3am|d r e a m)(?=(?:t|ed|s|ing)?\b)"), "dream"),
    (re.compile(r"\b(?:nightmere|nitemare|nightmar|nighmare|nightmair)(?=s?\b)"), "nightmare"),
    (re.compile(r"\b(?:soo+nhei|sonn+hei|sonhh+ei|sohnei|sonhie|snohei|sonheii+)\b"), "sonhei"),
    (re.compile(r"\b(?:soo+nho|sonn+ho|sonhh+o|sohno|snoho)\b"), "sonho"),
    (re.compile(r"\b(?:mii+mpi|mimm+pi|mimpp+i|mimpii+|mmi+mpi|mipmi|mimip|imimpi)\b"), "mimpi"),
)


def read_through(text: str) -> str:
    """*text* folded with its accents, with look-alike letters and misspelt dream words put right."""
    seen = fold(text)
    if not seen.isascii() and _OTHER_SCRIPT.search(seen):
        seen = _MIXED_WORD.sub(lambda word: word[0].translate(_LOOKALIKES), seen)
    for wrong, right in _MISSPELT:
        seen = wrong.sub(right, seen)
    return seen
