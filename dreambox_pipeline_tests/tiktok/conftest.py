"""A client whose other side is a function, and a clock that moves only when slept on."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import stamina

from dreambox_pipeline.tiktok.client import AccountsClient
from dreambox_pipeline.tiktok.tokens import StaticTokens

BASE_URL = "https://tiktok.invalid/open_api/v1.3"
Handler = Callable[[httpx.Request], httpx.Response]


class ManualClock:
    """Time that stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 7, 2, 9, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


class RotatingTokens:
    """A source whose token is replaced each time TikTok refuses it."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.rejected: list[str] = []

    def business_id(self) -> str:
        return "open-id_1"

    def access_token(self) -> str:
        return self.tokens[0]

    def refreshed(self, rejected: str) -> str:
        self.rejected.append(rejected)
        self.tokens.pop(0)
        return self.tokens[0]


@pytest.fixture(autouse=True)
def retries_do_not_wait() -> Iterator[None]:
    """Stamina's own switch: as many tries as configured, without the pauses."""
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def connect(clock: ManualClock) -> Callable[..., AccountsClient]:
    """Makes a client that talks to *handler*."""

    def make(handler: Handler, tokens: object = None, **options: object) -> AccountsClient:
        return AccountsClient(
            BASE_URL,
            app_id="sandbox_app",
            app_secret="sandbox_secret",
            tokens=tokens or StaticTokens("act.SECRET-TOKEN", business_id="open-id_1"),
            now=clock.now,
            sleep=clock.sleep,
            http=httpx.Client(transport=httpx.MockTransport(handler)),
            **options,
        )

    return make


@pytest.fixture
def rotating() -> type[RotatingTokens]:
    return RotatingTokens


@pytest.fixture
def envelope() -> Callable[..., httpx.Response]:
    """Makes an answer in TikTok's envelope."""

    def make(
        data: object = None, *, code: int = 0, message: str = "OK", status: int = 200
    ) -> httpx.Response:
        return httpx.Response(
            status,
            json={"code": code, "message": message, "request_id": "20261122ABC", "data": data},
            headers={"x-tt-logid": "log-1"},
        )

    return make
