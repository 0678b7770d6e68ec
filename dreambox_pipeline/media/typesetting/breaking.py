"""Where a text may be broken into lines, and the breaking that looks best.

Words are broken at spaces; Chinese and Japanese between any two letters but two katakana, except
that closing punctuation never begins a line and an opening bracket never ends one (the core of
kinsoku shori, JIS X 4051). Thai, Lao, Khmer and Burmese have no spaces and would need a dictionary: their
phrases are kept whole, set smaller, and broken between letters as the last resort.

Widths come from a function, so nothing here knows a font.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dreambox_pipeline.media.typesetting.scripts import (
    SPACELESS,
    Letter,
    clusters,
    letters,
    script_of,
)

_NOT_FIRST = frozenset(
    "、。，．・：；？！）］｝〉》」』】〕〗〙〟’”…‥ー～々ゝゞヽヾ,.:;?!)]}%"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
)
_NOT_LAST = frozenset("（［｛〈《「『【〔〖〘〝‘“([{#@")
# East Asian letters, symbols and punctuation begin here, at the CJK radicals.
_FIRST_WIDE = "\u2e80"
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Ruler:
    """How wide texts are.

    Attributes:
        advance: Width of a text on one line.
        joint: Extra width where two texts are put side by side: the space between letters.
    """

    advance: Callable[[str], float]
    joint: float = 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """What stays on one line, and whether a space parts it from the piece before."""

    text: str
    has_space: bool


def pieces(text: str) -> tuple[Piece, ...]:
    """*text*, on one line, cut wherever a line may end."""
    found: list[Piece] = []
    for word in text.split(" "):
        parts = _parts(word)
        found += [
            Piece(part, has_space=index == 0 and bool(found)) for index, part in enumerate(parts)
        ]
    return tuple(found)


def _parts(word: str) -> list[str]:
    parts: list[str] = []
    previous, before = "", ""
    for letter in letters(word):
        script, text = _breaking_script(letter), letter.text
        # A word in katakana is mostly a foreign one, and stays whole as it would in Latin.
        may_part = bool({script, before} & SPACELESS) and {script, before} != {"Kana"}
        if parts and (not may_part or text[0] in _NOT_FIRST or previous[0] in _NOT_LAST):
            parts[-1] += text
        else:
            parts.append(text)
        previous, before = text, script
    return parts


def _breaking_script(letter: Letter) -> str:
    """Full-width punctuation belongs to the letters before it; a number is a word of its own."""
    return letter.script if letter.text[0] >= _FIRST_WIDE else script_of(letter.text)


def wrap(
    text: str, ruler: Ruler, max_width: float, *, may_break_words: bool
) -> tuple[str, ...] | None:
    """Fill lines greedily; None when a piece is too wide and may not be broken."""
    lines: list[str] = []
    width = 0.0
    space = ruler.advance(" ") + 2 * ruler.joint
    for piece in pieces(text):
        own = ruler.advance(piece.text)
        gap = space if piece.has_space else ruler.joint
        if lines and width + gap + own <= max_width:
            lines[-1] += " " * piece.has_space + piece.text
            width += gap + own
            continue
        if own > max_width:
            if not may_break_words:
                return None
            lines += _torn(piece.text, ruler, max_width)
        else:
            lines.append(piece.text)
        width = ruler.advance(lines[-1])
    return tuple(lines)


def _torn(word: str, ruler: Ruler, max_width: float) -> list[str]:
    """*word* in lines as long as they go, torn between letters."""
    rest, lines = clusters(word), []
    while rest:
        # By halving: the width of a line costs a shaping, and a hostile word is long.
        low, high = 1, len(rest)
        while low < high:
            middle = (low + high + 1) // 2
            fits = ruler.advance("".join(rest[:middle])) <= max_width
            low, high = (middle, high) if fits else (low, middle - 1)
        lines.append("".join(rest[:low]))
        rest = rest[low:]
    return lines


def balance(text: str, ruler: Ruler, max_width: float, lines: tuple[str, ...]) -> tuple[str, ...]:
    """The narrowest breaking with the same number of lines: no lonely last word."""
    best, low, high = lines, 0.0, max_width
    if len(lines) == 1:
        return lines
    for _ in range(10):
        middle = (low + high) / 2
        tried = wrap(text, ruler, middle, may_break_words=False)
        if tried is not None and len(tried) == len(lines):
            best, high = tried, middle
        else:
            low = middle
    return best


def cut(lines: tuple[str, ...], max_lines: int, ruler: Ruler, max_width: float) -> tuple[str, ...]:
    """The first *max_lines* lines, the last of them ending in an ellipsis that fits."""
    last = clusters(lines[max_lines - 1])
    while last and ruler.advance("".join(last) + ELLIPSIS) > max_width:
        last.pop()
    return (*lines[: max_lines - 1], "".join(last).rstrip() + ELLIPSIS)
