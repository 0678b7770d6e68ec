"""A refresh token is good once: processes that refresh at once must keep one valid pair, on both hosts."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from pydantic import SecretStr

from dreambox_pipeline.clock import clock_for
from dreambox_pipeline.defs.tiktok_accounts import DeveloperAccount, TikTokAccount, TikTokAccounts
from dreambox_pipeline.defs.tiktok_tokens import AccountTokens
from dreambox_pipeline.errors import DreamBoxError, TransientError
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger, accounts, tasks
from dreambox_pipeline.storage.ledger.accounts import Host
from dreambox_pipeline.tiktok.errors import AccessTokenRejected, ConsentRequired
from dreambox_pipeline.tiktok.schemas import TokenPair
from dreambox_pipeline_tests.contracts import refreshing
from dreambox_pipeline_tests.storage import rivals

ENDPOINTS = {
    Host.ACCOUNTS: "POST /open_api/v1.3/tt_user/oauth2/refresh_token/",
    Host.DEVELOPER: "POST /v2/oauth/token/",
}
FAULTS = {
    Host.ACCOUNTS: "/open_api/v1.3/tt_user/oauth2/refresh_token/",
    Host.DEVELOPER: "/v2/oauth/token/",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def sandboxes(sandbox: RunningSandbox) -> Iterator[tuple[RunningSandbox, RunningSandbox]]:
    """Two accounts of TikTok's: each sandbox has one."""
    with running_sandbox(seed=11) as other:
        yield sandbox, other


@pytest.fixture
def key() -> str:
    return Fernet.generate_key().decode()


@pytest.fixture(params=list(Host), ids=lambda host: host.value)
def host(request: Any) -> Host:
    return request.param


def connect(
    ledger: Ledger, sandbox: RunningSandbox, key: str, host: Host, account_id: str = "main"
) -> TikTokAccount | DeveloperAccount:
    """Connected, with its first pair of tokens."""
    settings = refreshing.settings_for(sandbox.info)
    sandbox.advance(3600)
    tiktok = TikTokAccounts(
        settings, ledger=ledger, keyring=Keyring(key), clock=clock_for(settings.clock_url)
    )
    made = tiktok.on(host, account_id)
    if isinstance(made, TikTokAccount):
        made.connect(sandbox.auth_code())
    else:
        code = SecretStr(sandbox.auth_code())
        made.keep(made.endpoint.exchange_code(code, made.redirect_uri, None))
    return made


def refreshes(sandbox: RunningSandbox, host: Host) -> int:
    counts: dict[str, int] = sandbox.sandbox.counts.as_json()["counts"]
    return counts.get(ENDPOINTS[host], 0)


def stored(ledger: Ledger, key: str, host: Host, account_id: str = "main") -> accounts.Connected:
    with ledger.read() as connection:
        found = accounts.connected(connection, Keyring(key), account_id, host)
    assert found is not None
    return found


def test_of_processes_that_refresh_at_once_one_does_and_all_get_its_pair(
    ledger, ledger_url, sandbox, key, host
):
    """The others wait for the row and find the new pair; the void token is never sent."""
    account = connect(ledger, sandbox, key, host)
    old, before = account.access_token(), refreshes(sandbox, host)
    call = (ledger_url, key, sandbox.info, ("main", host.value), old)
    given = set(rivals.at_once(refreshing.refresh_token, [call] * 3))

    assert refreshes(sandbox, host) == before + 1
    newest = stored(ledger, key, host).access_token
    assert given == {newest} != {old}
    # The stored pair is whole: its refresh token is good for the next one.
    assert account.refreshed(newest) != newest


def test_two_accounts_that_refresh_at_once_keep_a_pair_each(
    ledger, ledger_url, sandboxes, key, host
):
    """Neither waits for ever, and nobody's tokens land in the other's row."""
    worlds = dict(zip(("main", "second"), sandboxes, strict=True))
    calls, owners, before = [], {}, {}
    for name, world in worlds.items():
        account = connect(ledger, world, key, host, name)
        owners[name], before[name] = account.business_id(), refreshes(world, host)
        token = account.access_token()
        calls += [(ledger_url, key, world.info, (name, host.value), token)] * 2
    given = rivals.at_once(refreshing.refresh_token, calls)

    assert owners["main"] != owners["second"]
    for number, (name, world) in enumerate(worlds.items()):
        held = stored(ledger, key, host, name)
        assert set(given[2 * number : 2 * number + 2]) == {held.access_token}
        assert held.open_id == owners[name]
        assert refreshes(world, host) == before[name] + 1


