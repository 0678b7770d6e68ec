"""Dreams are ranked by merit, variety and fairness, and every place is explained."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.stages.dreams.model import (
    DreamFacts,
    DreamReport,
    Motif,
    SelectionPolicy,
    Setting,
)
from dreambox_pipeline.stages.dreams.ranking import rank_dreams

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
POLICY = SelectionPolicy()


def facts(**changes: object) -> DreamFacts:
    base = {"setting": Setting.OCEAN, "motifs": (Motif.WHALE,), "mood": 0.0, "visual_detail": 0.5}
    return DreamFacts.model_validate(base | changes)


def report(number: int, **changes: object) -> DreamReport:
    base = DreamReport(
        dream_id=f"drm_{number:016x}",
        comment_id=str(number),
        source_video_id="1",
        author_id=f"author-{number}",
        told_at=NOW - timedelta(days=1),
        text="never shown",
        lang="en",
        probability=0.9,
        reasons=(),
        facts=facts(),
        screening=Screening(ScreeningAction.PASS),
        likes=5,
        engine="test-1",
    )
    return replace(base, **changes)


def order_of(reports: list[DreamReport], **context: object) -> list[str]:
    ranked = rank_dreams(reports, policy=POLICY, now=NOW, **context)
    return [dream.dream_id for dream in ranked]


def a_beats_b(a: dict[str, object], b: dict[str, object], **context: object) -> bool:
    """Whether *a* ranks first, whichever of the two has the smaller id."""
    first = order_of([report(1, **a), report(2, **b)], **context)[0] == report(1).dream_id
    second = order_of([report(2, **a), report(1, **b)], **context)[0] == report(2).dream_id
    return first and second


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"facts": facts(visual_detail=0.9)}, {"facts": facts(visual_detail=0.2)}),
        ({}, {"facts": facts(setting=Setting.UNKNOWN)}),
        ({}, {"facts": facts(inferred=("setting",))}),
        ({}, {"facts": facts(motifs=())}),
        ({"facts": facts(colours=("red",))}, {}),
        ({"likes": 400}, {"likes": 3}),
        ({}, {"told_at": NOW - timedelta(days=40)}),
        ({}, {"screening": Screening(ScreeningAction.REVIEW)}),
    ],
    ids=["detail", "setting", "stated setting", "motif", "colour", "likes", "fresh", "safe"],
)
def test_the_better_dream_comes_first(better: dict[str, object], worse: dict[str, object]) -> None:
    """Each part alone decides between two otherwise equal dreams."""
    assert a_beats_b(better, worse)


def test_a_blocked_dream_has_no_place() -> None:
    """Safety's no is final, however many likes a dream has."""
    blocked = report(1, screening=Screening(ScreeningAction.BLOCK), likes=10_000)
    assert order_of([blocked, report(2)]) == [report(2).dream_id]
    assert order_of([blocked]) == []


def test_unknown_likes_are_not_zero_likes() -> None:
    """A dream whose likes are missing stands in the middle of its batch."""
    batch = [report(1, likes=100), report(2, likes=None), report(3, likes=0), report(4, likes=20)]
    parts = {r.dream_id: r.parts["engagement"] for r in rank_dreams(batch, policy=POLICY, now=NOW)}
    none, unknown, few, many = (parts[report(n).dream_id] for n in (3, 2, 4, 1))
    assert none < unknown < many
    assert unknown == pytest.approx(few, abs=0.05)


def test_freshness_halves_in_two_weeks() -> None:
    """The half-life is what the documentation says, and the future counts as fresh."""
    ages = {1: timedelta(0), 2: timedelta(days=14), 3: timedelta(days=28), 4: timedelta(days=-1)}
    batch = [report(n, told_at=NOW - age) for n, age in ages.items()]
    ranked = {r.dream_id: r.parts["freshness"] for r in rank_dreams(batch, policy=POLICY, now=NOW)}
    assert [ranked[report(n).dream_id] for n in ages] == pytest.approx([1.0, 0.5, 0.25, 1.0])


