"""What a family of models takes, and a prompt as the fields of one request.

The servers share their endpoints, not their parameters: hosted models behind a gateway know
some lengths and no seed, open models on one's own server take any whole length, a seed and a
negative prompt. The model's name tells which; nothing here sends anything.
"""

import math
import re
from dataclasses import dataclass

from dreambox_pipeline.generators.lengths import nearest_length
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.prompts.rendering import (
    COMPACT,
    PROSE,
    PROSE_WITH_FIELD,
    PromptForm,
    render,
)

FRAME_RATE = 24
"""Asked of open models, some of which follow a number of frames and not of seconds."""

# Torch takes 64 bits, some servers check for 31.
_SEEDS = 2**31

# Wan's names say what goes in: T2V text only, I2V a picture, TI2V both.
_TEXT_ONLY = re.compile(r"(?<![a-z])t2v")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one family of models takes.

    Attributes:
        form: How it wants its prompt: how long, and where it says what to avoid.
        lengths_s: The clip lengths there are, in seconds; empty when any whole number up to
            *longest_s* will do.
        has_extras: Takes `seed`, `fps` and `num_frames` as further fields.
        takes_reference: A picture can be sent along. Most of these models begin the clip with it.
    """

    form: PromptForm = PROSE
    lengths_s: tuple[int, ...] = ()
    longest_s: int = 60
    has_extras: bool = False
    takes_reference: bool = True


OPEN_MODEL = Dialect(form=PROSE_WITH_FIELD, has_extras=True)
OPEN_TEXT_MODEL = Dialect(form=PROSE_WITH_FIELD, has_extras=True, takes_reference=False)
_HOSTED = {
    "sora": Dialect(lengths_s=(4, 8, 12)),
    "veo": Dialect(lengths_s=(4, 6, 8)),
    "gen4": Dialect(form=COMPACT, longest_s=10),
    "runway": Dialect(form=COMPACT, longest_s=10),
}


def dialect_of(model: str) -> Dialect:
    """The dialect of *model*, by its name without a gateway's prefix such as `vertex_ai/`."""
    name = model.rpartition("/")[2].lower()
    for start, known in _HOSTED.items():
        if name.startswith(start):
            return known
    return OPEN_TEXT_MODEL if _TEXT_ONLY.search(name) else OPEN_MODEL


def seconds_for(prompt: VideoPrompt, dialect: Dialect) -> int:
    """The length to ask for: the shortest that holds the prompt, else the longest there is.

    Raises:
        ItemError: The nearest length is so far off that the clip would be thrown away.
    """
    wanted = prompt.duration_s
    lengths = dialect.lengths_s or (min(math.ceil(wanted), dialect.longest_s),)
    known = ", ".join(map(str, dialect.lengths_s)) or f"up to {dialect.longest_s}"
    return nearest_length(wanted, lengths, known=known)


def fields_for(
    prompt: VideoPrompt,
    *,
    model: str,
    size: tuple[int, int],
    dialect: Dialect,
    has_reference: bool = False,
) -> dict[str, str]:
    """The request's fields, all as text, because a form has nothing else.

    Args:
        prompt: What to make.
        model: The model's name, as the server knows it.
        size: Width and height in pixels.
        dialect: What the model takes.
        has_reference: A picture goes along, in a part of its own.

    Raises:
        ItemError: See `seconds_for`.
    """
    seconds = seconds_for(prompt, dialect)
    rendered = render(prompt, dialect.form, has_reference=has_reference)
    fields = {
        "model": model,
        "prompt": rendered.text,
        "seconds": str(seconds),
        "size": f"{size[0]}x{size[1]}",
    }
    if dialect.has_extras:
        fields |= {
            "seed": str(prompt.seed % _SEEDS),
            "fps": str(FRAME_RATE),
            "num_frames": str(seconds * FRAME_RATE),
        }
    if rendered.negative:
        fields["negative_prompt"] = rendered.negative
    return fields
