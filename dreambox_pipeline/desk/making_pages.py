"""The Making page and its JSON: read-only, for who keeps an eye on money, generators and jobs."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.desk.forms import remembered_reviewer
from dreambox_pipeline.desk.making import Making, MakingRules, making
from dreambox_pipeline.desk.media import signed_media_url
from dreambox_pipeline.desk.sections import sections
from dreambox_pipeline.desk.templating import TEMPLATES
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.media_store import MediaStore

_PICTURES = (".jpg", ".webp")


class MakingPages:
    """The handlers, sharing what they read from.

    Args:
        ledger: Where jobs and money are written down.
        media: Where a series' reference picture is.
        keyring: Signs its address.
        clock: The desk's time.
        rules: What the operator set.
    """

    def __init__(
        self,
        ledger: Ledger,
        media: MediaStore,
        keyring: Keyring,
        clock: Clock,
        rules: MakingRules,
    ) -> None:
        self._ledger = ledger
        self._media = media
        self._keyring = keyring
        self._clock = clock
        self._rules = rules

    def page(self, request: Request) -> Response:
        """`GET /making`: how things stand."""
        now = self._clock()
        with self._ledger.read() as connection:
            state = making(connection, self._rules, now)
            parts = sections(connection)
        context = {
            "sections": parts,
            "section": "Making",
            "state": state,
            "rules": self._rules,
            "reference_url": self._reference_url(state),
            "reviewer": remembered_reviewer(request),
            "now": now,
        }
        return TEMPLATES.TemplateResponse(request, "making.html", context)

    def api(self, _request: Request) -> Response:
        """`GET /api/making`: the same as JSON; money in millionths of a US dollar."""
        with self._ledger.read() as connection:
            state = making(connection, self._rules, self._clock())
        body = _as_json(asdict(state)) | {"reference_url": self._reference_url(state)}
        return JSONResponse(body)

    def _reference_url(self, state: Making) -> str | None:
        """Where the running series' picture is shown; None when it has none, or it was erased."""
        digest = state.series.reference_hash if state.series else None
        if digest is None:
            return None
        for suffix in _PICTURES:
            if self._media.path(digest, suffix).is_file():
                name = digest + suffix
                return signed_media_url("/media", name, keyring=self._keyring, now=self._clock())
        return None


def _as_json(value: Any) -> Any:
    """Dates as ISO text; everything else stays."""
    if isinstance(value, dict):
        return {name: _as_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
