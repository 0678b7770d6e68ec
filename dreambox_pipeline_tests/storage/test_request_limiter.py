"""TikTok's limits hold over all processes, whatever they do at once, and little of them is wasted."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count, pairwise

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.request_limiter import APP, SharedLimiter
from dreambox_pipeline.storage.tables import request_locks, request_permits
from dreambox_pipeline.tiktok.errors import RateLimited
from dreambox_pipeline.tiktok.limits import APP_QUERIES_PER_SECOND, SAFE_WINDOW_S
from dreambox_pipeline_tests.storage.simulated_world import SimulatedWorld

COMMENTS = "/business/comment/list/"
REPLIES = "/business/comment/reply/list/"
MINUTE_S = 60.0


def forget_everything(ledger: Ledger) -> None:
    with ledger.write() as connection:
        connection.execute(sa.delete(request_permits))
        connection.execute(sa.delete(request_locks))


def limiter(ledger: Ledger, world: SimulatedWorld, **changes: object) -> SharedLimiter:
    options: dict[str, object] = {"account": lambda: "biz", "now": world.now, "sleep": world.sleep}
    return SharedLimiter(ledger, **(options | changes))  # type: ignore[arg-type]


def most_within(moments: list[datetime], window_s: float) -> int:
    """The largest number of moments that any half-open window of this length holds."""
    ordered, window, most, start = sorted(moments), timedelta(seconds=window_s), 0, 0
    for end, moment in enumerate(ordered):
        while moment - ordered[start] >= window:
            start += 1
        most = max(most, end - start + 1)
    return most


@given(
    plans=st.lists(
        st.lists(st.tuples(st.sampled_from([COMMENTS, REPLIES]), st.integers(0, 30)), max_size=12),
        min_size=1,
        max_size=4,
    ),
    late=st.lists(st.sampled_from([0, 1, 70, 100]), max_size=20),
)
@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_no_window_ever_holds_more_than_the_limit(ledger, plans, late):
    """Neither an endpoint's nor the app's, in any order of asking and however late one wakes."""
    forget_everything(ledger)
    world = SimulatedWorld(iter(late))
    sent: dict[str, list[datetime]] = defaultdict(list)

    def worker(plan: list[tuple[str, int]]) -> Callable[[], None]:
        own = limiter(ledger, world, per_minute=4, app_per_minute=6, patience_s=100_000.0)

        def work() -> None:
            for path, pause_s in plan:
                world.sleep(pause_s)
                own.wait(path)
                sent[path].append(world.now())

        return work

    world.run(*map(worker, plans))

    everything = [moment for moments in sent.values() for moment in moments]
    assert len(everything) == sum(map(len, plans))
    assert all(most_within(moments, MINUTE_S) <= 4 for moments in sent.values())
    assert most_within(everything, MINUTE_S) <= 6


class DiedError(Exception):
    """Stands for SIGKILL: nothing of the worker runs any more."""


@given(
    plans=st.lists(
        st.lists(st.tuples(st.sampled_from([COMMENTS, REPLIES]), st.integers(0, 30)), max_size=10),
        min_size=2,
        max_size=4,
    ),
    late=st.lists(st.sampled_from([0, 1, 70, 100]), max_size=20),
    deaths=st.sets(st.integers(0, 25), max_size=3),
    refusals=st.sets(st.integers(0, 25), max_size=2),
)
@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_whoever_dies_between_place_and_request_breaks_no_window(
    ledger, plans, late, deaths, refusals
):
    """Its place stays taken, nobody waits for it for ever, and a lock in between is kept as well."""
    forget_everything(ledger)
    world = SimulatedWorld(iter(late))
    sent: dict[str, list[datetime]] = defaultdict(list)
    sleeps = count()
    asked = count()
    finished: list[int] = []

    def mortal_sleep(seconds: float) -> None:
        world.sleep(seconds)
        if next(sleeps) in deaths:
            raise DiedError

    def worker(number: int, plan: list[tuple[str, int]]) -> Callable[[], None]:
        own = limiter(
            ledger,
            world,
            per_minute=4,
            app_per_minute=6,
            patience_s=100_000.0,
            sleep=mortal_sleep,
        )

        def work() -> None:
            with suppress(DiedError):
                for path, pause_s in plan:
                    world.sleep(pause_s)
                    own.wait(path)
                    sent[path].append(world.now())
                    if next(asked) in refusals:
                        own.refused(path, for_s=300)
                finished.append(number)

        return work

    world.run(*(worker(number, plan) for number, plan in enumerate(plans)))

    everything = [moment for moments in sent.values() for moment in moments]
    assert len(finished) >= len(plans) - len(deaths)
    assert all(most_within(moments, MINUTE_S) <= 4 for moments in sent.values())
    assert most_within(everything, MINUTE_S) <= 6


def test_no_second_holds_more_than_the_app_may_ask(ledger):
    """TikTok counts an app's queries by the second, too, over all endpoints and processes."""
    world = SimulatedWorld()
    sent: list[datetime] = []

    def worker(path: str) -> Callable[[], None]:
        own = limiter(ledger, world)

        def work() -> None:
            for _ in range(12):
                own.wait(path)
                sent.append(world.now())

        return work

    world.run(*map(worker, (COMMENTS, REPLIES, "/business/get/")))

    assert len(sent) == 36
    assert most_within(sent, 1.0) <= APP_QUERIES_PER_SECOND
    assert max(sent) - min(sent) < timedelta(seconds=5)


