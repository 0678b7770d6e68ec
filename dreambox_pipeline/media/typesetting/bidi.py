"""The order in which letters of a line are seen when scripts of both directions meet.

python-bidi implements the Unicode Bidirectional Algorithm (Annex 9) and hands back text, not
places. So every letter goes in with a mark of two tag characters that spell its number. The
algorithm ignores tags and keeps them behind their letter, hence the marks tell afterwards where
each letter went, and a mark in front of its letter tells that the letter runs right to left.
"""

from collections.abc import Iterable

from bidi import get_display

_FIRST_TAG, _TAGS = 0xE0020, 96
LONGEST = _TAGS * _TAGS
"""Letters in a line, at most; a video has room for a hundred."""

_FIRST_STRONG_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def visual_order(
    units: list[str], *, rtl: bool, isolates: Iterable[tuple[int, int]] = ()
) -> list[tuple[int, bool]]:
    """The indices of *units* from left to right, each with whether it runs right to left.

    Args:
        units: The letters of one line in logical order, without bidi controls.
        rtl: Direction of the paragraph.
        isolates: Ranges (start, end) that are ordered for themselves, so that in Arabic text
            the `@` of a handle stays with its Latin name and a number after it does not join.

    Raises:
        ValueError: The line has more letters than `LONGEST`.
    """
    if len(units) > LONGEST:
        raise ValueError(f"A line of {len(units)} letters; {LONGEST} can be ordered.")
    opens, closes = set(), set()
    for start, end in isolates:
        opens.add(start)
        closes.add(end)
    marked = []
    for index, unit in enumerate(units):
        marked += [_END_ISOLATE] * (index in closes) + [_FIRST_STRONG_ISOLATE] * (index in opens)
        # Of a cluster the first character decides; the others are marks and joiners.
        marked += [unit[0], chr(_FIRST_TAG + index % _TAGS), chr(_FIRST_TAG + index // _TAGS)]
    # Marks that end a line are moved to its end (rule L1), so a letter of the paragraph's own
    # direction, which changes nothing, comes after the last.
    last = "א" if rtl else "a"
    marked += [_END_ISOLATE] * (len(units) in closes) + [last]
    display = str(get_display("".join(marked), base_dir="R" if rtl else "L"))
    return _unmarked(display[1:] if rtl else display[:-1])


def _unmarked(display: str) -> list[tuple[int, bool]]:
    seen = [c for c in display if c not in {_FIRST_STRONG_ISOLATE, _END_ISOLATE}]
    order = []
    for at in range(0, len(seen), 3):
        first, middle, last = (ord(c) - _FIRST_TAG for c in seen[at : at + 3])
        is_rtl = 0 <= first < _TAGS
        low, high = (middle, first) if is_rtl else (middle, last)
        order.append((low + _TAGS * high, is_rtl))
    return order
