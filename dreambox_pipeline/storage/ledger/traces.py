"""What leads to one erased comment: the ids made of it, and the files that are only its own."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.tables import (
    dreams,
    findings,
    generation_jobs,
    prompts,
    publications,
    series,
    videos,
)


@dataclass(frozen=True, slots=True)
class Traces:
    """Every id that leads to one erased comment, by kind. `dream_id` is None when it told no dream."""

    comment_ids: tuple[str, ...]
    dream_id: str | None
    prompt_ids: tuple[str, ...] = ()
    job_ids: tuple[str, ...] = ()
    render_ids: tuple[str, ...] = ()
    publication_ids: tuple[str, ...] = ()

    @property
    def everything(self) -> tuple[str, ...]:
        """All ids together."""
        of_dream = (self.dream_id,) if self.dream_id else ()
        made = (*self.prompt_ids, *self.job_ids, *self.render_ids, *self.publication_ids)
        return (*self.comment_ids, *of_dream, *made)


def find(connection: Connection, comment_ids: Iterable[str], dream_id: str | None) -> Traces:
    """Follow the foreign keys down from the dream."""
    prompt_ids = _ids(connection, prompts.c.prompt_id, prompts.c.dream_id == dream_id)
    job_ids = _ids(
        connection, generation_jobs.c.job_id, generation_jobs.c.prompt_id.in_(prompt_ids)
    )
    render_ids = _ids(connection, videos.c.render_id, videos.c.dream_id == dream_id)
    publication_ids = _ids(
        connection, publications.c.publication_id, publications.c.render_id.in_(render_ids)
    )
    return Traces(tuple(comment_ids), dream_id, prompt_ids, job_ids, render_ids, publication_ids)


def media_hashes(connection: Connection, found: Traces) -> frozenset[str]:
    """Hashes of files that only these videos and clips use, or erased ones besides."""
    ours = videos.c.render_id.in_(found.render_ids)
    our_jobs = generation_jobs.c.job_id.in_(found.job_ids)
    hashes = _clips(connection, our_jobs) | _files(connection, ours)
    erased = sa.select(dreams.c.dream_id).where(dreams.c.suspended_reason == ledger_dreams.ERASED)
    of_erased = sa.select(prompts.c.prompt_id).where(prompts.c.dream_id.in_(erased))
    other_jobs = ~our_jobs & generation_jobs.c.prompt_id.not_in(of_erased)
    others = ~ours & videos.c.dream_id.not_in(erased)
    shared = _clips(connection, other_jobs & generation_jobs.c.clip_hash.in_(hashes))
    shared |= _files(connection, others, among=hashes)
    return frozenset(hashes - shared - {""})


def unnamed(connection: Connection, hashes: Iterable[str]) -> frozenset[str]:
    """Those of *hashes* that no clip, video, finding or series names."""
    wanted = set(hashes)
    named = _clips(connection, generation_jobs.c.clip_hash.in_(wanted))
    named |= _files(connection, sa.true(), among=wanted)
    of_series = series.c.reference_hash
    named |= set(connection.scalars(sa.select(of_series).where(of_series.in_(wanted))))
    return frozenset(wanted - named)


def _files(
    connection: Connection, of_videos: sa.ColumnElement[bool], *, among: set[str] | None = None
) -> set[str]:
    """Hashes of the files that belong to videos, and of the pictures of their findings."""
    names = ("clip_hash", "content_hash", "cover_hash", "preview_hash")
    columns = [*(videos.c[name] for name in names), findings.c.picture_hash]
    found: set[str | None] = set()
    for column in columns:
        statement = sa.select(column).where(of_videos)
        if column.table is findings:
            statement = statement.join(videos, videos.c.render_id == findings.c.render_id)
        if among is not None:
            statement = statement.where(column.in_(among))
        found |= set(connection.scalars(statement))
    return {digest for digest in found if digest}


def _clips(connection: Connection, where: sa.ColumnElement[bool]) -> set[str]:
    clips = connection.scalars(sa.select(generation_jobs.c.clip_hash).where(where))
    return {clip for clip in clips if clip}


def _ids(
    connection: Connection, column: sa.Column[str], where: sa.ColumnElement[bool]
) -> tuple[str, ...]:
    return tuple(connection.scalars(sa.select(column).where(where).order_by(column)))
