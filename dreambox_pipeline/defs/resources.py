"""What assets work with: plain objects, opened lazily, made from the settings in one place.

Secrets stay inside these objects, whose `repr` hides them; nothing here is Dagster configuration,
so nothing shows in the launchpad or in a run's config.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dreambox_pipeline.clock import Clock, clock_for
from dreambox_pipeline.defs.batches import LedgerBatches
from dreambox_pipeline.defs.previews import PreviewLinks
from dreambox_pipeline.defs.signing import signer_from
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.generators.registry import Provider, generators_for
from dreambox_pipeline.media.typesetting.fonts import use_fonts
from dreambox_pipeline.safety.moderation import Moderator
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.dreams.engine import TextEngine
from dreambox_pipeline.stages.prompts.writer import PromptWriter
from dreambox_pipeline.stages.videos.generation import VideoGenerator
from dreambox_pipeline.storage.keys import Keyring, load_keyring
from dreambox_pipeline.storage.lake import Lake
from dreambox_pipeline.storage.ledger import Ledger, accounts
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.storage.request_limiter import PATIENCE_S, SharedLimiter
from dreambox_pipeline.storage.warehouse import Warehouse
from dreambox_pipeline.text_engines.batch_store import BatchStore
from dreambox_pipeline.text_engines.embedded import EmbeddedEngine
from dreambox_pipeline.text_engines.moderators import moderator_for
from dreambox_pipeline.text_engines.registry import engine_for, prompt_writer_for
from dreambox_pipeline.text_engines.weights_file import OWN_NAME
from dreambox_pipeline.tiktok.client import AccountsClient
from dreambox_pipeline.tiktok.endpoints import PUBLISH
from dreambox_pipeline.tiktok.limits import (
    APP_QUERIES_PER_SECOND,
    PUBLISHES_PER_MINUTE,
    RequestLimiter,
)
from dreambox_pipeline.tiktok.schemas import TokenPair
from dreambox_pipeline.tiktok.transport import Limits

REFRESH_BEFORE = timedelta(minutes=10)
"""A token this close to its end is exchanged before it is used."""

REFRESH_LIMITS = Limits(read_s=10.0, answer_s=10.0)
"""A refresh holds the ledger's only write transaction, and others wait 30 seconds for theirs."""

GLANCE_LIMITS = Limits(connect_s=3.0, read_s=5.0, answer_s=6.0, budget_s=6.0, attempts=2)
"""A sensor's tick has 60 seconds for all it does; what does not come soon comes at the next tick."""

GLANCE_PATIENCE_S = 5.0
"""How long a sensor waits its turn under TikTok's limits, in the clock's seconds."""

NOBODY = "nobody"
"""Stands for the account in the limits while none is connected."""

STANDSTILL_S = 15.0
"""Real seconds after which a clock that does not move is an error, not patience."""


