"""Connecting an account with its owner's consent, and ending that connection.

    ask -> the owner agrees on TikTok's page -> read the answer -> finish      stored, encrypted
    disconnect                                                                revoked and forgotten

A code is used once and within ten minutes. Whoever is stopped between exchanging it and storing
the tokens loses them; the owner agrees again, and the lost ones die with their year.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.engine import Connection

from dreambox_pipeline.defs.tiktok_accounts import DeveloperAccount, TikTokAccount
from dreambox_pipeline.errors import DreamBoxError, StopError
from dreambox_pipeline.storage.ledger import accounts
from dreambox_pipeline.storage.ledger.accounts import Connected, ConnectionRow, Host
from dreambox_pipeline.tiktok.consent import Consent, ConsentRequest
from dreambox_pipeline.tiktok.errors import AccessTokenRejected, ConsentRequired
from dreambox_pipeline.tiktok.scopes import (
    ACCOUNTS_FEATURES,
    DEVELOPER_FEATURES,
    Feature,
    scopes_for,
)

Account = TikTokAccount | DeveloperAccount

LOGGED_OUT = "logged out"


@dataclass(frozen=True, slots=True)
class NewConnection:
    """What a login made.

    Attributes:
        row: As stored.
        trouble: What could not be asked of TikTok about it.
    """

    row: ConnectionRow
    trouble: tuple[str, ...]


class Farewell(StrEnum):
    """How a consent ended at TikTok."""

    REVOKED = "revoked at TikTok"
    WAS_OVER = "was over at TikTok already"
    NOT_REACHED = "not revoked: TikTok could not be asked"


def features_of(host: Host) -> tuple[Feature, ...]:
    """What DreamBox does on *host*."""
    return ACCOUNTS_FEATURES if host is Host.ACCOUNTS else DEVELOPER_FEATURES


def wanted_scopes(host: Host, *, route: str) -> tuple[str, ...]:
    """What a login on *host* asks for when videos are posted by *route*."""
    return scopes_for(features_of(host), route=route)


def finish(
    account: Account, request: ConsentRequest, consent: Consent, *, by: str, replaces: bool = False
) -> NewConnection:
    """Exchange the code, look whose account it is, and store its tokens.

    Args:
        account: Whom the login is for.
        request: The question.
        consent: The answer to it.
        by: Who logs in, for the audit log.
        replaces: Another TikTok account may take this name.

    Raises:
        StopError: It is another TikTok account than before. Nothing was stored.
        TikTokError: The code is no longer good, or TikTok could not be asked.
    """

    def check(connection: Connection, new: Connected) -> None:
        _require_free(connection, new)
        if not replaces:
            _require_same(connection, new)

    pair = account.exchange(consent, request)
    seen = account.look(pair)
    account.keep(pair, seen=seen, by=by, check=check)
    row = account.row()
    if row is None:
        raise StopError(f"The account `{account.account_id}` vanished while it was connected.")
    return NewConnection(row, seen.trouble)


def disconnect(account: Account, *, by: str, forgets: bool = False) -> Farewell | None:
    """End the consent at TikTok, then forget the tokens. None when it has ended before.

    Args:
        account: Whose.
        by: Who logs out, for the audit log.
        forgets: Forget the tokens also when TikTok cannot be asked to end the consent.

    Raises:
        StopError: It was never connected; or TikTok could not be asked, and the tokens are kept.
    """
    row = account.row()
    if row is None:
        raise StopError(
            f"There is no account `{account.account_id}` on the {account.host.label} to log out. "
            "`dreambox accounts` lists all of them."
        )
    if not row.is_live:
        account.forget(reason=LOGGED_OUT, by=by)
        return None
    farewell = Farewell.REVOKED
    try:
        account.revoke()
    except (ConsentRequired, AccessTokenRejected):
        farewell = Farewell.WAS_OVER
    except DreamBoxError as error:
        if not forgets:
            raise StopError(
                f"TikTok could not be asked to end the consent of {row.handle}: {error} The tokens are kept, so that it "
                "can be tried again. Or add --forget to forget them anyway, and remove the app in TikTok under "
                "Settings, Security & permissions, Apps and services."
            ) from error
        farewell = Farewell.NOT_REACHED
    account.forget(reason=LOGGED_OUT, by=by)
    return farewell


def _require_free(connection: Connection, new: Connected) -> None:
    for row in accounts.held_by(connection, new.open_id, (new.host,)):
        if row.is_live and row.account_id != new.account_id:
            raise StopError(
                f"This TikTok account ({row.handle}) is connected as `{row.account_id}` already, so it was not "
                f"connected as `{new.account_id}`; nothing was stored. Use that name, or "
                f"`dreambox logout --account {row.account_id}` first."
            )


def _require_same(connection: Connection, new: Connected) -> None:
    before = accounts.find(connection, new.account_id, new.host)
    if before is not None and before.open_id != new.open_id:
        raise _stranger(before.handle, new)
    for host in Host:
        other = accounts.find(connection, new.account_id, host)
        if host is new.host or other is None or not other.is_live:
            continue
        if new.username and other.username and new.username.lower() != other.username.lower():
            raise _stranger(other.handle, new)


def _stranger(known: str, new: Connected) -> StopError:
    seen = f"@{new.username}" if new.username else "another one"
    return StopError(
        f"`{new.account_id}` is the TikTok account {known}, and the one that just agreed is {seen}; nothing was stored. "
        f"Log into TikTok in the browser as {known} and run this again; or give this one a name of its own with "
        f"--account; or, if it shall take over the name and its planned posts, add --replace."
    )
