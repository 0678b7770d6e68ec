"""Backfilling a range from the command line: shown in Dagster, stopped with kill -9, gone on with."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from dreambox_pipeline.cli.backfill import (
    JOB,
    PROCESS_TAG,
    close_killed_backfills,
    run_backfill,
)
from dreambox_pipeline.cli.runs import open_instance
from dreambox_pipeline.defs.comment_collection import key_of
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.lake import COMMENTS
from dreambox_pipeline.storage.ledger import collected

DAYS = 3


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """Fast, so that waiting for TikTok's limits takes no time of ours."""
    with running_sandbox(speed=600) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A connected account in a project folder of the test's."""
    checkout = Path(__file__).parents[2]
    for name in ("dagster.yaml", "workspace.yaml"):
        (tmp_path / name).write_text((checkout / name).read_text())
    monkeypatch.chdir(tmp_path)
    for name, value in variables(tmp_path, sandbox).items():
        monkeypatch.setenv(name, value)
    made = Settings()
    resources_from(made)["tiktok"].connect(sandbox.auth_code())
    return made


def variables(folder: Path, sandbox: RunningSandbox) -> dict[str, str]:
    return {
        "DREAMBOX_VAR_DIR": str(folder / "var"),
        "DREAMBOX_CLOCK_URL": sandbox.info["clock_url"],
        "DREAMBOX_TIKTOK_BASE_URL": sandbox.info["tiktok_base_url"],
    }


def days_of(sandbox: RunningSandbox) -> tuple[date, date]:
    """Days that are over, so that nobody writes on them while we look."""
    last = sandbox.now.date() - timedelta(days=3)
    return last - timedelta(days=DAYS - 1), last


def rows(settings: Settings) -> list[dict[str, object]]:
    lake = resources_from(settings)["lake"]
    return lake.read(COMMENTS, lake.days(COMMENTS))


def ids(settings: Settings) -> list[object]:
    return [row["comment_id"] for row in rows(settings)]


def test_a_killed_backfill_goes_on_where_it_was(settings, sandbox, console, tmp_path):
    """SIGKILL while it reads; the same command ends with the same comments as an undisturbed one."""
    first, last = days_of(sandbox)
    command = [sys.executable, "-m", "dreambox_pipeline.cli", "backfill", f"--from={first}", f"--to={last}"]  # fmt: skip
    environment = variables(tmp_path, sandbox) | {"PATH": os.environ["PATH"]}  # noqa: TID251 - for the child
    ledger = resources_from(settings)["ledger"]
    killed = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL)
    done: dict[str, int] = {}
    while len(done) < 3:
        with pytest.raises(subprocess.TimeoutExpired):
            killed.wait(timeout=0.02)
        with ledger.read() as connection:
            done = collected.done(connection, key_of(first, last))
    killed.send_signal(signal.SIGKILL)
    assert killed.wait(timeout=20) == -signal.SIGKILL
    assert rows(settings) == []

    report = run_backfill(settings, console, first=first, last=last)

    assert report.videos_resumed >= len(done)
    assert report.videos_left_out == 0
    assert report.new == report.comments == len(rows(settings)) > 50
    assert report.new_dreams > 0
    seen = ids(settings)
    days = {(first + timedelta(days=n)).isoformat() for n in range(DAYS)}
    with open_instance() as instance:
        for asset in ("comments", "dream_reports"):
            assert instance.get_materialized_partitions(dg.AssetKey(asset)) == days
        states = sorted(run.status.value for run in instance.get_runs(dg.RunsFilter(job_name=JOB)))
    assert states == ["FAILURE", "SUCCESS"]

    again = run_backfill(settings, console, first=first, last=last)
    assert (again.new, again.videos_resumed, again.new_dreams) == (0, 0, 0)
    assert again.videos_read == report.videos_read + report.videos_resumed
    assert ids(settings) == seen
    said = console.export_text()
    assert f"Backfill of {first} to {last}" in said
    assert "of a stopped backfill before" in said


@pytest.mark.parametrize(
    ("days", "said"),
    [((2, 1), "Swap them"), ((-600, 1), "DREAMBOX_HISTORY_START"), ((0, 100), "in the future")],
)
def test_a_range_that_cannot_be_collected_is_refused(settings, sandbox, console, days, said):
    """Before anything is asked of TikTok."""
    first, last = (sandbox.now.date() + timedelta(days=day) for day in days)
    with pytest.raises(StopError, match=said):
        run_backfill(settings, console, first=first, last=last)
    assert rows(settings) == []


def test_a_failed_run_says_why_and_what_to_do(settings, sandbox, console):
    """The account's words, not a traceback."""
    with resources_from(settings)["ledger"].write() as connection:
        connection.exec_driver_sql("DELETE FROM connections")
    first, last = days_of(sandbox)
    with pytest.raises(StopError, match=r"dreambox login.*go on from there"):
        run_backfill(settings, console, first=first, last=last)


def test_only_backfills_of_dead_processes_are_closed():
    """Another terminal may be in the middle of one."""
    with dg.DagsterInstance.ephemeral() as instance:
        for tag in ("1 0.00", "", "no number"):
            run_of(instance, tag)
        alive = {run_of(instance, this_process()), run_of(instance, "1 0.00 another-machine")}
        assert close_killed_backfills(instance) == 3
        assert close_killed_backfills(instance) == 0
        left = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    assert {run.run_id for run in left} == alive


def this_process() -> str:
    from dreambox_pipeline.cli.backfill import _this_process

    return _this_process()


def run_of(instance: dg.DagsterInstance, process: str) -> str:
    tags = {PROCESS_TAG: process}
    run = instance.create_run_for_job(_job(), tags=tags, status=dg.DagsterRunStatus.STARTED)
    return run.run_id


def _job() -> dg.JobDefinition:
    @dg.job(name=JOB)
    def empty() -> None:
        pass

    return empty
