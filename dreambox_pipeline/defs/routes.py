"""Which publisher posts for which account by which route, made from the settings."""

from collections.abc import Iterable
from datetime import datetime

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.tiktok_accounts import TikTokAccounts
from dreambox_pipeline.desk.media import signed_media_url
from dreambox_pipeline.publishers.accounts_api import AccountsApiPublisher
from dreambox_pipeline.publishers.content_posting import ContentPostingPublisher
from dreambox_pipeline.publishers.inbox_draft import InboxDraftPublisher
from dreambox_pipeline.publishers.listing import (
    Listing,
    accounts_listing,
    display_listing,
    no_listing,
)
from dreambox_pipeline.publishers.manual_kit import ManualKitPublisher
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import Route
from dreambox_pipeline.stages.posts.outcomes import ListedVideo
from dreambox_pipeline.stages.posts.publisher import Publisher
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger, publications

URL_VALID_S = 2 * 3600.0
"""TikTok may fetch for up to an hour after it was asked; twice that leaves room."""


class Routes:
    """Every account's publishers, each made when it is first asked for; see `PublisherSource`.

    Args:
        settings: Addresses and folders.
        accounts: The clients of both of TikTok's hosts.
        ledger: Tells which page shows a publication.
        keyring: Signs the addresses that TikTok fetches from.
        clock: The time that signed addresses and kits carry.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        accounts: TikTokAccounts,
        ledger: Ledger,
        keyring: Keyring,
        clock: Clock,
    ) -> None:
        self._settings, self._accounts = settings, accounts
        self._ledger, self._keyring, self._clock = ledger, keyring, clock
        self._made: dict[tuple[str, Route], Publisher] = {}

    def __repr__(self) -> str:
        return f"Routes({self._accounts!r})"

    def of(self, account_id: str, route: Route) -> Publisher:
        """The publisher of one account by one route. Nothing is asked of TikTok yet.

        Raises:
            StopError: The route is not set up; the message says what is missing.
        """
        if (account_id, route) not in self._made:
            self._made[account_id, route] = self._make(account_id, route)
        return self._made[account_id, route]

    def _make(self, account_id: str, route: Route) -> Publisher:
        listing = self._listing_of(account_id)
        match route:
            case Route.ACCOUNTS_API:
                client = self._accounts.accounts_client(account_id)
                return AccountsApiPublisher(client, address_of=self._address_of)
            case Route.CONTENT_POSTING:
                posting = self._accounts.posting_client(account_id)
                return ContentPostingPublisher(posting, listing=listing)
            case Route.INBOX_DRAFT:
                posting = self._accounts.posting_client(account_id)
                granted = self._accounts.developer(account_id).scopes
                return InboxDraftPublisher(posting, granted=granted, listing=listing)
            case Route.MANUAL_KIT:
                return ManualKitPublisher(
                    self._settings.kits_dir,
                    now=self._clock,
                    page_of=self._page_of,
                    listing=listing,
                )

    def _listing_of(self, account_id: str) -> Listing:
        """The account's videos by whichever host is connected when they are asked for."""

        def listed(since: datetime) -> Iterable[ListedVideo]:
            # First where captions are whole.
            if self._accounts.account(account_id).is_connected():
                return accounts_listing(self._accounts.accounts_client(account_id))(since)
            display = self._accounts.display_client(account_id)
            return (no_listing if display is None else display_listing(display))(since)

        return listed

    def _address_of(self, content_hash: str) -> str:
        return signed_media_url(
            self._settings.media_base_url,
            f"{content_hash}.mp4",
            keyring=self._keyring,
            now=self._clock(),
            valid_s=URL_VALID_S,
        )

    def _page_of(self, publication_id: str) -> str:
        with self._ledger.read() as connection:
            row = publications.get(connection, publication_id)
        return f"http://127.0.0.1:{self._settings.desk_port}/videos/{row.render_id}" if row else ""