class TikTokAccount:
    """The connected account: its client, and its tokens kept fresh in the ledger.

    One object is the clients' token source. Refreshing happens inside a write transaction, so
    of two processes one refreshes and the other finds the new pair.

    Attributes:
        client: For runs. Its limits are counted together with every other process's.
        glance: The same for sensors: it gives up after seconds where `client` waits for minutes.
    """

    def __init__(
        self, settings: Settings, *, ledger: Ledger, keyring: Keyring, clock: Clock
    ) -> None:
        self._settings = settings
        self._account_id = settings.account
        self._ledger = ledger
        self._keyring = keyring
        self._clock = clock
        self._sleep = patient_sleep(clock)
        self.client = self._client(limiter=self._limiter(PATIENCE_S))
        self.glance = self._client(GLANCE_LIMITS, limiter=self._limiter(GLANCE_PATIENCE_S))
        # Without the shared limiter: that one writes to the ledger, which a refresh keeps locked.
        self._refresher = self._client(REFRESH_LIMITS)

    def _client(
        self, limits: Limits | None = None, *, limiter: RequestLimiter | None = None
    ) -> AccountsClient:
        return AccountsClient(
            self._settings.tiktok_base_url,
            app_id=self._settings.tiktok_app_id,
            app_secret=self._settings.tiktok_app_secret.get_secret_value(),
            tokens=self,
            now=self._clock,
            sleep=self._sleep,
            limits=limits,
            limiter=limiter,
        )

    def _limiter(self, patience_s: float) -> SharedLimiter:
        return SharedLimiter(
            self._ledger,
            account=self._limited_account,
            per_minute=self._settings.tiktok_queries_per_minute,
            app_per_minute=self._settings.tiktok_app_queries_per_minute,
            # A simulated TikTok counts minutes only, and its second may never end.
            app_per_second=None if self._settings.clock_url else APP_QUERIES_PER_SECOND,
            limits={PUBLISH: PUBLISHES_PER_MINUTE},
            now=self._clock,
            sleep=self._sleep,
            patience_s=patience_s,
        )

    def _limited_account(self) -> str:
        """Whose limits count; connecting is limited too, when there is no account yet."""
        with self._ledger.read() as connection:
            account = accounts.connected(connection, self._keyring, self._account_id)
        return account.open_id if account else NOBODY

    def __repr__(self) -> str:
        return f"TikTokAccount({self._settings.tiktok_base_url!r})"

    def connect(self, auth_code: str) -> str:
        """Exchange an authorization code for tokens, store them and return the business id."""
        pair = self.client.exchange_code(auth_code, self._settings.tiktok_redirect_uri)
        account = self._account_of(pair)
        with self._ledger.write() as connection:
            accounts.store(connection, account, self._keyring, now=self._clock())
        return account.open_id

    def is_connected(self) -> bool:
        """Somebody connected an account before."""
        with self._ledger.read() as connection:
            return accounts.connected(connection, self._keyring, self._account_id) is not None

    def business_id(self) -> str:
        """The account's id in every call."""
        with self._ledger.read() as connection:
            return self._stored(connection).open_id

    def access_token(self) -> str:
        """A token that is valid for some minutes yet."""
        with self._ledger.read() as connection:
            account = self._stored(connection)
        if account.access_expires_at - self._clock() > REFRESH_BEFORE:
            return account.access_token
        return self.refreshed(account.access_token)

    def refreshed(self, rejected: str) -> str:
        """A token other than *rejected*, refreshed at most once among all processes."""
        with self._ledger.write() as connection:
            account = self._stored(connection)
            if account.access_token != rejected:
                return account.access_token
            pair = self._refresher.refresh(account.refresh_token)
            newest = self._account_of(pair)
            accounts.store(connection, newest, self._keyring, now=self._clock())
            return newest.access_token

    def _stored(self, connection: Any) -> accounts.Connected:
        account = accounts.connected(connection, self._keyring, self._account_id)
        if account is None:
            raise StopError(
                "No TikTok account is connected. `dreambox up` and `dreambox demo` connect the sandbox; "
                "for another server run `dreambox connect --auth-code CODE`."
            )
        return account

    def _account_of(self, pair: TokenPair) -> accounts.Connected:
        return accounts.Connected(
            account_id=self._account_id,
            open_id=pair.open_id,
            access_token=pair.access_token.get_secret_value(),
            refresh_token=pair.refresh_token.get_secret_value(),
            access_expires_at=pair.expires_at,
            refresh_expires_at=pair.refresh_expires_at,
            scopes=tuple(sorted(pair.scopes)),
        )


def patient_sleep(clock: Clock) -> Callable[[float], None]:
    """A sleep in *clock*'s seconds: against a fast world it is short.

    Raises:
        StopError: At call time, when the clock stands still.
    """

    def sleep(seconds: float) -> None:
        start = seen = clock()
        moved_at = time.monotonic()
        while (seen - start).total_seconds() < seconds:
            time.sleep(0.05)
            now = clock()
            if now > seen:
                seen, moved_at = now, time.monotonic()
            elif time.monotonic() - moved_at > STANDSTILL_S:
                raise StopError(
                    f"Waiting {seconds:.0f} s, but the clock stands still at {seen.isoformat()}. "
                    "Give the sandbox a speed above 0, or move its clock."
                )

    return sleep


