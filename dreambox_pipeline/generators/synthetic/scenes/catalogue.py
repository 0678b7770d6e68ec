"""Which builder and which light belong to which setting. Every value of `Setting` has both."""

from collections.abc import Callable

import numpy as np

from dreambox_pipeline.generators.synthetic.bake import Light
from dreambox_pipeline.generators.synthetic.palette import Palette
from dreambox_pipeline.generators.synthetic.scenes import (
    depths,
    heights,
    interiors,
    landscapes,
    urban,
    waters,
    woods,
)
from dreambox_pipeline.generators.synthetic.scenes.plan import Brief, Plan
from dreambox_pipeline.stages.dreams.model import Motif, Setting

Builder = Callable[[Brief], Plan]

BUILDERS: dict[Setting, Builder] = {
    Setting.OCEAN: waters.ocean,
    Setting.MOUNTAIN: landscapes.mountain,
    Setting.DESERT: landscapes.desert,
    Setting.MEADOW: landscapes.meadow,
    Setting.FOREST: woods.forest,
    Setting.CITY: urban.city,
    Setting.SKY: heights.sky,
    Setting.SPACE: heights.space,
    Setting.UNDERWATER: depths.underwater,
    Setting.CORRIDOR: interiors.corridor,
    Setting.HOUSE: interiors.house,
    Setting.SCHOOL: interiors.school,
    Setting.UNKNOWN: waters.lake,
}
# Where the light stands: design y of the highest and lowest center, and its radii.
_HEIGHTS = {
    Setting.OCEAN: (150, 330, 46, 84),
    Setting.MOUNTAIN: (140, 260, 40, 70),
    Setting.DESERT: (250, 430, 60, 112),
    Setting.MEADOW: (150, 300, 44, 76),
    Setting.FOREST: (190, 300, 60, 92),
    Setting.CITY: (150, 280, 50, 88),
    Setting.SKY: (190, 330, 60, 96),
    Setting.SPACE: (230, 330, 96, 140),
}


def builder_for(setting: Setting) -> Builder:
    """The builder of *setting*."""
    return BUILDERS[setting]


def light_for(
    setting: Setting,
    rng: np.random.Generator,
    *,
    motifs: tuple[Motif, ...],
    mood: float,
    palette: Palette,
) -> Light:
    """The clip's light: a sun over warm, cheerful dreams, else a moon; larger if dreamt of."""
    high, low, small, large = _HEIGHTS.get(setting, (160, 300, 50, 80))
    x = float(rng.choice((rng.uniform(100, 236), rng.uniform(304, 440))))
    # A crescent now and then, its horns away from the near edge of the picture.
    waning = float(rng.uniform(0.34, 0.62)) * (1 if x > 270 else -1) * (rng.random() < 0.34)
    y, radius = float(rng.uniform(high, low)), float(rng.uniform(small, large))
    dark = Motif.MOON in motifs or Motif.STARS in motifs or setting is Setting.SPACE
    # Rose counts as warm; a pale green does not.
    warm = float(palette.labs[-1][1] + palette.labs[-1][2]) > 0.024
    if Motif.MOON in motifs and setting is not Setting.SPACE:
        radius *= 1.45
    if setting in (Setting.CORRIDOR, Setting.HOUSE, Setting.SCHOOL):
        return Light(270 + float(rng.uniform(-44, 44)), float(rng.uniform(372, 470)), 0.0)
    if setting is Setting.UNDERWATER:
        return Light(x, -60.0, 0.0)
    return Light(
        x, y, radius, is_sun=not dark and warm and mood > 0.2,
        waning=0.0 if Motif.MOON in motifs else waning,
    )  # fmt: skip
