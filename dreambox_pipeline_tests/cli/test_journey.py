"""`dreambox journey` and `dreambox status` on an empty and on a filled ledger."""

from dataclasses import fields
from datetime import timedelta

import pytest

from dreambox_pipeline.cli.journey import print_journey
from dreambox_pipeline.cli.status import print_status
from dreambox_pipeline.clock import system_clock
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import ItemError, StopError
from dreambox_pipeline.stages.videos.waiting import WaitsFor
from dreambox_pipeline.storage.lake import COMMENTS
from dreambox_pipeline.storage.ledger import circuits, failures, jobs, spend
from dreambox_pipeline_tests.storage import story


@pytest.mark.parametrize("kind", [field.name for field in fields(story.Ids)])
def test_every_kind_of_id_leads_to_the_whole_path(settings, console, told, kind):
    """A person holds any one of them."""
    assert print_journey(getattr(told, kind), settings, console)

    said = console.export_text()
    for field in fields(told):
        assert getattr(told, field.name) in said
    assert "250" in said, "the newest views"


def test_a_comment_without_a_dream_is_known_too(settings, console):
    """The lake has more than the ledger."""
    row = story.comment(9)
    resources_from(settings)["lake"].upsert(COMMENTS, story.NOON.date(), [row])

    assert print_journey(row["comment_id"], settings, console)
    assert "no dream" in console.export_text()
    assert row["text"] not in console.export_text()


@pytest.mark.parametrize(
    "unknown", ["7499999999999999999", "", "[/bold]", "' or 1=1 --", "x" * 3000]
)
def test_an_unknown_id_gets_a_hint_and_no_path(settings, console, unknown):
    """Shown as it was typed, whatever it holds."""
    assert not print_journey(unknown, settings, console)

    said = console.export_text().replace("\n", "")
    assert repr(unknown) in said
    assert "dreambox status" in said


def test_status_on_an_empty_ledger_is_all_zeros(settings, console):
    """The first thing a newcomer sees is no error."""
    print_status(settings, console)

    said = console.export_text()
    assert "dreamers asked" in said
    counts, money = said.split("clips today")
    assert not any(digit in counts for digit in "123456789")
    assert money.startswith(" $0.00 spent, $0.00 reserved or not told, $20.00 of $20.00 left")


def test_status_counts_what_is_there_and_shows_what_failed(settings, console, told):
    """Posts, videos, and the newest trouble in its own words."""
    with resources_from(settings)["ledger"].write() as connection:
        failures.record(
            connection,
            stage="clips",
            item_id="job_1",
            error=ItemError("The clip is [wide], not upright."),
            now=story.NOON,
        )
    print_status(settings, console)

    said = console.export_text()
    lines = {
        line.split("│")[1].strip(): line.split("│")[2].strip()
        for line in said.splitlines()
        if line.count("│") == 3
    }
    assert lines["published"] == "1"
    assert lines["videos finished"] == "1"
    assert lines["granted"] == "1"
    assert lines["in the queue"] == "0"
    assert told.render_id in said
    assert "The clip is [wide], not upright." in said


def test_status_says_what_clips_cost_and_who_is_left_alone(settings, console, told):
    """Money against the caps, a job that waits for it, a generator that is down: each with its reason."""
    ledger = resources_from(settings)["ledger"]
    later = system_clock() + timedelta(hours=1)
    with ledger.write() as connection:
        jobs.plan(
            connection,
            "job_waiting",
            prompt_id=told.prompt_id,
            generator="model",
            generator_version="1",
            estimate_microusd=5_000_000,
            now=story.NOON,
        )
        job = jobs.get(connection, "job_waiting")
        assert job is not None
        jobs.wait(
            connection, job, until=later, error="Raise [the] cap.", waits_for=WaitsFor.VIDEO_CAP
        )
        spend.reserve(
            connection,
            "job_waiting",
            dream_id=told.dream_id,
            generator="model",
            microusd=1_500_000,
            day=system_clock().date().isoformat(),
            now=story.NOON,
        )
        circuits.record_fault(connection, "model", StopError("The key is wrong."), now=later)
    print_status(settings, console)

    said = " ".join(console.export_text().split())
    assert "$0.00 spent, $1.50 reserved or not told, $18.50 of $20.00 left" in said
    assert "waits for money job_waiting: Raise [the] cap." in said
    assert "left alone model until" in said
    assert "The key is wrong." in said
