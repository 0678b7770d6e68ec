"""Emptying the rows of an erased dream: ids, hashes and times stay, what was told goes.

Rows are kept where others point to them, so the lineage of a post that is out still reads, and
every kept value is a valid one. Which dream is erased, and when, is `storage.erasure`'s work.
"""

import re
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.dreams.model import ConsentState, DreamFacts, Setting
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.ledger import tasks as ledger_tasks
from dreambox_pipeline.storage.ledger.traces import Traces
from dreambox_pipeline.storage.tables import (
    consents,
    dream_labels,
    dreams,
    findings,
    generation_jobs,
    item_failures,
    outbox,
    post_drafts,
    post_rewards,
    prompts,
    provenance,
    publications,
    rankings,
    review_events,
    series,
    source_videos,
    tasks,
    videos,
    webhook_inbox,
)

ERASER = "pipeline"
"""Who closes the tasks of an erased dream."""

NO_FACTS = DreamFacts(setting=Setting.UNKNOWN, mood=0, visual_detail=0).model_dump(mode="json")

_HASH = re.compile(r"[0-9a-f]{64}")

ENDED = (
    PublicationState.PUBLISHED.value,
    PublicationState.FAILED.value,
    PublicationState.CANCELLED.value,
)


def empty(connection: Connection, found: Traces, *, reason: str, now: datetime) -> None:
    """Take everything told out of every row on these traces. A second time changes nothing."""
    _empty_dream(connection, found, now)
    _empty_consent(connection, found, now)
    _empty_productions(connection, found)
    _empty_records(connection, found)
    _empty_queue(connection, found)
    _empty_requests(connection, found, now)
    _empty_tasks(connection, found, reason, now)
    _delete_remarks(connection, found)


def _empty_dream(connection: Connection, found: Traces, now: datetime) -> None:
    connection.execute(
        sa.update(dreams)
        .where(dreams.c.dream_id == found.dream_id)
        .values(
            author_id="",
            text="",
            lang="",
            reasons=[],
            facts=NO_FACTS,
            screening_reasons=[],
            likes=None,
            signature=None,
            needs_review=False,
            suspended_at=sa.func.coalesce(dreams.c.suspended_at, now),
            suspended_reason=ledger_dreams.ERASED,
        )
    )
    # Its "why" tells what was dreamt.
    connection.execute(sa.delete(rankings).where(rankings.c.dream_id == found.dream_id))


def _empty_consent(connection: Connection, found: Traces, now: datetime) -> None:
    """Nothing may be made any more; the proof stays: ids, hash, wording version and times."""
    of_dream = consents.c.dream_id == found.dream_id
    ends = {
        ConsentState.ASKED: {"state": ConsentState.DECLINED.value, "updated_at": now},
        ConsentState.GRANTED: {
            "state": ConsentState.WITHDRAWN.value,
            "withdrawn_at": now,
            "updated_at": now,
        },
    }
    for state, values in ends.items():
        connection.execute(
            sa.update(consents).where(of_dream, consents.c.state == state.value).values(**values)
        )
    connection.execute(sa.update(consents).where(of_dream).values(question_text="", credit=None))


def _empty_productions(connection: Connection, found: Traces) -> None:
    styles = connection.execute(
        sa.select(prompts.c.prompt_id, prompts.c.style_id).where(
            prompts.c.prompt_id.in_(found.prompt_ids)
        )
    )
    for prompt_id, style_id in styles.all():
        connection.execute(
            sa.update(prompts)
            .where(prompts.c.prompt_id == prompt_id)
            .values(prompt=_no_prompt(style_id), prose="", screening_reasons=[])
        )
    renders = found.render_ids
    for table, key, ids, values in (
        (generation_jobs, "job_id", found.job_ids, {"error": None, "refusal": None}),
        (videos, "render_id", renders, {"title": "", "credit": None, "look": None}),
        (findings, "render_id", renders, {"message": ""}),
        (review_events, "render_id", renders, {"reason": ""}),
        (post_rewards, "render_id", renders, {"setting": Setting.UNKNOWN.value, "motifs": []}),
    ):
        connection.execute(sa.update(table).where(table.c[key].in_(ids)).values(**values))


def _empty_records(connection: Connection, found: Traces) -> None:
    """Of what was recorded about a file, its hashes stay: they prove which file it was about."""
    rows = connection.execute(
        sa.select(provenance.c.render_id, provenance.c.record).where(
            provenance.c.render_id.in_(found.render_ids)
        )
    )
    for render_id, record in rows.all():
        connection.execute(
            sa.update(provenance)
            .where(provenance.c.render_id == render_id)
            .values(record=_hashes_in(record), unsigned_reason=_unsigned())
        )


