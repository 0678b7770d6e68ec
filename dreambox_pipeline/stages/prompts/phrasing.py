"""How a shot is filmed, how it feels and how it ends: the phrases that belong to no single dream.

Reviewed data like `imagery`. A shot has one camera move, because two in six seconds come out of
every video model as a wobble.
"""

from typing import Final

from dreambox_pipeline.stages.dreams.model import Emotion, Setting
from dreambox_pipeline.stages.prompts.styles import Camera, Temper

CAMERA_WORDS: Final[dict[Camera, str]] = {
    "drift": "one slow lateral drift, foreground and background moving apart",
    "dolly": "one slow dolly in along the center line",
    "rise": "one slow rise, the horizon sinking",
    "fall": "one slow descent, the scene drifting upwards",
}

FRAMING: Final = (
    "Vertical wide shot from eye level, low horizon, subject small in the lower third, "
    "35 mm lens, deep focus"
)

CLOSINGS: Final[dict[Temper, tuple[str, ...]]] = {
    Temper.DARK: (
        "the light ahead dims once and everything holds its breath",
        "the shadows lengthen by one step and stop just short of the figure",
        "everything slows to a stop, as if about to wake",
    ),
    Temper.STILL: (
        "everything comes to rest except one light",
        "the figure looks up once and does not move again",
        "mist closes in once, slowly, and the scene fades",
    ),
    Temper.BRIGHT: (
        "the light grows warmer until it fills the frame",
        "the figure opens both arms to the light and stays",
        "everything rises by one breath, weightless and calm",
    ),
}

WALK: Final = "the figure takes four slow steps and stops"
"""What happens in a dream of which nothing is known."""

FEELINGS: Final[dict[Emotion, str]] = {
    Emotion.ANGER: "restless",
    Emotion.APPREHENSION: "uneasy",
    Emotion.SADNESS: "wistful",
    Emotion.CONFUSION: "bewildering",
    Emotion.HAPPINESS: "joyful",
}

TEMPER_WORDS: Final[dict[Temper, str]] = {
    Temper.DARK: "ominous but quiet",
    Temper.STILL: "strange and still",
    Temper.BRIGHT: "tender and hopeful",
}

NO_VOICES: Final = "no voices"

INDOORS: Final = frozenset({Setting.CORRIDOR, Setting.SCHOOL})
AIRLESS: Final = frozenset({Setting.SPACE, Setting.UNDERWATER})
INDOOR_AIR: Final = "fine dust hangs in the quiet air"
OUTDOOR_AIR: Final[dict[Temper, str]] = {
    Temper.DARK: "low cloud, a slow wind, no rain",
    Temper.STILL: "no wind, thin ground mist",
    Temper.BRIGHT: "mild clear air, hardly a breeze",
}


def cinematography(camera: Camera) -> str:
    """Framing, lens and the one camera move, in words."""
    return f"{FRAMING}; {CAMERA_WORDS[camera]}"


def weather(setting: Setting, temper: Temper) -> str:
    """The air of a place in words; empty where there is none."""
    if setting in AIRLESS:
        return ""
    return INDOOR_AIR if setting in INDOORS else OUTDOOR_AIR[temper]


def opening(noun: str) -> str:
    """The first beat: the place and how small one is in it."""
    return f"{noun} lies still for one breath, the figure small in the frame"
