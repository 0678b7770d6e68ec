import fcntl
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.lake import (
    ACCOUNT_METRICS,
    COMMENTS,
    DATASETS,
    ENGAGEMENT_SNAPSHOTS,
    Lake,
    Merge,
)
from dreambox_pipeline_tests.storage import rivals
from dreambox_pipeline_tests.storage.limits import run_with_file_limit
from dreambox_pipeline_tests.storage.story import NOON, comment, snapshot

DAY = NOON.date()


def metric(**changes: object) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(ACCOUNT_METRICS.schema.names)
    return row | {"day": "2026-11-02", "audience_activity": tuple(range(24))} | changes


def test_rows_come_back_as_they_went_in(lake: Lake):
    """Ids stay text, times stay aware UTC, and unknown stays unknown."""
    lake.upsert(COMMENTS, DAY, [comment(1)])
    (row,) = lake.read(COMMENTS, [DAY])
    assert row == comment(1)
    assert row["created_at"].utcoffset() == timedelta(0)
    assert row["likes"] is None


def test_collecting_a_day_again_changes_nothing(lake: Lake):
    """Not even the file: whoever watches it sees no news."""
    rows = [comment(number) for number in range(3)]
    assert lake.upsert(COMMENTS, DAY, rows) == Merge(3, 0, 3)
    before = lake.path(COMMENTS, DAY).stat()
    assert lake.upsert(COMMENTS, DAY, rows) == Merge(0, 0, 3)
    after = lake.path(COMMENTS, DAY).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_list_column_does_not_look_changed(lake: Lake):
    """The stages speak in tuples, Parquet in lists."""
    lake.upsert(ACCOUNT_METRICS, DAY, [metric()])
    assert lake.upsert(ACCOUNT_METRICS, DAY, [metric()]) == Merge(0, 0, 1)
    assert lake.upsert(ACCOUNT_METRICS, DAY, [metric(followers=5)]) == Merge(0, 1, 1)


def test_a_known_key_takes_the_newer_row(lake: Lake):
    """And the others stay."""
    lake.upsert(COMMENTS, DAY, [comment(1), comment(2)])
    assert lake.upsert(COMMENTS, DAY, [comment(2, likes=5), comment(3)]) == Merge(1, 1, 3)
    assert [row["likes"] for row in lake.read(COMMENTS, [DAY])] == [None, 5, None]


def test_days_are_separate_and_in_order(lake: Lake):
    """A day without a file has no rows, and a folder without a file is no day."""
    later = DAY + timedelta(days=1)
    lake.upsert(ENGAGEMENT_SNAPSHOTS, later, [snapshot("75", NOON)])
    lake.upsert(ENGAGEMENT_SNAPSHOTS, DAY, [snapshot("75", NOON)])
    (lake.root / "engagement_snapshots" / "day=2027-01-01").mkdir()
    assert lake.days(ENGAGEMENT_SNAPSHOTS) == [DAY, later]
    assert lake.days(COMMENTS) == []
    assert lake.read(COMMENTS, [DAY]) == []
    assert len(lake.read(ENGAGEMENT_SNAPSHOTS, [DAY, date(2020, 1, 1), later])) == 2


def test_no_rows_make_no_file(lake: Lake):
    """A quiet day leaves no trace."""
    assert lake.upsert(COMMENTS, DAY, []) == Merge(0, 0, 0)
    assert lake.days(COMMENTS) == []


def test_a_naive_time_is_refused(lake: Lake):
    """Arrow would take it for UTC."""
    naive = datetime(2026, 11, 2, 12)  # noqa: DTZ001 - what the test is about
    with pytest.raises(ValueError, match="naive"):
        lake.upsert(COMMENTS, DAY, [comment(1, created_at=naive)])
    assert lake.days(COMMENTS) == []


def test_a_value_of_the_wrong_type_leaves_the_day_as_it_was(lake: Lake):
    """One bad row must not cost the good ones of an earlier run."""
    lake.upsert(COMMENTS, DAY, [comment(1)])
    with pytest.raises(ValueError, match="many"):
        lake.upsert(COMMENTS, DAY, [comment(2), comment(3, likes="many")])
    assert lake.read(COMMENTS, [DAY]) == [comment(1)]


