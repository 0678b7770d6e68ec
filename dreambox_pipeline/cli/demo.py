"""`dreambox demo`: the main job once, end to end, with simulated days.

It does what a user does: runs the jobs of `definitions` through Dagster's own instance, so every
run shows in Dagster's pages afterwards. Two things differ, and are labelled: a demo reviewer
approves, and the sandbox's clock is moved. Run again, it goes on where it stopped.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import dagster as dg
import psutil
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from dreambox_pipeline.cli.children import make_interruptible
from dreambox_pipeline.cli.project import QUIET, open_instance
from dreambox_pipeline.cli.summary import print_summary
from dreambox_pipeline.cli.up import connect_sandbox
from dreambox_pipeline.cli.world import World, world_with_desk
from dreambox_pipeline.definitions import build_defs
from dreambox_pipeline.defs import automation
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.review.events import state_of
from dreambox_pipeline.stages.review.model import Decision, ReviewEvent, ReviewState
from dreambox_pipeline.storage.lake import COMMENTS
from dreambox_pipeline.storage.ledger import audit, publications, reviews, videos

REVIEWER = "demo reviewer (automatic)"


@dataclass(frozen=True, slots=True)
class Scope:
    """How much one demo run does.

    Attributes:
        videos: New videos: enough to compare, few enough for the demo's four minutes.
        questions: Dreamers asked: about two in three answer, and most of those say yes.
        first_days: Days of comments that the first run reads.
        watched_days: Days the last post is watched: TikTok's counters come up to two days late.
    """

    videos: int = 4
    questions: int = 14
    first_days: int = 10
    watched_days: int = 4


@dataclass
class Timings:
    """Seconds and peak memory by stage, for the bench.

    Attributes:
        peak_mb: Largest resident memory of this process and its children seen in a stage, in MB.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the block to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
            self.peak_mb[name] = max(self.peak_mb.get(name, 0.0), resident_mb())


def resident_mb() -> float:
    """Resident memory of this process and its children, in MB."""
    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 1e6