def test_what_was_shown_recently_is_set_back() -> None:
    """A motif or a setting of recent videos yields to something new."""
    cat = {"facts": facts(motifs=(Motif.CAT,), setting=Setting.FOREST)}
    assert a_beats_b(cat, {}, recent_motifs={"whale": 2})
    assert a_beats_b(cat, {}, recent_settings={"ocean": 2})


def test_a_ranking_does_not_repeat_itself_at_the_top() -> None:
    """The second-best whale yields to a slightly weaker cat: each place sees those before it."""
    whales = [report(n, facts=facts(visual_detail=0.6)) for n in (1, 2)]
    cat = report(3, facts=facts(motifs=(Motif.CAT,), setting=Setting.FOREST, visual_detail=0.55))
    assert order_of([*whales, cat])[1] == cat.dream_id


def test_everyone_gets_a_turn() -> None:
    """A dreamer with earlier videos, or a better dream in this ranking, waits."""
    assert a_beats_b({"author_id": "new"}, {"author_id": "old"}, dreams_made_per_author={"old": 1})
    different = facts(motifs=(Motif.CAT,), setting=Setting.FOREST)
    prolific = [
        report(1, author_id="p", likes=50),
        report(2, author_id="p", likes=50, facts=different),
    ]
    other = report(3, facts=facts(motifs=(Motif.TRAIN,), setting=Setting.CITY), likes=10)
    assert order_of([*prolific, other]) == [report(1).dream_id, other.dream_id, report(2).dream_id]


def test_learned_lift_moves_a_dream() -> None:
    """What the account learned about motifs changes the order and is told in the reason."""
    policy = SelectionPolicy(version=1, motif_lift={"cat": 1.5})
    cat = report(2, facts=facts(motifs=(Motif.CAT,)))
    ranked = rank_dreams([report(1), cat], policy=policy, now=NOW)
    assert ranked[0].dream_id == cat.dream_id
    assert "done well" in ranked[0].why


@pytest.mark.parametrize(
    "weights", [{}, {"visual": 0.0}, {"visual": -1.0}, {"luck": 1.0}, {"visual": float("nan")}]
)
def test_a_policy_that_weighs_nothing_known_falls_back_to_the_built_in_weights(
    weights: dict[str, float],
) -> None:
    """A policy stored by another version must not stop the ranking; the record names what was unused."""
    [ranked] = rank_dreams([report(1)], policy=SelectionPolicy(weights=weights), now=NOW)
    [plain] = rank_dreams([report(1)], policy=POLICY, now=NOW)
    assert ranked.score == plain.score
    assert ranked.record["weights_left_out"] == sorted(weights)


def test_a_weight_for_something_unknown_is_left_out() -> None:
    """The others count among themselves."""
    policy = SelectionPolicy(weights={"visual": 2.0, "luck": 5.0})
    [ranked] = rank_dreams([report(1)], policy=policy, now=NOW)
    assert ranked.record["scores"]["visual"]["weight"] == 1
    assert ranked.score == pytest.approx(ranked.parts["visual"])


