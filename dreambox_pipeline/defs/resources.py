"""What assets work with: plain objects, opened lazily, made from the settings in one place.

Secrets stay inside these objects, whose `repr` hides them; nothing here is Dagster configuration,
so nothing shows in the launchpad or in a run's config.
"""

import time
from collections.abc import Callable
from typing import Any

from dreambox_pipeline.clock import clock_for, time_zone
from dreambox_pipeline.defs.batches import LedgerBatches
from dreambox_pipeline.defs.patience import patient_sleep
from dreambox_pipeline.defs.previews import PreviewLinks
from dreambox_pipeline.defs.routes import Routes
from dreambox_pipeline.defs.signing import signer_from
from dreambox_pipeline.defs.tiktok_accounts import TikTokAccount, TikTokAccounts
from dreambox_pipeline.generators.registry import Provider, generators_for
from dreambox_pipeline.media.typesetting.fonts import use_fonts
from dreambox_pipeline.safety.moderation import Moderator
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.dreams.engine import TextEngine
from dreambox_pipeline.stages.posts.caption_writer import CaptionWriter
from dreambox_pipeline.stages.prompts.writer import PromptWriter
from dreambox_pipeline.stages.videos.generation import VideoGenerator
from dreambox_pipeline.storage.keys import load_keyring
from dreambox_pipeline.storage.lake import Lake
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.storage.warehouse import Warehouse
from dreambox_pipeline.text_engines.batch_store import BatchStore
from dreambox_pipeline.text_engines.embedded import EmbeddedEngine
from dreambox_pipeline.text_engines.moderators import moderator_for
from dreambox_pipeline.text_engines.registry import (
    caption_writer_for,
    engine_for,
    prompt_writer_for,
)
from dreambox_pipeline.text_engines.weights_file import OWN_NAME

__all__ = ["TikTokAccount", "patient_sleep", "resources_from"]


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


def caption_writer(settings: Settings) -> CaptionWriter:
    """The writer of captions the settings name.

    Raises:
        StopError: There is none of that name, or it lacks its key.
    """
    return caption_writer_for(
        settings.caption_writer,
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
    tiktok = TikTokAccounts(settings, ledger=ledger, keyring=keyring, clock=clock)
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
        "tiktok": tiktok.account(settings.account),
        "tiktok_accounts": tiktok,
        "publishers": Routes(
            settings, accounts=tiktok, ledger=ledger, keyring=keyring, clock=clock
        ),
        "engine": text_engine(
            settings,
            batches=LedgerBatches(ledger, clock=clock),
            sleep=patient_sleep(clock),
        ),
        "generators": video_generators(settings),
        "moderator": moderator(settings),
        "signer": signer_from(settings, clock),
        "prompt_writer": prompt_writer(settings),
        "caption_writer": caption_writer(settings),
    }
