"""A prompt as the body of one `POST /v1/interactions`; nothing here sends anything.

Omni makes clips of 3 to 15 whole seconds, upright or lying, with sound. It has no field for what
to avoid, so the prose says it, and a picture is labelled in the prose (its prompt guide).
"""

import math
import re
from typing import Any

from dreambox_pipeline.generators.lengths import nearest_length
from dreambox_pipeline.generators.pictures import Picture
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.prompts.rendering import OMNI, render

SHORTEST_S, LONGEST_S = 3, 15

SIZES = {"360p": (360, 640), "720p": (720, 1280), "1080p": (1080, 1920), "4k": (2160, 3840)}
"""Width and height in pixels of an upright clip, by the provider's word for the resolution."""

# The seed's field is a signed 32-bit integer.
_SEEDS = 2**31
# A label takes these and up to 63 of them.
_NO_LABEL = re.compile(r"[^a-z0-9_-]")


def seconds_for(prompt: VideoPrompt) -> int:
    """The length to ask for: the whole seconds that hold the prompt, within what there is.

    Raises:
        ItemError: The nearest length is so far off that the clip would be thrown away.
    """
    wanted = prompt.duration_s
    length = min(max(math.ceil(wanted), SHORTEST_S), LONGEST_S)
    return nearest_length(wanted, (length,), known=f"{SHORTEST_S} to {LONGEST_S}")


def body_for(
    prompt: VideoPrompt, *, model: str, resolution: str, job_id: str, reference: Picture | None
) -> dict[str, Any]:
    """Keyword arguments of `interactions.create`.

    The clip is asked for by address: inline it may have 4 MB, and every look would carry it.

    Args:
        prompt: What to make.
        model: For example `gemini-omni-1.2-flash`.
        resolution: A key of `SIZES`.
        job_id: Our own id; it stands at the job as a label, so that a person finds it there.
        reference: A picture whose look the clip should have.

    Raises:
        ItemError: See `seconds_for`.
    """
    seconds = seconds_for(prompt)
    text = render(prompt, OMNI, has_reference=reference is not None).text
    return {
        "model": model,
        "input": [*_picture_of(reference), {"type": "text", "text": text}],
        # The answer is the job's id at once, and the job can be looked at later.
        "background": True,
        "store": True,
        "response_format": {
            "type": "video",
            "aspect_ratio": "9:16",
            "duration": f"{seconds}s",
            "resolution": resolution,
            "delivery": "uri",
        },
        "generation_config": {
            "seed": prompt.seed % _SEEDS,
            # A picture as the first frame would be `image_to_video`; here it lends its look.
            "video_config": {"task": "reference_to_video" if reference else "text_to_video"},
        },
        "labels": {"dreambox_job": _NO_LABEL.sub("-", job_id.lower())[:63]},
    }


def _picture_of(reference: Picture | None) -> list[dict[str, str]]:
    if reference is None:
        return []
    return [{"type": "image", "data": reference.base64, "mime_type": reference.media_type}]