def drop_series_pictures(connection: Connection, gone: Collection[str]) -> None:
    """A series that took its look from one of these pictures goes on without one."""
    connection.execute(
        sa.update(series).where(series.c.reference_hash.in_(gone)).values(reference_hash=None)
    )


def _hashes_in(record: object) -> dict[str, object]:
    """The part of a document that is SHA-256 digests, under the names they had."""
    if not isinstance(record, dict):
        return {}
    kept: dict[str, object] = {}
    for name, value in record.items():
        if isinstance(value, str) and _HASH.fullmatch(value):
            kept[name] = value
        elif isinstance(value, dict) and (below := _hashes_in(value)):
            kept[name] = below
    return kept


def _unsigned() -> sa.ColumnElement[str | None]:
    """Whether there were Content Credentials stays known; why not may quote what was told."""
    reason = provenance.c.unsigned_reason
    return sa.case((reason.is_(None), None), else_=ledger_dreams.ERASED)


def _empty_queue(connection: Connection, found: Traces) -> None:
    # A post whose outcome is not known yet is looked for by its caption; it is emptied afterwards.
    connection.execute(
        sa.update(publications)
        .where(
            publications.c.publication_id.in_(found.publication_ids),
            publications.c.state.in_(ENDED),
        )
        .values(caption="", hashtags=[], alt_text="", error=None)
    )
    connection.execute(sa.delete(post_drafts).where(post_drafts.c.render_id.in_(found.render_ids)))
    # Our post is one of the account's videos, too. TikTok tells its caption until it is taken down;
    # `source_videos.save` leaves it out from now on.
    posts = sa.select(publications.c.post_id).where(
        publications.c.publication_id.in_(found.publication_ids)
    )
    connection.execute(
        sa.update(source_videos)
        .where(source_videos.c.source_video_id.in_(posts))
        .values(caption="")
    )


def _empty_requests(connection: Connection, found: Traces, now: datetime) -> None:
    rows = connection.execute(
        sa.select(outbox.c.key, outbox.c.payload, outbox.c.state).where(
            _mentions(outbox.c.payload, found) | _mentions(outbox.c.key, found)
        )
    )
    for key, payload, state in rows.all():
        is_sent = state not in ("pending", "unknown", "failed")
        values: dict[str, object] = {
            "payload": ledger_tasks.without_text(payload),
            "error": None if is_sent else ledger_dreams.ERASED,
        }
        if state in ("pending", "unknown"):
            values |= {"state": "failed", "updated_at": now}
        connection.execute(sa.update(outbox).where(outbox.c.key == key).values(**values))
    connection.execute(
        sa.update(webhook_inbox)
        .where(_mentions(webhook_inbox.c.payload, found), webhook_inbox.c.error.is_not(None))
        .values(error=None)
    )


def _empty_tasks(connection: Connection, found: Traces, reason: str, now: datetime) -> None:
    rows = connection.execute(
        sa.select(tasks.c.task_id, tasks.c.kind, tasks.c.payload).where(
            tasks.c.subject.in_(found.everything)
            | _mentions(tasks.c.payload, found)
            | _mentions(tasks.c.task_id, found)
        )
    )
    for task_id, kind, payload in rows.all():
        kept = ledger_tasks.without_text(payload)
        if kind == ledger_tasks.TAKEDOWN:
            # It has to be done all the same, and its `why` is a code of ours.
            kept |= {"why": reason}
        else:
            ledger_tasks.close(
                connection, task_id, outcome=ledger_dreams.ERASED, by=ERASER, now=now
            )
        connection.execute(sa.update(tasks).where(tasks.c.task_id == task_id).values(payload=kept))


def _delete_remarks(connection: Connection, found: Traces) -> None:
    connection.execute(
        sa.delete(dream_labels).where(dream_labels.c.comment_id.in_(found.comment_ids))
    )
    connection.execute(
        sa.delete(item_failures).where(
            item_failures.c.item_id.in_(found.everything)
            | _mentions(item_failures.c.item_id, found)
            | _mentions(item_failures.c.message, found)
        )
    )


def _mentions(column: sa.ColumnElement[object], found: Traces) -> sa.ColumnElement[bool]:
    """Rows that name the comment or the dream anywhere in a text or a JSON document."""
    names = (*found.comment_ids, found.dream_id) if found.dream_id else found.comment_ids
    text = sa.cast(column, sa.Text)
    return sa.or_(*(text.contains(name, autoescape=True) for name in names))


def _no_prompt(style_id: str) -> dict[str, object]:
    prompt = VideoPrompt(
        style_id=style_id,
        style="",
        scene="",
        cinematography="",
        camera="",
        lighting="",
        palette=("#000000", "#000000", "#000000"),
        beats=(),
        mood=0,
        audio="",
        avoid=(),
        setting=Setting.UNKNOWN,
        motifs=(),
    )
    return prompt.model_dump(mode="json")
