"""What a scene's builder returns, and what it is given."""

from dataclasses import dataclass, field

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Drawable
from dreambox_pipeline.generators.synthetic.cast import Place
from dreambox_pipeline.generators.synthetic.post import Glow
from dreambox_pipeline.stages.dreams.model import Motif

_STANDING = frozenset(
    {
        Motif.DOOR, Motif.STAIRS, Motif.CAT, Motif.DOG, Motif.SNAKE, Motif.HORSE, Motif.CHASE, Motif.MIRROR,
        Motif.CAR, Motif.FIRE, Motif.TREE,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Brief:
    """What a builder needs to know of the prompt.

    Attributes:
        bake: Frame, palette, dice, light.
        mood: From -1 to 1.
        motifs: What the dream is about.
        has_people: Someone will stand on the ground.
    """

    bake: Bake
    mood: float
    motifs: tuple[Motif, ...]
    has_people: bool

    @property
    def is_flooded(self) -> bool:
        """The ground is under water."""
        return Motif.FLOOD in self.motifs

    @property
    def has_stars(self) -> bool:
        """There are more stars than usual."""
        return Motif.STARS in self.motifs

    @property
    def needs_ground(self) -> bool:
        """Something besides people will stand on the ground."""
        return not _STANDING.isdisjoint(self.motifs)

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
