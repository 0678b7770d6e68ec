"""What a scene's builder returns, and what it is given."""

from dataclasses import dataclass, field

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Drawable
from dreambox_pipeline.generators.synthetic.cast import Place
from dreambox_pipeline.generators.synthetic.post import Glow


@dataclass(frozen=True)
class Brief:
    """What a builder needs to know of the prompt.

    Attributes:
        bake: Frame, palette, dice, light.
        mood: From -1 to 1.
        is_flooded: The dream is about a flood: the ground is under water.
        has_stars: The dream is about stars: more of them.
        has_people: Someone will stand on the ground.
    """

    bake: Bake
    mood: float
    is_flooded: bool
    has_stars: bool
    has_people: bool

    @property
    def stars(self) -> float:
        """How starry the sky is."""
        return 2.2 if self.has_stars else 1.0


@dataclass(frozen=True)
class Plan:
    """A place, ready for actors.

    Attributes:
        back: Behind flying things.
        middle: Behind standing things.
        front: Before them.
        place: Where actors may be.
        particles: Keys of `particles.KINDS`.
        glows: Shafts of light.
        bloom: From 0 to 1.
        vignette: Darkening of the corners, from 0 to 1.
    """

    back: list[Drawable]
    middle: list[Drawable]
    place: Place
    front: list[Drawable] = field(default_factory=list)
    particles: tuple[str, ...] = ("motes",)
    glows: tuple[Glow, ...] = ()
    bloom: float = 0.55
    vignette: float = 0.48
