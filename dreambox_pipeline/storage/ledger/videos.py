"""Finished videos and what the quality checks found."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.ledger import erasures
from dreambox_pipeline.storage.tables import findings, prompts, publications, review_events, videos


@dataclass(frozen=True, slots=True)
class VideoRow:
    """One finished video; the hashes name its files in the media store."""

    render_id: str
    job_id: str
    prompt_id: str
    dream_id: str
    clip_hash: str
    content_hash: str
    cover_hash: str
    preview_hash: str
    title: str
    credit: str | None
    edit_version: str
    width: int
    height: int
    duration_s: float
    frame_rate: float
    size_bytes: int
    frame_hashes: tuple[str, ...]
    has_passed: bool
    finished_at: datetime
    look: tuple[float, ...] | None = None
    drift: float | None = None


def save(connection: Connection, video: VideoRow, found: Sequence[Finding]) -> bool:
    """Store a video with its findings, both or neither; False when it stands there already."""
    row = asdict(video) | {
        "frame_hashes": list(video.frame_hashes),
        "look": None if video.look is None else list(video.look),
    }
    is_new = upsert(connection, videos, row)
    erasures.reopen(connection, video.dream_id)
    for finding in found:
        upsert(
            connection,
            findings,
            {
                "render_id": video.render_id,
                "check_name": finding.check,
                "passed": finding.passed,
                "severity": finding.severity.value,
                "value": finding.value,
                "message": finding.message,
                "picture_hash": finding.picture_hash,
            },
            update=("passed", "severity", "value", "message", "picture_hash"),
        )
    return is_new


def get(connection: Connection, render_id: str) -> VideoRow | None:
    """The video with this id."""
    row = (
        connection.execute(sa.select(videos).where(videos.c.render_id == render_id))
        .mappings()
        .first()
    )
    return _video(row) if row else None


def newest(connection: Connection, *, limit: int | None = None) -> list[VideoRow]:
    """Finished videos, newest first."""
    rows = connection.execute(
        sa.select(videos).order_by(videos.c.finished_at.desc(), videos.c.render_id).limit(limit)
    ).mappings()
    return [_video(row) for row in rows]


def hashes_of_others(
    connection: Connection, dream_id: str, *, limit: int
) -> dict[str, tuple[str, ...]]:
    """Frame hashes of the newest videos of other dreams, by render id, newest first."""
    rows = connection.execute(
        sa.select(videos.c.render_id, videos.c.frame_hashes)
        .where(videos.c.dream_id != dream_id)
        .order_by(videos.c.finished_at.desc(), videos.c.render_id)
        .limit(limit)
    )
    return {render_id: tuple(hashes) for render_id, hashes in rows}


def looks_of_style(
    connection: Connection, style_id: str, *, limit: int, except_dream_id: str | None = None
) -> list[tuple[float, ...]]:
    """Looks of a style's newest videos that passed their checks, newest first.

    Args:
        connection: The ledger's.
        style_id: Key into the catalogue of styles.
        limit: How many at most.
        except_dream_id: Left out, because a video is not measured against its own remakes.
    """
    query = (
        sa.select(videos.c.look)
        .join(prompts, prompts.c.prompt_id == videos.c.prompt_id)
        .where(
            prompts.c.style_id == style_id,
            videos.c.has_passed,
            # A look of None is stored as JSON's null, which SQL's own comparison does not see.
            sa.cast(videos.c.look, sa.Text) != "null",
        )
        .order_by(videos.c.finished_at.desc(), videos.c.render_id)
        .limit(limit)
    )
    if except_dream_id is not None:
        query = query.where(videos.c.dream_id != except_dream_id)
    return [tuple(look) for look in connection.scalars(query)]


def findings_of(connection: Connection, render_id: str) -> list[Finding]:
    """What the checks found on one video, failures first."""
    rows = connection.execute(
        sa.select(findings)
        .where(findings.c.render_id == render_id)
        .order_by(findings.c.passed, findings.c.check_name)
    ).mappings()
    return [
        Finding(
            row["check_name"],
            row["passed"],
            Severity(row["severity"]),
            row["value"],
            row["message"],
            row["picture_hash"],
        )
        for row in rows
    ]


def hash_is_known(connection: Connection, content_hash: str) -> bool:
    """Whether a finished video has exactly this content."""
    found = connection.scalar(
        sa.select(videos.c.render_id).where(videos.c.content_hash == content_hash)
    )
    return found is not None


def _video(row: sa.RowMapping) -> VideoRow:
    look = None if row["look"] is None else tuple(row["look"])
    return VideoRow(**{**row, "frame_hashes": tuple(row["frame_hashes"]), "look": look})


def in_reserve(connection: Connection) -> int:
    """Videos that may still be posted, and prompts on their way to become one.

    Not counted: what was posted, failed or left the queue, what a person rejected last, and what
    did not pass its checks.
    """
    newest_verdict = (
        sa.select(sa.func.max(review_events.c.event_id))
        .where(review_events.c.decision.in_(("approve", "reject")))
        .group_by(review_events.c.render_id)
    )
    rejected = sa.select(review_events.c.render_id).where(
        review_events.c.event_id.in_(newest_verdict), review_events.c.decision == "reject"
    )
    ended = sa.select(publications.c.render_id).where(
        publications.c.state.in_(("published", "failed", "cancelled"))
    )
    gone = sa.select(videos.c.prompt_id).where(
        videos.c.render_id.in_(rejected)
        | videos.c.render_id.in_(ended)
        | videos.c.has_passed.is_(False)
    )
    counted = (
        sa.select(sa.func.count())
        .select_from(prompts)
        .where(prompts.c.screening != "block", prompts.c.prompt_id.not_in(gone))
    )
    return connection.scalar(counted) or 0
