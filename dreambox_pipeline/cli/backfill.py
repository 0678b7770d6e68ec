"""`dreambox backfill --from DAY --to DAY`: years of comments, and the dreams in them, in one Dagster run.

The run is made here, in Dagster's own instance, so its pages show it with a partition for each
day. It may take hours, and it may be stopped anywhere: what was read waits on disk, and the same
command again goes on from there (`defs.comment_collection`).
"""

import os
import socket
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import dagster as dg
import psutil
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from dreambox_pipeline.cli.children import make_interruptible
from dreambox_pipeline.cli.runs import (
    ENDED_WITHOUT_WORD,
    QUIET,
    failure_reasons,
    open_instance,
)
from dreambox_pipeline.definitions import build_defs
from dreambox_pipeline.defs.comment_collection import key_of
from dreambox_pipeline.defs.comments import BACKFILL_MAX_S, MAX_RUNTIME_TAG
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.ledger import Ledger, collected, dreams, source_videos

JOB = "backfill_comments"
"""A job of its own: the sensor waits while `collect_comments` is in progress, and new comments go on."""

PROCESS_TAG = "dreambox/process"
"""Which process makes the run, so that one that was killed is told from one that works."""

DOING = {
    "source_videos": "Listing our videos",
    "comments": "Reading comments, video by video",
    "dream_reports": "Finding dreams",
}
LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class BackfillReport:
    """What a backfill did. Counts of the run; `comments` is what the range holds afterwards."""

    comments: int
    new: int
    changed: int
    rejected: int
    videos_read: int
    videos_resumed: int
    videos_left_out: int
    videos_gone: int
    new_dreams: int


def run_backfill(
    settings: Settings, console: Console, *, first: date, last: date
) -> BackfillReport:
    """Collect the days from *first* to *last*, both included, find their dreams, print totals.

    Raises:
        StopError: The range cannot be collected, or the run failed; the message says why.
        KeyboardInterrupt: The person stopped it. The same range again goes on from there.
    """
    resources = resources_from(settings)
    _check_range(first, last, settings, resources["clock"]())
    ledger: Ledger = resources["ledger"]
    make_interruptible()
    before = _dream_count(ledger)
    with open_instance() as instance:
        close_killed_backfills(instance)
        result = _run(settings, resources, instance, console, days=(first, last))
        if result.dagster_run.status is dg.DagsterRunStatus.CANCELED:
            console.print("Stopped. What was read is kept; the same command goes on from there.")
            raise KeyboardInterrupt  # Dagster caught it during the run
        if not result.success:
            raise StopError(
                f"The Dagster run {result.run_id} failed: {failure_reasons(result)} What was read is kept; run the same "
                "command again to go on from there."
            )
    report = _report(result, resources["lake"], first, last, _dream_count(ledger) - before)
    _print(report, console, first, last)
    return report


def close_killed_backfills(instance: dg.DagsterInstance) -> int:
    """Mark our runs whose process is gone as failed, and return how many there were.

    Such a run would look alive for days, and hold whatever pool its last step was in.
    """
    runs = instance.get_runs(dg.RunsFilter(job_name=JOB, statuses=ENDED_WITHOUT_WORD))
    killed = [run for run in runs if not _is_alive(run.tags.get(PROCESS_TAG, ""))]
    for run in killed:
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        instance.report_run_failed(
            run, "The process of this backfill was killed. The same range again goes on from there."
        )
    return len(killed)


def _check_range(first: date, last: date, settings: Settings, now: datetime) -> None:
    if first > last:
        raise StopError(f"--from {first} is after --to {last}. Swap them.")
    if first < settings.history_start:
        raise StopError(
            f"--from {first} is before DREAMBOX_HISTORY_START ({settings.history_start}), where the partitions "
            "begin. Set an earlier start or a later --from."
        )
    if last > now.date():
        raise StopError(f"--to {last} is in the future: today is {now.date()} (UTC).")


