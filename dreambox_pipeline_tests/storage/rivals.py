"""What several processes do to one store at once; run by tests in processes of their own."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from dreambox_pipeline.clock import system_clock
from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.stages.videos.budget import Caps, exceeded
from dreambox_pipeline.storage.keys import load_keyring
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.ledger import (
    Ledger,
    audit,
    circuits,
    failures,
    outbox,
    publications,
    spend,
    switches,
)
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.storage.request_limiter import SharedLimiter
from dreambox_pipeline.storage.signing_keys import load_signing_key
from dreambox_pipeline.storage.warehouse import Warehouse
from dreambox_pipeline_tests.storage.story import NOON, comment

R = TypeVar("R")


def at_once(work: Callable[..., R], arguments: Iterable[tuple[object, ...]]) -> list[R]:
    """Run *work* once for each of *arguments*, each in a process of its own, all at once."""
    calls = list(arguments)
    # A fork server imports this module once; plain forks would copy our threads' locks.
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(len(calls), mp_context=context) as pool:
        return [future.result() for future in [pool.submit(work, *call) for call in calls]]


def migrate(url: str) -> str:
    """Open the ledger and return the version its tables have."""
    ledger = Ledger(url)
    with ledger.read() as connection:
        version = connection.scalar(sa.text("SELECT version_num FROM dreambox_alembic_version"))
    ledger.close()
    return str(version)


def write_rows(url: str, writer: str, rows: int) -> int:
    """Write *rows* requests of one's own, and count one common failure."""
    ledger = Ledger(url)
    error = ValueError("the same item again")
    new = 0
    for number in range(rows):
        with ledger.write() as connection:
            new += outbox.enqueue(
                connection, f"{writer}-{number}", kind="reply", payload={"n": number}, now=NOON
            )
            failures.record(connection, stage="dreams", item_id="one", error=error, now=NOON)
    ledger.close()
    return new


def append_entries(url: str, actor: str, entries: int) -> None:
    """Continue the audit chain *entries* times: read its end, then write."""
    ledger = Ledger(url)
    for number in range(entries):
        with ledger.write() as connection:
            audit.append(connection, actor=actor, action="sent", subject=str(number), now=NOON)
    ledger.close()


def claim(url: str, publication_id: str, token: str) -> bool:
    """Try to take a publication."""
    ledger = Ledger(url)
    with ledger.write() as connection:
        won = publications.claim(connection, publication_id, claim_token=token, now=NOON)
    ledger.close()
    return won


def reserve(url: str, job_ids: list[str], price: int, cap: int) -> int:
    """Reserve for as many of these jobs as the daily cap allows; how many that were."""
    ledger = Ledger(url)
    caps = Caps(per_video_microusd=cap, per_day_microusd=cap)
    sent = 0
    for job_id in job_ids:
        with ledger.write() as connection:
            spend.lock(connection)
            committed = spend.committed(connection, dream_id=job_id, day="2026-11-02")
            if exceeded(price, committed, caps) is None:
                spend.reserve(
                    connection,
                    job_id,
                    dream_id=job_id,
                    generator="model",
                    microusd=price,
                    day="2026-11-02",
                    now=NOON,
                )
                sent += 1
    ledger.close()
    return sent


def take_trial(url: str, generator: str) -> bool:
    """Try to be the one whose job finds out whether a generator works again."""
    ledger = Ledger(url)
    with ledger.write() as connection:
        (circuit,) = circuits.of(connection, [generator]).values()
        now = NOON + timedelta(minutes=5)
        won = circuit.is_due(now) and circuits.take_trial(connection, circuit, now=now)
    ledger.close()
    return won


def count_fault(url: str, generator: str, times: int) -> None:
    """Report *times* faults of a generator."""
    ledger = Ledger(url)
    for _ in range(times):
        with ledger.write() as connection:
            circuits.record_fault(connection, generator, TransientError("HTTP 503"), now=NOON)
    ledger.close()


def claim_one_after_the_other(
    url: str, publication_ids: list[str]
) -> list[tuple[str, datetime | None]]:
    """Try to take each; the moment is when the claim had been committed, None when it was refused."""
    ledger = Ledger(url)
    outcomes: list[tuple[str, datetime | None]] = []
    for publication_id in publication_ids:
        try:
            with ledger.write() as connection:
                publications.claim(connection, publication_id, claim_token=publication_id, now=NOON)
        except TransientError:
            # Paused, or the account has begun as many as TikTok takes in a minute.
            outcomes.append((publication_id, None))
        else:
            outcomes.append((publication_id, system_clock()))
    ledger.close()
    return outcomes


def pause_when_some_are_claimed(url: str, claims: int) -> list[tuple[str, datetime | None]]:
    """Wait until *claims* rows are claimed, pause, and return what was claimed by then."""
    ledger = Ledger(url)
    while True:
        with ledger.read() as connection:
            if len(publications.in_flight(connection)) >= claims:
                break
    with ledger.write() as connection:
        switches.pause_posting(connection, reason="trouble", by="operator", now=NOON)
    paused_at = system_clock()
    with ledger.read() as connection:
        taken = [(row.publication_id, paused_at) for row in publications.in_flight(connection)]
    ledger.close()
    return taken


def race(url: str, publication_ids: list[str] | None) -> list[tuple[str, datetime | None]]:
    """Claim these one after the other; or, without any, pause once two are claimed."""
    if publication_ids is None:
        return pause_when_some_are_claimed(url, 2)
    return claim_one_after_the_other(url, publication_ids)


def upsert_comments(root: Path, first: int, rows: int) -> int:
    """Merge *rows* comments one by one into the same day."""
    lake = Lake(root)
    return sum(
        lake.upsert(COMMENTS, NOON.date(), [comment(number)]).new
        for number in range(first, first + rows)
    )


def open_keyring(key_file: Path) -> str:
    """A pseudonym made with the key that everybody must share."""
    return load_keyring("", key_file).author_id("anna")


def open_signing_key(file: Path) -> str:
    """The certificate that everybody must share."""
    return load_signing_key(certificate="", key="", own_file=file, now=NOON).fingerprint


def put(root: Path, file: Path) -> str:
    """Store one file's content."""
    return MediaStore(root).put(file)


def build_warehouse(path: Path, url: str, lake: Path) -> int:
    """Build the warehouse and return how many dreams are in it."""
    ledger = Ledger(url)
    built = Warehouse(path, ledger=ledger, lake=Lake(lake)).build(now=NOON, time_zone="UTC")
    ledger.close()
    return next(mart.rows for mart in built if mart.name == "dim_dreams")


def take_permits(url: str, requests: int, per_window: int, window_s: float) -> list[datetime]:
    """Wait for *requests* permits of one endpoint and return the moments they were given for."""
    ledger = Ledger(url)
    read: list[datetime] = []

    def clock() -> datetime:
        read.append(system_clock())
        return read[-1]

    limiter = SharedLimiter(
        ledger,
        account=lambda: "biz",
        per_minute=per_window,
        now=clock,
        sleep=time.sleep,
        window_s=window_s,
    )
    given = []
    for _ in range(requests):
        limiter.wait("/business/comment/list/")
        given.append(read[-1])
    ledger.close()
    return given
