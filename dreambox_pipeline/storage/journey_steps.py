"""The rows of a dream's way as steps: one function per part of the flow.

Each takes a `Branch` and gives a `Step` for every row it finds, in the words a person reads.
Which branch an id belongs to, and the order of the steps, are `journeys`' matter.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.storage.lake import ENGAGEMENT_SNAPSHOTS, Lake
from dreambox_pipeline.storage.tables import (
    consents,
    dreams,
    findings,
    generation_jobs,
    item_failures,
    prompts,
    publications,
    rankings,
    review_events,
    videos,
)

_WHY = ("scores", "learned", "discounts", "would_raise")
"""What of the "why this dream" record is shown; the rest says what the row's columns say."""


class StepKind(StrEnum):
    """What a step is about, in the order of the flow."""

    COMMENT = "comment"
    DREAM = "dream"
    RANKING = "ranking"
    QUESTION = "question"
    ANSWER = "answer"
    WITHDRAWAL = "withdrawal"
    PROMPT = "prompt"
    JOB = "job"
    VIDEO = "video"
    FINDING = "finding"
    REVIEW = "review"
    SLOT = "slot"
    PUBLICATION = "publication"
    ENGAGEMENT = "engagement"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Step:
    """One row on the way.

    Attributes:
        id: The id of the row, by which the same journey is found again where it is one of ours.
        at: When it happened, aware UTC.
        headline: One sentence for people.
        details: The row's other facts, by column.
    """

    kind: StepKind
    id: str
    at: datetime
    headline: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Branch:
    """Which way down from a dream is shown; it may have several prompts, and so several videos."""

    dream_id: str
    prompt_id: str | None = None
    job_id: str | None = None
    render_id: str | None = None


def steps_of(connection: Connection, branch: Branch, *, lake: Lake | None) -> list[Step]:
    """Every row of *branch* as a step, in the order of the flow."""
    steps = [
        *_telling(connection, branch),
        *_ranking(connection, branch),
        *_consent(connection, branch),
        *_prompts(connection, branch),
        *_jobs(connection, branch),
        *_videos(connection, branch),
        *_publications(connection, branch, lake),
    ]
    return [*steps, *_failures(connection, {step.id for step in steps})]


def _telling(connection: Connection, branch: Branch) -> Iterator[Step]:
    (row,) = _rows(connection, dreams, dreams.c.dream_id == branch.dream_id)
    yield Step(
        StepKind.COMMENT,
        row["comment_id"],
        row["told_at"],
        f"A viewer commented under video {row['source_video_id']}.",
        _details(row, "source_video_id", "author_id", "likes"),
    )
    yield Step(
        StepKind.DREAM,
        row["dream_id"],
        row["reported_at"],
        f"{row['engine']} found a dream with probability {row['probability']:.2f}; "
        f"screening says {row['screening']}.",
        _details(row, "text", "lang", "probability", "reasons", "facts", "screening")
        | _details(row, "screening_reasons", "engine", "mode", "needs_review", "duplicate_of")
        | _details(row, "suspended_reason"),
    )


def _ranking(connection: Connection, branch: Branch) -> Iterator[Step]:
    for row in _rows(connection, rankings, rankings.c.dream_id == branch.dream_id):
        yield Step(
            StepKind.RANKING,
            row["dream_id"],
            row["ranked_at"],
            f"Ranked {row['rank']} with a score of {row['score']:.2f}. {row['why']}".strip(),
            _details(row, "rank", "score", "parts", "why", "policy_version")
            | {name: value for name, value in (row["record"] or {}).items() if name in _WHY},
        )


def _consent(connection: Connection, branch: Branch) -> Iterator[Step]:
    for row in _rows(connection, consents, consents.c.dream_id == branch.dream_id):
        state = ConsentState(row["state"])
        if row["asked_at"] is not None:
            yield Step(
                StepKind.QUESTION,
                row["question_comment_id"] or row["dream_id"],
                row["asked_at"],
                "The dreamer was asked for consent.",
                _details(row, "question_text", "wording_version"),
            )
        if row["answered_at"] is not None or state is ConsentState.EXPIRED:
            answer = ConsentState.GRANTED if state is ConsentState.WITHDRAWN else state
            yield Step(
                StepKind.ANSWER,
                row["answer_comment_id"] or row["dream_id"],
                row["answered_at"] or row["updated_at"],
                f"Consent was {answer}."
                if row["answered_at"]
                else "Nobody answered; the question expired.",
                {"state": answer.value} | _details(row, "credit", "answer_hash"),
            )
        if row["withdrawn_at"] is not None:
            yield Step(
                StepKind.WITHDRAWAL,
                row["dream_id"],
                row["withdrawn_at"],
                "The dreamer took the consent back.",
            )


def _prompts(connection: Connection, branch: Branch) -> Iterator[Step]:
    where: sa.ColumnElement[bool] = prompts.c.dream_id == branch.dream_id
    if branch.prompt_id:
        where &= prompts.c.prompt_id == branch.prompt_id
    for row in _rows(connection, prompts, where):
        yield Step(
            StepKind.PROMPT,
            row["prompt_id"],
            row["composed_at"],
            f"A prompt in the style {row['style_id']} was composed; "
            f"screening says {row['screening']}.",
            _details(row, "style_id", "template_version", "policy_version", "prose", "prompt")
            | _details(row, "screening", "screening_reasons"),
        )