def _run(
    settings: Settings,
    resources: Mapping[str, Any],
    instance: dg.DagsterInstance,
    console: Console,
    *,
    days: tuple[date, date],
) -> dg.ExecuteInProcessResult:
    job = dg.define_asset_job(JOB, selection=list(DOING))
    defs = dg.Definitions.merge(
        build_defs(settings, resources=resources), dg.Definitions(jobs=[job])
    )
    run_id = str(uuid.uuid4())
    tags = {
        "dagster/asset_partition_range_start": days[0].isoformat(),
        "dagster/asset_partition_range_end": days[1].isoformat(),
        MAX_RUNTIME_TAG: str(BACKFILL_MAX_S),
        PROCESS_TAG: _this_process(),
    }
    with _progress(console, instance, run_id, resources["ledger"], key_of(*days)):
        return defs.resolve_job_def(JOB).execute_in_process(
            instance=instance,
            run_id=run_id,
            tags=tags,
            run_config={"loggers": QUIET},
            raise_on_error=False,
        )


@contextmanager
def _progress(
    console: Console, instance: dg.DagsterInstance, run_id: str, ledger: Ledger, key: str
) -> Iterator[None]:
    """What the run is doing, and how many videos it has read, looked up twice a second."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    is_over = threading.Event()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(DOING["source_videos"], total=None)

        def look() -> None:
            while not is_over.wait(LOOK_EVERY_S):
                step = _current_step(instance, run_id)
                is_reading = step == "comments"
                done, total = _videos(ledger, key) if is_reading else (0, None)
                progress.update(
                    task, description=DOING.get(step, step), completed=done, total=total
                )

        watcher = threading.Thread(target=look, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            is_over.set()
            watcher.join()


def _current_step(instance: dg.DagsterInstance, run_id: str) -> str:
    """The step that started last."""
    started = [step for step in instance.get_run_step_stats(run_id) if step.start_time]
    newest = max(started, key=lambda step: step.start_time or 0.0, default=None)
    return newest.step_key if newest else "source_videos"


def _videos(ledger: Ledger, key: str) -> tuple[int, int]:
    """How many videos are read, and how many there are."""
    with ledger.read() as connection:
        return len(collected.done(connection, key)), len(source_videos.everything(connection))


def _this_process() -> str:
    process = psutil.Process(os.getpid())
    # With its start: the number is given to another process some day.
    return f"{process.pid} {process.create_time():.2f} {socket.gethostname()}"


def _is_alive(tag: str) -> bool:
    pid, _, rest = tag.partition(" ")
    started, _, host = rest.partition(" ")
    if host and host != socket.gethostname():
        return True  # a machine that shares our database: its processes cannot be seen from here
    try:
        return f"{psutil.Process(int(pid)).create_time():.2f}" == started
    except (psutil.NoSuchProcess, ValueError):
        return False


def _report(
    result: dg.ExecuteInProcessResult, lake: Lake, first: date, last: date, new_dreams: int
) -> BackfillReport:
    metadata = result.asset_materializations_for_node("comments")[0].metadata

    def number(name: str) -> int:
        return int(str(metadata[name].value))

    return BackfillReport(
        comments=sum(lake.count(COMMENTS, day) for day in lake.days(COMMENTS) if first <= day <= last),
        new=number("new_in_run"),
        changed=number("changed_in_run"),
        rejected=number("rejected"),
        videos_read=number("videos_read"),
        videos_resumed=number("videos_resumed"),
        videos_left_out=number("videos_left_out"),
        videos_gone=number("videos_gone"),
        new_dreams=new_dreams,
    )  # fmt: skip


def _print(report: BackfillReport, console: Console, first: date, last: date) -> None:
    table = Table(title=f"Backfill of {first} to {last}", title_justify="left", show_header=False)
    table.add_row("days", f"{(last - first).days + 1:,}")
    table.add_row("videos read", f"{report.videos_read:,}")
    if report.videos_resumed:
        table.add_row("  of a stopped backfill before", f"{report.videos_resumed:,}")
    table.add_row("videos that are gone", f"{report.videos_gone:,}")
    table.add_row("videos left out", f"{report.videos_left_out:,}")
    table.add_row("comments, new", f"{report.new:,}")
    table.add_row("comments, changed", f"{report.changed:,}")
    table.add_row("rows that are no comments", f"{report.rejected:,}")
    table.add_row("comments of these days", f"{report.comments:,}")
    table.add_row("dreams found, new", f"{report.new_dreams:,}")
    console.print(table)
    if report.videos_left_out:
        console.print("`dreambox status` says why videos were left out; run the same range again.")


def _dream_count(ledger: Ledger) -> int:
    with ledger.read() as connection:
        return dreams.count(connection)
