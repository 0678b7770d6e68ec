"""One account on the Accounts API: its clients, its consent, and its tokens kept fresh in the ledger."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.patience import patient_sleep
from dreambox_pipeline.defs.tiktok_tokens import AccountTokens, Seen
from dreambox_pipeline.errors import DreamBoxError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.ledger.accounts import Host
from dreambox_pipeline.storage.request_limiter import PATIENCE_S, SharedLimiter
from dreambox_pipeline.tiktok.client import AccountsClient
from dreambox_pipeline.tiktok.consent import Consent, ConsentRequest, ask_accounts_consent
from dreambox_pipeline.tiktok.endpoints import PUBLISH
from dreambox_pipeline.tiktok.limits import (
    APP_QUERIES_PER_SECOND,
    PUBLISHES_PER_MINUTE,
    RequestLimiter,
)
from dreambox_pipeline.tiktok.schemas import TokenPair
from dreambox_pipeline.tiktok.tokens import StaticTokens, TokenSource
from dreambox_pipeline.tiktok.transport import Limits

REFRESH_LIMITS = Limits(read_s=10.0, answer_s=10.0)
"""A refresh holds the ledger's only write transaction, and others wait 30 seconds for theirs."""

GLANCE_LIMITS = Limits(connect_s=3.0, read_s=5.0, answer_s=6.0, budget_s=6.0, attempts=2)
"""A sensor's tick has 60 seconds for all it does; what does not come soon comes at the next tick."""

GLANCE_PATIENCE_S = 5.0
"""How long a sensor waits its turn under TikTok's limits, in the clock's seconds."""

NOBODY = "nobody"
"""Stands for the account in the limits while none is connected."""


class TikTokAccount(AccountTokens):
    """One account on the Accounts API. One object is the clients' token source.

    Args:
        settings: Address, app and limits.
        ledger: Where tokens and counted requests are.
        keyring: Opens the tokens.
        clock: The time TikTok counts with.
        account_id: Its name here; by default the one in the settings.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        ledger: Ledger,
        keyring: Keyring,
        clock: Clock,
        account_id: str | None = None,
    ) -> None:
        super().__init__(
            account_id or settings.account,
            Host.ACCOUNTS,
            ledger=ledger,
            keyring=keyring,
            clock=clock,
            refresher=lambda: self._refreshing,
        )
        self._settings = settings
        self._sleep = patient_sleep(clock)

    def __repr__(self) -> str:
        return f"TikTokAccount({self.account_id!r}, {self._settings.tiktok_base_url!r})"

    @cached_property
    def client(self) -> AccountsClient:
        """For runs. Its limits are counted together with every other process's."""
        return self._client(limiter=self._limiter(PATIENCE_S))

    @cached_property
    def glance(self) -> AccountsClient:
        """The same for sensors: it gives up after seconds where `client` waits for minutes."""
        return self._client(GLANCE_LIMITS, limiter=self._limiter(GLANCE_PATIENCE_S))

    @cached_property
    def _refreshing(self) -> AccountsClient:
        # Without the shared limiter: that one writes to the ledger, which a refresh keeps locked.
        return self._client(REFRESH_LIMITS)

    @property
    def redirect_uri(self) -> str:
        """Where TikTok sends the person back to."""
        return self._settings.tiktok_redirect_uri

    def connect(self, auth_code: str) -> str:
        """Exchange an authorization code for tokens, store them and return the business id."""
        return self.keep(self.client.exchange_code(auth_code, self.redirect_uri)).open_id

    def ask(self, scopes: Iterable[str]) -> ConsentRequest:
        """The question for the account's owner."""
        return ask_accounts_consent(
            app_id=self._settings.tiktok_app_id,
            scopes=scopes,
            redirect_uri=self.redirect_uri,
            authorize_url=self._settings.tiktok_authorize_url,
        )

    def exchange(self, consent: Consent, request: ConsentRequest) -> TokenPair:
        """The first tokens of a consent."""
        return self.client.exchange_code(consent.code.get_secret_value(), request.redirect_uri)

    def look(self, pair: TokenPair) -> Seen:
        """Whose a new pair is and what it may do, as far as TikTok tells."""
        token = pair.access_token.get_secret_value()
        client = self._client(
            limiter=self._limiter(PATIENCE_S),
            tokens=StaticTokens(token, business_id=pair.open_id),
        )
        yesterday = self._clock().date() - timedelta(days=1)
        scopes, username, trouble = None, None, []
        with client:
            try:
                scopes = client.token_info().scopes
                username = client.profile(yesterday, yesterday, fields=("username",)).username
            except DreamBoxError as error:
                trouble.append(str(error))
        return Seen(username, scopes or pair.scopes, tuple(trouble))

    def revoke(self) -> None:
        """End the consent at TikTok."""
        self.client.revoke()

    def _client(
        self,
        limits: Limits | None = None,
        *,
        limiter: RequestLimiter | None = None,
        tokens: TokenSource | None = None,
    ) -> AccountsClient:
        return AccountsClient(
            self._settings.tiktok_base_url,
            app_id=self._settings.tiktok_app_id,
            app_secret=self._settings.tiktok_app_secret,
            tokens=tokens or self,
            now=self._clock,
            sleep=self._sleep,
            limits=limits,
            limiter=limiter,
        )

    def _limiter(self, patience_s: float) -> SharedLimiter:
        return SharedLimiter(
            self._ledger,
            # Connecting is limited too, when there is no account yet.
            account=lambda: self.open_id() or NOBODY,
            per_minute=self._settings.tiktok_queries_per_minute,
            app_per_minute=self._settings.tiktok_app_queries_per_minute,
            # A simulated TikTok counts minutes only, and its second may never end.
            app_per_second=None if self._settings.clock_url else APP_QUERIES_PER_SECOND,
            limits={PUBLISH: PUBLISHES_PER_MINUTE},
            now=self._clock,
            sleep=self._sleep,
            patience_s=patience_s,
        )
