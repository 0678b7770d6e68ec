"""The smallest grammar that writes like people: lists of phrases with slots.

`{symbol}` is replaced by a phrase of that symbol, `{symbol?}` half of the time by nothing. A
phrase never comes twice in one text, so two events of one dream are never the same event.
"""

import re
from collections.abc import Mapping
from random import Random

Rules = Mapping[str, tuple[str, ...]]

_SLOT = re.compile(r"\{(\w+)(\?)?\}")
_SPACES = re.compile(r" {2,}")
_SPACE_BEFORE = re.compile(r" +([,.!?])")


class Writer:
    """Writes one text by the *rules*; remembers the phrases it used.

    Args:
        rules: Phrases by symbol.
        rng: The dice of this text.
        aliases: Symbols that stand for another symbol in this text (the dream's place).
    """

    def __init__(self, rules: Rules, rng: Random, aliases: Mapping[str, str] | None = None) -> None:
        self._rules = rules
        self._rng = rng
        self._aliases = dict(aliases or {})
        self._used: set[str] = set()

    def write(self, symbol: str) -> str:
        """One text of *symbol*, spaces tidied."""
        text = _SPACES.sub(" ", self._expand(symbol)).strip()
        return _SPACE_BEFORE.sub(r"\1", text)

    def _expand(self, symbol: str) -> str:
        return _SLOT.sub(self._fill, self._phrase(self._aliases.get(symbol, symbol)))

    def _fill(self, slot: re.Match[str]) -> str:
        if slot[2] and self._rng.random() < 0.5:
            return ""
        return self._expand(slot[1])

    def _phrase(self, symbol: str) -> str:
        phrases = self._rules[symbol]
        fresh = [phrase for phrase in phrases if phrase not in self._used] or list(phrases)
        phrase = self._rng.choice(fresh)
        if "{" not in phrase:
            self._used.add(phrase)
        return phrase
