"""Collecting a range: killed and continued it is the same; what is erased, gone or late is right."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest

from dreambox_pipeline.defs.comment_collection import ABANDONED_AFTER, key_of
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.lake import COMMENTS, Merge
from dreambox_pipeline.storage.ledger import collected, erasures, failures, inbox
from dreambox_pipeline.tiktok.errors import NotFound, RateLimited, StuckCursor, Unreachable
from dreambox_pipeline_tests.defs.scripted_comments import (
    FIRST,
    LAST,
    LONG_AFTER,
    Place,
    ScriptedAccount,
    wire,
)

TWO_VIDEOS = {
    "741": [wire(3, day=2), wire(2, day=1), wire(1)],
    "742": [wire(5, day=1), wire(4)],
}
STOP = StopError("the account was disconnected")


@pytest.fixture
def place(tmp_path: Path, empty_ledger: Path) -> Place:
    copyfile(empty_ledger, tmp_path / "ledger.sqlite")
    return Place(tmp_path)


def stopped(place: Place, under: dict[str, list[object]]) -> None:
    """A collection that ends in the middle, as if killed: what it read stays behind."""
    with pytest.raises(StopError):
        place.collect(ScriptedAccount(under))


def test_killed_anywhere_and_started_again_it_ends_with_the_same_rows(
    tmp_path: Path, empty_ledger: Path
):
    """Row for row, at some fifteen of its steps: between comments, renames, commits and removals."""
    name = "dreambox_pipeline_tests.defs.killed_collection"
    done = subprocess.run(
        [sys.executable, "-m", name, str(tmp_path), str(empty_ledger)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    wanted = outcomes["undisturbed"]
    assert len(wanted["rows"]) > 50
    assert len(outcomes["killed"]) > 13
    for outcome in outcomes["killed"]:
        assert outcome["signal"] == 9, f"step {outcome['kill_at']} was never reached"
        for part in ("rows", "left", "marks"):
            assert outcome[part] == wanted[part], f"killed at step {outcome['kill_at']}"
    assert (wanted["left"], wanted["marks"]) == ([], {})


def test_a_continued_collection_reads_only_what_is_missing(place: Place):
    """The video that was through is not asked for again; both are stored."""
    stopped(place, {"741": TWO_VIDEOS["741"], "742": [wire(5, day=1), STOP]})
    assert place.rows() == [], "nothing reaches the lake before all is read"
    account = ScriptedAccount(TWO_VIDEOS)
    result = place.collect(account)
    assert [video for video, _ in account.asked] == ["742"]
    assert result.resumed == 1
    assert place.texts() == [f"comment number {n}" for n in range(1, 6)]
    assert result.merges == {FIRST + timedelta(days=n): merge for n, merge in enumerate(
        [Merge(2, 0, 2), Merge(2, 0, 2), Merge(1, 0, 1)]
    )}  # fmt: skip


def test_a_finished_collection_is_forgotten(place: Place):
    """The same days again are read from the start, and changed nothing."""
    place.collect(ScriptedAccount(TWO_VIDEOS))
    account = ScriptedAccount(TWO_VIDEOS)
    result = place.collect(account)
    assert [video for video, _ in account.asked] == ["741", "742"]
    assert {(merge.new, merge.changed) for merge in result.merges.values()} == {(0, 0)}
    assert result.resumed == 0
    assert place.leftovers() == []


@pytest.mark.parametrize("later", [ABANDONED_AFTER + timedelta(seconds=1), -timedelta(seconds=1)])
def test_an_old_collection_begins_anew(place: Place, later: timedelta):
    """Its likes are old. A clock moved back is another world."""
    stopped(place, {"741": TWO_VIDEOS["741"], "742": [STOP]})
    place.now += later
    likes = {"741": [wire(1, likes=99)], "742": []}
    account = ScriptedAccount(likes)
    place.collect(account)
    assert [video for video, _ in account.asked] == ["741", "742"]
    assert [row["likes"] for row in place.rows()] == [99]


def test_a_range_that_was_still_going_on_is_topped_up(place: Place):
    """What was written after the killed run read the video is stored, for the price of a page."""
    place.now = LONG_AFTER.replace(month=3, day=4, hour=13)
    today = {"741": [wire(1, day=3)], "742": [STOP]}
    stopped(place, today)
    read_at = place.now
    place.now += timedelta(hours=5)
    later = wire(7000, day=3)  # an hour and 56 minutes after noon
    for _ in range(2):
        account = ScriptedAccount({"741": [later, wire(1, day=3, likes=50)], "742": [STOP]})
        with pytest.raises(StopError):
            place.collect(account)
        assert account.asked[0] == ("741", read_at - timedelta(hours=1))
    place.collect(ScriptedAccount({"741": [later], "742": []}))
    assert place.texts() == ["comment number 1", "comment number 7000"]


def test_one_video_that_fails_leaves_the_others_stored(place: Place):
    """It is recorded, and its collection is over all the same."""
    trouble = Unreachable("TikTok did not answer")
    result = place.collect(ScriptedAccount({"741": [trouble], "742": TWO_VIDEOS["742"]}))
    assert list(result.batch.failed) == ["741"]
    assert place.texts() == ["comment number 4", "comment number 5"]
    with place.ledger.read() as connection:
        assert [row[:2] for row in failures.newest(connection, limit=9)] == [("comments", "741")]
        assert collected.done(connection, key_of(FIRST, LAST)) == {}


def test_rows_before_a_stuck_cursor_are_kept_and_the_video_counts_as_left_out(place: Place):
    """What was listed is good; what was not is asked for again by the next run."""
    stuck = StuckCursor("the cursor went backwards")
    result = place.collect(ScriptedAccount({"741": [wire(2, day=1), wire(1), stuck]}))
    assert place.texts() == ["comment number 1", "comment number 2"]
    assert list(result.batch.failed) == ["741"]
    account = ScriptedAccount(TWO_VIDEOS)
    result = place.collect(account)
    assert [video for video, _ in account.asked] == ["741", "742"]
    assert len(place.rows()) == 5


def test_a_used_up_limit_keeps_what_was_read_for_the_next_call(place: Place):
    """It would meet every further video; none is left out, and none is read twice."""
    limit = RateLimited("too many requests")
    with pytest.raises(RateLimited):
        place.collect(ScriptedAccount({"741": TWO_VIDEOS["741"], "742": [limit]}))
    account = ScriptedAccount(TWO_VIDEOS)
    result = place.collect(account)
    assert [video for video, _ in account.asked] == ["742"]
    assert (result.batch.failed, len(place.rows())) == ({}, 5)


def test_a_comment_imported_with_a_wrong_time_moves_to_its_own_day(place: Place):
    """TikTok's time is right; otherwise it would be stored twice, and every later run blocked."""
    place.collect(ScriptedAccount({"741": [wire(1)], "742": []}))
    (row,) = place.rows()
    place.lake.remove(COMMENTS, {row["comment_id"]})
    place.lake.upsert(COMMENTS, FIRST + timedelta(days=9), [row | {"origin": "import"}])
    place.collect(ScriptedAccount({"741": [wire(1)], "742": []}))
    assert place.rows() == [row]
    assert place.lake.days(COMMENTS) == [FIRST]


