"""What a file's log of decisions means."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.review.events import approval_of, state_of
from dreambox_pipeline.stages.review.model import Decision, ReviewEvent, ReviewState

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def an_event(decision: Decision, *, number: int = 1, content_hash: str = "aa", **changes):
    """A decision on file `aa`."""
    fields = {
        "event_id": number,
        "render_id": "rnd_1",
        "content_hash": content_hash,
        "decision": decision,
        "reviewer": "demo",
        "reason": "",
        "decided_at": NOW + timedelta(minutes=number),
    }
    return ReviewEvent(**fields | changes)


APPROVE, REJECT, COMMENT = Decision.APPROVE, Decision.REJECT, Decision.COMMENT


def test_a_file_nobody_decided_on_is_open():
    """No event, or comments only."""
    assert state_of([], "aa") is ReviewState.OPEN
    assert state_of([an_event(COMMENT)], "aa") is ReviewState.OPEN
    assert approval_of([an_event(COMMENT)], "aa") is None


def test_the_latest_decision_holds():
    """People may change their mind, in both directions."""
    events = [an_event(APPROVE, number=1), an_event(REJECT, number=2)]
    assert state_of(events, "aa") is ReviewState.REJECTED
    assert approval_of(events, "aa") is None
    events.append(an_event(APPROVE, number=3))
    assert state_of(events, "aa") is ReviewState.APPROVED
    assert approval_of(events, "aa") == events[2]


def test_a_comment_changes_nothing():
    """Talking about an approved video does not open it again."""
    events = [an_event(APPROVE, number=1), an_event(COMMENT, number=2)]
    assert approval_of(events, "aa") == events[0]


def test_an_approval_counts_for_no_other_file():
    """A re-rendered video has another hash and must be seen again."""
    events = [an_event(APPROVE)]
    assert state_of(events, "ab") is ReviewState.OPEN
    assert approval_of(events, "ab") is None


def test_no_hash_is_never_approved():
    """A missing hash must not meet another missing hash."""
    assert approval_of([an_event(APPROVE, content_hash="")], "") is None


def test_the_stores_number_beats_a_phones_clock():
    """An event stored later is later, whatever time it carries."""
    events = [
        an_event(REJECT, number=2, decided_at=NOW - timedelta(days=1)),
        an_event(APPROVE, number=1),
    ]
    assert state_of(events, "aa") is ReviewState.REJECTED


def test_an_event_not_stored_yet_is_the_newest():
    """So the desk can show what a decision would do."""
    events = [an_event(APPROVE, number=7), an_event(REJECT, number=0)]
    assert state_of(events, "aa") is ReviewState.REJECTED


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Decision)), st.sampled_from(["aa", "bb"])), max_size=12
    ),
    st.randoms(),
)
@settings(max_examples=60)
def test_the_order_of_reading_does_not_matter(decisions, dice):
    """The log says its own order; and approved means an approval is there."""
    events = [
        an_event(decision, number=n, content_hash=content_hash)
        for n, (decision, content_hash) in enumerate(decisions, start=1)
    ]
    shuffled = [*events]
    dice.shuffle(shuffled)
    assert approval_of(events, "aa") == approval_of(shuffled, "aa")
    is_approved = state_of(shuffled, "aa") is ReviewState.APPROVED
    assert is_approved == (approval_of(shuffled, "aa") is not None)