def test_who_only_reads_does_not_wait_for_a_refresh(ledger, sandbox, key, host):
    """A refresh may take twenty seconds; the old token is good until it is over."""
    old = connect(ledger, sandbox, key, host).access_token()
    with ledger.write() as refreshing_now:
        held = accounts.connected(refreshing_now, Keyring(key), "main", host)
        with ledger.read() as reading:
            if reading.dialect.name == "postgresql":
                reading.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            seen = accounts.connected(reading, Keyring(key), "main", host)
    assert held == seen
    assert seen is not None
    assert seen.access_token == old


def test_a_refresh_keeps_name_host_scopes_and_the_year_s_begin(ledger, sandbox, key, host):
    """The year counts from the first consent; refreshing does not restart it."""
    account = connect(ledger, sandbox, key, host)
    account.saw_username("moon.tales")
    before, first = account.row(), stored(ledger, key, host)
    sandbox.advance(2 * 86_400)
    account.access_token()
    after = account.row()

    assert before is not None
    assert after is not None
    assert (after.username, after.open_id, after.host, after.scopes) == (
        "moon.tales",
        before.open_id,
        host,
        before.scopes,
    )
    assert after.connected_at == before.connected_at
    assert after.refresh_expires_at <= before.refresh_expires_at
    assert after.access_expires_at > before.access_expires_at
    assert stored(ledger, key, host).refresh_token != first.refresh_token


@pytest.mark.parametrize("fault", ["http_500", "garbage", "html_200", "close_mid_body"])
def test_an_answer_without_tokens_replaces_nothing(ledger, sandbox, key, host, fault):
    """Whatever comes instead of a pair, the stored one stays, and the connection too."""
    account = connect(ledger, sandbox, key, host)
    old = stored(ledger, key, host)
    faults = f"{sandbox.info['control_url']}/faults"
    armed = {"path_prefix": FAULTS[host], "kind": fault, "times": 9, "delay_s": 0}
    httpx.post(faults, json=armed, trust_env=False).raise_for_status()
    try:
        with pytest.raises(TransientError) as caught:
            account.refreshed(old.access_token)
    finally:
        httpx.delete(faults, trust_env=False)
    assert old.refresh_token not in str(caught.value)
    assert stored(ledger, key, host) == old


class Refusing:
    """A token endpoint that says no, in its own words."""

    def __init__(self, refusal: DreamBoxError) -> None:
        self.refusal = refusal

    def refresh(self, refresh_token: str) -> TokenPair:
        del refresh_token
        raise self.refusal


@pytest.mark.parametrize("refusal", [ConsentRequired, AccessTokenRejected])
def test_a_refused_refresh_ends_the_connection_and_asks_a_person(
    ledger, sandbox, key, host, refusal
):
    """By whichever code: otherwise every call would fail for ever and nobody would be asked."""
    old = connect(ledger, sandbox, key, host).access_token()
    tokens = AccountTokens(
        "main",
        host,
        ledger=ledger,
        keyring=Keyring(key),
        clock=lambda: sandbox.now,
        refresher=lambda: Refusing(refusal("no")),
    )
    with pytest.raises(ConsentRequired, match=r"answer was lost.*dreambox login"):
        tokens.refreshed(old)
    assert not tokens.is_connected()
    with ledger.read() as connection:
        (task,) = tasks.open_tasks(connection, kind=tasks.RECONNECT)
    assert task.payload["host"] == host.value


def test_another_account_under_a_name_does_not_keep_the_former_ones_handle(
    ledger, sandboxes, key, host
):
    """TikTok may not tell the new handle at once; the old one would be somebody else's."""
    first = connect(ledger, sandboxes[0], key, host)
    first.saw_username("moon.tales")
    connect(ledger, sandboxes[0], key, host)
    assert first.row().username == "moon.tales"
    connect(ledger, sandboxes[1], key, host)
    assert first.row().username is None
