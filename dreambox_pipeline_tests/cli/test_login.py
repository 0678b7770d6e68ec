"""`dreambox login`: a person agrees on the sandbox's page, by callback or by pasting, on both hosts."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from dreambox_pipeline.cli.login import Ways, run_login
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import accounts, audit
from dreambox_pipeline.storage.ledger.accounts import ConnectionRow, Host
from dreambox_pipeline.tiktok.errors import CallbackRejected, ConsentRequired
from dreambox_pipeline_tests.cli.consenting import Browser, agree, fetch


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def stranger() -> Iterator[RunningSandbox]:
    """A TikTok with another account."""
    with running_sandbox(seed=11) as running:
        yield running


def at(settings: Settings, sandbox: RunningSandbox, **more: str) -> Settings:
    """Everything at *sandbox*, with a free port for the answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    info = sandbox.info
    sandbox.advance(120)
    return settings.model_copy(
        update={
            "tiktok_base_url": info["tiktok_base_url"],
            "tiktok_developer_base_url": info["tiktok_developer_base_url"],
            "tiktok_authorize_url": f"{sandbox.url}/v2/auth/authorize/",
            "tiktok_developer_redirect_uri": f"http://127.0.0.1:{port}/callback/",
            "clock_url": info["clock_url"],
            "posting_route": "content_posting",
        }
        | more
    )


@pytest.fixture
def live(settings, sandbox) -> Settings:
    return at(settings, sandbox)


def rows(settings: Settings) -> list[ConnectionRow]:
    with resources_from(settings)["ledger"].read() as connection:
        return accounts.listed(connection)


class Terminal:
    """Pastes what the page of the printed address leads to."""

    def __init__(self, console, change=lambda address: address, **consent) -> None:
        self.console, self.change, self.consent = console, change, consent

    def __call__(self) -> str:
        printed = self.console.export_text(clear=False).split()
        url = next(word for word in reversed(printed) if "/v2/auth/authorize" in word)
        return self.change(agree(url, **self.consent)) + "\n"


# By callback


def test_the_answer_is_taken_where_the_redirect_address_is(live, console):
    """Nobody copies anything; the page says that it may be closed."""
    browser = Browser(lambda url: [agree(url)])
    run_login(live, console, host=Host.DEVELOPER, ways=Ways(browser=browser, patience_s=20))

    (row,) = rows(live)
    assert (row.account_id, row.host, row.is_live) == ("main", Host.DEVELOPER, True)
    assert row.username == "dreambox.tales" or row.handle.startswith("@")
    assert set(row.scopes) == {
        "user.info.basic",
        "user.info.profile",
        "video.list",
        "video.publish",
    }
    assert browser.statuses() == [200]
    said = console.export_text()
    assert "posting by content_posting" in said
    assert "dreambox login --account main --host accounts" in said


def test_whatever_else_comes_to_the_address_is_turned_away(live, console):
    """Another path, an answer to another login and one that was made up change nothing."""
    home = live.tiktok_developer_redirect_uri

    def visit(url: str) -> list[str]:
        root = home.removesuffix("/callback/")
        return [
            f"{root}/favicon.ico",
            f"{home}?code=abc&state=made-up",
            f"{home}?code=abc",
            agree(url),
        ]

    browser = Browser(visit)
    run_login(live, console, host=Host.DEVELOPER, ways=Ways(browser=browser, patience_s=20))

    assert browser.statuses() == [404, 400, 400, 200]
    assert rows(live)[0].is_live
    assert "answer to another login" in console.export_text()


def test_an_answer_that_comes_twice_is_used_once(live, console, sandbox):
    """Browsers reload. The code would be refused the second time."""
    path = "POST /v2/oauth/token/"
    before = sandbox.sandbox.counts.as_json()["counts"].get(path, 0)

    def visit(url: str) -> list[str]:
        answer = agree(url)
        fetch(answer)
        return []

    run_login(live, console, host=Host.DEVELOPER, ways=Ways(browser=Browser(visit), patience_s=20))
    assert sandbox.sandbox.counts.as_json()["counts"][path] == before + 1