def _jobs(connection: Connection, branch: Branch) -> Iterator[Step]:
    of_dream = sa.select(prompts.c.prompt_id).where(prompts.c.dream_id == branch.dream_id)
    where: sa.ColumnElement[bool] = generation_jobs.c.prompt_id.in_(of_dream)
    if branch.prompt_id:
        where &= generation_jobs.c.prompt_id == branch.prompt_id
    if branch.job_id:
        where &= generation_jobs.c.job_id == branch.job_id
    for row in _rows(connection, generation_jobs, where):
        yield Step(
            StepKind.JOB,
            row["job_id"],
            row["updated_at"],
            f"The clip by {row['generator']} {row['generator_version']} is {row['state']}.",
            _details(row, "prompt_id", "state", "provider_job_id", "attempts", "clip_hash")
            | _details(row, "estimate_microusd", "cost_microusd", "error", "created_at"),
        )


def _videos(connection: Connection, branch: Branch) -> Iterator[Step]:
    where = _of_videos(branch)
    finished_at: dict[str, datetime] = {}
    for row in _rows(connection, videos, where):
        finished_at[row["render_id"]] = row["finished_at"]
        verdict = "passed its checks" if row["has_passed"] else "did not pass its checks"
        yield Step(
            StepKind.VIDEO,
            row["render_id"],
            row["finished_at"],
            f"The video “{row['title']}” was finished and {verdict}.",
            _details(row, "job_id", "content_hash", "clip_hash", "cover_hash", "preview_hash")
            | _details(row, "title", "credit", "width", "height", "duration_s", "frame_rate")
            | _details(row, "size_bytes", "edit_version", "has_passed"),
        )
    renders = list(finished_at)
    for row in _rows(connection, findings, findings.c.render_id.in_(renders)):
        result = "passed" if row["passed"] else "failed"
        yield Step(
            StepKind.FINDING,
            row["render_id"],
            finished_at[row["render_id"]],
            f"The check {row['check_name']} {result}: {row['message']}",
            _details(row, "check_name", "passed", "severity", "value"),
        )
    for row in _rows(connection, review_events, review_events.c.render_id.in_(renders)):
        yield Step(
            StepKind.REVIEW,
            row["render_id"],
            row["decided_at"],
            f"{row['reviewer']} said {row['decision']}: {row['reason']}".removesuffix(": "),
            _details(row, "event_id", "decision", "reviewer", "reason", "content_hash"),
        )


def _publications(connection: Connection, branch: Branch, lake: Lake | None) -> Iterator[Step]:
    of_videos = sa.select(videos.c.render_id).where(_of_videos(branch))
    for row in _rows(connection, publications, publications.c.render_id.in_(of_videos)):
        yield Step(
            StepKind.SLOT,
            row["publication_id"],
            row["created_at"],
            f"Queued for {row['slot_local']}: {row['slot_why']}",
            _details(row, "render_id", "slot_at", "slot_local", "slot_value", "slot_why")
            | _details(row, "policy_version", "caption", "hashtags"),
        )
        yield Step(
            StepKind.PUBLICATION,
            row["post_id"] or row["publication_id"],
            row["updated_at"],
            f"The publication is {row['state']}"
            + (f" as post {row['post_id']}." if row["post_id"] else "."),
            _details(row, "publication_id", "state", "publish_id", "post_id", "content_hash")
            | _details(row, "initiated_at", "published_at", "error"),
        )
        if lake and row["post_id"]:
            yield from _engagement(lake, row)


def _engagement(lake: Lake, publication: RowMapping) -> Iterator[Step]:
    first_day = (publication["published_at"] or publication["created_at"]).date()
    days = [day for day in lake.days(ENGAGEMENT_SNAPSHOTS) if day >= first_day]
    for day in reversed(days):
        for row in lake.read(ENGAGEMENT_SNAPSHOTS, [day]):
            if row["post_id"] == publication["post_id"]:
                views = row["views"]
                known = {name: value for name, value in row.items() if name != "post_id"}
                yield Step(
                    StepKind.ENGAGEMENT,
                    row["post_id"],
                    row["taken_at"],
                    "Its views are not known yet." if views is None else f"Seen {views:,} times.",
                    known,
                )
                return


def _failures(connection: Connection, ids: set[str]) -> Iterator[Step]:
    for row in _rows(connection, item_failures, item_failures.c.item_id.in_(ids)):
        yield Step(
            StepKind.FAILURE,
            row["item_id"],
            row["last_at"],
            f"{row['stage']} failed, {row['times']} in all: {row['message']}",
            _details(row, "stage", "error", "times", "first_at"),
        )


def _of_videos(branch: Branch) -> sa.ColumnElement[bool]:
    where: sa.ColumnElement[bool] = videos.c.dream_id == branch.dream_id
    for name in ("prompt_id", "job_id", "render_id"):
        value = getattr(branch, name)
        if value:
            where &= videos.c[name] == value
    return where


def _rows(
    connection: Connection, table: sa.Table, where: sa.ColumnElement[bool]
) -> list[RowMapping]:
    keys = list(table.primary_key.columns)
    found = connection.execute(sa.select(table).where(where).order_by(*keys)).mappings()
    return list(found.all())


def _details(row: RowMapping, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}
