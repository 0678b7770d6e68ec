"""Rounds of lives against one ledger and one sandbox, until every publication has its end.

Everything here is one process without threads, because lives are forked off it: 3 s of imports
are paid once. Its children are the sandbox, the desk (which takes the webhooks and serves the
files) and the workers. Between two rounds nobody works: then dreamers take their dreams back, a
person pauses or goes on, and time passes.
"""

import json
import os
import select
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.engine import Connection

from bench.chaos_harness import door, fates, rows, verdict
from bench.chaos_harness.crew import Crew, Order
from bench.chaos_harness.fates import Fate, Plan, RoundFate
from dreambox_pipeline.clock import clock_for
from dreambox_pipeline.desk.app import create_app
from dreambox_pipeline.desk.server import listen, uvicorn_server
from dreambox_pipeline.desk.webhooks import WebhookApp
from dreambox_pipeline.errors import DreamBoxError
from dreambox_pipeline.sandbox.server import HOST
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.ledger import accounts, attempts, publications, switches
from dreambox_pipeline.storage.ledger.accounts import Connected, Host
from dreambox_pipeline.storage.ledger.decisions import withdraw
from dreambox_pipeline.storage.tables import publications as table
from dreambox_pipeline.storage.tables import publish_attempts

S = PublicationState
ROUND_S = 60.0
"""A round that lasts longer hangs."""
LOOKED_AT = 30
"""Of the rows that are due; a dreamer takes back what would go out next."""
OPEN = (S.CLAIMED, S.INITIATED, S.UPLOADED, S.PROCESSING)
LAST_LOOK = timedelta(hours=50)
"""After two days a program gives the looking up, and asks a person."""


@dataclass
class Told:
    """What lives and rounds met.

    Attributes:
        breaches: Claims while posting was paused.
        taken_back: Publication numbers that nobody had claimed when their dreamer took them back.
        costs: Seconds that measuring lives took, by what for.
    """

    words: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    deaths: list[str] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    taken_back: set[int] = field(default_factory=set)
    costs: Counter[str] = field(default_factory=Counter)


