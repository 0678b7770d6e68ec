"""Whether another writer's words may stand in a prompt: every reason to say no, in one place.

A language model's words are judged as strictly as a stranger's. They may say what our words say
in a livelier way. They may not bring anybody or anything new: no name, no brand, no child, no
person beside the dream's roles, nothing frightening the dream does not hold, nothing to read,
no second camera move, no numbers that pretend to set a length. What fails once is not mended.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dreambox_pipeline.safety.injection import find_injection
from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.safety.screening import screen
from dreambox_pipeline.stages.dreams.model import DreamFacts
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.prompts.phrasing import NO_VOICES
from dreambox_pipeline.stages.prompts.rendering import to_prose
from dreambox_pipeline.text.given_names import GIVEN_NAMES
from dreambox_pipeline.text.pii import find_pii

# Characters, shortest and longest. Ours take up to 620, 170, 110 and 190.
_LENGTHS: Final = {"scene": (60, 900), "lighting": (15, 220), "beat": (12, 120), "audio": (10, 260)}

# Letters and the marks of plain prose: no digit, quote, brace, bracket, at, hash, slash or emoji.
_PLAIN: Final = re.compile(r"[A-Za-z ,.;:'’–—-]+")
_WORD: Final = re.compile(r"[a-z]+")
# A capital that does not begin a sentence is a name in English.
_NAME: Final = re.compile(r"(?<![.:;] )(?<!^)\b[A-Z]")
MINOR: Final = re.compile(
    r"\b(?:child\w*|kids?|boy\w*|girl\w*|bab(?:y|ies)|infants?|toddlers?|teen\w*|tweens?|youths?|youngsters?|"
    r"minors?|pupils?|students?|school(?:child|girl|boy)\w*|sons?|daughters?|juveniles?|adolescen\w*|newborns?|underage)\b"
)
_PERSON: Final = re.compile(
    r"\b(?:m[ae]n|wom[ae]n|people|persons?|crowds?|couples?|lovers?|friends?|strangers?|teachers?|doctors?|nurses?|"
    r"police\w*|soldiers?|kings?|queens?|princ(?:e|ess)\w*|mothers?|fathers?|moms?|dads?|sisters?|brothers?|wife|"
    r"husbands?|grand\w+|uncles?|aunts?|cousins?|famil(?:y|ies)|parents?|twins?|ladies|lady|gentlem[ae]n|guys?|"
    r"actors?|actress\w*|singers?|presidents?|celebrit\w+|faces?|priests?|monks?|nuns?|brides?|grooms?|clowns?|"
    r"he|she|him|her|his|hers)\b"
)
_MORE_FIGURES: Final = re.compile(
    r"\b(?:figures|silhouettes|(?:second|third|another|other) (?:adult |tall )?(?:figure|silhouette))\b"
)
_FRIGHTENING: Final = re.compile(
    r"\b(?:snakes?|serpents?|spiders?|webs?|teeth|tooth|flames?|fires?|burning|floods?|drown\w*|corpses?|skulls?|"
    r"skeletons?|ghosts?|demons?|devils?|monsters?|graves?|coffins?|blood\w*|wounds?|knife|knives|guns?|swords?|"
    r"cross(?:es)?|swastikas?|flags?|needles?|insects?|rats?|clowns?|scream\w*)\b"
)
_TO_READ: Final = re.compile(
    r"\b(?:text|texts|caption\w*|subtitle\w*|logos?|watermark\w*|lettering|written|writes?|writing|reads|words?|"
    r"slogans?|posters?|billboards?|newspapers?|numerals?|numbers?|digits?|brand\w*|trademark\w*|label\w*)\b"
)
_CAMERA: Final = re.compile(
    r"\b(?:cameras?|zoom\w*|pans?|panning|tilts?|tracking|dolly|crane|handheld|cuts? to|close-?ups?|"
    r"montage|split.screen|time.?lapse|slow motion)\b"
)
_LENGTH: Final = re.compile(
    r"\b(?:seconds?|minutes?|hours? long|frames per|fps|pixels?|aspect|loops?)\b"
)
_VOICE: Final = re.compile(
    r"\b(?:speak\w*|says?|saying|talk\w*|sings?|singing|whisper\w*|lyrics|narrat\w*|dialogue)\b"
)
# Famous enough that a model reaches for them when it describes a dream, and lower-cased at times.
BRANDS: Final = frozenset(
    """
    disney pixar marvel dreamworks ghibli nintendo pokemon pikachu batman superman spiderman barbie lego minecraft
    roblox fortnite hogwarts voldemort gandalf godzilla simpsons moana shrek totoro zelda nike adidas gucci chanel
    prada rolex ferrari porsche tesla bmw mercedes toyota cocacola pepsi starbucks mcdonalds ikea netflix youtube
    tiktok instagram facebook google iphone android spotify whatsapp snapchat microsoft xbox playstation monet
    hokusai magritte escher miyazaki rembrandt picasso warhol banksy kubrick
    """.split()  # noqa: SIM905 - seventy names read better as text
)


@dataclass(frozen=True, slots=True)
class Wording:
    """What a writer may word; `beats` are actions in order, one for each beat of the base."""

    scene: str
    lighting: str
    beats: Sequence[str]
    audio: str


def applied(wording: Wording, base: VideoPrompt) -> VideoPrompt:
    """*base* in the words of *wording*; only after `objection` had none."""
    beats = (
        beat.model_copy(update={"action": _trimmed(action)})
        for beat, action in zip(base.beats, wording.beats, strict=True)
    )
    audio = _trimmed(wording.audio)
    return base.model_copy(
        update={
            "scene": wording.scene.strip(),
            "lighting": _trimmed(wording.lighting),
            "beats": tuple(beats),
            "audio": audio if NO_VOICES in audio else f"{audio}; {NO_VOICES}",
        }
    )


def objection(wording: Wording, base: VideoPrompt, facts: DreamFacts) -> str | None:
    """A short code for the first reason why *wording* may not be used; None when it may.

    Args:
        wording: As a writer gave it.
        base: The prompt it is for.
        facts: Whose roles may appear.
    """
    if len(wording.beats) != len(base.beats):
        return "other_beats"
    parts = [("scene", wording.scene), ("lighting", wording.lighting), ("audio", wording.audio)]
    parts += [("beat", action) for action in wording.beats]
    for name, text in parts:
        if (code := _form(name, text.strip())) is not None:
            return code
    if base.subject.casefold() not in wording.scene.casefold():
        return "other_subject"
    said = " ".join(text for _, text in parts)
    return _content(said, base, facts) or _safety(said, applied(wording, base))


def _form(name: str, text: str) -> str | None:
    shortest, longest = _LENGTHS[name]
    if not shortest <= len(text) <= longest:
        return f"{name}_length"
    if not _PLAIN.fullmatch(text):
        return f"{name}_characters"
    return "name" if _NAME.search(text) else None


def _content(said: str, base: VideoPrompt, facts: DreamFacts) -> str | None:
    text = said.casefold()
    ours = to_prose(base, says_avoid=False).casefold()
    roles = {role.value for role in facts.characters}
    words = set(_WORD.findall(text))
    if words & GIVEN_NAMES - set(_WORD.findall(ours)):
        return "name"
    if words & BRANDS:
        return "brand"
    for code, pattern in (
        ("minor", MINOR),
        ("to_read", _TO_READ),
        ("camera", _CAMERA),
        ("length", _LENGTH),
        ("voice", _VOICE),
        ("person", _PERSON),
        ("frightening", _FRIGHTENING),
    ):
        new = {found for found in pattern.findall(text) if not _said_in(found, ours)}
        if new - (roles if code == "person" else set()):
            return code
    if base.figures == 1 and _MORE_FIGURES.search(text.replace(base.subject.casefold(), "")):
        return "figures"
    return None


def _safety(said: str, prompt: VideoPrompt) -> str | None:
    if find_injection(said):
        return "injection"
    if find_pii(said):
        return "personal_data"
    verdict = screen(to_prose(prompt, says_avoid=False), lang="en")
    return None if verdict.action is ScreeningAction.PASS else f"screened_{verdict.reasons[0]}"


def _said_in(word: str, ours: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", ours) is not None


def _trimmed(text: str) -> str:
    return text.strip().rstrip(".").strip()
