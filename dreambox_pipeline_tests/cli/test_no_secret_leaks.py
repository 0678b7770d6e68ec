"""Tokens, codes and states of a whole connected life are found nowhere but encrypted in the ledger."""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import structlog

from dreambox_pipeline.cli.accounts import print_accounts, run_logout
from dreambox_pipeline.cli.login import Ways, run_login
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import DreamBoxError
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.storage.keys import load_keyring
from dreambox_pipeline.storage.ledger import accounts, audit, inbox
from dreambox_pipeline.storage.ledger.accounts import Host
from dreambox_pipeline.tiktok.posting_objects import VideoFile
from dreambox_pipeline_tests.cli.consenting import Browser, agree, secrets_of
from dreambox_pipeline_tests.cli.test_login import Terminal, at
from dreambox_pipeline_tests.leaks import leaks


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


def test_a_login_a_refresh_an_upload_and_a_logout_leave_no_secret_behind(
    settings, console, sandbox, caplog, tmp_path
):
    """Logs at their loudest, exceptions, reprs, the ledger's bytes, audit log and inbox."""
    caplog.set_level(logging.DEBUG)
    live = at(settings, sandbox)
    said: list[str] = []
    states: list[str] = []
    upload_urls: list[str] = []
    with structlog.testing.capture_logs() as events:
        browser = Browser(lambda url: [agree(url)])
        run_login(
            live,
            console,
            host=Host.DEVELOPER,
            scopes=["user.info.basic", "user.info.profile", "video.list", "video.upload"],
            ways=Ways(browser=browser, patience_s=20),
        )
        browser.statuses()
        run_login(live, console, ways=Ways(read=Terminal(console)))
        states += [
            dict(httpx.URL(word).params)["state"]
            for word in console.export_text().split()
            if "/v2/auth/authorize" in word
        ]
        parts = resources_from(live)
        tiktok = parts["tiktok_accounts"]
        for host in Host:
            account = tiktok.on(host, "main")
            account.refreshed(account.access_token())
            said.append(repr([account, account.row(), tiktok, parts]))
        said.append(upload(tiktok, tmp_path / "clip.mp4", upload_urls))
        for account in (tiktok.account("main"), tiktok.developer("main")):
            sandbox.sandbox.tokens.revoke(account.access_token())
            said.append(trouble_of(account.refreshed, account.access_token()))
        run_logout(live, console)
        print_accounts(live, console)

    ledger = parts["ledger"]
    with ledger.read() as connection:
        said += [repr(audit.entries(connection)), repr(inbox.pending(connection))]
    said += [caplog.text, repr(events), console.export_text()]
    secrets = [*secrets_of(sandbox), *states, *upload_urls, "sandbox_secret"]
    assert len(secrets) >= 12
    found = [secret for secret in secrets for text in said if secret in text]
    assert found == []
    assert leaks(secrets, [live.var_dir]) == []


def upload(tiktok, file: Path, upload_urls: list[str]) -> str:
    """A draft with a real upload; its address is a secret, too."""
    file.write_bytes(b"\0" * 5_000_000)
    client = tiktok.posting_client("main")
    video = VideoFile(size_bytes=5_000_000, duration_s=5.0)
    session = client.begin_draft(video)
    upload_urls.append(session.upload_url.get_secret_value())
    client.upload(file, session)
    return repr([client, session, client.status(session.publish_id)])


def trouble_of(call, *arguments: str) -> str:
    """The whole traceback of what *call* ends in."""
    try:
        call(*arguments)
    except DreamBoxError:
        return traceback.format_exc()
    raise AssertionError("It should have failed.")


def test_the_search_finds_what_is_there(settings, sandbox):
    """A search that never finds anything would prove nothing."""
    parts = resources_from(at(settings, sandbox))
    parts["tiktok"].connect(sandbox.auth_code())
    keyring = load_keyring("", settings.var_dir / "keys" / "secret.key")
    with parts["ledger"].write() as connection:
        held = accounts.connected(connection, keyring)
        assert held is not None
        audit.append(
            connection, actor="test", action="leak", subject=held.access_token, now=sandbox.now
        )
    assert leaks([held.access_token], [settings.var_dir]) != []
    assert leaks([held.refresh_token], [settings.var_dir]) == []
