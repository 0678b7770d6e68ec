"""Dreams: found in comments, ranked, and their dreamers asked for consent."""

from dataclasses import fields

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.comments import comments
from dreambox_pipeline.defs.config import BatchConfig
from dreambox_pipeline.defs.consent import ask_dreamers, read_answers
from dreambox_pipeline.defs.failures import translated
from dreambox_pipeline.defs.partitions import DAILY, SINGLE_RUN, days_of
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.stages.comments.model import Comment
from dreambox_pipeline.stages.dreams.engine import TextEngine
from dreambox_pipeline.stages.dreams.model import DreamReport, SelectionPolicy
from dreambox_pipeline.stages.dreams.ranking import rank_dreams
from dreambox_pipeline.stages.dreams.reading import read_comments
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.ledger import (
    Ledger,
    policies,
)
from dreambox_pipeline.storage.ledger import (
    dreams as ledger_dreams,
)
from dreambox_pipeline.storage.ledger import (
    failures as ledger_failures,
)
from dreambox_pipeline.storage.ledger import (
    source_videos as ledger_videos,
)

GROUP = "dreams"
MAX_FAILURE_RATE = 0.02
"""Above this share of unreadable comments something is broken, not unlucky."""


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
    with translated():
        found = [_comment(row) for row in lake.read(COMMENTS, days_of(context))]
        with ledger.read() as connection:
            inviting = ledger_videos.asking_for_dreams(connection)
        readings = read_comments(found, engine=engine, asks_for_dreams=inviting, now=clock())
        with ledger.write() as connection:
            new = ledger_dreams.save_reports(connection, readings.reports, now=clock())
            for comment_id, message in readings.failures:
                ledger_failures.record(
                    connection,
                    stage="dreams",
                    item_id=comment_id,
                    error=ValueError(message),
                    now=clock(),
                )
    by_verdict = [report.screening.action.value for report in readings.reports]
    return dg.MaterializeResult(
        metadata={
            "dagster/partition_row_count": len(readings.reports),
            "comments_read": len(found),
            "new": new,
            "blocked": by_verdict.count("block"),
            "for_review": by_verdict.count("review"),
            "failed": len(readings.failures),
            "engine": f"{engine.name} ({engine.version})",
            "preview": previews.table([_preview(report) for report in readings.reports]),
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
            recent_motifs=_counts([motif.value for facts in recent for motif in facts.motifs]),
            recent_settings=_counts([facts.setting.value for facts in recent]),
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
        for dream in ranked
    ]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(ranked),
            "policy_version": policy.version,
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
    keyring: dg.ResourceParam[Keyring],
    clock: dg.ResourceParam[Clock],
) -> dg.MaterializeResult[None]:
    """Answers first, so that a yes from this minute is not asked again."""
    with translated():
        answers = read_answers(
            tiktok=tiktok, ledger=ledger, keyring=keyring, clock=clock, log=context.log.warning
        )
        asked = ask_dreamers(
            tiktok=tiktok,
            ledger=ledger,
            clock=clock,
            limit=config.limit,
            ids=config.ids,
            log=context.log.warning,
        )
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(asked.done) + len(answers.done),
            "asked": len(asked.done),
            "left_out": len(asked.failed) + len(answers.failed),
            "answers": previews.table([answer for answer in answers.done if answer]),
            "preview": previews.table(asked.done),
        }
    )


def _comment(row: dict[str, object]) -> Comment:
    return Comment(**{field.name: row[field.name] for field in fields(Comment)})  # type: ignore[arg-type] # the lake's schema is Comment's


def _counts(names: list[str]) -> dict[str, int]:
    return {name: names.count(name) for name in set(names)}


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
