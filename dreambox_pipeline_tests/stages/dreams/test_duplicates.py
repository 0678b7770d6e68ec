"""A dream's original is the earliest telling it resembles, in whatever order tellings are read."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.dreams.duplicates import (
    COPIED,
    OWN,
    PERMUTATIONS,
    SIMILAR_FROM,
    Repeat,
    Telling,
    Tellings,
    sign,
    similarity,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WHALE = (
    "Last night I dreamt that a huge whale swam slowly through my old school while everybody sang "
    "and the windows were full of moonlight and small silver fish"
)
TRAIN = (
    "I had this dream where a train without a driver crossed the desert at night, my grandmother "
    "poured tea for all of us and the stars fell into the sand one by one"
)
SHORT = "I dreamt that I was flying"


def telling(number: int, text: str, *, author: str | None = None, at: int | None = None) -> Telling:
    (signature,) = sign([text])
    assert signature is not None
    told_at = NOON + timedelta(minutes=number if at is None else at)
    return Telling(f"drm_{number}", author or f"author-{number}", told_at, signature)


@pytest.mark.parametrize(
    "copy",
    [
        WHALE.upper(),
        f"😱😱 {WHALE} 😱 #dream",
        WHALE.replace("huge", "giant"),
        WHALE[: int(len(WHALE) * 0.8)],
        WHALE.replace("swam", "swmam").replace("school", "schol"),
        f"{WHALE} omg who else",
    ],
    ids=["case", "emoji", "one word", "cut", "typos", "longer"],
)
def test_a_mutated_copy_is_found(copy: str) -> None:
    """What bots change to slip through changes little of what is compared."""
    (one, other) = sign([WHALE, copy])
    assert similarity(one, other) >= SIMILAR_FROM
    found = Tellings([telling(1, WHALE)]).compare([telling(2, copy)])
    assert found == {"drm_2": Repeat("drm_1", is_own=False)}
    assert found["drm_2"].reason == COPIED


def test_two_different_dreams_stay_two() -> None:
    """Both are long, both are dreams, and that is all they share."""
    found = Tellings().compare([telling(1, WHALE), telling(2, TRAIN)])
    assert found == {"drm_1": None, "drm_2": None}


def test_short_texts_are_the_same_or_they_are_not() -> None:
    """Two people who fly and fall dreamt two dreams, whatever words they share."""
    assert len(sign([SHORT])[0]) == 1
    assert len(sign([WHALE])[0]) == PERMUTATIONS
    batch = [
        telling(1, SHORT), telling(2, "i dreamt that i was FALLING"),
        telling(3, "I dreamt, that I was flying!!! ✈️"),
    ]  # fmt: skip
    assert Tellings().compare(batch) == {
        "drm_1": None, "drm_2": None, "drm_3": Repeat("drm_1", is_own=False),
    }  # fmt: skip


def test_a_text_without_words_is_not_compared() -> None:
    """Two rows of moons are no copies of each other."""
    assert sign(["🌙🌙🌙", "", "!!!"]) == [None, None, None]


def test_who_tells_it_again_is_not_a_copyist() -> None:
    """The same dreamer may repeat themselves; nobody is called the author of an unsigned copy."""
    first = telling(1, WHALE, author="ann")
    again, unsigned = telling(2, WHALE, author="ann"), telling(3, WHALE, author="")
    found = Tellings([first]).compare([again, unsigned])
    assert found["drm_2"].reason == OWN
    assert found["drm_3"].reason == COPIED


def test_an_earlier_telling_that_is_read_later_becomes_the_original() -> None:
    """A backfill may find the dream that a bot copied; what was stored is corrected."""
    tellings = Tellings([telling(5, WHALE)])
    found = tellings.compare([telling(1, WHALE.upper())])
    assert found == {"drm_1": None, "drm_5": Repeat("drm_1", is_own=False)}


def test_a_telling_read_again_is_not_its_own_copy() -> None:
    """Days are read as often as anybody likes."""
    tellings = Tellings([telling(1, WHALE)])
    for _ in range(3):
        assert tellings.compare([telling(1, WHALE)]) == {"drm_1": None}
    assert "drm_1" in tellings
    assert "drm_2" not in tellings


def test_what_is_known_to_repeat_something_gone_stays_as_it_is() -> None:
    """The original was erased: nothing is said about its copy that was not asked."""
    copy = telling(2, WHALE)
    known = Telling(copy.dream_id, copy.author_id, copy.told_at, copy.signature, "drm_erased")
    assert Tellings([known]).compare([telling(9, TRAIN)]) == {"drm_9": None}


VERSIONS = (WHALE, WHALE.upper(), WHALE.replace("huge", "giant"), TRAIN, f"{TRAIN} wow", SHORT)


@settings(max_examples=40, deadline=None)
@given(
    picks=st.lists(
        st.tuples(st.sampled_from(VERSIONS), st.sampled_from("abc"), st.integers(0, 5)),
        max_size=10,
    ),
    seed=st.integers(0, 999),
    cut=st.integers(0, 10),
)
def test_the_order_of_reading_changes_nothing(
    picks: list[tuple[str, str, int]], seed: int, cut: int
) -> None:
    """Any order and any batches end with the same originals."""
    told = [telling(n, text, author=by, at=at) for n, (text, by, at) in enumerate(picks)]
    at_once = Tellings().compare(told)
    shuffled = random.Random(seed).sample(told, len(told))
    tellings, piecemeal = Tellings(), {}
    for batch in (shuffled[:cut], shuffled[cut:], shuffled[:1]):
        piecemeal |= tellings.compare(batch)
    assert piecemeal == at_once
    assert all(r is None or r.original_id != dream_id for dream_id, r in at_once.items())
