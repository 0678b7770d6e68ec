"""The tokens of one account on one of TikTok's hosts: read from the ledger, kept fresh in it.

Refreshing happens inside a write transaction under the row's lock, so of two processes one
refreshes and the other finds the new pair. A new pair is stored before anybody uses it; an answer
without tokens replaces nothing. When TikTok takes the refresh token no longer, the connection
ends here: its tokens are forgotten and a person is asked to connect again. So it ends, too, when a
process died between TikTok's answer and the commit: the pair that was answered is nowhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger, accounts, audit, endings
from dreambox_pipeline.storage.ledger.accounts import Connected, ConnectionRow, Host
from dreambox_pipeline.tiktok.errors import AccessTokenRejected, ConsentRequired, GarbledAnswer
from dreambox_pipeline.tiktok.schemas import TokenPair

REFRESH_BEFORE = timedelta(minutes=10)
"""A token this close to its end is exchanged before it is used."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What TikTok tells about a new pair of tokens.

    Attributes:
        username: The account's handle without `@`, or None when TikTok did not tell it.
        trouble: What could not be asked for, and why.
    """

    username: str | None
    scopes: frozenset[str]
    trouble: tuple[str, ...] = ()


class Refresher(Protocol):
    """The part of a host's token endpoint that is needed here."""

    def refresh(self, refresh_token: str) -> TokenPair:
        """A new pair; the old one may be void."""


class AccountTokens:
    """A `tiktok.tokens.TokenSource` whose tokens live in the ledger.

    Args:
        account_id: What people here call the account.
        host: Which host's tokens.
        ledger: Shared by all processes that use the account.
        keyring: Opens and encrypts them.
        clock: The time TikTok counts with.
        refresher: Made when it is first needed. It must not count in the shared limiter, which
            writes to the ledger that a refresh keeps locked.
    """

    def __init__(
        self,
        account_id: str,
        host: Host,
        *,
        ledger: Ledger,
        keyring: Keyring,
        clock: Clock,
        refresher: Callable[[], Refresher],
    ) -> None:
        self.account_id, self.host = account_id, host
        self._ledger, self._keyring, self._clock = ledger, keyring, clock
        self._refresher = refresher

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.account_id!r}, {self.host.value})"

    def is_connected(self) -> bool:
        """Somebody connected it, and it has not ended."""
        return self._known() is not None

    def open_id(self) -> str | None:
        """What TikTok calls it, or None while it is not connected."""
        known = self._known()
        return known.open_id if known else None

    def scopes(self) -> frozenset[str]:
        """What its owner agreed to; nothing while it is not connected."""
        known = self._known()
        return frozenset(known.scopes) if known else frozenset()

    def business_id(self) -> str:
        """The account's id in every call."""
        with self._ledger.read() as connection:
            return self._held(connection).open_id

    def access_token(self) -> str:
        """A token that is valid for some minutes yet."""
        with self._ledger.read() as connection:
            held = self._held(connection)
        if held.access_expires_at - self._clock() > REFRESH_BEFORE:
            return held.access_token
        return self.refreshed(held.access_token)

    def refreshed(self, rejected: str) -> str:
        """A token other than *rejected*, refreshed at most once among all processes.

        Raises:
            ConsentRequired: The consent is over, and so is the connection from now on.
        """
        with self._ledger.write() as connection:
            held = self._held(connection)
            if held.access_token != rejected:
                return held.access_token
            try:
                pair = self._refresher().refresh(held.refresh_token)
            except (ConsentRequired, AccessTokenRejected) as error:
                # No access token goes along here, so either word is about the refresh token.
                # No raise here: what ends the connection has to be committed.
                refused = error
                self._end(connection)
            else:
                newest = renewed(held, pair)
                accounts.store(connection, newest, self._keyring, now=self._clock())
                return newest.access_token
        raise ConsentRequired(
            f"TikTok no longer takes the tokens of the account `{self.account_id}` ({self.host.label}): its year is "
            f"over, access was taken back, or an earlier renewal was answered and its answer was lost. They are "
            f"forgotten, and planned posts wait. Run `{endings.login_command(self.account_id, self.host)}`.",
            code=refused.code,
            http_status=refused.http_status,
            request_id=refused.request_id,
            log_id=refused.log_id,
            path=refused.path,
        ) from refused

    def keep(
        self,
        pair: TokenPair,
        *,
        seen: Seen | None = None,
        by: str = "dreambox",
        check: Callable[[Connection, Connected], None] = lambda _connection, _account: None,
    ) -> Connected:
        """Store the first pair of a new consent, and close what asked for it.

        Args:
            pair: From the exchange.
            seen: What TikTok told about it besides.
            by: Who connects, for the audit log.
            check: Raises when this account must not be stored; asked in the same transaction.
        """
        account = first(pair, self.account_id, self.host, seen)
        now = self._clock()
        with self._ledger.write() as connection:
            check(connection, account)
            accounts.store(connection, account, self._keyring, now=now, is_new_consent=True)
            endings.close_requests(
                connection, self.account_id, self.host, outcome="connected again", by=by, now=now
            )
            detail = {
                "host": self.host.value,
                "open_id": account.open_id,
                "scopes": list(account.scopes),
            }
            audit.append(
                connection,
                actor=by,
                action="account.connected",
                subject=self.account_id,
                now=now,
                detail=detail,
            )
        return account

    def forget(self, *, reason: str, by: str) -> bool:
        """End the connection here, and ask for no other. Returns False when it has ended before."""
        now = self._clock()
        with self._ledger.write() as connection:
            has_ended = endings.end(
                connection,
                self.account_id,
                self.host,
                reason=reason,
                by=by,
                now=now,
                asks=False,
            )
            endings.close_requests(
                connection, self.account_id, self.host, outcome=reason, by=by, now=now
            )
        return has_ended

    def row(self) -> ConnectionRow | None:
        """What is known of the connection, also when it has ended."""
        with self._ledger.read() as connection:
            return accounts.find(connection, self.account_id, self.host)

    def saw_username(self, username: str | None) -> None:
        """TikTok just called the account this; it may have been renamed."""
        if not username:
            return
        row = self.row()
        if row is None or row.username == username:
            return
        with self._ledger.write() as connection:
            accounts.note_username(
                connection, self.account_id, self.host, username, now=self._clock()
            )

    def _end(self, connection: Connection) -> None:
        endings.end(
            connection,
            self.account_id,
            self.host,
            reason=endings.DEAD_TOKEN,
            by="dreambox",
            now=self._clock(),
        )

    def _known(self) -> Connected | None:
        with self._ledger.read() as connection:
            return accounts.connected(connection, self._keyring, self.account_id, self.host)

    def _held(self, connection: Connection) -> Connected:
        held = accounts.connected(connection, self._keyring, self.account_id, self.host)
        if held is None:
            raise StopError(self._absence(connection))
        return held

    def _absence(self, connection: Connection) -> str:
        command = endings.login_command(self.account_id, self.host)
        row = accounts.find(connection, self.account_id, self.host)
        if row is None:
            return (
                f"No TikTok account is connected as `{self.account_id}` ({self.host.label}). `dreambox up` and "
                f"`dreambox demo` connect the sandbox; elsewhere run `{command}`."
            )
        since = f"{row.ended_at:%Y-%m-%d %H:%M} UTC" if row.ended_at else "some time"
        return (
            f"The TikTok account `{self.account_id}` ({row.handle}, {self.host.label}) is not connected any more since "
            f"{since}: {row.ended_reason}. Run `{command}`."
        )


