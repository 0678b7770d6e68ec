"""No path through the machine posts a video twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.posts.model import PublicationState as S
from dreambox_pipeline.stages.posts.model import Route
from dreambox_pipeline.stages.posts.outcomes import Outcome
from dreambox_pipeline.stages.posts.publishing import (
    CLAIM_IS_LOST_AFTER,
    PERSON_TRANSITIONS,
    TRANSITIONS,
    Step,
    advance,
    after_failed_init,
    after_poll,
    decide,
    may_begin_again,
    may_publish,
    next_step,
)
from dreambox_pipeline.stages.posts.scheduling import PostingRules

SLOT = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize("current", list(S))
@pytest.mark.parametrize("to", list(S))
def test_only_drawn_arrows_exist(current, to):
    """Everything else is a caller's mistake."""
    for step, table in ((advance, TRANSITIONS), (decide, PERSON_TRANSITIONS)):
        if to in table.get(current, ()):
            assert step(current, to) is to
        else:
            with pytest.raises(ValueError, match="cannot"):
                step(current, to)


def test_a_request_is_only_ever_sent_from_planned():
    """In no other state does any age lead to sending."""
    for state in S:
        for hours in (-1, 0, 0.2, 1, 3, 30, 100):
            step = next_step(
                state, slot_at=SLOT, state_since=SLOT, now=SLOT + timedelta(hours=hours)
            )
            assert (step is Step.CLAIM_AND_INITIATE) == (state is S.PLANNED and 0 <= hours < 2)


def test_no_program_leads_from_an_unknown_outcome_back_to_planned():
    """Whatever is reachable from unconfirmed by programs alone, planned is not, where a request posts."""
    long_after = SLOT + timedelta(days=9)
    assert not may_begin_again(Route.ACCOUNTS_API, initiated_at=SLOT, now=long_after)
    reached, todo = set(), {S.UNCONFIRMED}
    while todo:
        state = todo.pop()
        reached.add(state)
        given_up = {S.PLANNED} if state is S.INITIATED else set()
        todo |= TRANSITIONS[state] - reached - given_up
    assert not reached & {S.PLANNED, S.CLAIMED, S.CANCELLED}
    assert S.PUBLISHED in reached


@pytest.mark.parametrize(
    ("state", "hours", "step"),
    [
        (S.PLANNED, -1, Step.WAIT),
        (S.PLANNED, 0, Step.CLAIM_AND_INITIATE),
        (S.PLANNED, 1.9, Step.CLAIM_AND_INITIATE),
        (S.PLANNED, 2, Step.RESCHEDULE),
        (S.CLAIMED, 0.1, Step.WAIT),
        (S.CLAIMED, 0.2, Step.MARK_UNCONFIRMED),
        (S.INITIATED, 0.1, Step.POLL),
        (S.INITIATED, 24, Step.MARK_UNCONFIRMED),
        (S.UPLOADED, 1, Step.POLL),
        (S.PROCESSING, 0.1, Step.POLL),
        (S.PROCESSING, 0.2, Step.RECONCILE),
        (S.PROCESSING, 48, Step.ASK_PERSON),
        (S.UNCONFIRMED, 0, Step.RECONCILE),
        (S.UNCONFIRMED, 47, Step.RECONCILE),
        (S.UNCONFIRMED, 48, Step.ASK_PERSON),
        (S.PUBLISHED, 1, Step.DONE),
        (S.FAILED, 1, Step.DONE),
        (S.CANCELLED, 1, Step.DONE),
    ],
)
def test_each_state_and_age_has_its_step(state, hours, step):
    """The whole life, in one table."""
    now = SLOT + timedelta(hours=hours)
    assert next_step(state, slot_at=SLOT, state_since=SLOT, now=now) is step


@pytest.mark.parametrize("route", list(Route))
def test_a_lost_claim_is_planned_again_only_where_its_request_posts_nothing(route):
    """Without the file there is no post, and only the claim's holder may send it."""
    now = SLOT + CLAIM_IS_LOST_AFTER
    step = next_step(S.CLAIMED, slot_at=SLOT, state_since=SLOT, now=now, route=route)
    assert (step is Step.PLAN_AGAIN) == (not route.posts_on_begin)
    to = after_failed_init(may_have_taken_effect=True, may_be_repeated=True, route=route)
    assert (to is S.PLANNED) == (not route.posts_on_begin)


@pytest.mark.parametrize("route", list(Route))
@pytest.mark.parametrize("state", list(S))
def test_a_clock_that_jumps_sends_nothing_twice(state, route):
    """Back or ahead by days, nothing but planned is sent, and no claim is waited for for ever."""
    for days in (-30, -1, 1, 30):
        now = SLOT + timedelta(days=days)
        step = next_step(state, slot_at=SLOT, state_since=SLOT, now=now, route=route)
        assert step is not Step.CLAIM_AND_INITIATE
        assert state is not S.CLAIMED or step is not Step.WAIT


def test_an_upload_is_given_up_only_when_nothing_of_it_can_arrive():
    """An hour for the address, and a margin for what was on its way."""
    for route in (Route.CONTENT_POSTING, Route.INBOX_DRAFT, Route.MANUAL_KIT):
        for minutes, is_over in ((0, False), (69, False), (70, True), (-600, False)):
            now = SLOT + timedelta(minutes=minutes)
            assert may_begin_again(route, initiated_at=SLOT, now=now) is is_over


