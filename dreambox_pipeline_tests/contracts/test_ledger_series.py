"""Series on every database: one runs at a time, and none changes its look."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.storage.ledger import Ledger, series
from dreambox_pipeline.storage.tables import prompts
from dreambox_pipeline_tests.storage import story
from dreambox_pipeline_tests.storage.story import NOON

HOUR = timedelta(hours=1)
PICTURE = "ab" * 32


def start(ledger: Ledger, name: str, hours: int = 0, **look: object) -> series.Series:
    with ledger.write() as connection:
        return series.start(
            connection,
            name,
            now=NOON + hours * HOUR,
            **({"style_id": "violet_dusk"} | look),  # type: ignore[arg-type]
        )


def test_starting_another_series_ends_the_first(ledger: Ledger) -> None:
    """One look at a time."""
    first = start(ledger, "Moon week")
    second = start(ledger, "Sea week", 1, style_id="deep_sea", seed=4, reference_hash=PICTURE)
    with ledger.read() as connection:
        assert series.running(connection) == second
        ended = series.get(connection, first.series_id)
    assert ended is not None
    assert ended.ended_at == NOON + HOUR
    assert (second.style_id, second.seed, second.reference_hash) == ("deep_sea", 4, PICTURE)
    assert second.ended_at is None


@pytest.mark.parametrize("again", ["Moon week", "  moon WEEK "])
def test_a_second_start_is_free(ledger: Ledger, again: str) -> None:
    """The same name is the same series, running or ended, and began when it began."""
    first = start(ledger, "Moon week", seed=0)
    assert start(ledger, again, 1, seed=0) == first
    start(ledger, "Sea week", 2)
    assert start(ledger, again, 3, seed=0) == first
    with ledger.read() as connection:
        assert series.running(connection) == first
        assert len(series.everything(connection)) == 2


@pytest.mark.parametrize(
    "look", [{"style_id": "deep_sea"}, {"seed": 1}, {"seed": 0}, {"reference_hash": PICTURE}]
)
def test_a_series_keeps_its_look(ledger: Ledger, look: dict[str, object]) -> None:
    """Its videos were made that way, so a changed one needs another name; nothing was changed."""
    first = start(ledger, "Moon week")
    with pytest.raises(ItemError, match="another name"):
        start(ledger, "Moon week", 1, **look)
    with ledger.read() as connection:
        assert series.running(connection) == first


def test_ending_without_a_series_changes_nothing(ledger: Ledger) -> None:
    """And ending twice ends once."""
    with ledger.write() as connection:
        assert series.end(connection, now=NOON) is None
    first = start(ledger, "Moon week")
    for _ in range(2):
        with ledger.write() as connection:
            series.end(connection, now=NOON + HOUR)
            assert series.running(connection) is None
    with ledger.read() as connection:
        known = series.get(connection, first.series_id)
    assert known is not None
    assert known.ended_at == NOON + HOUR


def test_a_prompt_knows_the_picture_of_its_series(ledger: Ledger, lake: object) -> None:
    """Only a prompt made in a series that has one."""
    ids = story.tell(ledger, lake)  # type: ignore[arg-type]
    plain = start(ledger, "Plain")
    with_picture = start(ledger, "Moon week", reference_hash=PICTURE)
    for series_id, expected in (
        (None, None),
        (plain.series_id, None),
        (with_picture.series_id, PICTURE),
    ):
        with ledger.write() as connection:
            connection.execute(sa.update(prompts).values(series_id=series_id))
            assert series.reference_of(connection, ids.prompt_id) == expected
    with ledger.read() as connection:
        assert series.reference_of(connection, "prm_unknown") is None
        made = {each.name: count for each, count in series.everything(connection)}
    assert made["Plain"] == 0
    assert made["Moon week"] >= 1
