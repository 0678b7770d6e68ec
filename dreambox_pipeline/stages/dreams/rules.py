"""Read a comment by rules: which cues, which figurative uses, what surrounds them.

    log-odds = bias
             + strongest cue ("i dreamt", "in my dream", "soñé que")
             + a little for a second cue, a night, waking up, a first-person story
             - figurative uses, questions, other people's dreams, "I don't dream"

The rules know languages and reasons; how much all of it together is worth has been learned,
see `classifier`. Without a classifier the rules alone decide.
"""

from dataclasses import dataclass

from dreambox_pipeline.stages.dreams import contexts
from dreambox_pipeline.stages.dreams.cues import FAMILIES, Cue, Family
from dreambox_pipeline.stages.dreams.figurative import FIGURES, Figure, cut_out

BIAS = -3.0
# A cue below this names the word only and says nothing about a second piece of evidence.
_SUPPORTING_CUE = 1.5
# From here a cue is a phrase that says who dreamt, in a language that is then known.
_PHRASE = 4.0
_CONTRADICTIONS = frozenset({"question", "not_dreaming", "forgotten", "selling"})
_STEMS = tuple(dict.fromkeys(stem for family in FAMILIES for stem in family.stems))


@dataclass(frozen=True, slots=True)
class RuleReading:
    """What the rules saw in one comment.

    Attributes:
        score: Log-odds by the rules alone.
        contexts: Codes of what surrounds the cues, each with how often.
        lang: The language whose whole phrase was found, else None.
    """

    score: float = BIAS
    cues: tuple[Cue, ...] = ()
    figures: tuple[Figure, ...] = ()
    contexts: tuple[tuple[str, int], ...] = ()
    lang: str | None = None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Stable codes, strongest cue first."""
        named = [f"cue:{cue.code}" for cue in self.cues if cue.weight >= _SUPPORTING_CUE][:4]
        figures = [f"figurative:{figure.code}" for figure in self.figures]
        return (*named, *figures, *(code for code, _ in self.contexts))

    @property
    def is_contradicted(self) -> bool:
        """Something was found that speaks against a dream told here."""
        return bool(self.figures) or any(code in _CONTRADICTIONS for code, _ in self.contexts)

    @property
    def names_dreamer(self) -> bool:
        """A whole phrase says that the writer dreamt."""
        return any(cue.is_own and cue.weight > _PHRASE for cue in self.cues)


def families_in(seen: str) -> tuple[Family, ...]:
    """Languages one of whose dream words may occur; cheap, by substrings of accented text."""
    if not any(stem in seen for stem in _STEMS):
        return ()
    # A trauma is no German dream, and common in every language.
    seen = seen.replace("trauma", "")
    return tuple(f for f in FAMILIES if any(stem in seen for stem in f.stems))


def read_rules(folded: str, families: tuple[Family, ...]) -> RuleReading:
    """Apply the rules of *families* to a text folded without accents."""
    cues: list[Cue] = []
    langs: set[str] = set()
    figures: list[Figure] = []
    for family in families:
        rest, found = cut_out(folded, FIGURES.get(family.lang, ()))
        figures += found
        matched = [cue for cue in family.cues if cue.pattern.search(rest)]
        if any(cue.is_own and cue.weight > _PHRASE for cue in matched) and family.lang != "und":
            langs.add(family.lang)
        cues += matched
    cues.sort(key=lambda cue: -cue.weight)
    surroundings, bonus = _surroundings(folded, cues) if cues else ((), 0.0)
    # A plain "I dreamt that" stands, whatever else is said about dream jobs around it.
    most = 1.0 if any(cue.is_own and cue.weight > _PHRASE for cue in cues) else 2.0
    penalty = min(most, sum(figure.penalty for figure in figures))
    return RuleReading(
        score=BIAS - penalty + bonus + (cues[0].weight if cues else 0.0),
        cues=tuple(cues),
        figures=tuple(figures),
        contexts=surroundings,
        lang=langs.pop() if len(langs) == 1 else None,
    )


def _surroundings(folded: str, cues: list[Cue]) -> tuple[tuple[tuple[str, int], ...], float]:
    """What the rest of the comment adds to a cue: codes with counts, and log-odds."""
    verbs = len(contexts.STORY_VERB.findall(folded))
    is_own = any(cue.is_own for cue in cues)
    is_question = contexts.QUESTION.search(folded) and not contexts.SELF_TOO.search(folded)
    weighed = (
        ("night", contexts.NIGHT.search(folded), 0.8),
        ("waking", contexts.WAKING.search(folded), 0.8),
        ("story", verbs, min(2.1, 0.7 * verbs)),
        ("not_dreaming", contexts.NOT_DREAMING.search(folded), -2.5),
        ("forgotten", verbs < 2 and contexts.FORGOTTEN.search(folded), -3.5),
        ("question", is_question, -2.0),
        ("selling", not is_own and contexts.SELLING.search(folded), -2.5),
        ("others_dream", not is_own and contexts.OTHERS_DREAM.search(folded), -2.0),
    )
    codes = [(code, verbs if code == "story" else 1) for code, is_found, _ in weighed if is_found]
    second = 0.4 if sum(cue.weight >= _SUPPORTING_CUE for cue in cues) > 1 else 0.0
    return tuple(codes), second + sum(weight for _, is_found, weight in weighed if is_found)
