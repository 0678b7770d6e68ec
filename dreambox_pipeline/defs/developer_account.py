"""One account on TikTok's developer host: posting, a second list of its videos, its consent and tokens."""

from collections.abc import Iterable
from functools import cached_property

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.patience import patient_sleep
from dreambox_pipeline.defs.tiktok_account import NOBODY, REFRESH_LIMITS
from dreambox_pipeline.defs.tiktok_tokens import AccountTokens, Seen
from dreambox_pipeline.errors import DreamBoxError, StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.ledger.accounts import Host
from dreambox_pipeline.storage.request_limiter import APP, SharedLimiter
from dreambox_pipeline.tiktok.consent import Consent, ConsentRequest, ask_developer_consent
from dreambox_pipeline.tiktok.developer_oauth import DeveloperTokenEndpoint
from dreambox_pipeline.tiktok.display import DisplayClient
from dreambox_pipeline.tiktok.limits import DISPLAY_QUERIES_PER_MINUTE
from dreambox_pipeline.tiktok.posting import PostingClient
from dreambox_pipeline.tiktok.posting_endpoints import QUERIES_PER_MINUTE
from dreambox_pipeline.tiktok.schemas import TokenPair
from dreambox_pipeline.tiktok.tokens import StaticTokens

DEVELOPER_APP = f"{APP}:{Host.DEVELOPER.value}"
"""Bucket of every request to the developer host; `APP` is that of the Accounts API."""


class DeveloperAccount(AccountTokens):
    """One account on the developer host. One object is the clients' token source.

    Args:
        settings: Address, app and limits.
        ledger: Where tokens and counted requests are.
        keyring: Opens the tokens.
        clock: The time TikTok counts with.
        account_id: Its name here.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        ledger: Ledger,
        keyring: Keyring,
        clock: Clock,
        account_id: str,
    ) -> None:
        super().__init__(
            account_id,
            Host.DEVELOPER,
            ledger=ledger,
            keyring=keyring,
            clock=clock,
            refresher=lambda: self.endpoint,
        )
        self._settings = settings
        self._sleep = patient_sleep(clock)

    @cached_property
    def endpoint(self) -> DeveloperTokenEndpoint:
        """The token endpoint; impatient, because a refresh keeps the ledger locked."""
        return DeveloperTokenEndpoint(
            self._base_url(),
            client_key=self._settings.tiktok_developer_client_key,
            client_secret=self._settings.tiktok_developer_client_secret,
            now=self._clock,
            limits=REFRESH_LIMITS,
        )

    @cached_property
    def posting(self) -> PostingClient:
        """The Content Posting API for this account."""
        return PostingClient(
            self._base_url(),
            tokens=self,
            now=self._clock,
            sleep=self._sleep,
            limiter=self._limiter(),
        )

    @cached_property
    def display(self) -> DisplayClient:
        """The Display API for this account."""
        return DisplayClient(
            self._base_url(),
            tokens=self,
            now=self._clock,
            sleep=self._sleep,
            limiter=self._limiter(),
        )

    @property
    def redirect_uri(self) -> str:
        """Where TikTok sends the person back to."""
        return self._settings.tiktok_developer_redirect_uri

    def ask(self, scopes: Iterable[str]) -> ConsentRequest:
        """The question for the account's owner, with a fresh challenge."""
        self._base_url()
        return ask_developer_consent(
            client_key=self._settings.tiktok_developer_client_key,
            scopes=scopes,
            redirect_uri=self.redirect_uri,
            authorize_url=self._settings.tiktok_authorize_url,
        )

    def exchange(self, consent: Consent, request: ConsentRequest) -> TokenPair:
        """The first tokens of a consent."""
        return self.endpoint.exchange_code(
            consent.code, request.redirect_uri, request.code_verifier
        )

    def look(self, pair: TokenPair) -> Seen:
        """Whose a new pair is and what it may do, as far as TikTok tells."""
        client = DisplayClient(
            self._base_url(),
            tokens=StaticTokens(pair.access_token.get_secret_value(), business_id=pair.open_id),
            now=self._clock,
            sleep=self._sleep,
            limiter=self._limiter(),
        )
        with client:
            try:
                username = client.user(("open_id", "username")).username
            except DreamBoxError as error:
                return Seen(None, pair.scopes, (str(error),))
        return Seen(username, pair.scopes)

    def revoke(self) -> None:
        """End the consent at TikTok."""
        self.endpoint.revoke(self.access_token())

    def _limiter(self) -> SharedLimiter:
        return SharedLimiter(
            self._ledger,
            account=lambda: f"{Host.DEVELOPER.value}:{self.open_id() or NOBODY}",
            per_minute=DISPLAY_QUERIES_PER_MINUTE,
            # 600 per endpoint and app; counted over all endpoints, which is never too many.
            app_per_minute=DISPLAY_QUERIES_PER_MINUTE,
            app_per_second=None,
            app=DEVELOPER_APP,
            limits=QUERIES_PER_MINUTE,
            now=self._clock,
            sleep=self._sleep,
        )

    def _base_url(self) -> str:
        url = self._settings.tiktok_developer_base_url
        if not url:
            raise StopError(
                "DREAMBOX_TIKTOK_DEVELOPER_BASE_URL is empty, so TikTok's developer host is not used, and it is needed "
                "for this. Set it to https://open.tiktokapis.com/v2, or choose another DREAMBOX_POSTING_ROUTE."
            )
        return url
