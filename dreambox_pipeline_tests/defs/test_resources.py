"""Tokens kept fresh and secret, a sleep on another clock, and settings that name nothing."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from dreambox_pipeline.defs import patience
from dreambox_pipeline.defs.patience import patient_sleep
from dreambox_pipeline.defs.resources import resources_from, text_engine
from dreambox_pipeline.defs.tiktok_account import REFRESH_LIMITS, TikTokAccount
from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.database import BUSY_TIMEOUT_MS
from dreambox_pipeline.storage.ledger import Ledger, accounts, endings, tasks
from dreambox_pipeline.tiktok.errors import ConsentRequired, RateLimited
from dreambox_pipeline_tests.defs.workshop import Workshop

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
REFRESH = "POST /open_api/v1.3/tt_user/oauth2/refresh_token/"


class SteppingClock:
    """Moves by a step whenever it is asked."""

    def __init__(self, step: timedelta) -> None:
        self.now, self.step, self.asked = START, step, 0

    def __call__(self) -> datetime:
        self.asked += 1
        self.now += self.step
        return self.now


# The sleep


def test_a_sleep_lasts_until_the_other_clock_says_so():
    """A minute over there may be a twentieth of a second here."""
    clock = SteppingClock(timedelta(seconds=31))
    patient_sleep(clock)(60)

    assert clock.asked == 3


@pytest.mark.parametrize("seconds", [0, -5])
def test_nothing_to_wait_for_is_no_wait(seconds):
    """The clock is read once and that is all."""
    clock = SteppingClock(timedelta(0))
    patient_sleep(clock)(seconds)

    assert clock.asked == 1


def test_a_clock_that_stands_still_is_an_error_and_not_patience(monkeypatch):
    """Otherwise a paused sandbox would hang a run for ever."""
    monkeypatch.setattr(patience, "STANDSTILL_S", 0.1)

    with pytest.raises(StopError, match="stands still"):
        patient_sleep(SteppingClock(timedelta(0)))(60)


# Tokens


def tokens(workshop: Workshop) -> accounts.Connected:
    with workshop.ledger.read() as connection:
        stored = accounts.connected(connection, workshop.parts["keyring"])
    assert stored is not None
    return stored


def refreshes(workshop: Workshop) -> int:
    return workshop.sandbox.sandbox.counts.as_json()["counts"].get(REFRESH, 0)


def test_a_token_near_its_end_is_exchanged_once_although_two_threads_ask(workshop):
    """Of two at once one refreshes and the other finds the new pair."""
    old = tokens(workshop)
    workshop.sandbox.advance((old.access_expires_at - workshop.now).total_seconds() - 60)
    before = refreshes(workshop)
    together = threading.Barrier(2)

    def ask() -> str:
        together.wait()
        return workshop.tiktok.access_token()

    with ThreadPoolExecutor(2) as threads:
        given = {future.result() for future in [threads.submit(ask), threads.submit(ask)]}
    assert given == {tokens(workshop).access_token}
    assert given != {old.access_token}
    assert refreshes(workshop) == before + 1


def test_a_fresh_token_is_not_exchanged(workshop):
    """TikTok's refresh tokens are used up by every exchange."""
    before = refreshes(workshop)
    assert workshop.tiktok.access_token() == tokens(workshop).access_token
    assert refreshes(workshop) == before


def test_a_rejected_token_is_refreshed_and_the_call_repeated(workshop):
    """The account's owner notices nothing."""
    stored = tokens(workshop)
    with workshop.ledger.write() as connection:
        wrong = accounts.Connected(
            **{name: getattr(stored, name) for name in stored.__slots__} | {"access_token": "act.x"}
        )
        accounts.store(connection, wrong, workshop.parts["keyring"], now=workshop.now)

    assert workshop.tiktok.client.video_settings()
    assert tokens(workshop).access_token not in {"act.x", stored.access_token}


def test_a_failed_refresh_keeps_the_stored_tokens(workshop):
    """An error never overwrites what may still be good."""
    old = tokens(workshop)
    workshop.arm("code:50000", "tt_user/oauth2/refresh_token/", times=9)
    with pytest.raises(TransientError):
        workshop.tiktok.refreshed(old.access_token)
    workshop.clear_faults()

    assert tokens(workshop).refresh_token == old.refresh_token
    assert workshop.tiktok.refreshed(old.access_token) != old.access_token