def test_the_file_has_the_declared_schema(lake: Lake):
    """Also when every value is unknown, so that all days can be read together."""
    lake.upsert(ENGAGEMENT_SNAPSHOTS, DAY, [snapshot("75", NOON)])
    written = pq.read_schema(lake.path(ENGAGEMENT_SNAPSHOTS, DAY))
    assert written.equals(ENGAGEMENT_SNAPSHOTS.schema)


def test_every_dataset_is_keyed_by_its_own_columns():
    """A key that is not a column would fail at the first write."""
    for dataset in DATASETS:
        assert set(dataset.key) <= set(dataset.schema.names)
        assert all(isinstance(dataset.schema.field(name).type, pa.DataType) for name in dataset.key)


def test_processes_that_write_one_day_lose_no_row(lake: Lake):
    """Two runs may collect the same day."""
    calls = [(lake.root, first, 8) for first in (0, 100, 200)]
    assert rivals.at_once(rivals.upsert_comments, calls) == [8, 8, 8]
    assert len(lake.read(COMMENTS, [DAY])) == 24


def test_a_folder_nobody_can_make_stops_with_a_remedy(tmp_path: Path):
    """A file is in its place; this holds for root too, whom permissions do not stop."""
    (tmp_path / "lake").write_text("")
    with pytest.raises(StopError, match="Make it writable"):
        Lake(tmp_path / "lake").upsert(COMMENTS, DAY, [comment(1)])


def test_a_day_that_cannot_be_written_stays_as_it_was(lake: Lake):
    """The draft could not be put in place: no half day, no draft, no empty folder."""
    folder = lake.root / "comments" / "day=2026-11-02"
    folder.parent.mkdir(parents=True)
    folder.write_text("in the way")
    with pytest.raises(StopError, match="The day is as it was"):
        lake.upsert(COMMENTS, DAY, [comment(1)])
    assert lake.days(COMMENTS) == []
    assert folder.read_text() == "in the way"


FILL = """
import sys
from pathlib import Path
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline_tests.storage.story import NOON, comment
import random
dice = random.Random(7)
rows = [comment(n, text="%0512x" % dice.getrandbits(2048)) for n in range(2, 300)]
try:
    Lake(Path(sys.argv[1])).upsert(COMMENTS, NOON.date(), rows)
except StopError as error:
    print(error)
"""


