"""Prompts are composed once per dream, and again only when a person names the dream."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from dreambox_pipeline.defs.composing import GIVE_UP_AFTER
from dreambox_pipeline.defs.prompts import video_prompts
from dreambox_pipeline.defs.resources import prompt_writer
from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.safety.moderation import Moderation
from dreambox_pipeline.stages.dreams.duplicates import Repeat
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.prompts.writer import EmbeddedWriter
from dreambox_pipeline.storage.ledger import prompts, series, tellings
from dreambox_pipeline.storage.tables import prompts as prompts_table


def styles(workshop, report) -> set[str]:
    with workshop.ledger.read() as connection:
        return prompts.styles_of(connection, report.dream_id)


def test_a_dream_gets_one_prompt_however_often_the_asset_runs(workshop):
    """A second run is free."""
    report = workshop.granted_dream()
    for _ in range(2):
        workshop.run(video_prompts)

    assert len(styles(workshop, report)) == 1


def test_a_named_dream_is_remade_in_another_style(workshop):
    """From the launchpad a person may ask for another take."""
    report = workshop.granted_dream()
    workshop.run(video_prompts)
    again = {"video_prompts": {"ids": [report.dream_id], "remake": True}}
    workshop.run(video_prompts, config=again)

    assert len(styles(workshop, report)) == 2


def test_remaking_without_naming_dreams_remakes_nothing(workshop):
    """A forgotten id must not make everything twice."""
    report = workshop.granted_dream()
    workshop.run(video_prompts)
    workshop.run(video_prompts, config={"video_prompts": {"remake": True}})

    assert len(styles(workshop, report)) == 1


def test_a_dream_without_consent_is_not_remade(workshop):
    """Naming it changes nothing about what its dreamer said."""
    report = workshop.tell_dream()
    again = {"video_prompts": {"ids": [report.dream_id], "remake": True}}
    workshop.run(video_prompts, config=again)

    assert styles(workshop, report) == set()


def test_what_turns_out_to_be_somebody_elses_dream_is_not_made(workshop):
    """An earlier telling by another person was read after this one's teller had agreed."""
    told, copy = workshop.tell_dream(), workshop.granted_dream()
    for repeat, count in (
        (Repeat(told.dream_id, is_own=False), 0),
        (Repeat(told.dream_id, is_own=True), 1),
    ):
        with workshop.ledger.write() as connection:
            tellings.mark_repeats(connection, {copy.dream_id: repeat})
        workshop.run(video_prompts)
        assert len(styles(workshop, copy)) == count


# Series


def start_series(workshop, name="Moon week", *, style_id="paper_lantern", seed=None):
    with workshop.ledger.write() as connection:
        return series.start(connection, name, style_id=style_id, seed=seed, now=workshop.now)


def end_series(workshop) -> None:
    with workshop.ledger.write() as connection:
        series.end(connection, now=workshop.now)


def rows(workshop, report) -> list[dict]:
    with workshop.ledger.read() as connection:
        found = connection.execute(
            sa.select(prompts_table)
            .where(prompts_table.c.dream_id == report.dream_id)
            .order_by(prompts_table.c.composed_at)
        )
        return [dict(row) for row in found.mappings()]


def metadata(result) -> dict:
    (event,) = result.asset_materializations_for_node("video_prompts")
    return {name: value.value for name, value in event.metadata.items()}


def test_while_a_series_runs_every_prompt_takes_its_style_and_seed(workshop):
    """Whatever the learned policy would have drawn; before and after it draws again."""
    current = start_series(workshop, seed=99)
    dreams = [workshop.granted_dream() for _ in range(3)]
    told = metadata(workshop.run(video_prompts))
    made = [rows(workshop, dream) for dream in dreams]

    assert told["series"] == "Moon week"
    assert "Moon week" in told["preview"]
    assert [len(found) for found in made] == [1, 1, 1]
    for (row,) in made:
        assert (row["style_id"], row["series_id"]) == ("paper_lantern", current.series_id)
        assert row["prompt"]["seed"] == 99


