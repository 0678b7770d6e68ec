"""Parts on their way into the lake: whole or not there, in order, and nobody's erased words."""

from datetime import timedelta

import pytest

from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.storage import spool as spool_module
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.spool import Spool
from dreambox_pipeline_tests.storage.limits import run_with_file_limit
from dreambox_pipeline_tests.storage.story import NOON, comment

NEXT_NOON = NOON + timedelta(days=1)


@pytest.fixture
def spool(lake: Lake) -> Spool:
    return lake.spool(COMMENTS, "range")


def write(spool: Spool, name: str, *rows: dict[str, object]) -> None:
    with spool.writing(name) as part:
        part.add(COMMENTS.table(rows))


def cut_off(spool: Spool, name: str, *rows: dict[str, object]) -> None:
    """An error in the middle: the rows are in the draft, and then comes something that is no table."""
    with spool.writing(name) as part:
        part.add(COMMENTS.table(rows))
        raise TypeError("no schema")


def days(spool: Spool) -> list[tuple[object, list[dict[str, object]]]]:
    return [(day, rows.to_pylist()) for day, rows in spool.by_day("created_at")]


def test_parts_come_out_by_day(spool: Spool):
    """Oldest day first; within a day in the order of the parts' names, whatever was written when."""
    write(spool, "2", comment(3), comment(4, created_at=NEXT_NOON))
    write(spool, "1", comment(1, created_at=NEXT_NOON), comment(2))
    assert days(spool) == [
        (NOON.date(), [comment(2), comment(3)]),
        (NEXT_NOON.date(), [comment(1, created_at=NEXT_NOON), comment(4, created_at=NEXT_NOON)]),
    ]


def test_a_day_is_a_utc_day(spool: Spool):
    """The last microsecond belongs to its own day, the next to the following one."""
    midnight = NOON.replace(hour=0) + timedelta(days=1)
    late, early = midnight - timedelta(microseconds=1), midnight
    write(spool, "1", comment(1, created_at=late), comment(2, created_at=early))
    assert [day for day, _ in days(spool)] == [NOON.date(), NEXT_NOON.date()]


def test_more_rows_than_are_merged_at_once_come_in_several_reads(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
):
    """Each day still comes once and whole, also one that is larger than the bound."""
    rows = [comment(n, created_at=NOON + timedelta(days=n % 3)) for n in range(12)]
    write(spool, "1", *rows[:7])
    write(spool, "2", *rows[7:])
    at_once = days(spool)
    for bound in (1, 4, 5, 8):
        monkeypatch.setattr(spool_module, "MERGE_ROWS", bound)
        assert days(spool) == at_once


def test_a_part_that_was_not_finished_is_not_there(spool: Spool):
    """Neither after an error, nor after a kill, whose draft the next owner sweeps."""
    write(spool, "1", comment(1))
    with pytest.raises(TypeError, match="schema"):
        cut_off(spool, "1", comment(2))
    assert days(spool) == [(NOON.date(), [comment(1)])]
    folder = spool._folder
    assert [path.name for path in folder.iterdir()] == ["1.parquet"]
    (folder / "2.draft").write_text("killed here")
    with spool.owned():
        assert [path.name for path in folder.iterdir()] == ["1.parquet"]


def test_a_part_replaces_one_of_its_name_and_keeps_its_notes(spool: Spool):
    """Reading a video again does not add to it. A name may hold any character."""
    for number in (1, 2):
        with spool.writing("a/../b") as part:
            part.add(COMMENTS.table([comment(number)]))
            part.notes = {"number": number}
    assert days(spool) == [(NOON.date(), [comment(2)])]
    assert spool.parts() == {"a/../b": {"number": 2}}
    assert [path.parent for path in spool._folder.rglob("*")] == [spool._folder]


def test_an_empty_part_is_a_part(spool: Spool):
    """A video without comments was read all the same."""
    write(spool, "1")
    assert spool.parts() == {"1": {}}
    assert days(spool) == []


def test_only_one_process_collects_into_a_spool(spool: Spool, lake: Lake):
    """The other is told, does nothing, and may come again; another range is another spool."""
    with spool.owned():
        with pytest.raises(TransientError, match="Another run"), spool.owned():
            pass
        with lake.spool(COMMENTS, "another").owned():
            pass
    with spool.owned():
        pass
    assert list(spool._folder.parent.glob("*.lock")) == []


def test_an_erased_comment_does_not_enter_a_finished_part(lake: Lake):
    """Also when it was erased while the part was being written."""
    gone: set[str] = set()
    spool = lake.spool(COMMENTS, "range", leaving_out=lambda: gone)
    with spool.writing("1") as part:
        part.notes = {"kept": True}
        part.add(COMMENTS.table([comment(1), comment(2)]))
        gone.add(comment(1)["comment_id"])
    assert days(spool) == [(NOON.date(), [comment(2)])]
    assert spool.parts() == {"1": {"kept": True}}


def test_erasing_while_another_collects_leaves_its_draft(spool: Spool, lake: Lake):
    """Its owner strips it when it is complete; taking it away would end their run."""
    with spool.owned(), spool.writing("1") as part:
        part.add(COMMENTS.table([comment(1)]))
        assert lake.remove(COMMENTS, {"somebody"}) == 0
    assert spool.parts().keys() == {"1"}


def test_what_is_dropped_is_gone(spool: Spool):
    """And dropping nothing is no error."""
    spool.drop()
    write(spool, "1", comment(1))
    write(spool, "2", comment(2))
    spool.discard("2")
    assert spool.parts().keys() == {"1"}
    spool.drop()
    assert spool.parts() == {}


FILL = """
import sys
from pathlib import Path
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline_tests.storage.story import comment
import random
dice = random.Random(7)
rows = [comment(n, text="%0512x" % dice.getrandbits(2048)) for n in range(2, 300)]
try:
    with Lake(Path(sys.argv[1])).spool(COMMENTS, "range").writing("1") as part:
        part.add(COMMENTS.table(rows))
except StopError as error:
    print(error)
"""


def test_a_full_disk_leaves_no_part(lake: Lake, spool: Spool):
    """And says what to do."""
    said = run_with_file_limit(FILL, [str(lake.root)], limit_bytes=20_000)
    assert "Free some space" in said
    assert spool.parts() == {}
    assert list(spool._folder.iterdir()) == []
    with pytest.raises(StopError), spool.writing("1"):
        raise OSError
