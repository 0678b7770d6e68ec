"""Find the words a model says it read; what cannot be found was made up.

Models copy almost word for word: they mend a typing error, drop an accent, change a quote mark.
So both sides are folded, and a passage that is alike to 0.85 counts; less does not.
"""

from difflib import SequenceMatcher

from dreambox_pipeline.text.normalize import clean, fold

ALIKE = 0.85
"""From this ratio of `difflib` on a passage is the quoted one."""

_LONGEST_QUOTE = 200
# Below this a few letters in common would do.
_SHORTEST_FUZZY = 8
# "cat" is not in "catastrophe"; longer quotes may leave an ending out.
_WHOLE_WORD_BELOW = 5


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Where *quote* is in *text*, as `(start, end)` in characters; None when it is not."""
    wanted, _ = _folded(clean(quote))
    if not any(map(str.isalnum, wanted)) or len(wanted) > _LONGEST_QUOTE:
        return None
    folded, places = _folded(text)
    span = _exact(wanted, folded) or _nearest(wanted, folded)
    return (places[span[0]], places[span[1] - 1] + 1) if span else None


def _folded(text: str) -> tuple[str, list[int]]:
    """*text* folded character by character, and for each character the place it came from."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for folded in fold(letter, keep_accents=False):
            letters.append(folded)
            places.append(place)
    return "".join(letters), places


def _exact(wanted: str, folded: str) -> tuple[int, int] | None:
    start = folded.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        is_whole = not _splits_a_word(folded, end) or len(wanted) >= _WHOLE_WORD_BELOW
        if is_whole and not _splits_a_word(folded, start):
            return start, end
        start = folded.find(wanted, start + 1)
    return None


def _splits_a_word(folded: str, at: int) -> bool:
    """A cut at *at* goes through a word; scripts without capitals may not space their words."""
    return 0 < at < len(folded) and all(
        letter.isalnum() and (letter.isdigit() or letter.upper() != letter)
        for letter in folded[at - 1 : at + 1]
    )


def _nearest(wanted: str, folded: str) -> tuple[int, int] | None:
    """The passage of about as many words that is most alike."""
    if len(wanted) < _SHORTEST_FUZZY:
        return None
    words = _words(folded)
    length = len(wanted.split())
    best, found = ALIKE, None
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    for size in {max(1, length - 1), length, length + 1}:
        for first in range(len(words) - size + 1):
            start, end = words[first][0], words[first + size - 1][1]
            matcher.set_seq1(folded[start:end])
            if matcher.real_quick_ratio() < best or matcher.quick_ratio() < best:
                continue
            if (ratio := matcher.ratio()) >= best:
                best, found = ratio, (start, end)
    return found


def _words(folded: str) -> list[tuple[int, int]]:
    words: list[tuple[int, int]] = []
    at = 0
    for word in folded.split():
        start = folded.index(word, at)
        at = start + len(word)
        words.append((start, at))
    return words
