"""`dreambox accounts` and `dreambox logout`: which accounts are connected and for how long, and ending that."""

from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.cli.operator import operator
from dreambox_pipeline.clock import Clock, system_clock
from dreambox_pipeline.defs.connecting import disconnect, features_of
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.defs.tiktok_accounts import TikTokAccounts
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import Ledger, accounts, endings, publications
from dreambox_pipeline.storage.ledger.accounts import ConnectionRow, Host
from dreambox_pipeline.tiktok.scopes import compare


def run_logout(
    settings: Settings,
    console: Console,
    *,
    account_id: str = "",
    host: Host | None = None,
    forgets: bool = False,
) -> None:
    """End an account's connections; its planned posts stay and wait.

    Args:
        settings: Addresses and apps.
        console: Where it is told.
        account_id: Its name here; empty is the one in the settings.
        host: Only on this host; None is on both.
        forgets: Forget the tokens also when TikTok cannot be asked to end the consent.

    Raises:
        StopError: There is no such account, or TikTok could not be asked and the tokens are kept.
    """
    name = account_id or settings.account
    parts = resources_from(settings)
    tiktok: TikTokAccounts = parts["tiktok_accounts"]
    ledger: Ledger = parts["ledger"]
    with ledger.read() as connection:
        known = [row.host for row in accounts.listed(connection) if row.account_id == name]
    for each in [host] if host else known or [Host.ACCOUNTS]:
        farewell = disconnect(tiktok.on(each, name), by=operator(), forgets=forgets)
        told = f"logged out; the consent {farewell.value}" if farewell else "was logged out already"
        console.print(f"`{name}` on the {each.label}: {told}.", highlight=False)
    with ledger.read() as connection:
        waiting = len(publications.planned(connection))
    if waiting and name == settings.account:
        console.print(
            f"{waiting} planned posts stay in the queue and wait until the account is connected again.",
            highlight=False,
        )


def print_accounts(settings: Settings, console: Console) -> None:
    """Every connection there is or was, and how long it lasts."""
    parts = resources_from(settings)
    now = now_or_here(parts["clock"])
    ledger: Ledger = parts["ledger"]
    with ledger.read() as connection:
        rows = accounts.listed(connection)
    if not rows:
        console.print("No account was ever connected. Run `dreambox login`.", highlight=False)
        return
    table = Table()
    for column in ("name", "handle", "host", "scopes", "consent until", "state"):
        # Folded where the terminal is narrow: half a name or date is none.
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(
            row.account_id,
            escape(f"@{row.username}" if row.username else "not told"),
            row.host.label,
            _scopes_in_short(row, settings),
            _year(row, now),
            _state(row, now),
        )
    console.print(table)
    print_endings(settings, ledger, console, now)


def print_endings(settings: Settings, ledger: Ledger, console: Console, now: datetime) -> None:
    """A line for every consent that ends soon or has ended without a logout."""
    for row in _troubled(ledger, settings, now):
        console.print(
            f"[yellow]reconnect[/yellow] `{row.account_id}` on the {row.host.label}: {escape(_why(row, now))}. "
            f"`{endings.login_command(row.account_id, row.host)}` renews it.",
            highlight=False,
            soft_wrap=True,
        )


def consent_troubles(settings: Settings, ledger: Ledger, now: datetime) -> list[str]:
    """The same for `dreambox doctor`."""
    return [
        f"`{row.account_id}` on the {row.host.label}: {_why(row, now)}; "
        f"run `{endings.login_command(row.account_id, row.host)}`"
        for row in _troubled(ledger, settings, now)
    ]


def now_or_here(clock: Clock) -> datetime:
    """The pipeline's time; this machine's while nobody plays the world."""
    try:
        return clock()
    except StopError:
        return system_clock()


def _troubled(ledger: Ledger, settings: Settings, now: datetime) -> list[ConnectionRow]:
    with ledger.read() as connection:
        rows = accounts.listed(connection)
    ended = [row for row in rows if not row.is_live and row.account_id == settings.account]
    return [*ended, *endings.ending_soon(rows, now)]


def _why(row: ConnectionRow, now: datetime) -> str:
    if not row.is_live:
        return f"{row.handle} is not connected any more: {row.ended_reason}"
    return f"the consent of {row.handle} ends {_year(row, now)}"


def _year(row: ConnectionRow, now: datetime) -> str:
    days = (row.refresh_expires_at - now).days
    left = f"in {days} days" if days >= 0 else "over"
    return f"{row.refresh_expires_at:%Y-%m-%d} ({left})" if row.is_live else "–"


def _state(row: ConnectionRow, now: datetime) -> str:
    if not row.is_live:
        return f"[red]ended {row.ended_at:%Y-%m-%d}: {escape(row.ended_reason or '')}[/red]"
    if endings.ending_soon([row], now):
        return "[yellow]ends soon[/yellow]"
    return "[green]connected[/green]"


def _scopes_in_short(row: ConnectionRow, settings: Settings) -> str:
    found = compare(features_of(row.host), row.scopes, route=settings.posting_route)
    lacking = sorted({scope for each in found if each.is_missed for scope in each.lacks})
    return (
        f"{len(row.scopes)}; [red]lacks {', '.join(lacking)}[/red]"
        if lacking
        else f"{len(row.scopes)}, all that is used"
    )
