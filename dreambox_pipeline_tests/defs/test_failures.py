"""Our three errors, as a batch and as Dagster take them."""

from threading import Barrier, Event
from threading import enumerate as enumerate_threads

import dagster as dg
import pytest

from dreambox_pipeline.clock import system_clock
from dreambox_pipeline.defs.failures import DEFAULT_WAIT_S, Batch, run_batch, translated
from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.storage.ledger import Ledger, failures
from dreambox_pipeline.tiktok.errors import RateLimited


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.close()


def do_batch(ledger: Ledger, items: list[str], work) -> tuple[Batch[str], list[str]]:
    logged: list[str] = []
    batch = run_batch(
        items,
        work,
        stage="tests",
        item_id=str,
        ledger=ledger,
        clock=system_clock,
        log=logged.append,
    )
    return batch, logged


def recorded(ledger: Ledger) -> list[tuple[str, str, int]]:
    with ledger.read() as connection:
        return sorted((item, said, times) for _, item, said, times in failures.newest(connection))


def troubled(item: str) -> str:
    """One item cannot go on, one not now; the others are fine."""
    if item == "bad":
        raise ItemError("bad is broken; make it again.")
    if item == "late":
        raise TransientError("late is not ready; later.")
    return item.upper()


def test_a_failed_item_is_recorded_and_the_rest_goes_on(ledger):
    """Neither kind of item trouble ends the batch, and both are written down and logged."""
    batch, logged = do_batch(ledger, ["a", "bad", "late", "b"], troubled)

    assert batch.done == ["A", "B"]
    assert set(batch.failed) == {"bad", "late"}
    assert batch.failure_rate == 0.5
    assert recorded(ledger) == [
        ("bad", "bad is broken; make it again.", 1),
        ("late", "late is not ready; later.", 1),
    ]
    assert [line.split(" was left out")[0] for line in logged] == ["tests: bad", "tests: late"]


def test_a_failure_is_counted_until_the_item_goes_through(ledger):
    """The record says how often it failed, and goes when the trouble does."""
    do_batch(ledger, ["bad"], troubled)
    do_batch(ledger, ["bad"], troubled)
    assert recorded(ledger) == [("bad", "bad is broken; make it again.", 2)]

    do_batch(ledger, ["bad"], str.upper)
    assert recorded(ledger) == []


def test_a_stop_ends_the_batch_and_keeps_what_was_done(ledger):
    """No later item would fare better, so none is tried."""
    tried = []

    def work(item: str) -> str:
        tried.append(item)
        if item == "b":
            raise StopError("The disk is full. Free some space.")
        return item

    with pytest.raises(StopError):
        do_batch(ledger, ["a", "b", "c"], work)
    assert tried == ["a", "b"]
    assert recorded(ledger) == []


def test_a_programming_mistake_is_not_taken_for_a_bad_item(ledger):
    """Only errors raised on purpose are left out quietly."""
    with pytest.raises(ZeroDivisionError):
        do_batch(ledger, ["a"], lambda _item: str(1 / 0))


def test_an_empty_batch_has_failed_at_nothing():
    """No division by zero, and no false alarm."""
    assert Batch().failure_rate == 0


@pytest.mark.parametrize(("asked", "waited"), [(7.0, 7.0), (0.0, 0.0), (None, DEFAULT_WAIT_S)])
def test_transient_trouble_is_retried_after_as_long_as_was_asked(asked, waited):
    """The other side's own number wins over ours, also when it is 0."""
    with pytest.raises(dg.RetryRequested) as caught, translated():
        raise TransientError("busy", retry_after_s=asked)

    assert caught.value.seconds_to_wait == waited
    assert caught.value.max_retries == 3


def test_a_normal_run_does_not_sleep_for_hours_and_a_backfill_may():
    """A batch of a language model, or TikTok's day, takes longer than a run of a day's work lives."""
    with pytest.raises(dg.Failure) as given_up, translated():
        raise TransientError("the batch is still running.", retry_after_s=1_800)
    assert "does not wait 1800 s" in (given_up.value.description or "")

    with pytest.raises(dg.RetryRequested) as waiting, translated(patience_s=86_400):
        raise TransientError("the batch is still running.", retry_after_s=1_800)
    assert (waiting.value.max_retries, waiting.value.seconds_to_wait) == (48, 1_800)


