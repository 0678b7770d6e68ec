"""Collect the comments of a range of days: read video by video, keep each on disk, merge by day.

TikTok gives comments by video, the lake keeps them by day. So each video's comments go to a part
of a spool, the video is noted as done in the ledger, and when all are read the spool is merged
day by day and dropped. A process killed anywhere leaves parts and notes behind; whoever collects
the same days next goes on from there and ends with the same rows. Memory holds one buffer.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.failures import Batch, run_batch
from dreambox_pipeline.defs.inbox import note_changes
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.stages.comments.changes import changes_in_day
from dreambox_pipeline.stages.comments.ingest import encodable, make_comment
from dreambox_pipeline.stages.comments.model import Comment, RejectedRow, SourceVideo
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.lake import COMMENTS, Lake, Merge
from dreambox_pipeline.storage.ledger import Ledger, collected, erasures
from dreambox_pipeline.storage.spool import Part, Spool
from dreambox_pipeline.tiktok.errors import NotFound, RateLimited
from dreambox_pipeline.tiktok.schemas import CommentObject

ORIGIN = "accounts_api"
"""What comes from TikTok itself."""

VERSION = "1"
"""Part of the collection's key: raise it when a part's rows would come out differently."""

ABANDONED_AFTER = timedelta(hours=6)
"""A collection that nobody went on with for this long begins anew: its likes and its hidden comments are old."""

OVERLAP = timedelta(hours=1)
"""TikTok's order by time is to the second, and ties may be on either side."""

_VISIBLE = ["comment_id", "source_video_id", "parent_comment_id", "status", "origin"]
"""What two readings are compared by."""

BUFFER = 5_000
"""Comments held in memory before they go to the part: some 5 MB."""


@dataclass(slots=True)
class Collected:
    """What a collection did.

    Attributes:
        merges: By day; only days on which comments were found.
        batch: Videos read now, and those left out.
        resumed: Videos that an earlier, killed run had read.
        gone: Videos that TikTok no longer has.
        rejected: Rows that are no comments, by reason.
        read_at: When the reading of each video began, hours ago perhaps.
    """

    merges: dict[date, Merge] = field(default_factory=dict)
    batch: Batch[int] = field(default_factory=Batch)
    resumed: int = 0
    gone: list[str] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    read_at: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Collector:
    """Reads comments into the lake.

    Attributes:
        log: Told about each video that is left out.
    """

    tiktok: TikTokAccount
    ledger: Ledger
    lake: Lake
    keyring: Keyring
    clock: Clock
    log: Callable[[str], None]

    def collect(self, videos: list[SourceVideo], first: date, last: date) -> Collected:
        """Read what was written under *videos* from *first* to *last* (UTC days) and store it.

        Raises:
            StopError: Nothing more can be read or written; what was read is kept for the next call.
            TransientError: Another process collects the same days right now, or TikTok takes no more
                requests for a while; what was read is kept for the next call.
        """
        spool = self.lake.spool(COMMENTS, key_of(first, last), leaving_out=self._erased)
        with spool.owned():
            collection = _Collection(self, spool, first, last)
            result = collection.read(videos)
            left_out = {*result.gone, *result.batch.failed}
            whole = {video.source_video_id for video in videos} - left_out
            for day, rows in spool.by_day("created_at"):
                found = rows.select(_VISIBLE).to_pylist()
                self._note_changes(day, found, whole, result.read_at)
                result.merges[day] = self.lake.upsert(COMMENTS, day, rows, leaving_out=self._erased)
            for day in self.lake.days(COMMENTS):
                if first <= day <= last and day not in result.merges:
                    self._note_changes(day, [], whole, result.read_at)
            self._keep_one_day_each()
            collection.forget()
        return result

    def _keep_one_day_each(self) -> None:
        """A comment was imported with a wrong time and stands on another day: TikTok's time is right."""
        repeated = self.lake.repeated(COMMENTS)
        for day in self.lake.days(COMMENTS) if repeated else ():
            rows = self.lake.read_batches(COMMENTS, [day], columns=["comment_id", "origin"])
            wrong = {
                row["comment_id"]
                for batch in rows
                for row in batch
                if row["comment_id"] in repeated and row["origin"] != ORIGIN
            }
            if wrong:
                self.lake.remove(COMMENTS, wrong, days=[day])

    def _note_changes(
        self,
        day: date,
        found: list[dict[str, Any]],
        whole: set[str],
        read_at: dict[str, datetime],
    ) -> None:
        """Hand over what is hidden, shown again or missing now; before the lake forgets how it was."""
        batches = self.lake.read_batches(COMMENTS, [day], columns=_VISIBLE)
        stored = [row for batch in batches for row in batch]
        now = self.clock()
        changes = changes_in_day(stored, found, whole=whole, read_at=read_at, now=now)
        if changes:
            with self.ledger.write() as connection:
                note_changes(connection, changes, now=now)

    def _erased(self) -> frozenset[str]:
        with self.ledger.read() as connection:
            return erasures.erased_ids(connection)


def key_of(first: date, last: date) -> str:
    """Names a range's collection, in the ledger and on disk. No run id: another run goes on with it."""
    return f"comments_{first.isoformat()}_{last.isoformat()}_{VERSION}"


