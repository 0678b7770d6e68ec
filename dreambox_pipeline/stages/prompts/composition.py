"""From a dream's facts to the prompt its video is made from.

A prompt is built from `DreamFacts` and our own words (`imagery`, `styles`) only. The text a
dreamer wrote is never read here: what they wrote about is shown, what they wrote is not. The
same report, style and seed always give the same prompt. How a prompt is spelled for one
provider is in `rendering`.
"""

import hashlib
import random
from collections.abc import Sequence
from typing import Final

from dreambox_pipeline.stages.dreams.model import (
    DreamFacts,
    DreamReport,
    Motif,
    Role,
    Setting,
)
from dreambox_pipeline.stages.prompts.imagery import (
    DREAMER,
    HOME_OF,
    PLACES,
    THINGS,
    colour_for,
    companions_of,
    deed_for,
)
from dreambox_pipeline.stages.prompts.model import Beat, StylePolicy, VideoPrompt
from dreambox_pipeline.stages.prompts.phrasing import (
    CLOSINGS,
    FEELINGS,
    NO_VOICES,
    TEMPER_WORDS,
    WALK,
    cinematography,
    opening,
    weather,
)
from dreambox_pipeline.stages.prompts.styles import STYLES, Camera, Style, temper_of
from dreambox_pipeline.stages.prompts.titles import title_for

__all__ = ["TEMPLATE_VERSION", "choose_style", "compose_prompt", "prompt_id_for", "title_for"]

# Part of a prompt's identity: change it whenever the same facts would give another prompt.
TEMPLATE_VERSION: Final = "t2"

# What no video of ours may show, whatever the style.
ALWAYS_AVOID: Final = (
    "dialogue",
    "on-screen text",
    "logos",
    "brand names",
    "watermarks",
    "close-up faces",
    "recognizable people",
    "children",
    "gore",
    "blood",
    "weapons",
    "nudity",
    "flashing light",
)

# More things than three and neither a model nor a viewer can follow in six seconds.
MAX_THINGS_SHOWN: Final = 3
MAX_FIGURES: Final = 3
# The same bound as `VideoPrompt.duration_s`, in seconds.
MAX_DURATION_S: Final = 60.0
# A style's fit to a dream is worth this many posts of evidence before anything is learned.
FIT_EVIDENCE: Final = 8.0
# Expected reward of a style that does not fit at all, and of one that fits perfectly. They lie
# around 0.5, the reward of an average post, so that an untried style is not a promise.
FIT_REWARD: Final = (0.35, 0.65)

_MOVE_FOR: Final[dict[Motif, Camera]] = {
    Motif.FALLING: "fall",
    Motif.FLYING: "rise",
    Motif.BALLOON: "rise",
}


def compose_prompt(
    report: DreamReport, *, style: Style, seed: int, duration_s: float
) -> VideoPrompt:
    """The prompt for one dream in one style.

    Args:
        report: Only its id and its facts are used, never its text.
        style: From `styles.STYLES`, usually `choose_style`'s answer.
        seed: Decides among equally good phrases and is handed to the generator; 0 or more.
        duration_s: Length of the clip in seconds, above 0 and at most 60.

    Raises:
        ValueError: *seed* or *duration_s* is out of range.
    """
    if not 0 < duration_s <= MAX_DURATION_S:
        msg = (
            f"Cannot compose a clip of {duration_s} s for {report.dream_id}; "
            f"set duration_s above 0 and at most {MAX_DURATION_S:g}."
        )
        raise ValueError(msg)
    facts = report.facts
    # With the dream's id: in a series every dream has the same seed, and not the same phrases.
    rng = random.Random(f"{TEMPLATE_VERSION}:{report.dream_id}:{seed}")
    setting = _setting_of(facts, rng)
    motifs = _motifs_of(facts)
    camera = _camera_for(setting, motifs, style, rng)
    return VideoPrompt(
        style_id=style.style_id,
        style=style.words,
        scene=_scene(facts, setting, motifs),
        cinematography=cinematography(camera),
        camera=camera,
        lighting=_lighting(facts, style),
        palette=style.palette_for(facts.mood),
        beats=_beats(facts, setting, motifs, duration_s=duration_s, rng=rng),
        mood=facts.mood,
        audio=_audio(facts, setting, style),
        avoid=(*ALWAYS_AVOID, *style.avoid),
        setting=setting,
        motifs=motifs,
        figures=_figures(facts),
        duration_s=duration_s,
        seed=seed,
        title=title_for(report),
        subject=DREAMER,
        finishing=style.finishing,
    )


