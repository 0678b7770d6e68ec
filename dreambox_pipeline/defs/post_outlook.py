"""What the compliance rules would say about a video if its slot came now; TikTok is not asked."""

from dataclasses import dataclass, replace

import dagster as dg
from sqlalchemy.engine import Connection

from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.drafting import embedded_draft
from dreambox_pipeline.defs.failures import translated
from dreambox_pipeline.defs.post_facts import post_facts
from dreambox_pipeline.defs.posts import post_queue
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.safety.compliance import judge_post
from dreambox_pipeline.safety.compliance_model import Judgement, Verdict
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import PostDraft, Route
from dreambox_pipeline.stages.posts.publisher import PostFile
from dreambox_pipeline.storage.ledger import Ledger, post_drafts, publications, videos
from dreambox_pipeline.storage.ledger.videos import VideoRow
from dreambox_pipeline.storage.media_store import MediaStore

LOOKED_AT = 50
"""Planned videos that the check looks at, next slot first: weeks of them, in seconds."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What every rule says about one video.

    Attributes:
        route: By which it would be posted.
        verdicts: In the order of the rules.
    """

    route: Route
    verdicts: tuple[Verdict, ...]

    @property
    def broken(self) -> tuple[Verdict, ...]:
        """Those that would block it."""
        return tuple(v for v in self.verdicts if v.judgement is Judgement.FAILED)


def outlook(
    connection: Connection, video: VideoRow, *, media: MediaStore, settings: Settings
) -> Outlook:
    """Every rule on *video*, as it would be posted by the route that is set.

    Without the account's answer: rules that need it say so.

    Raises:
        ItemError: Its dream is gone, so there is nothing to post.
    """
    route = Route(settings.posting_route)
    file = PostFile(
        media.path(video.content_hash, ".mp4"),
        video.content_hash,
        video.size_bytes,
        video.duration_s,
    )
    facts = post_facts(
        connection,
        _draft(connection, video, route, settings),
        file,
        None,
        route=route,
        video=video,
        settings=settings,
    )
    return Outlook(route, tuple(judge_post(facts)))


def _draft(connection: Connection, video: VideoRow, route: Route, settings: Settings) -> PostDraft:
    stored = post_drafts.get(connection, video.render_id)
    language = settings.caption_language
    draft = (
        stored.draft
        if stored
        else embedded_draft(connection, video.render_id, language=language).draft
    )
    if route is Route.CONTENT_POSTING and not draft.privacy_level and settings.post_privacy:
        return replace(draft, privacy_level=settings.post_privacy)
    return draft


@dg.asset_check(
    asset=post_queue,
    description="Every planned video would pass the compliance rules if its slot came now.",
)
def posts_would_pass_now(
    ledger: dg.ResourceParam[Ledger],
    media: dg.ResourceParam[MediaStore],
    settings: dg.ResourceParam[Settings],
) -> dg.AssetCheckResult:
    """Warn before the slot comes, while there is time to do something about it."""
    failing: list[dict[str, object]] = []
    with translated(), ledger.read() as connection:
        planned = publications.planned(connection)[:LOOKED_AT]
        for row in planned:
            failing += _failures_of(connection, row, media=media, settings=settings)
    return dg.AssetCheckResult(
        passed=not failing,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "planned": len(planned),
            "would_fail": len({each["video"] for each in failing}),
            "preview": previews.table(failing),
        },
    )


def _failures_of(
    connection: Connection,
    row: publications.PublicationRow,
    *,
    media: MediaStore,
    settings: Settings,
) -> list[dict[str, object]]:
    video = videos.get(connection, row.render_id)
    if video is None:
        return []
    where: dict[str, object] = {"video": row.render_id, "slot": row.slot_local}
    try:
        found = outlook(connection, video, media=media, settings=settings)
    except ItemError as error:
        return [where | {"rule": "", "why": str(error)}]
    return [where | {"rule": v.rule.rule_id, "why": v.message} for v in found.broken]
