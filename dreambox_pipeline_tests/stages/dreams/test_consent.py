"""Only the dreamer's own later reply grants consent, and it can always be proved."""

import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.comments.model import Comment
from dreambox_pipeline.stages.dreams.consent import (
    ANSWER_WINDOW,
    HIDDEN_BEFORE_PAUSE,
    QUESTIONS_PER_DAY,
    TRANSITIONS,
    Reading,
    advance,
    choose_to_ask,
    is_expired,
    judge_replies,
    questions_left,
    read_by_person,
    reply_hash,
    unclear_reply,
    waits_since,
)
from dreambox_pipeline.stages.dreams.model import Answer, ConsentState, RankedDream

S = ConsentState
ASKED = datetime(2026, 11, 1, 18, tzinfo=UTC)
ARROWS = {
    (S.NONE, S.ASKED),
    (S.ASKED, S.GRANTED),
    (S.ASKED, S.DECLINED),
    (S.ASKED, S.EXPIRED),
    (S.GRANTED, S.WITHDRAWN),
}


def reply(text: str, *, minutes: int = 5, author: str = "dreamer", number: int = 1) -> Comment:
    return Comment(
        comment_id=f"73{number:017d}",
        source_video_id="7",
        author_id=author,
        text=text,
        created_at=ASKED + timedelta(minutes=minutes),
        parent_comment_id="72",
    )


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("to", list(S))
def test_the_machine_has_exactly_the_drawn_arrows(state: S, to: S) -> None:
    """Every pair of states either is an arrow of the drawing or is refused."""
    if (state, to) in ARROWS:
        assert advance(state, to) is to
    else:
        with pytest.raises(ValueError, match="cannot go"):
            advance(state, to)


@settings(max_examples=50, deadline=None)
@given(path=st.lists(st.sampled_from(list(S)), max_size=12))
def test_nothing_is_granted_without_having_been_asked(path: list[S]) -> None:
    """Whatever is tried in whatever order, a granted consent was asked for just before."""
    state, history = S.NONE, [S.NONE]
    for to in path:
        if to in TRANSITIONS[state]:
            state = advance(state, to)
            history.append(state)
    for before, after in pairwise(history):
        assert after is not S.GRANTED or before is S.ASKED
        assert after is not S.WITHDRAWN or before is S.GRANTED
    assert len(set(history)) == len(history)


def test_a_yes_is_granted_with_its_proof() -> None:
    """The reply's id, hash and time are kept, so the proof outlives the text."""
    decision = judge_replies(ASKED, "dreamer", [reply("Yes please!")])
    assert decision is not None
    assert decision.state is S.GRANTED
    assert not decision.is_anonymous
    assert decision.comment_id == reply("").comment_id
    assert decision.text_sha256 == hashlib.sha256(b"Yes please!").hexdigest()
    assert decision.answered_at == ASKED + timedelta(minutes=5)


def test_an_anonymous_yes_is_granted_without_credit() -> None:
    """The dreamer chooses how to be credited."""
    decision = judge_replies(ASKED, "dreamer", [reply("yes but anonymous")])
    assert decision is not None
    assert (decision.state, decision.is_anonymous) == (S.GRANTED, True)


@pytest.mark.parametrize(
    "replies",
    [
        [],
        [reply("yes", author="somebody else")],
        [reply("yes", minutes=-5)],
        [reply("yes", minutes=0)],
        [reply("maybe")],
    ],
    ids=["none", "somebody else", "before", "same moment", "unclear"],
)
def test_nothing_else_is_consent(replies: list[Comment]) -> None:
    """No answer, another person's answer, an earlier one and an unclear one decide nothing."""
    assert judge_replies(ASKED, "dreamer", replies) is None


def test_an_unidentified_author_cannot_consent() -> None:
    """An import without authors must not let anyone answer for anyone."""
    assert judge_replies(ASKED, "", [reply("yes", author="")]) is None


def test_the_latest_clear_answer_wins() -> None:
    """People change their minds; a later unclear remark changes nothing."""
    replies = [reply("yes"), reply("no sorry", minutes=9), reply("lol", minutes=20)]
    decision = judge_replies(ASKED, "dreamer", replies)
    assert decision is not None
    assert (decision.state, decision.answer) == (S.DECLINED, Answer.NO)


@pytest.mark.parametrize("texts", [("yes", "but dont use my name"), ("anonymous pls", "yes!")])
def test_a_name_is_not_used_against_any_of_the_replies(texts: tuple[str, str]) -> None:
    """People answer in several replies, in any order."""
    replies = [reply(text, minutes=n, number=n) for n, text in enumerate(texts, start=1)]
    decision = judge_replies(ASKED, "dreamer", replies)
    assert decision is not None
    assert (decision.state, decision.is_anonymous) == (S.GRANTED, True)


def test_second_thoughts_after_a_yes_go_to_a_person() -> None:
    """A yes that its dreamer doubts is none; one that follows the doubt is."""
    yes, doubt = reply("yes", number=1), reply("hmm maybe not", minutes=9, number=2)
    assert judge_replies(ASKED, "dreamer", [yes, doubt]) is None
    assert unclear_reply(ASKED, "dreamer", [yes, doubt]) == doubt
    assert judge_replies(ASKED, "dreamer", [doubt, reply("yes", minutes=12, number=3)]) is not None


