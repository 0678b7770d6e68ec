"""Making one dreamer's comment, and all that was made of it, disappear from every store.

    tombstone -> queue and jobs stopped -> lake -> ledger rows emptied -> files of killed runs ->
    media -> SQLite's free pages -> warehouse -> finished

The tombstone is written first and never goes: it keeps the comment from being stored again, and
a killed erasure from being forgotten. Every step may be done twice, so a run that finds an
unfinished tombstone does all of them. What stays are ids, hashes and times: the tombstone, the
proof of consent and the audit chain. Posts that are public need a person: TikTok lets no
program remove them, so a takedown task is opened.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.media.kits import remove_kit
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage import leftovers
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.ledger import (
    Ledger,
    audit,
    dreams,
    erasures,
    husks,
    publications,
    recalls,
    tasks,
)
from dreambox_pipeline.storage.ledger import traces as ledger_traces
from dreambox_pipeline.storage.ledger.erasures import Erasure
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.storage.tables import dreams as dreams_table
from dreambox_pipeline.storage.tables import publications as publications_table
from dreambox_pipeline.storage.warehouse import Warehouse

ACTION = "comment.erased"
"""What the audit chain says when everything is gone."""

WAITING = "waiting_for_posts"
"""Noted in a tombstone when all is gone but the caption of a post whose outcome is not known yet."""


class Eraser:
    """Removes comments from every store.

    Args:
        ledger: Where tombstones and the emptied rows stay.
        lake: Loses the comments and the replies.
        media: Loses files that nothing else uses.
        warehouse: Is made anew without them.
        work_dir: Where clips and videos are made; a killed run leaves its work there.
        kits_dir: Where videos wait to be posted by hand.
    """

    def __init__(
        self,
        ledger: Ledger,
        lake: Lake,
        media: MediaStore,
        warehouse: Warehouse,
        work_dir: Path,
        *,
        kits_dir: Path,
    ) -> None:
        self._ledger = ledger
        self._lake = lake
        self._media = media
        self._warehouse = warehouse
        self._work_dir = work_dir
        self._kits_dir = kits_dir

    def request(self, comment_id: str, *, reason: str, now: datetime) -> None:
        """Write the tombstone and stop what is still to come; `finish_all` removes the rest.

        From here on nothing new is made of the comment, even if the removal has to wait.

        Args:
            comment_id: A comment, known or not; an unknown one is never stored at all.
            reason: A code such as `withdrawn` or `comment_deleted`, never what somebody wrote.
            now: The moment, aware.
        """
        with self._ledger.write() as connection:
            dream_id = dreams.suspend(connection, comment_id, reason=dreams.ERASED, now=now)
            erasures.request(connection, comment_id, dream_id=dream_id, reason=reason, now=now)
            if dream_id is not None:
                _stop_queue(connection, dream_id, reason, now)

    def erase(self, comment_id: str, *, reason: str, now: datetime) -> bool:
        """Remove one comment and everything made of it, now.

        Returns:
            True when all is gone; False when a post of it is on its way, whose outcome must be
            known first: its caption stays until then.

        Raises:
            StopError: A store cannot be written. The tombstone stands; `finish_all` goes on.
            TransientError: A reader keeps the ledger busy. The same.
        """
        self.request(comment_id, reason=reason, now=now)
        self._finish([comment_id], now)
        with self._ledger.read() as connection:
            tombstone = erasures.find(connection, comment_id)
        return tombstone is not None and tombstone.finished_at is not None

    def finish_all(self, *, now: datetime) -> list[str]:
        """Finish every erasure that was asked for, or that late work made necessary again.

        Returns:
            Comment ids that are now gone for good.

        Raises:
            StopError, TransientError: As `erase`.
        """
        return self._finish(None, now)

    def _finish(self, comment_ids: Collection[str] | None, now: datetime) -> list[str]:
        with self._ledger.read() as connection:
            wanted = [
                erasure
                for erasure in erasures.unfinished(connection)
                if (comment_ids is None or erasure.comment_id in comment_ids)
                and not (WAITING in erasure.detail and _in_flight(connection, erasure.dream_id))
            ]
        if not wanted:
            return []
        self._bury_replies(wanted, now)
        self._remove_from_lake(wanted)
        self._empty_ledger(wanted, now)
        self._remove_work(wanted)
        self._remove_media(wanted)
        self._scrub_ledger()
        self._renew_warehouse(now)
        return self._conclude(wanted, now)

    def _bury_replies(self, wanted: Sequence[Erasure], now: datetime) -> None:
        """Find what the dreamers and we wrote under the comments, while the authors are known."""
        replies = self._replies_to({erasure.comment_id for erasure in wanted})
        with self._ledger.write() as connection:
            for comment_id, reply_ids in replies.items():
                for reply_id in reply_ids:
                    erasures.bury_reply(connection, reply_id, under=comment_id, now=now)

    def _replies_to(self, comment_ids: Collection[str]) -> Mapping[str, list[str]]:
        """Comment id to the ids of its author's and our own replies in the lake."""
        with self._ledger.read() as connection:
            authors = _authors(connection, comment_ids)
        below: list[tuple[str, str, str, bool]] = []
        columns = ("comment_id", "parent_comment_id", "author_id", "is_owner")
        for batch in self._lake.read_batches(COMMENTS, self._lake.days(COMMENTS), columns=columns):
            for row in batch:
                if row["comment_id"] in comment_ids:
                    authors[row["comment_id"]] = row["author_id"]
                if row["parent_comment_id"] in comment_ids:
                    below.append(tuple(row[name] for name in columns))
        replies: dict[str, list[str]] = defaultdict(list)
        for reply_id, parent_id, author_id, is_owner in below:
            if is_owner or author_id == authors.get(parent_id):
                replies[parent_id].append(reply_id)
        return replies

    def _remove_from_lake(self, wanted: Sequence[Erasure]) -> None:
        with self._ledger.read() as connection:
            below = [erasures.buried_replies(connection, each.comment_id) for each in wanted]
        replies = {reply_id for reply_ids in below for reply_id in reply_ids}
        # The replies first: their comment's author is who tells them from other people's.
        self._lake.remove(COMMENTS, replies)
        self._lake.remove(COMMENTS, {erasure.comment_id for erasure in wanted})

    def _empty_ledger(self, wanted: Sequence[Erasure], now: datetime) -> None:
        for erasure in wanted:
            with self._ledger.write() as connection:
                traces = _traces(connection, erasure)
                if traces.dream_id is not None:
                    _stop_queue(connection, traces.dream_id, erasure.reason, now)
                    _ask_for_takedown(connection, traces.dream_id, erasure.reason, now)
                husks.empty(connection, traces, reason=erasure.reason, now=now)

    def _remove_work(self, wanted: Sequence[Erasure]) -> None:
        for erasure in wanted:
            with self._ledger.read() as connection:
                traces = _traces(connection, erasure)
            for publication_id in traces.publication_ids:
                remove_kit(self._kits_dir, publication_id)
            for path in leftovers.work_files(self._work_dir, traces.job_ids):
                # The hashes are in nothing but these files, so they are the last to go.
                with self._ledger.read() as connection:
                    stored = ledger_traces.unnamed(connection, leftovers.hashes_in(path))
                for digest in sorted(stored):
                    self._media.remove(digest)
                leftovers.remove_work(path)

    def _remove_media(self, wanted: Sequence[Erasure]) -> None:
        for erasure in wanted:
            with self._ledger.read() as connection:
                traces = _traces(connection, erasure)
                hashes = ledger_traces.media_hashes(connection, traces)
                pictures = leftovers.series_pictures(connection, traces, self._media)
            for digest in sorted(hashes):
                self._media.remove(digest)
            with self._ledger.write() as connection:
                husks.drop_series_pictures(connection, hashes | pictures)
                nobodys = ledger_traces.unnamed(connection, pictures)
                # Inside: only the series' row says that there is a picture, until it is gone.
                for digest in sorted(nobodys):
                    self._media.remove(digest)

    def _scrub_ledger(self) -> None:
        self._ledger.scrub()

    def _renew_warehouse(self, now: datetime) -> None:
        self._warehouse.rebuild(now=now)

    def _conclude(self, wanted: Sequence[Erasure], now: datetime) -> list[str]:
        finished = []
        for erasure in wanted:
            with self._ledger.write() as connection:
                traces = _traces(connection, erasure)
                detail = _detail(connection, traces)
                if _in_flight(connection, traces.dream_id):
                    erasures.note(connection, erasure.comment_id, detail | {WAITING: 1})
                elif erasures.finish(connection, erasure.comment_id, detail=detail, now=now):
                    finished.append(erasure.comment_id)
                    audit.append(
                        connection,
                        actor="pipeline",
                        action=ACTION,
                        subject=erasure.comment_id,
                        now=now,
                        detail={"dream": traces.dream_id, "reason": erasure.reason} | detail,
                    )
        return finished


