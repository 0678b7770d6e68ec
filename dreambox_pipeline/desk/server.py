"""Running the desk: a loopback port, quiet logs, a clean end on Ctrl-C or SIGTERM."""

import errno
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
import uvicorn
from starlette.applications import Starlette

from dreambox_pipeline.clock import clock_for, time_zone
from dreambox_pipeline.desk.app import create_app
from dreambox_pipeline.desk.making import MakingRules
from dreambox_pipeline.desk.post_rules import PostRules
from dreambox_pipeline.desk.webhooks import WebhookApp
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import Route
from dreambox_pipeline.stages.videos.budget import Caps
from dreambox_pipeline.storage.keys import load_keyring
from dreambox_pipeline.storage.lake import Lake
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.ledger.accounts import Host
from dreambox_pipeline.storage.media_store import MediaStore

HOST = "127.0.0.1"

GRACE_S = 3
"""A paused video keeps its connection open; nobody should wait for it at Ctrl-C."""

_log = structlog.get_logger(__name__)


def serve(settings: Settings) -> None:
    """Serve the desk until SIGINT or SIGTERM, then return.

    Raises:
        StopError: The port is in use, the ledger cannot be opened, or the key cannot be read.
    """
    with listen(settings.desk_port) as listener:
        ledger = Ledger(settings.ledger_url)
        try:
            ledger.migrate()
            app = create_app(
                ledger=ledger,
                media=MediaStore(settings.media_dir),
                keyring=load_keyring(
                    settings.secret_key.get_secret_value(), settings.var_dir / "keys" / "secret.key"
                ),
                clock=clock_for(settings.clock_url),
                webhooks=_webhook_apps(settings),
                video_webhook_secret=settings.video_webhook_secret,
                rules=_making_rules(settings),
                post_rules=_post_rules(settings),
            )
            _log.info("desk_open", address=f"http://{HOST}:{settings.desk_port}")
            with _ending_is_normal():
                uvicorn_server(app).run(sockets=[listener])
        finally:
            ledger.close()


def _webhook_apps(settings: Settings) -> list[WebhookApp]:
    """Ours on both of TikTok's hosts."""
    return [
        WebhookApp(settings.tiktok_app_id, settings.tiktok_app_secret),
        WebhookApp(
            settings.tiktok_developer_client_key,
            settings.tiktok_developer_client_secret,
            Host.DEVELOPER,
        ),
    ]


def _making_rules(settings: Settings) -> MakingRules:
    caps = Caps(settings.budget_per_video_microusd, settings.budget_per_day_microusd)
    return MakingRules(settings.generator_names, caps, settings.time_zone)


def _post_rules(settings: Settings) -> PostRules:
    return PostRules(
        account=settings.account,
        route=Route(settings.posting_route),
        zone=time_zone(settings.time_zone),
        privacy=settings.post_privacy,
        missed_after=timedelta(hours=settings.missed_slot_hours),
        lake=Lake(settings.lake_dir),
    )


def listen(port: int) -> socket.socket:
    """A listening socket on loopback; port 0 takes a free one.

    Raises:
        StopError: The port is in use or not allowed.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        what = "is in use" if error.errno == errno.EADDRINUSE else f"gave {error.strerror}"
        raise StopError(
            f"Tried to open the desk at http://{HOST}:{port}, but the port {what}. Stop what "
            "uses it (another `dreambox up`?), or set DREAMBOX_DESK_PORT to a free port and "
            "DREAMBOX_MEDIA_BASE_URL to the same one."
        ) from error
    return listener


def uvicorn_server(app: Starlette) -> uvicorn.Server:
    """A server that only speaks up when something is wrong."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_S,
    )
    return uvicorn.Server(config)


@contextmanager
def _ending_is_normal() -> Iterator[None]:
    """Make SIGTERM and SIGINT end the server and nothing more.

    Uvicorn shuts down gracefully and then raises the signal again for whoever handled it
    before; by default that kills the process, which a supervisor would read as a crash.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ends = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: None) for number in ends}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
