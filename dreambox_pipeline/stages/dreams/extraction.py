"""Turn a told dream into facts a video can be built from.

Every value that comes out is looked up in `vocabulary`; nothing is copied from the text.
So a name, an address or an insult cannot travel from a comment into a prompt, and a dream
told in Spanish comes out as the same English phrases. A comment usually yields one or two
things; what it does not say stays empty or is filled with a default and listed in `inferred`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from dreambox_pipeline.stages.dreams.cues import FAMILIES
from dreambox_pipeline.stages.dreams.model import DreamFacts, Emotion, Motif, Role, Sense, Setting
from dreambox_pipeline.stages.dreams.senses import SENSES
from dreambox_pipeline.stages.dreams.vocabulary import ENGLISH, LEXICONS, NOUNS, Lexicon
from dreambox_pipeline.text.language import guess_language
from dreambox_pipeline.text.normalize import fold

T = TypeVar("T")
Spans = tuple[tuple[int, int], ...]

_TOKEN = re.compile(r"\[[A-Z]+\]|\w+(?:['’-]\w+)*")
_LONGEST_TERM = 4
# How far behind a verb its object may stand: "running through the long dark corridor".
_OBJECT_REACH = 6
_LIKELY_SETTING = {
    Motif.WHALE: Setting.OCEAN,
    Motif.FISH: Setting.UNDERWATER,
    Motif.BOAT: Setting.OCEAN,
    Motif.FLOOD: Setting.CITY,
    Motif.FLYING: Setting.SKY,
    Motif.FALLING: Setting.SKY,
    Motif.BIRD: Setting.SKY,
    Motif.BALLOON: Setting.SKY,
    Motif.MOON: Setting.SKY,
    Motif.STARS: Setting.SPACE,
    Motif.TREE: Setting.FOREST,
    Motif.FLOWER: Setting.MEADOW,
    Motif.HORSE: Setting.MEADOW,
    Motif.DOOR: Setting.CORRIDOR,
    Motif.STAIRS: Setting.CORRIDOR,
    Motif.CHASE: Setting.CORRIDOR,
    Motif.TRAIN: Setting.CITY,
    Motif.CAR: Setting.CITY,
    Motif.TEETH: Setting.HOUSE,
    Motif.MIRROR: Setting.HOUSE,
    Motif.CLOCK: Setting.HOUSE,
    Motif.LANTERN: Setting.FOREST,
}
# Verbs that take a thing directly. Any other verb needs a preposition, or its noun is dropped.
_TRANSITIVE = frozenset(
    [
        "riding",
        "eating",
        "opening",
        "fighting",
        "hugging",
        "finding",
        "losing",
        "seeing",
        "entering",
        "holding",
        "climbing",
        "driving",
        "meeting",
        "searching",
    ]
)
_EMOTION_MOOD = {
    Emotion.HAPPINESS: 0.7,
    Emotion.CONFUSION: -0.1,
    Emotion.SADNESS: -0.5,
    Emotion.ANGER: -0.5,
    Emotion.APPREHENSION: -0.7,
}
# Terms by the identity of the constants they come from, which live as long as the program.
_KNOWN: dict[tuple[int, int], frozenset[str]] = {}
# Malay is read with Indonesian's words.
_SENSES_OF = {"ms": "id"}
# Weaker than a stated emotion: falling is usually unpleasant, flying usually is not.
_MOTIF_MOOD = {
    Motif.CHASE: -0.4,
    Motif.FALLING: -0.25,
    Motif.TEETH: -0.3,
    Motif.FIRE: -0.25,
    Motif.FLOOD: -0.3,
    Motif.SNAKE: -0.2,
    Motif.SPIDER: -0.2,
    Motif.FLYING: 0.35,
    Motif.FLOWER: 0.3,
    Motif.BALLOON: 0.3,
    Motif.LANTERN: 0.2,
    Motif.STARS: 0.25,
    Motif.LIGHT: 0.15,
}


# Nobody drops anywhere in "fell asleep" and "fell in love".
_FALLING = frozenset({"fell", "fall", "falling"})
_FALLING_IDIOMS = (("asleep",), ("in", "love"), ("back", "asleep"), ("apart",))


@dataclass(slots=True)
class _Token:
    """A word with its place, and the known terms that begin at it, longest first."""

    term: str
    start: int
    end: int
    begins: tuple[tuple[str, int], ...] = ()


def extract_facts(text: str) -> DreamFacts:
    """The facts of one dream.

    Args:
        text: The redacted text; evidence spans count its characters.
    """
    lang = _lang_of(text)
    lexicon = LEXICONS.get(lang, ENGLISH)
    senses_known = SENSES.get(_SENSES_OF.get(lang, lang), SENSES["en"])
    tokens = _tokens(text, _known_terms(lexicon, senses_known))
    settings = _look_up(tokens, lexicon.settings)
    motifs = _look_up(tokens, lexicon.motifs)
    characters = _look_up(tokens, lexicon.characters)
    emotions = _look_up(tokens, lexicon.emotions)
    colours = _look_up(tokens, lexicon.colours)
    senses = _look_up(tokens, senses_known)
    actions = _actions(tokens, lexicon)
    dreamer = [token for token in tokens if token.term in lexicon.dreamer][:1]
    setting, is_setting_inferred = _setting(settings, tuple(motifs))
    found = {
        "setting": settings.get(setting, ()),
        "motifs": _flat(motifs),
        "characters": _flat(characters),
        "emotions": _flat(emotions),
        "colours": _flat(colours),
        "sensory": _flat(senses),
        "actions": tuple(span for _, span in actions),
    }
    inferred = [
        *(["setting"] if is_setting_inferred else []),
        *(["characters"] if not dreamer and not characters else []),
        *(["mood"] if not emotions else []),
    ]
    return DreamFacts(
        setting=setting,
        characters=(Role.DREAMER, *characters),
        actions=tuple(phrase for phrase, _ in actions),
        emotions=tuple(emotions),
        motifs=tuple(motifs)[:6],
        colours=tuple(colours)[:4],
        sensory=tuple(senses),
        mood=_mood(tuple(emotions), tuple(motifs)),
        visual_detail=_visual_detail(
            things=len(settings) + len(motifs) + len(characters),
            colours=len(colours),
            actions=len(actions),
            words=len(tokens),
        ),
        evidence={name: spans for name, spans in found.items() if spans},
        inferred=tuple(inferred),
    )


def _lang_of(text: str) -> str:
    """The cue names the language more surely than statistics over a short text do."""
    lowered = text.casefold()
    langs = {f.lang for f in FAMILIES if any(stem in lowered for stem in f.stems)}
    return langs.pop() if len(langs) == 1 else guess_language(text)


def _known_terms(lexicon: Lexicon, senses: Mapping[str, Sense]) -> frozenset[str]:
    """Every term that may be looked up, so that each word is taken apart only once."""
    key = (id(lexicon), id(senses))
    if key not in _KNOWN:
        tables = (
            lexicon.settings, lexicon.motifs, lexicon.characters, lexicon.emotions,
            lexicon.colours, lexicon.verbs, lexicon.objects, senses,
        )  # fmt: skip
        _KNOWN[key] = frozenset(term for table in tables for term in table)
    return _KNOWN[key]


def _tokens(text: str, known: frozenset[str]) -> list[_Token]:
    """Folded word by word, so that spans still count the given text's characters."""
    tokens = [
        _Token(fold(found[0], keep_accents=False), found.start(), found.end())
        for found in _TOKEN.finditer(text)
    ]
    kept = [token for at, token in enumerate(tokens) if not _begins_idiom(tokens, at)]
    for at, token in enumerate(kept):
        token.begins = tuple(found for found in _terms_at(kept, at) if found[0] in known)
    return kept


