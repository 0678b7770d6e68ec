"""The middle of a dream's way: its prompts, its clips with their money, its videos and their checks."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from dreambox_pipeline.stages.videos import stand_in
from dreambox_pipeline.storage.journey_model import Branch, Step, StepKind, details, rows_of
from dreambox_pipeline.storage.ledger import costs
from dreambox_pipeline.storage.tables import (
    findings,
    generation_jobs,
    prompts,
    provenance,
    review_events,
    series,
    videos,
)


def making_steps(connection: Connection, branch: Branch) -> Iterator[Step]:
    """Every prompt, clip, video, finding, record and review of *branch*."""
    yield from _prompts(connection, branch)
    yield from _jobs(connection, branch)
    yield from _videos(connection, branch)


def of_videos(branch: Branch) -> sa.ColumnElement[bool]:
    """Which videos are on *branch*."""
    where: sa.ColumnElement[bool] = videos.c.dream_id == branch.dream_id
    for name in ("prompt_id", "job_id", "render_id"):
        value = getattr(branch, name)
        if value:
            where &= videos.c[name] == value
    return where


def _prompts(connection: Connection, branch: Branch) -> Iterator[Step]:
    where: sa.ColumnElement[bool] = prompts.c.dream_id == branch.dream_id
    if branch.prompt_id:
        where &= prompts.c.prompt_id == branch.prompt_id
    named = dict(connection.execute(sa.select(series.c.series_id, series.c.name)).tuples().all())
    for row in rows_of(connection, prompts, where):
        name = named.get(row["series_id"])
        by = f" by {row['writer']}" if row["writer"] else ""
        for_series = f" for the series “{name}”" if name else ""
        yield Step(
            StepKind.PROMPT,
            row["prompt_id"],
            row["composed_at"],
            f"A prompt in the style {row['style_id']} was composed{by}{for_series}; "
            f"screening says {row['screening']}.",
            details(row, "style_id", "writer", "series_id", "template_version", "policy_version")
            | {"series": name}
            | details(row, "prose", "prompt", "screening", "screening_reasons"),
        )


def _jobs(connection: Connection, branch: Branch) -> Iterator[Step]:
    of_dream = sa.select(prompts.c.prompt_id).where(prompts.c.dream_id == branch.dream_id)
    where: sa.ColumnElement[bool] = generation_jobs.c.prompt_id.in_(of_dream)
    if branch.prompt_id:
        where &= generation_jobs.c.prompt_id == branch.prompt_id
    if branch.job_id:
        where &= generation_jobs.c.job_id == branch.job_id
    rows = rows_of(connection, generation_jobs, where)
    paid = costs.of_jobs(connection, [row["job_id"] for row in rows])
    for row in rows:
        yield Step(
            StepKind.JOB,
            row["job_id"],
            row["updated_at"],
            _headline(row, paid[row["job_id"]]),
            details(row, "prompt_id", "state", "provider_job_id", "attempts", "clip_hash")
            | details(row, "estimate_microusd", "cost_microusd", "error", "created_at")
            | {"cost": str(paid[row["job_id"]])}
            | {"is_softened": row["is_softened"] or None, "waits_for": row["waits_for"]}
            | details(row, "refusal", "passed_on_to"),
        )


def _headline(row: RowMapping, cost: costs.Cost) -> str:
    words = [f"The clip by {row['generator']} {row['generator_version']} is {row['state']}."]
    if stand_in.is_stand_in(row["generator"]):
        words.append(stand_in.SENTENCE)
    if row["is_softened"]:
        because = f" ({row['refusal']})" if row["refusal"] else ""
        words.append(f"It was refused{because} and asked for again in softer words.")
    if row["passed_on_to"]:
        words.append(f"It was passed on to {row['passed_on_to']}.")
    if row["attempts"]:
        words.append(f"Cost: {cost}.")
    return " ".join(words)


def _videos(connection: Connection, branch: Branch) -> Iterator[Step]:
    finished_at: dict[str, datetime] = {}
    rows = rows_of(connection, videos, of_videos(branch))
    failed = _failed_checks(connection, [row["render_id"] for row in rows])
    for row in rows:
        finished_at[row["render_id"]] = row["finished_at"]
        verdict = "passed its checks" if row["has_passed"] else "did not pass its checks"
        missed = ", ".join(failed.get(row["render_id"], ()))
        yield Step(
            StepKind.VIDEO,
            row["render_id"],
            row["finished_at"],
            f"The video “{row['title']}” was finished and {verdict}"
            + (f"; worth a look: {missed}." if missed else "."),
            details(row, "job_id", "content_hash", "clip_hash", "cover_hash", "preview_hash")
            | details(row, "title", "credit", "width", "height", "duration_s", "frame_rate")
            | details(row, "size_bytes", "edit_version", "has_passed", "drift"),
        )
    renders = list(finished_at)
    for row in rows_of(connection, findings, findings.c.render_id.in_(renders)):
        result = "passed" if row["passed"] else "failed"
        yield Step(
            StepKind.FINDING,
            row["render_id"],
            finished_at[row["render_id"]],
            f"The check {row['check_name']} {result}: {row['message']}",
            details(row, "check_name", "passed", "severity", "value", "picture_hash"),
        )
    yield from _records(connection, renders)
    for row in rows_of(connection, review_events, review_events.c.render_id.in_(renders)):
        yield Step(
            StepKind.REVIEW,
            row["render_id"],
            row["decided_at"],
            f"{row['reviewer']} said {row['decision']}: {row['reason']}".removesuffix(": "),
            details(row, "event_id", "decision", "reviewer", "reason", "content_hash"),
        )


def _failed_checks(connection: Connection, render_ids: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    where = findings.c.render_id.in_(render_ids) & findings.c.passed.is_(False)
    for row in rows_of(connection, findings, where):
        found.setdefault(row["render_id"], []).append(row["check_name"])
    return found


def _records(connection: Connection, render_ids: list[str]) -> Iterator[Step]:
    for row in rows_of(connection, provenance, provenance.c.render_id.in_(render_ids)):
        reason = row["unsigned_reason"]
        yield Step(
            StepKind.PROVENANCE,
            row["render_id"],
            row["recorded_at"],
            "The file was signed with Content Credentials."
            if reason is None
            else f"The file carries no Content Credentials: {reason}",
            details(row, "content_hash", "unsigned_reason"),
        )
