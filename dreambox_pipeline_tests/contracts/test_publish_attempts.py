"""Claims of publications: limits shared by all processes, and a claim that nobody else can use."""

from datetime import datetime, timedelta

import pytest

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.model import PublicationState as S
from dreambox_pipeline.stages.posts.model import Route
from dreambox_pipeline.storage.ledger import Ledger, attempts, post_tasks, publications
from dreambox_pipeline.storage.ledger.attempts import AttemptLimitError
from dreambox_pipeline_tests.storage import rivals, story

NOW = story.NOON + timedelta(hours=9)


def claim(
    ledger: Ledger, row: publications.PublicationRow, token: str, *, at: datetime = NOW
) -> publications.PublicationRow:
    with ledger.write() as connection:
        assert publications.claim(
            connection,
            row.publication_id,
            claim_token=token,
            now=at,
            route=Route.CONTENT_POSTING,
        )
        claimed = publications.get(connection, row.publication_id)
    assert claimed is not None
    return claimed


def hand_back(ledger: Ledger, row: publications.PublicationRow, *, at: datetime, outcome: str):
    with ledger.write() as connection:
        return publications.move(connection, row, S.PLANNED, now=at, outcome=outcome)


def test_of_racing_processes_at_most_six_claim_in_a_minute(ledger: Ledger, ledger_url: str):
    """On different rows of one account, so it is not the row that keeps them apart."""
    rows = [story.queue(ledger, number).publication_id for number in range(1, 13)]
    calls = [(ledger_url, rows[start::3]) for start in range(3)]
    outcomes = rivals.at_once(rivals.claim_one_after_the_other, calls)
    won = [each for outcome in outcomes for each, at in outcome if at is not None]
    assert len(won) == 6


def test_the_refusal_says_when_there_is_room_again(ledger: Ledger):
    """And then there is."""
    rows = [story.queue(ledger, number) for number in range(1, 8)]
    for number, row in enumerate(rows[:6]):
        claim(ledger, row, f"w{number}", at=NOW + timedelta(seconds=number))
    later = NOW + timedelta(seconds=30)
    with pytest.raises(AttemptLimitError, match=r"room again at .*:01:00 UTC") as refused:
        claim(ledger, rows[6], "w6", at=later)
    assert refused.value.retry_after_s == 30
    claim(ledger, rows[6], "w6", at=NOW + timedelta(minutes=1))


def test_fifteen_a_day_leave_out_what_tiktok_did_not_take(ledger: Ledger):
    """A morning of refusals must not cost the day; what may have been taken counts."""
    row = story.queue(ledger, 1)
    at = NOW
    for number in range(20):
        taken = claim(ledger, row, f"refused{number}", at=at)
        row = hand_back(ledger, taken, at=at, outcome=attempts.NOT_CARRIED_OUT)
        at += timedelta(minutes=2)
    for number in range(15):
        row = hand_back(ledger, claim(ledger, row, f"lost{number}", at=at), at=at, outcome="lost")
        at += timedelta(minutes=2)
    with pytest.raises(AttemptLimitError, match="15 in any 24 hours"):
        claim(ledger, row, "one more", at=at)
    claim(ledger, row, "next day", at=at + timedelta(hours=24))


@pytest.mark.parametrize("jump", [timedelta(minutes=-5), timedelta(days=-40)])
def test_a_clock_that_jumps_back_frees_nothing_and_blocks_no_longer_than_the_window(
    ledger: Ledger, jump: timedelta
):
    """What was claimed "in the future" was claimed at the latest now."""
    rows = [story.queue(ledger, number) for number in range(1, 8)]
    for number, row in enumerate(rows[:6]):
        claim(ledger, row, f"w{number}")
    back = NOW + jump
    with pytest.raises(AttemptLimitError):
        claim(ledger, rows[6], "w6", at=back)
    with ledger.write() as connection:
        publications.correct_stamps(connection, now=back)
        claimed = publications.get(connection, rows[0].publication_id)
        assert claimed is not None
        assert claimed.updated_at <= NOW
    with pytest.raises(AttemptLimitError):
        claim(ledger, rows[6], "w6", at=back + timedelta(seconds=59))
    claim(ledger, rows[6], "w6", at=back + timedelta(seconds=60))


def test_a_worker_that_overslept_its_claim_changes_nothing(ledger: Ledger):
    """The row is in the same state again, and another worker's."""
    row = story.queue(ledger, 1)
    asleep = claim(ledger, row, "asleep")
    planned = hand_back(ledger, asleep, at=NOW, outcome=attempts.LOST)
    awake = claim(ledger, planned, "awake", at=NOW + timedelta(minutes=11))
    with ledger.write() as connection:
        assert not publications.holds(connection, asleep)
        with pytest.raises(ItemError, match="another worker"):
            publications.begun(connection, asleep, publish_id="p1", upload_encrypted="s", now=NOW)
        with pytest.raises(ItemError, match="another worker"):
            publications.move(connection, asleep, S.FAILED, now=NOW)
        assert publications.get(connection, row.publication_id) == awake


def test_an_upload_s_secret_goes_when_the_file_is_delivered(ledger: Ledger):
    """And its publish id stays, because TikTok may speak of it months later."""
    row = claim(ledger, story.queue(ledger, 1), "w")
    with ledger.write() as connection:
        row = publications.begun(
            connection, row, publish_id="p1", upload_encrypted="secret", now=NOW
        )
        attempt = attempts.of_publish_id(connection, "p1")
        assert attempt is not None
        assert attempt.upload_encrypted == "secret"
        assert "secret" not in repr(attempt)
        row = publications.move(connection, row, S.UPLOADED, now=NOW)
        attempt = attempts.of_publish_id(connection, "p1")
        assert attempt is not None
        assert (attempt.upload_encrypted, attempt.ended_at) == (None, None)
        publications.move(connection, row, S.PUBLISHED, now=NOW, post_id="75")
        attempt = attempts.of_publish_id(connection, "p1")
    assert attempt is not None
    assert (attempt.ended_at, attempt.outcome) == (NOW, "published")


def test_a_person_s_task_closes_itself_when_the_row_ends(ledger: Ledger):
    """Whoever found out: the list, a webhook, or the person at the desk."""
    row = claim(ledger, story.queue(ledger, 1), "w")
    with ledger.write() as connection:
        row = publications.move(connection, row, S.UNCONFIRMED, now=NOW)
        asked = {"render_id": row.render_id, "dream_id": "d", "publish_id": "p", "note": ""}
        assert post_tasks.ask(
            connection, row.publication_id, route=Route.INBOX_DRAFT, now=NOW, **asked
        )
        assert post_tasks.is_asked(connection, row.publication_id)
        publications.settle(connection, row, S.PUBLISHED, now=NOW, post_id="75")
        assert not post_tasks.is_asked(connection, row.publication_id)
