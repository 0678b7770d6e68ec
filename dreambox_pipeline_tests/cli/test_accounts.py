"""`dreambox accounts` and `dreambox logout`: who is connected, for how long, and how that ends."""

import io
from collections.abc import Iterator
from datetime import timedelta

import dagster as dg
import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from rich.console import Console

from dreambox_pipeline.cli.accounts import print_accounts, run_logout
from dreambox_pipeline.cli.doctor import Checkup, examine
from dreambox_pipeline.cli.status import print_status
from dreambox_pipeline.defs.connections import connections_sensor
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import accounts, tasks
from dreambox_pipeline.storage.ledger.accounts import Host
from dreambox_pipeline.storage.tables import connections


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def live(settings, sandbox) -> Settings:
    """Connected on both hosts."""
    info = sandbox.info
    sandbox.advance(120)
    live = settings.model_copy(
        update={
            "tiktok_base_url": info["tiktok_base_url"],
            "tiktok_developer_base_url": info["tiktok_developer_base_url"],
            "clock_url": info["clock_url"],
        }
    )
    tiktok = resources_from(live)["tiktok_accounts"]
    tiktok.account("main").connect(sandbox.auth_code())
    developer = tiktok.developer("main")
    code = SecretStr(sandbox.auth_code())
    developer.keep(developer.endpoint.exchange_code(code, developer.redirect_uri, None))
    return live


def row(live: Settings, host: Host = Host.ACCOUNTS) -> accounts.ConnectionRow:
    found = resources_from(live)["tiktok_accounts"].on(host, "main").row()
    assert found is not None
    return found


def kept_tokens(live: Settings) -> list[str | None]:
    with resources_from(live)["ledger"].read() as connection:
        columns = connections.c.access_token_encrypted, connections.c.refresh_token_encrypted
        return [token for pair in connection.execute(sa.select(*columns)) for token in pair]


def revoked(sandbox: RunningSandbox) -> int:
    return sum(grant["revoked"] for _, grant in sandbox.world.state.all("grant"))


def let_the_year_pass(live: Settings, sandbox: RunningSandbox, days: int) -> None:
    """Until so many days are left of every consent."""
    ledger = resources_from(live)["ledger"]
    with ledger.write() as connection:
        connection.execute(
            sa.update(connections).values(refresh_expires_at=sandbox.now + timedelta(days=days))
        )


def reconnects(live: Settings) -> list[tasks.Task]:
    with resources_from(live)["ledger"].read() as connection:
        return tasks.open_tasks(connection, kind=tasks.RECONNECT)


def test_logging_out_revokes_and_forgets_on_both_hosts(live, console, sandbox):
    """Whose it was stays known; nothing here can act for it any more."""
    before = revoked(sandbox)
    run_logout(live, console)

    assert revoked(sandbox) == before + 2
    assert kept_tokens(live) == [None] * 4
    for host in Host:
        assert not row(live, host).is_live
        assert row(live, host).ended_reason == "logged out"
    assert reconnects(live) == []
    assert console.export_text().count("revoked at TikTok") == 2
    with pytest.raises(StopError, match=r"not connected any more.*logged out.*dreambox login"):
        resources_from(live)["tiktok"].client.video_settings()


def test_logging_out_twice_is_no_trouble(live, console):
    """The second time there is nothing to do."""
    run_logout(live, console, host=Host.DEVELOPER)
    run_logout(live, console)
    said = console.export_text()
    assert "developer host: was logged out already" in said
    assert row(live).ended_reason == "logged out"


def test_a_consent_that_is_over_at_tiktok_is_forgotten_all_the_same(live, console, sandbox):
    """Its owner removed it in the app; the tokens are dead."""
    for host in Host:
        tokens = resources_from(live)["tiktok_accounts"].on(host, "main")
        sandbox.sandbox.tokens.revoke(tokens.access_token())
    run_logout(live, console)

    assert kept_tokens(live) == [None] * 4
    assert console.export_text().count("was over at TikTok already") == 2
    assert reconnects(live) == []


def test_when_tiktok_cannot_be_reached_tokens_are_kept_unless_told_to_forget(live, console):
    """Forgetting alone would leave a consent that nobody can end from here."""
    gone = live.model_copy(update={"tiktok_base_url": "http://127.0.0.1:9/open_api/v1.3"})
    with pytest.raises(StopError, match="--forget"):
        run_logout(gone, console, host=Host.ACCOUNTS)
    assert row(live).is_live

    run_logout(gone, console, host=Host.ACCOUNTS, forgets=True)
    assert not row(live).is_live
    assert "could not be asked" in console.export_text()


