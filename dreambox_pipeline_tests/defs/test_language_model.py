"""Dreams read by a language model: what Dagster and the ledger say about who understood them."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from dreambox_pipeline.defs.batches import LedgerBatches
from dreambox_pipeline.defs.dreams import dream_reports
from dreambox_pipeline.defs.resources import text_engine
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.comments.model import Comment
from dreambox_pipeline.stages.dreams.engine import TextEngine
from dreambox_pipeline.stages.dreams.model import DreamReport
from dreambox_pipeline.stages.dreams.reading import dream_id_for
from dreambox_pipeline.storage.lake import COMMENTS
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.tables import text_batches
from dreambox_pipeline_tests.defs.workshop import Workshop

WHALE = "last night i dreamt of a giant whale singing over my school"
CAT = "i dreamt that a talking cat flew over the sea with me"
PRIVATE = "i dreamt of a boat with Jessica Miller, call me at +49 170 1234567 or @sleepy.jess"


@pytest.fixture
def engine(workshop: Workshop) -> Iterator[TextEngine]:
    """The openai engine, as the settings make it, against the sandbox."""
    yield text_engine(settings_of(workshop))
    workshop.sandbox.sandbox.models.set_switch("response_mode", "normal")


def settings_of(workshop: Workshop, **changes: Any) -> Settings:
    """The workshop's settings with the openai engine, at the sandbox's address."""
    info = workshop.sandbox.info
    update = {
        "text_engine": "openai",
        "openai_api_key": SecretStr(info["api_key"]),
        "openai_base_url": info["openai_base_url"],
    }
    return workshop.settings.model_copy(update=update | changes)


def write(workshop: Workshop, *texts: str) -> list[str]:
    """Comments of a minute ago in the lake; their ids."""
    at = workshop.now - timedelta(minutes=1)
    found = [
        Comment(f"75{number:017d}", "81", f"aut_{number}", text, at)
        for number, text in enumerate(texts)
    ]
    workshop.parts["lake"].upsert(COMMENTS, at.date(), [asdict(one) for one in found])
    return [one.comment_id for one in found]


def materialised(workshop: Workshop, engine: TextEngine) -> dict[str, Any]:
    """The metadata of one run over today."""
    day = workshop.now.date()
    result = workshop.run(dream_reports, days=(day, day), engine=engine)
    event = result.asset_materializations_for_node("dream_reports")[0]
    return {name: value.value for name, value in event.metadata.items()}


def report(workshop: Workshop, comment_id: str) -> DreamReport:
    with workshop.ledger.read() as connection:
        found = ledger_dreams.report(connection, dream_id_for(comment_id))
    assert found is not None
    return found


def test_the_ledger_and_the_run_say_who_understood_a_dream(
    workshop: Workshop, engine: TextEngine
) -> None:
    """The model read both; nothing of a comment or its writer is in the run's metadata."""
    ids = write(workshop, WHALE, PRIVATE, "first")
    facts = materialised(workshop, engine)
    assert (facts["comments_read"], facts["dreams"], facts["fallbacks"]) == (3, 2, 0)
    assert facts["engines_used"] == {engine.version: 2}
    assert {report(workshop, one).engine for one in ids[:2]} == {engine.version}
    assert "Jessica" not in report(workshop, ids[1]).text
    said = str(facts)
    assert not [word for word in ("whale singing", "Jessica", "1234567", "jess") if word in said]


@pytest.mark.parametrize("mode", ["refuse", "echo"])
def test_a_dream_whose_facts_the_model_refused_waits_for_a_person(
    workshop: Workshop, engine: TextEngine, mode: str
) -> None:
    """The other dream is the model's, and nobody has to look at it."""
    refused, cat = write(workshop, WHALE, CAT)
    materialised(workshop, engine)
    before = report(workshop, refused)
    workshop.sandbox.sandbox.models.set_switch("response_mode", f"{mode}:whale")
    facts = materialised(workshop, engine)
    after = report(workshop, refused)
    assert (before.needs_review, after.needs_review) == (False, True)
    assert before.engine == engine.version
    assert after.engine == workshop.parts["engine"].version
    assert [code for code in after.reasons if code.startswith("openai:facts_")]
    assert not report(workshop, cat).needs_review
    assert (facts["fallbacks"], facts["needs_review"]) == (1, 1)


def test_a_large_reading_is_a_batch_that_the_next_run_finds(workshop: Workshop) -> None:
    """One batch for the verdicts and one for the facts, in the ledger, and never made again."""
    batched = text_engine(
        settings_of(workshop, openai_batch_from=2),
        batches=LedgerBatches(workshop.ledger, clock=lambda: workshop.now),
        sleep=workshop.sandbox.advance,
    )
    ids = write(workshop, WHALE, CAT, "first")
    facts = materialised(workshop, batched)
    assert (facts["dreams"], facts["fallbacks"]) == (2, 0)
    assert {report(workshop, one).engine for one in ids[:2]} == {batched.version}
    made = batches_of(workshop)
    assert [(row["state"], row["items"]) for row in made] == [("completed", 2)] * 2
    assert materialised(workshop, batched)["fallbacks"] == 0
    assert [row["provider_batch_id"] for row in batches_of(workshop)] == [
        row["provider_batch_id"] for row in made
    ]


def batches_of(workshop: Workshop) -> list[dict[str, Any]]:
    """Every remembered batch."""
    with workshop.ledger.read() as connection:
        found = connection.execute(sa.select(text_batches).order_by(text_batches.c.batch_key))
        return [dict(row) for row in found.mappings()]