def test_nearly_all_of_what_the_limit_permits_is_used(ledger):
    """Three busy processes get at least 95 % of 40 queries a minute out of half an hour."""
    minutes = 30
    world = SimulatedWorld()
    end = world.now() + timedelta(minutes=minutes)
    sent: list[datetime] = []

    def work() -> None:
        own = limiter(ledger, world)
        while world.now() < end:
            own.wait(COMMENTS)
            sent.append(world.now())

    world.run(work, work, work)

    in_time = sum(moment < end for moment in sent)
    assert 0.95 * 40 * minutes <= in_time <= 40 * minutes
    assert most_within(sent, MINUTE_S) <= 40


def test_whoever_asked_first_goes_first(ledger):
    """Places are reserved in order, so nobody is overtaken for ever."""
    world = SimulatedWorld()
    order: list[int] = []

    def work(number: int) -> Callable[[], None]:
        own = limiter(ledger, world, per_minute=1, patience_s=1000.0)

        def ask() -> None:
            world.sleep(number)
            own.wait(COMMENTS)
            order.append(number)

        return ask

    world.run(*map(work, range(6)))
    assert order == [0, 1, 2, 3, 4, 5]


def test_whoever_overslept_counts_those_who_went_meanwhile(ledger):
    """Its place was earlier than theirs, but that moment is gone."""
    world = SimulatedWorld(iter([89.0]))  # only the first sleep is too long
    sent: list[datetime] = []

    def ask(own: SharedLimiter) -> None:
        own.wait(COMMENTS)
        sent.append(world.now())

    def sleeper() -> None:
        own = limiter(ledger, world, per_minute=1, patience_s=1000.0)
        ask(own)
        ask(own)

    def other() -> None:
        world.sleep(1)
        ask(limiter(ledger, world, per_minute=1, patience_s=1000.0))

    world.run(sleeper, other)
    assert len(sent) == 3
    assert most_within(sent, MINUTE_S) == 1


def test_an_endpoint_s_limit_is_its_own(ledger):
    """Publishing is tighter than reading, and one account's queries do not count for another's."""
    world = SimulatedWorld()
    waited: list[float] = []

    def work() -> None:
        own = limiter(ledger, world, per_minute=2, limits={REPLIES: 1})
        other = limiter(ledger, world, per_minute=2, account=lambda: "another")
        waited.extend(
            asked.wait(path)
            for asked, path in (
                (own, COMMENTS), (own, COMMENTS), (own, REPLIES),
                (other, COMMENTS), (other, COMMENTS), (own, REPLIES),
            )
        )  # fmt: skip

    world.run(work)
    assert waited == [0, 0, 0, 0, 0, SAFE_WINDOW_S]


def test_a_refusal_closes_the_endpoint_for_everybody(ledger):
    """Five minutes are too long to sleep inside an asset: the caller hears how long it is."""
    world = SimulatedWorld()
    limiter(ledger, world).refused(COMMENTS, for_s=300)
    neighbour = limiter(ledger, world)

    with pytest.raises(RateLimited, match="300 s") as caught:
        neighbour.wait(COMMENTS)
    assert caught.value.retry_after_s == 300
    assert neighbour.wait(REPLIES) == 0


