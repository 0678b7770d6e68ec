"""Prompts: what the video model is asked, composed from a dream's facts."""

import hashlib
import random

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.config import BatchConfig
from dreambox_pipeline.defs.dreams import dream_consents, dream_ranking
from dreambox_pipeline.defs.failures import run_batch, translated
from dreambox_pipeline.defs.work import room_in_reserve
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.safety.screening import screen
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.prompts.composition import (
    TEMPLATE_VERSION,
    choose_style,
    compose_prompt,
    prompt_id_for,
)
from dreambox_pipeline.stages.prompts.model import StylePolicy
from dreambox_pipeline.stages.prompts.rendering import to_prose
from dreambox_pipeline.storage.ledger import Ledger, policies, prompts
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams

GROUP = "prompts"


@dg.asset(
    group_name=GROUP,
    kinds={"python", "sqlite"},
    owners=["team:dreambox"],
    deps=[dream_ranking, dream_consents],
    description=(
        "One video prompt per granted dream: style, scene, camera, light, palette, timed beats. Composed "
        "from the dream's facts, never from the comment's words, and screened after composition."
    ),
)
def video_prompts(
    context: dg.AssetExecutionContext,
    config: BatchConfig,
    ledger: dg.ResourceParam[Ledger],
    clock: dg.ResourceParam[Clock],
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult[None]:
    """Compose a prompt for each granted dream that has none."""

    def compose(dream_id: str) -> dict[str, object]:
        with ledger.write() as connection:
            report = ledger_dreams.report(connection, dream_id)
            if report is None:
                raise ItemError(
                    f"{dream_id} is not in the ledger. Run dream_reports for its day again."
                )
            policy = policies.newest(connection, StylePolicy)
            # The dream's own id seeds the dice: the same dream under the same policy gets the same style.
            style = choose_style(policy, report, random.Random(f"{dream_id}:{policy.version}"))
            seed = int.from_bytes(hashlib.sha256(dream_id.encode()).digest()[:4])
            prompt = compose_prompt(
                report, style=style, seed=seed, duration_s=settings.clip_seconds
            )
            prose = to_prose(prompt)
            row = prompts.PromptRow(
                prompt_id_for(dream_id, style.style_id, TEMPLATE_VERSION),
                dream_id,
                style.style_id,
                prompt,
            )
            # Without the avoid list: "no weapons" would otherwise read as weapons.
            verdict = screen(to_prose(prompt, says_avoid=False), lang="en")
            prompts.save(
                connection,
                row,
                template_version=TEMPLATE_VERSION,
                policy_version=policy.version,
                prose=prose,
                screening=verdict,
                now=clock(),
            )
        return {
            "prompt": row.prompt_id,
            "title": prompt.title,
            "style": style.style_id,
            "setting": prompt.setting.value,
            "motifs": ", ".join(prompt.motifs),
            "screening": verdict.action.value,
        }

    with translated():
        with ledger.read() as connection:
            waiting = prompts.dreams_without_prompt(connection, ids=config.ids or None)
            # A person who names dreams wants them made, reserve or not.
            room = config.limit if config.ids else min(config.limit, room_in_reserve(connection))
        batch = run_batch(
            waiting[:room],
            compose,
            stage="prompts",
            item_id=str,
            ledger=ledger,
            clock=clock,
            log=context.log.warning,
        )
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(batch.done),
            "still_waiting": max(0, len(waiting) - room),
            "failed": len(batch.failed),
            "preview": previews.table(batch.done),
        }
    )