def time_zone(name: str) -> ZoneInfo:
    """The IANA time zone called *name*.

    Raises:
        StopError: There is none of that name.
    """
    try:
        return ZoneInfo(name)
    # A folder of zones, such as `Europe`, is an OSError; `../etc` is a ValueError.
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise StopError(
            f"DREAMBOX_TIME_ZONE is {name!r}, which is no time zone. Set an IANA name, e.g. Europe/Berlin."
        ) from error


def text_engine(
    settings: Settings,
    *,
    batches: BatchStore | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> TextEngine:
    """The text engine the settings name.

    Raises:
        StopError: There is none of that name, or it lacks its key.
    """
    return engine_for(
        settings.text_engine,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        model=settings.openai_model,
        batch_from=settings.openai_batch_from,
        batches=batches,
        embedded=EmbeddedEngine(settings.var_dir / OWN_NAME),
        sleep=sleep,
    )


def prompt_writer(settings: Settings) -> PromptWriter:
    """The writer of prompts the settings name.

    Raises:
        StopError: There is none of that name, or it lacks its key.
    """
    return prompt_writer_for(
        settings.prompt_writer,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        model=settings.openai_model,
    )


def moderator(settings: Settings) -> Moderator:
    """The moderation model the settings name.

    Raises:
        StopError: There is none of that name, or it lacks its key.
    """
    return moderator_for(
        settings.moderation, api_key=settings.openai_api_key, base_url=settings.openai_base_url
    )


def video_generators(settings: Settings) -> tuple[VideoGenerator, ...]:
    """The generators the settings name, in the order in which they are tried.

    Raises:
        StopError: There is none of that name, or it lacks its address, its key or its model.
    """
    work_dir = settings.work_dir
    providers = {
        "synthetic": Provider(work_dir=work_dir),
        "openai_videos": Provider(
            work_dir=work_dir,
            base_url=settings.video_base_url,
            api_key=settings.video_api_key,
            model=settings.video_model,
            price_microusd_per_second=settings.video_price_microusd_per_second,
        ),
        "gemini_omni": Provider(
            work_dir=work_dir,
            base_url=settings.gemini_base_url,
            api_key=settings.gemini_api_key,
            model=settings.gemini_model,
            price_microusd_per_second=settings.gemini_price_microusd_per_second,
        ),
    }
    return generators_for(settings.generator_names, providers)


def resources_from(settings: Settings) -> dict[str, Any]:
    """Every resource, by the name assets ask for it. Opens nothing but the key file."""
    use_fonts(settings.var_dir / "fonts")
    ledger = Ledger(settings.ledger_url)
    lake = Lake(settings.lake_dir)
    clock = clock_for(settings.clock_url)
    keyring = load_keyring(
        settings.secret_key.get_secret_value(), settings.var_dir / "keys" / "secret.key"
    )
    media = MediaStore(settings.media_dir)
    desk_url = f"http://127.0.0.1:{settings.desk_port}/media"
    return {
        "settings": settings,
        "ledger": ledger,
        "lake": lake,
        "media": media,
        "links": PreviewLinks(media, keyring=keyring, clock=clock, desk_url=desk_url),
        "warehouse": Warehouse(settings.warehouse_path, ledger=ledger, lake=lake),
        "clock": clock,
        "sleep": patient_sleep(clock),
        "zone": time_zone(settings.time_zone),
        "keyring": keyring,
        "tiktok": TikTokAccount(settings, ledger=ledger, keyring=keyring, clock=clock),
        "engine": text_engine(
            settings,
            batches=LedgerBatches(ledger, clock=clock),
            sleep=patient_sleep(clock),
        ),
        "generators": video_generators(settings),
        "moderator": moderator(settings),
        "signer": signer_from(settings, clock),
        "prompt_writer": prompt_writer(settings),
    }
