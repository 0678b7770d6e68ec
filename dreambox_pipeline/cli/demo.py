"""`dreambox demo`: the main job once, end to end, with simulated days.

It does what a user does: runs the jobs of `definitions` through Dagster's own instance, so every
run shows in Dagster's pages afterwards. Two things differ, and are labelled: a demo reviewer
approves, and the sandbox's clock is moved. Run again, it goes on where it stopped.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import dagster as dg
from rich.console import Console

from dreambox_pipeline.cli.children import make_interruptible
from dreambox_pipeline.cli.demo_reviewer import REVIEWER, approve_what_passed
from dreambox_pipeline.cli.preparation import connect_sandbox
from dreambox_pipeline.cli.progress import steps
from dreambox_pipeline.cli.runs import QUIET, clean_up_runs, failure_reasons, open_instance
from dreambox_pipeline.cli.summary import print_summary
from dreambox_pipeline.cli.timings import Timings
from dreambox_pipeline.cli.world import World, WorldCaughtUpError, world_with_desk
from dreambox_pipeline.definitions import build_defs
from dreambox_pipeline.defs import automation
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.ledger import consents, publications, videos

STEPS = 6
"""What `Demo` reports, and the start before it."""

CAUGHT_UP = (
    "The simulated world has caught up with the real present, so no more days can be skipped: what is still "
    "planned goes out in real time, with `make up`. Set DREAMBOX_VAR_DIR to a new folder for a new world, which "
    "begins some months ago."
)

ROUNDS = 5
"""Half a day each: most dreamers answer in the first."""


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


class Demo:
    """One run of the demo against a running world.

    Args:
        report: Called with a sentence when a step begins.

    Attributes:
        notes: Sentences for the summary: what turned out smaller than wanted, and why.
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
        self.notes: list[str] = []

    def run(self) -> None:
        """Comments to lesson, once."""
        connect_sandbox(self._world.settings, self._world.info["auth_code"])
        with self._timings.stage("comments and dreams"):
            self._report("Reading comments and finding the dreams in them")
            self._collect()
        self._make_videos()
        with self._timings.stage("review"):
            self._report(f"Reviewing: {REVIEWER} approves what passed the checks")
            self._approve()
        with self._timings.stage("posts"):
            self._report("Posting at the planned slots (simulated days pass)")
            self._is_done(self._post_everything)
        with self._timings.stage("engagement and learning"):
            self._report("Letting people watch, reading the counters, learning")
            if not self._is_done(self._watch):
                self._measure()  # where the world stands, for the summary

    def _is_done(self, step: Callable[[], None]) -> bool:
        """Whether *step* came to its end; if not, a note says that no more days could pass."""
        try:
            step()
        except WorldCaughtUpError:
            if CAUGHT_UP not in self.notes:
                self.notes.append(CAUGHT_UP)
            return False
        return True

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
        if result.dagster_run.status is dg.DagsterRunStatus.CANCELED:
            raise KeyboardInterrupt  # Dagster caught it during the run
        if not result.success:
            raise StopError(
                f"The Dagster run {result.run_id} of {job} failed: {failure_reasons(result)}"
            )

    def _collect(self) -> None:
        today = self._now().date()
        oldest = max(
            self._world.settings.history_start, today - timedelta(days=self._scope.first_days)
        )
        if oldest > today:
            raise StopError(
                f"DREAMBOX_HISTORY_START is {oldest}, but the simulated world is at {today}: it has no days yet to "
                "work on. Set an earlier one, or unset it."
            )
        first = last_collected(self._resources["lake"], oldest, today) or oldest
        self._execute(automation.collect_comments.name, days=(first, today))

    def _make_videos(self) -> None:
        wanted = self._finished() + self._scope.videos
        self._is_done(lambda: self._make_in_rounds(wanted))
        missing = wanted - self._finished()
        if missing > 0:
            self._note_missing(missing)

    def _make_in_rounds(self, wanted: int) -> None:
        """Ask, let people answer, make; a few rounds of half a day are enough."""
        for turn in range(ROUNDS):
            if turn:
                self._world.advance(timedelta(hours=12))
            with self._timings.stage("prompts and videos"):
                self._make(wanted - self._finished(), turn)
            if self._finished() >= wanted:
                return

    def _make(self, room: int, turn: int) -> None:
        self._report("Ranking, asking dreamers, making videos of what they grant")
        # The second turn waits for answers to the first. About half of those asked say yes.
        questions = {0: self._scope.questions, 1: 0}.get(turn, 2 * room)
        self._execute(
            automation.produce_videos.name,
            dream_consents=questions,
            video_prompts=room,
            generated_clips=room,
        )

    def _note_missing(self, missing: int) -> None:
        with self._ledger.read() as connection:
            states = list(consents.states(connection).values())
        self.notes.append(
            f"{self._scope.videos - missing} of the {self._scope.videos} videos wanted were made, because too few "
            f"granted dreams were left: of {len(states)} dreamers asked so far, "
            f"{states.count(ConsentState.GRANTED)} said yes and {states.count(ConsentState.ASKED)} did not answer "
            "yet. `make demo` goes on asking; `dreambox status` lists what failed."
        )

    def _finished(self) -> int:
        with self._ledger.read() as connection:
            return len(videos.newest(connection))

    def _approve(self) -> None:
        last = approve_what_passed(self._ledger, self._now())
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


def last_collected(lake: Lake, oldest: date, newest: date) -> date | None:
    """The last day in this range with a comment from TikTok; an imported day says nothing about it."""
    days = [day for day in lake.days(COMMENTS) if oldest <= day <= newest]
    for day in reversed(days):
        if any(row["origin"] == "accounts_api" for row in lake.read(COMMENTS, [day])):
            return day
    return None


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
        steps(console, first="Starting the sandbox and the desk", total=STEPS) as report,
        world_with_desk(settings) as (world, _),
        open_instance() as instance,
    ):
        clean_up_runs(instance, console)
        demo = Demo(world, instance, report, timings)
        demo.run()
    seconds = time.perf_counter() - started
    print_summary(world.settings, console, seconds=seconds, notes=demo.notes)
    return timings
