"""Where a campaign takes place: the sandbox, the desk, a ledger full of approved videos, an account.

Sandbox and desk are processes of their own, forked off the campaign's, which has no threads.
"""

import json
import os
import signal
import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from socket import socket
from typing import Any

import httpx
from pydantic import SecretStr

from bench.chaos_harness import door, rows
from bench.chaos_harness.crew import Crew
from bench.chaos_harness.fates import Fate, Plan
from bench.chaos_harness.shared_clock import SharedClock
from dreambox_pipeline.defs import resources
from dreambox_pipeline.desk.app import create_app
from dreambox_pipeline.desk.server import listen, uvicorn_server
from dreambox_pipeline.desk.webhooks import WebhookApp
from dreambox_pipeline.sandbox.server import HOST
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import accounts
from dreambox_pipeline.storage.ledger.accounts import Connected, Host


class Site:
    """Everything that lives and people work with, in *folder*.

    Args:
        plan: Says how much of it.
        fates: By publication number.
        folder: For the ledger, the files and the kits.
        pipe: Where lives tell what they meet.
    """

    def __init__(self, plan: Plan, fates: Mapping[int, Fate], *, folder: Path, pipe: int) -> None:
        self._fates = fates
        self._children: list[int] = []
        self._http = httpx.Client(timeout=120.0, trust_env=False)
        self.clock = SharedClock()
        clip = rows.make_clip(folder / "clip.mp4").read_bytes()
        opened = self._open_sandbox({len(rows.video_of(clip, number)): number for number in fates})
        self.info = opened["info"]
        self.base = self.info["control_url"].removesuffix("/__sandbox__")
        listener = listen(0)
        self.desk = f"http://{HOST}:{listener.getsockname()[1]}"
        self.settings = self._settings(plan, folder)
        # Whoever asks for the time gets it without a request.
        resources.clock_for = lambda _: self.clock  # type: ignore[assignment] # in this process
        by_id = {f"pub_{number:016x}": fate for number, fate in fates.items()}
        self.crew = Crew(self.settings, by_id, pipe)
        self.parts, self.ledger = self.crew.parts, self.crew.ledger
        self.seeded = rows.seed(
            self.ledger,
            self.parts["media"],
            clip,
            [rows.Told(*each) for each in opened["told"]],
            routes=[fate.route for fate in fates.values()],
            now=self.clock(),
            folder=folder,
        )
        self.connect()
        self.crew.warm_up()
        self._open_desk(listener)
        self._register_webhooks()

    def close(self) -> None:
        """End what was opened."""
        for child in self._children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        self._http.close()

    def _settings(self, plan: Plan, folder: Path) -> Settings:
        settings = Settings(
            _env_file=None,
            var_dir=folder / "var",
            database_url=SecretStr(plan.database_url),
            tiktok_base_url=self.info["tiktok_base_url"],
            tiktok_developer_base_url=f"{self.info['tiktok_developer_base_url']}/v2",
            clock_url=self.info["clock_url"],
            media_base_url=f"{self.desk}/media",
            missed_slot_hours=24 * 1000,
            post_stand_ins=True,
        )
        settings.var_dir.mkdir(parents=True)
        return settings

    # Processes

    def _open_sandbox(self, sizes: dict[int, int]) -> dict[str, Any]:
        listener = listen(0)
        reading, writing = os.pipe()

        def serve() -> None:
            def announce(opened: dict[str, Any]) -> None:
                with os.fdopen(writing, "wb") as pipe:
                    pipe.write(json.dumps(opened).encode())

            door.run(
                listener,
                seed=7,
                fates=self._fates,
                sizes=sizes,
                clock=self.clock,
                announce=announce,
            )

        self._fork(serve)
        listener.close()
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            found: dict[str, Any] = json.loads(pipe.read())
            return found

    def _open_desk(self, listener: socket) -> None:
        of_app = self.settings.tiktok_app_id, self.settings.tiktok_app_secret

        def serve() -> None:
            desk = create_app(
                ledger=self.ledger,
                media=self.parts["media"],
                keyring=self.parts["keyring"],
                clock=self.clock,
                webhooks=[WebhookApp(*of_app), WebhookApp(*of_app, Host.DEVELOPER)],
            )
            uvicorn_server(desk).run(sockets=[listener])

        self._fork(serve)
        listener.close()

    def _fork(self, work: Callable[[], None]) -> None:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            try:
                work()
            except BaseException:  # noqa: BLE001 - said, and the process ends
                traceback.print_exc()
            os._exit(1)
        self._children.append(child)

    # The account

    def connect(self) -> None:
        """A person logs in at both hosts."""
        for host in Host:
            pair = self.ask("GET", f"{door.CHAOS}/tokens")
            now = self.clock()
            connected = Connected(
                account_id="main",
                open_id=pair["open_id"],
                access_token=pair["access"],
                refresh_token=pair["refresh"],
                access_expires_at=now + timedelta(seconds=pair["seconds"]),
                refresh_expires_at=now + timedelta(seconds=pair["refresh_seconds"]),
                scopes=tuple(pair["scope"].split(",")),
                host=host,
                username="dreambox.tales",
            )
            with self.ledger.write() as connection:
                accounts.store(connection, connected, self.parts["keyring"], now=now)

    def _register_webhooks(self) -> None:
        callback = {"callback_url": f"{self.desk}/webhooks/tiktok"}
        body = {"app_id": self.info["app_id"], "secret": self.info["app_secret"]}
        body |= {"event_type": "VIDEO"} | callback
        self.ask("POST", "/open_api/v1.3/business/webhook/update/", json=body)
        self.ask("POST", "/__sandbox__/developer_webhook", json=callback)

    # Asking the sandbox

    def ask(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        """What the sandbox answers."""
        answer = self._http.request(method, self.base + path, **parts).raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def wish(self, what: str, **details: object) -> dict[str, Any]:
        """Ask the door for what belongs to no platform."""
        return self.ask("POST", f"{door.CHAOS}/{what}", json=details)

    def advance(self, seconds: float) -> None:
        """Let time pass in the world."""
        self.wish("advance", seconds=seconds)

    def truth(self) -> dict[str, Any]:
        """All that the sandbox knows."""
        return self.ask("GET", door.CHAOS)
