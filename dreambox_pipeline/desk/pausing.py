"""The kill switch at the desk: on every page a way to stop all posting, and a banner while it is stopped.

A claim and a pause wait for each other in the ledger (see `storage.ledger.switches`), so what this
page says holds the moment it says it. Pausing twice changes nothing, nor does resuming twice.
"""

import re
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.desk.decisions import Reason, ReviewerName
from dreambox_pipeline.desk.errors import Refusal, wants_page
from dreambox_pipeline.desk.forms import (
    parse,
    read_body,
    remember_reviewer,
    remembered_reviewer,
)
from dreambox_pipeline.storage.ledger import Ledger, publications
from dreambox_pipeline.storage.ledger.switches import (
    Pause,
    pause_of_posting,
    pause_posting,
    resume_posting,
)

PATH = "/posting"

_OWN_PAGE = re.compile(r"/(?:accounts|dreams|making|queue|tasks|videos/\w+)?")
"""Where a form may lead back to, so none can send a person elsewhere."""


class PauseForm(BaseModel):
    """What the form or the JSON body says; `reviewer` is empty when the cookie knows."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    decision: Literal["pause", "resume"]
    reason: Reason = ""
    reviewer: ReviewerName = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows.

    Attributes:
        pause: The one in force, or None.
        on_the_way: How many posts were sent and are not settled; a pause does not call them back.
        who: Who paused, for people.
        reviewer: The name in the cookie; asked for when empty.
        back: The page's own path.
    """

    pause: Pause | None
    on_the_way: int
    who: str
    reviewer: str
    back: str


class PausePages:
    """The handler, and what every page asks it.

    Args:
        ledger: Where the switch is.
        clock: The desk's time.
    """

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def shown(self, request: Request) -> Shown:
        """For the template of every page: the pause in force, read now."""
        with self._ledger.read() as connection:
            pause = pause_of_posting(connection)
            on_the_way = len(publications.in_flight(connection)) if pause else 0
        who = pause.set_by.partition(":")[2] or pause.set_by if pause else ""
        return Shown(pause, on_the_way, who, remembered_reviewer(request), request.url.path)

    async def decide(self, request: Request) -> Response:
        """`POST /posting`: pause, with a reason, or resume."""
        fields = await read_body(request)
        form = parse(PauseForm, fields)
        if not form.reviewer:
            form = form.model_copy(update={"reviewer": remembered_reviewer(request)})
        if not form.reviewer:
            raise Refusal(
                422,
                "Who is deciding?",
                "This carries a name. Write yours beside the reason, then send it again.",
            )
        is_new = await run_in_threadpool(self._decide, form)
        response: Response = JSONResponse({"decision": form.decision, "is_new": is_new})
        if wants_page(request):
            back = str(fields.get("back", ""))
            target = back if _OWN_PAGE.fullmatch(back) else "/"
            response = RedirectResponse(target, status_code=303)
        remember_reviewer(response, form.reviewer)
        return response

    def _decide(self, form: PauseForm) -> bool:
        now, by = self._clock(), f"reviewer:{form.reviewer}"
        with self._ledger.write() as connection:
            if form.decision == "pause":
                return pause_posting(connection, reason=form.reason, by=by, now=now)
            return resume_posting(connection, by=by, now=now)
