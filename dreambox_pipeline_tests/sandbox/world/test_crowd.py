"""The crowd of a seed: enough comments, many kinds, always the same."""

from collections import Counter
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.sandbox.world.crowd import KIND_WEIGHTS, Comment, Thread, make_thread
from dreambox_pipeline.sandbox.world.personas import persona_for, persona_with_handle
from dreambox_pipeline.sandbox.world.videos import DAY, Timeline

START = 1_772_438_400
OWNER = persona_with_handle(7, "owner")


@lru_cache(maxsize=4)
def threads(seed: int) -> list[Thread]:
    videos = Timeline(seed, START).until(START + 90 * DAY)
    return [make_thread(seed, video, OWNER, owner_until=START) for video in videos]


def comments(seed: int) -> list[Comment]:
    return [comment for thread in threads(seed) for comment in thread.comments]


@pytest.mark.parametrize("seed", [7, 8])
def test_the_world_is_as_big_as_promised(seed: int) -> None:
    """About 45 videos, 6,000 comments, a viral one, a lively fortnight full of dreams."""
    every = [comment for comment in comments(seed) if comment.created_at <= START + 90 * DAY]
    recent = [comment for comment in every if START - 14 * DAY <= comment.created_at <= START]
    assert 42 <= len(threads(seed)) <= 48
    assert len(every) >= 6000
    assert max(len(thread.comments) for thread in threads(seed)) > 600
    assert 400 <= len(recent) <= 800
    assert sum(comment.utterance.kind == "dream_told" for comment in recent) >= 25
    weeks = Counter((comment.created_at - START) // (7 * DAY) for comment in every)
    assert all(weeks[week] >= 20 for week in range(12))


def test_every_kind_and_language_occurs() -> None:
    """Traps and unsafe dreams included, and thousands of different texts."""
    every = comments(7)
    kinds = Counter(comment.utterance.kind for comment in every)
    assert set(KIND_WEIGHTS) == set(kinds)
    assert {comment.utterance.lang for comment in every} == {"en", "es", "pt", "de", "fr", "id"}
    assert len({comment.utterance.text for comment in every}) > 4500
    assert len({comment.comment_id for comment in every}) == len(every)


def test_told_dreams_hardly_repeat() -> None:
    """The grammar is big enough for a long history."""
    told = [c.utterance.text for c in comments(7) if c.utterance.kind == "dream_told"]
    assert len(set(told)) > 0.97 * len(told)


def test_no_slot_is_left_open() -> None:
    """No half-written sentence reaches a client."""
    for comment in comments(7):
        if comment.utterance.kind != "injection":
            assert "{" not in comment.utterance.text, comment.utterance
            assert "<phone>" not in comment.utterance.text
            assert "<mail>" not in comment.utterance.text


def test_ids_have_19_digits_and_carry_their_second() -> None:
    """Too long for a float, as the platform's."""
    for comment in comments(7)[:500]:
        assert len(comment.comment_id) == 19
        assert int(comment.comment_id) >> 32 == comment.created_at


def test_the_same_seed_is_the_same_world_and_another_is_not() -> None:
    """Whatever was asked before."""
    video = Timeline(7, START).video(20)
    assert make_thread(7, video, OWNER, owner_until=START) == threads(7)[20]
    assert make_thread(8, video, OWNER, owner_until=START) != threads(7)[20]


def test_replies_come_after_their_comment() -> None:
    """And hang under it."""
    for thread in threads(7):
        times = {comment.comment_id: comment.created_at for comment in thread.comments}
        for parent_id, replies in thread.replies.items():
            assert all(reply.created_at > times[parent_id] for reply in replies)
            assert all(reply.parent_comment_id == parent_id for reply in replies)


def test_the_owner_stops_replying_by_hand_when_the_present_begins() -> None:
    """From then on only the API speaks for the owner."""
    remarks = [
        reply
        for thread in threads(7)
        for replies in thread.replies.values()
        for reply in replies
        if reply.is_owner
    ]
    assert remarks
    assert all(remark.created_at < START for remark in remarks)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), pair=st.tuples(st.integers(0, 8999), st.integers(0, 8999)))
def test_two_people_never_share_a_handle_or_an_identifier(seed: int, pair: tuple[int, int]) -> None:
    """Credit and consent depend on it."""
    one, other = (persona_for(seed, index) for index in pair)
    assert (one.username == other.username) == (pair[0] == pair[1])
    assert (one.unique_identifier == other.unique_identifier) == (pair[0] == pair[1])
