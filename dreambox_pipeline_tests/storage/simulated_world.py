"""Workers that share one simulated clock: one runs at a time, and sleeping lets the next one run.

What takes minutes there takes no time here, and every order of waking can be tried, because the
test says how much too late each sleeper wakes.
"""

import heapq
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, repeat

START = datetime(2026, 11, 2, 12, tzinfo=UTC)


class SimulatedWorld:
    """A clock and the workers that wait for it.

    Args:
        late_s: By how much the next sleeper wakes too late, taken one by one; then never.
    """

    def __init__(self, late_s: Iterator[float] | None = None) -> None:
        self._now = START
        self._late_s = late_s or repeat(0.0)
        self._sleepers: list[tuple[datetime, int, threading.Event]] = []
        self._tickets = count()
        self._somebody_stopped = threading.Event()
        self.errors: list[BaseException] = []

    def now(self) -> datetime:
        return self._now

    def set_back(self, by: timedelta) -> None:
        self._now -= by

    def sleep(self, seconds: float) -> None:
        self._wait_for_turn(seconds + next(self._late_s, 0.0))
        # Nobody else may run before this worker sleeps again or ends.

    def _wait_for_turn(self, seconds: float) -> None:
        turn = threading.Event()
        wake_at = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (wake_at, next(self._tickets), turn))
        self._somebody_stopped.set()
        turn.wait()

    def run(self, *workers: Callable[[], None]) -> None:
        """Run all *workers* to their end; the first one's error is raised."""
        threads = [threading.Thread(target=self._work, args=(worker,)) for worker in workers]
        for thread in threads:
            self._somebody_stopped.clear()
            thread.start()
            self._somebody_stopped.wait()
        while self._sleepers:
            wake_at, _, turn = heapq.heappop(self._sleepers)
            self._now = max(self._now, wake_at)
            self._somebody_stopped.clear()
            turn.set()
            self._somebody_stopped.wait()
        for thread in threads:
            thread.join()
        if self.errors:
            raise self.errors[0]

    def _work(self, worker: Callable[[], None]) -> None:
        self._wait_for_turn(0)
        try:
            worker()
        except BaseException as error:  # noqa: BLE001 - given to the test's own thread
            self.errors.append(error)
        finally:
            self._somebody_stopped.set()
