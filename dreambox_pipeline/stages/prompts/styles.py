"""The house styles: reviewed data that makes every video recognisably ours.

The same style block and palette go into every prompt of a style, word for word, because
identical wording is what keeps a language-driven video model consistent. Palettes run from
the deepest shadow to the brightest light, in three tempers: for dark, still and bright
dreams. Adding a style means adding a row here; which style a dream gets is decided in
`composition`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from dreambox_pipeline.stages.dreams.model import Setting

Camera = Literal["drift", "dolly", "rise", "fall"]
Palette = tuple[str, str, str, str, str]


class Temper(StrEnum):
    """Which of a style's palettes a mood calls for."""

    DARK = "dark"
    STILL = "still"
    BRIGHT = "bright"


# Mood is a soft hint (it agrees with dreamers' own ratings at a rank correlation near 0.5),
# so only a mood clearly off the middle changes the palette.
CLEAR_MOOD: Final = 0.25


def temper_of(mood: float) -> Temper:
    """The temper for a mood from -1 (nightmare) to 1 (blissful)."""
    if mood < -CLEAR_MOOD:
        return Temper.DARK
    return Temper.BRIGHT if mood > CLEAR_MOOD else Temper.STILL


@dataclass(frozen=True, slots=True)
class Style:
    """One house style.

    Attributes:
        words: The style block, the same in every prompt.
        palettes: Five `#rrggbb` colours for each temper, dark to light.
        camera: Camera habits, most typical first.
        music: Mood of the music.
        finishing: What a colorist would add last: grain, halation, vignette.
        avoid: What this style must not show, beyond what every prompt avoids.
        suits_mood: The mood it suits best, from -1 to 1.
        suits_settings: Settings it suits especially well.
        reviewed_on: The day its words and palettes were last reviewed.
    """

    style_id: str
    name: str
    words: str
    palettes: dict[Temper, Palette]
    camera: tuple[Camera, ...]
    lighting: str
    finishing: str
    music: str
    avoid: tuple[str, ...]
    suits_mood: float
    suits_settings: frozenset[Setting]
    reviewed_on: date

    def palette_for(self, mood: float) -> Palette:
        """The palette for a mood from -1 to 1."""
        return self.palettes[temper_of(mood)]


