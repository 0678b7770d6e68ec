"""What a family of models takes, and a prompt as the fields of one request.

The servers share their endpoints, not their parameters: hosted models behind a gateway know
some lengths and no seed, open models on one's own server take any whole length, a seed and a
negative prompt. The model's name tells which; nothing here sends anything.
"""

import math
from dataclasses import dataclass

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.prompts.rendering import (
    COMPACT_CHARS,
    negative_prompt,
    to_compact,
    to_prose,
)
from dreambox_pipeline.stages.videos.generation import is_length_as_asked

FRAME_RATE = 24
"""Asked of open models, some of which follow a number of frames and not of seconds."""

# Torch takes 64 bits, some servers check for 31.
_SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one family of models takes.

    Attributes:
        lengths_s: The clip lengths there are, in seconds; empty when any whole number up to
            *longest_s* will do.
        has_extras: Takes `seed`, `negative_prompt`, `fps` and `num_frames` as further fields.
        max_chars: Longest prompt, when there is a limit that matters.
    """

    lengths_s: tuple[int, ...] = ()
    longest_s: int = 60
    has_extras: bool = False
    max_chars: int | None = None


OPEN_MODEL = Dialect(has_extras=True)
_HOSTED = {
    "sora": Dialect(lengths_s=(4, 8, 12)),
    "veo": Dialect(lengths_s=(4, 6, 8)),
    "gen4": Dialect(longest_s=10, max_chars=COMPACT_CHARS),
    "runway": Dialect(longest_s=10, max_chars=COMPACT_CHARS),
}


def dialect_of(model: str) -> Dialect:
    """The dialect of *model*, by its name without a gateway's prefix such as `vertex_ai/`."""
    name = model.rpartition("/")[2].lower()
    return next((known for start, known in _HOSTED.items() if name.startswith(start)), OPEN_MODEL)


def seconds_for(prompt: VideoPrompt, dialect: Dialect) -> int:
    """The length to ask for: the shortest that holds the prompt, else the longest there is.

    Raises:
        ItemError: The nearest length is so far off that the clip would be thrown away.
    """
    wanted = prompt.duration_s
    lengths = dialect.lengths_s or (min(math.ceil(wanted), dialect.longest_s),)
    by_distance = sorted(lengths, key=lambda length: (abs(length - wanted), length))
    if not is_length_as_asked(by_distance[0], wanted):
        known = ", ".join(map(str, dialect.lengths_s)) or f"up to {dialect.longest_s}"
        raise ItemError(
            f"The prompt asks for {wanted:g} s and the model makes clips of {known} s. Nothing was sent. "
            "Set DREAMBOX_CLIP_SECONDS to such a length and make the prompt again."
        )
    return by_distance[0]


def fields_for(
    prompt: VideoPrompt, *, model: str, size: tuple[int, int], dialect: Dialect
) -> dict[str, str]:
    """The request's fields, all as text, because a form has nothing else.

    Raises:
        ItemError: See `seconds_for`.
    """
    seconds = seconds_for(prompt, dialect)
    says_avoid = not dialect.has_extras
    fields = {
        "model": model,
        "prompt": to_compact(prompt, dialect.max_chars)
        if dialect.max_chars
        else to_prose(prompt, says_avoid=says_avoid),
        "seconds": str(seconds),
        "size": f"{size[0]}x{size[1]}",
    }
    if dialect.has_extras:
        fields |= {
            "seed": str(prompt.seed % _SEEDS),
            "fps": str(FRAME_RATE),
            "num_frames": str(seconds * FRAME_RATE),
        }
        if prompt.avoid:
            fields["negative_prompt"] = negative_prompt(prompt)
    return fields
