"""`dreambox login`: the account's owner agrees on TikTok's page, and its tokens are stored here.

The address of that page holds the login's state and the one that comes back its code: both are
shown on the terminal or read from it, and go nowhere else.
"""

import re
import sys
import webbrowser
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.cli.callback_server import PATIENCE_S, CallbackServer, can_listen
from dreambox_pipeline.cli.operator import operator
from dreambox_pipeline.defs.connecting import (
    Account,
    NewConnection,
    features_of,
    finish,
    wanted_scopes,
)
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.defs.tiktok_accounts import TikTokAccounts
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import endings
from dreambox_pipeline.storage.ledger.accounts import ConnectionRow, Host
from dreambox_pipeline.tiktok.consent import Consent, ConsentRequest, read_consent
from dreambox_pipeline.tiktok.scopes import Granted, compare

ACCOUNT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
DEVELOPER_ROUTES = frozenset({"content_posting", "inbox_draft"})


def read_line() -> str:
    """One line from the terminal or a pipe."""
    return sys.stdin.readline()


@dataclass(frozen=True, slots=True)
class Ways:
    """How a login talks to its person.

    Attributes:
        paste: Have the address pasted although it could be taken here.
        browser: Opens the page; None prints its address alone.
        read: Gives the line that was pasted.
        patience_s: How long to wait for the browser to come back.
    """

    paste: bool = False
    browser: Callable[[str], object] | None = None
    read: Callable[[], str] = read_line
    patience_s: float = PATIENCE_S


def open_browser(url: str) -> bool:
    """Try the machine's own browser."""
    return webbrowser.open(url)


def run_login(
    settings: Settings,
    console: Console,
    *,
    host: Host = Host.ACCOUNTS,
    account_id: str = "",
    scopes: Iterable[str] = (),
    replaces: bool = False,
    ways: Ways | None = None,
) -> None:
    """Connect an account on *host*.

    Args:
        settings: Addresses and apps.
        console: Where the address is printed, and what came of it.
        host: Which of TikTok's hosts.
        account_id: Its name here; empty is the one in the settings.
        scopes: What to ask for; empty is all that is in use.
        replaces: Another TikTok account may take this name.
        ways: How to talk to the person.

    Raises:
        StopError: Nobody agreed, or it is another account than before. Nothing was stored.
    """
    name = account_id or settings.account
    if not ACCOUNT_NAME.fullmatch(name):
        raise StopError(
            f"{name!r} cannot name an account. Use up to 32 of a-z, 0-9, `_` and `-`, beginning with a letter or digit."
        )
    tiktok: TikTokAccounts = resources_from(settings)["tiktok_accounts"]
    account = tiktok.on(host, name)
    asked = tuple(scopes) or wanted_scopes(host, route=settings.posting_route)
    request = account.ask(asked)
    consent = _consent(request, console, ways or Ways())
    done = finish(account, request, consent, by=operator(), replaces=replaces)
    _print_connection(done, account, console)
    found = compare(features_of(host), done.row.scopes, route=settings.posting_route)
    print_features(found, console)
    _print_next(settings, tiktok, account, console)


def print_features(found: list[Granted], console: Console) -> None:
    """What works with these scopes, and what lacks one."""
    table = Table("feature", "with these scopes", "in use")
    for each in found:
        verdict = (
            f"[{'red' if each.is_missed else 'yellow'}]lacks {', '.join(each.lacks)}[/]"
            if each.lacks
            else "[green]works[/green]"
        )
        table.add_row(each.feature.what, verdict, "yes" if each.is_used else "no")
    console.print(table)
    missed = sorted({scope for each in found if each.is_missed for scope in each.lacks})
    if missed:
        console.print(
            f"[bold red]Missing for what is in use:[/bold red] {', '.join(missed)}. Run the login again and leave every "
            "box ticked; if TikTok does not offer a box, the app is not approved for it in the developer portal.",
            soft_wrap=True,
        )


