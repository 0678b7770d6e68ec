"""`/v1/files`: uploads for batches, and the files batches leave behind."""

from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dreambox_pipeline.sandbox.models_api.errors import ModelApiError, invalid, missing
from dreambox_pipeline.sandbox.world.seeds import digest
from dreambox_pipeline.sandbox.world.world import World

_KIND = "model_file"
_PURPOSES = ("batch", "user_data")
_LARGEST_BYTES = 200_000_000
# How long a file may be kept when its sender says so, in seconds.
_KEPT_S = (3_600, 2_592_000)
_USUALLY_KEPT_S = 2_592_000


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to keep; *kept_s* in simulated seconds, None without end."""

    filename: str
    purpose: str
    content: str
    kept_s: int | None = None


class FilesApi:
    """The file endpoints over the state file."""

    def __init__(self, world: World) -> None:
        self._world = world

    def put(self, file: NewFile) -> str:
        """Keeps a file and returns its id."""
        number = len(self._world.state.all(_KIND))
        file_id = f"file-{digest(self._world.seed, 'file', number):016x}{number:06x}"
        now = self._world.now
        self._world.state.put(
            _KIND,
            file_id,
            {
                "filename": file.filename,
                "purpose": file.purpose,
                "content": file.content,
                "created_at": now,
                "expires_at": now + file.kept_s if file.kept_s else None,
            },
        )
        return file_id

    def read(self, file_id: str) -> dict[str, Any]:
        """One file.

        Raises:
            ModelApiError: It never was, was deleted or has expired.
        """
        file = self._world.state.get(_KIND, file_id)
        has_expired = bool(file and file["expires_at"] and file["expires_at"] <= self._world.now)
        if file is None or file.get("deleted") or has_expired:
            raise ModelApiError(404, f"No such File object: {file_id}", param="id")
        return file

    def content_of(self, file_id: str) -> str:
        """The text of a file that a batch has taken, even when it has expired since."""
        file = self._world.state.get(_KIND, file_id)
        return file["content"] if file else ""

    async def create(self, request: Request) -> Response:
        """`POST /v1/files`, multipart."""
        form = await request.form()
        upload, purpose = form.get("file"), form.get("purpose")
        if not isinstance(upload, UploadFile):
            raise missing("file")
        if purpose not in _PURPOSES:
            raise invalid("purpose", f"'{purpose}' is not one of {list(_PURPOSES)} - 'purpose'")
        content = await upload.read()
        if len(content) > _LARGEST_BYTES:
            raise ModelApiError(413, "The file is larger than 200 MB.", param="file")
        anchor, seconds = form.get("expires_after[anchor]"), form.get("expires_after[seconds]")
        kept_s = kept_for(anchor, seconds, "expires_after")
        if kept_s is None and purpose == "batch":
            kept_s = _USUALLY_KEPT_S
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise invalid("file", "The file is not valid UTF-8.") from error
        new = NewFile(upload.filename or "upload", str(purpose), text, kept_s)
        file_id = self.put(new)
        return JSONResponse(self._wire(file_id))

    async def retrieve(self, request: Request) -> Response:
        """`GET /v1/files/{file_id}`."""
        return JSONResponse(self._wire(request.path_params["file_id"]))

    async def content(self, request: Request) -> Response:
        """`GET /v1/files/{file_id}/content`."""
        file = self.read(request.path_params["file_id"])
        return Response(file["content"], media_type="application/octet-stream")

    async def delete(self, request: Request) -> Response:
        """`DELETE /v1/files/{file_id}`."""
        file_id = request.path_params["file_id"]
        file = self.read(file_id)
        self._world.state.put(_KIND, file_id, {**file, "content": "", "deleted": True})
        return JSONResponse({"id": file_id, "object": "file", "deleted": True})

    def _wire(self, file_id: str) -> dict[str, Any]:
        file = self.read(file_id)
        return {
            "id": file_id,
            "object": "file",
            "bytes": len(file["content"].encode()),
            "created_at": file["created_at"],
            "expires_at": file["expires_at"],
            "filename": file["filename"],
            "purpose": file["purpose"],
            "status": "processed",
            "status_details": None,
        }


def kept_for(anchor: object, seconds: object, param: str) -> int | None:
    """Seconds a file is kept, None when nothing was said.

    Raises:
        ModelApiError: Another anchor than `created_at`, or a time out of bounds.
    """
    if anchor is None and seconds is None:
        return None
    if anchor != "created_at":
        raise invalid(f"{param}.anchor", f"'{anchor}' is not one of ['created_at'].")
    try:
        kept_s = int(str(seconds))
    except ValueError as error:
        raise invalid(f"{param}.seconds", f"'{seconds}' is not a number.") from error
    if not _KEPT_S[0] <= kept_s <= _KEPT_S[1]:
        raise invalid(f"{param}.seconds", f"{kept_s} is not from {_KEPT_S[0]} to {_KEPT_S[1]}.")
    return kept_s