def test_a_series_without_a_seed_leaves_each_dream_its_own(workshop):
    """One look, and not one picture."""
    start_series(workshop)
    dreams = [workshop.granted_dream() for _ in range(2)]
    workshop.run(video_prompts)
    seeds = {rows(workshop, dream)[0]["prompt"]["seed"] for dream in dreams}
    assert len(seeds) == 2


def test_a_dream_made_before_a_series_may_be_made_in_it_once(workshop):
    """Another prompt of the same dream and style; a second time in the series is refused in words."""
    report = workshop.granted_dream()
    workshop.run(video_prompts)
    (before,) = rows(workshop, report)
    start_series(workshop, style_id=before["style_id"])
    again = {"video_prompts": {"ids": [report.dream_id], "remake": True}}
    for _ in range(2):
        workshop.run(video_prompts, config=again)

    first, second = rows(workshop, report)
    assert first["prompt_id"] != second["prompt_id"]
    assert (first["series_id"], second["series_id"] is None) == (None, False)
    assert "series end" in workshop.failures()[("prompts", report.dream_id)]

    end_series(workshop)
    workshop.run(video_prompts, config=again)
    assert len(rows(workshop, report)) == 3


def test_a_series_whose_style_is_gone_stops_with_its_remedy(workshop):
    """No dream would fare better."""
    start_series(workshop, style_id="retired_style")
    report = workshop.granted_dream()
    workshop.run(video_prompts, is_expected_to_fail=True)
    assert rows(workshop, report) == []


# Writers


class SlowWriter(EmbeddedWriter):
    """Somebody changes their mind, or another run is faster, while this one writes."""

    def __init__(self, meanwhile) -> None:
        self.meanwhile = meanwhile

    def write(self, base, facts, style):
        self.meanwhile()
        return super().write(base, facts, style)


class SilentWriter(EmbeddedWriter):
    """Answers after *misses* calls, and counts them."""

    def __init__(self, misses: int) -> None:
        self.misses = misses
        self.calls = 0

    def write(self, base, facts, style):
        self.calls += 1
        if self.calls <= self.misses:
            # At once: Dagster really waits between the rounds of a step.
            raise TransientError(
                "Asked for words and got none. The dream waits.", retry_after_s=0.0
            )
        return super().write(base, facts, style)


@pytest.fixture
def model_writer(workshop) -> Iterator[object]:
    """The language model's writer, as the settings make it, against the sandbox."""
    info = workshop.sandbox.info
    update = {
        "prompt_writer": "openai",
        "openai_api_key": SecretStr(info["api_key"]),
        "openai_base_url": info["openai_base_url"],
    }
    yield prompt_writer(workshop.settings.model_copy(update=update))
    workshop.sandbox.sandbox.models.set_switch("response_mode", "normal")


def test_the_row_says_who_worded_it(workshop, model_writer):
    """Our words, a model's, or ours because the model's could not be used."""
    plain = workshop.granted_dream()
    workshop.run(video_prompts)
    worded = workshop.granted_dream()
    told = metadata(workshop.run(video_prompts, prompt_writer=model_writer))
    workshop.sandbox.sandbox.models.set_switch("response_mode", "hostile")
    refused = workshop.granted_dream()
    after = metadata(workshop.run(video_prompts, prompt_writer=model_writer))

    (first,), (second,), (third,) = (rows(workshop, each) for each in (plain, worded, refused))
    assert first["writer"] == "embedded"
    assert second["writer"] == model_writer.name
    assert third["writer"] == "embedded (fallback: scene_characters)"
    assert (told["fallbacks"], after["fallbacks"]) == (0, 1)
    assert told["writers"] == {model_writer.name: 1}
    assert "Elsa" not in str(third)
    assert all(row["screening"] == "pass" for row in (first, second, third))


