"""Our three kinds of error, translated into what Dagster should do, in one place.

TransientError  the step is tried again, after as long as the other side asked for; a run does not
                sleep for hours, unless it is one that may
StopError       the run fails at once and is not retried
ItemError       recorded in the ledger's `item_failures`; the batch goes on
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.storage.ledger import Ledger, failures

T = TypeVar("T")
R = TypeVar("R")

DEFAULT_WAIT_S = 30.0
"""Pause before a step is tried again when the other side named none."""


SHORT_PATIENCE_S = 1_000.0
"""What a normal run waits in all: it is ended after half an hour, and its sensor asks again anyway."""

FEWEST_RETRIES = 3

LONG_WAIT_S = 300.0
"""A wait from here on was named by the other side, which keeps to it: it is repeated while patience lasts."""


@contextmanager
def translated(*, patience_s: float = SHORT_PATIENCE_S) -> Iterator[None]:
    """Turn DreamBox's errors into Dagster's.

    Args:
        patience_s: Real seconds that the run may spend waiting. Trouble that lasts longer fails it
            at once; long trouble that comes again is waited for as often as fits.
    """
    try:
        yield
    except TransientError as error:
        wait = error.retry_after_s if error.retry_after_s is not None else DEFAULT_WAIT_S
        if wait > patience_s:
            raise dg.Failure(
                description=f"{error} This run does not wait {wait:.0f} s; start it again then.",
                allow_retries=False,
            ) from error
        times = int(patience_s / wait) if wait >= LONG_WAIT_S else 0
        retries = max(FEWEST_RETRIES, times)
        raise dg.RetryRequested(max_retries=retries, seconds_to_wait=wait) from error
    except StopError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error


@dataclass
class Batch(Generic[R]):
    """What became of a batch: results in order, and failures by item id."""

    done: list[R] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def failure_rate(self) -> float:
        """Share of items that failed, from 0 to 1; 0 for an empty batch."""
        total = len(self.done) + len(self.failed)
        return len(self.failed) / total if total else 0.0


@dataclass
class Stops:
    """Notes what stops single items, where others may fare better, and stops the run in the end.

    Another account, or another route, is not concerned by what ails the first.
    """

    first: StopError | None = None

    def noted(self, work: Callable[[T], R]) -> Callable[[T], R]:
        """*work*, whose `StopError` counts as its item's failure for now."""

        def work_on(item: T) -> R:
            try:
                return work(item)
            except StopError as error:
                self.note(error)
                raise ItemError(str(error)) from error

        return work_on

    def note(self, error: StopError) -> None:
        """The run is to stop in the end because of *error*, unless another one came before."""
        self.first = self.first or error

    def raise_first(self) -> None:
        """Stop the run after all, if anything did.

        Raises:
            StopError: The first that was noted.
        """
        if self.first is not None:
            raise self.first


def run_batch(
    items: Iterable[T],
    work: Callable[[T], R],
    *,
    stage: str,
    item_id: Callable[[T], str],
    ledger: Ledger,
    clock: Clock,
    log: Callable[[str], None],
    ends_at: tuple[type[TransientError], ...] = (),
    workers: int = 1,
) -> Batch[R]:
    """Do *work* on each item; one that fails is recorded and the rest goes on.

    Trouble of the kinds *ends_at* ends the batch as it is, because it would meet every item. Any other
    `TransientError` counts as this item's failure too: the item stays pending and the next
    run takes it up. A `StopError` ends the batch, because no item would fare better.

    With several *workers*, items are worked on at once, in threads. Results keep the items' order;
    when the batch ends early, what has begun is brought to its end and written down first.
    """
    left_out: dict[str, str] = {}
    done: dict[int, R] = {}

    def note(index: int, item: T, outcome: Callable[[], R]) -> None:
        identity = item_id(item)
        try:
            done[index] = outcome()
        except ends_at:
            raise
        except (ItemError, TransientError) as error:
            failed = error.item_id or identity
            left_out[failed] = str(error)
            log(f"{stage}: {failed} was left out. {error}")
            with ledger.write() as connection:
                if failed != identity:
                    failures.clear(connection, stage=stage, item_id=identity)
                failures.record(connection, stage=stage, item_id=failed, error=error, now=clock())
        else:
            with ledger.write() as connection:
                failures.clear(connection, stage=stage, item_id=identity)

    if workers == 1:
        for index, item in enumerate(items):
            note(index, item, partial(work, item))
    else:
        _at_once(list(items), work, note, workers=workers)
    return Batch([done[index] for index in sorted(done)], left_out)


def _at_once(
    items: list[T],
    work: Callable[[T], R],
    note: Callable[[int, T, Callable[[], R]], None],
    *,
    workers: int,
) -> None:
    """Work on *items* in threads and note each outcome in this one, as it comes."""
    pool = ThreadPoolExecutor(workers, thread_name_prefix="batch")
    futures: dict[Future[R], int] = {}
    ended_by: BaseException | None = None
    try:
        futures |= {pool.submit(work, item): index for index, item in enumerate(items)}
        for future in as_completed(futures):
            if future.cancelled():
                continue
            index = futures[future]
            try:
                note(index, items[index], future.result)
            except Exception as error:  # noqa: BLE001 - raised below, when the others have ended
                ended_by = ended_by or error
                for waiting in futures:
                    waiting.cancel()
    finally:
        # Nothing new begins; what has begun ends, so no thread outlives its run.
        pool.shutdown(wait=True, cancel_futures=True)
    if ended_by is not None:
        raise ended_by
