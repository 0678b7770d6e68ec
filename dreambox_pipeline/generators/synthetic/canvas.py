"""Putting sprites on a frame: the affine placement, the camera's parallax and the blends.

A frame is BGR, 8 bit. Positions are in design pixels: the picture is 540 wide whatever the real
size, and `Stage.scale` turns design pixels into real ones. Depth goes from 0 (infinitely far,
unmoved by the camera) to 1 (where the dreamer stands); foreground may go beyond 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[Any]
DESIGN_WIDTH = 540.0


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera is, in design pixels at depth 1, and how far it has moved in."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0


@dataclass(frozen=True, slots=True)
class Stage:
    """The frame everything is placed in.

    Attributes:
        width: Real pixels.
        height: Real pixels.
        focus: Design pixel the camera moves towards.
    """

    width: int
    height: int
    focus: tuple[float, float]

    @property
    def scale(self) -> float:
        """Real pixels per design pixel."""
        return self.width / DESIGN_WIDTH

    @property
    def design_height(self) -> float:
        """Height in design pixels: 960 for 9:16."""
        return self.height / self.scale

    def project(self, x: float, y: float, depth: float, view: View) -> tuple[float, float, float]:
        """Real x, real y and magnification of a design point at *depth*."""
        zoom = 1 + (view.zoom - 1) * depth
        fx, fy = self.focus
        px = fx + (x - fx - view.x * depth) * zoom
        py = fy + (y - fy - view.y * depth) * zoom
        return px * self.scale, py * self.scale, zoom


class Drawable(Protocol):
    """Anything that can add itself to a frame."""

    def draw(self, frame: Image, stage: Stage, view: View, t: float) -> None:
        """Draw on *frame* in place, at *t* seconds. Must be safe to call from several threads.

        *frame* may hold only the upper rows of the picture: the rest will be hidden anyway.
        """
        ...


@runtime_checkable
class Occluder(Protocol):
    """A drawable that leaves nothing of what lies behind it below some row."""

    def solid_from(self, stage: Stage, view: View, t: float) -> int:
        """The first row of the picture from which all is hidden; `stage.height` if none."""
        ...


def draw_all(
    frame: Image, drawables: Sequence[Drawable], stage: Stage, view: View, t: float
) -> None:
    """Draw back to front, each only on the rows that nothing before it will hide."""
    seen, visible = stage.height, []
    for drawable in reversed(drawables):
        visible.append((drawable, seen))
        if isinstance(drawable, Occluder):
            seen = min(seen, max(drawable.solid_from(stage, view, t), 0))
    for drawable, rows in reversed(visible):
        if rows:
            drawable.draw(frame[:rows], stage, view, t)


def blend_over(region: Image, sprite: Image) -> None:
    """Premultiplied *sprite* over *region* of the same size, in place."""
    alpha = cv2.extractChannel(sprite, 3)
    cv2.bitwise_not(alpha, alpha)
    cover = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)
    below = cv2.multiply(region, cover, scale=1 / 255)
    cv2.add(below, cv2.cvtColor(sprite, cv2.COLOR_BGRA2BGR), region)


def blend_screen(region: Image, light: Image) -> None:
    """Add *light* without ever clipping a channel: F + B * (255 - F) / 255, in place."""
    cv2.add(region, cv2.multiply(cv2.bitwise_not(region), light, scale=1 / 255), region)


def tinted(amount: Image, colour: Image) -> Image:
    """BGR light of one *colour* (0 to 255), as much of it as the float field *amount* says."""
    return np.asarray(cv2.merge([cv2.convertScaleAbs(amount, alpha=float(c)) for c in colour]))


def place(frame: Image, sprite: Image, matrix: Image, *, glow: bool = False) -> None:
    """Warp *sprite* by the 2x3 *matrix* and blend it; *glow* sprites (BGR) are screened."""
    height, width = sprite.shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]])
    at = corners @ matrix.T
    left, top = np.maximum(np.floor(at.min(0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(at.max(0)).astype(int) + 1, frame.shape[1::-1])
    if left >= right or top >= bottom:
        return
    local = matrix.copy()
    local[:, 2] -= (left, top)
    size = (int(right - left), int(bottom - top))
    warped = cv2.warpAffine(
        sprite, local, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
    )
    region = frame[top:bottom, left:right]
    if glow:
        blend_screen(region, warped)
    else:
        blend_over(region, warped)


@dataclass(frozen=True)
class Sheet:
    """A baked layer as large as the frame or larger.

    Attributes:
        image: Premultiplied BGRA.
        left: Design x of its left edge.
        top: Design y of its top edge.
        depth: See the module.
        speed: Own drift in design pixels per second.
        sway: Shear of the top against the bottom, in design pixels, for grass in wind.
        phase: Of the sway, in radians.
        solid: First row of the image from which every pixel hides what is behind it; None if none.
    """

    image: Image
    left: float
    top: float
    depth: float
    speed: float = 0.0
    sway: float = 0.0
    phase: float = 0.0
    solid: int | None = None

    def draw(self, frame: Image, stage: Stage, view: View, t: float) -> None:
        """Draw at *t* seconds."""
        x, y, zoom = stage.project(self.left + self.speed * t, self.top, self.depth, view)
        height = self.image.shape[0]
        shear = 0.0
        if self.sway:
            shear = self.sway * stage.scale / height * np.sin(1.3 * t + self.phase)
        matrix = np.array([[zoom, -shear, x + shear * height], [0, zoom, y]], dtype=np.float64)
        place(frame, self.image, matrix)

    def solid_from(self, stage: Stage, view: View, t: float) -> int:
        """The first row below which the sheet hides everything; it must reach all three edges."""
        if self.solid is None or self.sway:
            return stage.height
        x, y, zoom = stage.project(self.left + self.speed * t, self.top, self.depth, view)
        height, width = self.image.shape[:2]
        # Bilinear edges fade over a pixel, so a pixel on each side does not count.
        right, bottom = x + (width - 2) * zoom, y + (height - 2) * zoom
        if x > -zoom or right < stage.width or bottom < stage.height:
            return stage.height
        return min(int(np.ceil(y + (self.solid + 1) * zoom)), stage.height)


@dataclass(frozen=True)
class Backdrop:
    """A baked picture that fills the frame whatever the camera does.

    Attributes:
        image: BGRA, opaque: OpenCV moves four channels in less than half the time of three.
        left: As in `Sheet`.
        top: As in `Sheet`.
        depth: As in `Sheet`.
    """

    image: Image
    left: float
    top: float
    depth: float

    @classmethod
    def of(cls, picture: Image, left: float, top: float, depth: float) -> "Backdrop":
        """From BGR."""
        return cls(cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA), left, top, depth)

    def draw(self, frame: Image, stage: Stage, view: View, _t: float) -> None:
        """Fill *frame*."""
        x, y, zoom = stage.project(self.left, self.top, self.depth, view)
        moved = cv2.warpAffine(
            self.image, np.array([[zoom, 0, x], [0, zoom, y]]), frame.shape[1::-1],
            flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT,
        )  # fmt: skip
        cv2.cvtColor(moved, cv2.COLOR_BGRA2BGR, frame)


def trimmed(image: Image, left: float, top: float, scale: float, **motion: float) -> Sheet:
    """A `Sheet` of the part of *image* that is not empty; *motion* as in `Sheet`."""
    alpha = image[..., 3]
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    if rows.size == 0:
        # A clear sky is a sheet too: three empty pixels wide, so that its edges have a middle.
        rows = columns = np.array([1])
    y0, y1, x0, x1 = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    # One empty pixel all round, so that bilinear edges fade instead of being cut.
    y0, x0 = max(y0 - 1, 0), max(x0 - 1, 0)
    part = np.ascontiguousarray(image[y0 : y1 + 1, x0 : x1 + 1])
    return Sheet(part, left + x0 / scale, top + y0 / scale, solid=_first_solid_row(part), **motion)


def _first_solid_row(image: Image) -> int | None:
    # Not the outermost columns: `trimmed` leaves an empty one on each side where there is room.
    open_rows = np.flatnonzero(image[:, 1:-1, 3].min(axis=1) < 255)
    first = int(open_rows[-1]) + 1 if open_rows.size else 0
    return first if first < image.shape[0] else None
