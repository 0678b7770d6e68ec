"""The rows of a dream's way as steps: one function per part of the flow.

Each takes a `Branch` and gives a `Step` for every row it finds, in the words a person reads.
Which branch an id belongs to, and the order of the steps, are `journeys`' matter.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.storage.journey_making import making_steps, of_videos
from dreambox_pipeline.storage.journey_model import Branch, Step, StepKind, details, rows_of
from dreambox_pipeline.storage.lake import ENGAGEMENT_SNAPSHOTS, Lake
from dreambox_pipeline.storage.tables import (
    consents,
    dreams,
    item_failures,
    publications,
    rankings,
    videos,
)

_WHY = ("scores", "learned", "discounts", "would_raise")
"""What of the "why this dream" record is shown; the rest says what the row's columns say."""


def steps_of(connection: Connection, branch: Branch, *, lake: Lake | None) -> list[Step]:
    """Every row of *branch* as a step, in the order of the flow."""
    steps = [
        *_telling(connection, branch),
        *_ranking(connection, branch),
        *_consent(connection, branch),
        *making_steps(connection, branch),
        *_publications(connection, branch, lake),
    ]
    return [*steps, *_failures(connection, {step.id for step in steps})]


def _telling(connection: Connection, branch: Branch) -> Iterator[Step]:
    (row,) = rows_of(connection, dreams, dreams.c.dream_id == branch.dream_id)
    yield Step(
        StepKind.COMMENT,
        row["comment_id"],
        row["told_at"],
        f"A viewer commented under video {row['source_video_id']}.",
        details(row, "source_video_id", "author_id", "likes"),
    )
    yield Step(
        StepKind.DREAM,
        row["dream_id"],
        row["reported_at"],
        f"{row['engine']} found a dream with probability {row['probability']:.2f}; "
        f"screening says {row['screening']}.",
        details(row, "text", "lang", "probability", "reasons", "facts", "screening")
        | details(row, "screening_reasons", "engine", "mode", "needs_review", "duplicate_of")
        | details(row, "suspended_reason"),
    )


def _ranking(connection: Connection, branch: Branch) -> Iterator[Step]:
    for row in rows_of(connection, rankings, rankings.c.dream_id == branch.dream_id):
        yield Step(
            StepKind.RANKING,
            row["dream_id"],
            row["ranked_at"],
            f"Ranked {row['rank']} with a score of {row['score']:.2f}. {row['why']}".strip(),
            details(row, "rank", "score", "parts", "why", "policy_version")
            | {name: value for name, value in (row["record"] or {}).items() if name in _WHY},
        )


def _consent(connection: Connection, branch: Branch) -> Iterator[Step]:
    for row in rows_of(connection, consents, consents.c.dream_id == branch.dream_id):
        state = ConsentState(row["state"])
        if row["asked_at"] is not None:
            yield Step(
                StepKind.QUESTION,
                row["question_comment_id"] or row["dream_id"],
                row["asked_at"],
                "The dreamer was asked for consent.",
                details(row, "question_text", "wording_version"),
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
                {"state": answer.value} | details(row, "credit", "answer_hash"),
            )
        if row["withdrawn_at"] is not None:
            yield Step(
                StepKind.WITHDRAWAL,
                row["dream_id"],
                row["withdrawn_at"],
                "The dreamer took the consent back.",
            )


def _publications(connection: Connection, branch: Branch, lake: Lake | None) -> Iterator[Step]:
    made = sa.select(videos.c.render_id).where(of_videos(branch))
    for row in rows_of(connection, publications, publications.c.render_id.in_(made)):
        yield Step(
            StepKind.SLOT,
            row["publication_id"],
            row["created_at"],
            f"Queued for {row['slot_local']}: {row['slot_why']}",
            details(row, "render_id", "slot_at", "slot_local", "slot_value", "slot_why")
            | details(row, "policy_version", "caption", "hashtags"),
        )
        yield Step(
            StepKind.PUBLICATION,
            row["post_id"] or row["publication_id"],
            row["updated_at"],
            f"The publication is {row['state']}"
            + (f" as post {row['post_id']}." if row["post_id"] else "."),
            details(row, "publication_id", "state", "publish_id", "post_id", "content_hash")
            | details(row, "initiated_at", "published_at", "error"),
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
    for row in rows_of(connection, item_failures, item_failures.c.item_id.in_(ids)):
        yield Step(
            StepKind.FAILURE,
            row["item_id"],
            row["last_at"],
            f"{row['stage']} failed, {row['times']} in all: {row['message']}",
            details(row, "stage", "error", "times", "first_at"),
        )