def test_trouble_that_would_meet_every_item_ends_the_batch(ledger):
    """None of them is recorded as failed, because nothing is wrong with it."""

    def work(item: str) -> str:
        if item == "b":
            raise RateLimited("too many")
        return item

    with pytest.raises(RateLimited):
        run_batch(
            ["a", "b", "c"],
            work,
            stage="tests",
            item_id=str,
            ledger=ledger,
            clock=system_clock,
            log=lambda _: None,
            ends_at=(RateLimited,),
        )
    assert recorded(ledger) == []


def at_once(ledger: Ledger, items: list[str], work, *, workers: int = 4) -> Batch[str]:
    return run_batch(
        items,
        work,
        stage="tests",
        item_id=str,
        ledger=ledger,
        clock=system_clock,
        log=lambda _: None,
        workers=workers,
    )


def test_items_are_worked_on_at_once_and_come_back_in_order(ledger):
    """Four wait for each other, which they could not one by one; the first ends last."""
    everybody = Barrier(4, timeout=30)
    last = Event()

    def work(item: str) -> str:
        everybody.wait()
        if item == "a":
            assert last.wait(30)
        elif item == "d":
            last.set()
        return item.upper()

    assert at_once(ledger, ["a", "b", "c", "d"], work).done == ["A", "B", "C", "D"]


def test_a_failed_item_among_many_workers_is_recorded_and_the_rest_goes_on(ledger):
    """As with one worker."""
    batch = at_once(ledger, ["a", "bad", "late", "b", *"cdefgh"], troubled)
    assert batch.done == [*"AB", *"CDEFGH"]
    assert set(batch.failed) == {"bad", "late"}
    assert len(recorded(ledger)) == 2


def test_a_stop_among_many_workers_ends_the_batch_after_what_has_begun(ledger):
    """What runs beside it is brought to its end and written down, and no thread is left."""
    begun = Barrier(2, timeout=30)

    def work(item: str) -> str:
        begun.wait()
        raise StopError("The disk is full.") if item == "stop" else ItemError("bad is broken.")

    with pytest.raises(StopError, match="disk"):
        at_once(ledger, ["stop", "bad"], work, workers=2)
    assert {item for item, _, _ in recorded(ledger)} == {"bad"}
    assert not [thread for thread in enumerate_threads() if thread.name.startswith("batch")]


def test_an_interrupt_leaves_no_thread_behind(ledger):
    """Ctrl-C reaches a worker's item, or the batch itself: nothing goes on afterwards."""

    def work(item: str) -> str:
        if item == "a":
            raise KeyboardInterrupt
        return item

    with pytest.raises(KeyboardInterrupt):
        at_once(ledger, [*"abcdefgh"], work)
    assert not [thread for thread in enumerate_threads() if thread.name.startswith("batch")]


def test_a_stop_fails_the_run_with_its_own_words_and_is_not_retried():
    """A person has to act; trying again would only hide it."""
    with pytest.raises(dg.Failure) as caught, translated():
        raise StopError("The disk is full. Free some space.")

    assert caught.value.description == "The disk is full. Free some space."
    assert caught.value.allow_retries is False


def test_other_errors_pass_through_untouched():
    """A mistake of ours keeps its name and its traceback."""
    with pytest.raises(KeyError), translated():
        raise KeyError("oops")


@pytest.mark.expects_error_log
def test_dagster_retries_a_transient_step_and_not_a_stopped_one():
    """The translation does in a real run what it says."""
    tries = {"transient": 0, "stopped": 0}

    @dg.asset
    def transient() -> None:
        tries["transient"] += 1
        with translated():
            if tries["transient"] < 3:
                raise TransientError("busy", retry_after_s=0)

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=3))
    def stopped() -> None:
        tries["stopped"] += 1
        with translated():
            raise StopError("Set the key.")

    assert dg.materialize([transient]).success
    assert not dg.materialize([stopped], raise_on_error=False).success
    assert tries == {"transient": 3, "stopped": 1}
