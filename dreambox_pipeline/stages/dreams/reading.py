"""From comments to dream reports: detect, redact, extract, screen, each item on its own.

    comment -> is it for us? -> detect -> redact -> extract from the redacted text -> screen

The engine may fail on one text or on a whole batch; the others are read all the same. What an
engine says is never trusted with personal data or safety: both are done here, every time. A
dream whose text speaks to a model goes to a person, with the reason.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.safety.injection import find_injection
from dreambox_pipeline.safety.redaction import Redacted, redact
from dreambox_pipeline.safety.screening import screen
from dreambox_pipeline.stages.comments.model import Comment
from dreambox_pipeline.stages.dreams.engine import CommentIn, TextEngine
from dreambox_pipeline.stages.dreams.model import Detection, DreamReport, Extraction
from dreambox_pipeline.text.normalize import clean

In = TypeVar("In")
Out = TypeVar("Out")

_CLOCK_SKEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Readings:
    """What became of a batch. Every comment is in exactly one list, or was not for us.

    Attributes:
        passed_over: Comment ids that tell no dream, with the verdict.
        failures: Comment ids the engine could not read, with a sentence that holds no text.
        skipped: Comment ids never read: the owner's own, replies, hidden ones.
    """

    reports: list[DreamReport] = field(default_factory=list)
    passed_over: list[tuple[str, Detection]] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def read_comments(
    comments: Sequence[Comment],
    *,
    engine: TextEngine,
    asks_for_dreams: frozenset[str],
    now: datetime,
) -> Readings:
    """Read a batch of comments.

    Args:
        comments: Cleaned and each once, as `ingest` leaves them.
        engine: Finds dreams and extracts facts; its version is noted on every report.
        asks_for_dreams: Ids of the videos that ask viewers to tell a dream.
        now: Aware. A comment from more than an hour later is a failure: its clock cannot be
            trusted, and age decides about consent and freshness.

    Raises:
        TransientError, StopError: The engine as a whole cannot answer; nothing was read.
    """
    readings = Readings()
    wanted = _wanted(comments, readings, latest=now + _CLOCK_SKEW)
    asked = [
        CommentIn(c.comment_id, clean(c.text), c.source_video_id in asks_for_dreams) for c in wanted
    ]
    told: list[tuple[Comment, Detection, Redacted]] = []
    verdicts = _each(engine.detect, asked)
    for comment, verdict in zip(wanted, verdicts, strict=True):
        if isinstance(verdict, ItemError):
            readings.failures.append((comment.comment_id, f"Detection failed: {verdict}"))
        elif not verdict.is_dream:
            readings.passed_over.append((comment.comment_id, verdict))
        else:
            told.append((comment, _guarded(verdict, comment.text), redact(comment.text)))
    extractions = _each(engine.extract, [redacted.text for _, _, redacted in told])
    for (comment, verdict, redacted), found in zip(told, extractions, strict=True):
        if isinstance(found, ItemError):
            readings.failures.append((comment.comment_id, f"Extraction failed: {found}"))
        else:
            readings.reports.append(_report(comment, verdict, redacted, found))
    return readings


def dream_id_for(comment_id: str) -> str:
    """A comment tells one dream, so its id names it: read twice, it is the same dream."""
    return f"drm_{hashlib.sha256(comment_id.encode()).hexdigest()[:16]}"


def _wanted(comments: Sequence[Comment], readings: Readings, *, latest: datetime) -> list[Comment]:
    """The comments to read; the others are noted in *readings*."""
    for_us = [comment for comment in comments if _is_for_us(comment)]
    readings.skipped.extend(c.comment_id for c in comments if not _is_for_us(c))
    readings.failures.extend(
        (c.comment_id, f"Written at {c.created_at.isoformat()}, which is later than now.")
        for c in for_us
        if c.created_at > latest
    )
    return [comment for comment in for_us if comment.created_at <= latest]


def _is_for_us(comment: Comment) -> bool:
    """Replies are conversation and consent; hidden comments were hidden for a reason."""
    return not (comment.is_owner or comment.parent_comment_id or comment.status != "PUBLIC")


def _guarded(verdict: Detection, text: str) -> Detection:
    """*verdict*, for a person to look at when the raw *text* speaks to a model."""
    attempts = find_injection(text)
    if not attempts:
        return verdict
    codes = tuple(f"injection:{code}" for code in attempts)
    return replace(verdict, needs_review=True, reasons=(*verdict.reasons, *codes))


def _each(call: Callable[[Sequence[In]], list[Out]], items: Sequence[In]) -> list[Out | ItemError]:
    """*call* on all items at once; when that fails on account of one, on each alone."""
    if not items:
        return []
    try:
        answers = call(items)
    except ItemError:
        answers = []
    if len(answers) == len(items):
        return [*answers]
    outcomes: list[Out | ItemError] = []
    for item in items:
        # Named, because mypy would take the list's item type for the answer's.
        outcome = _alone(call, item)
        outcomes.append(outcome)
    return outcomes


def _alone(call: Callable[[Sequence[In]], list[Out]], item: In) -> Out | ItemError:
    try:
        answers = call([item])
    except ItemError as error:
        return error
    if len(answers) != 1:
        return ItemError(f"Asked the engine about 1 text and got {len(answers)} answers.")
    return answers[0]


def _report(
    comment: Comment,
    verdict: Detection,
    redacted: Redacted,
    found: Extraction,
) -> DreamReport:
    return DreamReport(
        dream_id=dream_id_for(comment.comment_id),
        comment_id=comment.comment_id,
        source_video_id=comment.source_video_id,
        author_id=comment.author_id,
        told_at=comment.created_at,
        text=redacted.text,
        lang=verdict.lang,
        probability=verdict.probability,
        reasons=(*verdict.reasons, *found.reasons),
        facts=found.facts,
        screening=screen(redacted.text, lang=verdict.lang),
        likes=comment.likes,
        engine=found.engine,
        mode=verdict.mode,
        needs_review=verdict.needs_review or found.needs_review,
    )