class Demo:
    """One run of the demo against a running world.

    Args:
        report: Called with a sentence when a step begins.
    """

    def __init__(
        self,
        world: World,
        instance: dg.DagsterInstance,
        report: Callable[[str], None],
        timings: Timings,
        scope: Scope = Scope(),
    ) -> None:
        self._scope = scope
        self._world = world
        self._instance = instance
        self._report = report
        self._timings = timings
        self._resources = resources_from(world.settings)
        self._defs = build_defs(world.settings, resources=self._resources)
        self._ledger = self._resources["ledger"]

    def run(self) -> None:
        """Comments to lesson, once."""
        connect_sandbox(self._world)
        with self._timings.stage("comments and dreams"):
            self._report("Reading comments and finding the dreams in them")
            self._collect()
        self._make_videos()
        with self._timings.stage("review"):
            self._report(f"Reviewing: {REVIEWER} approves what passed the checks")
            self._approve()
        with self._timings.stage("posts"):
            self._report("Posting at the planned slots (simulated days pass)")
            self._post_everything()
        with self._timings.stage("engagement and learning"):
            self._report("Letting people watch, reading the counters, learning")
            self._watch()

    def _now(self) -> datetime:
        now: datetime = self._resources["clock"]()
        return now

    def _execute(
        self,
        job: str,
        *,
        days: tuple[date, date] | None = None,
        **limits: int,
    ) -> None:
        tags = {}
        if days:
            tags = {
                "dagster/asset_partition_range_start": days[0].isoformat(),
                "dagster/asset_partition_range_end": days[1].isoformat(),
            }
        ops = {name: {"config": {"limit": limit}} for name, limit in limits.items()}
        result = self._defs.resolve_job_def(job).execute_in_process(
            instance=self._instance,
            tags=tags,
            run_config={"ops": ops, "loggers": QUIET},
            raise_on_error=False,
        )
        if not result.success:
            raise StopError(f"The Dagster run {result.run_id} of {job} failed: {_reasons(result)}")

    def _collect(self) -> None:
        today = self._now().date()
        known = self._resources["lake"].days(COMMENTS)
        first = min(known[-1], today) if known else today - timedelta(days=self._scope.first_days)
        self._execute(automation.collect_comments.name, days=(first, today))

    def _make_videos(self) -> None:
        """Ask, let people answer, make; a few rounds of half a day are enough."""
        wanted = self._finished() + self._scope.videos
        questions = self._scope.questions
        for _ in range(5):
            with self._timings.stage("prompts and videos"):
                self._report("Ranking, asking dreamers, making videos of what they grant")
                room = wanted - self._finished()
                self._execute(
                    automation.produce_videos.name,
                    dream_consents=questions,
                    video_prompts=room,
                    generated_clips=room,
                )
            if self._finished() >= wanted:
                return
            questions = 0
            self._world.advance(timedelta(hours=12))

    def _finished(self) -> int:
        with self._ledger.read() as connection:
            return len(videos.newest(connection))

    def _approve(self) -> None:
        with self._ledger.write() as connection:
            before = reviews.events(connection)
            for video in videos.newest(connection):
                own = [event for event in before if event.render_id == video.render_id]
                if (
                    not video.has_passed
                    or state_of(own, video.content_hash) is not ReviewState.OPEN
                ):
                    continue
                event = ReviewEvent(
                    0,
                    video.render_id,
                    video.content_hash,
                    Decision.APPROVE,
                    REVIEWER,
                    "Approved by the demo, not by a person.",
                    self._now(),
                )
                reviews.append(connection, event)
                audit.append(
                    connection,
                    actor=REVIEWER,
                    action="video.approved",
                    subject=video.render_id,
                    now=self._now(),
                    detail={"content_hash": video.content_hash},
                )
        last = before[-1].event_id if before else 0
        materialization, _ = automation.decisions_since(self._ledger, after=last)
        if materialization:
            self._instance.report_runless_asset_event(materialization)

    def _post_everything(self) -> None:
        self._execute(automation.publish_due_posts.name)
        for _ in range(60):
            with self._ledger.read() as connection:
                waiting = publications.planned(connection)
                in_flight = publications.in_flight(connection)
            if not waiting and not in_flight:
                return
            if in_flight:
                self._world.advance(timedelta(minutes=4))
            else:
                self._pass_time_until(waiting[0].slot_at + timedelta(minutes=1))
            self._execute(automation.publish_due_posts.name)

    def _watch(self) -> None:
        for _ in range(self._scope.watched_days):
            self._pass_time_until(self._now() + timedelta(days=1))
            self._measure()

    def _pass_time_until(self, moment: datetime) -> None:
        """Move the clock, stopping once a day to read the counters."""
        while moment - self._now() > timedelta(days=1, hours=1):
            self._world.advance(timedelta(days=1))
            self._measure()
        if moment > self._now():
            self._world.advance(moment - self._now())

    def _measure(self) -> None:
        today = self._now().date()
        self._execute(automation.measure_and_learn.name, days=(today, today))


def run_demo(settings: Settings, console: Console) -> Timings:
    """Start the sandbox and the desk, run the demo, print what it made, stop what it started.

    Raises:
        StopError: A step failed; the message says which and why.
    """
    make_interruptible()
    started = time.perf_counter()
    timings = Timings()
    console.print(
        "[bold]DreamBox demo[/bold]: everything stays on this machine; TikTok is a simulation."
    )
    with (
        _progress(console) as (progress, report),
        world_with_desk(settings) as (world, _),
        open_instance() as instance,
    ):
        Demo(world, instance, report, timings).run()
        progress.stop()
    print_summary(world.settings, console, seconds=time.perf_counter() - started)
    return timings


@contextmanager
def _progress(console: Console) -> Iterator[tuple[Progress, Callable[[str], None]]]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Starting the sandbox and the desk", total=None)
        previous: list[str] = []

        def report(step: str) -> None:
            if previous != [step]:
                progress.console.print(f"  {step} ...")
                previous[:] = [step]
            progress.update(task, description=step)

        yield progress, report


def _reasons(result: dg.ExecuteInProcessResult) -> str:
    """The innermost message of each failed step: what our own code said."""
    messages = []
    for event in result.all_events:
        data: Any = event.event_specific_data
        error = getattr(data, "error", None) if event.is_step_failure else None
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None:
            messages.append(error.message.strip())
    return " ".join(dict.fromkeys(messages)) or "see its log in Dagster."
