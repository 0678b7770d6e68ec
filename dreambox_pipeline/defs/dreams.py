"""Dreams: found in comments, ranked, and their dreamers asked for consent."""

from collections import Counter

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.comments import (
    BACKFILL_MAX_S,
    DAYS_IN_A_NORMAL_RUN,
    MAX_RUNTIME_TAG,
    comments,
)
from dreambox_pipeline.defs.config import BatchConfig
from dreambox_pipeline.defs.consent import read_answers
from dreambox_pipeline.defs.failures import SHORT_PATIENCE_S, translated
from dreambox_pipeline.defs.partitions import DAILY, SINGLE_RUN, days_of
from dreambox_pipeline.defs.questions import ask_dreamers, room_for_questions
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.defs.understanding import Understanding
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.dreams.duplicates import COPIED, OWN
from dreambox_pipeline.stages.dreams.engine import TextEngine
from dreambox_pipeline.stages.dreams.model import DreamReport, SelectionPolicy
from dreambox_pipeline.stages.dreams.ranking import rank_dreams
from dreambox_pipeline.storage.erasure import Eraser
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.lake import Lake
from dreambox_pipeline.storage.ledger import (
    Ledger,
    policies,
    tasks,
)
from dreambox_pipeline.storage.ledger import (
    dreams as ledger_dreams,
)
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.storage.warehouse import Warehouse

GROUP = "dreams"
MAX_FAILURE_RATE = 0.02
"""Above this share of unreadable comments something is broken, not unlucky."""

SHOWN = 10
"""Rows in a preview of the ranking."""


@dg.asset(
    group_name=GROUP,
    kinds={"python", "sqlite"},
    owners=["team:dreambox"],
    partitions_def=DAILY,
    backfill_policy=SINGLE_RUN,
    deps=[comments],
    description=(
        "Dreams found in the day's comments: detected with reasons, personal data redacted, "
        "screened, and structured into setting, motifs, roles, actions and mood."
    ),
)
def dream_reports(
    context: dg.AssetExecutionContext,
    engine: dg.ResourceParam[TextEngine],
    lake: dg.ResourceParam[Lake],
    ledger: dg.ResourceParam[Ledger],
    clock: dg.ResourceParam[Clock],
) -> dg.MaterializeResult[None]:
    """Read the days' comments with the text engine and store the dreams."""
    days = days_of(context)
    patience_s = SHORT_PATIENCE_S
    if len(days) > DAYS_IN_A_NORMAL_RUN:
        # `dagster.yaml` ends runs after half an hour; a language model may need longer for years.
        context.instance.add_run_tags(context.run_id, {MAX_RUNTIME_TAG: str(BACKFILL_MAX_S)})
        patience_s = BACKFILL_MAX_S
    with translated(patience_s=patience_s):
        tally = Understanding(engine, lake=lake, ledger=ledger, clock=clock).read(days)
    for day in days:
        context.add_asset_metadata(
            {"dagster/partition_row_count": tally.by_day[day]},
            asset_key="dream_reports",
            partition_key=day.isoformat(),
        )
    return dg.MaterializeResult(
        metadata={
            "dreams": tally.dreams,
            "comments_read": tally.comments,
            "left_alone": tally.left_alone,
            "new": tally.new,
            "blocked": tally.by_verdict["block"],
            "for_review": tally.by_verdict["review"],
            "needs_review": tally.needs_review,
            "in_context": tally.in_context,
            "told_again": tally.by_repeat[OWN],
            "copied": tally.by_repeat[COPIED],
            "failed": tally.failed,
            "engine": f"{engine.name} ({engine.version})",
            "engines_used": dict(tally.by_engine),
            "fallbacks": tally.fallbacks(engine),
            "preview": previews.table([_preview(report) for report in tally.first]),
        }
    )


