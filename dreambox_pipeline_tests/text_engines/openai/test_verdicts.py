"""A model's verdict is believed as far as the embedded engine does not contradict it."""

from dataclasses import replace
from typing import Any

import pytest

from dreambox_pipeline.stages.dreams.model import Detection, DreamFacts, Extraction, Setting
from dreambox_pipeline.text_engines.openai.answers import SUSPECT, NoAnswer
from dreambox_pipeline.text_engines.openai.questions import Question
from dreambox_pipeline.text_engines.openai.schemas import DreamVerdict
from dreambox_pipeline.text_engines.openai.verdicts import (
    facts_fallen_back,
    facts_kept_back,
    facts_not_found,
    fallen_back,
    judged,
    kept_back,
)

ASKED = Question("detect", "last night i dreamt of a whale")
SAID = {"kind": "own_dream", "probability": 0.9, "lang": "en", "quote": "i dreamt of a whale"}


def embedded(probability: float, reasons: tuple[str, ...] = ("cue:i_dreamt",)) -> Detection:
    return Detection(probability >= 0.5, probability, "cue", reasons, "und", "embedded-x")


def judge(first: float = 0.8, asked: Question = ASKED, **changes: Any) -> Detection:
    verdict = DreamVerdict.model_validate(SAID | changes)
    return judged(verdict, asked, embedded=embedded(first), engine="openai:m")


def test_engines_that_agree_need_nobody() -> None:
    """The model's number and language, both engines' reasons, the model's name."""
    found = judge()
    assert found == Detection(
        True, 0.9, "cue", ("openai:own_dream", "cue:i_dreamt"), "en", "openai:m", needs_review=False
    )


@pytest.mark.parametrize(
    ("first", "changes", "doubt"),
    [
        (0.3, {}, "engines_disagree"),
        (0.95, {"probability": 0.5}, "engines_disagree"),
        (0.8, {"kind": "figurative"}, "kind_contradicts"),
        (0.3, {"probability": 0.2}, "kind_contradicts"),
        (0.8, {"quote": "i dreamt of a shark and a boat"}, "no_evidence"),
    ],
)
def test_doubts_go_to_a_person(first: float, changes: dict[str, Any], doubt: str) -> None:
    """Each with its reason."""
    found = judge(first, **changes)
    assert found.needs_review
    assert doubt in found.reasons


@pytest.mark.parametrize(
    ("said", "taken"), [(7.0, 1.0), (-3.0, 0.0), (float("nan"), 0.0), (float("inf"), 0.0)]
)
def test_numbers_are_clamped(said: float, taken: float) -> None:
    """No schema can promise a range, so the code does."""
    assert judge(probability=said).probability == taken


def test_odd_languages_are_the_embedded_ones() -> None:
    """A language is two letters."""
    assert judge(lang="English (US)").lang == "und"


@pytest.mark.parametrize(
    ("here", "said", "taken"),
    [("und", "tl", "tl"), ("und", "en", "en"), ("es", "pt", "pt"), ("tl", "en", "tl")],
)
def test_the_model_cannot_talk_a_comment_out_of_review(here: str, said: str, taken: str) -> None:
    """A language that screening has no words in stays what it was found to be here."""
    first = replace(embedded(0.8), lang=here)
    verdict = DreamVerdict.model_validate(SAID | {"lang": said})
    assert judged(verdict, ASKED, embedded=first, engine="m").lang == taken


def test_a_dream_without_a_word_for_it_was_asked_for() -> None:
    """Under a video that asks for dreams the mode says so."""
    asked = Question("detect", "i was flying over my school", asks_for_dreams=True)
    verdict = DreamVerdict.model_validate(SAID | {"quote": "flying over my school"})
    found = judged(verdict, asked, embedded=embedded(0.6, ("story",)), engine="m")
    assert found.mode == "context"


@pytest.mark.parametrize("why", NoAnswer)
def test_a_fallback_says_who_judged_and_why(why: NoAnswer) -> None:
    """What lies in the comment goes to a person; what lies in the network does not."""
    first = embedded(0.8)
    found = fallen_back(first, why)
    assert found.engine == "embedded-x"
    assert found.reasons[-1] == f"openai:{why.value}"
    assert found.needs_review == (why in SUSPECT)
    assert (found.is_dream, found.probability) == (first.is_dream, first.probability)


@pytest.mark.parametrize("why", NoAnswer)
def test_facts_that_never_came_say_so(why: NoAnswer) -> None:
    """What a model will not read a person should; a lost call needs none."""
    first = Extraction(DreamFacts(setting=Setting.OCEAN, mood=0, visual_detail=0), "embedded-x")
    found = facts_fallen_back(first, why)
    assert (found.facts, found.engine) == (first.facts, "embedded-x")
    assert found.reasons == (f"openai:facts_{why.value}",)
    assert found.needs_review == (why in SUSPECT)
    assert facts_kept_back(first).needs_review
    made_up = facts_not_found(first)
    assert (made_up.reasons, made_up.needs_review) == (("openai:facts_not_found",), False)


def test_a_comment_that_was_not_sent_goes_to_a_person() -> None:
    """Whatever else it says."""
    assert kept_back(embedded(0.8)).needs_review
