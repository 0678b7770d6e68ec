"""Comments by the batch, from the lake through the text engine into the ledger.

A range of days is read in portions, so memory stays the same for a day and for ten years. Each
portion's dreams are signed, compared with every dream told before, and stored in one
transaction: killed anywhere and started again, a run ends with the same rows. A large range is
read by two processes when the engine is the embedded one; only reading is shared out, storing
stays in one place and in order.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from multiprocessing import get_context
from typing import Any

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.stages.comments.model import Comment
from dreambox_pipeline.stages.dreams.duplicates import COPIED, OWN, Telling, Tellings, sign
from dreambox_pipeline.stages.dreams.engine import TextEngine
from dreambox_pipeline.stages.dreams.model import DreamReport
from dreambox_pipeline.stages.dreams.reading import Readings, read_comments
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.ledger import Ledger, erasures, tellings
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.ledger import failures as ledger_failures
from dreambox_pipeline.storage.ledger import source_videos as ledger_videos

BATCH_ROWS = 5_000
"""A second of work: long enough to hand over to another process, small enough to hold four of."""

TWO_PROCESSES_FROM = 100_000
"""Comments in a run. Starting a second process and loading its rules takes some seconds."""

PREVIEWED = 10

_COMMENT_FIELDS = tuple(field.name for field in fields(Comment))
Row = dict[str, Any]


@dataclass
class Tally:
    """What became of a run's comments.

    Attributes:
        left_alone: Comments that are erased, or whose dream is suspended.
        by_engine: Version of the engine that understood the dream to how many dreams.
        by_day: UTC day to how many dreams were found on it.
        first: The first dreams of the run, for a preview.
    """

    comments: int = 0
    left_alone: int = 0
    dreams: int = 0
    new: int = 0
    failed: int = 0
    needs_review: int = 0
    in_context: int = 0
    by_verdict: Counter[str] = field(default_factory=Counter)
    by_engine: Counter[str] = field(default_factory=Counter)
    by_repeat: Counter[str] = field(default_factory=Counter)
    by_day: Counter[date] = field(default_factory=Counter)
    first: list[DreamReport] = field(default_factory=list)

    def add(self, reports: Sequence[DreamReport], *, new: int) -> None:
        """Count the stored dreams of one portion."""
        self.dreams += len(reports)
        self.new += new
        self.needs_review += sum(report.needs_review for report in reports)
        self.in_context += sum(report.mode == "context" for report in reports)
        self.by_verdict.update(report.screening.action.value for report in reports)
        self.by_engine.update(report.engine for report in reports)
        self.by_repeat.update(r for report in reports for r in report.reasons if r in (OWN, COPIED))
        self.by_day.update(report.told_at.date() for report in reports)
        self.first.extend(reports[: PREVIEWED - len(self.first)])

    def fallbacks(self, engine: TextEngine) -> int:
        """Dreams that another engine than *engine* had to understand."""
        return self.dreams - self.by_engine[engine.version]


class Understanding:
    """One run's reading of comments.

    Args:
        engine: Finds and structures dreams.
        lake: Where the comments are.
        ledger: Where dreams and failures go.
        clock: The run's time.
    """

    def __init__(self, engine: TextEngine, *, lake: Lake, ledger: Ledger, clock: Clock) -> None:
        self._engine = engine
        self._lake = lake
        self._ledger = ledger
        self._clock = clock
        self._tellings: Tellings | None = None
        self._compared_at: datetime | None = None

    def read(self, days: Sequence[date], *, processes: int | None = None) -> Tally:
        """Read the comments of *days* and store the dreams.

        Args:
            days: UTC days, in any order.
            processes: How many read at once; decided by the amount when None.

        Raises:
            TransientError: The engine cannot be reached, or a reading process died. What was
                stored stays stored.
        """
        tally = Tally()
        with self._ledger.read() as connection:
            inviting = ledger_videos.asking_for_dreams(connection)
            alone = erasures.erased_ids(connection) | tellings.suspended_comments(connection)
        portions = self._portions(days, alone, tally)
        now = self._clock()
        if processes is None:
            processes = self._processes_for(days)
        for readings in _readings(portions, self._engine, inviting, now=now, processes=processes):
            self._store(readings, tally)
        return tally

    def _processes_for(self, days: Sequence[date]) -> int:
        if self._engine.name != "embedded":
            return 1
        comments = sum(self._lake.count(COMMENTS, day) for day in days)
        return 2 if comments >= TWO_PROCESSES_FROM else 1

    def _portions(
        self, days: Sequence[date], alone: frozenset[str], tally: Tally
    ) -> Iterator[list[Row]]:
        for rows in self._lake.read_batches(COMMENTS, days, batch_rows=BATCH_ROWS):
            wanted = [row for row in rows if row["comment_id"] not in alone]
            tally.comments += len(wanted)
            tally.left_alone += len(rows) - len(wanted)
            yield wanted

    def _store(self, readings: Readings, tally: Tally) -> None:
        signatures = sign([report.text for report in readings.reports])
        signed = [
            replace(report, signature=signature)
            for report, signature in zip(readings.reports, signatures, strict=True)
        ]
        with self._ledger.write() as connection:
            now = self._clock()
            reports = self._compared(connection, signed, now=now) if signed else []
            new = ledger_dreams.save_reports(connection, reports, now=now)
            for comment_id, message in readings.failures:
                ledger_failures.record(
                    connection,
                    stage="dreams",
                    item_id=comment_id,
                    error=ValueError(message),
                    now=now,
                )
        tally.add(reports, new=new)
        tally.failed += len(readings.failures)

    def _compared(
        self, connection: Connection, reports: Sequence[DreamReport], *, now: datetime
    ) -> list[DreamReport]:
        """The reports with what they repeat; stored dreams that turn out to repeat them are marked."""
        known = self._known(connection, now=now)
        repeats = known.compare(
            [
                Telling(report.dream_id, report.author_id, report.told_at, report.signature)
                for report in reports
                if report.signature
            ]
        )
        ids = {report.dream_id for report in reports}
        for dream_id, of_erased in tellings.copies_of_erased(connection, ids).items():
            repeats[dream_id] = repeats.get(dream_id) or of_erased
        compared = []
        for report in reports:
            repeat = repeats.pop(report.dream_id, None)
            changed = (
                replace(
                    report,
                    duplicate_of=repeat.original_id,
                    reasons=(*report.reasons, repeat.reason),
                )
                if repeat
                else report
            )
            compared.append(changed)
        tellings.mark_repeats(connection, repeats)
        return compared

    def _known(self, connection: Connection, *, now: datetime) -> Tellings:
        """Every telling stored so far, also those that another run has stored meanwhile."""
        if self._tellings is None:
            self._tellings = Tellings(tellings.told(connection))
        else:
            others = tellings.told(connection, reported_since=self._compared_at)
            unknown = [telling for telling in others if telling.dream_id not in self._tellings]
            if unknown:
                tellings.mark_repeats(connection, self._tellings.compare(unknown))
        self._compared_at = now
        return self._tellings


def comment_of(row: Row) -> Comment:
    """A row of the lake as a comment."""
    return Comment(**{name: row[name] for name in _COMMENT_FIELDS})


def _readings(
    portions: Iterable[list[Row]],
    engine: TextEngine,
    inviting: frozenset[str],
    *,
    now: datetime,
    processes: int,
) -> Iterator[Readings]:
    """Each portion read, in order, here or by several processes."""
    if processes == 1:
        for rows in portions:
            yield _read(rows, engine, inviting, now)
        return
    # Spawned, not forked: the run has threads, and a fork copies their locks.
    context = get_context("spawn")
    with ProcessPoolExecutor(
        processes, mp_context=context, initializer=_prepare, initargs=(engine, inviting, now)
    ) as pool:
        waiting: deque[Future[Readings]] = deque()
        try:
            for rows in portions:
                waiting.append(pool.submit(_read_elsewhere, rows))
                # One portion more than readers, so that nobody waits and memory stays small.
                if len(waiting) > processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise TransientError(
                f"Reading comments with {processes} processes, and one of them died (often for want "
                "of memory). What was read is stored; the next attempt goes on."
            ) from error


def _read(
    rows: Sequence[Row], engine: TextEngine, inviting: frozenset[str], now: datetime
) -> Readings:
    found = [comment_of(row) for row in rows]
    readings = read_comments(found, engine=engine, asks_for_dreams=inviting, now=now)
    # Nearly every comment, and nobody asks for them: they would be carried between processes.
    return replace(readings, passed_over=[], skipped=[])


_prepared: tuple[TextEngine, frozenset[str], datetime] | None = None


def _prepare(engine: TextEngine, inviting: frozenset[str], now: datetime) -> None:
    """A reading process gets what it needs once and not with every portion."""
    global _prepared  # noqa: PLW0603 - the only way a pool's process can keep something
    _prepared = (engine, inviting, now)


def _read_elsewhere(rows: list[Row]) -> Readings:
    if _prepared is None:
        raise AssertionError("the pool's initializer did not run")
    return _read(rows, *_prepared)
