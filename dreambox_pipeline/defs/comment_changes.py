"""Settling what became of comments: it reaches everything that was made of them.

    insert, comment        new_comments_sensor collects its day from its video
    insert, reply          production_sensor looks at the answers, when its parent holds a question
    delete                 everything is erased, a published post becomes a person's takedown task
    hidden, friends only   the dream is suspended, its waiting post is held: nothing is posted while the
                           comment is hidden. A public post stays: hiding is often the platform's
                           or our own act, and it can be taken back
    public                 the dream goes on
    post.publish.*         published_posts: what became of a post
    authorization.removed  TikTok is asked whether it still lets us in; if not, the run fails and says so

The newest change of a comment counts, by TikTok's time and not by arrival, and a deletion counts for
ever. Every step can be repeated, and an event is marked only after its effect: a killed run is
repeated whole.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.failures import Batch, run_batch, translated
from dreambox_pipeline.defs.inbox import note_changes, waiting_changes
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.comments.changes import Change, CommentChange, newest_of_each
from dreambox_pipeline.stages.dreams.reading import dream_id_for
from dreambox_pipeline.storage.erasure import Eraser
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.ledger import (
    Ledger,
    audit,
    comment_history,
    consents,
    erasures,
    inbox,
    recalls,
)
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.ledger.comment_history import COMMENT_UPDATE
from dreambox_pipeline.storage.ledger.inbox import InboxEvent
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.storage.warehouse import Warehouse
from dreambox_pipeline.tiktok.errors import NotFound

AUTHORIZATION_REMOVED = "authorization.removed"
COMMENT_DELETED = "comment_deleted"
"""Reason of an erasure: whoever deletes the comment takes the dream back."""

HELD_BACK = tuple(change.value for change in Change if change.holds_back)
"""Why a dream is suspended that goes on when its comment is shown again."""

COMMENT_SCOPE = "comment.list"
"""Without it TikTok may answer with an empty list instead of an error."""

MAX_ATTEMPTS = 10
"""A change that could not be made this often is left to a person; it stays among the failures."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """One comment with the events that wait because of it, and the change that counts."""

    comment_id: str
    events: list[InboxEvent]
    change: CommentChange | None


class ChangeSettler:
    """Makes the changes that the inbox tells of."""

    def __init__(
        self, *, tiktok: TikTokAccount, ledger: Ledger, lake: Lake, eraser: Eraser, clock: Clock
    ) -> None:
        self._tiktok = tiktok
        self._ledger = ledger
        self._lake = lake
        self._eraser = eraser
        self._clock = clock
        self._open_videos: dict[str, bool] = {}

    def settle(self, events: Sequence[InboxEvent], *, log: dg.DagsterLogManager) -> Batch[str]:
        """Deal with the changes of comments among *events*; each effect by name, once a comment."""
        return run_batch(
            self._by_comment(events),
            self._settle,
            stage="comment_changes",
            item_id=lambda pending: pending.comment_id,
            ledger=self._ledger,
            clock=self._clock,
            log=log.warning,
        )

    def _by_comment(self, events: Sequence[InboxEvent]) -> list[_Pending]:
        waiting: dict[str, list[InboxEvent]] = defaultdict(list)
        for event in events:
            if event.event == COMMENT_UPDATE:
                waiting[event.payload["comment_id"]].append(event)
        with self._ledger.read() as connection:
            told = comment_history.changes_of(connection, list(waiting))
        newest = newest_of_each(told)
        return [
            _Pending(comment_id, its, newest.get(comment_id)) for comment_id, its in waiting.items()
        ]

    def _settle(self, pending: _Pending) -> str:
        try:
            effect = self._apply(pending.change) if pending.change else "unknown kind"
        except (ItemError, TransientError) as error:
            with self._ledger.write() as connection:
                for event in pending.events:
                    inbox.mark_failed(
                        connection,
                        event.event_id,
                        error=str(error),
                        now=self._clock(),
                        give_up=event.attempts + 1 >= MAX_ATTEMPTS,
                    )
            raise
        with self._ledger.write() as connection:
            for event in pending.events:
                inbox.mark_handled(connection, event.event_id, now=self._clock())
        return effect

    def _apply(self, change: CommentChange) -> str:
        kind = self._confirmed(change) if change.change is Change.MISSING else change.change
        if kind is Change.DELETED:
            # The tombstone keeps it; removing is done once for all of them, because it renews the warehouse.
            self._eraser.request(change.comment_id, reason=COMMENT_DELETED, now=self._clock())
            return "erased"
        if kind.holds_back:
            return self._hold_back(change.comment_id, reason=kind.value)
        if kind is Change.SHOWN:
            return self._show(change)
        return "nothing to do"

    def _confirmed(self, change: CommentChange) -> Change:
        """What a comment is that a reading did not find: only its id can tell.

        With its video gone nobody knows whether its writer took anything back: it is held back,
        and not erased, because a video may be private for a day. The same when TikTok shows nothing
        at all of the video: an empty answer is then no proof.
        """
        try:
            found = self._tiktok.client.comment(change.source_video_id, change.comment_id)
            if found is None:
                is_open = self._shows_comments(change.source_video_id)
                return Change.DELETED if is_open else Change.HIDDEN
        except NotFound:
            return Change.HIDDEN
        return Change.HIDDEN if found.status == "HIDDEN" else Change.SHOWN

    def _shows_comments(self, video_id: str) -> bool:
        """TikTok lists other comments of the video, or it is public and we may read its comments."""
        if video_id not in self._open_videos:
            client = self._tiktok.client
            self._open_videos[video_id] = next(client.comments(video_id), None) is not None or (
                COMMENT_SCOPE in client.token_info().scopes
                and any(video.item_id == video_id for video in client.videos(fields=("item_id",)))
            )
        return self._open_videos[video_id]

    def _hold_back(self, comment_id: str, *, reason: str) -> str:
        with self._ledger.write() as connection:
            dream_id = ledger_dreams.suspend(
                connection, comment_id, reason=reason, now=self._clock()
            )
            if dream_id and consents.is_held_back(connection, dream_id):
                recalls.hold(connection, dream_id, now=self._clock())
        self._set_status(comment_id, "HIDDEN")
        return "suspended" if dream_id else "hidden, no dream"

    def _show(self, change: CommentChange) -> str:
        found = self._stored(change.comment_id)
        self._set_status(change.comment_id, "PUBLIC")
        with self._ledger.write() as connection:
            dream_id = ledger_dreams.resume(connection, change.comment_id, reasons=HELD_BACK)
            if dream_id and consents.is_granted(connection, dream_id):
                recalls.release(connection, dream_id)
            known = ledger_dreams.report(connection, dream_id_for(change.comment_id))
        if dream_id:
            return "goes on"
        is_unread = known is None and (found is None or found[1]["status"] != "PUBLIC")
        return self._have_read(change, found) if is_unread else "shown, no dream waited"

    def _have_read(self, change: CommentChange, found: tuple[date, dict[str, Any]] | None) -> str:
        """Nobody looked for a dream in it while it was hidden: its day is collected as if it were new."""
        if found is not None:
            written_at, parent = found[1]["created_at"], found[1]["parent_comment_id"]
        else:
            comment = self._tiktok.client.comment(change.source_video_id, change.comment_id)
            written_at = comment.create_time if comment else None
            parent = comment.parent_comment_id if comment else None
        if written_at is None or parent is not None:
            return "shown, no dream waited"
        written = replace(change, change=Change.WRITTEN, at=written_at)
        with self._ledger.write() as connection:
            note_changes(connection, [written], now=self._clock())
        return "shown, to be read"

    def _set_status(self, comment_id: str, status: str) -> None:
        """Store the comment's visibility, as the next reading of its day would."""
        found = self._stored(comment_id)
        if found is not None:
            day, row = found
            rows = [{**row, "status": status}]
            self._lake.upsert(COMMENTS, day, rows, leaving_out=self._erased)

    def _stored(self, comment_id: str) -> tuple[date, dict[str, Any]] | None:
        # Newest first: what is hidden or shown was mostly written lately.
        for day in reversed(self._lake.days(COMMENTS)):
            ids = self._lake.read_batches(COMMENTS, [day], columns=["comment_id"])
            if any(row["comment_id"] == comment_id for batch in ids for row in batch):
                rows = self._lake.read(COMMENTS, [day])
                return next(((day, r) for r in rows if r["comment_id"] == comment_id), None)
        return None

    def _erased(self) -> frozenset[str]:
        with self._ledger.read() as connection:
            return erasures.erased_ids(connection)