@dg.asset_check(
    asset=dream_reports,
    blocking=True,
    description=f"At most {MAX_FAILURE_RATE:.0%} of the comments in the newest run could not be read.",
)
def comments_could_be_read(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Judge the counts that the last materialization reported."""
    event = context.instance.get_latest_materialization_event(dream_reports.key)
    metadata = event.asset_materialization.metadata if event and event.asset_materialization else {}
    read = int(str(metadata["comments_read"].value)) if "comments_read" in metadata else 0
    failed = int(str(metadata["failed"].value)) if "failed" in metadata else 0
    rate = failed / read if read else 0.0
    return dg.AssetCheckResult(
        passed=rate <= MAX_FAILURE_RATE,
        metadata={"read": read, "failed": failed, "failure_rate": rate},
    )


@dg.asset(
    group_name=GROUP,
    kinds={"python", "sqlite"},
    owners=["team:dreambox"],
    deps=[dream_reports],
    description=(
        "Dreams that may become a video, best first, each with its score's parts and a sentence that "
        "says why. Weights come from the stored selection policy."
    ),
)
def dream_ranking(
    ledger: dg.ResourceParam[Ledger], clock: dg.ResourceParam[Clock]
) -> dg.MaterializeResult[None]:
    """Rank all dreams that are still open."""
    now = clock()
    with translated(), ledger.write() as connection:
        policy = policies.newest(connection, SelectionPolicy)
        recent = ledger_dreams.recent_facts(connection)
        ranked = rank_dreams(
            ledger_dreams.rankable(connection),
            policy=policy,
            now=now,
            recent_motifs=Counter(motif.value for facts in recent for motif in facts.motifs),
            recent_settings=Counter(facts.setting.value for facts in recent),
            dreams_made_per_author=ledger_dreams.made_per_author(connection),
        )
        ledger_dreams.save_ranking(connection, ranked, policy_version=policy.version, now=now)
    rows = [
        {
            "rank": dream.rank,
            "dream": dream.dream_id,
            "score": dream.score,
            **dream.parts,
            "why": dream.why,
        }
        for dream in ranked[:SHOWN]
    ]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(ranked),
            "policy_version": policy.version,
            "why_the_first": dg.MetadataValue.json(ranked[0].record if ranked else {}),
            "preview": previews.table(rows),
        }
    )


@dg.asset(
    group_name=GROUP,
    kinds={"tiktok", "sqlite"},
    owners=["team:dreambox"],
    deps=[dream_ranking],
    pool="tiktok",
    description=(
        "Who was asked and what they said. Reads the answers to open questions, lets old questions "
        "expire, then asks the dreamers of the best-ranked dreams, each once. "
        "Nothing is generated without `granted`."
    ),
)
def dream_consents(
    context: dg.AssetExecutionContext,
    config: BatchConfig,
    tiktok: dg.ResourceParam[TikTokAccount],
    ledger: dg.ResourceParam[Ledger],
    lake: dg.ResourceParam[Lake],
    media: dg.ResourceParam[MediaStore],
    warehouse: dg.ResourceParam[Warehouse],
    settings: dg.ResourceParam[Settings],
    keyring: dg.ResourceParam[Keyring],
    clock: dg.ResourceParam[Clock],
) -> dg.MaterializeResult[None]:
    """Answers first, so that a yes from this minute is not asked again, and a no is gone at once."""
    with translated():
        answers = read_answers(
            tiktok=tiktok, ledger=ledger, keyring=keyring, clock=clock, log=context.log.warning
        )
        eraser = Eraser(
            ledger, lake, media, warehouse, settings.work_dir, kits_dir=settings.kits_dir
        )
        erased = eraser.finish_all(now=clock())
        asked = ask_dreamers(
            tiktok=tiktok,
            ledger=ledger,
            clock=clock,
            limit=config.limit,
            ids=config.ids,
            log=context.log.warning,
        )
    with ledger.read() as connection:
        unclear = len(tasks.open_tasks(connection, kind=tasks.UNCLEAR_ANSWER))
        hidden = len(tasks.open_tasks(connection, kind=tasks.HIDDEN_QUESTION))
        room = room_for_questions(connection, now=clock())
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(asked.done) + len(answers.done),
            "asked": len(asked.done),
            "may_still_ask_today": room,
            "answers_for_a_person": unclear,
            "hidden_questions": hidden,
            "erased": len(erased),
            "left_out": len(asked.failed) + len(answers.failed),
            "answers": previews.table([answer for answer in answers.done if answer]),
            "preview": previews.table(asked.done),
        }
    )


def _preview(report: DreamReport) -> dict[str, object]:
    facts = report.facts
    return {
        "dream": report.dream_id,
        "language": report.lang,
        "probability": report.probability,
        "setting": facts.setting.value,
        "motifs": ", ".join(facts.motifs),
        "mood": facts.mood,
        "screening": report.screening.action.value,
    }
