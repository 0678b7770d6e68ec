"""How commenters react when the owner asks."""

from collections import Counter
from statistics import median

from dreambox_pipeline.sandbox.world.audience import OwnerReply, consent_outcome, react
from dreambox_pipeline.sandbox.world.crowd import Comment
from dreambox_pipeline.sandbox.world.personas import persona_for
from dreambox_pipeline.sandbox.world.utterances import Utterance

NOW = 1_772_438_400


def told(number: int, *, is_dream: bool = True) -> Comment:
    return Comment(
        comment_id=f"{7_600_000_000_000_000_000 + number}",
        video_id="7600000000000000001",
        parent_comment_id=None,
        author=persona_for(7, number),
        created_at=NOW - 3600,
        utterance=Utterance("i dreamt of a whale", "dream_told", "en", is_dream),
    )


def asked(number: int, *, ordinal: int = 0, is_dream: bool = True, chosen: str | None = None):
    comment = told(number, is_dream=is_dream)
    reply = OwnerReply(f"{8_000_000 + number}", NOW, ordinal)
    return comment, react(7, comment, reply, parent_id=comment.comment_id, chosen=chosen)


def test_about_two_thirds_say_yes() -> None:
    """Some of them anonymously; some say no, something unclear, or nothing."""
    outcomes = Counter(asked(number)[1].outcome for number in range(2000))
    assert 0.6 < (outcomes["yes"] + outcomes["yes_anonymous"]) / 2000 < 0.7
    assert min(outcomes[kind] for kind in ("yes_anonymous", "no", "unclear", "silence")) > 60


def test_answers_come_from_the_same_person_within_days() -> None:
    """The median is about forty minutes."""
    delays = []
    for number in range(600):
        comment, reaction = asked(number)
        for answer in reaction.answers:
            assert answer.author.unique_identifier == comment.author.unique_identifier
            assert answer.parent_comment_id == comment.comment_id
        if reaction.answers:
            delays.append(reaction.answers[0].created_at - NOW)
    assert 25 * 60 < median(delays) < 60 * 60
    assert min(delays) > 0


def test_some_change_their_mind_or_delete() -> None:
    """Always after they answered."""
    reactions = [asked(number)[1] for number in range(2000)]
    withdrawn = [r for r in reactions if len(r.answers) == 2]
    deleted = [r for r in reactions if r.deletes_at is not None]
    assert withdrawn
    assert deleted
    assert {r.answers[1].utterance.kind for r in withdrawn} == {"withdraw"}
    assert all(r.answers[1].created_at > r.answers[0].created_at for r in withdrawn)
    assert all(r.deletes_at > r.answers[0].created_at for r in deleted if r.deletes_at)


def test_who_answered_is_not_asked_twice_in_vain() -> None:
    """A second question moves only those who were silent or unclear."""
    for number in range(400):
        comment_id = told(number).comment_id
        first, second = (consent_outcome(7, comment_id, ordinal) for ordinal in (0, 1))
        if first in ("yes", "yes_anonymous", "no"):
            assert second == "silence"
            assert asked(number, ordinal=1)[1].answers == ()


def test_talk_that_was_no_dream_is_puzzled_or_silent() -> None:
    """No consent can come out of it."""
    outcomes = {asked(number, is_dream=False)[1].outcome for number in range(100)}
    assert outcomes == {"not_a_dream", "silence"}


def test_a_test_can_choose_the_answer() -> None:
    """And nothing else happens then."""
    _, reaction = asked(3, chosen="no")
    assert reaction.outcome == "no"
    assert len(reaction.answers) == 1
    assert reaction.deletes_at is None
    assert asked(3, chosen="silence")[1].answers == ()
