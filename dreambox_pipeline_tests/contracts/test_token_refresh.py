"""A refresh token is good once: processes that refresh at once must keep one valid pair."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from dreambox_pipeline.clock import clock_for
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger, accounts
from dreambox_pipeline_tests.contracts import refreshing
from dreambox_pipeline_tests.storage import rivals

REFRESH = "POST /open_api/v1.3/tt_user/oauth2/refresh_token/"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def key() -> str:
    return Fernet.generate_key().decode()


@pytest.fixture
def account(ledger: Ledger, sandbox: RunningSandbox, key: str, tmp_path: Path) -> TikTokAccount:
    """Connected, with its first pair of tokens."""
    settings = Settings(
        var_dir=tmp_path,
        tiktok_base_url=sandbox.info["tiktok_base_url"],
        clock_url=sandbox.info["clock_url"],
    )
    clock = clock_for(settings.clock_url)
    made = TikTokAccount(settings, ledger=ledger, keyring=Keyring(key), clock=clock)
    sandbox.advance(3600)
    made.connect(sandbox.auth_code())
    return made


def refreshes(sandbox: RunningSandbox) -> int:
    counts: dict[str, int] = sandbox.sandbox.counts.as_json()["counts"]
    return counts.get(REFRESH, 0)


def test_of_processes_that_refresh_at_once_one_does_and_all_get_its_pair(
    account, ledger, ledger_url, sandbox, key
):
    """The others wait for the row and find the new pair; the void token is never sent."""
    old, before = account.access_token(), refreshes(sandbox)
    call = (ledger_url, key, sandbox.info["tiktok_base_url"], sandbox.info["clock_url"], old)
    given = set(rivals.at_once(refreshing.refresh_token, [call] * 3))

    assert refreshes(sandbox) == before + 1
    with ledger.read() as connection:
        stored = accounts.connected(connection, Keyring(key))
    assert stored is not None
    assert given == {stored.access_token} != {old}
    # The stored pair is whole: its refresh token is good for the next one.
    assert account.refreshed(stored.access_token) != stored.access_token


def test_who_only_reads_does_not_wait_for_a_refresh(account, ledger, key):
    """A refresh may take twenty seconds; the old token is good until it is over."""
    old = account.access_token()
    with ledger.write() as refreshing:
        held = accounts.connected(refreshing, Keyring(key))
        with ledger.read() as reading:
            if reading.dialect.name == "postgresql":
                reading.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            seen = accounts.connected(reading, Keyring(key))
    assert held == seen
    assert seen is not None
    assert seen.access_token == old
