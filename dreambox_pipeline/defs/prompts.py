"""Prompts: what the video model is asked, composed from a dream's facts."""

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.composing import Composer, GoneError, summary
from dreambox_pipeline.defs.config import PromptConfig
from dreambox_pipeline.defs.dreams import dream_consents, dream_ranking
from dreambox_pipeline.defs.failures import run_batch, translated
from dreambox_pipeline.defs.work import room_in_reserve
from dreambox_pipeline.safety.moderation import Moderator
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.prompts.writer import PromptWriter
from dreambox_pipeline.storage.ledger import Ledger, prompts, series

GROUP = "prompts"


@dg.asset(
    group_name=GROUP,
    kinds={"python", "sqlite"},
    owners=["team:dreambox"],
    deps=[dream_ranking, dream_consents],
    description=(
        "One video prompt per granted dream: style, scene, camera, light, palette, timed beats, sound, what to "
        "avoid. Composed from the dream's facts, never from the comment's words; worded by a language model "
        "if one is set, within the same facts; screened by our rules and by a moderation model if one is set. "
        "While a series runs, every prompt takes its style and its seed."
    ),
)
def video_prompts(
    context: dg.AssetExecutionContext,
    config: PromptConfig,
    ledger: dg.ResourceParam[Ledger],
    clock: dg.ResourceParam[Clock],
    settings: dg.ResourceParam[Settings],
    prompt_writer: dg.ResourceParam[PromptWriter],
    moderator: dg.ResourceParam[Moderator],
) -> dg.MaterializeResult[None]:
    """Compose a prompt for each granted dream that has none; a named one may get another."""
    composer = Composer(
        ledger,
        writer=prompt_writer,
        moderator=moderator,
        clock=clock,
        duration_s=settings.clip_seconds,
    )
    with translated():
        with ledger.read() as connection:
            current = series.running(connection)
            if config.remake:
                waiting = prompts.granted_dreams(connection, config.ids)
            else:
                waiting = prompts.dreams_without_prompt(connection, ids=config.ids or None)
            # A person who names dreams wants them made, reserve or not.
            room = config.limit if config.ids else min(config.limit, room_in_reserve(connection))
        batch = run_batch(
            waiting[:room],
            composer.compose,
            stage="prompts",
            item_id=str,
            ledger=ledger,
            clock=clock,
            log=context.log.warning,
            ends_at=(GoneError,),
        )
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(batch.done),
            "still_waiting": max(0, len(waiting) - room),
            "failed": len(batch.failed),
            "series": current.name if current else "none",
            **summary(batch.done),
            "preview": previews.table([each.row() for each in batch.done]),
        }
    )
