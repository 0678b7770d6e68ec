"""The demo's edges: what it reads again, a world without days left, fewer videos than wanted."""

from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest

from dreambox_pipeline.cli.demo import CAUGHT_UP, Demo, Scope, last_collected
from dreambox_pipeline.cli.summary import print_summary
from dreambox_pipeline.cli.timings import Timings
from dreambox_pipeline.cli.world import World, WorldCaughtUpError
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.testing import running_sandbox
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.lake import COMMENTS, Lake

OLDEST, NEWEST = date(2026, 3, 1), date(2026, 3, 10)


def add_comment(lake: Lake, day: date, origin: str) -> None:
    values = dict.fromkeys(COMMENTS.schema.names) | {
        "comment_id": f"{origin}-{day}",
        "created_at": datetime(day.year, day.month, day.day, tzinfo=UTC),
        "origin": origin,
    }
    lake.upsert(COMMENTS, day, [values])


class LastDay(World):
    """A sandbox at the real present, without the ninety days of comments before it."""

    def advance(self, by: timedelta) -> datetime:
        """Always the end."""
        raise WorldCaughtUpError(f"No {by} left.")


@pytest.mark.parametrize(
    ("collected", "imported", "expected"),
    [
        ([], [], None),
        ([], [date(2026, 3, 5), date(2027, 1, 1)], None),
        ([date(2026, 3, 4)], [date(2020, 1, 1), date(2026, 3, 8)], date(2026, 3, 4)),
        ([date(2026, 3, 4)], [date(2026, 3, 4)], date(2026, 3, 4)),
        ([date(2026, 2, 1)], [], None),
        ([date(2026, 3, 4), date(2026, 3, 11)], [], date(2026, 3, 4)),
    ],
)
def test_an_import_does_not_move_where_collecting_goes_on(tmp_path, collected, imported, expected):
    """Only what TikTok gave counts, and only within the days the demo would read at most."""
    lake = Lake(tmp_path)
    for day in collected:
        add_comment(lake, day, "accounts_api")
    for day in imported:
        add_comment(lake, day, "import")

    assert last_collected(lake, OLDEST, NEWEST) == expected


def test_a_world_that_has_caught_up_says_so_instead_of_standing_still(settings):
    """Its clock stops at the real present without an error of its own."""
    with running_sandbox() as sandbox:
        at = {"clock_url": sandbox.info["clock_url"]}
        world = World(sandbox.info, settings.model_copy(update=at))
        start = sandbox.now

        assert world.advance(timedelta(days=80)) == start + timedelta(days=80)
        with pytest.raises(WorldCaughtUpError, match="DREAMBOX_VAR_DIR"):
            world.advance(timedelta(days=20))
        assert sandbox.now == start + timedelta(days=90)


def test_a_sandbox_that_is_gone_is_a_sentence(settings):
    """Somebody stopped it, or it was killed."""
    gone = settings.model_copy(update={"clock_url": "http://127.0.0.1:9/clock"})

    with pytest.raises(StopError, match=r"127\.0\.0\.1:9"):
        World({}, gone).advance(timedelta(days=1))


def test_a_demo_without_days_left_ends_with_its_summary(settings: Settings, console):
    """It collects, finds that no day can pass, and says what it could not make and why."""
    scope = Scope(videos=2, questions=0, first_days=0, watched_days=2)
    with running_sandbox() as sandbox, dg.DagsterInstance.ephemeral() as instance:
        addresses = {name: sandbox.info[name] for name in ("clock_url", "tiktok_base_url")}
        here = settings.model_copy(update=addresses)
        world = LastDay(sandbox.info, here)
        demo = Demo(world, instance, lambda _step: None, Timings(), scope)
        demo.run()
        print_summary(here, console, seconds=1.0, notes=demo.notes)

    said = console.export_text()
    assert demo.notes[0] == CAUGHT_UP
    assert CAUGHT_UP in said
    assert "0 of the 2 videos wanted were made" in said
    assert "of 0 dreamers asked so far" in said
    assert "0 posts are out" in said


def test_a_history_that_starts_after_the_simulated_today_is_refused(settings: Settings):
    """Dagster has no partition there, and would say so less clearly."""
    later = date(2030, 1, 1)
    with running_sandbox() as sandbox, dg.DagsterInstance.ephemeral() as instance:
        addresses = {name: sandbox.info[name] for name in ("clock_url", "tiktok_base_url")}
        here = settings.model_copy(update=addresses | {"history_start": later})
        demo = Demo(World(sandbox.info, here), instance, lambda _step: None, Timings())

        with pytest.raises(StopError, match="DREAMBOX_HISTORY_START"):
            demo.run()
