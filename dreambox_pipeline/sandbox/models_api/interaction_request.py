"""What a request for a video interaction must be like, and the job it makes."""

import base64
import binascii
import re
from typing import Any

from dreambox_pipeline.sandbox.models_api.google_errors import invalid, not_found
from dreambox_pipeline.sandbox.models_api.model_rules import UNKNOWN_MODEL

Body = dict[str, Any]

SIZES = {"360p": (360, 640), "720p": (720, 1280), "1080p": (1080, 1920), "4k": (2160, 3840)}
"""Width and height of an upright clip."""

_FIELDS = {
    "model", "input", "background", "store", "stream", "response_format", "generation_config",
    "labels", "safety_settings", "webhook_config", "system_instruction", "previous_interaction_id",
}  # fmt: skip
_FORMAT_FIELDS = {"type", "aspect_ratio", "duration", "resolution", "delivery"}
_TASKS = {"text_to_video", "image_to_video", "reference_to_video"}
_DURATION = re.compile(r"^(\d{1,3})s$")
_LABEL = re.compile(r"^[a-z0-9_-]{0,63}$")
_SHORTEST_S, _LONGEST_S = 3, 15


def read_job(body: Any) -> Body:
    """The job that *body* asks for.

    Raises:
        GoogleError: A field is missing, unknown or of a value that is not taken.
    """
    if not isinstance(body, dict):
        raise invalid("Invalid JSON payload received. An object is needed.")
    if unknown := set(body) - _FIELDS:
        raise invalid(f"Invalid JSON payload received. Unknown name {min(unknown)!r}.")
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise invalid("model is required.")
    if model == UNKNOWN_MODEL:
        raise not_found(f"models/{model} is not found for API version v1.")
    if body.get("background") is not True or body.get("store") is not True:
        raise invalid("Videos are made with background and store here.")
    wanted = body.get("response_format")
    if not isinstance(wanted, dict) or wanted.get("type") != "video":
        raise invalid("response_format.type must be video for this model.")
    prompt, images = _input(body.get("input"))
    config = body.get("generation_config") or {}
    return {
        "model": model,
        "prompt": prompt,
        "images": images,
        "task": _task(config, images),
        "seed": _seed(config),
        "labels": _labels(body.get("labels")),
        **_format(wanted),
    }


def _format(wanted: Body) -> Body:
    if unknown := set(wanted) - _FORMAT_FIELDS:
        raise invalid(f"Unknown name {min(unknown)!r} at 'response_format'.")
    duration = _DURATION.match(str(wanted.get("duration", "8s")))
    if not duration or not _SHORTEST_S <= int(duration[1]) <= _LONGEST_S:
        raise invalid(f"duration must be from {_SHORTEST_S}s to {_LONGEST_S}s.")
    ratio, resolution = wanted.get("aspect_ratio", "16:9"), wanted.get("resolution", "720p")
    if ratio not in ("16:9", "9:16") or resolution not in SIZES:
        raise invalid("aspect_ratio or resolution is not supported.")
    if wanted.get("delivery", "inline") not in ("inline", "uri"):
        raise invalid("delivery must be inline or uri.")
    return {"seconds": int(duration[1]), "aspect_ratio": ratio, "resolution": resolution}


def _input(sent: Any) -> tuple[str, list[str]]:
    """The text, and the media types of the pictures; contents may stand in a `user_input` step."""
    if isinstance(sent, str):
        sent = [{"type": "text", "text": sent}]
    contents: list[Any] = []
    for item in sent if isinstance(sent, list) else [sent]:
        is_step = isinstance(item, dict) and item.get("type") == "user_input"
        contents += item.get("content") or [] if is_step else [item]
    texts = [_text(item) for item in contents if _kind(item) == "text"]
    images = [_image(item) for item in contents if _kind(item) == "image"]
    if len(texts) + len(images) != len(contents) or not "".join(texts).strip():
        raise invalid("input must be a text, or text and pictures.")
    return "\n".join(texts), images


def _kind(item: Any) -> str:
    return str(item.get("type")) if isinstance(item, dict) else ""


def _text(item: Body) -> str:
    return str(item.get("text") or "")


def _image(item: Body) -> str:
    kind = str(item.get("mime_type"))
    try:
        content = base64.b64decode(str(item.get("data") or ""), validate=True)
    except binascii.Error as error:
        raise invalid("The data of a picture is no base64.") from error
    if not content or not kind.startswith("image/"):
        raise invalid("A picture needs data and a mime_type.")
    return kind


def _task(config: Body, images: list[str]) -> str:
    default = "reference_to_video" if images else "text_to_video"
    task = (config.get("video_config") or {}).get("task", default)
    if task not in _TASKS or (task == "text_to_video") == bool(images):
        raise invalid(f"The task {task!r} does not fit {len(images)} pictures.")
    return str(task)


def _seed(config: Body) -> int:
    seed = config.get("seed", 0)
    if not isinstance(seed, int) or not -(2**31) <= seed < 2**31:
        raise invalid("seed must be a 32-bit integer.")
    return seed


def _labels(labels: Any) -> Body:
    if labels is None:
        return {}
    if not isinstance(labels, dict) or not all(
        isinstance(part, str) and _LABEL.match(part) for pair in labels.items() for part in pair
    ):
        raise invalid("labels take lower-case letters, digits, underscores and dashes.")
    return labels
