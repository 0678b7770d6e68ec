"""Texts and pictures before OpenAI's moderation model, which costs nothing to ask.

One text or one picture a request, because how many pictures a request may hold is not documented.
Of the thirteen categories it scores pictures for self-harm, sex and violence only; hatred,
harassment and minors it sees in texts alone.
"""

import base64
import hashlib
from collections import OrderedDict
from threading import Lock
from typing import Annotated, Any

import openai
from pydantic import BaseModel, Field, ValidationError

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.safety.moderation import Moderation
from dreambox_pipeline.text_engines.openai.faults import OUT_OF_MONEY, wait_of, word_of
from dreambox_pipeline.text_engines.openai.server import ModelServer

MODEL = "omni-moderation-latest"

LARGEST_PICTURE_BYTES = 20_000_000
"""What the model takes; ours are a thousand times smaller."""

_REMEMBERED = 4096
_KINDS = ((b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n", "png"), (b"RIFF", "webp"))

_Score = Annotated[float, Field(ge=0, le=1)]


class _Result(BaseModel):
    flagged: bool
    category_scores: dict[str, _Score]


class _Answer(BaseModel):
    """What we need of an answer; everything else may be as it likes."""

    results: Annotated[list[_Result], Field(min_length=1, max_length=1)]


class OpenAIModerator:
    """A `Moderator` that asks a server with OpenAI's moderation endpoint.

    The same text or picture is asked about once in a process: answers are kept by content hash.

    Args:
        server: Where; its model is a moderation model, for example `MODEL`.
    """

    name = "openai"

    def __init__(self, server: ModelServer) -> None:
        self._server = server
        self._known: OrderedDict[str, Moderation] = OrderedDict()
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"OpenAIModerator({self._server!r})"

    def check_text(self, text: str) -> Moderation | None:
        """See `Moderator.check_text`; None for a text of spaces, which the model refuses.

        Raises:
            ItemError: The server does not take this text.
        """
        if not text.strip():
            return None
        return self._judged(text.encode(), [{"type": "text", "text": text}])

    def check_picture(self, picture: bytes) -> Moderation | None:
        """See `Moderator.check_picture`.

        Raises:
            ItemError: It is no JPEG, PNG or WebP of at most 20 MB, or the server does not take it.
        """
        kind = next((kind for start, kind in _KINDS if picture.startswith(start)), None)
        if kind is None or len(picture) > LARGEST_PICTURE_BYTES:
            raise ItemError(
                f"A picture of {len(picture)} bytes was to be moderated; it has to be a JPEG, PNG "
                f"or WebP of at most {LARGEST_PICTURE_BYTES} bytes. Make the video again."
            )
        url = f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
        return self._judged(picture, [{"type": "image_url", "image_url": {"url": url}}])

    def _judged(self, content: bytes, parts: list[dict[str, Any]]) -> Moderation:
        key = hashlib.sha256(content).hexdigest()
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        answer = self._ask(parts)
        with self._lock:
            self._known[key] = answer
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return answer

    def _ask(self, parts: list[dict[str, Any]]) -> Moderation:
        try:
            raw = self._server.client.moderations.with_raw_response.create(
                model=self._server.model,
                input=parts,  # type: ignore[arg-type]  # plain dicts of the documented shape
            )
            result = _Answer.model_validate(raw.http_response.json()).results[0]
        # Ours says enough, and theirs may quote what was sent, so it does not become its cause.
        except (openai.OpenAIError, ValueError) as error:
            meaning = self._meaning_of(error)
        else:
            return Moderation(result.flagged, result.category_scores)
        raise meaning

    def _meaning_of(self, error: Exception) -> DreamBoxError:
        asked = f"Asked {self._server.model!r} at {self._server.address} to moderate"
        if isinstance(error, ValidationError) or not isinstance(error, openai.OpenAIError):
            return TransientError(
                f"{asked} and could not read the answer. It is asked again later."
            )
        if not isinstance(error, openai.APIStatusError):
            return TransientError(f"{asked} and got no answer. It is asked again later.")
        said = (
            f"{asked} and got HTTP {error.status_code}, code {word_of(error.code)} "
            f"(request {word_of(error.request_id)})."
        )
        said = self._server.without_key(said)
        remedy = _remedy(error)
        if remedy is not None:
            return StopError(f"{said} {remedy} Or set DREAMBOX_MODERATION to none.")
        if error.status_code in (400, 413, 422):
            return ItemError(
                f"{said} It does not take this one. If every item fails so, set "
                "DREAMBOX_MODERATION to none and report the code."
            )
        return TransientError(f"{said} It is asked again later.", retry_after_s=wait_of(error))


def _remedy(error: openai.APIStatusError) -> str | None:
    """What a person must do; None when it is this one item, or waiting is enough."""
    if error.code in OUT_OF_MONEY:
        return "The account is out of quota: add credit or raise its limit."
    if error.status_code == 401:
        return "Set DREAMBOX_OPENAI_API_KEY to a key this server knows."
    if error.status_code == 403:
        return "Let the key's project use the moderation endpoint."
    if error.status_code == 404:
        return "This server has no moderation endpoint: check DREAMBOX_OPENAI_BASE_URL."
    return None
