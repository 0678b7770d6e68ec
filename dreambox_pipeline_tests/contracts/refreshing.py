"""What one of several processes does when its access token was rejected; run by tests."""

from dreambox_pipeline.clock import clock_for
from dreambox_pipeline.defs.tiktok_accounts import TikTokAccounts
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.ledger.accounts import Host


def settings_for(info: dict[str, str]) -> Settings:
    """Everything at the sandbox that said *info*."""
    return Settings(
        tiktok_base_url=info["tiktok_base_url"],
        tiktok_developer_base_url=info["tiktok_developer_base_url"],
        clock_url=info["clock_url"],
    )


def refresh_token(
    url: str, key: str, info: dict[str, str], whose: tuple[str, str], rejected: str
) -> str:
    """Ask for a token other than *rejected*, which this process believes to be the newest."""
    settings = settings_for(info)
    ledger = Ledger(url)
    tiktok = TikTokAccounts(
        settings, ledger=ledger, keyring=Keyring(key), clock=clock_for(settings.clock_url)
    )
    account_id, host = whose
    token = tiktok.on(Host(host), account_id).refreshed(rejected)
    ledger.close()
    return token
