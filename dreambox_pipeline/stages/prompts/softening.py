"""A gentler prompt for the same dream, for a provider that refused the first.

Providers refuse by what a prompt may look like, and they say little about why. So what they
refuse most often is taken out, all of it at once, because a second refusal ends the job:

    motifs   those that frighten (teeth, fire, snakes, falling) become a reviewed stand-in
    prose    words of fear, falling and harm become calm ones; a dark closing becomes a still one
    mood     raised to where nothing is called uneasy any more, and the palette with it
    sound    without the words of tension
    avoid    without the words a filter trips over even where they stand behind "no"

Setting, style, light, length, seed and title stay: it is the same dream.
"""

import re
from typing import Final

from dreambox_pipeline.stages.dreams.model import Motif
from dreambox_pipeline.stages.prompts.imagery import THINGS
from dreambox_pipeline.stages.prompts.model import LONGEST_ACTION, Beat, VideoPrompt
from dreambox_pipeline.stages.prompts.phrasing import CLOSINGS, NO_VOICES, cinematography
from dreambox_pipeline.stages.prompts.rendering import ALARMING
from dreambox_pipeline.stages.prompts.styles import STYLES, Camera, Temper

GENTLER: Final[dict[Motif, Motif]] = {
    Motif.TEETH: Motif.FLOWER,
    Motif.SNAKE: Motif.LIGHT,
    Motif.SPIDER: Motif.STARS,
    Motif.FIRE: Motif.LANTERN,
    Motif.FLOOD: Motif.MIRROR,
    Motif.FALLING: Motif.FLYING,
    Motif.CHASE: Motif.LIGHT,
}
"""What stands in for a motif: something of the same size and color in the picture."""

SOFTEST_MOOD: Final = -0.2
"""Below this `rendering.mood_words` calls a dream uneasy."""

CALMEST_MOVE: Final[Camera] = "drift"

TOUCHY_AVOIDS: Final = ALARMING | {"recognizable people", "close-up faces"}
"""Left out of a softened prompt: filters match these words whether or not "no" stands before them.
Frames are checked and a person looks at every video, so nothing rests on these words alone."""

PAUSE: Final = "the light brightens once and settles"
"""Instead of a beat that would say the same as an earlier one, or has grown too long."""

# Whole words, in the order given; a language model that worded a prompt may have used any of them.
_CALMER: Final = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), calm)
    for pattern, calm in (
        ("teeth|tooth", "petals"),
        ("snakes?|serpents?", "ribbon of light"),
        ("spider ?webs?|cobwebs?|webs?", "veil of light"),
        ("spiders?", "star"),
        ("flames?|fires?|blazes?|infernos?", "lantern light"),
        ("burn|burns|burned|burnt|burning", "glow"),
        ("floods?|flooded|flooding|floodwater", "still water"),
        ("drowns?|drowned|drowning", "drifting"),
        ("(?:tumbles|plummets|plunges|crashes|drops)", "floats"),
        ("(?:tumbling|plummeting|plunging|crashing|dropping)", "floating"),
        # Light, leaves and fog may fall.
        ("(?<=figure )falls", "floats"),
        ("(?<=figure )falling", "floating"),
        ("does not land|never lands|never landing", "rests in the air"),
        ("runs|flees|escapes", "walks"),
        ("running|fleeing|escaping", "walking"),
        ("chases?|chased|hunts?|hunted|stalks?|stalked", "follows"),
        ("chasing|hunting|stalking|pursuing", "following"),
        ("shadows", "soft shapes"),
        ("shadow", "soft shape"),
        ("dark silhouettes?", "silhouette"),
        ("nightmares?|nightmarish", "dream"),
        ("ominous|menacing|threatening|sinister|eerie|haunting|frightening|scary|terrifying", "quiet"),
        ("tense|dread|dreadful|fearful|afraid|panicked|panicking", "calm"),
        ("screams?|screaming|shrieks?", "hush"),
        ("holds its breath", "comes to rest"),
    )
)  # fmt: skip
_TENSE_SOUNDS: Final = re.compile(
    r"\b(?:ominous|tense|tension|dread|uneasy|restless|wistful|bewildering|heartbeat|"
    r"menacing|drones?|screams?|eerie|sinister)\b",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")


def soften(prompt: VideoPrompt) -> VideoPrompt | None:
    """A gentler version of *prompt*; None when there is nothing left to take out.

    Pure and deterministic. A softened prompt cannot be softened again.
    """
    mood = max(prompt.mood, SOFTEST_MOOD)
    style = STYLES.get(prompt.style_id)
    changes: dict[str, object] = {
        "scene": _soft_scene(prompt),
        "beats": _soft_beats(prompt),
        "motifs": tuple(dict.fromkeys(GENTLER.get(motif, motif) for motif in prompt.motifs)),
        "mood": mood,
        "palette": style.palette_for(mood) if style and mood != prompt.mood else prompt.palette,
        "audio": _soft_audio(prompt.audio),
        "avoid": _soft_avoid(prompt.avoid),
    }
    if prompt.camera == "fall":
        changes |= {"camera": CALMEST_MOVE, "cinematography": cinematography(CALMEST_MOVE)}
    softened = prompt.model_copy(update=changes)
    return None if softened == prompt else softened


def _soft_scene(prompt: VideoPrompt) -> str:
    """The scene, sentence by sentence, with our own sentences about a motif replaced whole."""
    ours = {_key(THINGS[motif].shown): THINGS[gentler].shown for motif, gentler in GENTLER.items()}
    sentences = (
        _calm(ours.get(_key(sentence), sentence)) for sentence in _SENTENCE.split(prompt.scene)
    )
    return " ".join(dict.fromkeys(_as_sentence(sentence) for sentence in sentences if sentence))


def _soft_beats(prompt: VideoPrompt) -> tuple[Beat, ...]:
    ours = {THINGS[motif].action: THINGS[gentler].action for motif, gentler in GENTLER.items()}
    ours |= dict(zip(CLOSINGS[Temper.DARK], CLOSINGS[Temper.STILL], strict=True))
    beats: list[Beat] = []
    for beat in prompt.beats:
        action = _calm(ours.get(beat.action, beat.action))
        is_told = any(action == earlier.action for earlier in beats)
        is_long = len(action) > LONGEST_ACTION
        beats.append(beat.model_copy(update={"action": PAUSE if is_told or is_long else action}))
    return tuple(beats)


def _soft_audio(audio: str) -> str:
    """The sound without its tense parts; what stands between two commas goes or stays as one."""
    if not _TENSE_SOUNDS.search(audio):
        return audio
    groups = (
        ", ".join(part for part in group.split(", ") if not _TENSE_SOUNDS.search(part))
        for group in audio.split("; ")
    )
    return "; ".join(group for group in groups if group) or NO_VOICES


def _soft_avoid(avoid: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(thing for thing in avoid if thing not in TOUCHY_AVOIDS)


def _calm(text: str) -> str:
    for pattern, calm in _CALMER:
        text = pattern.sub(calm, text)
    return text


def _key(sentence: str) -> str:
    return sentence.rstrip(".!?").casefold()


def _as_sentence(text: str) -> str:
    ended = text if text.endswith((".", "!", "?")) else f"{text}."
    return f"{ended[0].upper()}{ended[1:]}"
