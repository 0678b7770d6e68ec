"""What commenters do when the owner replies to them.

A reply under a told dream is read as the question for consent. Most say yes, some ask to stay
anonymous, some say no, something unclear, or nothing; a few change their mind later or delete
their comment. Answers come under the same parent from the same `unique_identifier`.
"""

from dataclasses import dataclass
from random import Random

from dreambox_pipeline.sandbox.world.crowd import Comment
from dreambox_pipeline.sandbox.world.seeds import dice, snowflake
from dreambox_pipeline.sandbox.world.utterances import utter
from dreambox_pipeline.sandbox.world.videos import DAY

SILENCE = "silence"
OUTCOMES = ("yes", "yes_anonymous", "no", "unclear", SILENCE)
_FIRST_ASKED = (0.58, 0.07, 0.09, 0.08, 0.18)
# What somebody does when asked again, by what they did the first time.
_ASKED_AGAIN = {"unclear": (0.55, 0.05, 0.1, 0.1, 0.2), SILENCE: (0.22, 0.03, 0.05, 0.0, 0.7)}
_MEDIAN_DELAY_S = 40 * 60
_LONGEST_DELAY_S = 4 * DAY


@dataclass(frozen=True, slots=True)
class OwnerReply:
    """A reply the API wrote for the owner; *ordinal* counts earlier ones to the same comment."""

    comment_id: str
    created_at: int
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class Reaction:
    """What follows from an owner's reply: answers in order, and perhaps a deletion."""

    outcome: str
    answers: tuple[Comment, ...] = ()
    deletes_at: int | None = None


def react(
    seed: int, asked: Comment, reply: OwnerReply, *, parent_id: str, chosen: str | None = None
) -> Reaction:
    """The reaction of the author of *asked* to *reply*.

    Args:
        seed: The world's seed.
        asked: The comment that was replied to.
        reply: The owner's reply.
        parent_id: Top-level comment under which answers appear.
        chosen: An outcome fixed by a test instead of drawn.
    """
    if asked.is_owner:
        return Reaction(SILENCE)
    question = _Question(seed, asked, reply, parent_id)
    rng = dice(seed, "reaction", asked.comment_id, reply.ordinal)
    delay = min(_LONGEST_DELAY_S, int(rng.lognormvariate(0, 1.1) * _MEDIAN_DELAY_S) + 20)
    answered_at = reply.created_at + delay
    if chosen is None and not asked.utterance.is_dream:
        puzzled = reply.ordinal == 0 and rng.random() < 0.3
        said = (question.answer("not_a_dream", answered_at),) if puzzled else ()
        return Reaction("not_a_dream" if puzzled else SILENCE, said)
    outcome = chosen or consent_outcome(seed, asked.comment_id, reply.ordinal)
    if outcome == SILENCE:
        return Reaction(outcome)
    answer = question.answer(outcome, answered_at)
    if chosen is not None:
        return Reaction(outcome, (answer,))
    return _change_of_mind(question, answer, outcome, rng)


def consent_outcome(seed: int, comment_id: str, ordinal: int) -> str:
    """What the author of a told dream does when asked for the (*ordinal* + 1)-th time."""
    weights = _FIRST_ASKED
    if ordinal > 0:
        before = consent_outcome(seed, comment_id, ordinal - 1)
        if before not in _ASKED_AGAIN:
            return SILENCE
        weights = _ASKED_AGAIN[before]
    return dice(seed, "consent", comment_id, ordinal).choices(OUTCOMES, weights)[0]


@dataclass(frozen=True, slots=True)
class _Question:
    """One reply of the owner to one comment, and what its author may write back."""

    seed: int
    asked: Comment
    reply: OwnerReply
    parent_id: str

    def answer(self, kind: str, at: int) -> Comment:
        """The author's words of *kind*, written at *at* under the same parent."""
        author = self.asked.author
        rng = dice(self.seed, "answer", self.asked.comment_id, self.reply.ordinal, kind)
        return Comment(
            comment_id=snowflake(at, self.seed, "answer", self.reply.comment_id, kind),
            video_id=self.asked.video_id,
            parent_comment_id=self.parent_id,
            author=author,
            created_at=at,
            utterance=utter(kind, author, rng),
        )


def _change_of_mind(question: _Question, answer: Comment, outcome: str, rng: Random) -> Reaction:
    later = answer.created_at + int(rng.uniform(0.4, 6) * DAY)
    chance = rng.random()
    if outcome.startswith("yes") and chance < 0.05:
        return Reaction(outcome, (answer, question.answer("withdraw", later)))
    deletes = chance > (0.85 if outcome == "no" else 0.96)
    return Reaction(outcome, (answer,), deletes_at=later if deletes else None)