def first(pair: TokenPair, account_id: str, host: Host, seen: Seen | None = None) -> Connected:
    """The connection a new consent makes."""
    return Connected(
        account_id=account_id,
        open_id=pair.open_id,
        access_token=pair.access_token.get_secret_value(),
        refresh_token=pair.refresh_token.get_secret_value(),
        access_expires_at=pair.expires_at,
        refresh_expires_at=pair.refresh_expires_at,
        scopes=tuple(sorted(seen.scopes if seen else pair.scopes)),
        host=host,
        username=seen.username if seen else None,
    )


def renewed(held: Connected, pair: TokenPair) -> Connected:
    """*held* with its new tokens. What the answer leaves out stays as it was.

    The year counts from the first issue (recorded on the Accounts API), so an answer that tells a
    later end is not believed: a warning too early is better than none.

    Raises:
        GarbledAnswer: The tokens are another account's.
    """
    if pair.open_id != held.open_id:
        raise GarbledAnswer(
            f"TikTok renewed the tokens of the account `{held.account_id}` with those of another one. Nothing was "
            f"stored. {GarbledAnswer.advice}",
            may_have_taken_effect=True,
        )
    return replace(
        held,
        access_token=pair.access_token.get_secret_value(),
        refresh_token=pair.refresh_token.get_secret_value(),
        access_expires_at=pair.expires_at,
        refresh_expires_at=_earlier_end(held.refresh_expires_at, pair),
        scopes=tuple(sorted(pair.scopes)) or held.scopes,
    )


def _earlier_end(known: datetime, pair: TokenPair) -> datetime:
    return min(known, pair.refresh_expires_at) if pair.refresh_token_expires_in else known
