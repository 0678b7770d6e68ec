"""What one of several processes does when its access token was rejected; run by tests."""

from dreambox_pipeline.clock import clock_for
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger


def refresh_token(url: str, key: str, base_url: str, clock_url: str, rejected: str) -> str:
    """Ask for a token other than *rejected*, which this process believes to be the newest."""
    settings = Settings(tiktok_base_url=base_url, clock_url=clock_url)
    ledger = Ledger(url)
    account = TikTokAccount(
        settings, ledger=ledger, keyring=Keyring(key), clock=clock_for(clock_url)
    )
    token = account.refreshed(rejected)
    ledger.close()
    return token
