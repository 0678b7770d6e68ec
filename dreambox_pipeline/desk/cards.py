"""What the review list knows about each video, read from the ledger in a few statements.

A card's state follows from the review events about exactly the file it shows: an approval of
an earlier render counts for nothing. Media appear as content hashes here; `pages` signs them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from dreambox_pipeline.desk.production import DRIFT, Production, production_of
from dreambox_pipeline.stages.dreams.model import ConsentState, DreamFacts
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.review.events import verdict_on
from dreambox_pipeline.stages.review.model import Decision, ReviewEvent
from dreambox_pipeline.stages.videos import stand_in
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.storage.ledger import publications, reviews, videos
from dreambox_pipeline.storage.ledger.dreams import ERASED
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.ledger.videos import VideoRow
from dreambox_pipeline.storage.tables import consents, dreams, generation_jobs, prompts, rankings
from dreambox_pipeline.storage.tables import videos as video_rows


class Shelf(StrEnum):
    """Where a video stands in the list; the tabs of the page."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Card:
    """One video with everything a reviewer needs to decide.

    Attributes:
        verdict: The approval or rejection in force, of exactly this content; None when open.
        events: Everything that was said about the video, oldest first.
        rank, why: Place in the ranking when the dream was chosen; None when the ranking has
            moved on without it.
        consent: Where the dreamer's consent stands now.
        is_erased: The dreamer took the dream back, and everything told is gone.
    """

    video: VideoRow
    shelf: Shelf
    verdict: ReviewEvent | None
    events: tuple[ReviewEvent, ...]
    dream_text: str
    dream_lang: str
    facts: DreamFacts
    told_at: datetime
    likes: int | None
    rank: int | None
    why: str | None
    consent: ConsentState
    is_erased: bool
    prompt: VideoPrompt
    prose: str
    generator: str
    generator_version: str
    findings: tuple[Finding, ...]
    publication: PublicationRow | None
    production: Production

    @property
    def stand_in(self) -> str | None:
        """What has to be said beside it when the offline generator drew it; None when a model did."""
        return stand_in.sentence_for([self.generator])

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Checks that did not pass, those that block posting first."""
        missed = (finding for finding in self.findings if not finding.passed)
        return tuple(sorted(missed, key=lambda finding: finding.severity is not Severity.ERROR))

    @property
    def failed_below(self) -> tuple[Finding, ...]:
        """The same without the drift where the meter shows it, picture and all."""
        has_meter = self.production.look is not None
        return tuple(each for each in self.failed if not (has_meter and each.check == DRIFT))

    @property
    def passed(self) -> tuple[Finding, ...]:
        """Checks that passed."""
        return tuple(finding for finding in self.findings if finding.passed)


def shelves(connection: Connection, *, with_erased: bool = False) -> dict[Shelf, list[str]]:
    """The ids on each shelf, newest video first.

    Of an erased dream nothing is left to decide about, so only its post is on a shelf: somebody has
    to take it down. *with_erased* is for who counts what was decided.
    """
    events = _by_video(reviews.events(connection))
    sent = {row.render_id: row for row in publications.everything(connection)}
    rows = connection.execute(
        sa.select(video_rows.c.render_id, video_rows.c.content_hash, dreams.c.suspended_reason)
        .join(dreams, dreams.c.dream_id == video_rows.c.dream_id)
        .order_by(video_rows.c.finished_at.desc(), video_rows.c.render_id)
    )
    found: dict[Shelf, list[str]] = {shelf: [] for shelf in Shelf}
    for render_id, content_hash, suspended_reason in rows:
        verdict = verdict_on(events.get(render_id, ()), content_hash)
        shelf = _shelf(verdict, sent.get(render_id))
        if with_erased or suspended_reason != ERASED or shelf is Shelf.POSTED:
            found[shelf].append(render_id)
    return found


def cards(connection: Connection, render_ids: Sequence[str]) -> list[Card]:
    """The cards of these videos in the order asked for; unknown ids are left out."""
    rows = connection.execute(_SELECT.where(video_rows.c.render_id.in_(render_ids))).mappings()
    sent = {row.render_id: row for row in publications.everything(connection)}
    found = {row["render_id"]: _card(connection, row, sent.get(row["render_id"])) for row in rows}
    return [found[render_id] for render_id in render_ids if render_id in found]


_SELECT = (
    sa.select(
        video_rows.c.render_id,
        dreams.c.text,
        dreams.c.lang,
        dreams.c.facts,
        dreams.c.told_at,
        dreams.c.likes,
        dreams.c.suspended_reason,
        rankings.c.rank,
        rankings.c.why,
        consents.c.state.label("consent"),
        prompts.c.prompt,
        prompts.c.prose,
        generation_jobs.c.generator,
        generation_jobs.c.generator_version,
    )
    .join(dreams, dreams.c.dream_id == video_rows.c.dream_id)
    .join(prompts, prompts.c.prompt_id == video_rows.c.prompt_id)
    .join(generation_jobs, generation_jobs.c.job_id == video_rows.c.job_id)
    .outerjoin(rankings, rankings.c.dream_id == video_rows.c.dream_id)
    .outerjoin(consents, consents.c.dream_id == video_rows.c.dream_id)
)


def _card(connection: Connection, row: RowMapping, publication: PublicationRow | None) -> Card:
    render_id: str = row["render_id"]
    video = videos.get(connection, render_id)
    if video is None:
        raise AssertionError(render_id)
    events = tuple(reviews.events(connection, render_id=render_id))
    verdict = verdict_on(events, video.content_hash)
    return Card(
        video=video,
        shelf=_shelf(verdict, publication),
        verdict=verdict,
        events=events,
        dream_text=row["text"],
        dream_lang=row["lang"],
        facts=DreamFacts.model_validate(row["facts"]),
        told_at=row["told_at"],
        likes=row["likes"],
        rank=row["rank"],
        why=row["why"],
        consent=ConsentState(row["consent"] or ConsentState.NONE),
        is_erased=row["suspended_reason"] == ERASED,
        prompt=VideoPrompt.model_validate(row["prompt"]),
        prose=row["prose"],
        generator=row["generator"],
        generator_version=row["generator_version"],
        findings=tuple(videos.findings_of(connection, render_id)),
        publication=publication,
        production=production_of(connection, render_id),
    )


def _shelf(verdict: ReviewEvent | None, publication: PublicationRow | None) -> Shelf:
    if publication is not None and publication.state is PublicationState.PUBLISHED:
        return Shelf.POSTED
    if verdict is None:
        return Shelf.OPEN
    return Shelf.APPROVED if verdict.decision is Decision.APPROVE else Shelf.REJECTED


def _by_video(events: Iterable[ReviewEvent]) -> dict[str, list[ReviewEvent]]:
    grouped: dict[str, list[ReviewEvent]] = {}
    for event in events:
        grouped.setdefault(event.render_id, []).append(event)
    return grouped