def test_a_refresh_token_that_tiktok_refuses_ends_the_connection(workshop):
    """Its tokens are forgotten, a person is asked once, and a new login closes that."""
    old = tokens(workshop)
    workshop.arm("code:40107", "tt_user/oauth2/refresh_token/")
    with pytest.raises(ConsentRequired, match="dreambox login"):
        workshop.tiktok.refreshed(old.access_token)

    with pytest.raises(StopError, match="not connected any more") as later:
        workshop.tiktok.access_token()
    assert endings.DEAD_TOKEN in str(later.value)
    row = workshop.tiktok.row()
    assert row is not None
    assert (row.open_id, row.ended_reason) == (old.open_id, endings.DEAD_TOKEN)
    with workshop.ledger.read() as connection:
        (task,) = tasks.open_tasks(connection, kind=tasks.RECONNECT)
    assert task.payload["command"] == "dreambox login --account main --host accounts"

    workshop.tiktok.connect(workshop.sandbox.auth_code())
    assert workshop.tiktok.client.video_settings()
    with workshop.ledger.read() as connection:
        assert tasks.open_tasks(connection, kind=tasks.RECONNECT) == []


def test_two_processes_share_one_limit(workshop):
    """What another process asked counts for us; a sensor gives up in seconds and says when to come again."""
    other = TikTokAccount(
        workshop.settings.model_copy(update={"tiktok_queries_per_minute": 3}),
        ledger=Ledger(workshop.settings.ledger_url),
        keyring=workshop.parts["keyring"],
        clock=workshop.parts["clock"],
    )
    for _ in range(3):
        workshop.tiktok.client.video_settings()

    with pytest.raises(RateLimited) as refused:
        other.glance.video_settings()
    assert 0 < refused.value.retry_after_s <= 61
    workshop.sandbox.advance(62)
    assert other.glance.video_settings()


def test_a_refresh_does_not_wait_for_the_ledger_it_holds(workshop):
    """The shared limiter writes to the ledger, and a refresh has its only write transaction."""
    stored = tokens(workshop)
    began = time.monotonic()

    assert workshop.tiktok.refreshed(stored.access_token) != stored.access_token
    assert time.monotonic() - began < BUSY_TIMEOUT_MS / 1000 / 2


def test_a_refresh_that_hangs_ends_before_others_stop_waiting():
    """It happens inside the only write transaction, which every other process waits for."""
    longest = REFRESH_LIMITS.connect_s + REFRESH_LIMITS.read_s + REFRESH_LIMITS.answer_s

    assert longest * 1000 < BUSY_TIMEOUT_MS


def test_tokens_and_secrets_are_in_no_repr(workshop):
    """A resource may be printed anywhere: logs, tracebacks, Dagster's pages."""
    stored = tokens(workshop)
    said = repr(
        [workshop.parts, workshop.tiktok, workshop.tiktok.client, stored, workshop.settings]
    )

    for secret in (stored.access_token, stored.refresh_token, "sandbox_secret"):
        assert secret not in said


def test_without_an_account_the_remedy_is_named(tmp_path):
    """The first thing a newcomer to the live account forgets."""
    parts = resources_from(Settings(var_dir=tmp_path))

    assert not parts["tiktok"].is_connected()
    with pytest.raises(StopError, match="dreambox login"):
        parts["tiktok"].business_id()


# Settings that name nothing


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ("time_zone", "DREAMBOX_TIME_ZONE"),
        ("text_engine", "DREAMBOX_TEXT_ENGINE"),
        ("generator", "DREAMBOX_GENERATOR"),
    ],
)
@pytest.mark.parametrize("value", ["nonsense", "", "../etc", "Europe"])
def test_a_setting_that_names_nothing_says_so(tmp_path, setting, name, value):
    """The error names the variable and what it holds."""
    settings = Settings(var_dir=tmp_path, **{setting: value})

    with pytest.raises(StopError, match=name) as caught:
        resources_from(settings)
    assert repr(value) in str(caught.value)


def test_the_known_engine_is_given(tmp_path):
    """The one this version has."""
    assert text_engine(Settings(var_dir=tmp_path)).name == "embedded"
