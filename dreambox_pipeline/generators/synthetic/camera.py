"""How the camera moves: four moves, eased, with a breath of handheld sway.

`drift` slides sideways, `dolly` moves in, `rise` goes up, `fall` goes down. Distances are design
pixels at depth 1 (see `canvas`), for a clip of any length: the move always fills it.
"""

import math
from dataclasses import dataclass

from dreambox_pipeline.generators.synthetic.canvas import View

# The farthest the camera gets from its rest, in design pixels at depth 1; bakes need this margin.
REACH = 72.0


@dataclass(frozen=True, slots=True)
class Camera:
    """One move over one clip.

    Attributes:
        move: `drift`, `dolly`, `rise` or `fall`; anything else drifts.
        duration_s: Length of the clip.
        direction: -1 or 1; which way a drift goes.
        phase: Of the sway, in radians.
    """

    move: str
    duration_s: float
    direction: int
    phase: float

    def at(self, t: float) -> View:
        """The view at *t* seconds."""
        u = min(max(t / self.duration_s, 0.0), 1.0)
        # Mostly linear, so that the picture already moves in the first frame.
        ease = 0.7 * u + 0.3 * u * u * (3 - 2 * u)
        x = 4.0 * math.sin(0.55 * t + self.phase)
        y = 3.0 * math.sin(0.42 * t + 2 * self.phase)
        if self.move == "dolly":
            return View(x, y, 1.0 + 0.26 * ease)
        if self.move == "rise":
            return View(x, y + 52 - 104 * ease, 1.03)
        if self.move == "fall":
            return View(x * 2, y - 60 + 120 * ease, 1.03 + 0.08 * ease)
        return View(x + self.direction * (-56 + 112 * ease), y, 1.02 + 0.05 * ease)

    @property
    def stream(self) -> float:
        """Design pixels per second that loose particles are carried upwards by the move."""
        return {"fall": 95.0, "rise": -28.0}.get(self.move, 0.0)