def test_a_silent_writer_keeps_its_dream_waiting_and_the_others_go_on(workshop):
    """What could not be asked now is asked by the next run."""
    dreams = [workshop.granted_dream() for _ in range(2)]
    told = metadata(workshop.run(video_prompts, prompt_writer=SilentWriter(1)))
    assert (told["dagster/row_count"], told["failed"]) == (1, 1)
    workshop.run(video_prompts)
    assert [len(rows(workshop, dream)) for dream in dreams] == [1, 1]


def test_a_writer_that_is_gone_is_not_asked_about_every_dream(workshop):
    """Three in a row are enough to know; the run is tried again later."""
    dreams = [workshop.granted_dream() for _ in range(GIVE_UP_AFTER + 2)]
    gone = SilentWriter(10**6)
    # Dagster repeats the step at once here; each round asks no more than it has to.
    workshop.run(video_prompts, is_expected_to_fail=True, prompt_writer=gone)
    assert gone.calls % GIVE_UP_AFTER == 0
    assert gone.calls > 0
    assert all(rows(workshop, dream) == [] for dream in dreams)


def test_a_dream_withdrawn_while_it_was_written_is_not_stored(workshop):
    """A language model takes seconds, in which its dreamer may say no."""
    report = workshop.granted_dream()
    writer = SlowWriter(lambda: workshop.take_back(report))
    workshop.run(video_prompts, prompt_writer=writer)
    assert workshop.consent(report) is ConsentState.WITHDRAWN
    assert rows(workshop, report) == []
    assert "consent" in workshop.failures()[("prompts", report.dream_id)]


def test_two_runs_at_once_make_one_prompt(workshop):
    """The slower one drops its own."""
    report = workshop.granted_dream()
    writer = SlowWriter(lambda: workshop.run(video_prompts))
    workshop.run(video_prompts, prompt_writer=writer)
    assert len(rows(workshop, report)) == 1


# Moderation


class ScriptedModerator:
    """Says what it was told to, and remembers what it was shown."""

    name = "scripted"

    def __init__(self, answer: Moderation | Exception | None) -> None:
        self.answer = answer
        self.seen: list[str] = []

    def check_text(self, text: str) -> Moderation | None:
        self.seen.append(text)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def check_picture(self, picture: bytes) -> None:
        del picture


def test_moderation_adds_a_no_that_is_stored_with_the_prompt(workshop):
    """The prompt stays for a person to read, and no clip is made of it."""
    report = workshop.granted_dream()
    flagged = ScriptedModerator(Moderation(is_flagged=True, scores={"violence": 0.9, "hate": 0.1}))
    told = metadata(workshop.run(video_prompts, moderator=flagged))
    (row,) = rows(workshop, report)

    assert (row["screening"], row["screening_reasons"]) == ("block", ["moderation: violence"])
    assert told["blocked"] == 1
    assert "moderation: violence" in told["preview"]
    with workshop.ledger.read() as connection:
        assert prompts.without_job(connection) == []
    # "No weapons" must not read as weapons.
    assert "weapons" not in flagged.seen[0]


@pytest.mark.parametrize("answer", [None, Moderation(is_flagged=False, scores={"violence": 0.2})])
def test_moderation_never_adds_a_yes(workshop, answer):
    """What our own rules said stands."""
    report = workshop.granted_dream()
    workshop.run(video_prompts, moderator=ScriptedModerator(answer))
    (row,) = rows(workshop, report)
    assert (row["screening"], row["screening_reasons"]) == ("pass", [])


def test_moderation_that_does_not_answer_keeps_the_dream_waiting(workshop):
    """Nothing is stored unlooked at; a key that is wrong stops the run."""
    report = workshop.granted_dream()
    workshop.run(video_prompts, moderator=ScriptedModerator(TransientError("No answer.")))
    assert rows(workshop, report) == []
    wrong = ScriptedModerator(StopError("The key is wrong."))
    workshop.run(video_prompts, is_expected_to_fail=True, moderator=wrong)
    assert rows(workshop, report) == []
    workshop.run(video_prompts)
    assert len(rows(workshop, report)) == 1
