"""Prompts: what the video model is asked, composed from a dream's facts."""

import hashlib
import random
from datetime import datetime

import dagster as dg
from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.config import PromptConfig
from dreambox_pipeline.defs.dreams import dream_consents, dream_ranking
from dreambox_pipeline.defs.failures import run_batch, translated
from dreambox_pipeline.defs.work import room_in_reserve
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.safety.screening import screen
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.dreams.model import DreamReport
from dreambox_pipeline.stages.prompts.composition import (
    TEMPLATE_VERSION,
    choose_style,
    compose_prompt,
    prompt_id_for,
)
from dreambox_pipeline.stages.prompts.model import StylePolicy
from dreambox_pipeline.stages.prompts.rendering import to_prose
from dreambox_pipeline.stages.prompts.styles import Style
from dreambox_pipeline.storage.ledger import Ledger, policies, prompts
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams

GROUP = "prompts"
MAX_DRAWS = 100
"""Enough for a style with a few per cent of the odds to come up."""


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
    config: PromptConfig,
    ledger: dg.ResourceParam[Ledger],
    clock: dg.ResourceParam[Clock],
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult[None]:
    """Compose a prompt for each granted dream that has none; a named one may get another."""

    def compose(dream_id: str) -> dict[str, object]:
        with ledger.write() as connection:
            return _compose(connection, dream_id, duration_s=settings.clip_seconds, now=clock())

    with translated():
        with ledger.read() as connection:
            if config.remake:
                waiting = prompts.granted_dreams(connection, config.ids)
            else:
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


def _compose(
    connection: Connection, dream_id: str, *, duration_s: float, now: datetime
) -> dict[str, object]:
    report = ledger_dreams.report(connection, dream_id)
    if report is None:
        raise ItemError(f"{dream_id} is not in the ledger. Run dream_reports for its day again.")
    policy = policies.newest(connection, StylePolicy)
    style = _style(report, policy, used=prompts.styles_of(connection, dream_id))
    seed = int.from_bytes(hashlib.sha256(dream_id.encode()).digest()[:4])
    prompt = compose_prompt(report, style=style, seed=seed, duration_s=duration_s)
    row = prompts.PromptRow(
        prompt_id_for(dream_id, style.style_id, TEMPLATE_VERSION), dream_id, style.style_id, prompt
    )
    # Without the avoid list: "no weapons" would otherwise read as weapons.
    verdict = screen(to_prose(prompt, says_avoid=False), lang="en")
    prompts.save(
        connection,
        row,
        template_version=TEMPLATE_VERSION,
        policy_version=policy.version,
        prose=to_prose(prompt),
        screening=verdict,
        now=now,
    )
    return {
        "prompt": row.prompt_id,
        "title": prompt.title,
        "style": style.style_id,
        "setting": prompt.setting.value,
        "motifs": ", ".join(prompt.motifs),
        "screening": verdict.action.value,
    }


def _style(report: DreamReport, policy: StylePolicy, *, used: set[str]) -> Style:
    """A style that this dream was not made in yet.

    The dream's own id seeds the dice: the same dream under the same policy gets the same style.
    """
    rng = random.Random(f"{report.dream_id}:{policy.version}")
    draws = (choose_style(policy, report, rng) for _ in range(MAX_DRAWS))
    style = next((style for style in draws if style.style_id not in used), None)
    if style is None:
        raise ItemError(
            f"{report.dream_id} was made in {', '.join(sorted(used))}, and no other style came up in "
            f"{MAX_DRAWS} draws. Approve one of its videos, or leave it."
        )
    return style
