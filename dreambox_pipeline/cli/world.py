"""The sandbox as a child process: started, connected to, and its clock moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from dreambox_pipeline.cli.children import (
    Children,
    answers,
    children,
    first_json_line,
    wait_until,
)
from dreambox_pipeline.cli.ports import require_free
from dreambox_pipeline.cli.project import project_root
from dreambox_pipeline.clock import clock_for
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings

TOLERANCE = timedelta(seconds=5)
"""The clock walks on between the questions where it is."""


class WorldCaughtUpError(StopError):
    """No more simulated days are left before the real present."""


@dataclass(frozen=True, slots=True)
class World:
    """A running sandbox.

    Attributes:
        info: Its first line: addresses, app, a fresh auth code, business id, API key.
        settings: Ours, pointed at it.
    """

    info: dict[str, Any]
    settings: Settings

    def advance(self, by: timedelta) -> datetime:
        """Move the simulated clock forward and return where it is.

        Raises:
            WorldCaughtUpError: It reached the real present and stands there; it moved by less than *by*.
            StopError: The sandbox did not move its clock.
        """
        before = clock_for(self.settings.clock_url)()
        after = self._moved(by)
        if after - before < by - TOLERANCE:
            raise WorldCaughtUpError(
                f"Asked the sandbox to move its clock by {by}, and it stopped at {after:%Y-%m-%d %H:%M} UTC: its "
                "world has caught up with the real present, from where it runs no faster than real time. Set "
                "DREAMBOX_VAR_DIR to a new folder for a new world, which begins some months ago."
            )
        return after

    def _moved(self, by: timedelta) -> datetime:
        url = self.settings.clock_url
        try:
            answer = httpx.post(
                url, json={"advance_s": by.total_seconds()}, timeout=60, trust_env=False
            ).raise_for_status()
            return datetime.fromisoformat(answer.json()["now"])
        except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            raise StopError(
                f"Asked the sandbox at {url} to move its clock by {by} and got {error!r}. Start again; what was "
                "done is kept."
            ) from error


def require_loopback(settings: Settings) -> None:
    """Refuse to play against anything but this machine.

    Raises:
        StopError: The settings name another TikTok.
    """
    host = urlsplit(settings.tiktok_base_url).hostname
    if host not in {"127.0.0.1", "localhost", "::1"}:
        raise StopError(
            f"DREAMBOX_TIKTOK_BASE_URL points at {host}. The demo and `dreambox up` simulate days and approve "
            "by themselves, so they only run against the sandbox. Unset it for them; for the live account run "
            "`dagster dev` and `dreambox desk`."
        )


@contextmanager
def world_with_desk(settings: Settings) -> Iterator[tuple[World, Children]]:
    """Start the sandbox and the desk; both end with the block."""
    require_loopback(settings)
    require_free(settings.sandbox_port, what="the sandbox", setting="DREAMBOX_SANDBOX_PORT")
    require_free(settings.desk_port, what="the desk", setting="DREAMBOX_DESK_PORT")
    log_dir = settings.var_dir / "logs"
    with children(log_dir, {"DAGSTER_HOME": str(project_root().absolute())}) as started:
        state = settings.var_dir / "sandbox" / f"world-{settings.sandbox_seed}.sqlite"
        child = started.start_dreambox(
            "sandbox",
            "sandbox",
            f"--port={settings.sandbox_port}",
            f"--seed={settings.sandbox_seed}",
            f"--speed={settings.sandbox_speed}",
            f"--state={state}",
        )
        info = first_json_line(child)
        world = World(info, _pointed_at(info, settings))
        started.set(**_environment(world.settings))
        desk = started.start_dreambox("desk", "desk")
        health = f"http://127.0.0.1:{settings.desk_port}/healthz"
        wait_until(desk, lambda: answers(health), timeout_s=60, what="answer")
        yield world, started


def _pointed_at(info: dict[str, Any], settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "tiktok_base_url": info["tiktok_base_url"],
            "clock_url": info["clock_url"],
            "media_base_url": f"http://127.0.0.1:{settings.desk_port}/media",
            # Starting a run takes seconds, which are minutes over there.
            "missed_slot_hours": 24.0,
        }
    )


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "DREAMBOX_TIKTOK_BASE_URL": settings.tiktok_base_url,
        "DREAMBOX_CLOCK_URL": settings.clock_url,
        "DREAMBOX_MEDIA_BASE_URL": settings.media_base_url,
        "DREAMBOX_MISSED_SLOT_HOURS": str(settings.missed_slot_hours),
    }