def _consent(request: ConsentRequest, console: Console, ways: Ways) -> Consent:
    if ways.paste or not can_listen(request.redirect_uri):
        _print_address(request, console, ways)
        return _pasted(request, console, ways)
    server = CallbackServer(
        request.redirect_uri,
        lambda address: read_consent(address, request),
        on_stray=lambda: console.print(
            "[yellow]An answer to another login came and was not used. Still waiting for this one.[/yellow]"
        ),
    )
    # It listens before anybody knows the address.
    with server.listening():
        _print_address(request, console, ways)
        console.print(
            f"Waiting for the answer at {escape(request.redirect_uri)} (Ctrl-C ends it). It comes only if the browser runs "
            "on this machine; for one on another machine run this with --paste.",
            highlight=False,
            soft_wrap=True,
        )
        answer = server.wait(ways.patience_s)
    if not isinstance(answer, Consent):
        raise StopError("The answer from TikTok's page could not be read. Run the login again.")
    return answer


def _print_address(request: ConsentRequest, console: Console, ways: Ways) -> None:
    url = request.url.get_secret_value()
    console.print("Open this address in a browser in which the account is logged into TikTok:\n")
    # Whole, in one line: a folded address does not work when it is copied.
    console.print(url, markup=False, highlight=False, soft_wrap=True)
    console.print()
    if ways.browser is not None and not ways.browser(url):
        console.print("[yellow]No browser could be opened here; copy the address.[/yellow]")


def _pasted(request: ConsentRequest, console: Console, ways: Ways) -> Consent:
    console.print(
        "After agreeing, the browser shows a page that may not load. Copy its whole address from the address bar and "
        f"paste it here (it begins with {escape(request.redirect_uri)}), within ten minutes:",
        highlight=False,
        soft_wrap=True,
    )
    line = ways.read().strip()
    if not line:
        raise StopError(
            "No address was pasted, so nothing was changed. Run the login again, and paste the address or pipe it in."
        )
    return read_consent(line, request)


def _print_connection(done: NewConnection, account: Account, console: Console) -> None:
    row = done.row
    console.print(
        f"Connected [bold]{escape(row.handle)}[/bold] as `{row.account_id}` on the {account.host.label}, "
        f"until {row.refresh_expires_at:%Y-%m-%d}.",
        highlight=False,
        soft_wrap=True,
    )
    for trouble in done.trouble:
        console.print(f"[yellow]Could not look closer:[/yellow] {escape(trouble)}", soft_wrap=True)


def _print_next(
    settings: Settings, tiktok: TikTokAccounts, account: Account, console: Console
) -> None:
    """What else is needed for posting the way that is set."""
    route, name = settings.posting_route, account.account_id
    other = Host.DEVELOPER if account.host is Host.ACCOUNTS else Host.ACCOUNTS
    is_needed = other is Host.ACCOUNTS or route in DEVELOPER_ROUTES
    here, there = account.row(), tiktok.on(other, name).row()
    if here and there and there.is_live and not _may_be_one(here, there):
        console.print(
            f"[bold red]`{name}` is two TikTok accounts now:[/bold red] {escape(here.handle)} here, and still "
            f"{escape(there.handle)} on the {other.label}. Run `{endings.login_command(name, other)} --replace`, or "
            f"`dreambox logout --account {name} --host {other.value}`.",
            highlight=False,
            soft_wrap=True,
        )
    if is_needed and not tiktok.on(other, name).is_connected():
        console.print(
            f"Also needed with DREAMBOX_POSTING_ROUTE={route}: `{endings.login_command(name, other)}`.",
            highlight=False,
            soft_wrap=True,
        )
    if name != settings.account:
        console.print(
            f"DREAMBOX_ACCOUNT is `{settings.account}`; set it to `{name}` to work with this account.",
            highlight=False,
            soft_wrap=True,
        )


def _may_be_one(here: ConnectionRow, there: ConnectionRow) -> bool:
    """Whether two hosts mean one TikTok account; each gives it an id of its own, so names decide."""
    names = {row.username.lower() for row in (here, there) if row.username}
    return len(names) < 2
