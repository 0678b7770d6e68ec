"""From a prompt to something that can draw any of its frames.

Everything that depends on chance is decided while a scene is built, from the prompt's seed; after
that a frame is a pure function of its time, so frames may be drawn in any order and in parallel.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.camera import Camera
from dreambox_pipeline.generators.synthetic.canvas import Drawable, Stage, draw_all
from dreambox_pipeline.generators.synthetic.cast import Cast
from dreambox_pipeline.generators.synthetic.motifs.catalogue import add_motifs
from dreambox_pipeline.generators.synthetic.motifs.people import add_people
from dreambox_pipeline.generators.synthetic.palette import Palette
from dreambox_pipeline.generators.synthetic.particles import Particles
from dreambox_pipeline.generators.synthetic.post import Finish
from dreambox_pipeline.generators.synthetic.scenes.catalogue import builder_for, light_for
from dreambox_pipeline.generators.synthetic.scenes.plan import Brief, Plan
from dreambox_pipeline.stages.dreams.model import Motif
from dreambox_pipeline.stages.prompts.model import VideoPrompt

Image = NDArray[Any]


@dataclass(frozen=True)
class Scene:
    """A baked scene.

    Attributes:
        stage: The frame's geometry.
        camera: Its move.
        drawables: Back to front.
        finish: The last touches.
    """

    stage: Stage
    camera: Camera
    drawables: tuple[Drawable, ...]
    finish: Finish

    def frame(self, index: int, *, fps: int) -> Image:
        """Frame *index* as BGR, 8 bit. Safe to call from several threads."""
        t = index / fps
        view = self.camera.at(t)
        picture = np.zeros((self.stage.height, self.stage.width, 3), np.uint8)
        draw_all(picture, self.drawables, self.stage, view, t)
        return self.finish.apply(picture, self.stage, view, t, index)


def build_scene(prompt: VideoPrompt, *, size: tuple[int, int]) -> Scene:
    """Bake the scene of *prompt* for frames of *size* (width, height).

    Raises:
        ValueError: The prompt's palette is not made of `#rrggbb` colours.
    """
    rng = np.random.default_rng(prompt.seed)
    palette = Palette.of(prompt.palette, mood=prompt.mood)
    light = light_for(prompt.setting, rng, motifs=prompt.motifs, mood=prompt.mood, palette=palette)
    stage = Stage(*size, focus=(270 + 0.35 * (light.x - 270), 0.52 * 540 * size[1] / size[0]))
    bake = Bake(stage, palette, rng, prompt.duration_s, light)
    people = _standing(prompt)
    brief = Brief(bake, prompt.mood, motifs=prompt.motifs, has_people=people > 0)
    camera = Camera(
        prompt.camera, prompt.duration_s, int(rng.choice((-1, 1))), float(rng.uniform(0, 6.28))
    )
    plan = builder_for(prompt.setting)(brief)
    cast = Cast(bake, plan.place)
    add_people(cast, people)
    add_motifs(cast, prompt.motifs)
    finish = Finish.of(
        stage, size=size, duration_s=prompt.duration_s, rng=rng, glows=plan.glows,
        bloom=plan.bloom, vignette=plan.vignette + 0.14 * max(-prompt.mood, 0.0),
    )  # fmt: skip
    return Scene(stage, camera, tuple(_stack(plan, cast, prompt, camera)), finish)


def _standing(prompt: VideoPrompt) -> int:
    # Who falls or flies is the dreamer, and does not stand about as well.
    aloft = Motif.FALLING in prompt.motifs or Motif.FLYING in prompt.motifs
    return max(prompt.figures - aloft, 0)


def _stack(plan: Plan, cast: Cast, prompt: VideoPrompt, camera: Camera) -> list[Drawable]:
    kinds = list(plan.particles)
    if Motif.FIRE in prompt.motifs or (prompt.mood < -0.45 and kinds == ["motes"]):
        kinds.append("embers")
    if Motif.FLOWER in prompt.motifs:
        kinds.append("petals")
    loose: list[Drawable] = [Particles(cast.bake, kind, stream=camera.stream) for kind in kinds]
    return [*plan.back, *cast.air, *plan.middle, *cast.ground, *plan.front, *cast.front, *loose]