def test_the_record_adds_up_to_the_score() -> None:
    """From the record alone a person can work out the score again."""
    dream = report(1, likes=9, screening=Screening(ScreeningAction.REVIEW, ("violence",)))
    policy = SelectionPolicy(version=4, motif_lift={"whale": 1.4})
    [ranked] = rank_dreams(
        [dream], policy=policy, now=NOW, recent_motifs={"whale": 2},
        dreams_made_per_author={"author-1": 1},
    )  # fmt: skip
    record = json.loads(json.dumps(ranked.record))
    scores = record["scores"]
    base = sum(
        scores[name]["value"] * scores[name]["weight"]
        for name in ("visual", "engagement", "freshness")
    )
    base += (1 - scores["policy_risk"]["value"]) * scores["policy_risk"]["weight"]
    lift = record["learned"]["motif_lift"]
    before = base * lift / (1 - base + base * lift)
    held = record["discounts"]
    assert record["before_discounts"] == pytest.approx(before, abs=1e-3)
    assert record["score"] == pytest.approx(
        before * held["diversity"]["factor"] * held["fairness"]["factor"], abs=1e-3
    )
    assert record["score"] == pytest.approx(ranked.score, abs=1e-4)
    assert record["policy_version"] == 4
    assert held["diversity"] == {"factor": pytest.approx(0.6667), "repeated": "whale", "times": 2}
    assert record["learned"]["motifs"] == {"whale": 1.4}
    assert scores["policy_risk"]["parts"] == {"violence": 0.35}
    assert record["would_raise"][0]["what"] == "other dreamers' turns first"
    assert all(raised["by"] > 0 for raised in record["would_raise"])
    assert dream.text not in json.dumps(record)


def test_the_reason_is_a_sentence_with_its_facts() -> None:
    """A person reads what is seen, how it was liked, how old it is, and what held it back."""
    dream = report(1, likes=1, screening=Screening(ScreeningAction.REVIEW))
    [ranked] = rank_dreams(
        [dream],
        policy=POLICY,
        now=NOW,
        recent_motifs={"whale": 1},
        dreams_made_per_author={"author-1": 1},
    )
    for words in ("whale", "ocean", "1 like", "yesterday", "similar videos", "turn", "safety"):
        assert words in ranked.why
    assert ranked.why[0].isupper()
    assert ranked.why.endswith(".")
    assert dream.text not in ranked.why


def test_thousands_of_dreams_of_one_person_are_ranked_quickly() -> None:
    """The lazy heap does not fall back to comparing every dream with every place."""
    batch = [report(n, author_id="one", likes=n % 50) for n in range(2000)]
    assert len(order_of(batch)) == 2000


dreams = st.builds(
    report,
    st.integers(0, 10_000),
    likes=st.none() | st.integers(0, 10**7),
    author_id=st.sampled_from(["a", "b", "c", ""]),
    told_at=st.integers(-5, 400).map(lambda days: NOW - timedelta(days=days)),
    screening=st.sampled_from(list(ScreeningAction)).map(Screening),
    facts=st.builds(
        facts,
        setting=st.sampled_from(list(Setting)),
        motifs=st.lists(st.sampled_from(list(Motif)), max_size=6).map(tuple),
        visual_detail=st.floats(0, 1),
    ),
)


@settings(max_examples=60, deadline=None)
@given(
    batch=st.lists(dreams, max_size=15, unique_by=lambda r: r.dream_id),
    lift=st.dictionaries(st.sampled_from(list(Motif)), st.floats(0.01, 50)),
    seed=st.integers(0, 9),
)
def test_any_ranking_keeps_its_promises(
    batch: list[DreamReport], lift: dict[str, float], seed: int
) -> None:
    """Everyone but the blocked is ranked 1..n, scores fall, parts and scores stay in 0..1, order is stable."""
    policy = SelectionPolicy(motif_lift=lift)
    context = {"recent_motifs": {"whale": 3}, "dreams_made_per_author": {"a": 9}}
    ranked = rank_dreams(batch, policy=policy, now=NOW, **context)
    allowed = {r.dream_id for r in batch if r.screening.action is not ScreeningAction.BLOCK}
    assert {r.dream_id for r in ranked} == allowed
    assert [r.rank for r in ranked] == list(range(1, len(allowed) + 1))
    scores = [r.score for r in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= value <= 1 for r in ranked for value in (r.score, *r.parts.values()))
    shuffled = random.Random(seed).sample(batch, len(batch))
    assert rank_dreams(shuffled, policy=policy, now=NOW, **context) == ranked
