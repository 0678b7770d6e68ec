"""What is about to be posted, and everything that must hold right before it is."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.consent import notice_withdrawal
from dreambox_pipeline.defs.post_facts import rule_breaches
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.local_time import local_midnight
from dreambox_pipeline.stages.posts.model import PostDraft, Route
from dreambox_pipeline.stages.posts.publisher import Allowance, PostFile, PostOrder
from dreambox_pipeline.stages.posts.publishing import may_publish
from dreambox_pipeline.stages.posts.scheduling import TIKTOK_POSTS_PER_DAY, PostingRules
from dreambox_pipeline.stages.review.events import approval_of
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import (
    Ledger,
    consents,
    publications,
    reviews,
    switches,
    videos,
)
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.ledger.videos import VideoRow
from dreambox_pipeline.storage.media_store import MediaStore


class PostOrders:
    """Makes orders of publications and judges them.

    Args:
        tiktok: Reads the dreamer's last word.
        ledger: Approval, consent, and what was posted today.
        media: Holds the files.
        keyring: Recognises the dreamer among those who reply.
        clock: When it is.
        settings: Posting rules' time zone, and what the operator chose.
    """

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

    def file(self, row: PublicationRow) -> PostFile:
        """The file of a publication.

        Raises:
            ItemError: It is not in the media store.
        """
        return self._file(row, self._video(row))

    def checked(self, row: PublicationRow, allowance: Allowance, route: Route) -> PostOrder:
        """The order for *row*, when nothing speaks against sending it now.

        Raises:
            ItemError: Something does; the message says all of it.
            TransientError: The dreamer's last word cannot be read now.
        """
        video = self._video(row)
        self._refuse_if_taken_back(row, video)
        order = PostOrder(row.publication_id, self._draft(row, route), self._file(row, video))
        with self._ledger.read() as connection:
            approval = approval_of(
                reviews.events(connection, render_id=row.render_id), row.content_hash
            )
            midnight = local_midnight(self._clock(), self._zone)
            # A day and a half on lies in the next day, however long the clocks make this one.
            next_midnight = local_midnight(midnight + timedelta(hours=36), self._zone)
            objections = may_publish(
                approved_hash=approval.content_hash if approval else None,
                content_hash=video.content_hash,
                consent_granted=consents.is_granted(connection, video.dream_id),
                paused=switches.pause_of_posting(connection) is not None,
                posts_today=publications.count_since(
                    connection, midnight, until=next_midnight, account_id=row.account_id
                ),
                # Whoever put it there by hand was told what our own rules would have wanted.
                rules=PostingRules(max_posts_per_day=TIKTOK_POSTS_PER_DAY)
                if row.is_pinned
                else None,
            )
            objections += rule_breaches(
                connection, order, allowance, route=route, video=video, settings=self._settings
            )
        if objections:
            raise ItemError(f"{row.publication_id} was not sent. " + " ".join(objections))
        return order

    def _video(self, row: PublicationRow) -> VideoRow:
        with self._ledger.read() as connection:
            video = videos.get(connection, row.render_id)
        if video is None:
            raise ItemError(f"{row.publication_id} has no video {row.render_id} in the ledger.")
        return video

    def _file(self, row: PublicationRow, video: VideoRow) -> PostFile:
        path = self._media.get(row.content_hash, ".mp4")
        cover = self._media.path(video.cover_hash, ".jpg")
        return PostFile(
            path=path,
            content_hash=row.content_hash,
            size_bytes=path.stat().st_size,
            duration_s=video.duration_s,
            cover=cover if cover.exists() else None,
        )

    def _draft(self, row: PublicationRow, route: Route) -> PostDraft:
        draft = row.draft
        if draft.privacy_level or route is not Route.CONTENT_POSTING:
            return draft
        # The setting is a person's choice too, made for this route alone.
        return replace(draft, privacy_level=self._settings.post_privacy or None)

    def _refuse_if_taken_back(self, row: PublicationRow, video: VideoRow) -> None:
        """The dreamer's last word, read from TikTok and not from what an earlier run stored."""
        if notice_withdrawal(
            video.dream_id,
            tiktok=self._tiktok,
            ledger=self._ledger,
            keyring=self._keyring,
            clock=self._clock,
        ):
            raise ItemError(f"{row.publication_id} was cancelled: the dreamer took the dream back.")
