"""The review list and a video's page: read the ledger, show it, write what a reviewer decides.

Handlers that touch the ledger run in Starlette's thread pool, so a slow disk delays one
answer and not all of them.
"""

from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.desk.cards import Card, Shelf, cards, shelves
from dreambox_pipeline.desk.connections import handle_of
from dreambox_pipeline.desk.decisions import DecisionForm, Outcome, decide
from dreambox_pipeline.desk.drafts import DraftForm, DraftProblem, save_draft
from dreambox_pipeline.desk.drafts_shown import draft_shown
from dreambox_pipeline.desk.errors import Refusal, wants_page
from dreambox_pipeline.desk.forms import (
    ReviewerForm,
    parse,
    read_body,
    remember_reviewer,
    remembered_reviewer,
)
from dreambox_pipeline.desk.journey import steps
from dreambox_pipeline.desk.post_rules import PostRules
from dreambox_pipeline.desk.sections import sections
from dreambox_pipeline.desk.settling import SettlementForm, settle, ways_on
from dreambox_pipeline.desk.shown_cards import ShownCard, as_json, shown_card
from dreambox_pipeline.desk.templating import TEMPLATES
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.review.model import Decision
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger

PAGE_SIZE = 12
"""Videos on one page: a sitting's worth, and few enough covers to load on a phone."""

DONE = {
    Decision.APPROVE.value: "Approved",
    Decision.REJECT.value: "Rejected",
    Decision.COMMENT.value: "Noted",
    PublicationState.PUBLISHED.value: "Noted: it is posted",
    PublicationState.FAILED.value: "Noted: it is not posted",
    PublicationState.PLANNED.value: "Planned again",
    "saved": "Saved",
}


