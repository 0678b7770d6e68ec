"""One dream's whole way, for a person who holds any id of it.

    comment -> dream -> consent -> prompt -> clip -> video -> checks -> review -> post -> views

`find_journey` starts from whichever id it is given, walks up to the dream and down again by
foreign keys, and gives every row it meets as a step, in order of time. It only reads; how a
journey is shown is the command line's and the desk's matter. Raw comment texts are not in it.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.journey_model import Branch, Step, StepKind
from dreambox_pipeline.storage.journey_steps import steps_of
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.tables import dreams, generation_jobs, prompts, publications, videos

__all__ = ["Journey", "Step", "StepKind", "find_journey"]


@dataclass(frozen=True, slots=True)
class Journey:
    """The way of one dream, or of one comment that tells none.

    Attributes:
        dream_id: None when the comment tells no dream.
        steps: In order of time; rows of one moment in the order of the flow.
    """

    comment_id: str
    dream_id: str | None
    steps: tuple[Step, ...]


def find_journey(
    connection: Connection, any_id: str, *, lake: Lake | None = None
) -> Journey | None:
    """The way that leads through *any_id*, or None when nothing has that id.

    Args:
        connection: An open ledger connection.
        any_id: Id of a comment, dream, prompt, job, render, publication or post. From a comment
            or dream everything made of it is shown; from a later id only what led to it and
            what came of it.
        lake: Where views are, and comments that tell no dream; without it both are left out.
    """
    branch = _branch(connection, any_id)
    if branch is None:
        return _lone_comment(lake, any_id) if lake else None
    steps = steps_of(connection, branch, lake=lake)
    flow = list(StepKind)
    steps.sort(key=lambda step: (step.at, flow.index(step.kind)))
    comment = next(step for step in steps if step.kind is StepKind.COMMENT)
    return Journey(comment.id, branch.dream_id, tuple(steps))


def _branch(connection: Connection, any_id: str) -> Branch | None:
    starts: tuple[sa.Select[Any], ...] = (
        sa.select(dreams.c.dream_id).where(
            (dreams.c.dream_id == any_id) | (dreams.c.comment_id == any_id)
        ),
        sa.select(prompts.c.dream_id, prompts.c.prompt_id).where(prompts.c.prompt_id == any_id),
        sa.select(prompts.c.dream_id, prompts.c.prompt_id, generation_jobs.c.job_id)
        .join(generation_jobs, generation_jobs.c.prompt_id == prompts.c.prompt_id)
        .where(generation_jobs.c.job_id == any_id),
        sa.select(videos.c.dream_id, videos.c.prompt_id, videos.c.job_id, videos.c.render_id)
        .outerjoin(publications, publications.c.render_id == videos.c.render_id)
        .where(
            (videos.c.render_id == any_id)
            | (publications.c.publication_id == any_id)
            | (publications.c.post_id == any_id)
        ),
    )
    for start in starts:
        found = connection.execute(start).first()
        if found is not None:
            return Branch(*found)
    return None


def _lone_comment(lake: Lake, comment_id: str) -> Journey | None:
    for day in reversed(lake.days(COMMENTS)):
        for row in lake.read(COMMENTS, [day]):
            if row["comment_id"] == comment_id:
                kept = ("source_video_id", "author_id", "likes", "replies", "status", "origin")
                step = Step(
                    StepKind.COMMENT,
                    comment_id,
                    row["created_at"],
                    "A comment in which no dream was found.",
                    {name: row[name] for name in kept} | {"characters": len(row["text"])},
                )
                return Journey(comment_id, None, (step,))
    return None
