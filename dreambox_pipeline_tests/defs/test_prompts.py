"""Prompts are composed once per dream, and again only when a person names the dream."""

from dreambox_pipeline.defs.prompts import video_prompts
from dreambox_pipeline.stages.dreams.duplicates import Repeat
from dreambox_pipeline.storage.ledger import prompts, tellings


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