def _begins_idiom(tokens: Sequence[_Token], at: int) -> bool:
    following = tuple(token.term for token in tokens[at + 1 : at + 3])
    return any(
        following[: len(rest)] == rest for rest in _FALLING_IDIOMS if tokens[at].term in _FALLING
    )


def _terms_at(tokens: Sequence[_Token], at: int) -> Iterator[tuple[str, int]]:
    """Terms that may begin at a token, longest first, each with the index behind it."""
    for length in range(min(_LONGEST_TERM, len(tokens) - at), 0, -1):
        term = " ".join(token.term for token in tokens[at : at + length])
        yield term, at + length
        # Plurals and clitics: doors, boxes, rumahku, mobilnya.
        for ending in ("s", "es", "n", "en", "nya", "ku", "'s"):
            if term.endswith(ending) and len(term) - len(ending) >= 3:
                yield term.removesuffix(ending), at + length


def _match_at(tokens: Sequence[_Token], at: int, terms: Mapping[str, T]) -> tuple[T, int] | None:
    for term, behind in tokens[at].begins:
        if term in terms:
            return terms[term], behind
    return None


def _look_up(tokens: Sequence[_Token], terms: Mapping[str, T]) -> dict[T, Spans]:
    """Values in order of appearance, each with every place it was found."""
    found: dict[T, Spans] = {}
    at = 0
    while at < len(tokens):
        match = _match_at(tokens, at, terms)
        if match is None:
            at += 1
            continue
        value, behind = match
        span = (tokens[at].start, tokens[behind - 1].end)
        found[value] = (*found.get(value, ()), span)
        at = behind
    return found