@dg.asset(
    group_name="comments",
    kinds={"tiktok", "sqlite", "parquet"},
    owners=["team:dreambox"],
    # No pool: a deletion must not wait behind a backfill of hours. The shared limits hold all the same.
    description=(
        "What became of comments after they were written, as TikTok's webhooks and our own readings tell it: a "
        "deleted one is erased everywhere, a hidden one suspends its dream, one shown again lets it go on."
    ),
)
def comment_changes(
    context: dg.AssetExecutionContext,
    tiktok: dg.ResourceParam[TikTokAccount],
    ledger: dg.ResourceParam[Ledger],
    lake: dg.ResourceParam[Lake],
    media: dg.ResourceParam[MediaStore],
    warehouse: dg.ResourceParam[Warehouse],
    settings: dg.ResourceParam[Settings],
    clock: dg.ResourceParam[Clock],
) -> dg.MaterializeResult[None]:
    """Deal with everything that waits in the inbox, and finish what a killed run began."""
    eraser = Eraser(ledger, lake, media, warehouse, settings.work_dir, kits_dir=settings.kits_dir)
    settler = ChangeSettler(tiktok=tiktok, ledger=ledger, lake=lake, eraser=eraser, clock=clock)
    with translated():
        with ledger.read() as connection:
            waiting = waiting_changes(connection)
        batch = settler.settle(waiting, log=context.log)
        finished = eraser.finish_all(now=clock())
        is_removed = _keep_the_rest(ledger, waiting, now=clock())
        if is_removed:
            # Raises what a person has to do, unless somebody has connected the account again.
            tiktok.client.token_info()
    effects = Counter(batch.done)
    rows = [{"effect": effect, "comments": count} for effect, count in effects.most_common()]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(batch.done),
            "failed": len(batch.failed),
            "erasures_finished": len(finished),
            "preview": previews.table(rows),
        }
    )


def _keep_the_rest(ledger: Ledger, events: Sequence[InboxEvent], *, now: datetime) -> bool:
    """Mark what is no comment's; True when TikTok says that the owner removed our authorization."""
    is_removed = False
    with ledger.write() as connection:
        for event in events:
            if event.event == COMMENT_UPDATE:
                continue
            if event.event == AUTHORIZATION_REMOVED:
                is_removed = True
                audit.append(
                    connection,
                    actor="tiktok",
                    action="account.authorization_removed",
                    subject="account",
                    now=now,
                    detail={"reason": event.payload.get("reason")},
                )
            inbox.mark_handled(connection, event.event_id, now=now)
    return is_removed
