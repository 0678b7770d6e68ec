"""The whole sandbox as one ASGI application over one world.

Every API has its own folder and its own style; this only puts them on one port, with the
faults around them and the background work (the clock's heartbeat, webhook deliveries,
unfinished downloads) started and stopped with the server.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from sqlite3 import OperationalError
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import Scope

from dreambox_pipeline.sandbox.account_control import AccountControl
from dreambox_pipeline.sandbox.accounts.deliveries import Deliveries
from dreambox_pipeline.sandbox.accounts.routes import PREFIX, AccountsApi
from dreambox_pipeline.sandbox.accounts.tokens import TokenStore
from dreambox_pipeline.sandbox.control import Control
from dreambox_pipeline.sandbox.developer_host import DeveloperHost
from dreambox_pipeline.sandbox.faults import (
    CONTROL_PREFIX,
    Fault,
    FaultMiddleware,
    RequestCounts,
)
from dreambox_pipeline.sandbox.models_api.routes import ModelsApi
from dreambox_pipeline.sandbox.world.world import World

APP_ID = "sandbox_app"
APP_SECRET = "sandbox_secret"  # noqa: S105 - opens this double only
API_KEY = "sandbox-key"
_HEARTBEAT_S = 1.0


def _keep_open(scope: Scope) -> None:
    """Hanging up needs the server's connection; under another server the client waits instead."""
    del scope


class Sandbox:
    """One world behind all its APIs.

    Args:
        world: The world to serve.
        base_url: Address of the server, without a slash at the end.
        limits_enabled: Whether rate limits and the daily post limit count.
        hang_up: Closes the connection of a scope; the server knows how.
    """

    def __init__(
        self,
        world: World,
        *,
        base_url: str,
        limits_enabled: bool = True,
        hang_up: Callable[[Scope], None] = _keep_open,
    ) -> None:
        self.world = world
        self.base_url = base_url
        self.tokens = TokenStore(world, app_id=APP_ID, app_secret=APP_SECRET)
        self.accounts = AccountsApi(world, self.tokens, limits_enabled=limits_enabled)
        self.developer = DeveloperHost(
            world,
            self.tokens,
            publishing=self.accounts.publishing,
            base_url=base_url,
            limits_enabled=limits_enabled,
        )
        self.models = ModelsApi(world, api_key=API_KEY)
        self.deliveries = Deliveries(world, self.tokens)
        self.counts = RequestCounts(world.clock)
        self._hang_up = hang_up
        self._auth_code = ""
        self.app = self._build()

    def info(self) -> dict[str, Any]:
        """Everything a client needs to connect; its auth code is always one that still works."""
        if not self.tokens.is_live(self._auth_code):
            self._auth_code = self.tokens.new_code()
        return {
            "tiktok_base_url": self.base_url + PREFIX,
            "tiktok_developer_base_url": self.base_url,
            "openai_base_url": f"{self.base_url}/v1",
            "gemini_base_url": self.base_url,
            "app_id": APP_ID,
            "app_secret": APP_SECRET,
            "auth_code": self._auth_code,
            "business_id": self.world.business_id,
            "api_key": API_KEY,
            "control_url": self.base_url + CONTROL_PREFIX,
            "clock_url": f"{self.base_url}{CONTROL_PREFIX}/clock",
            "seed": self.world.seed,
            "clock": self.world.clock.reading().as_json(),
        }

    def _build(self) -> Starlette:
        armed: list[Fault] = []
        control = Control(
            self.world,
            self.tokens,
            counts=self.counts,
            faults=armed,
            info=self.info,
            switch=self.set_switch,
        )
        accounts = AccountControl(self.world, self.tokens)
        routes = [
            *control.routes(),
            *accounts.routes(),
            *self.accounts.routes(),
            *self.developer.routes(),
            *self.models.routes(),
        ]
        around = Middleware(
            FaultMiddleware, counts=self.counts, faults=armed, hang_up=self._hang_up
        )
        return Starlette(routes=routes, middleware=[around], lifespan=self._lifespan)

    def set_switch(self, name: str, value: Any) -> None:
        """Sets one behaviour while running.

        Raises:
            ValueError: The name or the value is unknown.
        """
        if name == "reply_max_chars" and isinstance(value, int) and value > 0:
            self.accounts.comments.reply_max_chars = value
        elif name == "rate_limits" and isinstance(value, bool):
            self.accounts.limits.enabled = value
            self.accounts.publishing.limits_enabled = value
            self.developer.limits.enabled = value
            self.developer.posting.limits_enabled = value
        elif name == "developer_secret" and isinstance(value, str) and value:
            self.tokens.developer_secret = value
        elif self.developer.posting.set_switch(name, value) or self.deliveries.set_switch(
            name, value
        ):
            return
        elif name == "video_flavour":
            self.models.set_flavour(str(value))
        elif name == "fail_next_videos" and isinstance(value, int) and value >= 0:
            self.models.videos.failing = value
        elif not self.models.set_switch(name, value):
            raise ValueError(
                f"The switch {name}={value!r} is unknown. There are reply_max_chars (a number), "
                "rate_limits (true or false), fail_next_videos (a number), video_flavour "
                "(openai, sglang, vllm_omni or json_only), video_content, video_refusal, video_status, video_cost_usd, "
                "interaction_refusal, interaction_delivery, interaction_rate_limited, "
                "response_mode, batch_mode, response_delay_s, posting_refusal, posting_fail_reason, "
                "posting_moderation_s, posting_max_duration_s, app_audited, account_private, "
                "comments_disabled, developer_secret, webhook_doubled, webhook_reversed, "
                "webhook_delay_s, webhook_losses, webhook_spelling; "
                "docs/sandbox.md lists their values."
            )

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        del app
        self.accounts.publishing.resume()
        self.developer.posting.resume()
        background = [
            asyncio.create_task(self._heartbeat()),
            asyncio.create_task(self.deliveries.run()),
        ]
        try:
            yield
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            await self.accounts.publishing.stop()
            await self.developer.posting.stop()

    async def _heartbeat(self) -> None:
        """Writes the time down a little ahead, so a killed process never goes back in time."""
        while True:
            # A full disk answers clients with an error; the next beat may find room again.
            with suppress(OperationalError):
                self.world.save_clock(ahead_s=3 * _HEARTBEAT_S)
            await asyncio.sleep(_HEARTBEAT_S)
