"""The Queue and Accounts pages, their JSON, and the forms by which a person changes the queue."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.desk.connections import shown_accounts, warnings
from dreambox_pipeline.desk.errors import wants_page
from dreambox_pipeline.desk.forms import (
    parse,
    read_body,
    remember_reviewer,
    remembered_reviewer,
)
from dreambox_pipeline.desk.media import signed_media_url
from dreambox_pipeline.desk.moving import Foreseen, QueueForm, change
from dreambox_pipeline.desk.post_queue import queue
from dreambox_pipeline.desk.post_rules import PostRules
from dreambox_pipeline.desk.sections import sections
from dreambox_pipeline.desk.templating import TEMPLATES
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger, publications, videos

DONE = {
    "move": "Moved",
    "unpin": "Plans may move it again",
    "take_out": "Taken out of the queue",
}


class QueuePages:
    """The handlers, sharing what they read from.

    Args:
        ledger: Where the queue is.
        keyring: Signs the covers' addresses.
        clock: The desk's time.
        rules: What the operator set.
    """

    def __init__(self, ledger: Ledger, keyring: Keyring, clock: Clock, rules: PostRules) -> None:
        self._ledger = ledger
        self._keyring = keyring
        self._clock = clock
        self._rules = rules

    def page(self, request: Request) -> Response:
        """`GET /queue`: the coming two weeks."""
        now = self._clock()
        with self._ledger.read() as connection:
            state = queue(connection, self._rules, now)
            parts = sections(connection)
        context = {
            "sections": parts,
            "section": "Queue",
            "state": state,
            "cover": self._cover,
            "done": DONE.get(request.query_params.get("done", "")),
        }
        return TEMPLATES.TemplateResponse(request, "queue.html", context | self._common(request))

    def api(self, _request: Request) -> Response:
        """`GET /api/queue`: the same as JSON; times in UTC, `local` in the account's zone."""
        with self._ledger.read() as connection:
            state = queue(connection, self._rules, self._clock())
        return JSONResponse(_as_json(asdict(state)) | {"planned": state.planned})

    def accounts(self, request: Request) -> Response:
        """`GET /accounts`: who DreamBox may act for, and until when."""
        with self._ledger.read() as connection:
            shown = shown_accounts(connection, self._clock())
            parts = sections(connection)
        context = {"sections": parts, "section": "", "shown": shown, "rules": self._rules}
        return TEMPLATES.TemplateResponse(request, "accounts.html", context | self._common(request))

    def warnings(self) -> list[str]:
        """For the template of every page: which connections a person should look after."""
        with self._ledger.read() as connection:
            return warnings(connection, self._clock())

    async def decide(self, request: Request) -> Response:
        """`POST /queue/{publication_id}/decisions`: move, unpin, take out."""
        form = parse(QueueForm, await read_body(request))
        if not form.reviewer:
            form = form.model_copy(update={"reviewer": remembered_reviewer(request)})
        publication_id = request.path_params["publication_id"]
        done = await run_in_threadpool(self._decide, publication_id, form)
        if isinstance(done, Foreseen):
            response = await run_in_threadpool(self._ask, request, form, done)
        elif wants_page(request):
            target = f"/queue?done={form.decision}#{quote(publication_id)}"
            response = RedirectResponse(target, status_code=303)
        else:
            response = JSONResponse(
                {"publication_id": publication_id, "decision": form.decision, "is_new": done}
            )
        remember_reviewer(response, form.reviewer)
        return response

    def _decide(self, publication_id: str, form: QueueForm) -> bool | Foreseen:
        now = self._clock()
        with self._ledger.write() as connection:
            return change(connection, publication_id, form, self._rules, now)

    def _ask(self, request: Request, form: QueueForm, foreseen: Foreseen) -> Response:
        """Say what the move would change; nothing has been changed yet."""
        moved = foreseen.moved
        if not wants_page(request):
            return JSONResponse(_foreseen_as_json(foreseen), status_code=409)
        ids = [moved.before.render_id, *(row.render_id for row, _ in moved.displaced)]
        with self._ledger.read() as connection:
            parts = sections(connection)
            shown = {render_id: videos.get(connection, render_id) for render_id in ids}
            warned = [_with_titles(connection, words) for words in moved.warnings]
        context = {
            "sections": parts,
            "section": "Queue",
            "form": form,
            "moved": moved,
            "warnings": warned,
            "accepted": foreseen.accepted,
            "titles": {render_id: row.title if row else "" for render_id, row in shown.items()},
        }
        return TEMPLATES.TemplateResponse(request, "move.html", context | self._common(request))

    def _common(self, request: Request) -> dict[str, object]:
        return {
            "reviewer": remembered_reviewer(request),
            "now": self._clock(),
            "zone": self._rules.zone.key,
        }

    def _cover(self, digest: str) -> str:
        return signed_media_url("/media", f"{digest}.jpg", keyring=self._keyring, now=self._clock())


def _with_titles(connection: Connection, words: str) -> str:
    """A sentence that names publications by their ids, naming their videos instead."""
    for row in publications.everything(connection):
        video = videos.get(connection, row.render_id) if row.publication_id in words else None
        if video is not None and video.title:
            words = words.replace(row.publication_id, f"“{video.title}”")
    return words


def _foreseen_as_json(foreseen: Foreseen) -> dict[str, Any]:
    moved = foreseen.moved
    return {
        "error": "This changes more than its own slot",
        "detail": "Nothing was changed. Send `accepted` back as it is here to do exactly this.",
        "accepted": foreseen.accepted,
        "slot": {"at": moved.slot.at.isoformat(), "local": moved.slot.local},
        "warnings": list(moved.warnings),
        "displaced": [
            {
                "publication_id": row.publication_id,
                "render_id": row.render_id,
                "from": row.slot_local,
                "to": slot.local,
            }
            for row, slot in moved.displaced
        ],
    }


def _as_json(value: Any) -> Any:
    """Dates as ISO text; everything else stays."""
    if isinstance(value, dict):
        return {name: _as_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(each) for each in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
