"""Which videos to look at for new comments now: fresh and busy ones often, old and quiet ones rarely.

A look costs one request, and what it finds costs more, so every look decides about the next. With
`age` of the video, `elapsed` since the look before, and `n` new comments found now:

    by_age = age / 48                     an hour old: 2 min; a day: 30 min; 12 days: 6 h
    wanted = 2 * elapsed                  when n = 0: back off
             elapsed / (n + 1)            otherwise: a video that wakes up is followed closely
    next   = wanted, within 2 minutes .. by_age, and by_age within 2 minutes .. 1 day

A look that is due is served by how late it is in units of its own interval, so too small a
budget stretches all intervals by the same factor. What is a whole day late goes before that, the
latest first, and every second place is kept for videos nobody looked at yet. So none is starved.

The state between looks is the ledger's (`video_polls`); asking TikTok is `defs.collection`'s.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Final

COMMENTS_PER_PAGE: Final = 30
"""What TikTok gives in one answer."""

SHORTEST: Final = timedelta(minutes=2)
"""Even a video that everybody talks about: its comments are a page or two by then."""

LONGEST: Final = timedelta(days=1)
"""Even a video nobody talks about; also how late a look may be before it goes first."""

AGE_SHARE: Final = 48
"""Comments come in proportion to a video's youth: half an hour matters on the first day, not in a month."""


@dataclass(frozen=True, slots=True)
class VideoActivity:
    """What is known of one video's comments.

    Attributes:
        comments: The platform's newest count, None when it did not say. It may be a day old.
        counted: The count that was known at the last look.
        polled_at: When it was looked at last, None when never.
        due_at: When the next look was planned for; None when it was never looked at.
        new_comments: How many the last look found.
    """

    source_video_id: str
    created_at: datetime
    comments: int | None = None
    counted: int | None = None
    polled_at: datetime | None = None
    due_at: datetime | None = None
    new_comments: int = 0

    @property
    def grown_by(self) -> int:
        """Comments that the platform counted since the last look; 0 when it cannot be told."""
        if self.comments is None or self.counted is None:
            return 0
        return max(0, self.comments - self.counted)


def next_look(
    *, created_at: datetime, polled_at: datetime | None, now: datetime, new_comments: int
) -> datetime:
    """When a video that was just looked at is due again.

    Args:
        created_at: When the video was posted.
        polled_at: The look before this one; None when this was the first.
        now: The moment of this look.
        new_comments: How many it found that were not known.
    """
    by_age = min(max((now - created_at) / AGE_SHARE, SHORTEST), LONGEST)
    elapsed = by_age if polled_at is None else max(now - polled_at, SHORTEST)
    wanted = elapsed / (new_comments + 1) if new_comments else 2 * elapsed
    return now + min(max(wanted, SHORTEST), by_age)


def due_since(video: VideoActivity) -> datetime:
    """Since when a look is due; in the future when it is not yet.

    A count that grew without a look brings it forward: listing twenty counts costs one request.
    """
    if video.polled_at is None or video.due_at is None:
        return video.created_at
    if video.grown_by:
        return min(video.due_at, video.polled_at + SHORTEST)
    return video.due_at


def estimated_pages(video: VideoActivity, *, now: datetime) -> int:
    """Requests that a look now is likely to cost: itself, and reading what it finds, 1 or more.

    As many comments are expected as last time, in proportion to how late the look is, or as many
    as the platform's count grew by.
    """
    if video.polled_at is None or video.due_at is None:
        return 2
    interval = max(video.due_at - video.polled_at, SHORTEST)
    share = max(1.0, (now - video.polled_at) / interval)
    expected = max(video.grown_by, video.new_comments * share)
    return 1 + math.ceil(expected / COMMENTS_PER_PAGE)


def choose_due(
    videos: Iterable[VideoActivity], *, now: datetime, budget: int
) -> list[VideoActivity]:
    """The videos to look at now, in order, within *budget* requests.

    The first in line is chosen whatever it costs, because otherwise a video that needs more than
    any tick's budget would wait for ever. A budget of 0 chooses none.
    """
    due = [video for video in videos if due_since(video) <= now]
    known = sorted((v for v in due if v.polled_at is not None), key=lambda v: _urgency(v, now))
    unknown = sorted(
        (v for v in due if v.polled_at is None),
        key=lambda v: (now - v.created_at, v.source_video_id),
    )
    chosen: list[VideoActivity] = []
    left = budget
    for video in _alternating(unknown, known):
        pages = estimated_pages(video, now=now)
        if pages <= left or (budget > 0 and not chosen):
            chosen.append(video)
            left -= pages
    return chosen


def _urgency(video: VideoActivity, now: datetime) -> tuple[int, float, str]:
    since = due_since(video)
    late = now - since
    if late >= LONGEST:
        return 0, -late.total_seconds(), video.source_video_id
    interval = max(since - (video.polled_at or since), SHORTEST)
    return 1, -(late / interval), video.source_video_id


def _alternating(
    first: Sequence[VideoActivity], second: Sequence[VideoActivity]
) -> list[VideoActivity]:
    pairs = zip_longest(first, second)
    return [video for pair in pairs for video in pair if video is not None]
