"""How many comments are read of those that TikTok's limits permit, by one process and by two together.

The sandbox counts 40 queries a minute and endpoint as TikTok does, and locks after one too many.
Time is simulated: it stands while anybody works, moves on to the next waker when all readers wait,
and each request takes a third of a second of it. So the figures do not depend on this machine.
The readers are the pipeline's own client and limiter, in processes that share a ledger.
"""

import json
import multiprocessing
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.sandbox.world.world import InjectedComment
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.keys import load_keyring
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.request_limiter import SharedLimiter
from dreambox_pipeline.tiktok.client import AccountsClient
from dreambox_pipeline.tiktok.errors import RateLimited

PER_MINUTE = 40
PER_PAGE = 30
MINUTES = 20
"""Simulated, for each of the two measurements."""
REQUEST_S = 0.3
COMMENTS = 465
"""Under each video that is read: sixteen pages, all inside TikTok's first 500."""
RATE_LIMITED = 40100


@dataclass(frozen=True)
class Work:
    """What one reading process is told."""

    folder: str
    base_url: str
    video_id: str
    begin: datetime
    end: datetime


@dataclass
class Count:
    """What one reading process did."""

    queries: int = 0
    entries: int = 0
    comments: int = 0
    refused: int = 0


def measure() -> dict[str, object]:
    """Read for twenty simulated minutes with one process, then with two.

    Returns:
        Figures: queries and comments a simulated minute, entries a page, refusals. Ratios: of
        what 40 queries a minute permit, with pages as full as the sandbox hands them out, and
        of 1,200 comments a minute, which only pages of 30 would give.
    """
    figures: list[dict[str, object]] = []
    ratios: dict[str, float] = {}
    for processes in (1, 2):
        counts = read_with(processes, minutes=MINUTES)
        queries = sum(count.queries for count in counts) / MINUTES
        comments = sum(count.comments for count in counts) / MINUTES
        refused = sum(count.refused for count in counts)
        per_page = sum(count.entries for count in counts) / sum(count.queries for count in counts)
        name = "1 process" if processes == 1 else f"{processes} processes"
        figures += [
            {"figure": f"{name}: queries", "value": queries, "unit": "/min"},
            {"figure": f"{name}: comments read", "value": comments, "unit": "/min"},
            {"figure": f"{name}: entries on a page", "value": per_page, "unit": "entries"},
            {"figure": f"{name}: refused with 40100", "value": float(refused), "unit": "answers"},
        ]
        ratios |= {
            f"{name}: comments read / permitted": comments / (PER_MINUTE * per_page),
            f"{name}: comments read / 1,200": comments / (PER_MINUTE * PER_PAGE),
            f"{name}: queries / 40": queries / PER_MINUTE,
        }
    return {"figures": figures, "ratios": ratios}


def read_with(processes: int, *, minutes: int) -> list[Count]:
    """What each of so many reading processes did in so many simulated minutes."""
    with (
        tempfile.TemporaryDirectory(prefix="dreambox-bench-") as folder,
        running_sandbox(rate_limits=True) as sandbox,
    ):
        videos = [_talked_about(sandbox, place) for place in range(processes)]
        settings = _settings(folder, sandbox.info["tiktok_base_url"])
        ledger = Ledger(settings.ledger_url)
        _account(settings, ledger, lambda: sandbox.now).connect(sandbox.auth_code())
        ledger.close()
        # Connecting took a request; with a fresh minute the first ones are not already late.
        begin = sandbox.advance(120)
        end = begin + timedelta(minutes=minutes)
        works = [
            Work(folder, settings.tiktok_base_url, video_id, begin, end) for video_id in videos
        ]
        return _run(works, sandbox)


def _run(works: list[Work], sandbox: RunningSandbox) -> list[Count]:
    """Start the readers, and move the time on whenever all of them wait."""
    context = multiprocessing.get_context("spawn")
    lines: list[Connection] = []
    for work in works:
        ours, theirs = context.Pipe()
        context.Process(target=_read, args=(work, theirs), daemon=True).start()
        lines.append(ours)
    counts: list[Count] = []
    waiting: dict[Connection, datetime] = {}
    reading = list(lines)
    while reading:
        for line in [line for line in reading if line not in waiting]:
            said = line.recv()
            if isinstance(said, Count):
                counts.append(said)
                reading.remove(line)
            else:
                waiting[line] = said
        if waiting:
            sandbox.advance(max((min(waiting.values()) - sandbox.now).total_seconds(), 0))
        for line in [line for line, until in waiting.items() if until <= sandbox.now]:
            del waiting[line]
            line.send(sandbox.now)
    return counts


class _Time:
    """A reader's view of the simulated time: it moves only while the reader sleeps."""

    def __init__(self, now: datetime, line: Connection) -> None:
        self._now, self._line = now, line

    def __call__(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._line.send(self._now + timedelta(seconds=seconds))
        self._now = self._line.recv()


class _Counting(httpx.HTTPTransport):
    """Takes its time, and counts answers, the entries in them, and refusals."""

    def __init__(self, count: Count, time: _Time, end: datetime) -> None:
        super().__init__()
        self._count, self._time, self._end = count, time, end

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on, and look at the answer."""
        response = super().handle_request(request)
        answer = json.loads(response.read())
        if self._time() < self._end:
            self._count.queries += 1
            self._count.entries += len(answer["data"].get("comments", ()))
            self._count.refused += answer["code"] == RATE_LIMITED
        self._time.sleep(REQUEST_S)
        return response


def _read(work: Work, line: Connection) -> None:
    """One process: read the same video again and again, as fast as the limits let it."""
    time, count = _Time(work.begin, line), Count()
    settings = _settings(work.folder, work.base_url)
    ledger = Ledger(settings.ledger_url)
    account = _account(settings, ledger, time)
    limiter = SharedLimiter(ledger, account=account.business_id, now=time, sleep=time.sleep)
    client = AccountsClient(
        work.base_url,
        app_id=settings.tiktok_app_id,
        app_secret=settings.tiktok_app_secret,
        tokens=account,
        now=time,
        sleep=time.sleep,
        http=httpx.Client(transport=_Counting(count, time, work.end), timeout=20),
        limiter=limiter,
    )
    while time() < work.end:
        _walk(client, count, time, work)
    line.send(count)


def _walk(client: AccountsClient, count: Count, time: _Time, work: Work) -> None:
    try:
        for _ in client.comments(work.video_id):
            if time() >= work.end:
                return
            count.comments += 1
    except RateLimited as refusal:
        # By TikTok or by the limiter: both are waited for, and show in the figures.
        time.sleep(refusal.retry_after_s)


def _talked_about(sandbox: RunningSandbox, place: int) -> str:
    """The id of a video with so many comments: its own, filled up."""
    video = sandbox.world.public_videos()[-1 - place]
    for number in range(COMMENTS - len(sandbox.world.comments(video))):
        said = InjectedComment(f"I dreamt of {number} doors", f"h{number}", video.video_id)
        sandbox.world.inject(said)
    return video.video_id


def _settings(folder: str, base_url: str) -> Settings:
    return Settings(var_dir=Path(folder), tiktok_base_url=base_url, clock_url="")


def _account(settings: Settings, ledger: Ledger, clock: Clock) -> TikTokAccount:
    keyring = load_keyring("", settings.var_dir / "keys" / "secret.key")
    return TikTokAccount(settings, ledger=ledger, keyring=keyring, clock=clock)
