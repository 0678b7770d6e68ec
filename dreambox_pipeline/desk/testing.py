"""The desk on a free loopback port inside this process, for tests and demonstrations.

It is the real application over real HTTP; only the port and the thread are different.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pydantic import SecretStr

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.desk.app import create_app
from dreambox_pipeline.desk.making import OFFLINE, MakingRules
from dreambox_pipeline.desk.post_rules import PostRules
from dreambox_pipeline.desk.server import HOST, listen, uvicorn_server
from dreambox_pipeline.desk.webhooks import WebhookApp
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.media_store import MediaStore


@contextmanager
def running_desk(
    *,
    ledger: Ledger,
    media: MediaStore,
    keyring: Keyring,
    clock: Clock,
    webhooks: Sequence[WebhookApp] = (),
    video_webhook_secret: SecretStr | None = None,
    rules: MakingRules = OFFLINE,
    post_rules: PostRules | None = None,
    port: int = 0,
) -> Iterator[str]:
    """The address of a running desk, for example `http://127.0.0.1:40123`.

    Args:
        ledger: Shared with the caller, who closes it.
        media: As for `create_app`.
        keyring: As for `create_app`.
        clock: As for `create_app`; called from another thread.
        webhooks: As for `create_app`.
        video_webhook_secret: As for `create_app`.
        rules: As for `create_app`.
        post_rules: As for `create_app`.
        port: 0 takes a free one.

    Raises:
        StopError: The port is in use.
    """
    app = create_app(
        ledger=ledger,
        media=media,
        keyring=keyring,
        clock=clock,
        webhooks=webhooks,
        video_webhook_secret=video_webhook_secret,
        rules=rules,
        post_rules=post_rules,
    )
    with listen(port) as listener:
        server = uvicorn_server(app)
        # The socket listens already, so a request made before the loop runs waits its turn.
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
