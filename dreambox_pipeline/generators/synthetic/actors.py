"""Things that live in a scene: how a silhouette is lit, where it is and how it moves.

An `Actor` is one or more premultiplied sprites and a path. `Whale`-like bodies bend along their
length. What a motif becomes is decided in `motifs`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Stage, View, place
from dreambox_pipeline.generators.synthetic.raster import Ink, blur, rim, soft_disc, sprite

Image = NDArray[Any]


class Pose(NamedTuple):
    """Where an actor is: design pixels, size relative to its bake, degrees clockwise, light 0 to 1."""

    x: float
    y: float
    size: float = 1.0
    angle: float = 0.0
    light: float = 1.0


Path = Callable[[float], Pose]


def replacing(path: Path, **fields: float) -> Path:
    """*path* with some fields of its poses held at a value."""
    return lambda t: path(t)._replace(**fields)


def turning(path: Path, start: float, speed: float) -> Path:
    """*path*, turning from *start* degrees at *speed* degrees per second."""
    return lambda t: path(t)._replace(angle=start + speed * t)


class Dressed(NamedTuple):
    """A sprite and the pixel in it that stands at the pose."""

    image: Image
    anchor: tuple[float, float]


def dress(
    bake: Bake, ink: Ink, size: float, *, haze: float = 0.0, towards: tuple[float, float] = (0, -1),
    edge: float = 0.8, colour: Image | None = None, foot: float = 0.0,
) -> Dressed:  # fmt: skip
    """A silhouette with light on the side that faces *towards* and fog by *haze*.

    Args:
        bake: The clip.
        ink: The shape in unit coordinates.
        size: Design pixels per unit.
        haze: From 0 (near) to 1 (lost in fog).
        towards: Direction to the light.
        edge: Strength of the rim light.
        colour: Own colour; the palette's shadow by default.
        foot: Fog rising from the lowest tenth, from 0 to 1.
    """
    unit = size * bake.scale
    mask, anchor = ink.mask(unit)
    palette = bake.palette
    base = palette.shadow if colour is None else colour
    fog = palette.fog
    rows = np.linspace(0, 1, mask.shape[0], dtype=np.float32)[:, None, None]
    amount = np.clip(haze + foot * np.clip((rows - 0.72) / 0.28, 0, 1) ** 1.5, 0, 1)
    body = base * (1 - amount) + fog * amount
    reach = max(unit * 0.018, 1.1)
    lit = rim(mask, towards, reach) * edge + rim(mask, towards, reach * 3.2) * edge * 0.28
    image = body + np.clip(lit, 0, 1)[..., None] * (palette.light - body) * (1 - haze * 0.4)
    return Dressed(sprite(np.clip(image, 0, 255), mask, bake.rng), anchor)


def halo(
    bake: Bake, radius: float, colour: Image, strength: float, *, power: float = 2.4
) -> Dressed:
    """A round glow as BGR light; *radius* in design pixels."""
    disc = soft_disc(radius * bake.scale, power=power)
    light = disc[..., None] * colour * strength
    noise = bake.rng.random(light.shape[:2], np.float32)[..., None] * (disc > 0)[..., None]
    image = np.clip(light + noise - 0.25, 0, 255).astype(np.uint8)
    return Dressed(image, (disc.shape[1] / 2, disc.shape[0] / 2))


def matrix_for(dressed: Dressed, stage: Stage, view: View, pose: Pose, depth: float) -> Image:
    """The 2x3 matrix that puts *dressed* at *pose*."""
    x, y, zoom = stage.project(pose.x, pose.y, depth, view)
    size = zoom * pose.size
    angle = np.radians(pose.angle)
    c, s = np.cos(angle) * size, np.sin(angle) * size
    ax, ay = dressed.anchor
    return np.array([[c, -s, x - c * ax + s * ay], [s, c, y - s * ax - c * ay]])


@dataclass(frozen=True)
class Actor:
    """Sprites on a path.

    Attributes:
        looks: One or more sprites, shown in turn.
        path: Pose at a time.
        depth: As in `canvas`.
        rate: Sprites per second.
        glow: Whether the sprites are light (BGR) rather than matter (BGRA).
    """

    looks: tuple[Dressed, ...]
    path: Path
    depth: float
    rate: float = 0.0
    phase: float = 0.0
    glow: bool = False

    def draw(self, frame: Image, stage: Stage, view: View, t: float) -> None:
        """Draw at *t* seconds."""
        pose = self.path(t)
        if pose.light <= 0.02 or pose.size <= 0:
            return
        look = self.looks[int((t + self.phase) * self.rate) % len(self.looks)]
        image = look.image
        if pose.light < 0.98:
            image = cv2.convertScaleAbs(image, alpha=pose.light)
        place(frame, image, matrix_for(look, stage, view, pose, self.depth), glow=self.glow)


@dataclass(frozen=True)
class Swimmer:
    """A long body that bends: the tail swings most, the head hardly.

    Attributes:
        look: The sprite, head on the right unless *flip*.
        path: Pose at a time.
        depth: As in `canvas`.
        swing: Swing of the tail in design pixels.
        beat: Strokes per second.
        flip: The head is on the left.
    """

    look: Dressed
    path: Path
    depth: float
    swing: float
    beat: float
    flip: bool = False

    def draw(self, frame: Image, stage: Stage, view: View, t: float) -> None:
        """Draw at *t* seconds."""
        pose = self.path(t)
        height, width = self.look.image.shape[:2]
        pad = int(np.ceil(self.swing * stage.scale)) + 1
        along = np.linspace(0, 1, width, dtype=np.float32)
        tail = along if self.flip else 1 - along
        bend = (
            self.swing
            * stage.scale
            * (tail**2.2)
            * np.sin(2 * np.pi * (self.beat * t - tail * 0.55))
        )
        xs = np.broadcast_to(np.arange(width, dtype=np.float32), (height + 2 * pad, width))
        ys = np.arange(-pad, height + pad, dtype=np.float32)[:, None] + bend.astype(np.float32)
        image = cv2.remap(
            self.look.image, np.ascontiguousarray(xs), np.ascontiguousarray(ys), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
        )  # fmt: skip
        ax, ay = self.look.anchor
        bent = Dressed(image, (ax, ay + pad))
        place(frame, image, matrix_for(bent, stage, view, pose, self.depth))


def shaded(
    bake: Bake, ink: Ink, size: float, colour: Image, *, towards: tuple[float, float]
) -> Dressed:
    """A rounded, solid thing: lighter towards the light, darker at the far edge."""
    unit = size * bake.scale
    mask, anchor = ink.mask(unit)
    round_ = blur(mask, unit * 0.10)
    dy, dx = np.gradient(round_)
    lit = -(dx * towards[0] + dy * towards[1]) * unit * 0.16
    tone = np.clip(0.70 + lit * 1.5, 0.16, 1.12)[..., None]
    return Dressed(sprite(np.clip(colour * tone, 0, 255), mask, bake.rng), anchor)