_CATALOGUE: Final = (
    Style(
        style_id="violet_dusk",
        name="Violet dusk",
        words="Hand-painted matte illustration, layered paper-cut depth, soft bloom, fine film grain, poster-like silhouettes",
        palettes={
            Temper.DARK: ("#0c0a1f", "#251a4d", "#57357f", "#a0588c", "#e8b6a0"),
            Temper.STILL: ("#140f33", "#3b2a78", "#8a4fb0", "#f08fa0", "#ffe2b0"),
            Temper.BRIGHT: ("#1d1646", "#5b3fa6", "#b56bd0", "#ffab9c", "#fff0c9"),
        },
        camera=("drift", "rise"),
        lighting="violet dusk with a gold horizon, one large soft light low in the sky, long reflections",
        finishing="fine film grain, soft halation around the brightest light, light vignette",
        music="slow ambient pads with a single warm piano",
        avoid=("harsh neon", "photographic skin"),
        suits_mood=0.3,
        suits_settings=frozenset({Setting.OCEAN, Setting.SKY, Setting.CITY}),
        reviewed_on=date(2026, 11, 22),
    ),
    Style(
        style_id="teal_moonlight",
        name="Teal moonlight",
        words="Misty storybook illustration, deep atmospheric perspective, pale rim light, fine grain, quiet negative space",
        palettes={
            Temper.DARK: ("#040d14", "#0b2630", "#1d5360", "#5a969a", "#cfe3d6"),
            Temper.STILL: ("#06141f", "#0f3a4d", "#2c7d8c", "#7fc9c9", "#eef6dd"),
            Temper.BRIGHT: ("#0a2233", "#17607a", "#45a9b0", "#a5e3d3", "#fbf9e3"),
        },
        camera=("dolly", "drift"),
        lighting="full moonlight from above, soft visible rays through fog, dark frame edges",
        finishing="fine grain, cool halation on the moonlit edges, darker corners",
        music="glassy bells over a low, patient drone",
        avoid=("warm daylight", "saturated reds"),
        suits_mood=-0.1,
        suits_settings=frozenset({Setting.FOREST, Setting.MOUNTAIN, Setting.MEADOW}),
        reviewed_on=date(2026, 11, 22),
    ),
    Style(
        style_id="ember_red",
        name="Ember red",
        words="Expressionist painted animation, strong one-point perspective, velvety shadows, glowing embers, fine grain",
        palettes={
            Temper.DARK: ("#100304", "#33080c", "#741a17", "#b9482a", "#f0b27a"),
            Temper.STILL: ("#1a0607", "#4d0f12", "#a12a1e", "#e8703a", "#ffd9a0"),
            Temper.BRIGHT: ("#2a0b10", "#7a1f1f", "#d0503a", "#ffa05a", "#ffedc2"),
        },
        camera=("dolly", "fall"),
        lighting="a single warm light far ahead, wall lamps glowing low, deep red shade everywhere else",
        finishing="fine grain, warm halation around the lamps, deep vignette",
        music="a low heartbeat pulse under bowed strings",
        avoid=("blue light", "jump scares"),
        suits_mood=-0.7,
        suits_settings=frozenset({Setting.CORRIDOR, Setting.HOUSE, Setting.SCHOOL}),
        reviewed_on=date(2026, 11, 22),
    ),
    Style(
        style_id="rose_dawn",
        name="Rose dawn",
        words="Soft gouache illustration, rounded shapes, airy haze, gentle paper texture, light leaks at the edges",
        palettes={
            Temper.DARK: ("#170d1e", "#3e2444", "#7e4763", "#bf7f85", "#efcdbf"),
            Temper.STILL: ("#24152b", "#5e3560", "#b8637f", "#f3a6a0", "#ffe9d6"),
            Temper.BRIGHT: ("#3a2044", "#8d4b80", "#e0879a", "#ffc3b3", "#fff4e6"),
        },
        camera=("rise", "drift"),
        lighting="first light of dawn from behind the subject, rose haze, no hard shadows",
        finishing="paper texture, gentle bloom, faint light leaks, hardly any vignette",
        music="warm strings and a far music box, unhurried",
        avoid=("hard contrast", "storm clouds"),
        suits_mood=0.8,
        suits_settings=frozenset({Setting.MEADOW, Setting.HOUSE, Setting.SKY}),
        reviewed_on=date(2026, 11, 22),
    ),
    Style(
        style_id="deep_sea",
        name="Deep sea",
        words="Luminous underwater painting, drifting particles, caustic light patterns, soft focus at the edges, fine grain",
        palettes={
            Temper.DARK: ("#020a12", "#05222f", "#0b4a52", "#2f8078", "#a9d6bd"),
            Temper.STILL: ("#03121c", "#083544", "#0f6f73", "#4fb89a", "#d9f5d0"),
            Temper.BRIGHT: ("#052033", "#0b5c75", "#1aa39b", "#7fe0b8", "#f2fcdc"),
        },
        camera=("fall", "drift"),
        lighting="blue-green light falling in slow beams from above, bioluminescent accents",
        finishing="fine grain, drifting specks near the lens, soft vignette",
        music="submerged choir pads and slow round bass",
        avoid=("dry dust", "hard sunlight"),
        suits_mood=0.0,
        suits_settings=frozenset({Setting.UNDERWATER, Setting.OCEAN, Setting.SPACE}),
        reviewed_on=date(2026, 11, 22),
    ),
    Style(
        style_id="desert_apricot",
        name="Desert apricot",
        words="Minimal graphic landscape, smooth gradients, large simple shapes, heat shimmer, delicate risograph grain",
        palettes={
            Temper.DARK: ("#150c17", "#3d1f2a", "#7d4232", "#c07d50", "#f0cfa3"),
            Temper.STILL: ("#1f1420", "#5b2f3a", "#b5623f", "#f0a868", "#ffeccb"),
            Temper.BRIGHT: ("#33202b", "#8a4a45", "#dd8b57", "#ffc98a", "#fff5dd"),
        },
        camera=("drift", "dolly"),
        lighting="low apricot sun at the edge of the frame, long soft shadows, plum-colored shade",
        finishing="risograph grain, clean edges, faint warm vignette",
        music="a lone plucked string with wide, warm reverb",
        avoid=("crowded detail", "cold light"),
        suits_mood=0.4,
        suits_settings=frozenset({Setting.DESERT, Setting.MOUNTAIN, Setting.CITY}),
        reviewed_on=date(2026, 11, 22),
    ),
    Style(
        style_id="paper_lantern",
        name="Paper lantern",
        words="Ink-wash night scene, cut-paper figures, small lantern lights, visible rice fiber, calm symmetrical framing",
        palettes={
            Temper.DARK: ("#070a18", "#141c3b", "#343f6b", "#a06d43", "#edc48c"),
            Temper.STILL: ("#0b1026", "#1f2c57", "#4a5a94", "#d69a5b", "#ffe6b3"),
            Temper.BRIGHT: ("#121a3a", "#2f4484", "#6f83bd", "#f0b774", "#fff2cf"),
        },
        camera=("rise", "dolly"),
        lighting="indigo night with many small warm lights, gentle glow on nearby edges",
        finishing="paper fiber, warm halation around each small light, soft vignette",
        music="soft mallets and breath-like flute, very slow",
        avoid=("daylight", "glossy plastic surfaces"),
        suits_mood=0.1,
        suits_settings=frozenset({Setting.SPACE, Setting.FOREST, Setting.SCHOOL, Setting.CORRIDOR}),
        reviewed_on=date(2026, 11, 22),
    ),
)

STYLES: Final[dict[str, Style]] = {style.style_id: style for style in _CATALOGUE}