def choose_style(policy: StylePolicy, report: DreamReport, rng: random.Random) -> Style:
    """A style for this dream: Thompson sampling over what earlier posts earned.

    Every style's Beta posterior starts from how well the style suits the dream's mood and
    setting, worth eight posts of evidence, so that fit decides first and results decide later.
    Styles the policy knows and the catalogue no longer has are ignored.

    Args:
        policy: Style id to `(alpha, beta)`; a style without one starts at `(1, 1)`.
        report: Only its facts are used.
        rng: The dice. The same dice give the same style.
    """
    drawn: list[tuple[float, str]] = []
    for style_id in sorted(STYLES):
        alpha, beta = policy.arms.get(style_id, (1.0, 1.0))
        low, high = FIT_REWARD
        hoped = low + (high - low) * fit_of(STYLES[style_id], report.facts)
        sample = rng.betavariate(alpha + FIT_EVIDENCE * hoped, beta + FIT_EVIDENCE * (1 - hoped))
        drawn.append((sample, style_id))
    return STYLES[max(drawn)[1]]


def fit_of(style: Style, facts: DreamFacts) -> float:
    """How well *style* suits a dream, from 0 to 1: closeness of mood, and a known setting's match."""
    closeness = 1 - abs(style.suits_mood - facts.mood) / 2
    if facts.setting is Setting.UNKNOWN:
        return closeness
    return 0.6 * closeness + 0.4 * (facts.setting in style.suits_settings)


def prompt_id_for(
    dream_id: str,
    style_id: str,
    template_version: str = TEMPLATE_VERSION,
    series_id: str | None = None,
) -> str:
    """`prm_` and 16 hex digits: the same dream, style, template and series are the same prompt."""
    parts = (dream_id, style_id, template_version, *([series_id] if series_id else ()))
    key = "\x1f".join(parts)
    return f"prm_{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _setting_of(facts: DreamFacts, rng: random.Random) -> Setting:
    if facts.setting is not Setting.UNKNOWN:
        return facts.setting
    homes = [HOME_OF[motif] for motif in facts.motifs]
    return homes[0] if homes else rng.choice(sorted(PLACES))


def _motifs_of(facts: DreamFacts) -> tuple[Motif, ...]:
    """The dream's motifs, once each; a child adds the light that stands for it."""
    lights = (Motif.LIGHT,) if Role.CHILD in facts.characters else ()
    return tuple(dict.fromkeys((*facts.motifs[:MAX_THINGS_SHOWN], *lights)))


def _camera_for(
    setting: Setting, motifs: Sequence[Motif], style: Style, rng: random.Random
) -> Camera:
    """What happens decides the move; otherwise it is one of the style's habits."""
    moves = [_MOVE_FOR[motif] for motif in motifs if motif in _MOVE_FOR]
    if moves:
        return moves[0]
    return "dolly" if setting is Setting.CORRIDOR else rng.choice(style.camera)


def _figures(facts: DreamFacts) -> int:
    return min(MAX_FIGURES, 1 + sum(silhouettes for _, silhouettes in companions_of(facts)))


def _scene(facts: DreamFacts, setting: Setting, motifs: Sequence[Motif]) -> str:
    others = [words for words, _ in companions_of(facts)]
    # The child's light is among the companions already; once is enough.
    has_child = Role.CHILD in facts.characters
    shown = [THINGS[m].shown for m in motifs if not (has_child and m is Motif.LIGHT)]
    air = weather(setting, temper_of(facts.mood))
    sentences = filter(None, (PLACES[setting].scene, air, DREAMER, *shown, *others))
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences)


def _lighting(facts: DreamFacts, style: Style) -> str:
    named = dict.fromkeys(name for word in facts.colours if (name := colour_for(word)))
    return f"{style.lighting}; small accents of {' and '.join(named)}" if named else style.lighting


def _audio(facts: DreamFacts, setting: Setting, style: Style) -> str:
    feelings = [FEELINGS[emotion] for emotion in dict.fromkeys(facts.emotions)]
    mood = ", ".join([TEMPER_WORDS[temper_of(facts.mood)], *feelings])
    return f"{style.music}; {PLACES[setting].sounds}; {mood}; {NO_VOICES}"


def _beats(
    facts: DreamFacts,
    setting: Setting,
    motifs: Sequence[Motif],
    *,
    duration_s: float,
    rng: random.Random,
) -> tuple[Beat, ...]:
    """Two to four beats of a second and a half or more: an opening, what happens, a close."""
    wanted = 2 if duration_s < 4.5 else 3 if duration_s < 6 else 4
    deeds = [deed for action in facts.actions if (deed := deed_for(action))]
    # One deed and one thing in turn, so that a clip of four beats shows both.
    turns = [*deeds[:1], *(THINGS[motif].action for motif in motifs), *deeds[1:]]
    happening = list(dict.fromkeys(turns)) or [WALK]
    start = [opening(PLACES[setting].noun)] if wanted > 2 else []
    middle = happening[: wanted - len(start) - 1]
    actions = [*start, *middle, rng.choice(CLOSINGS[temper_of(facts.mood)])]
    step = duration_s / len(actions)
    return tuple(
        Beat(at_s=round(index * step, 2), action=action) for index, action in enumerate(actions)
    )