class _Collection:
    """One range being read: what is done, and the parts of what is not."""

    def __init__(self, collector: Collector, spool: Spool, first: date, last: date) -> None:
        self._collector = collector
        self._spool = spool
        self._days = (first, last)
        self._start = datetime.combine(first, time(), UTC)
        self._end = datetime.combine(last, time(), UTC) + timedelta(days=1)
        self._key = key_of(first, last)

    def read(self, videos: list[SourceVideo]) -> Collected:
        """Bring every video's comments into the spool."""
        done = self._resume()
        work: list[tuple[SourceVideo, datetime | None]] = []
        for video in videos:
            read_at = done.get(video.source_video_id)
            # What was written since then is in no part yet, if the range was still going on.
            if read_at is None or read_at < self._end:
                work.append((video, read_at))
        batch = run_batch(
            work,
            lambda item: self._read(*item),
            stage="comments",
            item_id=lambda item: item[0].source_video_id,
            ledger=self._collector.ledger,
            clock=self._collector.clock,
            log=self._collector.log,
            ends_at=(RateLimited,),
        )
        result = Collected(batch=batch, resumed=len(done))
        for name, notes in self._spool.parts().items():
            video_id, _, part = name.rpartition("-")
            result.rejected.update(notes["rejected"])
            if notes["is_gone"]:
                result.gone.append(video_id)
            if part == "0":
                result.read_at[video_id] = datetime.fromisoformat(notes["read_at"])
        return result

    def forget(self) -> None:
        """The end: the same days can be collected again from the start."""
        # Marks go first. Parts without marks are not trusted, marks without parts neither, but
        # this way round nobody has to find that out from a half-removed folder.
        with self._collector.ledger.write() as connection:
            collected.forget(connection, self._key)
        self._spool.drop()

    def _resume(self) -> dict[str, datetime]:
        """Videos that a killed run has read, and when; nothing when that is too long ago."""
        with self._collector.ledger.read() as connection:
            marked = collected.done(connection, self._key)
        parts = self._spool.parts()
        read_at = {
            name: datetime.fromisoformat(notes["read_at"])
            for name, notes in parts.items()
            if name.rpartition("-")[0] in marked
        }
        now = self._collector.clock()
        # A clock that was moved back is a new world, not a fresh collection.
        is_going_on = read_at and now - ABANDONED_AFTER <= max(read_at.values()) <= now
        if not is_going_on:
            self.forget()
            return {}
        for name in parts.keys() - read_at.keys():
            self._spool.discard(name)  # complete or not is not known: its mark is missing
        return {
            name.removesuffix("-0"): moment
            for name, moment in read_at.items()
            if name.endswith("-0")
        }

    def _read(self, video: SourceVideo, read_at: datetime | None) -> int:
        """Read one video into its part and mark it. Part 0 is the video, part 1 what came later."""
        now = self._collector.clock()
        since = (read_at or self._start) - OVERLAP
        name = f"{video.source_video_id}-{0 if read_at is None else 1}"
        trouble: Exception | None = None
        with self._spool.writing(name) as part:
            part.notes = {"read_at": now.isoformat(), "rejected": {}, "is_gone": False}
            try:
                found = self._fill(part, video, since=max(since, self._start - OVERLAP), now=now)
            except NotFound:
                # A video that was deleted has no comments to read, on this run or any later one.
                found, part.notes["is_gone"] = 0, True
            except (ItemError, TransientError) as error:
                # What was listed before the trouble is good: it is stored, and the video read again.
                trouble = error
        if trouble is not None:
            raise trouble
        with self._collector.ledger.write() as connection:
            collected.mark(connection, self._key, video.source_video_id, comments=found, now=now)
        return found

    def _fill(self, part: Part, video: SourceVideo, *, since: datetime, now: datetime) -> int:
        found = 0
        rejected: Counter[str] = Counter()
        comments = enumerate(
            self._collector.tiktok.client.comments(video.source_video_id, since=since), start=1
        )
        buffer: list[Comment] = []
        try:
            for row, comment in comments:
                entry = comment_from(
                    comment,
                    row=row,
                    source_video_id=video.source_video_id,
                    keyring=self._collector.keyring,
                    now=now,
                )
                if isinstance(entry, RejectedRow):
                    rejected[entry.reason] += 1
                elif self._start <= entry.created_at < self._end:
                    buffer.append(entry)
                    if len(buffer) == BUFFER:
                        found += _empty(buffer, part)
        finally:
            found += _empty(buffer, part)
            part.notes["rejected"] = dict(rejected)
        return found


def _empty(buffer: list[Comment], part: Part) -> int:
    """Move the buffer's comments to the part, and return how many they were."""
    names = COMMENTS.schema.names
    part.add(
        COMMENTS.table_of({name: [getattr(entry, name) for entry in buffer] for name in names})
    )
    count = len(buffer)
    buffer.clear()
    return count


def comment_from(
    found: CommentObject, *, row: int, source_video_id: str, keyring: Keyring, now: datetime
) -> Comment | RejectedRow:
    """TikTok's comment as ours: the same checks as an imported row, and a pseudonym for its author."""
    identity = found.unique_identifier or found.username or found.comment_id
    return make_comment(
        row=row,
        comment_id=found.comment_id,
        source_video_id=found.video_id or source_video_id,
        author_id=keyring.author_id(encodable(identity)),
        text=found.text,
        created_at=found.create_time,
        parent_comment_id=found.parent_comment_id,
        likes=found.likes,
        replies=found.replies,
        is_owner=found.owner,
        status=found.status,
        origin=ORIGIN,
        now=now,
    )