class Pages:
    """The handlers, sharing what they read from.

    Args:
        ledger: Where videos and decisions are.
        keyring: Signs the addresses of media.
        clock: The desk's time.
        post_rules: By which route and account videos are posted.
    """

    def __init__(
        self, ledger: Ledger, keyring: Keyring, clock: Clock, post_rules: PostRules
    ) -> None:
        self._ledger = ledger
        self._keyring = keyring
        self._clock = clock
        self._post_rules = post_rules

    def review_list(self, request: Request) -> Response:
        """`GET /`: one shelf of videos."""
        shelf, page = _shelf_asked_for(request), _page_asked_for(request)
        now = self._clock()
        shown, counts, last_page = self._read(shelf, page, now)
        with self._ledger.read() as connection:
            parts = sections(connection, open_videos=counts[Shelf.OPEN])
            handle = handle_of(connection, self._post_rules.account)
        context = {
            "sections": parts,
            "section": "Review",
            "shelf": shelf,
            "shown": shown,
            "handle": handle,
            "counts": counts,
            "page": page,
            "last_page": last_page,
            "reviewer": remembered_reviewer(request),
            "now": now,
            "done": _word_for_done(request),
        }
        return TEMPLATES.TemplateResponse(request, "review_list.html", context)

    def video(self, request: Request) -> Response:
        """`GET /videos/{render_id}`: one video and its way from the comment to the post."""
        return self._video(request)

    def _video(
        self,
        request: Request,
        tried: DraftForm | None = None,
        problem: DraftProblem | None = None,
    ) -> Response:
        """The page, with what a person *tried* to save about the post when there was a *problem*."""
        now = self._clock()
        with self._ledger.read() as connection:
            card = _one(cards(connection, [request.path_params["render_id"]]))
            journey = steps(connection, card)
            words = draft_shown(connection, card, self._post_rules, tried=tried, problem=problem)
            item = shown_card(connection, card, self._keyring, now)
            parts = sections(connection)
        context = {
            "sections": parts,
            "section": "Review",
            "shelf": card.shelf,
            "item": item,
            "steps": journey,
            "ways_on": ways_on(card.publication, now),
            "words": words,
            "reviewer": (tried.reviewer if tried else "") or remembered_reviewer(request),
            "now": now,
            "done": _word_for_done(request),
        }
        status = problem.status if problem else 200
        return TEMPLATES.TemplateResponse(request, "video.html", context, status_code=status)

    async def save_draft(self, request: Request) -> Response:
        """`POST /videos/{render_id}/draft`: what is said about the video when it is posted."""
        form = parse(DraftForm, await read_body(request))
        if not form.reviewer:
            form = form.model_copy(update={"reviewer": remembered_reviewer(request)})
        render_id = request.path_params["render_id"]
        saved = await run_in_threadpool(self._save_draft, render_id, form)
        response: Response
        if isinstance(saved, DraftProblem):
            if wants_page(request):
                response = await run_in_threadpool(self._video, request, form, saved)
            else:
                response = JSONResponse(saved.as_json(), status_code=saved.status)
        elif wants_page(request):
            response = RedirectResponse(f"/videos/{render_id}?done=saved#words", status_code=303)
        else:
            response = JSONResponse({"render_id": render_id, "is_new": saved})
        remember_reviewer(response, form.reviewer)
        return response

    def api_videos(self, request: Request) -> Response:
        """`GET /api/videos`: the same list as JSON, `state` and `page` as on the page."""
        shelf, page = _shelf_asked_for(request), _page_asked_for(request)
        shown, counts, last_page = self._read(shelf, page, self._clock())
        return JSONResponse(
            {
                "state": shelf.value,
                "counts": {shelf.value: count for shelf, count in counts.items()},
                "page": page,
                "last_page": last_page,
                "videos": [as_json(item) for item in shown],
            }
        )

    async def decide(self, request: Request) -> Response:
        """`POST /videos/{render_id}/decisions`: approve, reject or comment."""
        fields = await read_body(request)
        form = parse(DecisionForm, fields)
        if not form.reviewer:
            form = form.model_copy(update={"reviewer": remembered_reviewer(request)})
        render_id = request.path_params["render_id"]
        outcome = await run_in_threadpool(self._decide, render_id, form)
        response = _decided(request, render_id, form, outcome, str(fields.get("back", "")))
        remember_reviewer(response, form.reviewer)
        return response

    async def settle(self, request: Request) -> Response:
        """`POST /videos/{render_id}/post`: what a person found out about a post."""
        form = parse(SettlementForm, await read_body(request))
        if not form.reviewer:
            form = form.model_copy(update={"reviewer": remembered_reviewer(request)})
        render_id = request.path_params["render_id"]
        is_new = await run_in_threadpool(self._settle, render_id, form)
        response: Response = JSONResponse(
            {"render_id": render_id, "state": form.to.value, "is_new": is_new}
        )
        if wants_page(request):
            target = f"/videos/{render_id}?done={form.to.value}"
            response = RedirectResponse(target, status_code=303)
        remember_reviewer(response, form.reviewer)
        return response

    async def introduce(self, request: Request) -> Response:
        """`POST /reviewer`: remember who is reviewing in this browser."""
        fields = await read_body(request)
        reviewer = parse(ReviewerForm, fields).reviewer
        response: Response = JSONResponse({"reviewer": reviewer})
        if wants_page(request):
            response = RedirectResponse(_back_to(str(fields.get("back", ""))), status_code=303)
        remember_reviewer(response, reviewer)
        return response

    def _decide(self, render_id: str, form: DecisionForm) -> Outcome:
        now = self._clock()
        with self._ledger.write() as connection:
            return decide(connection, render_id, form, now)

    def _save_draft(self, render_id: str, form: DraftForm) -> bool | DraftProblem:
        now = self._clock()
        with self._ledger.write() as connection:
            return save_draft(connection, render_id, form, now)

    def _settle(self, render_id: str, form: SettlementForm) -> bool:
        now = self._clock()
        with self._ledger.write() as connection:
            return settle(connection, render_id, form, now)

    def _read(
        self, shelf: Shelf, page: int, now: datetime
    ) -> tuple[list[ShownCard], dict[Shelf, int], int]:
        with self._ledger.read() as connection:
            ids = shelves(connection)
            first = (page - 1) * PAGE_SIZE
            found = cards(connection, ids[shelf][first : first + PAGE_SIZE])
            shown = [shown_card(connection, card, self._keyring, now) for card in found]
        counts = {name: len(members) for name, members in ids.items()}
        last_page = max(1, -(-counts[shelf] // PAGE_SIZE))
        return shown, counts, last_page


def healthz(_request: Request) -> Response:
    """`GET /healthz`: the server answers."""
    return JSONResponse({"status": "ok"})


def _shelf_asked_for(request: Request) -> Shelf:
    name = request.query_params.get("state", Shelf.OPEN)
    try:
        return Shelf(name)
    except ValueError as error:
        known = ", ".join(Shelf)
        raise Refusal(404, "There is no such list", f"Known lists are {known}.") from error


def _page_asked_for(request: Request) -> int:
    text = request.query_params.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _word_for_done(request: Request) -> str | None:
    return DONE.get(request.query_params.get("done", ""))


def _one(found: list[Card]) -> Card:
    if not found:
        raise Refusal(
            404,
            "There is no such video",
            "The address may be mistyped, or the video was erased. The review list has the rest.",
        )
    return found[0]


def _decided(
    request: Request, render_id: str, form: DecisionForm, outcome: Outcome, back: str
) -> Response:
    if wants_page(request):
        target = f"/videos/{render_id}" if back == "video" else _back_to(back)
        mark = "&" if "?" in target else "?"
        return RedirectResponse(f"{target}{mark}done={form.decision.value}", status_code=303)
    return JSONResponse(
        {
            "render_id": render_id,
            "decision": form.decision.value,
            "reviewer": form.reviewer,
            "event_id": outcome.event_id,
            "is_new": outcome.is_new,
        }
    )


def _back_to(back: str) -> str:
    # Only names of our own lists are accepted, so no form can send a reviewer elsewhere.
    if back in {"accounts", "dreams", "making", "queue", "tasks"}:
        return f"/{back}"
    return f"/?state={back}" if back in set(Shelf) else "/"
