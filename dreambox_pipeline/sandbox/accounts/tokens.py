"""Authorization: codes, access tokens of a day, refresh tokens that change with every use.

The refresh year counts from the first issue and is not restarted by refreshing. Everything
lives on the sandbox's clock. Both hosts use this store; only their answers look different.
"""

from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any

from dreambox_pipeline.sandbox.world.world import World

ACCESS_LIFETIME_S = 86_400
REFRESH_LIFETIME_S = 31_536_000
CODE_LIFETIME_S = 600
ACCOUNTS, DEVELOPER = "accounts", "developer"
"""The two hosts."""
DEVELOPER_REVOKED = 5
"""Why an authorization ended: 0 unknown, 1 the person, 2 account deleted, 3 age, 4 banned, 5 the app."""
SCOPES = (
    "user.info.basic", "user.info.username", "user.info.stats", "user.info.profile",
    "user.account.type", "user.insights", "video.list", "video.insights", "comment.list",
    "comment.list.manage", "video.publish", "video.upload",
)  # fmt: skip


class TokenError(Exception):
    """A credential that is not accepted; *reason* says which rule refused it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Removal:
    """An authorization that ended at *at* (Unix seconds) for TikTok's *reason*, at one host."""

    at: int
    reason: int
    open_id: str
    host: str


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A freshly issued pair with remaining lifetimes in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int
    open_id: str
    scope: str


