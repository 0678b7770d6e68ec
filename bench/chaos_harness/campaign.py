"""Rounds of lives against one ledger and one sandbox, until every publication has its end.

The campaign is one process without threads, because lives are forked off it: 3 s of imports are
paid once. Between two rounds nobody works, and time passes.
"""

import os
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench.chaos_harness import fates, verdict
from bench.chaos_harness.crew import Order
from bench.chaos_harness.fates import Plan, RoundFate
from bench.chaos_harness.lives import Lives, Told
from bench.chaos_harness.people import People
from bench.chaos_harness.site import Site
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.ledger import attempts
from dreambox_pipeline.storage.tables import publications as table
from dreambox_pipeline.storage.tables import publish_attempts

S = PublicationState
OPEN = (S.CLAIMED, S.INITIATED, S.UPLOADED, S.PROCESSING)
LAST_LOOK = timedelta(hours=50)
"""After two days a program gives the looking up, and asks a person."""
LAST_LOOKS = 40
"""More than the account's limits of listing its videos can make necessary."""


class Campaign:
    """One plan, carried out in *folder*."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.told = Told()
        self.fates = {number: fates.fate_of(plan, number) for number in range(plan.posts)}
        self._folder = folder

    def run(self) -> verdict.Verdict:
        """Carry it out and judge."""
        self._began = time.monotonic()
        reading, writing = os.pipe()
        self.site = Site(self.plan, self.fates, folder=self._folder, pipe=writing)
        try:
            self._lives = Lives(self.site.crew, reading, self.told)
            self._people = People(self.site, self.fates, self.told)
            self._rounds()
            self._last_looks()
            return verdict.judge(self, wall_s=time.monotonic() - self._began)
        finally:
            self.site.close()

    def _rounds(self) -> None:
        number, moved, seen = 0, 0, ()
        while not self._is_over():
            # What ends a campaign early is that nothing happens any more; a busy machine is only slow.
            if number - moved > self.plan.stuck_after or self._lasted() > self.plan.patience_s:
                self.told.bugs.append(f"gave up after {number} rounds: {self._progress()}")
                break
            self._round(number, fates.fate_of_round(self.plan, number))
            number += 1
            now = self._progress()
            if now != seen:
                moved, seen = number, now
        self.told.counts["rounds"] = number

    def _lasted(self) -> float:
        return time.monotonic() - self._began

    def _round(self, number: int, fate: RoundFate) -> None:
        dice = Random(f"{self.plan.seed}/round/{number}/deeds")
        people = self._people
        if not self.plan.calm:
            people.take_back(dice, by="comment")
        paused_with: list[int] = []

        def midway() -> None:
            if not self.plan.calm:
                people.take_back(dice, by="ledger")
                people.do_tasks(dice)
            if fate.pauses:
                paused_with.append(people.pause())
            self.site.ledger.close()

        self._arm(fate)
        orders = [
            Order(
                f"{self.plan.seed}/{number}/{place}",
                disk_bytes=fate.disk_bytes if place == 0 else None,
                measures=self.plan.calm,
            )
            for place in range(fate.workers)
        ]
        at = (fate.people_after_s, midway)
        self._lives.live(orders, kill_after_s=fate.killed_after_s, midway=at)
        self._disarm(fate)
        for claimed in paused_with:
            people.resume(claimed, number)
        self._pass_time(fate)

    def _arm(self, fate: RoundFate) -> None:
        if fate.webhooks:
            self.site.ask("POST", "/__sandbox__/switches", json=dict(fate.webhooks))
        for path, kind, skip in fate.faults:
            fault = {"path_prefix": path, "kind": kind, "skip": skip, "times": 1, "delay_s": 0}
            self.site.ask("POST", "/__sandbox__/faults", json=fault)
        if fate.clock_off_s:
            self.site.wish("off", seconds=fate.clock_off_s)
        self.told.counts["clock jumps"] += bool(fate.clock_off_s)
        self.told.counts["full disks"] += fate.disk_bytes is not None

    def _disarm(self, fate: RoundFate) -> None:
        if fate.clock_off_s:
            self.site.wish("off", seconds=0)
        if fate.faults:
            for fault in self.site.ask("GET", "/__sandbox__/faults")["faults"]:
                self.told.counts[f"fault {fault['kind']}"] += fault["times"] <= 0
            self.site.ask("DELETE", "/__sandbox__/faults")

    def _pass_time(self, fate: RoundFate) -> None:
        """Time goes on; on to when something can happen, if nothing can before."""
        if self.told.must_log_in:
            self.told.must_log_in = False
            self.site.connect()
        now = self.site.clock()
        with self.site.ledger.write() as connection:
            counts = _counts(connection)
            next_slot = connection.scalar(
                sa.select(sa.func.min(table.c.slot_at)).where(table.c.state == S.PLANNED.value)
            )
            free_at = _free_at(connection, now)
        is_open = any(counts[state] for state in OPEN)
        is_due = next_slot is not None and next_slot <= now
        seconds = fate.then_s
        if free_at is not None and not is_open:
            seconds = max(seconds, (free_at - now).total_seconds() + 1)
        elif next_slot is not None and not is_due and not is_open:
            seconds = max(seconds, (next_slot - now).total_seconds())
        elif not is_due or free_at is not None:
            seconds = max(seconds, 200.0)
        self.site.advance(seconds)

    def _is_over(self) -> bool:
        with self.site.ledger.read() as connection:
            counts = _counts(connection)
        return not any(counts[state] for state in (S.PLANNED, *OPEN))

    def _progress(self) -> tuple[object, ...]:
        """Another one after each round in which anything happened to any publication."""
        with self.site.ledger.read() as connection:
            attempted = connection.scalar(sa.select(sa.func.count()).select_from(publish_attempts))
            newest = connection.scalar(sa.select(sa.func.max(table.c.updated_at)))
            return (dict(_counts(connection)), attempted, newest)

    def _last_looks(self) -> None:
        """Nothing goes wrong any more: what can be found out is found out, and people are asked."""
        for _ in range(2):
            self._lives.live([Order("last", follow_only=True)])
            self.site.advance(LAST_LOOK.total_seconds() / 2)
        self.told.asked.clear()
        for _ in range(LAST_LOOKS):
            self._lives.live([Order("last", follow_only=True)])
            with self.site.ledger.read() as connection:
                unknown = sa.select(table.c.publication_id).where(
                    table.c.state == S.UNCONFIRMED.value
                )
                waiting = set(connection.scalars(unknown))
            if waiting <= self.told.asked:
                return
            self.site.advance(70.0)


def _free_at(connection: Connection, now: datetime) -> datetime | None:
    """When the account may be posted to again, if its day is full."""
    try:
        attempts.refuse_over_limits(connection, "main", now=now)
    except attempts.AttemptLimitError as full:
        if full.retry_after_s is not None and full.retry_after_s > 600:
            return now + timedelta(seconds=full.retry_after_s)
    return None


def _counts(connection: Connection) -> Counter[str]:
    """How many publications are in each state."""
    rows = connection.execute(sa.select(table.c.state, sa.func.count()).group_by(table.c.state))
    return Counter({S(state): number for state, number in rows})