def test_a_no_outweighs_a_yes_in_the_same_second() -> None:
    """The platform's times are whole seconds; between two we choose the safe one."""
    pair = [reply("yes", number=2), reply("no", number=1)]
    for replies in (pair, pair[::-1]):
        decision = judge_replies(ASKED, "dreamer", replies)
        assert decision is not None
        assert decision.state is S.DECLINED


@settings(max_examples=60, deadline=None)
@given(
    replies=st.lists(
        st.builds(
            reply,
            st.sampled_from(["yes", "no", "anonymous", "maybe", "nice", "delete it"]),
            minutes=st.integers(-3, 6),
            author=st.sampled_from(["dreamer", "other", ""]),
            number=st.integers(1, 9),
        ),
        max_size=8,
    ),
    seed=st.integers(0, 9),
)
def test_any_thread_is_judged_by_the_dreamer_alone(replies: list[Comment], seed: int) -> None:
    """Others' replies, earlier replies and the order of reading never change the judgement."""
    decision = judge_replies(ASKED, "dreamer", replies)
    own = [r for r in replies if r.author_id == "dreamer" and r.created_at > ASKED]
    shuffled = random.Random(seed).sample(own, len(own))
    assert judge_replies(ASKED, "dreamer", shuffled) == decision
    loud = [*replies, *(replace(r, author_id="other", text="yes") for r in replies)]
    assert judge_replies(ASKED, "dreamer", loud) == decision
    if decision:
        assert any(r.comment_id == decision.comment_id for r in own)


def test_a_question_expires_after_two_weeks() -> None:
    """Fourteen days to the second."""
    assert not is_expired(ASKED, ASKED + timedelta(days=14, seconds=-1))
    assert is_expired(ASKED, ASKED + timedelta(days=14))


def test_the_best_dreamers_who_were_never_asked_are_asked() -> None:
    """Nobody is asked twice, and only as many as allowed."""
    ranked = [RankedDream(f"d{n}", rank=n, score=1 / n) for n in (4, 2, 1, 3, 5)]
    states = {"d1": S.ASKED, "d2": S.NONE, "d3": S.EXPIRED}
    assert [d.dream_id for d in choose_to_ask(ranked, states, limit=2)] == ["d2", "d4"]
    assert choose_to_ask(ranked, states, limit=0) == []
    with pytest.raises(ValueError, match="limit"):
        choose_to_ask(ranked, states, limit=-1)


def test_the_latest_unclear_reply_goes_to_a_person() -> None:
    """Only the dreamer's, only after the question, and not their laughter."""
    first, last = reply("what would it look like?"), reply("depends", minutes=9, number=2)
    noise = [
        reply("hm who are you?", author="other", minutes=30),
        reply("what?", minutes=-2),
        reply("lol", minutes=40, number=3),
    ]
    assert unclear_reply(ASKED, "dreamer", [last, first, *noise]) == last
    assert unclear_reply(ASKED, "dreamer", noise) is None
    assert unclear_reply(ASKED, "", [reply("what?", author="")]) is None


def test_a_dreamer_who_talks_to_us_has_time_from_their_last_words() -> None:
    """A question back on the thirteenth day is not cut off on the fourteenth."""
    asks_back = reply("how does it work?", minutes=13 * 24 * 60)
    stranger = reply("me too", author="other", minutes=20 * 24 * 60)
    since = waits_since(ASKED, "dreamer", [asks_back, stranger])
    assert since == asks_back.created_at
    assert not is_expired(since, ASKED + ANSWER_WINDOW)
    assert waits_since(ASKED, "dreamer", [stranger]) == ASKED


@pytest.mark.parametrize(
    ("reading", "state", "is_anonymous"),
    [
        (Reading.GRANTED_BY_HANDLE, S.GRANTED, False),
        (Reading.GRANTED_ANONYMOUSLY, S.GRANTED, True),
        (Reading.DECLINED, S.DECLINED, False),
    ],
)
def test_a_persons_reading_keeps_the_dreamers_proof(
    reading: Reading, state: S, *, is_anonymous: bool
) -> None:
    """What proves the answer is the reply, with its own time; only later words take it back."""
    said = reply("kinda yes")
    decision = read_by_person(
        reading,
        comment_id=said.comment_id,
        text_sha256=reply_hash(said.text),
        answered_at=said.created_at,
    )
    assert decision is not None
    assert (decision.state, decision.is_anonymous) == (state, is_anonymous)
    assert decision.text_sha256 == hashlib.sha256(b"kinda yes").hexdigest()
    assert decision.answered_at == said.created_at


def test_a_person_may_say_that_it_is_no_answer() -> None:
    """Then nothing is decided, and the dreamer may still answer."""
    reading = Reading.NO_ANSWER
    assert read_by_person(reading, comment_id="1", text_sha256="", answered_at=ASKED) is None


def test_asking_pauses_when_the_platform_hides_us() -> None:
    """One hidden question is bad luck; several are a verdict for the day."""
    few = HIDDEN_BEFORE_PAUSE - 1
    assert questions_left(asked_today=4, hidden_today=few) == QUESTIONS_PER_DAY - 4
    assert questions_left(asked_today=4, hidden_today=HIDDEN_BEFORE_PAUSE) == 0
    assert questions_left(asked_today=QUESTIONS_PER_DAY + 3, hidden_today=0) == 0