def _authors(connection: Connection, comment_ids: Collection[str]) -> dict[str, str]:
    rows = connection.execute(
        sa.select(dreams_table.c.comment_id, dreams_table.c.author_id).where(
            dreams_table.c.comment_id.in_(comment_ids), dreams_table.c.author_id != ""
        )
    )
    return {comment_id: author_id for comment_id, author_id in rows}  # noqa: C416 - a Row is not a tuple for mypy


def _traces(connection: Connection, erasure: Erasure) -> ledger_traces.Traces:
    # Asked again: a report of a comment that was being read may have come after the tombstone.
    dream_id = connection.scalar(
        sa.select(dreams_table.c.dream_id).where(dreams_table.c.comment_id == erasure.comment_id)
    )
    replies = erasures.buried_replies(connection, erasure.comment_id)
    return ledger_traces.find(connection, (erasure.comment_id, *replies), dream_id)


def _stop_queue(connection: Connection, dream_id: str, reason: str, now: datetime) -> None:
    for row in publications.planned_for_dream(connection, dream_id):
        publications.cancel(connection, row, now=now, reason="The dream is being erased.")
    recalls.recall(connection, dream_id, why=reason, now=now)


def _in_flight(connection: Connection, dream_id: str | None) -> bool:
    """Whether a post of the dream may still become public."""
    return dream_id is not None and any(
        row.state not in publications.TERMINAL
        for row in publications.of_dream(connection, dream_id)
    )


def _ask_for_takedown(connection: Connection, dream_id: str, reason: str, now: datetime) -> None:
    for row in publications.of_dream(connection, dream_id):
        if row.state is PublicationState.PUBLISHED:
            payload = {
                "post_id": row.post_id,
                "publication_id": row.publication_id,
                "dream_id": dream_id,
                "why": reason,
            }
            subject = row.post_id or row.publication_id
            tasks.open_task(connection, tasks.TAKEDOWN, subject, payload=payload, now=now)


def _detail(connection: Connection, traces: ledger_traces.Traces) -> dict[str, int]:
    """What there was, counted from what stays, so a killed erasure counts the same."""
    published = sa.select(sa.func.count()).where(
        publications_table.c.publication_id.in_(traces.publication_ids),
        publications_table.c.state == PublicationState.PUBLISHED.value,
    )
    return {
        "comments": len(traces.comment_ids),
        "dreams": int(traces.dream_id is not None),
        "prompts": len(traces.prompt_ids),
        "videos": len(traces.render_ids),
        "files": len(ledger_traces.media_hashes(connection, traces)),
        "posts_to_take_down": connection.scalar(published) or 0,
    }
