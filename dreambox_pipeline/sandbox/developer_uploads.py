"""The upload address of the Content Posting API: chunks in order, for one simulated hour.

Bytes are kept in a temporary file per upload until the file is complete; a chunk counts once it
arrived whole. After a restart of the sandbox an unfinished upload is unknown.
"""

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from dreambox_pipeline.sandbox.developer_rules import Source
from dreambox_pipeline.sandbox.world.seeds import digest
from dreambox_pipeline.sandbox.world.world import World

LIFETIME_S = 3600
PATH = "/upload/video/"
_TYPES = ("video/mp4", "video/quicktime", "video/webm")
_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19})")
_IN_MEMORY = 32 * 1024 * 1024


@dataclass(slots=True)
class _Upload:
    share_id: str
    source: Source
    expires_at: int
    received: int = 0
    file: IO[bytes] = field(
        default_factory=lambda: tempfile.SpooledTemporaryFile(  # noqa: SIM115 - lives as long as the upload
            max_size=_IN_MEMORY
        )
    )

    def allowed_length(self) -> int:
        """How long the next chunk must be."""
        is_last = self.received // self.source.chunk_size >= self.source.count - 1
        return self.source.size - self.received if is_last else self.source.chunk_size


class Uploads:
    """All open uploads.

    Args:
        world: Whose clock and seed count.
        base_url: Of the server, without a slash at the end.
        on_complete: Given the share id and the whole file.
    """

    def __init__(
        self, world: World, *, base_url: str, on_complete: Callable[[str, bytes], None]
    ) -> None:
        self._world, self._base_url, self._on_complete = world, base_url, on_complete
        self._open: dict[str, _Upload] = {}

    def route(self) -> Route:
        """Where chunks are sent."""
        return Route(PATH, self.put, methods=["PUT"])

    def open(self, share_id: str, source: Source) -> str:
        """The address for the file of *share_id*; whoever knows it may write there."""
        seed = self._world.seed
        token = f"{digest(seed, 'upload', share_id):016x}{digest(seed, 'upload2', share_id):016x}"
        self._open[token] = _Upload(share_id, source, self._world.now + LIFETIME_S)
        number = digest(seed, "upload id", share_id) % 10**12
        return f"{self._base_url}{PATH}?upload_id={number}&upload_token={token}"

    async def put(self, request: Request) -> Response:
        """`PUT {upload_url}`: one chunk."""
        upload = self._open.get(request.query_params.get("upload_token", ""))
        if upload is None:
            return Response(status_code=404)
        if self._world.now > upload.expires_at:
            return Response(status_code=403)
        try:
            content = await request.body()
        except ClientDisconnect:  # an unfinished chunk does not count
            return Response(status_code=400)
        # The hour may have ended while the bytes were on their way.
        if self._world.now > upload.expires_at:
            return Response(status_code=403)
        status = _status(request, upload, len(content))
        if status is None:
            return self._store(upload, content)
        return _answer(upload, status)

    def _store(self, upload: _Upload, content: bytes) -> Response:
        received = upload.received + len(content)
        self._world.publications.received(upload.share_id, received, now=self._world.now)
        upload.file.seek(upload.received)
        upload.file.write(content)
        upload.received = received
        if upload.received < upload.source.size:
            return _answer(upload, 206)
        upload.file.seek(0)
        self._on_complete(upload.share_id, upload.file.read())
        upload.file.close()
        return _answer(upload, 201)


def _status(request: Request, upload: _Upload, length: int) -> int | None:
    """Why a chunk is not taken, or None."""
    match = _RANGE.fullmatch(request.headers.get("content-range", ""))
    if match is None or request.headers.get("content-type") not in _TYPES:
        return 400
    first, last, total = (int(group) for group in match.groups())
    if total != upload.source.size or last - first + 1 != length or not length:
        return 400
    if first != upload.received:
        return 416
    return None if length == upload.allowed_length() else 400


def _answer(upload: _Upload, status: int) -> Response:
    total = upload.source.size
    held = f"bytes 0-{upload.received - 1}/{total}" if upload.received else f"bytes */{total}"
    return Response(status_code=status, headers={"content-range": held})
