"""The project's files: runs that were cut off, what `dagster.yaml` says, and the Makefile's list."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console

from dreambox_pipeline.cli.children import children
from dreambox_pipeline.cli.project import project_root
from dreambox_pipeline.cli.runs import clean_up_runs, fail_leftover_runs, open_instance
from dreambox_pipeline.cli.up import prepare
from dreambox_pipeline.cli.world import World
from dreambox_pipeline.defs.automation import is_in_progress
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.testing import running_sandbox
from dreambox_pipeline.settings import Settings

CHECKOUT = Path(__file__).parents[2]


@dg.job
def nightly() -> None:
    """Does nothing."""


@pytest.fixture
def instance(
    tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    """The project's own `dagster.yaml`, in the test's folder."""
    del settings  # sets the var folder
    for name in ("dagster.yaml", "workspace.yaml"):
        shutil.copy(CHECKOUT / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert project_root() == tmp_path
    with open_instance() as opened:
        yield opened


@pytest.mark.expects_error_log
@pytest.mark.parametrize("status", ["NOT_STARTED", "STARTING", "STARTED", "CANCELING"])
def test_a_run_whose_process_was_killed_blocks_nothing(
    *, instance: dg.DagsterInstance, console: Console, status: str
):
    """Its record would say that it works for good; finished ones stay as they are."""
    left = instance.create_run_for_job(nightly, status=dg.DagsterRunStatus[status])
    done = instance.create_run_for_job(nightly, status=dg.DagsterRunStatus.SUCCESS)
    clean_up_runs(instance, console)

    runs = {run.run_id: run.status for run in instance.get_runs()}
    assert runs == {
        left.run_id: dg.DagsterRunStatus.FAILURE,
        done.run_id: dg.DagsterRunStatus.SUCCESS,
    }
    reasons = [entry.message for entry in instance.all_logs(left.run_id)]
    assert any("ended without a word" in reason for reason in reasons)
    assert "without a word: 1." in console.export_text()
    assert not is_in_progress(instance, nightly.name)
    assert fail_leftover_runs(instance) == 0


def test_runs_end_in_time_and_give_back_what_they_held(instance):
    """For who runs `dagster dev` by hand, where nobody cleans up at the start."""
    assert instance.run_monitoring_enabled
    assert instance.run_monitoring_max_runtime_seconds == 1800
    assert instance.run_monitoring_settings["free_slots_after_run_end_seconds"] == 300


def test_make_help_lists_every_target_with_little_installed(tmp_path):
    """`column` is missing on small systems."""
    make = shutil.which("make")
    if make is None:
        pytest.fail("There is no make on this machine; the project needs it. Install it first.")
    for tool in ("awk", "sed", "grep"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")
    done = subprocess.run(
        [make, "-s", "-C", str(CHECKOUT), "help"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )

    assert (done.returncode, done.stderr) == (0, "")
    for target in ("help", "install", "demo", "up", "test", "check", "fix", "bench", "clean"):
        assert f"make {target}" in done.stdout


def test_preparing_connects_the_sandbox_and_a_failure_is_a_sentence(
    settings: Settings, console: Console, instance: dg.DagsterInstance
):
    """In a process of its own, whose words are handed on."""
    instance.create_run_for_job(nightly, status=dg.DagsterRunStatus.STARTED)
    with running_sandbox() as sandbox:
        addresses = {name: sandbox.info[name] for name in ("clock_url", "tiktok_base_url")}
        here = settings.model_copy(update=addresses)
        variables = {f"DREAMBOX_{name.upper()}": value for name, value in addresses.items()}
        with children(settings.var_dir / "logs", variables) as started:
            with pytest.raises(StopError, match=r"ended with code 2(.|\n)*dreambox: "):
                prepare(started, World({"auth_code": "not-a-code"}, here), console)
            prepare(started, World(sandbox.info, here), console)
            assert resources_from(here)["tiktok"].is_connected()
            assert [child.name for child in started.running] == ["preparation"]

    assert console.export_text().count("without a word: 1.") == 1
