"""Finding new comments: a look under the videos that are due, and one into the webhook inbox.

A look reads one page, newest first: enough to know the days on which something is new. Reading it
all is the requested run's work, which reads those videos only. A tick may spend half of what
TikTok's limit gave since the last one and some seconds of real time; what is due then stays due.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.collection import (
    LIST_EVERY,
    CommentsCursor,
    Findings,
    LookedAt,
    day_of,
)
from dreambox_pipeline.defs.inbox import waiting_inserts
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.comments.changes import CommentChange
from dreambox_pipeline.stages.comments.model import SourceVideo
from dreambox_pipeline.stages.comments.polling import (
    COMMENTS_PER_PAGE,
    VideoActivity,
    choose_due,
    next_look,
)
from dreambox_pipeline.storage.ledger import Ledger, inbox, polls
from dreambox_pipeline.storage.ledger import source_videos as ledger_videos
from dreambox_pipeline.storage.ledger.polls import PollState
from dreambox_pipeline.tiktok.client import AccountsClient
from dreambox_pipeline.tiktok.errors import NotFound, RateLimited
from dreambox_pipeline.tiktok.schemas import VideoObject

TROUBLE_WAIT = timedelta(minutes=5)
"""A video whose look failed lets the others go first for this long."""

MAX_TROUBLES = 2
"""After so many unanswered looks in a tick the next one would not be answered either."""

LISTED = 20
"""Newest videos listed at every tick, in one request: their counts are hints, and a new video is seen at once."""

TICK_S = 20.0
"""Real seconds of looks in one tick. Dagster ends a tick at 60, and the last look may take 12."""

TOO_EARLY = (
    "The comment was written before the first day that is collected. Set DREAMBOX_HISTORY_START to an "
    "earlier day and collect that day to have it."
)


def find_new_comments(
    cursor: CommentsCursor,
    *,
    tiktok: TikTokAccount,
    ledger: Ledger,
    clock: Clock,
    settings: Settings,
) -> Findings:
    """Look at the videos that are due, as far as the limits allow, and into the webhook inbox.

    Raises:
        TransientError: TikTok cannot be read at all.
        StopError: Nothing can be read until a person acts.
    """
    now = clock()
    inserts = _collectable(ledger, first_day=settings.history_start, now=now)
    with ledger.read() as connection:
        videos = {video.source_video_id: video for video in ledger_videos.everything(connection)}
        states = polls.states(connection)
    listed = _newest_videos(tiktok.glance)
    is_list_stale = now - cursor.listed >= LIST_EVERY or not listed.keys() <= videos.keys()
    findings = Findings(is_list_stale, inserts=inserts)
    activities = [
        _activity(video, states.get(video_id), listed.get(video_id))
        for video_id, video in videos.items()
    ]
    budget = looks_allowed(settings.tiktok_queries_per_minute, now - cursor.ticked)
    due = choose_due(activities, now=now, budget=budget)
    trouble = _look_at_each(
        due, states, findings, since=cursor.since, client=tiktok.glance, now=now
    )
    with ledger.write() as connection:
        for state in findings.quiet:
            polls.record(connection, state)
    if trouble is not None:
        raise trouble
    return findings


def _collectable(ledger: Ledger, *, first_day: date, now: datetime) -> dict[str, CommentChange]:
    """The told comments whose day is a partition.

    One from before the first is given up; one from tomorrow, by a clock ahead of ours, waits.
    """
    with ledger.read() as connection:
        told = waiting_inserts(connection)
    early = [name for name, change in told.items() if day_of(change.at) < first_day]
    if early:
        with ledger.write() as connection:
            for event_id in early:
                inbox.mark_failed(connection, event_id, error=TOO_EARLY, now=now, give_up=True)
    return {
        event_id: change
        for event_id, change in told.items()
        if first_day <= day_of(change.at) <= day_of(now)
    }


def looks_allowed(per_minute: int, since_last: timedelta) -> int:
    """Requests a tick may spend: half of what the limit gave since the last one, at least 1.

    The other half is the runs', which read what the looks found. More than half a minute's worth
    cannot have been saved up.
    """
    minutes = min(1.0, since_last / timedelta(minutes=1))
    return max(1, int(per_minute / 2 * minutes))


def _newest_videos(client: AccountsClient) -> dict[str, VideoObject]:
    listed = client.videos(fields=("item_id", "create_time", "comments"))
    # One without a time is in no listing of ours, and would seem unknown for ever.
    return {video.item_id: video for video in islice(listed, LISTED) if video.create_time}


def _activity(
    video: SourceVideo, state: PollState | None, listed: VideoObject | None
) -> VideoActivity:
    comments = listed.comments if listed and listed.comments is not None else video.comments
    activity = VideoActivity(video.source_video_id, video.created_at, comments)
    if state is None:
        return activity
    return replace(
        activity,
        counted=state.comments,
        polled_at=state.polled_at,
        due_at=state.due_at,
        new_comments=state.new_comments,
    )


def _look_at_each(
    due: Iterable[VideoActivity],
    states: Mapping[str, PollState],
    findings: Findings,
    *,
    since: datetime,
    client: AccountsClient,
    now: datetime,
) -> TransientError | None:
    """Look until the time or the limit is used up; trouble with one video is not the others'.

    Returns:
        What TikTok's trouble is when no video could be read at all.
    """
    ends_at = time.monotonic() + TICK_S
    troubles: list[TransientError] = []
    readable = 0
    for video in due:
        if time.monotonic() > ends_at or len(troubles) >= MAX_TROUBLES:
            break
        state = states.get(video.source_video_id)
        start = state.seen_until if state and state.seen_until else since
        try:
            page = _look(client, video.source_video_id, since=start)
        except RateLimited:
            # The limit is used up right now; what is due stays due.
            readable += 1
            break
        except ItemError:
            findings.quiet.append(_after_trouble(video, state, now=now))
        except TransientError as error:
            findings.quiet.append(_after_trouble(video, state, now=now))
            troubles.append(error)
        else:
            readable += 1
            _note(video, state, page, start, findings, now=now)
    return troubles[0] if troubles and not readable else None


@dataclass(frozen=True, slots=True)
class _Page:
    """When the newest comments by others were written; *is_full* when more may be behind them."""

    times: tuple[datetime, ...]
    is_full: bool


def _look(client: AccountsClient, video_id: str, *, since: datetime) -> _Page:
    """What is new after *since*, as far as one page shows it."""
    try:
        newest = list(islice(client.comments(video_id, since=since), COMMENTS_PER_PAGE))
    except NotFound:
        # A video that was deleted has no comments.
        newest = []
    found = [comment for comment in newest if comment.create_time and comment.create_time > since]
    times = tuple(c.create_time for c in found if c.create_time and not c.owner)
    return _Page(times, is_full=len(found) == COMMENTS_PER_PAGE)


def _note(
    video: VideoActivity,
    state: PollState | None,
    page: _Page,
    start: datetime,
    findings: Findings,
    *,
    now: datetime,
) -> None:
    video_id = video.source_video_id
    if not page.times:
        due_at = next_look(
            created_at=video.created_at, polled_at=video.polled_at, now=now, new_comments=0
        )
        seen_until = state.seen_until if state else None
        findings.quiet.append(PollState(video_id, now, seen_until, video.comments, 0, due_at))
        return
    # What is new to the page's end may go on behind it, down to where the last look ended.
    first = start if page.is_full else min(page.times)
    findings.from_day[video_id] = day_of(max(first, video.created_at))
    findings.looks[video_id] = LookedAt(
        at=now, seen=max(page.times), new=len(page.times), counted=video.comments
    )


def _after_trouble(video: VideoActivity, state: PollState | None, *, now: datetime) -> PollState:
    seen_until = state.seen_until if state else None
    return PollState(video.source_video_id, now, seen_until, video.counted, 0, now + TROUBLE_WAIT)
