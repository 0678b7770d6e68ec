"""Turn a comment into numbers: a few dozen that have names, and hashed pieces of its wording.

    named    what the rules and the hints saw, and the text's shape
    hashed   the words around the dream word, words, pairs of words, and parts of words, each
             hashed with CRC-32 into one of 2^16 buckets; a bucket's sign is one more bit

Pure and deterministic: the same text gives the same numbers on every machine. A change here
changes what the weights mean, so `SCHEME` changes with it and old weights are refused.
"""

import math
import re
import zlib
from dataclasses import dataclass
from itertools import pairwise

from dreambox_pipeline.stages.dreams.hallmarks import HALLMARKS, count_hints, may_hint
from dreambox_pipeline.stages.dreams.rules import RuleReading, families_in, read_rules
from dreambox_pipeline.stages.dreams.spelling import read_through
from dreambox_pipeline.text.normalize import fold

SCHEME = "1"
BUCKETS = 1 << 16
READ_CHARS = 2_000
"""The longest a dream needs to be found; a novel pasted into a comment is judged by its start."""

RULE_SCALE = 1.0
_CONTEXTS = (
    "night",
    "waking",
    "story",
    "not_dreaming",
    "forgotten",
    "question",
    "selling",
    "others_dream",
)
_SHAPES = (
    "words",
    "sentences",
    "self_rate",
    "you_rate",
    "tags",
    "exclaims",
    "asks",
    "pictures",
)
# What a hint is worth depends on how the dream is named: by a phrase, by a mere word or only in
# a figure of speech, or not at all.
_REGIMES = ("cue", "word", "bare")
_SUPPORTING_CUE = 1.5
NAMES = (
    "rule_score",
    "top_cue",
    "own_cue",
    "supporting_cues",
    "figures",
    "figure_penalty",
    "is_bare",
    "is_word",
    *_CONTEXTS,
    *(f"{regime}:{mark.code}" for regime in _REGIMES for mark in HALLMARKS),
    *(f"{regime}:report_like" for regime in _REGIMES),
    # Where a dream is named, not its length: how long the collected comments are says nothing
    # about the next ones.
    *(f"{regime}_shape:{shape}" for regime in _REGIMES[:2] for shape in _SHAPES[2:]),
    *(f"{_REGIMES[2]}_shape:{shape}" for shape in _SHAPES),
)
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[!?]")
_SENTENCE = re.compile(r"[.!?\n]+(?:\s|$)")
_SELF = re.compile(
    r"\b(?:i|i'm|im|i've|i'd|me|my|we|our|us|ich|mich|mir|mein\w*|wir|uns|yo|mi|me|mis|eu|meu|minha|je|j'\w+|moi|mon|ma|mes|aku|saya|gue|gw|ku)\b"
)
_YOU = re.compile(
    r"\b(?:you|your|u|ur|you're|yall|du|dein\w*|ihr|euch|tu|tus|te|usted\w*|voce|vc|seu|sua|vous|vos|votre|kamu|lo|lu|kalian)\b"
)
_TAG = re.compile(r"[@#]\w|https?:|www\.")
_PICTURE = re.compile("[\u203c-\u3299\U0001f000-\U0001faff]")
_DREAM_WORD = re.compile(
    r"\w*(?:dream|nightmare|traum|sonh|pesadel|pesadill|sueno|sonado|cauchemar|mimpi|sogn|droom)\w*|\b(?:sone|soñe|reve|reves|revais|incubo|ruya\w*)\b"
)


@dataclass(frozen=True, slots=True)
class Features:
    """One comment as numbers, with the readings they came from.

    Attributes:
        named: One value per name in `NAMES`, most of them between 0 and 2.
        buckets: Hashed buckets, each once, ascending.
        signs: +1 or -1 per bucket.
        hints: Hint code to how often it occurs.
        lowered: The text folded without accents, as the rules read it.
    """

    named: tuple[float, ...]
    buckets: tuple[int, ...]
    signs: tuple[int, ...]
    rules: RuleReading
    hints: dict[str, int]
    lowered: str


