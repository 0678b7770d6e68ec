"""A dreamer's consent: the machine, the question's timing, and the proof of an answer.

    none -> asked -> granted -> withdrawn
              |
              +-> declined
              +-> expired (no clear answer in 14 days)

Only `granted` lets anything be made or posted, and only a reply by the person who wrote the
dream, after we asked, grants it. `declined`, `expired` and `withdrawn` are final: nobody is
asked twice. A reply that rules cannot read goes to a person, who says what it means; a clear
reply that comes later counts more than what is waiting for the person. A withdrawal removes
everything downstream; that is the callers' work. What a reply means is in `answers`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from dreambox_pipeline.stages.comments.model import Comment
from dreambox_pipeline.stages.dreams.answers import (
    hesitates,
    is_withdrawal,
    read_answer,
    says_something,
    wants_no_credit,
)
from dreambox_pipeline.stages.dreams.model import Answer, ConsentState, RankedDream

__all__ = [
    "ANSWER_WINDOW",
    "HIDDEN_BEFORE_PAUSE",
    "QUESTIONS_PER_DAY",
    "TRANSITIONS",
    "ConsentDecision",
    "Reading",
    "advance",
    "choose_to_ask",
    "is_expired",
    "is_withdrawal",
    "judge_replies",
    "questions_left",
    "read_answer",
    "read_by_person",
    "reply_hash",
    "said_before",
    "unclear_reply",
    "waits_since",
]

# Two weeks: people who answer at all answer within days, and an old question surprises.
ANSWER_WINDOW: Final = timedelta(days=14)

# Many similar replies look like spam, and the platform then hides them. One an hour does not.
QUESTIONS_PER_DAY: Final = 24

# The platform hides bulk text without a word. One question may be bad luck, three are a verdict.
HIDDEN_BEFORE_PAUSE: Final = 3

S = ConsentState
TRANSITIONS: Final[dict[ConsentState, frozenset[ConsentState]]] = {
    S.NONE: frozenset({S.ASKED}),
    S.ASKED: frozenset({S.GRANTED, S.DECLINED, S.EXPIRED}),
    S.GRANTED: frozenset({S.WITHDRAWN}),
    S.DECLINED: frozenset(),
    S.EXPIRED: frozenset(),
    S.WITHDRAWN: frozenset(),
}


def advance(state: ConsentState, to: ConsentState) -> ConsentState:
    """The state *to*, if a consent in *state* may go there.

    Raises:
        ValueError: The machine has no such arrow. A caller's mistake; nothing was changed.
    """
    if to not in TRANSITIONS[state]:
        msg = f"A consent cannot go from {state} to {to}."
        raise ValueError(msg)
    return to


@dataclass(frozen=True, slots=True)
class ConsentDecision:
    """A dreamer's clear answer and what proves it.

    Attributes:
        state: `granted` or `declined`.
        comment_id: The reply that says so.
        text_sha256: SHA-256 in hex of the reply's text in UTF-8, so that the proof outlives
            the text, which is erased with the rest.
        answered_at: When the reply was written, aware UTC.
    """

    state: ConsentState
    answer: Answer
    comment_id: str
    text_sha256: str
    answered_at: datetime

    @property
    def is_anonymous(self) -> bool:
        """The dreamer agreed to the video and wants no credit."""
        return self.answer is Answer.YES_ANONYMOUS


def judge_replies(
    asked_at: datetime, author_id: str, replies: Sequence[Comment]
) -> ConsentDecision | None:
    """The latest clear answer among *replies*, or None when there is none.

    People answer in several replies. A yes is none when they hesitate afterwards ("hmm, maybe
    not"): a person reads that. And it is anonymous when any of them speaks against the name.

    Call it before `is_expired`, so that an answer given in time but read late still counts.

    Args:
        asked_at: When our question was posted, aware UTC. Earlier replies answer nothing.
        author_id: The dreamer's keyed hash. Anyone else's reply is ignored. An empty one
            identifies nobody, so nothing counts.
        replies: The replies under the dreamer's comment, in any order.
    """
    answers = [
        (reply, read_answer(reply.text)) for reply in _of_dreamer(asked_at, author_id, replies)
    ]
    clear = [pair for pair in answers if pair[1] is not Answer.UNCLEAR]
    if not clear:
        return None
    # TikTok's times are whole seconds; within one second a no outweighs a yes.
    reply, answer = max(
        clear, key=lambda pair: (pair[0].created_at, pair[1] is Answer.NO, pair[0].comment_id)
    )
    if answer is not Answer.NO:
        if any(
            each.created_at >= reply.created_at and hesitates(each.text)
            for each, sense in answers
            if sense is Answer.UNCLEAR
        ):
            return None
        if any(wants_no_credit(each.text) for each, _ in answers):
            answer = Answer.YES_ANONYMOUS
    return ConsentDecision(
        state=S.DECLINED if answer is Answer.NO else S.GRANTED,
        answer=answer,
        comment_id=reply.comment_id,
        text_sha256=reply_hash(reply.text),
        answered_at=reply.created_at,
    )


def unclear_reply(asked_at: datetime, author_id: str, replies: Sequence[Comment]) -> Comment | None:
    """The dreamer's latest reply that needs a person, when `judge_replies` found no clear one.

    Not for a person: a reply that says nothing, such as laughter or a lone tag of a friend.
    """
    theirs = [
        reply
        for reply in _of_dreamer(asked_at, author_id, replies)
        if read_answer(reply.text) is Answer.UNCLEAR and says_something(reply.text)
    ]
    return max(theirs, key=lambda reply: (reply.created_at, reply.comment_id), default=None)


def said_before(reply: Comment, asked_at: datetime, replies: Sequence[Comment]) -> list[Comment]:
    """What the writer of *reply* answered before it, oldest first: it may speak of that."""
    earlier = _of_dreamer(asked_at, reply.author_id, replies)
    found = [each for each in earlier if each.created_at <= reply.created_at and each != reply]
    return sorted(found, key=lambda each: (each.created_at, each.comment_id))


def doubts_since_yes(replies: Sequence[Comment]) -> list[Comment]:
    """Replies that put a given yes in doubt and that no plain yes follows, oldest first.

    Args:
        replies: What the dreamer wrote since their yes, oldest first.
    """
    doubts: list[Comment] = []
    for reply in replies:
        if read_answer(reply.text) in {Answer.YES, Answer.YES_ANONYMOUS}:
            doubts.clear()
        elif hesitates(reply.text):
            doubts.append(reply)
    return doubts


def waits_since(asked_at: datetime, author_id: str, replies: Sequence[Comment]) -> datetime:
    """Since when we wait for a clear answer: the question, or the dreamer's last words after it."""
    said = [reply.created_at for reply in _of_dreamer(asked_at, author_id, replies)]
    return max([asked_at, *said])


class Reading(StrEnum):
    """What a person says an unclear reply means."""

    GRANTED_BY_HANDLE = "granted_by_handle"
    GRANTED_ANONYMOUSLY = "granted_anonymously"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"


_READINGS: Final[dict[Reading, tuple[ConsentState, Answer]]] = {
    Reading.GRANTED_BY_HANDLE: (S.GRANTED, Answer.YES),
    Reading.GRANTED_ANONYMOUSLY: (S.GRANTED, Answer.YES_ANONYMOUS),
    Reading.DECLINED: (S.DECLINED, Answer.NO),
}


def read_by_person(
    reading: Reading, *, comment_id: str, text_sha256: str, answered_at: datetime
) -> ConsentDecision | None:
    """The decision that a person's *reading* of a reply leads to; None when it answers nothing.

    Args:
        reading: What the person says it means.
        comment_id: The reply.
        text_sha256: As in `ConsentDecision`: the proof is the reply, whoever read it.
        answered_at: When the reply was written, so that only later words take it back.
    """
    if reading is Reading.NO_ANSWER:
        return None
    state, answer = _READINGS[reading]
    return ConsentDecision(state, answer, comment_id, text_sha256, answered_at)


def is_expired(asked_at: datetime, now: datetime) -> bool:
    """Whether a question asked at *asked_at* has waited its 14 days for an answer."""
    return now - asked_at >= ANSWER_WINDOW


def questions_left(*, asked_today: int, hidden_today: int) -> int:
    """How many questions may be posted now.

    Args:
        asked_today: Questions posted in the last 24 hours.
        hidden_today: Questions found hidden in the last 24 hours. Several, and we are taken for
            spam: every further one would go unseen too.
    """
    if hidden_today >= HIDDEN_BEFORE_PAUSE:
        return 0
    return max(0, QUESTIONS_PER_DAY - asked_today)


def choose_to_ask(
    ranked: Sequence[RankedDream], states: Mapping[str, ConsentState], *, limit: int
) -> list[RankedDream]:
    """The best *limit* dreams whose dreamers were never asked, best first.

    Args:
        ranked: Dreams in any order; their `rank` decides.
        states: Dream id to consent state. A dream without one was never asked about.
        limit: How many questions may be posted now; bulk replies look like spam.

    Raises:
        ValueError: *limit* is negative.
    """
    if limit < 0:
        msg = f"Cannot ask {limit} dreamers; give a limit of 0 or more."
        raise ValueError(msg)
    unasked = [dream for dream in ranked if states.get(dream.dream_id, S.NONE) is S.NONE]
    return sorted(unasked, key=lambda dream: dream.rank)[:limit]


def _of_dreamer(asked_at: datetime, author_id: str, replies: Sequence[Comment]) -> list[Comment]:
    return [
        reply
        for reply in replies
        if author_id and reply.author_id == author_id and reply.created_at > asked_at
    ]


def reply_hash(text: str) -> str:
    """SHA-256 in hex of a reply's text in UTF-8: the proof that outlives the text."""
    return hashlib.sha256(text.encode()).hexdigest()