def test_what_was_hidden_after_a_killed_reading_stays_hidden(place: Place):
    """The old reading is merged hours later, and does not show the comment again."""
    place.collect(ScriptedAccount(TWO_VIDEOS))
    stopped(place, {"741": TWO_VIDEOS["741"], "742": [STOP]})
    read_at = place.now
    place.now += timedelta(hours=3)
    hidden = place.rows()[0]
    day = hidden["created_at"].date()
    place.lake.upsert(COMMENTS, day, [hidden | {"status": "HIDDEN"}])
    place.collect(ScriptedAccount(TWO_VIDEOS))
    with place.ledger.read() as connection:
        (event,) = inbox.pending(connection)
    assert event.payload["comment_id"] == hidden["comment_id"]
    assert event.payload["timestamp"] == read_at.isoformat()


def test_a_video_that_is_gone_is_no_failure(place: Place):
    """Neither now nor when the collection is continued, which does not ask for it again."""
    stopped(place, {"741": [NotFound("deleted")], "742": [STOP]})
    account = ScriptedAccount({"741": [], "742": TWO_VIDEOS["742"]})
    result = place.collect(account)
    assert (result.gone, result.batch.failed) == (["741"], {})
    assert [video for video, _ in account.asked] == ["742"]


def test_an_erased_comment_is_never_stored_again(place: Place):
    """Not by a new run, and not from what a killed run had read before the erasure."""
    stopped(place, {"741": TWO_VIDEOS["741"], "742": [STOP]})
    for number in (2, 4):
        with place.ledger.write() as connection:
            erasures.request(
                connection,
                wire(number)["comment_id"],
                dream_id=None,
                reason="withdrawn",
                now=place.now,
            )
    place.collect(ScriptedAccount(TWO_VIDEOS))
    assert place.texts() == [f"comment number {n}" for n in (1, 3, 5)]
    place.collect(ScriptedAccount(TWO_VIDEOS))
    assert place.texts() == [f"comment number {n}" for n in (1, 3, 5)]


