"""One video's way through the pipeline, as steps a person can read from top to bottom.

    comment -> consent -> prompt -> clip -> video -> review -> post

Only what the ledger keeps is shown: the dream in its redacted form, never the raw comment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from dreambox_pipeline.desk.cards import Card
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.review.model import Decision
from dreambox_pipeline.storage.tables import (
    consents,
    dreams,
    generation_jobs,
    prompts,
    source_videos,
    videos,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One stop.

    Attributes:
        name: What it is: `Comment`, `Consent`, ...
        headline: What happened, in a sentence.
        at: When, aware UTC; None when it has not happened.
        facts: Label and value pairs, ids last.
        is_done: False for what is still to come.
    """

    name: str
    headline: str
    at: datetime | None
    facts: tuple[tuple[str, str], ...] = ()
    is_done: bool = True


def steps(connection: Connection, card: Card) -> list[Step]:
    """The journey of *card*, in order, including the stops that are still ahead."""
    row = connection.execute(_SELECT.where(videos.c.render_id == card.video.render_id)).mappings()
    return list(_steps(row.one(), card))


_SELECT = (
    sa.select(
        dreams.c.comment_id,
        dreams.c.source_video_id,
        dreams.c.engine,
        dreams.c.probability,
        source_videos.c.caption,
        consents.c.asked_at,
        consents.c.answered_at,
        consents.c.withdrawn_at,
        consents.c.question_text,
        prompts.c.composed_at,
        prompts.c.template_version,
        generation_jobs.c.provider_job_id,
        generation_jobs.c.updated_at,
    )
    .select_from(videos)
    .join(dreams, dreams.c.dream_id == videos.c.dream_id)
    .join(prompts, prompts.c.prompt_id == videos.c.prompt_id)
    .join(generation_jobs, generation_jobs.c.job_id == videos.c.job_id)
    .outerjoin(source_videos, source_videos.c.source_video_id == dreams.c.source_video_id)
    .outerjoin(consents, consents.c.dream_id == dreams.c.dream_id)
)


def _steps(row: RowMapping, card: Card) -> Iterator[Step]:
    yield _comment(row, card)
    yield _consent(row, card)
    yield _prompt(row, card)
    yield _clip(row, card)
    yield _video(card)
    yield _review(card)
    yield _post(card)


def _comment(row: RowMapping, card: Card) -> Step:
    facts = [
        ("Understood by", f"{row['engine']}, {row['probability']:.0%} sure that it is a dream"),
        ("Comment id", row["comment_id"]),
    ]
    if row["caption"] is not None:
        facts.insert(0, ("Under the video", row["caption"]))
    return Step("Comment", "Someone told a dream.", card.told_at, tuple(facts))


def _consent(row: RowMapping, card: Card) -> Step:
    headlines = {
        ConsentState.GRANTED: "The dreamer agreed.",
        ConsentState.WITHDRAWN: "The dreamer took their consent back.",
        ConsentState.ASKED: "Asked; no answer yet.",
        ConsentState.DECLINED: "The dreamer said no.",
        ConsentState.EXPIRED: "Asked; no clear answer came in time.",
        ConsentState.NONE: "Not asked yet.",
    }
    facts = [] if card.is_erased else [("Credited as", card.video.credit or "anonymous")]
    if row["question_text"]:
        facts.append(("We asked", row["question_text"]))
    at = row["withdrawn_at"] or row["answered_at"] or row["asked_at"]
    is_done = card.consent is ConsentState.GRANTED
    return Step("Consent", headlines[card.consent], at, tuple(facts), is_done=is_done)


def _prompt(row: RowMapping, card: Card) -> Step:
    made = card.production
    facts = [("Template", row["template_version"])]
    if card.prose:
        facts.insert(0, ("Words for the model", card.prose))
    if made.series_name:
        facts.insert(0, ("Series", made.series_name))
    if made.writer:
        facts.insert(0, ("Worded by", made.writer))
    facts.append(("Prompt id", card.video.prompt_id))
    headline = f"Composed in the style “{made.style_name}”."
    return Step("Prompt", headline, row["composed_at"], tuple(facts))


def _clip(row: RowMapping, card: Card) -> Step:
    made_by = f"{card.generator} {card.generator_version}"
    facts = [("Generator", made_by), ("Cost", str(card.production.cost))]
    if card.production.is_softened:
        refused = card.production.refusal or "The provider did not say why."
        facts.append(("Refused first", f"{refused} Then it was asked for in softer words."))
    facts.append(("Job id", card.video.job_id))
    headline = card.stand_in or f"Made by {made_by}."
    return Step("Clip", headline, row["updated_at"], tuple(facts))


def _video(card: Card) -> Step:
    video = card.video
    passed, total = len(card.passed), len(card.findings)
    size = (
        f"{video.width} × {video.height}, {video.duration_s:.1f} s, {video.frame_rate:g} frames/s"
    )
    facts = (
        ("File", f"{size}, {video.size_bytes / 1_000_000:.1f} MB"),
        *_notes(card),
        ("Content hash", video.content_hash),
        ("Video id", video.render_id),
    )
    headline = f"Finished; {passed} of {total} checks passed."
    return Step("Video", headline, video.finished_at, facts)


def _notes(card: Card) -> Iterator[tuple[str, str]]:
    if card.failed:
        yield "Not passed", ", ".join(each.check.replace("_", " ") for each in card.failed)
    if card.production.look:
        yield "Its look", card.production.look.words
    record = card.production.provenance
    if record is not None:
        yield "Content Credentials", record.unsigned_reason or "Signed."


def _review(card: Card) -> Step:
    verdict = card.verdict
    if verdict is None:
        return Step("Review", "Waiting for a person.", None, is_done=False)
    word = "Approved" if verdict.decision is Decision.APPROVE else "Rejected"
    facts = (("Reason", verdict.reason),) if verdict.reason else ()
    return Step("Review", f"{word} by {verdict.reviewer}.", verdict.decided_at, facts)


def _post(card: Card) -> Step:
    publication = card.publication
    if publication is None:
        return Step("Post", "Not in the queue.", None, is_done=False)
    facts = [("Slot", f"{publication.slot_local}: {publication.slot_why}")]
    if publication.caption:
        facts.append(("Caption", publication.caption))
    if publication.error:
        facts.append(("Trouble", publication.error))
    if publication.publish_id:
        facts.append(("Publish id", publication.publish_id))
    if publication.post_id:
        facts.append(("Post id", publication.post_id))
    is_posted = publication.published_at is not None
    headline = "Posted." if is_posted else f"In the queue: {publication.state.value}."
    return Step("Post", headline, publication.published_at, tuple(facts), is_done=is_posted)
