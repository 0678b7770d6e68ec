"""How long each stage of a command took and how much memory it had, for the bench."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

SAMPLE_EVERY_S = 0.25
"""Often enough to see a clip being rendered, rare enough to cost nothing."""


@dataclass
class Timings:
    """Seconds and peak memory by stage.

    Attributes:
        peak_mb: Largest resident memory of this process and its children in a stage, in MB,
            sampled every `SAMPLE_EVERY_S` seconds; pages they share are counted for each.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the block to a stage."""
        ended = threading.Event()
        sampler = threading.Thread(target=self._sample, args=(name, ended), daemon=True)
        sampler.start()
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
            ended.set()
            sampler.join()

    def _sample(self, name: str, ended: threading.Event) -> None:
        while True:
            self.peak_mb[name] = max(self.peak_mb.get(name, 0.0), resident_mb())
            if ended.wait(SAMPLE_EVERY_S):
                return


def resident_mb() -> float:
    """Resident memory of this process and its children, in MB."""
    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 1e6
