"""The facts of one post, put together from the ledger, the file and the settings, and judged.

The compliance rules know no table, no client and no setting; this is where they get what they
look at. Asked right before a request, for a post that is about to be sent, and without the
account's answer for people who want to know earlier.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from dreambox_pipeline.defs.finishing import sound_origin
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.publishers.declarations import declaration
from dreambox_pipeline.safety.compliance import check_post
from dreambox_pipeline.safety.compliance_facts import (
    AccountFacts,
    DestinationFacts,
    FileFacts,
    OriginFacts,
    PostFacts,
)
from dreambox_pipeline.safety.model import Screening
from dreambox_pipeline.safety.screening import screen
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import PostDraft, Route
from dreambox_pipeline.stages.posts.publisher import Allowance, PostFile, PostOrder
from dreambox_pipeline.stages.prompts.rendering import to_prose
from dreambox_pipeline.stages.videos.overlays import POLICIES, Destination
from dreambox_pipeline.stages.videos.stand_in import is_stand_in
from dreambox_pipeline.storage.ledger import dreams, post_choices, prompts, provenance
from dreambox_pipeline.storage.ledger.videos import VideoRow
from dreambox_pipeline.storage.media_store import content_hash
from dreambox_pipeline.tiktok.transport import is_loopback


def rule_breaches(
    connection: Connection,
    order: PostOrder,
    allowance: Allowance,
    *,
    route: Route,
    video: VideoRow,
    settings: Settings,
) -> list[str]:
    """Every compliance rule that *order* would break, each a sentence with its source.

    Args:
        connection: The ledger's; only read.
        order: What would be sent.
        allowance: What the account allows, just asked.
        route: The way it would go.
        video: Whose post it is.
        settings: Where the hosts are, and what the operator chose.

    Returns:
        Empty when it may be sent.
    """
    facts = post_facts(
        connection, order.draft, order.file, allowance, route=route, video=video, settings=settings
    )
    return [str(violation) for violation in check_post(facts)]


def post_facts(
    connection: Connection,
    draft: PostDraft,
    file: PostFile,
    allowance: Allowance | None,
    *,
    route: Route,
    video: VideoRow,
    settings: Settings,
) -> PostFacts:
    """What the rules look at, for a post of *video* by *route*; without the account if it is None."""
    choices = post_choices.of_video(connection, video.render_id)
    # Not asked yet, it forbids nothing; the rules about it are left out then.
    said = declaration(route, draft, allowance or Allowance())
    is_setting_meant = route is Route.CONTENT_POSTING
    return PostFacts(
        route=route.value,
        caption=draft.caption,
        is_ai_generated=said.is_ai_generated,
        file=_file_facts(file),
        origin=_origin_facts(connection, file.content_hash),
        destination=_destination(route, settings),
        account=None if allowance is None else _account_facts(allowance),
        screenings=_screenings(connection, video, draft.caption),
        cover_ms=draft.cover_ms,
        privacy_level=said.privacy_level,
        privacy_choice=choices.privacy_level
        or (settings.post_privacy if is_setting_meant else None),
        disable_comment=said.disable_comment,
        disable_duet=said.disable_duet,
        disable_stitch=said.disable_stitch,
        is_brand_organic=said.is_brand_organic,
        is_branded_content=said.is_branded_content,
        declares_own_business=choices.is_brand_organic,
        declares_paid_partnership=choices.is_branded_content,
    )


def _file_facts(file: PostFile) -> FileFacts:
    try:
        is_same = content_hash(file.path) == file.content_hash
        return FileFacts(probe(file.path), is_the_approved_one=is_same)
    except (ItemError, OSError) as error:
        return FileFacts(None, problem=str(error), is_the_approved_one=False)


def _origin_facts(connection: Connection, digest: str) -> OriginFacts | None:
    row = provenance.of_content(connection, digest)
    if row is None:
        return None
    record = row.record
    generator = str(record.get("generator") or "")
    signing: Mapping[str, Any] = record.get("content_credentials") or {}
    return OriginFacts(
        generator=generator,
        overlay_kinds=tuple((record.get("edit") or {}).get("overlays", ())),
        sound=str(record.get("sound") or sound_origin(generator, has_sound=True)),
        is_stand_in=is_stand_in(generator),
        is_signed=row.unsigned_reason is None and bool(signing.get("manifest")),
        unsigned_reason=row.unsigned_reason or "",
    )


def _destination(route: Route, settings: Settings) -> DestinationFacts:
    is_kit = route is Route.MANUAL_KIT
    policy = POLICIES[Destination.MANUAL if is_kit else Destination.TIKTOK]
    hosts = {
        Route.ACCOUNTS_API: settings.tiktok_base_url,
        Route.CONTENT_POSTING: settings.tiktok_developer_base_url,
        Route.INBOX_DRAFT: settings.tiktok_developer_base_url,
    }
    # A kit has no host: a person posts it wherever they are logged in, which is never a sandbox.
    host = hosts.get(route)
    return DestinationFacts(
        allowed_overlays=frozenset(rule.kind.value for rule in policy.rules if rule.is_allowed),
        required_overlays=frozenset(rule.kind.value for rule in policy.rules if rule.is_required),
        is_this_machine=bool(host) and is_loopback(host or ""),
        may_show_stand_ins=settings.post_stand_ins,
    )


def _account_facts(allowance: Allowance) -> AccountFacts:
    return AccountFacts(
        privacy_levels=allowance.privacy_levels,
        comment_disabled=allowance.comment_disabled,
        duet_disabled=allowance.duet_disabled,
        stitch_disabled=allowance.stitch_disabled,
        max_duration_s=allowance.max_duration_s,
    )


def _screenings(connection: Connection, video: VideoRow, caption: str) -> dict[str, Screening]:
    """Today's verdict on each text: the rules may have changed since the video was made."""
    report = dreams.report(connection, video.dream_id)
    row = prompts.get(connection, video.prompt_id)
    lang = report.lang if report else "und"
    verdicts = {"caption": screen(caption, lang=lang)}
    if report is not None:
        verdicts["dream"] = screen(report.text, lang=lang)
    if row is not None:
        # Without what the picture avoids, as when it was made: "no children" depicts none.
        verdicts["prompt"] = screen(to_prose(row.prompt, says_avoid=False), lang="en")
    return verdicts