def read_features(text: str, *, ungated: bool = False) -> Features | None:
    """The numbers of one cleaned comment, or None when the cheap first look finds nothing in it.

    Args:
        text: Already `clean`ed. Beyond its first 2,000 characters nothing is read.
        ungated: Read it however little it hints at a dream.
    """
    seen = read_through(text[:READ_CHARS])
    families = families_in(seen)
    lowered = fold(seen, keep_accents=False)
    if not families and not ungated and not may_hint(lowered):
        return None
    rules = read_rules(lowered, families)
    hints = count_hints(lowered)
    buckets = _hashed(lowered, rules)
    return Features(
        named=_named(lowered, rules, hints),
        buckets=tuple(sorted(buckets)),
        signs=tuple(buckets[bucket] for bucket in sorted(buckets)),
        rules=rules,
        hints=hints,
        lowered=lowered,
    )


def _named(lowered: str, rules: RuleReading, hints: dict[str, int]) -> tuple[float, ...]:
    regime = regime_of(rules)
    found = dict(rules.contexts)
    shape = _shape(lowered)
    hinted = [_damped(hints.get(mark.code, 0)) for mark in HALLMARKS]
    values = [
        rules.score / RULE_SCALE,
        rules.cues[0].weight / 4 if rules.cues else 0.0,
        float(any(cue.is_own for cue in rules.cues)),
        min(3, sum(cue.weight >= 2 for cue in rules.cues)) / 2,
        min(3, len(rules.figures)) / 2,
        min(2.0, sum(figure.penalty for figure in rules.figures)),
        float(regime == "bare"),
        float(regime == "word"),
        *(_damped(found.get(code, 0)) for code in _CONTEXTS),
    ]
    for one in _REGIMES:
        values += [value if regime == one else 0.0 for value in hinted]
    values += [_report_like(lowered, hints) if regime == one else 0.0 for one in _REGIMES]
    for one in _REGIMES:
        parts = shape if one == "bare" else shape[2:]
        values += [value if regime == one else 0.0 for value in parts]
    return tuple(round(value, 6) for value in values)


def regime_of(rules: RuleReading) -> str:
    """How a comment names its dream: by a phrase (`cue`), a mere `word`, or not (`bare`)."""
    if rules.cues and rules.cues[0].weight >= _SUPPORTING_CUE:
        return "cue"
    return "word" if rules.cues or rules.figures else "bare"


def _report_like(lowered: str, hints: dict[str, int]) -> float:
    """Different hints in a text with room for a story; many of them together are rare elsewhere."""
    return min(8, len(hints)) / 4 * min(1.0, len(lowered.split()) / 30)


def _damped(count: int) -> float:
    return math.log2(1 + count) / 2


def _shape(lowered: str) -> tuple[float, ...]:
    words = max(1, len(lowered.split()))
    return (
        min(1.5, math.log10(words)),
        min(1.5, len(_SENTENCE.findall(lowered)) / 4),
        min(1.0, 5 * len(_SELF.findall(lowered)) / words),
        min(1.0, 5 * len(_YOU.findall(lowered)) / words),
        min(3, len(_TAG.findall(lowered))) / 2,
        min(3, lowered.count("!")) / 2,
        min(3, lowered.count("?")) / 2,
        min(3, len(_PICTURE.findall(lowered))) / 2,
    )


def _hashed(lowered: str, rules: RuleReading) -> dict[int, int]:
    pieces = {f"c:{cue.code}" for cue in rules.cues} | {f"f:{fig.code}" for fig in rules.figures}
    tokens = _TOKEN.findall(_DREAM_WORD.sub(" dream ", lowered))
    pieces.update(f"w:{token}" for token in tokens)
    pieces.update(f"b:{one} {two}" for one, two in pairwise(tokens))
    for at, token in enumerate(tokens):
        if token == "dream":  # noqa: S105 - a word, not a secret
            pieces.update(_around(tokens, at))
    return dict(map(bucket_of, sorted(pieces)))


def _around(tokens: list[str], at: int) -> set[str]:
    """The two words on each side of the dream word, with their place."""
    before = tokens[max(0, at - 2) : at]
    after = tokens[at + 1 : at + 3]
    near = {f"n-{len(before) - i}:{word}" for i, word in enumerate(before)}
    near |= {f"n+{i + 1}:{word}" for i, word in enumerate(after)}
    near.add(f"n<{' '.join(before)}")
    near.add(f"n>{' '.join(after)}")
    return near


def bucket_of(piece: str) -> tuple[int, int]:
    """The bucket of one piece of text, and its sign: CRC-32, low bits and the highest bit."""
    digest = zlib.crc32(piece.encode("utf-8", "surrogatepass"))
    return digest % BUCKETS, 1 if digest >> 31 else -1