def test_nobody_who_comes_back_in_time_ends_the_login_with_the_remedy(live, console):
    """And the port is free again."""
    for _ in range(2):
        with pytest.raises(StopError, match="--paste"):
            run_login(live, console, host=Host.DEVELOPER, ways=Ways(patience_s=0.05))
    assert rows(live) == []


def test_a_port_that_is_taken_is_told_before_anybody_agrees(live, console):
    """Another login may wait there."""
    port = urlsplit(live.tiktok_developer_redirect_uri).port
    with socket.create_server(("127.0.0.1", port)), pytest.raises(StopError, match="--paste"):
        run_login(live, console, host=Host.DEVELOPER, ways=Ways(patience_s=0.05))


def test_a_person_who_says_no_is_believed(live, console):
    """Nothing is stored, and the browser is told."""
    browser = Browser(lambda url: [agree(url, decision="deny")])
    with pytest.raises(ConsentRequired, match="access_denied"):
        run_login(live, console, host=Host.DEVELOPER, ways=Ways(browser=browser, patience_s=20))
    assert browser.statuses() == [200]
    assert rows(live) == []


# By pasting


@pytest.mark.parametrize("host", list(Host))
def test_the_address_can_be_pasted(live, console, host):
    """The only way for the Accounts API, whose redirect address is https."""
    run_login(live, console, host=host, ways=Ways(paste=True, read=Terminal(console)))

    (row,) = rows(live)
    assert (row.host, row.is_live) == (host, True)
    assert row.username
    with resources_from(live)["ledger"].read() as connection:
        assert [entry.action for entry in audit.entries(connection)] == ["account.connected"]


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.replace("state=", "state=x"),
        lambda _: "https://dreambox.invalid/callback/?code=abc",
        lambda _: "what?",
    ],
)
def test_an_answer_to_another_login_is_not_used(live, console, change):
    """Its code would connect somebody else's account."""
    with pytest.raises(CallbackRejected) as caught:
        run_login(live, console, ways=Ways(read=Terminal(console, change)))
    assert "code=" not in str(caught.value)
    assert rows(live) == []


def test_nothing_pasted_is_no_answer(live, console):
    """As when the input is not a terminal."""
    with pytest.raises(StopError, match="No address was pasted"):
        run_login(live, console, ways=Ways(read=lambda: ""))


def test_a_person_may_refuse_on_the_accounts_api_too(live, console):
    """The message says what to do next."""
    with pytest.raises(ConsentRequired):
        run_login(live, console, ways=Ways(read=Terminal(console, decision="deny")))


def test_an_expired_code_is_told_and_a_new_login_works(live, console, sandbox):
    """Codes are good for ten minutes."""

    def late(address: str) -> str:
        sandbox.advance(3600)
        return address

    with pytest.raises(ConsentRequired):
        run_login(live, console, ways=Ways(read=Terminal(console, late)))
    assert rows(live) == []
    run_login(live, console, ways=Ways(read=Terminal(console)))
    assert rows(live)[0].is_live


def test_scopes_that_were_left_out_are_named_with_what_they_stop(live, console):
    """A person may untick a box on TikTok's page."""
    grant = ["user.info.basic", "user.info.username", "video.list", "comment.list"]
    run_login(live, console, ways=Ways(read=Terminal(console, grant=grant)))

    said = console.export_text()
    assert "lacks comment.list.manage" in said
    assert "Missing for what is in use: comment.list.manage" in said
    assert set(rows(live)[0].scopes) == set(grant)


def test_only_what_is_used_is_asked_for_unless_scopes_are_named(live, console):
    """Least privilege: who posts by upload needs no publishing scope on the Accounts API."""
    run_login(live, console, ways=Ways(read=Terminal(console)))
    assert "video.publish" not in rows(live)[0].scopes
    run_login(live, console, scopes=["video.publish"], ways=Ways(read=Terminal(console)))
    assert rows(live)[0].scopes == ("video.publish",)


# Whose account it is


