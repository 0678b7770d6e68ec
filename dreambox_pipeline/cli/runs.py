"""Dagster's instance as `dagster dev` would open it, and the runs that a killed session left there."""

from typing import Any

import dagster as dg
from rich.console import Console

from dreambox_pipeline.cli.project import project_root

QUIET = {"console": {"config": {"log_level": "ERROR"}}}
"""Run config that keeps Dagster's own lines out of a progress display; its pages have them all the same."""

ENDED_WITHOUT_WORD = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def fail_leftover_runs(instance: dg.DagsterInstance) -> int:
    """Mark runs whose process was killed as failed, and return how many there were.

    Call it only while nothing of ours runs. Otherwise such a run counts as in progress for good, and
    its sensor never starts another.
    """
    runs = instance.get_runs(dg.RunsFilter(statuses=ENDED_WITHOUT_WORD))
    for run in runs:
        instance.report_run_failed(
            run,
            "The process of this run ended without a word, most likely killed or cut off from power. "
            "DreamBox found it so at its next start. What it had finished is kept; run it again.",
        )
    return len(runs)


def clean_up_runs(instance: dg.DagsterInstance, console: Console) -> None:
    """Close the runs of a session that was killed, and say how many there were."""
    count = fail_leftover_runs(instance)
    if count:
        console.print(
            f"Dagster runs of an earlier session that ended without a word: {count}. They are marked as failed "
            "now, and their work starts again.",
            soft_wrap=True,
        )


def open_instance() -> dg.DagsterInstance:
    """Dagster's instance: runs made here show up in Dagster's pages."""
    return dg.DagsterInstance.from_config(str(project_root()))


def failure_reasons(result: dg.ExecuteInProcessResult) -> str:
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
