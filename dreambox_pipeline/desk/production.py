"""How a video came about, for the person who decides about it: style, words, money, look and record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.generators.registry import GENERATORS
from dreambox_pipeline.stages.prompts.styles import STYLES
from dreambox_pipeline.storage.ledger import costs
from dreambox_pipeline.storage.ledger.costs import Cost
from dreambox_pipeline.storage.tables import (
    findings,
    generation_jobs,
    prompts,
    provenance,
    series,
    videos,
)

EMBEDDED = "embedded"
"""What prompts call our own composer as their writer."""

DRIFT = "drift"
"""Name of the check whose message says how a video's look differs."""

USUAL = "Looks like the last videos of this style."
UNUSUAL = "Unusual for this style."

# https://cv.iptc.org/newscodes/digitalsourcetype/ in words for people.
SOURCE_TYPES: Mapping[str, str] = {
    "algorithmicMedia": "Drawn by a computer program that learned from no pictures.",
    "trainedAlgorithmicMedia": "Made by an AI model that was trained on pictures.",
    "compositeWithTrainedAlgorithmicMedia": "Put together from several sources, among them an AI model's pictures.",
    "compositeSynthetic": "Put together from several sources, among them synthetic pictures.",
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is recorded about a file.

    Attributes:
        content_hash: The file it is about.
        unsigned_reason: Why the file carries no Content Credentials; None when it does.
        record: The record itself.
        source: How its pictures came about, in words.
    """

    content_hash: str
    unsigned_reason: str | None
    record: Mapping[str, Any]
    recorded_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Look:
    """How a video's look compares with the last ones of its style.

    Attributes:
        drift: 1.0 is the edge of what is usual.
        words: What differs.
        picture_hash: A WebP that shows it, or None.
    """

    drift: float
    words: str
    picture_hash: str | None

    @property
    def is_usual(self) -> bool:
        """Nobody needs to look twice."""
        return self.drift <= 1.0

    @property
    def place(self) -> float:
        """Where on a meter from 0 to 1 it stands; the edge of the usual is in its middle."""
        return min(max(self.drift, 0.0) / 2, 1.0)


@dataclass(frozen=True, slots=True)
class Production:
    """How one video came about.

    Attributes:
        writer: Who worded the prompt; None when nobody wrote it down.
        refusal: Why the provider refused the first prompt, in its words.
        generator_title: What the registry says about the generator; empty for one that left it.
        cost: Of the video with every attempt on its way.
        look: None while the style has too few videos to compare with.
    """

    style_name: str
    series_name: str | None
    writer: str | None
    is_softened: bool
    refusal: str | None
    generator_title: str
    cost: Cost
    look: Look | None
    provenance: Provenance | None


def production_of(connection: Connection, render_id: str) -> Production:
    """How this video came about.

    Raises:
        sqlalchemy.exc.NoResultFound: There is no such video.
    """
    where = videos.c.render_id == render_id
    row = connection.execute(_SELECT.where(where)).mappings().one()
    style_id, generator = row["style_id"], row["generator"]
    style = STYLES.get(style_id)
    entry = GENERATORS.get(generator)
    paid = costs.of_prompts(connection, [row["prompt_id"]])
    return Production(
        style_name=style.name if style else style_id.replace("_", " ").capitalize(),
        series_name=row["series_name"],
        writer="our own rules, offline" if row["writer"] == EMBEDDED else row["writer"],
        is_softened=row["is_softened"],
        refusal=row["refusal"],
        generator_title=entry.title if entry else "",
        cost=paid.get(row["prompt_id"], Cost()),
        look=_look(row),
        provenance=_provenance(row),
    )


_drift_finding = findings.alias()

_SELECT = (
    sa.select(
        videos.c.prompt_id,
        videos.c.drift,
        prompts.c.style_id,
        prompts.c.writer,
        series.c.name.label("series_name"),
        generation_jobs.c.generator,
        generation_jobs.c.is_softened,
        generation_jobs.c.refusal,
        provenance.c.content_hash.label("recorded_hash"),
        provenance.c.unsigned_reason,
        provenance.c.record,
        provenance.c.recorded_at,
        _drift_finding.c.message.label("drift_message"),
        _drift_finding.c.picture_hash.label("drift_picture"),
    )
    .join(prompts, prompts.c.prompt_id == videos.c.prompt_id)
    .join(generation_jobs, generation_jobs.c.job_id == videos.c.job_id)
    .outerjoin(series, series.c.series_id == prompts.c.series_id)
    .outerjoin(
        provenance,
        # What is recorded about an earlier file says nothing about this one.
        (provenance.c.render_id == videos.c.render_id)
        & (provenance.c.content_hash == videos.c.content_hash),
    )
    .outerjoin(
        _drift_finding,
        (_drift_finding.c.render_id == videos.c.render_id) & (_drift_finding.c.check_name == DRIFT),
    )
)


def _look(row: sa.RowMapping) -> Look | None:
    drift = row["drift"]
    if drift is None:
        return None
    words = row["drift_message"] or (USUAL if drift <= 1.0 else UNUSUAL)
    return Look(drift, words, row["drift_picture"])


def _provenance(row: sa.RowMapping) -> Provenance | None:
    if row["recorded_at"] is None:
        return None
    return Provenance(
        content_hash=row["recorded_hash"],
        unsigned_reason=row["unsigned_reason"],
        record=row["record"],
        recorded_at=row["recorded_at"],
        source=_source(row["record"], row["generator"]),
    )


def _source(record: Mapping[str, Any], generator: str) -> str:
    """The IPTC term in the record, or the generator's, in words; the term itself when it is new."""
    entry = GENERATORS.get(generator)
    address = record.get("digital_source_type") or (entry.digital_source_type if entry else "")
    term = str(address).rpartition("/")[2]
    return SOURCE_TYPES.get(term, term or "Not recorded.")