def test_another_tiktok_account_does_not_take_over_a_name_by_accident(
    live, console, settings, stranger
):
    """Posts planned for one account would go out on another."""
    run_login(live, console, ways=Ways(read=Terminal(console)))
    (before,) = rows(live)
    elsewhere = at(settings, stranger)
    with pytest.raises(StopError, match="--replace"):
        run_login(elsewhere, console, ways=Ways(read=Terminal(console)))
    assert rows(live) == [before]

    run_login(elsewhere, console, replaces=True, ways=Ways(read=Terminal(console)))
    assert rows(live)[0].open_id == stranger.world.business_id != before.open_id


def test_the_hosts_of_one_name_belong_to_one_account(live, console, stranger):
    """Comments from one account and posts on another would be nobody's wish."""
    run_login(live, console, ways=Ways(read=Terminal(console)))
    with resources_from(live)["ledger"].write() as connection:
        accounts.note_username(connection, "main", Host.ACCOUNTS, "somebody.else", now=stranger.now)
    with pytest.raises(StopError, match=r"@somebody\.else"):
        run_login(live, console, host=Host.DEVELOPER, ways=Ways(paste=True, read=Terminal(console)))


def test_a_name_that_is_two_accounts_is_told(live, console, settings, stranger):
    """Comments would be read on one account and posts go out on the other."""
    run_login(live, console, host=Host.DEVELOPER, ways=Ways(paste=True, read=Terminal(console)))
    stranger.world.accounts.change(stranger.world.business_id, username="somebody.else")
    run_login(at(settings, stranger), console, replaces=True, ways=Ways(read=Terminal(console)))
    said = console.export_text()
    assert "`main` is two TikTok accounts now: @somebody.else here, and still @" in said
    assert "dreambox login --account main --host developer --replace" in said


def test_one_tiktok_account_has_one_name(live, console):
    """Two names would double what it is asked and posted."""
    run_login(live, console, ways=Ways(read=Terminal(console)))
    with pytest.raises(StopError, match="connected as `main` already"):
        run_login(live, console, account_id="second", ways=Ways(read=Terminal(console)))


def test_two_accounts_stand_side_by_side(live, console, settings, stranger):
    """Each with its own tokens; the login says which one is worked with."""
    run_login(live, console, ways=Ways(read=Terminal(console)))
    run_login(
        at(settings, stranger), console, account_id="second", ways=Ways(read=Terminal(console))
    )
    assert [row.account_id for row in rows(live)] == ["main", "second"]
    assert len({row.open_id for row in rows(live)}) == 2
    assert "DREAMBOX_ACCOUNT is `main`" in console.export_text()


@pytest.mark.parametrize("name", ["Main", "a b", "-x", "x" * 33])
def test_a_name_that_cannot_be_a_setting_is_refused(live, console, name):
    """It is written into settings and commands."""
    with pytest.raises(StopError, match="cannot name an account"):
        run_login(live, console, account_id=name)


def test_a_login_killed_before_it_stored_anything_can_be_repeated(live, console, monkeypatch):
    """The first tokens are lost, the name is free, and the next consent is whole."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(accounts, "store", killed)
        with pytest.raises(KeyboardInterrupt):
            run_login(live, console, ways=Ways(read=Terminal(console)))
    assert rows(live) == []
    run_login(live, console, ways=Ways(read=Terminal(console)))
    assert resources_from(live)["tiktok"].client.video_settings()


def test_a_login_renews_the_year(live, console, sandbox):
    """The name keeps its account; the countdown begins again."""
    run_login(live, console, ways=Ways(read=Terminal(console)))
    (first,) = rows(live)
    sandbox.advance(86_400)
    run_login(live, console, ways=Ways(read=Terminal(console)))
    (second,) = rows(live)
    assert second.open_id == first.open_id
    assert second.connected_at > first.connected_at
    assert second.refresh_expires_at > first.refresh_expires_at


def test_the_command_takes_a_piped_address_and_prints_no_traceback(dreambox):
    """A wrong one ends in a sentence."""
    ended = dreambox("login", "--paste")
    assert ended.returncode == 2
    assert "/v2/auth/authorize/" in ended.stdout
    assert "Traceback" not in ended.stderr
