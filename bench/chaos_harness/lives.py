"""Lives that run at once, what they tell on their way, and which of them are killed from outside."""

import json
import os
import select
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.chaos_harness.crew import Crew, Order

SILENT_S = 180.0
"""Lives that say nothing for so long hang; they tell of every request, and none takes that long."""

ASKING = ("waits for a person", "lies with a person", "Look at the account")
"""How a run says that somebody has to look."""


@dataclass
class Told:
    """What lives and rounds met.

    Attributes:
        asked: Publications about which a person was asked.
        breaches: Claims while posting was paused.
        taken_back: Publication numbers that nobody had claimed when their dreamer took them back.
        called_back: The same of those that waited for a person.
        denied: Publication numbers that a person says are not out.
        costs: Seconds that measuring lives took, by what for.
    """

    words: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    deaths: list[str] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    breaches: list[str] = field(default_factory=list)
    taken_back: set[int] = field(default_factory=set)
    called_back: set[int] = field(default_factory=set)
    denied: set[int] = field(default_factory=set)
    costs: Counter[str] = field(default_factory=Counter)
    must_log_in: bool = False


class Lives:
    """Lives of *crew*, which write to *pipe*; what they say is kept in *told*."""

    def __init__(self, crew: Crew, pipe: int, told: Told) -> None:
        self._crew, self._pipe, self.told = crew, pipe, told
        os.set_blocking(pipe, False)
        self._unread = b""

    def live(
        self,
        orders: Sequence[Order],
        *,
        kill_after_s: float | None = None,
        midway: tuple[float, Callable[[], None]] | None = None,
    ) -> None:
        """Let lives run at once, until all have ended; *midway*, people do what they do."""
        self._crew.ledger.close()
        began = heard = time.monotonic()
        alive = {self._fork(order) for order in orders}
        self.told.counts["lives"] += len(orders)
        victim = min(alive)
        while alive:
            select.select([self._pipe], [], [], 0.01)
            ended = self._ended(alive)
            now = time.monotonic()
            if self._hear() or ended:
                heard = now
            alive -= ended
            if kill_after_s is not None and now - began > kill_after_s and victim in alive:
                os.kill(victim, signal.SIGKILL)
                self.told.counts["kills from outside"] += 1
                kill_after_s = None
            if midway is not None and (now - began > midway[0] or not alive):
                midway[1]()
                midway = None
            if now - heard > SILENT_S:
                self.told.bugs.append(f"{len(alive)} lives said nothing for {SILENT_S:.0f} s")
                for child in alive:
                    os.kill(child, signal.SIGKILL)
        self._hear()

    def _fork(self, order: Order) -> int:
        child = os.fork()
        if child == 0:
            self._crew.live(order)
        return child

    def _ended(self, alive: set[int]) -> set[int]:
        found = set()
        for child in alive:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                found.add(child)
                self.told.counts["kills"] += os.WIFSIGNALED(status)
        return found

    def _hear(self) -> bool:
        """Read what lives have told; whether it was anything."""
        is_any = False
        while True:
            try:
                read = os.read(self._pipe, 65536)
            except BlockingIOError:
                return is_any
            is_any = True
            *lines, self._unread = (self._unread + read).split(b"\n")
            for line in lines:
                self._note(*line.decode("utf-8", "replace").partition(" ")[::2])

    def _note(self, kind: str, text: str) -> None:
        told = self.told
        told.logs.append(text)
        if kind == "dead":
            told.deaths.append(text)
        elif kind == "cost":
            told.costs.update(json.loads(text))
        elif kind == "bug":
            told.bugs.append(text)
        elif kind != "log":
            name, _, error = text.partition(" ")
            if kind == "stop" and "dreambox login" in text:
                told.counts["logins"] += not told.must_log_in
                told.must_log_in = True
            if kind == "item" and any(words in error for words in ASKING):
                told.asked.add(name)
            told.words[f"{kind}: {error.replace(name, 'pub')[:160]}"] += 1