class TokenStore:
    """Codes and tokens of the accounts, kept in the state file.

    Attributes:
        developer_secret: Of the app on the developer host; the same one until it is switched.
    """

    def __init__(self, world: World, *, app_id: str, app_secret: str) -> None:
        self._world = world
        self._state = world.state
        self.app_id = app_id
        self.app_secret = app_secret
        self.developer_secret = app_secret

    @property
    def signed_in(self) -> str:
        """Open id of whoever the browser on the consent page is."""
        return self._world.accounts.signed_in

    def accepts_app(self, app_id: str, secret: str) -> bool:
        """Whether id and secret are the app's at the Accounts API."""
        return (app_id, secret) == (self.app_id, self.app_secret)

    def accepts_developer_app(self, client_key: str, secret: str) -> bool:
        """Whether key and secret are the app's on the developer host."""
        return (client_key, secret) == (self.app_id, self.developer_secret)

    def new_code(
        self,
        *,
        scopes: tuple[str, ...] = SCOPES,
        challenge: str = "",
        redirect_uri: str = "",
        open_id: str | None = None,
    ) -> str:
        """A single-use code, good for ten minutes of whoever waits for the person to copy it.

        Ten simulated minutes would be five seconds at the usual speed, so the speed counts in.
        Only *scopes* are granted. With a *challenge* the exchange needs its verifier, with a
        *redirect_uri* the same one; such a code holds `*` and `!`, as the platform's do. Without
        an *open_id* it is the main account's.
        """
        number = len(self._state.all("auth_code"))
        code = self._secret("code", number, 32)
        lifetime = CODE_LIFETIME_S * max(1.0, self._world.clock.speed)
        expires = self._world.now + int(lifetime)
        code += "*0!4321.eu" if redirect_uri else ""
        document = {
            "expires_at": expires,
            "used": False,
            "scope": ",".join(scopes),
            "challenge": challenge,
            "redirect_uri": redirect_uri,
            "open_id": open_id or self._world.business_id,
        }
        self._state.put("auth_code", code, document)
        return code

    def is_live(self, code: str) -> bool:
        """Whether *code* can still be exchanged."""
        known = self._state.get("auth_code", code)
        return known is not None and not known["used"] and known["expires_at"] > self._world.now

    def exchange(
        self, code: str, *, redirect_uri: str = "", verifier: str = "", host: str = ACCOUNTS
    ) -> TokenPair:
        """Turns a code into the first pair of a grant at *host*.

        Raises:
            TokenError: `code` when it is unknown, used, too old, or bound to something else.
        """
        known = self._state.get("auth_code", code)
        if known is None or not self.is_live(code):
            raise TokenError("code")
        self._state.put("auth_code", code, {**known, "used": True})
        if known.get("redirect_uri") and known["redirect_uri"] != redirect_uri:
            raise TokenError("code")
        # The platform's challenge is the hexadecimal digest; base64url fails here, and only here.
        if known.get("challenge") and sha256(verifier.encode()).hexdigest() != known["challenge"]:
            raise TokenError("code")
        grant_id = f"grant-{len(self._state.all('grant'))}"
        grant = {
            "first_issued_at": self._world.now,
            "revoked": False,
            "scope": _scope(known),
            "open_id": known.get("open_id", self._world.business_id),
            "host": host,
        }
        return self._issue(grant_id, grant)

    def refresh(self, refresh_token: str) -> TokenPair:
        """Replaces a refresh token by a new pair; the old one is dead from now on.

        Raises:
            TokenError: `refresh_invalid` when it is unknown or replaced, `refresh_expired`
                when the year since the first consent is over.
        """
        for grant_id, grant in self._state.all("grant"):
            if grant["refresh_token"] == refresh_token and not grant["revoked"]:
                if self._refresh_remaining(grant) <= 0:
                    raise TokenError("refresh_expired")
                return self._issue(grant_id, grant)
        raise TokenError("refresh_invalid")

    def check(self, access_token: str) -> str:
        """The granted scopes of a live token, comma separated.

        Raises:
            TokenError: `empty`, `invalid` or `expired`.
        """
        return _scope(self._live(access_token))

    def holder(self, access_token: str) -> str:
        """Open id of the account whose live token it is.

        Raises:
            TokenError: As `check`.
        """
        return str(self._live(access_token).get("open_id", self._world.business_id))

    def _live(self, access_token: str) -> dict[str, Any]:
        if not access_token:
            raise TokenError("empty")
        known = self._state.get("access", access_token)
        grant = self._state.get("grant", known["grant"]) if known else None
        if known is None or grant is None or grant["revoked"]:
            raise TokenError("invalid")
        if known["expires_at"] <= self._world.now:
            raise TokenError("expired")
        return grant

    def revoke(self, access_token: str) -> None:
        """Ends the grant of *access_token* with all its tokens.

        Raises:
            TokenError: As `check`.
        """
        self.check(access_token)
        known = self._state.get("access", access_token)
        assert known is not None  # noqa: S101 - `check` just found it
        grant = self._state.get("grant", known["grant"])
        assert grant is not None  # noqa: S101 - likewise
        self._end(known["grant"], grant, DEVELOPER_REVOKED)

    def disconnect(self, open_id: str, *, reason: int, host: str | None = None) -> int:
        """Ends every grant of an account, at one host or at both, and returns how many it were."""
        live = [
            (grant_id, grant)
            for grant_id, grant in self._state.all("grant")
            if not grant["revoked"]
            and grant.get("open_id", self._world.business_id) == open_id
            and host in (None, grant.get("host", ACCOUNTS))
        ]
        for grant_id, grant in live:
            self._end(grant_id, grant, reason)
        return len(live)

    def removals(self) -> set[Removal]:
        """The authorizations that ended before their time."""
        return {
            Removal(
                int(grant["revoked_at"]),
                int(grant.get("reason", DEVELOPER_REVOKED)),
                str(grant.get("open_id", self._world.business_id)),
                str(grant.get("host", ACCOUNTS)),
            )
            for _, grant in self._state.all("grant")
            if grant["revoked"]
        }

    def _end(self, grant_id: str, grant: dict[str, Any], reason: int) -> None:
        ended = {"revoked": True, "revoked_at": self._world.now, "reason": reason}
        self._state.put("grant", grant_id, grant | ended)

    def _issue(self, grant_id: str, grant: dict[str, Any]) -> TokenPair:
        number = len(self._state.all("access"))
        access, refresh = self._secret("act", number, 48), self._secret("rft", number, 48)
        self._state.put("grant", grant_id, {**grant, "refresh_token": refresh})
        expires_at = self._world.now + ACCESS_LIFETIME_S
        self._state.put("access", access, {"grant": grant_id, "expires_at": expires_at})
        return TokenPair(
            access_token=access,
            refresh_token=refresh,
            expires_in=ACCESS_LIFETIME_S,
            refresh_expires_in=self._refresh_remaining(grant),
            open_id=grant.get("open_id", self._world.business_id),
            scope=_scope(grant),
        )

    def _refresh_remaining(self, grant: dict[str, Any]) -> int:
        return int(grant["first_issued_at"]) + REFRESH_LIFETIME_S - self._world.now

    def _secret(self, kind: str, number: int, length: int) -> str:
        name = f"{self._world.seed}:{kind}:{number}".encode()
        noise = blake2b(name, digest_size=length // 2).hexdigest()
        return f"{kind}.{noise}" if kind != "code" else noise


def _scope(known: dict[str, Any]) -> str:
    """What was granted; everything in state files from before subsets could be."""
    return str(known.get("scope", ",".join(SCOPES)))
