"""What a person wants to know about clips beside the clips: money, what waits, who is left alone."""

from datetime import datetime

import dagster as dg
from sqlalchemy.engine import Connection

from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.clip_jobs.budget import Budget
from dreambox_pipeline.stages.videos.budget import MICROUSD
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.stages.videos.waiting import WaitsFor
from dreambox_pipeline.storage.ledger import circuits, job_choices, jobs

WHOLE_MESSAGE = 600
"""Characters: what to do about something stands at the end of its message."""


def clip_facts(
    connection: Connection, budget: Budget, *, now: datetime
) -> dict[str, dg.MetadataValue | int | float | str]:
    """Metadata of a run: amounts in US dollars, counts, and a sentence for everything that waits."""
    today = budget.today(connection, now=now)
    untold = today.counted_microusd - today.settled_microusd - today.reserved_microusd
    open_jobs = jobs.open_jobs(connection)
    blocked = [job for job in open_jobs if job.waits_for in job_choices.CAPS]
    facts: dict[str, dg.MetadataValue | int | float | str] = {
        "spent_today_usd": today.settled_microusd / MICROUSD,
        "reserved_today_usd": today.reserved_microusd / MICROUSD,
        # Counted by the cap, though nobody told what it was: refusals and failures of some providers.
        "not_told_today_usd": untold / MICROUSD,
        "left_today_usd": budget.left_microusd(today) / MICROUSD,
        "cost_more_than_reserved": today.overruns,
        "waiting": len(open_jobs) - len(blocked),
        "blocked_by_a_cap": len(blocked),
        "waiting_jobs": previews.table(
            [
                {
                    "job": job.job_id,
                    "generator": job.generator,
                    "state": _state(job),
                    "asked_again": f"{job.poll_after:%Y-%m-%d %H:%M} UTC"
                    if job.poll_after
                    else "next run",
                    "why": job.error or "",
                }
                for job in open_jobs
            ],
            longest=WHOLE_MESSAGE,
        ),
        "generators_left_alone": previews.table(
            [
                {
                    "generator": circuit.generator,
                    "state": circuit.state.value,
                    "faults_in_a_row": circuit.failures,
                    "tried_again": f"{circuit.open_until:%Y-%m-%d %H:%M} UTC"
                    if circuit.open_until
                    else "now",
                    "why": circuit.reason or "",
                }
                for circuit in circuits.not_closed(connection)
            ],
            longest=WHOLE_MESSAGE,
        ),
    }
    said = next((job.error for job in blocked if job.waits_for is WaitsFor.DAY_CAP), None)
    if said is not None:
        facts["budget"] = said
    return facts


def _state(job: jobs.JobRow) -> str:
    if job.state is JobState.PLANNED and job.waits_for is not None:
        return f"planned, waits for {job.waits_for.value.replace('_', ' ')}"
    return job.state.value
