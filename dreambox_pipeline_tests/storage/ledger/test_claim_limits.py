"""No interleaving of claims begins more posts than TikTok takes of one account."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.storage.ledger import Ledger, attempts, publications
from dreambox_pipeline.storage.ledger.attempts import AttemptLimitError
from dreambox_pipeline.storage.tables import publications as rows
from dreambox_pipeline.storage.tables import publish_attempts
from dreambox_pipeline_tests.storage import story

ROWS = 24
PER_MINUTE, PER_DAY = 6, 15
BEGIN = story.NOON + timedelta(days=1)
DAY = timedelta(hours=24)

# Mostly short ones: where nobody asks for more than the limit, it is not tried.
WAITS = st.one_of(
    st.sampled_from([0.0, 0.001, 5.0, 9.999, 10.0]),
    st.floats(0, 12),
    st.floats(0, 12),
    st.sampled_from([59.999, 60.0, 61.0, 600.0, 4 * 3600.0, 86_399.0, 86_400.0]),
)
BECOMES = st.sampled_from(["sent", "died", "not carried out", "unknown"])
CLOCKS = st.sampled_from([0.0, -30.0, 25.0])
"""How far a worker's clock is off; two differ by less than a minute."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Rows of two accounts, which every example plans anew."""
    path: Path = tmp_path_factory.mktemp("claims") / "ledger.sqlite"
    opened = Ledger(f"sqlite:///{path}")
    for number in range(1, ROWS + 1):
        story.queue(opened, number)
    yield opened
    opened.close()


def plan_anew(ledger: Ledger) -> list[str]:
    with ledger.write() as connection:
        connection.execute(sa.delete(publish_attempts))
        planned = {"state": "planned", "claim": None, "route": None, "account_id": "main"}
        connection.execute(sa.update(rows).values(planned))
        return [row.publication_id for row in publications.planned(connection)]


def claim(ledger: Ledger, publication_id: str, token: str, now: datetime) -> bool:
    try:
        with ledger.write() as connection:
            return publications.claim(
                connection,
                publication_id,
                claim_token=token,
                now=now,
                route=Route.ACCOUNTS_API,
            )
    except AttemptLimitError:
        return False


def give_back(ledger: Ledger, publication_id: str, now: datetime) -> None:
    """TikTok certainly did not carry it out: it is planned again."""
    with ledger.write() as connection:
        row = publications.get(connection, publication_id)
        assert row is not None
        publications.move(
            connection,
            row,
            PublicationState.PLANNED,
            now=now,
            outcome=attempts.NOT_CARRIED_OUT,
        )


def most_within(moments: list[datetime], span: timedelta) -> int:
    return max(
        (sum(timedelta(0) <= last - at < span for at in moments) for last in moments), default=0
    )


@given(
    steps=st.lists(st.tuples(WAITS, st.integers(0, ROWS - 1), BECOMES), min_size=20, max_size=60)
)
@settings(max_examples=60, deadline=None)
def test_no_window_ever_holds_more_claims_than_tiktok_takes(ledger, steps):
    """Whoever claims when, and whether it dies, is answered, or is told that nothing was done."""
    waiting = plan_anew(ledger)
    now, claimed, carried_out = BEGIN, [], []
    for number, (wait_s, place, becomes) in enumerate(steps):
        now += timedelta(seconds=wait_s)
        publication_id = waiting[place]
        if not claim(ledger, publication_id, f"worker-{number}", now):
            continue
        claimed.append(now)
        if becomes == "not carried out":
            give_back(ledger, publication_id, now)
        else:
            carried_out.append(now)
    assert most_within(claimed, timedelta(minutes=1)) <= PER_MINUTE
    assert most_within(carried_out, DAY) <= PER_DAY


@given(
    steps=st.lists(
        st.tuples(st.floats(0, 12), st.integers(0, ROWS - 1), CLOCKS), min_size=20, max_size=40
    )
)
@settings(max_examples=40, deadline=None)
def test_a_clock_that_is_behind_claims_no_more_than_one_that_is_right(ledger, steps):
    """By the stamps themselves no window is overfull, whichever worker's clock wrote them."""
    waiting = plan_anew(ledger)
    now, stamps = BEGIN, []
    for number, (wait_s, place, off_s) in enumerate(steps):
        now += timedelta(seconds=wait_s)
        stamp = now + timedelta(seconds=off_s)
        if claim(ledger, waiting[place], f"worker-{number}", stamp):
            stamps.append(stamp)
    assert most_within(stamps, DAY) <= PER_DAY
    assert most_within(stamps, timedelta(minutes=1)) <= PER_MINUTE


def test_one_account_s_claims_are_not_another_s(ledger):
    """TikTok counts each account on its own."""
    waiting = plan_anew(ledger)
    with ledger.write() as connection:
        of_other = rows.c.publication_id.in_(waiting[12:])
        connection.execute(sa.update(rows).where(of_other).values(account_id="other"))
    won = [claim(ledger, each, f"w-{each}", BEGIN) for each in waiting]
    assert sum(won[:12]) == PER_MINUTE
    assert sum(won[12:]) == PER_MINUTE


def test_room_comes_back_to_the_second(ledger):
    """A place is free again when its window ends, and not a moment sooner."""
    waiting = plan_anew(ledger)
    for number in range(PER_MINUTE):
        assert claim(ledger, waiting[number], f"w{number}", BEGIN)
    almost = BEGIN + timedelta(seconds=59.999)
    assert not claim(ledger, waiting[6], "w6", almost)
    assert claim(ledger, waiting[6], "w6", BEGIN + timedelta(minutes=1))
