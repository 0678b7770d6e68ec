"""The desk as an ASGI application: routes, guards and error pages, put together.

It is handed everything it touches, so tests, the demo and the server run the same one.
"""

from collections.abc import Sequence

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.desk.dream_pages import DreamPages
from dreambox_pipeline.desk.errors import (
    LastResort,
    Refusal,
    on_http_exception,
    on_pipeline_error,
    on_refusal,
)
from dreambox_pipeline.desk.guards import OwnPagesOnly, SecurityHeaders
from dreambox_pipeline.desk.making import OFFLINE, MakingRules
from dreambox_pipeline.desk.making_pages import MakingPages
from dreambox_pipeline.desk.media import MediaFiles
from dreambox_pipeline.desk.pages import Pages, healthz
from dreambox_pipeline.desk.pausing import PATH as POSTING_PATH
from dreambox_pipeline.desk.pausing import PausePages
from dreambox_pipeline.desk.post_rules import PostRules
from dreambox_pipeline.desk.queue_pages import QueuePages
from dreambox_pipeline.desk.templating import STATIC
from dreambox_pipeline.desk.video_webhooks import PATH as VIDEO_WEBHOOK_PATH
from dreambox_pipeline.desk.video_webhooks import VideoWebhookInbox
from dreambox_pipeline.desk.webhooks import PATH, WebhookApp, WebhookInbox
from dreambox_pipeline.errors import DreamBoxError
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.media_store import MediaStore


def create_app(
    *,
    ledger: Ledger,
    media: MediaStore,
    keyring: Keyring,
    clock: Clock,
    webhooks: Sequence[WebhookApp] = (),
    video_webhook_secret: SecretStr | None = None,
    rules: MakingRules = OFFLINE,
    post_rules: PostRules | None = None,
) -> Starlette:
    """The desk.

    Args:
        ledger: Where videos are read and decisions written; its owner closes it.
        media: The files to show.
        keyring: Signs and checks the addresses of media.
        clock: The desk's time; decisions carry it.
        webhooks: The apps whose webhooks are taken.
        video_webhook_secret: What the video provider signs its webhooks with; none are taken without.
        rules: Caps and generators, for the Making page.
        post_rules: Account, route and zone of posts; the defaults without.
    """
    post_rules = post_rules or PostRules()
    pages = Pages(ledger, keyring, clock, post_rules)
    queue_pages = QueuePages(ledger, keyring, clock, post_rules)
    dream_pages = DreamPages(ledger, keyring, clock)
    making_pages = MakingPages(ledger, media, keyring, clock, rules)
    files = MediaFiles(media, keyring, clock)
    post_box = WebhookInbox(webhooks, ledger=ledger, clock=clock)
    video_post_box = VideoWebhookInbox(video_webhook_secret, ledger=ledger, clock=clock)
    pause_pages = PausePages(ledger, clock)
    desk = Starlette(
        routes=[
            Route("/", pages.review_list, name="review_list"),
            Route("/videos/{render_id}", pages.video, name="video"),
            Route("/videos/{render_id}/decisions", pages.decide, methods=["POST"], name="decide"),
            Route(
                "/videos/{render_id}/draft",
                pages.save_draft,
                methods=["POST"],
                name="save_draft",
            ),
            Route("/videos/{render_id}/post", pages.settle, methods=["POST"], name="settle"),
            Route("/dreams", dream_pages.dreams, name="dreams"),
            Route(
                "/dreams/{dream_id}/decisions", dream_pages.judge, methods=["POST"], name="judge"
            ),
            Route("/making", making_pages.page, name="making"),
            Route("/api/making", making_pages.api, name="api_making"),
            Route("/queue", queue_pages.page, name="queue"),
            Route(
                "/queue/{publication_id}/decisions",
                queue_pages.decide,
                methods=["POST"],
                name="change_queue",
            ),
            Route("/api/queue", queue_pages.api, name="api_queue"),
            Route("/accounts", queue_pages.accounts, name="accounts"),
            Route("/tasks", dream_pages.tasks, name="tasks"),
            Route("/tasks/{task_id}/decisions", dream_pages.close, methods=["POST"], name="close"),
            Route(POSTING_PATH, pause_pages.decide, methods=["POST"], name="posting"),
            Route("/reviewer", pages.introduce, methods=["POST"], name="introduce"),
            Route("/api/videos", pages.api_videos, name="api_videos"),
            Route("/media/{name}", files.serve, name="media"),
            Route(PATH, post_box.receive, methods=["POST"], name="webhooks"),
            Route(
                VIDEO_WEBHOOK_PATH,
                video_post_box.receive,
                methods=["POST"],
                name="video_webhooks",
            ),
            Route("/healthz", healthz, name="healthz"),
            Route("/favicon.ico", _favicon),
            Mount("/static", _FreshStatic(directory=STATIC), name="static"),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(LastResort),
            Middleware(OwnPagesOnly),
        ],
        exception_handlers={
            Refusal: on_refusal,
            HTTPException: on_http_exception,
            DreamBoxError: on_pipeline_error,
        },
    )
    # Every page's template asks it, whoever made the page.
    desk.state.posting = pause_pages
    desk.state.connection_warnings = queue_pages.warnings
    return desk


class _FreshStatic(StaticFiles):
    """Static files that are asked about each time, so an update never meets old styles."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type] # passed on as is
        response.headers["Cache-Control"] = "no-cache"
        return response


def _favicon(_request: Request) -> Response:
    return RedirectResponse("/static/moon.svg", status_code=308)
