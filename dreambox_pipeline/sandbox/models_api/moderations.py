"""`/v1/moderations`: thirteen categories scored by a small lexicon, on the real wire shape.

The scores are plausible, not wise: they let a pipeline's screening be tested end to end. Text
can raise every category, an image only those the real model scores for images.
"""

import base64
import binascii
import io
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dreambox_pipeline.sandbox.models_api.errors import ModelApiError, invalid, missing
from dreambox_pipeline.sandbox.world.seeds import digest, fraction

# Strength of a hit and word patterns by category. Written for this double.
_LEXICON: dict[str, tuple[tuple[float, str], ...]] = {
    "harassment": (
        (0.82, r"\b(idiot|loser|pathetic|clown|ugly|stupid|dumb as|shut up|talentless|trash)\b"),
    ),
    "harassment/threatening": (
        (0.87, r"(i know where you live|watch your back|i(?:'| wi)ll (?:kill|hurt|find) you)"),
    ),
    "hate": ((0.85, r"\b(subhuman|vermin|go back to your country|inferior race)\b"),),
    "hate/threatening": ((0.85, r"\b(exterminate|wipe (?:them|those people) out)\b"),),
    "illicit": ((0.78, r"\b(how to (?:steal|shoplift|cook meth)|buy lucid dream pills|hack into)\b"),),
    "illicit/violent": ((0.85, r"\b(build a bomb|make a bomb|buy a gun without)\b"),),
    "self-harm": (
        (0.93, r"\b(suicid\w*|kill(?:ing)? myself|cut my wrists|took all the pills|self[- ]harm)\b"),
        (0.62, r"(jumped off the bridge|wish i hadn'?t woken up|starv(?:e|ing) myself)"),
    ),
    "self-harm/intent": (
        (0.9, r"(think about killing myself|maybe i should|want to die|wish i hadn'?t woken up)"),
    ),
    "self-harm/instructions": ((0.85, r"\b(how to (?:cut|starve|kill) (?:myself|yourself))\b"),),
    "sexual": (
        (0.92, r"\b(sex|orgy|porn|horny|blowjob)\b"),
        (0.66, r"\b(naked|nude|erotic)\b"),
    ),
    "sexual/minors": (
        (0.96, r"\b(?:child|kid|1[0-7][- ]year)\w*\W+(?:\w+\W+){0,6}(?:naked|nude|sex)\b"),
    ),
    "violence": (
        (0.9, r"\b(stab\w*|shot (?:everyone|him|her|them|my)|chainsaw|tortur\w*|behead\w*|murder\w*)\b"),
        (0.85, r"\bkilled (?:my|him|her|them|a man|a woman)\b"),
        (0.45, r"\b(axe|gun|knife|blood)\b"),
    ),
    "violence/graphic": (
        (0.88, r"\b(guts all over|heads? exploded|blood everywhere|cut people into pieces|gore)\b"),
    ),
}  # fmt: skip
CATEGORIES = tuple(_LEXICON)
_IMAGE_CATEGORIES = frozenset(
    {"self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "violence",
     "violence/graphic"}
)  # fmt: skip
_PATTERNS = {
    category: tuple((strength, re.compile(pattern, re.IGNORECASE)) for strength, pattern in rules)
    for category, rules in _LEXICON.items()
}
_FLAGGED_FROM = 0.5
_LARGEST_IMAGE_BYTES = 20_000_000


class ModerationsApi:
    """The moderation endpoint. *seed* names the noise in the scores."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    async def create(self, request: Request) -> Response:
        """`POST /v1/moderations`."""
        try:
            body = await request.json()
        except ValueError as error:
            raise ModelApiError(400, "The request body is not valid JSON.") from error
        if not isinstance(body, dict) or "input" not in body:
            raise missing("input")
        results = [self._result(*parts) for parts in _inputs(body["input"])]
        return JSONResponse(
            {
                "id": f"modr-{digest(self._seed, str(body['input'])[:2000]):016x}",
                "model": str(body.get("model") or "omni-moderation-latest"),
                "results": results,
            }
        )

    def _result(self, text: str | None, images: list[bytes]) -> dict[str, Any]:
        scores = {name: self._score(name, text, images) for name in CATEGORIES}
        kinds = (["text"] if text is not None else [], ["image"] if images else [])
        flags = {name: score >= _FLAGGED_FROM for name, score in scores.items()}
        return {
            "flagged": any(flags.values()),
            "categories": flags,
            "category_scores": scores,
            "category_applied_input_types": {
                name: [*kinds[0], *(kinds[1] if name in _IMAGE_CATEGORIES else [])]
                for name in CATEGORIES
            },
        }

    def _score(self, category: str, text: str | None, images: list[bytes]) -> float:
        noise = 10 ** (-5.5 + 2.5 * fraction(self._seed, category, text, len(images)))
        clean = 1.0 - noise
        for strength, pattern in _PATTERNS[category]:
            hits = len(pattern.findall(text or ""))
            clean *= (1 - strength) ** min(hits, 3)
        if category == "violence/graphic":
            for image in images:
                clean *= 1 - _redness(image)
        return round(1 - clean, 8)


def _inputs(given: Any) -> list[tuple[str | None, list[bytes]]]:
    """What is judged: each string by itself, or the parts of one message together."""
    if isinstance(given, str):
        return [(given, [])]
    if isinstance(given, list) and given and all(isinstance(item, str) for item in given):
        return [(item, []) for item in given]
    if isinstance(given, list) and given and all(isinstance(item, dict) for item in given):
        return [_parts(given)]
    raise invalid("input", "input must be a string, a list of strings, or a list of parts.")


def _parts(given: list[dict[str, Any]]) -> tuple[str | None, list[bytes]]:
    texts: list[str] = []
    images: list[bytes] = []
    for part in given:
        if part.get("type") == "text" and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif part.get("type") == "image_url" and isinstance(part.get("image_url"), dict):
            images.append(_image(str(part["image_url"].get("url", ""))))
        else:
            raise invalid("input", "A part must be of type text or image_url.")
    return ("\n".join(texts) if texts else None), images


def _image(url: str) -> bytes:
    from PIL import Image, UnidentifiedImageError

    header, _, data = url.partition(",")
    if not header.startswith("data:image/") or not header.endswith(";base64"):
        # The double contacts nobody, so an address elsewhere cannot be looked at.
        raise invalid("input", "Send the image as a data: URL with base64.")
    try:
        content = base64.b64decode(data, validate=True)
        with Image.open(io.BytesIO(content)) as image:
            image.verify()
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError) as error:
        raise invalid("input", "The image could not be read.") from error
    if len(content) > _LARGEST_IMAGE_BYTES:
        raise invalid("input", "The image is larger than 20 MB.")
    return content


def _redness(content: bytes) -> float:
    """From 0 to 0.9: how much of a picture is deep red, the double's idea of blood."""
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        pixels = np.asarray(image.convert("RGB").resize((32, 32)), dtype=np.int16)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    share = float(((red > 90) & (green < red // 4) & (blue < red // 4)).mean())
    return min(0.9, share * 1.2)
