"""One worker's life, in a process of its own: follow up, publish, until it ends or is ended."""

import io
import json
import logging
import mmap
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx
import stamina

from bench.chaos_harness.costs import measuring
from bench.chaos_harness.deaths import dying_at_line, fill_disk
from bench.chaos_harness.fates import Fate
from dreambox_pipeline.defs.post_events import PostEvents
from dreambox_pipeline.defs.publishing import PublicationRunner
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import DreamBoxError, StopError, TransientError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.storage.ledger import Ledger, publications
from dreambox_pipeline.storage.ledger.publications import PublicationRow

PUBLISHING, FOLLOWING = 1, 2
"""Bits of the deaths a publication has had; each comes once."""

ASKING_LIVES = 0.25
"""How many of the lives look for what nobody knows of, which means listing the account's videos."""

AT_ONCE = 20
TURNED_AWAY = 3
"""After so many refusals in a row a worker stops: likely the limits are reached."""

PATIENCE_S = 2.0
"""A life waits so long for an answer; the product does ten times as long, and some answers never come."""

_LINE = 3500
"""Less than a pipe takes in one piece, so that lines of several workers never mix."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one life shall do.

    Attributes:
        mischief: Seed of the order in which it looks at rows.
        disk_bytes: How much its files may still grow.
        follow_only: It publishes nothing.
        measures: It tells what its work cost.
    """

    mischief: str
    disk_bytes: int | None = None
    follow_only: bool = False
    measures: bool = False


class Crew:
    """Everything lives need, made once before they fork off: nothing here is connected yet.

    Args:
        settings: Whose `posting_route` is replaced by each publication's own.
        fates: By publication id.
        pipe: Where lives tell what they meet.
    """

    def __init__(self, settings: Settings, fates: dict[str, Fate], pipe: int) -> None:
        self.settings = settings
        self._fates = fates
        self._pipe = pipe
        self.parts: dict[str, Any] = resources_from(settings)
        self.ledger: Ledger = self.parts["ledger"]
        self.spent = mmap.mmap(-1, len(fates) + 1)
        self._runners = {route: self._runner(route) for route in Route}

    def _runner(self, route: Route) -> PublicationRunner:
        return PublicationRunner(
            publishers=self.parts["publishers"],
            tiktok=self.parts["tiktok"],
            ledger=self.ledger,
            media=self.parts["media"],
            keyring=self.parts["keyring"],
            clock=self.parts["clock"],
            settings=self.settings.model_copy(update={"posting_route": route.value}),
        )

    def warm_up(self) -> None:
        """Make every client, so that no life has to; the accounts are connected by now."""
        for route in Route:
            self.parts["publishers"].of("main", route)
        accounts = self.parts["tiktok_accounts"]
        for client in (accounts.accounts_client("main"), accounts.posting_client("main")):
            client._transport._http.timeout = httpx.Timeout(PATIENCE_S, connect=5.0)  # noqa: SLF001
        self.ledger.close()

    def live(self, order: Order) -> None:
        """Fork a life's process off with this; it never returns."""
        try:
            self._listen()
            stamina.set_testing(True, attempts=4)
            if order.disk_bytes is not None:
                folder = self.settings.var_dir
                fill_disk(*folder.glob("ledger.sqlite*"), room=order.disk_bytes)
            with measuring() if order.measures else nullcontext() as cost:
                self._work(order)
            if cost is not None:
                self.tell("cost", json.dumps(cost.told()))
        except StopError as error:
            self.tell("stop", f"life {type(error).__name__}: {error}")
        except BaseException:  # noqa: BLE001 - told, and the process ends
            self.tell("bug", traceback.format_exc()[-_LINE + 100 :])
        os._exit(0)

    def _work(self, order: Order) -> None:
        dice = Random(order.mischief)
        PostEvents(
            ledger=self.ledger, keyring=self.parts["keyring"], clock=self.parts["clock"]
        ).apply(log=lambda text: self.tell("log", text))
        with self.ledger.write() as connection:
            publications.correct_stamps(connection, now=self.parts["clock"]())
            rows = publications.in_flight(connection)
        dice.shuffle(rows)
        # What waits for a person is asked about by every run; here by a share of the lives.
        asks = order.follow_only or dice.random() < ASKING_LIVES
        waits = PublicationState.UNCONFIRMED
        self._each([row for row in rows if asks or row.state is not waits], self._follow)
        if order.follow_only:
            return
        with self.ledger.read() as connection:
            due = publications.due(connection, now=self.parts["clock"]())[:AT_ONCE]
        if dice.random() < 0.5:
            dice.shuffle(due)
        self._each(due, self._publish, gives_up=True)

    def _each(
        self,
        rows: Sequence[PublicationRow],
        work: Callable[[PublicationRow], object],
        *,
        gives_up: bool = False,
    ) -> None:
        refused = 0
        for row in rows:
            try:
                work(row)
                refused = 0
            except DreamBoxError as error:
                kind = _kind_of(error)
                self.tell(kind, f"{row.publication_id} {type(error).__name__}: {error}")
                refused += 1
                if gives_up and refused >= TURNED_AWAY:
                    return

    def _publish(self, row: PublicationRow) -> None:
        fate = self._fates[row.publication_id]
        with self._mortal(row, PUBLISHING, fate.dies_publishing_at):
            self._runners[fate.route].publish(row)

    def _follow(self, row: PublicationRow) -> None:
        fate = self._fates[row.publication_id]
        with self._mortal(row, FOLLOWING, fate.dies_following_at):
            # One for all routes, as in a run: the account's videos are listed once.
            self._runners[Route.ACCOUNTS_API].follow_up(row)

    def _mortal(self, row: PublicationRow, death: int, lines: int) -> Any:
        place = int(row.publication_id[4:], 16)
        if lines and self.spent[place] & death:
            lines = 0
        elif lines:
            self.spent[place] |= death
        return dying_at_line(
            lines, lambda where: self.tell("dead", f"{row.publication_id} {where}")
        )

    def tell(self, kind: str, text: str) -> None:
        """Say something to the campaign; the parts of a line never mix with another life's."""
        line = f"{kind} {' '.join(text.split(chr(10)))}"
        os.write(self._pipe, line.encode()[:_LINE] + b"\n")

    def _listen(self) -> None:
        """Every line of a log goes to the campaign, which looks for secrets in it."""
        crew = self

        class Teller(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                crew.tell("log", f"{record.name} {record.levelname} {self.format(record)}")

        class Voice(io.TextIOBase):
            def write(self, text: str) -> int:
                if text.strip():
                    crew.tell("log", text)
                return len(text)

        sys.stdout = sys.stderr = Voice()
        root = logging.getLogger()
        root.handlers[:] = [Teller()]
        root.setLevel(logging.INFO)


def _kind_of(error: DreamBoxError) -> str:
    if isinstance(error, StopError):
        return "stop"
    return "later" if isinstance(error, TransientError) else "item"
