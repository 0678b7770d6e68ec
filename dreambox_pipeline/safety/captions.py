"""How long a caption is and whom it mentions, measured as TikTok measures."""

import re
from typing import Final

MAX_CAPTION_UNITS: Final = 2200
MAX_MENTIONS: Final = 30

_MENTION = re.compile(r"@[\w.]+")
_HALF = re.compile("[\ud800-\udfff]")


def caption_units(text: str) -> int:
    """Length as TikTok counts it: in UTF-16 code units, so most emoji count as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def mentions(text: str) -> list[str]:
    """Every `@mention` in *text*, as written."""
    return _MENTION.findall(text)


def has_half_character(text: str) -> bool:
    """Whether half of a character (a lone surrogate) is in *text*, which no API can be sent."""
    return _HALF.search(text) is not None
