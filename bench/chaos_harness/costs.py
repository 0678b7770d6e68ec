"""What a life's work costs itself, apart from waiting for somebody else."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass
class Cost:
    """Seconds of one life.

    Attributes:
        http_s: Until the answers to requests had come.
        slept_s: Waited for limits.
        requests: How many.
    """

    wall_s: float = 0.0
    cpu_s: float = 0.0
    http_s: float = 0.0
    slept_s: float = 0.0
    requests: int = 0

    def told(self) -> dict[str, float]:
        """As it goes through the pipe."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@contextmanager
def measuring() -> Iterator[Cost]:
    """Measure what runs inside, by the transport under every HTTP client and by `time.sleep`."""
    cost = Cost()
    real_send, real_sleep = httpx.HTTPTransport.handle_request, time.sleep

    def send(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        began = time.perf_counter()
        try:
            return real_send(self, request)
        finally:
            cost.http_s += time.perf_counter() - began
            cost.requests += 1

    def sleep(seconds: float) -> None:
        began = time.perf_counter()
        real_sleep(seconds)
        cost.slept_s += time.perf_counter() - began

    _put(send, sleep)
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        yield cost
    finally:
        cost.wall_s = time.perf_counter() - wall
        cost.cpu_s = time.process_time() - cpu
        _put(real_send, real_sleep)


def _put(send: Callable[..., Any], sleep: Callable[[float], None]) -> None:
    httpx.HTTPTransport.handle_request = send  # type: ignore[method-assign] # for this process's life
    time.sleep = sleep  # type: ignore[assignment] # likewise