def test_an_unknown_account_cannot_be_logged_out(live, console):
    """A typing error must not look like success."""
    with pytest.raises(StopError, match="There is no account `nobody`"):
        run_logout(live, console, account_id="nobody")


def test_the_table_tells_who_is_connected_and_counts_the_year_down(live, console, sandbox):
    """Before the year's end people are told what renews it."""
    print_accounts(live, console)
    said = console.export_text()
    assert "developer host" in said
    assert "(in 365 days)" in said or "(in 364 days)" in said
    assert "reconnect" not in said

    let_the_year_pass(live, sandbox, 29)
    print_accounts(live, console)
    said = console.export_text()
    assert "ends soon" in said
    assert "dreambox login --account main --host developer" in said


@pytest.mark.parametrize("width", [72, 100])
def test_the_table_is_whole_on_a_narrow_terminal(live, width):
    """Half a name or half a date tells nothing."""
    out = io.StringIO()
    print_accounts(live, Console(file=out, width=width))
    assert "…" not in out.getvalue()


def test_doctor_names_the_host_that_the_posting_route_needs(live, console):
    """The Accounts API alone does not upload."""
    uploading = live.model_copy(update={"posting_route": "content_posting"})

    def told() -> Checkup:
        return next(each for each in examine(uploading) if each.what == "TikTok account")

    assert told().is_fine
    run_logout(live, console, host=Host.DEVELOPER)
    assert not told().is_fine
    assert "dreambox login --account main --host developer" in told().remedy


def test_status_and_doctor_warn_thirty_days_ahead(live, console, sandbox):
    """Whoever looks at either sees it."""
    print_status(live, console)
    assert "reconnect" not in console.export_text()
    let_the_year_pass(live, sandbox, 30)
    print_status(live, console)
    assert "dreambox login --account main --host accounts" in console.export_text()
    checkup = next(each for each in examine(live) if each.what == "TikTok consents")
    assert not checkup.is_fine
    assert "ends" in checkup.seen


def test_a_person_is_asked_once_per_consent_to_renew_it(live, sandbox):
    """However often the sensor looks; a new login closes the task, and next year's is a new one."""
    parts = resources_from(live)

    def look() -> None:
        with dg.build_sensor_context(
            resources={"ledger": parts["ledger"], "clock": parts["clock"]}
        ) as context:
            assert isinstance(connections_sensor(context), dg.SkipReason)

    look()
    assert reconnects(live) == []
    let_the_year_pass(live, sandbox, 20)
    look()
    look()
    assert [task.payload["host"] for task in reconnects(live)] == ["accounts", "developer"]

    sandbox.advance(60)
    parts["tiktok"].connect(sandbox.auth_code())
    assert [task.payload["host"] for task in reconnects(live)] == ["developer"]
    let_the_year_pass(live, sandbox, 20)
    look()
    assert len(reconnects(live)) == 2


def test_a_renamed_account_is_called_by_its_new_name(live):
    """Seen by whatever reads the profile."""
    tiktok = resources_from(live)["tiktok"]
    tiktok.saw_username("old.name")
    tiktok.saw_username("new.name")
    tiktok.saw_username(None)
    assert row(live).handle == "@new.name"


def test_requests_of_two_hosts_and_accounts_are_counted_apart(live, sandbox):
    """One app's limit is not the other's, and one account's not another's."""
    tiktok = resources_from(live)["tiktok_accounts"]
    tiktok.accounts_client("main").video_settings()
    display = tiktok.display_client("main")
    assert display is not None
    display.user()
    tiktok.posting_client("main").creator_info()
    with resources_from(live)["ledger"].read() as connection:
        buckets = set(connection.scalars(sa.text("SELECT bucket FROM request_permits")))
    open_id = sandbox.world.business_id
    assert buckets >= {
        "app",
        "app:developer",
        f"{open_id}:/business/video/settings/",
        f"developer:{open_id}:/v2/user/info/",
        f"developer:{open_id}:/v2/post/publish/creator_info/query/",
    }


def test_an_account_that_never_logged_in_has_no_second_list(live):
    """And posting says what is missing."""
    tiktok = resources_from(live)["tiktok_accounts"]
    assert tiktok.display_client("second") is None
    with pytest.raises(StopError, match="dreambox login --account second --host developer"):
        tiktok.posting_client("second").creator_info()
