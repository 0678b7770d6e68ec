"""Publishing one video once: checks, claim, one request, and finding out what became of it."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.consent import notice_withdrawal
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.desk.media import signed_media_url
from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.safety.compliance import PostFacts, check_post
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.local_time import local_midnight
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.outcomes import Outcome, interpret_status, reconcile
from dreambox_pipeline.stages.posts.publishing import (
    Step,
    after_failed_init,
    after_poll,
    may_publish,
    next_step,
)
from dreambox_pipeline.stages.posts.scheduling import TIKTOK_POSTS_PER_DAY, PostingRules
from dreambox_pipeline.stages.review.events import approval_of
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import (
    Ledger,
    audit,
    consents,
    publications,
    reviews,
    switches,
    videos,
)
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.tiktok.errors import TikTokError
from dreambox_pipeline.tiktok.schemas import PostInfo, VideoSettings

S = PublicationState
URL_VALID_S = 2 * 3600
"""TikTok may fetch for up to an hour after it was asked; twice that leaves room."""
COVER_AT_S = 1.0
"""The title stands fully lit one second into the video."""


class PublicationRunner:
    """Takes publications through their state machine, against one account."""

    def __init__(
        self,
        *,
        tiktok: TikTokAccount,
        ledger: Ledger,
        media: MediaStore,
        keyring: Keyring,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._tiktok = tiktok
        self._ledger = ledger
        self._media = media
        self._keyring = keyring
        self._clock = clock
        self._settings = settings
        self._zone = ZoneInfo(settings.time_zone)

    def publish(self, row: publications.PublicationRow) -> publications.PublicationRow:
        """Claim a due row and send it, once.

        Raises:
            ItemError: Something speaks against it; the message says what.
            TransientError: Not now; the row is still planned. `PausedError` is one.
        """
        grace = timedelta(hours=self._settings.missed_slot_hours)
        step = next_step(
            row.state,
            slot_at=row.slot_at,
            state_since=row.updated_at,
            now=self._clock(),
            missed_after=grace,
        )
        if step is not Step.CLAIM_AND_INITIATE:
            raise TransientError(
                f"{row.publication_id} missed its slot {row.slot_local}; post_queue gives it another."
            )
        settings = self._tiktok.client.video_settings()
        info = self._checked(row, settings)
        with self._ledger.write() as connection:
            # Refuses while a person has paused posting, under the lock that pausing needs.
            if not publications.claim(
                connection, row.publication_id, claim_token=uuid.uuid4().hex, now=self._clock()
            ):
                raise TransientError(
                    f"Another worker has claimed {row.publication_id}; nothing to do."
                )
            claimed = publications.get(connection, row.publication_id)
        if claimed is None:
            raise AssertionError(row.publication_id)
        return self._initiate(claimed, info)

    def follow_up(self, row: publications.PublicationRow) -> publications.PublicationRow:
        """Find out what became of a request that was sent earlier.

        Raises:
            ItemError: A person has to look; the message says at what.
        """
        step = next_step(
            row.state, slot_at=row.slot_at, state_since=row.updated_at, now=self._clock()
        )
        match step:
            case Step.MARK_UNCONFIRMED:
                return self._move(
                    row, S.UNCONFIRMED, error="No answer told what became of the request."
                )
            case Step.POLL:
                return self._poll(row)
            case Step.RECONCILE:
                return self._reconcile(self._poll(row) if row.publish_id else row)
            case Step.ASK_PERSON:
                raise ItemError(
                    f"{row.publication_id} was sent at {row.initiated_at or row.updated_at} and neither its status nor the "
                    f"account's videos say what became of it. Look at the account, then say what you saw at {self._desk_page(row)}; "
                    "nothing is sent again."
                )
            case _:
                return row

    def _checked(self, row: publications.PublicationRow, settings: VideoSettings) -> PostInfo:
        """Everything that must hold right before a request, asked right before it."""
        self._refuse_if_taken_back(row)
        now = self._clock()
        with self._ledger.read() as connection:
            video = videos.get(connection, row.render_id)
            if video is None:
                raise ItemError(f"{row.publication_id} has no video {row.render_id} in the ledger.")
            approval = approval_of(
                reviews.events(connection, render_id=row.render_id), row.content_hash
            )
            objections = may_publish(
                approved_hash=approval.content_hash if approval else None,
                content_hash=video.content_hash,
                consent_granted=consents.is_granted(connection, video.dream_id),
                comment_exists=True,
                paused=switches.pause_of_posting(connection) is not None,
                posts_today=publications.count_since(connection, local_midnight(now, self._zone)),
                posts_last_minute=publications.count_since(connection, now - timedelta(minutes=1)),
                settings=settings,
                duration_s=video.duration_s,
                # Whoever put it there by hand was told what our own rules would have wanted.
                rules=PostingRules(max_posts_per_day=TIKTOK_POSTS_PER_DAY)
                if row.is_pinned
                else None,
            )
        info = PostInfo(
            caption=row.caption,
            is_ai_generated=True,
            disable_comment=settings.comment_disabled or None,
            disable_duet=settings.duet_disabled or None,
            disable_stitch=settings.stitch_disabled or None,
            thumbnail_offset=int(COVER_AT_S * 1000),
        )
        objections += self._rule_breaches(row, info, settings)
        if objections:
            raise ItemError(f"{row.publication_id} was not sent. " + " ".join(objections))
        return info

    def _rule_breaches(
        self, row: publications.PublicationRow, info: PostInfo, settings: VideoSettings
    ) -> list[str]:
        facts = PostFacts(
            caption=info.caption,
            is_ai_generated=info.is_ai_generated,
            media=probe(self._media.get(row.content_hash, ".mp4")),
            overlay_kinds=("title", "credit", "ai_label"),
            settings=settings,
            disable_comment=bool(info.disable_comment),
            disable_duet=bool(info.disable_duet),
            disable_stitch=bool(info.disable_stitch),
        )
        return [f"{violation.message} ({violation.source})" for violation in check_post(facts)]

    def _refuse_if_taken_back(self, row: publications.PublicationRow) -> None:
        """The dreamer's last word, read from TikTok and not from what an earlier run stored."""
        with self._ledger.read() as connection:
            video = videos.get(connection, row.render_id)
        if video and notice_withdrawal(
            video.dream_id,
            tiktok=self._tiktok,
            ledger=self._ledger,
            keyring=self._keyring,
            clock=self._clock,
        ):
            raise ItemError(f"{row.publication_id} was cancelled: the dreamer took the dream back.")

    def _initiate(
        self, row: publications.PublicationRow, info: PostInfo
    ) -> publications.PublicationRow:
        url = signed_media_url(
            self._settings.media_base_url,
            f"{row.content_hash}.mp4",
            keyring=self._keyring,
            now=self._clock(),
            valid_s=URL_VALID_S,
        )
        try:
            publish_id = self._tiktok.client.publish(url, info)
        except TikTokError as error:
            to = after_failed_init(
                may_have_taken_effect=error.may_have_taken_effect,
                may_be_repeated=isinstance(error, TransientError),
            )
            self._move(row, to, error=str(error))
            raise
        return self._move(row, S.INITIATED, publish_id=publish_id)

    def _poll(self, row: publications.PublicationRow) -> publications.PublicationRow:
        if row.publish_id is None:
            return row
        outcome = interpret_status(self._tiktok.client.publish_status(row.publish_id))
        if row.state is S.UNCONFIRMED and outcome.state is not S.PUBLISHED:
            return row
        return self._store(row, outcome)

    def _store(
        self, row: publications.PublicationRow, outcome: Outcome
    ) -> publications.PublicationRow:
        to = after_poll(row.state, outcome)
        if to is row.state:
            return row
        error = outcome.note if to in (S.FAILED, S.UNCONFIRMED) else None
        return self._move(row, to, post_id=outcome.post_id, error=error)

    def _reconcile(self, row: publications.PublicationRow) -> publications.PublicationRow:
        """Look for the post in the account's own list."""
        if row.state not in (S.PROCESSING, S.UNCONFIRMED):
            # The poll has just told what became of it.
            return row
        sent_at = (row.initiated_at or row.updated_at) - timedelta(hours=1)
        listed = self._tiktok.client.videos(fields=("item_id", "caption", "create_time"))
        recent = [video for video in listed if video.create_time and video.create_time >= sent_at]
        with self._ledger.read() as connection:
            known = {other.post_id for other in publications.published(connection) if other.post_id}
        post_id = reconcile(row.caption, recent, known_post_ids=known)
        return self._move(row, S.PUBLISHED, post_id=post_id) if post_id else row

    def _move(
        self,
        row: publications.PublicationRow,
        to: PublicationState,
        *,
        publish_id: str | None = None,
        post_id: str | None = None,
        error: str | None = None,
    ) -> publications.PublicationRow:
        now = self._clock()
        with self._ledger.write() as connection:
            moved = publications.move(
                connection, row, to, now=now, publish_id=publish_id, post_id=post_id, error=error
            )
            audit.append(
                connection,
                actor="pipeline",
                action=f"publication.{to}",
                subject=row.publication_id,
                now=now,
                detail={
                    "content_hash": row.content_hash,
                    "publish_id": publish_id,
                    "post_id": post_id,
                },
            )
        return moved

    def _desk_page(self, row: publications.PublicationRow) -> str:
        return f"http://127.0.0.1:{self._settings.desk_port}/videos/{row.render_id}"