@pytest.mark.parametrize("has_yesterdays_rows", [True, False])
def test_a_full_disk_leaves_the_old_day_and_no_draft(lake: Lake, has_yesterdays_rows: bool):  # noqa: FBT001 - pytest
    """Whole or not at all."""
    kept = [comment(1)] if has_yesterdays_rows else []
    lake.upsert(COMMENTS, DAY, kept)
    said = run_with_file_limit(FILL, [str(lake.root)], limit_bytes=20_000)
    assert "298 rows" in said or "299 rows" in said
    assert "Free some space" in said
    assert lake.read(COMMENTS, [DAY]) == kept
    left = {path.name for path in lake.root.rglob("*") if path.is_file()}
    assert left == ({".lock", "part.parquet"} if kept else {".lock"})


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), max_size=8), max_size=4))
def test_any_order_of_batches_gives_one_row_per_key(batches: list[list[int]]):
    """Sorted by key, whatever came in twice or out of order."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        for batch in batches:
            lake.upsert(COMMENTS, DAY, [comment(number) for number in batch])
        wanted = sorted({number for batch in batches for number in batch})
        assert lake.read(COMMENTS, [DAY]) == [comment(number) for number in wanted]


def test_a_moment_of_another_zone_is_the_same_moment(lake: Lake):
    """It comes back in UTC."""
    local = datetime.fromisoformat("2026-11-02T14:00:00+02:00")
    lake.upsert(COMMENTS, DAY, [comment(1, created_at=local)])
    (row,) = lake.read(COMMENTS, [DAY])
    assert row["created_at"] == datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_batches_are_the_same_rows_in_bounded_lists(lake: Lake):
    """By day and key; no list is empty, too long, or of two days."""
    later = DAY + timedelta(days=2)
    lake.upsert(COMMENTS, DAY, [comment(number) for number in range(5)])
    lake.upsert(COMMENTS, later, [comment(9)])
    days = [DAY, DAY + timedelta(days=1), later]
    batches = list(lake.read_batches(COMMENTS, days, batch_rows=2))
    assert [len(batch) for batch in batches] == [2, 2, 1, 1]
    assert [row for batch in batches for row in batch] == lake.read(COMMENTS, days)
    (ids,) = lake.read_batches(COMMENTS, [later], columns=["comment_id"])
    assert ids == [{"comment_id": comment(9)["comment_id"]}]


def test_a_batch_of_a_day_being_replaced_is_of_the_old_day(lake: Lake):
    """A reader in the middle of a file is not disturbed."""
    lake.upsert(COMMENTS, DAY, [comment(number) for number in range(4)])
    batches = lake.read_batches(COMMENTS, [DAY], batch_rows=2)
    first = next(batches)
    lake.upsert(COMMENTS, DAY, [comment(number, likes=7) for number in range(4)])
    assert [row["likes"] for row in [*first, *next(batches)]] == [None] * 4


def test_a_day_is_counted_without_reading_it(lake: Lake):
    """From the footer; nothing is nothing."""
    assert lake.count(COMMENTS, DAY) == 0
    lake.upsert(COMMENTS, DAY, [comment(1), comment(2)])
    assert lake.count(COMMENTS, DAY) == 2


def test_a_key_on_two_days_is_one_too_many(lake: Lake):
    """Within a day it cannot happen."""
    assert lake.repeated_keys(COMMENTS) == (0, 0)
    lake.upsert(COMMENTS, DAY, [comment(1), comment(2)])
    assert lake.repeated_keys(COMMENTS) == (2, 0)
    lake.upsert(COMMENTS, DAY + timedelta(days=1), [comment(2)])
    assert lake.repeated_keys(COMMENTS) == (3, 1)


def test_a_repeated_key_can_be_removed_from_one_day(lake: Lake):
    """The row of the other day stays."""
    lake.upsert(COMMENTS, DAY, [comment(1), comment(2)])
    lake.upsert(COMMENTS, DAY + timedelta(days=1), [comment(2), comment(3)])
    repeated = lake.repeated(COMMENTS)
    assert repeated == {comment(2)["comment_id"]}
    assert lake.remove(COMMENTS, repeated, days=[DAY]) == 1
    assert lake.repeated(COMMENTS) == frozenset()
    assert [lake.count(COMMENTS, day) for day in lake.days(COMMENTS)] == [1, 2]


def test_removed_rows_are_in_no_file_and_twice_is_once(lake: Lake):
    """From every day and every half-collected spool; a day that loses its last row goes."""
    later = DAY + timedelta(days=1)
    lake.upsert(COMMENTS, DAY, [comment(1), comment(2)])
    lake.upsert(COMMENTS, later, [comment(3, text="only me")])
    spool = lake.spool(COMMENTS, "half")
    with spool.writing("video") as part:
        part.notes = {"read_at": "then"}
        part.add(COMMENTS.table([comment(3, text="only me"), comment(4)]))
    keys = {comment(2)["comment_id"], comment(3)["comment_id"]}
    assert lake.remove(COMMENTS, keys) == 3
    assert lake.remove(COMMENTS, keys) == 0
    assert lake.days(COMMENTS) == [DAY]
    assert lake.read(COMMENTS, [DAY, later]) == [comment(1)]
    assert not lake.path(COMMENTS, later).parent.exists()
    assert [rows.to_pylist() for _, rows in spool.by_day("created_at")] == [[comment(4)]]
    assert spool.parts() == {"video": {"read_at": "then"}}


def test_a_draft_of_a_killed_process_goes(lake: Lake):
    """It holds texts that nobody would ever erase."""
    lake.upsert(COMMENTS, DAY, [comment(1)])
    stray = lake.path(COMMENTS, DAY).with_name(".part.parquet.4711")
    for sweep in (
        lambda: lake.upsert(COMMENTS, DAY, []),
        lambda: lake.remove(COMMENTS, {"nobody"}),
    ):
        stray.write_text("half a file")
        sweep()
        assert not stray.exists()
    assert lake.read(COMMENTS, [DAY]) == [comment(1)]


def test_what_must_not_be_stored_is_asked_under_the_lock(lake: Lake):
    """A tombstone written before the lock was free is seen; the rows beside it are stored."""
    asked: list[str] = []

    def gone() -> frozenset[str]:
        with pytest.raises(BlockingIOError), (lake.root / "comments" / ".lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        asked.append("asked")
        return frozenset({comment(1)["comment_id"]})

    rows = [comment(1), comment(2)]
    assert lake.upsert(COMMENTS, DAY, rows, leaving_out=gone) == Merge(1, 0, 1)
    assert asked == ["asked"]
    assert lake.read(COMMENTS, [DAY]) == [comment(2)]