def test_the_end_of_a_lock_is_waited_for(ledger):
    """When it is near enough."""
    world = SimulatedWorld()
    own = limiter(ledger, world)
    own.refused(COMMENTS, for_s=80)
    waited: list[float] = []
    world.run(lambda: waited.append(own.wait(COMMENTS)))
    assert waited == [80]


def test_a_sleeper_hears_of_a_lock_when_it_wakes(ledger):
    """Its place was reserved before TikTok closed the endpoint."""
    world = SimulatedWorld()

    def work() -> None:
        own = limiter(ledger, world, per_minute=1)
        own.wait(COMMENTS)
        with pytest.raises(RateLimited) as caught:
            own.wait(COMMENTS)
        assert caught.value.retry_after_s == pytest.approx(300 + 30 - SAFE_WINDOW_S)

    def close() -> None:
        world.sleep(30)
        limiter(ledger, world).refused(COMMENTS, for_s=300)

    world.run(work, close)


def test_a_longer_lock_stays(ledger):
    """A second refusal may be for less time than the first."""
    world = SimulatedWorld()
    own = limiter(ledger, world)
    own.refused(COMMENTS, for_s=300)
    own.refused(COMMENTS, for_s=5)
    with pytest.raises(RateLimited, match="300 s"):
        own.wait(COMMENTS)


@pytest.mark.parametrize(("requests", "is_closed"), [(9, False), (10, True)])
def test_a_refusal_while_the_app_s_limit_is_near_closes_the_app(ledger, requests, is_closed):
    """TikTok does not say which of the two limits it was."""
    world = SimulatedWorld()
    own = limiter(ledger, world, per_minute=100, app_per_minute=10)
    for _ in range(requests):
        own.wait(COMMENTS)
    own.refused(COMMENTS, for_s=300)
    with ledger.read() as connection:
        locked = set(connection.scalars(sa.select(request_locks.c.bucket)))
    assert locked == {f"biz:{COMMENTS}", APP} if is_closed else {f"biz:{COMMENTS}"}


def test_too_long_a_queue_is_an_error_that_takes_no_place(ledger):
    """The next one asks as if the impatient one had never been there."""
    world = SimulatedWorld()
    own = limiter(ledger, world, per_minute=1, patience_s=10.0)
    own.wait(COMMENTS)
    for _ in range(3):
        with pytest.raises(RateLimited) as caught:
            own.wait(COMMENTS)
        assert caught.value.retry_after_s == SAFE_WINDOW_S
    with ledger.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(request_permits)) == 2


def test_a_clock_that_was_set_back_blocks_nobody(ledger):
    """A restarted simulation begins in the past; its old permits and locks mean nothing there."""
    world = SimulatedWorld()
    own = limiter(ledger, world, per_minute=1)
    own.wait(COMMENTS)
    own.refused(COMMENTS, for_s=300)
    world.set_back(timedelta(days=2))
    assert own.wait(COMMENTS) == 0


def test_a_clock_that_stands_still_ends_in_an_error(ledger):
    """A paused simulation must not hang a run."""
    world = SimulatedWorld()
    slept: list[float] = []
    own = limiter(ledger, world, per_minute=1, sleep=slept.append)
    own.wait(COMMENTS)
    with pytest.raises(RateLimited):
        own.wait(COMMENTS)
    assert sum(slept) <= 90


def test_old_permits_are_forgotten(ledger):
    """The table stays as small as the window."""
    world = SimulatedWorld()

    def work() -> None:
        own = limiter(ledger, world)
        for _ in range(5):
            own.wait(COMMENTS)
            world.sleep(SAFE_WINDOW_S)

    world.run(work)
    with ledger.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(request_permits)) == 2


@pytest.mark.parametrize("limits", [{"per_minute": 0}, {"limits": {COMMENTS: 0}}])
def test_a_limit_that_lets_nothing_through_is_refused(ledger, limits):
    """It would wait for ever."""
    with pytest.raises(ValueError, match="nothing through"):
        limiter(ledger, SimulatedWorld(), **limits)


def test_the_measure_itself_counts_half_open_windows():
    """Two moments a whole window apart are not in one window."""
    moments = [datetime.fromtimestamp(second).astimezone() for second in (0, 59, 60, 61)]
    assert most_within(moments, MINUTE_S) == 3
    assert all(later > earlier for earlier, later in pairwise(moments))