def test_hidden_comments_are_stored_as_hidden(place: Place):
    """What happens to their dreams is decided elsewhere; a later status replaces the earlier."""
    place.collect(ScriptedAccount({"741": [wire(1, status="HIDDEN"), wire(2)]}))
    assert [row["status"] for row in place.rows()] == ["HIDDEN", "PUBLIC"]
    result = place.collect(ScriptedAccount({"741": [wire(1), wire(2, status="HIDDEN")]}))
    assert [row["status"] for row in place.rows()] == ["PUBLIC", "HIDDEN"]
    assert result.merges[FIRST] == Merge(0, 2, 2)


def test_only_the_days_asked_for_are_stored(place: Place):
    """The overlap before them and what follows belong to other ranges."""
    around = [wire(n, day=n) for n in (-1, 0, 3, 4)]
    place.collect(ScriptedAccount({"741": around}))
    assert place.texts() == ["comment number 0", "comment number 3"]


def test_pages_that_repeat_store_each_comment_once(place: Place):
    """Beyond 500 comments TikTok repeats and reorders; the last reading of a comment counts."""
    entries = [wire(n % 40, day=n % 4, likes=n) for n in range(160)]
    place.collect(ScriptedAccount({"741": entries}))
    assert len(place.rows()) == 40
    assert {row["likes"] for row in place.rows()} == set(range(120, 160))


def test_what_is_no_comment_is_counted_by_reason_also_over_a_kill(place: Place):
    """Image-only, a vanished author, a time from tomorrow: each has its outcome."""
    strange = [
        wire(1, text="", image_url="https://images.example/1.jpg"),
        wire(2, unique_identifier=None, username=None),
        wire(3, create_time=None),
        wire(4, create_time=str(int(LONG_AFTER.timestamp()) + 90_000)),
        wire(5, status="BANANA"),
        wire(6, text="x" * 10_001),
    ]
    stopped(place, {"741": strange, "742": [STOP]})
    result = place.collect(ScriptedAccount({"741": [], "742": [wire(7, text="\u200d")]}))
    assert place.texts() == ["comment number 2"]
    assert result.rejected == {
        "empty": 2, "missing_time": 1, "future_time": 1, "bad_status": 1, "too_long": 1,
    }  # fmt: skip


def test_two_vanished_authors_are_two_people(place: Place):
    """Without any name, nobody may be taken for somebody else."""
    place.collect(
        ScriptedAccount({"741": [wire(n, unique_identifier=None, username=None) for n in (1, 2)]})
    )
    assert len({row["author_id"] for row in place.rows()}) == 2


def test_half_an_emoji_in_a_name_or_a_text_stops_nothing(place: Place):
    """JSON may hold a lone surrogate; one person's broken name must not end everybody's run."""
    entries = [
        wire(1, unique_identifier="p\ud83d"),
        wire(2, text="cut off \ud83d"),
        wire(3, unique_identifier=None, username="\ud83d"),
    ]
    place.collect(ScriptedAccount({"741": entries}))
    assert place.texts() == ["comment number 1", "comment number 3", "cut off"]


def test_a_full_disk_ends_the_run_and_keeps_what_was_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    """The next run goes on from there."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("dreambox_pipeline.storage.lake.pq.write_table", full)
        stopped(place, TWO_VIDEOS)
    account = ScriptedAccount(TWO_VIDEOS)
    place.collect(account)
    assert account.asked == []
    assert len(place.rows()) == 5