class Campaign:
    """One plan, carried out in *folder*."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan, self.folder = plan, folder
        self.told = Told()
        self._children: list[int] = []
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        self._unread = b""
        numbers = range(plan.posts)
        self.fates: dict[int, Fate] = {number: fates.fate_of(plan, number) for number in numbers}
        self._http = httpx.Client(timeout=60.0, trust_env=False)

    # Setting up

    def run(self) -> verdict.Verdict:
        """Carry it out and judge."""
        began = time.monotonic()
        try:
            self._set_up()
            self._rounds(began)
            return verdict.judge(self, wall_s=time.monotonic() - began)
        finally:
            for child in self._children:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            self._http.close()

    def _set_up(self) -> None:
        clip = rows.make_clip(self.folder / "clip.mp4").read_bytes()
        sizes = {len(rows.video_of(clip, number)): number for number in self.fates}
        opened = self._open_sandbox(sizes)
        info = self.info = opened["info"]
        self.base = info["control_url"].removesuffix("/__sandbox__")
        listener = listen(0)
        desk = f"http://{HOST}:{listener.getsockname()[1]}"
        self.settings = Settings(
            _env_file=None,
            var_dir=self.folder / "var",
            database_url=SecretStr(self.plan.database_url),
            tiktok_base_url=info["tiktok_base_url"],
            tiktok_developer_base_url=f"{info['tiktok_developer_base_url']}/v2",
            clock_url=f"{self.base}{door.CHAOS}/clock",
            media_base_url=f"{desk}/media",
            missed_slot_hours=24 * 1000,
            post_stand_ins=True,
        )
        self.settings.var_dir.mkdir(parents=True)
        by_id = {f"pub_{number:016x}": fate for number, fate in self.fates.items()}
        self.crew = Crew(self.settings, by_id, self._writing)
        self.ledger = self.crew.ledger
        self.clock = clock_for(self.settings.clock_url)
        self.seeded = rows.seed(
            self.ledger,
            self.crew.parts["media"],
            clip,
            [rows.Told(*each) for each in opened["told"]],
            routes=[fate.route for fate in self.fates.values()],
            now=self.clock(),
            folder=self.folder,
        )
        self._connect()
        self.crew.warm_up()
        self._open_desk(listener)
        self.webhook_url = f"{desk}/webhooks/tiktok"
        self._register_webhooks()

    def _open_sandbox(self, sizes: dict[int, int]) -> dict[str, Any]:
        listener = listen(0)
        reading, writing = os.pipe()

        def serve() -> None:
            def announce(opened: dict[str, Any]) -> None:
                with os.fdopen(writing, "wb") as pipe:
                    pipe.write(json.dumps(opened).encode())

            faults = {number: fate.begin_fault for number, fate in self.fates.items()}
            door.run(
                listener,
                seed=7,
                posts=self.plan.posts,
                faults={number: kind for number, kind in faults.items() if kind},
                sizes=sizes,
                announce=announce,
            )

        self._fork(serve)
        listener.close()
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            found: dict[str, Any] = json.loads(pipe.read())
            return found

    def _open_desk(self, listener: Any) -> None:
        parts = self.crew.parts
        of_app = self.settings.tiktok_app_id, self.settings.tiktok_app_secret

        def serve() -> None:
            desk = create_app(
                ledger=self.ledger,
                media=parts["media"],
                keyring=parts["keyring"],
                clock=parts["clock"],
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

    def _connect(self) -> None:
        """A person logs in at both hosts."""
        for host in Host:
            pair = self._ask("GET", f"{door.CHAOS}/tokens")
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
                accounts.store(connection, connected, self.crew.parts["keyring"], now=now)

    def _register_webhooks(self) -> None:
        body = {"app_id": self.info["app_id"], "secret": self.info["app_secret"]}
        body |= {"event_type": "VIDEO", "callback_url": self.webhook_url}
        self._ask("POST", "/open_api/v1.3/business/webhook/update/", json=body)
        callback = {"callback_url": self.webhook_url}
        self._ask("POST", "/__sandbox__/developer_webhook", json=callback)

    # Rounds

    def _rounds(self, began: float) -> None:
        number = 0
        while not self._is_over():
            if time.monotonic() - began > self.plan.patience_s:
                self.told.bugs.append(f"gave up after {number} rounds: {self._states()}")
                return
            self._round(number, fates.fate_of_round(self.plan, number))
            number += 1
        self.told.counts["rounds"] = number
        self._last_looks()

    def _round(self, number: int, fate: RoundFate) -> None:
        dice = Random(f"{self.plan.seed}/round/{number}/deeds")
        self._take_back(dice, by="comment")
        paused_with: list[int] = []

        def midway() -> None:
            self._take_back(dice, by="ledger")
            if fate.pauses:
                paused_with.append(self._pause())
            self.ledger.close()

        if fate.webhooks:
            self._ask("POST", "/__sandbox__/switches", json=dict(fate.webhooks))
        for path, kind, skip in fate.faults:
            fault = {"path_prefix": path, "kind": kind, "skip": skip, "times": 1, "delay_s": 0}
            self._ask("POST", "/__sandbox__/faults", json=fault)
        if fate.clock_off_s:
            self._ask("GET", f"{door.CHAOS}/off?seconds={fate.clock_off_s}")
        self.told.counts["clock jumps"] += bool(fate.clock_off_s)
        self.told.counts["full disks"] += fate.disk_bytes is not None
        orders = [
            Order(
                f"{self.plan.seed}/{number}/{place}",
                disk_bytes=fate.disk_bytes if place == 0 else None,
                measures=self.plan.calm,
            )
            for place in range(fate.workers)
        ]
        self._live(orders, kill_after_s=fate.killed_after_s, midway=(fate.people_after_s, midway))
        if fate.clock_off_s:
            self._ask("GET", f"{door.CHAOS}/off?seconds=0")
        self._count_faults(fate)
        for claimed in paused_with:
            self._resume(claimed, number)
        self._pass_time(fate)

    def _live(
        self,
        orders: list[Order],
        *,
        kill_after_s: float | None = None,
        midway: tuple[float, Callable[[], None]] | None = None,
    ) -> None:
        """Let lives run at once, until all have ended; *midway*, people do what they do."""
        self.ledger.close()
        began = time.monotonic()
        alive: set[int] = set()
        for order in orders:
            child = os.fork()
            if child == 0:
                self.crew.live(order)
            alive.add(child)
        self.told.counts["lives"] += len(orders)
        victim = min(alive)
        while alive:
            select.select([self._reading], [], [], 0.004)
            self._hear()
            for child in list(alive):
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    alive.discard(child)
                    self.told.counts["kills"] += os.WIFSIGNALED(status)
            age = time.monotonic() - began
            if kill_after_s is not None and age > kill_after_s and victim in alive:
                os.kill(victim, signal.SIGKILL)
                self.told.counts["kills from outside"] += 1
                kill_after_s = None
            if midway is not None and (age > midway[0] or not alive):
                midway[1]()
                midway = None
            if age > ROUND_S:
                self.told.bugs.append(f"a round hung: {self._states()}")
                for child in alive:
                    os.kill(child, signal.SIGKILL)
        self._hear()

    def _hear(self) -> None:
        """Read what lives have told."""
        while True:
            try:
                read = os.read(self._reading, 65536)
            except BlockingIOError:
                return
            *lines, self._unread = (self._unread + read).split(b"\n")
            for line in lines:
                self._note(*line.decode("utf-8", "replace").partition(" ")[::2])

    def _note(self, kind: str, text: str) -> None:
        self.told.logs.append(text)
        if kind == "dead":
            self.told.deaths.append(text)
        elif kind == "cost":
            self.told.costs.update(json.loads(text))
        elif kind == "bug":
            self.told.bugs.append(text)
        elif kind != "log":
            if kind == "stop" and "dreambox login" in text:
                self.told.counts["logins"] += not self._reconnect
                self._reconnect = True
            name, _, error = text.partition(" ")
            self.told.words[f"{kind}: {error.replace(name, 'pub')[:160]}"] += 1

    _reconnect = False

    def _pass_time(self, fate: RoundFate) -> None:
        """Time goes on; on to when something can happen, if nothing can before."""
        if self._reconnect:
            self._reconnect = False
            self._connect()
        now = self.clock()
        with self.ledger.write() as connection:
            counts = _counts(connection)
            next_slot = connection.scalar(
                sa.select(sa.func.min(table.c.slot_at)).where(table.c.state == S.PLANNED.value)
            )
            free_at = self._free_at(connection, now)
        is_open = any(counts[state] for state in OPEN)
        is_due = next_slot is not None and next_slot <= now
        seconds = fate.then_s
        if free_at is not None and not is_open:
            seconds = max(seconds, (free_at - now).total_seconds() + 1)
        elif next_slot is not None and not is_due and not is_open:
            seconds = max(seconds, (next_slot - now).total_seconds())
        elif not is_due or free_at is not None:
            seconds = max(seconds, 200.0)
        self.advance(seconds)

    def _free_at(self, connection: Connection, now: datetime) -> datetime | None:
        """When the account may be posted to again, if its day is full."""
        try:
            attempts.refuse_over_limits(connection, "main", now=now)
        except attempts.AttemptLimitError as full:
            if full.retry_after_s is not None and full.retry_after_s > 600:
                return now + timedelta(seconds=full.retry_after_s)
        return None

    def _is_over(self) -> bool:
        with self.ledger.read() as connection:
            counts = _counts(connection)
        return not any(counts[state] for state in (S.PLANNED, *OPEN))

    def _last_looks(self) -> None:
        """Nothing goes wrong any more: what can be found out is found out."""
        for _ in range(3):
            self._live([Order("last", follow_only=True)])
            self.advance(LAST_LOOK.total_seconds() / 2)
        self._live([Order("last", follow_only=True)])

    # What people do

    def _take_back(self, dice: Random, *, by: str) -> None:
        """Dreamers take back some of what is due next: tell a run, or delete the comment."""
        now = self.clock()
        with self.ledger.read() as connection:
            near = {row.publication_id for row in publications.due(connection, now=now)[:LOOKED_AT]}
        for row in self.seeded:
            fate = self.fates[row.number]
            if fate.taken_back != by or row.publication_id not in near:
                continue
            if row.number in self.told.taken_back or dice.random() < 0.5:
                continue
            self._withdraw(row, fate, now)

    def _withdraw(self, row: rows.Seeded, fate: Fate, now: datetime) -> None:
        with self.ledger.write() as connection:
            newest = publications.get(connection, row.publication_id)
            if newest is None or newest.state is not S.PLANNED:
                return
            if attempts.of_publication(connection, row.publication_id):
                # An earlier attempt may be out already.
                return
            if fate.taken_back == "ledger":
                withdraw(connection, row.dream_id, row.comment_id, why="withdrawn", now=now)
        if fate.taken_back == "comment":
            self._ask("POST", f"/__sandbox__/comments/{row.comment_id}/delete")
        self.told.taken_back.add(row.number)
        self.told.counts["withdrawals"] += 1

    def _pause(self) -> int:
        with self.ledger.write() as connection:
            switches.pause_posting(connection, reason="chaos", by="mia", now=self.clock())
            claimed = self._claims(connection)
        self.told.counts["pauses"] += 1
        return claimed

    def _resume(self, before: int, number: int) -> None:
        with self.ledger.write() as connection:
            claimed = self._claims(connection) - before
            switches.resume_posting(connection, by="mia", now=self.clock())
        if claimed:
            self.told.breaches.append(f"{claimed} claims in round {number}, which was paused")

    def _claims(self, connection: Connection) -> int:
        counted = sa.select(sa.func.count()).select_from(publish_attempts)
        return int(connection.scalar(counted))

    # Asking the sandbox

    def advance(self, seconds: float) -> None:
        """Let time pass in the world."""
        self._ask("POST", "/__sandbox__/clock", json={"advance_s": seconds})

    def truth(self) -> dict[str, Any]:
        """All that the sandbox knows."""
        return self._ask("GET", door.CHAOS)

    def _count_faults(self, fate: RoundFate) -> None:
        if not fate.faults:
            return
        for fault in self._ask("GET", "/__sandbox__/faults")["faults"]:
            self.told.counts[f"fault {fault['kind']}"] += fault["times"] <= 0
        self._ask("DELETE", "/__sandbox__/faults")

    def _ask(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        answer = self._http.request(method, self.base + path, **parts).raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _states(self) -> dict[str, int]:
        try:
            with self.ledger.read() as connection:
                return dict(_counts(connection))
        except DreamBoxError as error:
            return {str(error): 1}


def _counts(connection: Connection) -> Counter[str]:
    """How many publications are in each state."""
    rows = connection.execute(sa.select(table.c.state, sa.func.count()).group_by(table.c.state))
    return Counter({S(state): number for state, number in rows})
