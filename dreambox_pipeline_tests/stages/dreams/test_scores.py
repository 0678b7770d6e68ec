"""Three scores, each between 0 and 1 and each with parts a person can check."""

from datetime import timedelta

import pytest

from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.stages.dreams.model import Emotion, Role
from dreambox_pipeline.stages.dreams.scores import (
    ENGAGEMENT_WEIGHTS,
    VISUAL_WEIGHTS,
    engagement_score,
    expected_likes,
    likes_parts,
    policy_risk,
    visual_score,
)
from dreambox_pipeline_tests.stages.dreams.test_ranking import NOW, facts, report


def test_weights_of_a_score_sum_to_one() -> None:
    """So that a score of 1 means all of it."""
    assert sum(VISUAL_WEIGHTS.values()) == pytest.approx(1)
    assert sum(ENGAGEMENT_WEIGHTS.values()) == pytest.approx(1)


def test_what_a_default_filled_in_is_nothing_to_see() -> None:
    """Only stated places count."""
    assert visual_score(facts(inferred=("setting",))).parts["place"] == 0
    assert visual_score(facts()).parts["place"] == 1


def test_the_likes_of_a_fresh_comment_are_compared_as_what_they_will_be() -> None:
    """Three likes in half an hour are more than six in a month; thirty in a month are more yet."""
    fresh = report(1, likes=3, told_at=NOW - timedelta(minutes=30))
    old = report(2, likes=6, told_at=NOW - timedelta(days=30))
    liked = report(3, likes=30, told_at=NOW - timedelta(days=30))
    parts = likes_parts([fresh, old, liked], now=NOW)
    assert parts[old.dream_id] < parts[fresh.dream_id] < parts[liked.dream_id]


def test_an_old_comments_likes_are_nearly_what_they_are() -> None:
    """After weeks nothing is left to guess but the pull towards the typical count."""
    old = report(1, likes=100, told_at=NOW - timedelta(days=60))
    assert expected_likes(old, typical=100, now=NOW) == pytest.approx(100)
    fresh = report(1, likes=0, told_at=NOW + timedelta(minutes=5))
    assert expected_likes(fresh, typical=7, now=NOW) == pytest.approx(7)


def test_strong_feelings_and_company_are_liked() -> None:
    """Beside the likes, what happens and how it feels count."""
    calm = engagement_score(facts(), likes=0.5).value
    wild = facts(
        mood=-1.0, emotions=(Emotion.ANGER, Emotion.SADNESS), actions=("run", "fall", "wake"),
        characters=(Role.FRIEND,),
    )  # fmt: skip
    assert engagement_score(wild, likes=0.5).value > calm


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"screening": Screening(ScreeningAction.REVIEW, ("violence",))}, "violence"),
        ({"screening": Screening(ScreeningAction.REVIEW, ("injection:role_tag",))}, "injection:role_tag"),
        ({"screening": Screening(ScreeningAction.REVIEW, ("language_not_covered",))}, "language_not_covered"),
        ({"screening": Screening(ScreeningAction.REVIEW, ("brand_new_rule",))}, "brand_new_rule"),
        ({"screening": Screening(ScreeningAction.REVIEW)}, "unexplained"),
        ({"facts": facts(characters=(Role.PUBLIC_FIGURE,))}, "character:public_figure"),
        ({"facts": facts(characters=(Role.CHILD,))}, "character:child"),
        ({"text": "with [NAME] at [ADDRESS]"}, "personal_data"),
        ({"needs_review": True}, "looked_at"),
    ],
)  # fmt: skip
def test_every_risk_has_its_name(changes: dict[str, object], part: str) -> None:
    """A person can read what speaks against a dream."""
    risk = policy_risk(report(1, **changes))
    assert list(risk.parts) == [part]
    assert 0 < risk.value < 1
    assert risk.value == pytest.approx(risk.parts[part])


def test_risks_add_up_without_passing_one() -> None:
    """Two reasons are worse than one, and nothing is worse than certain."""
    one = report(1, screening=Screening(ScreeningAction.REVIEW, ("hate",)))
    two = report(1, screening=Screening(ScreeningAction.REVIEW, ("hate", "slur", "gore")))
    assert policy_risk(one).value < policy_risk(two).value < 1
    assert policy_risk(report(1)).value == 0