def test_a_slot_may_be_allowed_to_be_later():
    """Where simulated days pass in seconds, two hours are not much."""
    now = SLOT + timedelta(hours=3)
    step = next_step(
        S.PLANNED, slot_at=SLOT, state_since=SLOT, now=now, missed_after=timedelta(hours=4)
    )
    assert step is Step.CLAIM_AND_INITIATE


def test_an_error_with_an_unknown_outcome_is_never_repeated():
    """Even if the error says that repeating may help."""
    assert after_failed_init(may_have_taken_effect=True, may_be_repeated=True) is S.UNCONFIRMED
    assert after_failed_init(may_have_taken_effect=True, may_be_repeated=False) is S.UNCONFIRMED
    assert after_failed_init(may_have_taken_effect=False, may_be_repeated=True) is S.PLANNED
    assert after_failed_init(may_have_taken_effect=False, may_be_repeated=False) is S.FAILED


@pytest.mark.parametrize(
    ("current", "seen", "after"),
    [
        (S.INITIATED, S.UPLOADED, S.UPLOADED),
        (S.INITIATED, S.PUBLISHED, S.PUBLISHED),
        (S.PROCESSING, S.UPLOADED, S.PROCESSING),
        (S.PROCESSING, S.PROCESSING, S.PROCESSING),
        (S.PROCESSING, S.FAILED, S.FAILED),
        (S.UPLOADED, S.UNCONFIRMED, S.UNCONFIRMED),
        (S.UNCONFIRMED, S.UNCONFIRMED, S.UNCONFIRMED),
        (S.UNCONFIRMED, S.PUBLISHED, S.PUBLISHED),
        (S.PUBLISHED, S.PROCESSING, S.PUBLISHED),
    ],
)
def test_a_late_answer_never_takes_a_publication_back(current, seen, after):
    """Answers may overtake each other."""
    assert after_poll(current, Outcome(seen, None, "")) is after


def test_an_answer_about_a_planned_publication_is_a_mistake():
    """Nothing was asked for."""
    with pytest.raises(ValueError, match="cannot"):
        after_poll(S.PLANNED, Outcome(S.UPLOADED, None, ""))


class Platform:
    """Counts the posts that really exist."""

    def __init__(self) -> None:
        self.posts = 0


FATES = ("answered", "lost answer", "refused", "rate limited", "died before", "died after")


def send(fate: str, platform: Platform) -> S | None:
    """What one request does to the platform, and the state its sender writes; None if it died."""
    if fate in {"answered", "lost answer", "died after"}:
        platform.posts += 1
    match fate:
        case "answered":
            return S.INITIATED
        case "lost answer":
            return after_failed_init(may_have_taken_effect=True, may_be_repeated=True)
        case "refused":
            return after_failed_init(may_have_taken_effect=False, may_be_repeated=False)
        case "rate limited":
            return after_failed_init(may_have_taken_effect=False, may_be_repeated=True)
        case _:
            return None


@given(
    fates=st.lists(st.sampled_from(FATES), min_size=1, max_size=30),
    waits=st.lists(st.floats(0, 3), min_size=30, max_size=30),
    polls=st.lists(
        st.sampled_from([S.UPLOADED, S.PROCESSING, S.FAILED, S.UNCONFIRMED]), max_size=30
    ),
    finds=st.lists(st.booleans(), min_size=30, max_size=30),
)
@settings(max_examples=150)
def test_no_path_posts_twice(fates, waits, polls, finds):
    """Workers die, answers get lost, TikTok refuses, and still at most one post exists."""
    platform, state, now = Platform(), S.PLANNED, SLOT
    since, slot_at = SLOT, SLOT
    for fate, wait, find in zip(fates * 30, waits, finds, strict=False):
        before = state
        match next_step(state, slot_at=slot_at, state_since=since, now=now):
            case Step.CLAIM_AND_INITIATE:
                state = advance(state, S.CLAIMED)
                written = send(fate, platform)
                state = advance(state, written) if written else state
            case Step.RESCHEDULE:
                slot_at = now
            case Step.MARK_UNCONFIRMED:
                state = advance(state, S.UNCONFIRMED)
            case Step.POLL if polls:
                state = after_poll(state, Outcome(polls.pop(), None, ""))
            case Step.RECONCILE if find and platform.posts:
                state = advance(state, S.PUBLISHED)
        since = now if state is not before else since
        now += timedelta(hours=wait)
        assert platform.posts <= 1
    if state is S.PLANNED:
        assert platform.posts == 0


FINE = {
    "approved_hash": "aa",
    "content_hash": "aa",
    "consent_granted": True,
    "paused": False,
    "posts_today": 0,
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, []),
        ({"approved_hash": None}, ["Nobody has approved"]),
        ({"approved_hash": ""}, ["Nobody has approved"]),
        ({"approved_hash": "bb"}, ["another file"]),
        ({"approved_hash": "", "content_hash": ""}, ["Nobody has approved", "no content hash"]),
        ({"consent_granted": False}, ["consent"]),
        ({"paused": True}, ["paused"]),
        ({"posts_today": 1}, []),
        ({"posts_today": 2}, ["2 posts today and 2 allowed"]),
        ({"posts_today": 2, "rules": PostingRules(max_posts_per_day=3)}, []),
        ({"paused": True, "consent_granted": False}, ["paused", "consent"]),
    ],
)
def test_everything_that_speaks_against_posting_is_said(changes, words):
    """All reasons at once, each in a sentence."""
    reasons = may_publish(**FINE | changes)
    assert len(reasons) == len(words)
    assert all(word in reason for word, reason in zip(words, reasons, strict=True))
