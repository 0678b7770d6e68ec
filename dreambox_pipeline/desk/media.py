"""Media files over HTTP, for whoever holds a signed address.

An address names one file by its content hash and is good for a limited time:

    <base>/<64 hex digits>.mp4?expires=<Unix seconds>&signature=<32 hex digits>

The pages sign addresses for reviewers, the publisher signs them for the platform that fetches
a video. Nothing is listed, and nothing is served without a signature but the files by which TikTok
sees that the address is ours (`dreambox property`).
"""

import math
import re
from datetime import datetime

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.storage.url_proofs import UrlProofs

PAGE_VALID_S = 12 * 3600.0
"""A reviewer may leave a page open over a working day and still press play."""

_NAME = re.compile(r"(?P<digest>[0-9a-f]{64})(?P<suffix>\.(?:mp4|jpg|webp))", re.ASCII)
_TYPES = {".mp4": "video/mp4", ".jpg": "image/jpeg", ".webp": "image/webp"}


def signed_media_url(
    base_url: str, name: str, *, keyring: Keyring, now: datetime, valid_s: float = PAGE_VALID_S
) -> str:
    """An address that lets its holder fetch one file.

    The end is rounded up to a multiple of a quarter of *valid_s*, so that a page asked for
    twice names the same address and the browser's cache is of use.

    Args:
        base_url: Where `/media` is reachable, with or without a slash at its end.
        name: Content hash and suffix, for example `3f9a….mp4`.
        keyring: The desk's own; it checks what this signs.
        now: By the same clock that the desk reads.
        valid_s: Seconds the address works at least; up to a quarter longer.
    """
    step = max(1, math.ceil(valid_s / 4))
    expires_at = math.ceil((now.timestamp() + valid_s) / step) * step
    signature = keyring.media_signature(name, expires_at)
    return f"{base_url.rstrip('/')}/{name}?expires={expires_at}&signature={signature}"


class MediaFiles:
    """The endpoint behind `/media/{name}`.

    Args:
        media: Where the files are.
        keyring: What the addresses are signed with.
        clock: Tells whether an address is over.
    """

    def __init__(self, media: MediaStore, keyring: Keyring, clock: Clock) -> None:
        self._media = media
        self._proofs = UrlProofs(media.root)
        self._keyring = keyring
        self._clock = clock

    def serve(self, request: Request) -> Response:
        """Answer with the file (whole or the range asked for), or say why not."""
        name = _NAME.fullmatch(request.path_params["name"])
        if name is None:
            proof = self._proofs.get(request.path_params["name"])
            if proof is not None:
                return PlainTextResponse(proof, headers={"Cache-Control": "no-store"})
            return _no(404, "No such file. Media is named <64 hex digits>.mp4, .jpg or .webp.")
        refusal = self._refusal(request, name[0])
        if refusal is not None:
            return refusal
        path = self._media.path(name["digest"], name["suffix"])
        if not path.is_file():
            return _no(410, "This file was removed from the media store.")
        # The name is the content's hash, so a copy never goes stale.
        headers = {"Cache-Control": "private, max-age=43200, immutable"}
        return FileResponse(path, media_type=_TYPES[name["suffix"]], headers=headers)

    def _refusal(self, request: Request, name: str) -> Response | None:
        signature = request.query_params.get("signature", "")
        expires = request.query_params.get("expires", "")
        if not re.fullmatch(r"[0-9]{1,12}", expires, re.ASCII):
            return _no(403, "This address is not signed. Take it from the desk's page.")
        if not self._keyring.is_genuine(name, int(expires), signature):
            return _no(403, "The signature does not fit this address. Take it from the page again.")
        if not self._keyring.may_fetch(name, int(expires), signature, now=self._clock()):
            return _no(410, "This address is over. Reload the page for a new one.")
        return None


def _no(status: int, text: str) -> Response:
    return PlainTextResponse(f"{text}\n", status_code=status, headers={"Cache-Control": "no-store"})
