"""Captions and what goes with them: written before anybody reviews, a reviewer's to change."""

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.config import BatchConfig
from dreambox_pipeline.defs.drafting import Drafter, summary
from dreambox_pipeline.defs.failures import run_batch, translated
from dreambox_pipeline.defs.videos import finished_videos
from dreambox_pipeline.safety.moderation import Moderator
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.caption_writer import CaptionWriter
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.ledger import post_drafts as ledger_drafts
from dreambox_pipeline.storage.media_store import MediaStore

GROUP = "posts"


@dg.asset(
    group_name=GROUP,
    kinds={"python", "sqlite"},
    owners=["team:dreambox"],
    deps=[finished_videos],
    description=(
        "What is said about each finished video: a first line from the dream's facts, worded by a language model if "
        "one is set; credit, disclosure and hashtags added by the program; alternative text and the cover's moment. "
        "Hashtags go by what earlier posts earned. Written once; name a video in ids to have it written again. What a "
        "person changed at the desk is never written over."
    ),
)
def post_drafts(
    context: dg.AssetExecutionContext,
    config: BatchConfig,
    ledger: dg.ResourceParam[Ledger],
    media: dg.ResourceParam[MediaStore],
    clock: dg.ResourceParam[Clock],
    settings: dg.ResourceParam[Settings],
    caption_writer: dg.ResourceParam[CaptionWriter],
    moderator: dg.ResourceParam[Moderator],
) -> dg.MaterializeResult[None]:
    """Write the draft of each video that has none."""
    drafter = Drafter(
        ledger,
        media=media,
        writer=caption_writer,
        moderator=moderator,
        clock=clock,
        language=settings.caption_language,
    )
    with translated():
        with ledger.read() as connection:
            waiting = ledger_drafts.without_draft(connection, ids=config.ids or None)
        batch = run_batch(
            waiting[: config.limit],
            drafter.write,
            stage="post_drafts",
            item_id=str,
            ledger=ledger,
            clock=clock,
            log=context.log.warning,
        )
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(batch.done),
            "still_waiting": max(0, len(waiting) - config.limit),
            "failed": len(batch.failed),
            **summary(batch.done),
            "preview": previews.table([each.row() for each in batch.done]),
        }
    )