def _actions(tokens: Sequence[_Token], lexicon: Lexicon) -> list[tuple[str, tuple[int, int]]]:
    """Up to eight different phrases with the span of their verb."""
    actions: dict[str, tuple[int, int]] = {}
    for at, token in enumerate(tokens):
        match = _match_at(tokens, at, lexicon.verbs)
        if match is None:
            continue
        verb, behind = match
        phrase = " ".join([verb, *_object_phrase(verb, tokens, behind, lexicon)])
        if len(phrase) <= 40 and len(actions) < 8:
            actions.setdefault(phrase, (token.start, tokens[behind - 1].end))
    return list(actions.items())


def _object_phrase(verb: str, tokens: Sequence[_Token], start: int, lexicon: Lexicon) -> list[str]:
    """Preposition and noun behind a verb, both from the lexicon; empty when none fits."""
    preposition: list[str] = ["by"] if verb == "being chased" else []
    for at in range(start, min(start + _OBJECT_REACH, len(tokens))):
        if _match_at(tokens, at, lexicon.verbs):
            return []
        if noun := _noun_at(tokens, at, lexicon):
            return [*preposition, noun] if preposition or verb in _TRANSITIVE else []
        if tokens[at].term in lexicon.prepositions:
            preposition = [lexicon.prepositions[tokens[at].term]]
    return []


def _noun_at(tokens: Sequence[_Token], at: int, lexicon: Lexicon) -> str | None:
    # Some motifs are things that happen, like falling, and have no noun.
    if motif := _match_at(tokens, at, lexicon.motifs):
        return NOUNS.get(motif[0])
    if setting := _match_at(tokens, at, lexicon.settings):
        return NOUNS.get(setting[0])
    if character := _match_at(tokens, at, lexicon.characters):
        return NOUNS.get(character[0])
    thing = _match_at(tokens, at, lexicon.objects)
    return thing[0] if thing else None


def _setting(settings: Mapping[Setting, Spans], motifs: Sequence[Motif]) -> tuple[Setting, bool]:
    """The place named most often, else the likeliest place for the motifs, and whether inferred."""
    if settings:
        return max(settings, key=lambda place: len(settings[place])), False
    likely = [_LIKELY_SETTING[motif] for motif in motifs if motif in _LIKELY_SETTING]
    return (likely[0] if likely else Setting.UNKNOWN), True


def _mood(emotions: Sequence[Emotion], motifs: Sequence[Motif]) -> float:
    """Mean of what is felt, or of what the motifs suggest when nothing is said to be felt."""
    felt = [_EMOTION_MOOD[emotion] for emotion in emotions]
    if not felt:
        felt = [_MOTIF_MOOD[motif] for motif in motifs if motif in _MOTIF_MOOD]
    return round(sum(felt) / len(felt), 3) if felt else 0.0


def _visual_detail(*, things: int, colours: int, actions: int, words: int) -> float:
    """More to see is more detail; each part saturates, so a list of nouns is not a film."""
    return round(
        0.4 * min(1.0, things / 4)
        + 0.2 * min(1.0, colours / 2)
        + 0.25 * min(1.0, actions / 3)
        + 0.15 * min(1.0, words / 60),
        3,
    )


def _flat(found: Mapping[T, Spans]) -> Spans:
    return tuple(sorted(span for spans in found.values() for span in spans))
