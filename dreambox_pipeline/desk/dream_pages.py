"""The Dreams and Tasks pages: what is ranked and why, and what only a person can decide.

Every write is a plain form that also works without JavaScript, and answers JSON to a script.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.desk.dreams import Pile, dream_cards, piles
from dreambox_pipeline.desk.errors import Refusal, wants_page
from dreambox_pipeline.desk.forms import (
    parse,
    read_body,
    remember_reviewer,
    remembered_reviewer,
)
from dreambox_pipeline.desk.labelling import DreamForm, Verdict, judge
from dreambox_pipeline.desk.media import signed_media_url
from dreambox_pipeline.desk.sections import sections
from dreambox_pipeline.desk.tasks import TaskForm, close, task_cards
from dreambox_pipeline.desk.templating import TEMPLATES
from dreambox_pipeline.stages.dreams.consent import Reading
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger

PAGE_SIZE = 25
"""Dreams on one page; they are words, not videos."""

MAX_TASKS = 100
"""More open tasks than this are not read on one page; the oldest come first."""

DONE = {
    Verdict.NOT_A_DREAM.value: "Noted: not a dream",
    Verdict.DREAM.value: "Noted: it is a dream",
    Verdict.FINE.value: "Noted: it is fine",
    Verdict.LEAVE_OUT.value: "Left out",
    Reading.GRANTED_BY_HANDLE.value: "Noted: yes, with credit",
    Reading.GRANTED_ANONYMOUSLY.value: "Noted: yes, anonymously",
    Reading.DECLINED.value: "Noted: no",
    Reading.NO_ANSWER.value: "Noted: no answer yet",
    "taken_down": "Noted: taken down",
    "posted": "Noted: it is posted",
    "not_posted": "Noted: it is not posted",
    "plan_again": "It gets another slot at the next run",
    "deleted": "Noted: we deleted it",
    "made_private": "Noted: it was made private",
    "removed_by_tiktok": "Noted: TikTok removed it",
    "unknown": "Noted: nobody knows why",
    "not_needed": "Noted: not needed any more",
    "done": "Done",
}


class DreamPages:
    """The handlers, sharing what they read from.

    Args:
        ledger: Where dreams and tasks are read and decisions written.
        keyring: Signs the addresses of covers.
        clock: The desk's time.
    """

    def __init__(self, ledger: Ledger, keyring: Keyring, clock: Clock) -> None:
        self._ledger = ledger
        self._keyring = keyring
        self._clock = clock

    def dreams(self, request: Request) -> Response:
        """`GET /dreams`: one pile of dreams, `state` and `page` as in the address."""
        pile, page = _pile_asked_for(request), _page_asked_for(request)
        with self._ledger.read() as connection:
            counts = piles(connection)
            shown = dream_cards(connection, pile, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
            parts = sections(connection)
        context = {
            "sections": parts,
            "section": "Dreams",
            "pile": pile,
            "counts": counts,
            "shown": shown,
            "page": page,
            "last_page": max(1, -(-counts[pile] // PAGE_SIZE)),
        }
        return TEMPLATES.TemplateResponse(request, "dreams.html", context | self._common(request))

    def tasks(self, request: Request) -> Response:
        """`GET /tasks`: everything that waits for a person."""
        with self._ledger.read() as connection:
            shown = task_cards(connection, limit=MAX_TASKS)
            look = piles(connection)[Pile.LOOK]
            parts = sections(connection)
        context = {
            "sections": parts,
            "section": "Tasks",
            "shown": shown,
            "look": look,
            "cover": self._cover,
        }
        return TEMPLATES.TemplateResponse(request, "tasks.html", context | self._common(request))

    async def judge(self, request: Request) -> Response:
        """`POST /dreams/{dream_id}/decisions`: a dream or none, fine or left out."""
        fields = await read_body(request)
        form = parse(DreamForm, fields)
        if not form.reviewer:
            form = form.model_copy(update={"reviewer": remembered_reviewer(request)})
        dream_id = request.path_params["dream_id"]
        is_new = await run_in_threadpool(self._judge, dream_id, form)
        body = {"dream_id": dream_id, "decision": form.decision.value, "is_new": is_new}
        back = f"/dreams?state={_pile_named(str(fields.get('back', '')))}"
        return _answered(request, body, f"{back}&done={form.decision.value}", form.reviewer)

    async def close(self, request: Request) -> Response:
        """`POST /tasks/{task_id}/decisions`: what a person found out or did."""
        form = parse(TaskForm, await read_body(request))
        if not form.reviewer:
            form = form.model_copy(update={"reviewer": remembered_reviewer(request)})
        task_id = request.path_params["task_id"]
        is_new = await run_in_threadpool(self._close, task_id, form)
        body = {"task_id": task_id, "outcome": form.outcome, "is_new": is_new}
        return _answered(request, body, f"/tasks?done={form.outcome}", form.reviewer)

    def _judge(self, dream_id: str, form: DreamForm) -> bool:
        now = self._clock()
        with self._ledger.write() as connection:
            return judge(connection, dream_id, form, now)

    def _close(self, task_id: str, form: TaskForm) -> bool:
        now = self._clock()
        with self._ledger.write() as connection:
            return close(connection, task_id, form, now)

    def _cover(self, digest: str) -> str:
        return signed_media_url("/media", f"{digest}.jpg", keyring=self._keyring, now=self._clock())

    def _common(self, request: Request) -> dict[str, object]:
        return {
            "reviewer": remembered_reviewer(request),
            "now": self._clock(),
            "done": DONE.get(request.query_params.get("done", "")),
        }


def _answered(request: Request, body: dict[str, object], target: str, reviewer: str) -> Response:
    response: Response = JSONResponse(body)
    if wants_page(request):
        response = RedirectResponse(target, status_code=303)
    remember_reviewer(response, reviewer)
    return response


def _pile_asked_for(request: Request) -> Pile:
    try:
        return Pile(request.query_params.get("state", Pile.RANKED))
    except ValueError as error:
        known = ", ".join(Pile)
        raise Refusal(404, "There is no such list", f"Known lists are {known}.") from error


def _pile_named(name: str) -> Pile:
    # Only names of our own lists are accepted, so no form can send a reviewer elsewhere.
    return Pile(name) if name in set(Pile) else Pile.RANKED


def _page_asked_for(request: Request) -> int:
    text = request.query_params.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
