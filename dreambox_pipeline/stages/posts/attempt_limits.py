"""How often posts may be begun for one account: TikTok's limits, counted by us for all processes.

    at most 6 in any minute     requests, whatever came of them
    at most 15 in any 24 hours  attempts, without those that TikTok certainly did not carry out

An attempt counts from its claim, because its request may leave at any time after that. Our own
rule, a few posts per local day, is `scheduling.PostingRules`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dreambox_pipeline.stages.posts.scheduling import TIKTOK_POSTS_PER_DAY

POSTS_PER_MINUTE = 6
"""Requests that begin a post, per account (Content Posting API reference, direct post; Accounts API alike)."""

MINUTE = timedelta(minutes=1)
DAY = timedelta(hours=24)

CAP_IS_ASKED_AGAIN_AFTER = timedelta(hours=1)
"""TikTok said that the account has posted enough, over all apps; nobody asks it every minute."""

CLOCK_SKEW = timedelta(minutes=1)
"""How far the clocks of two workers may be apart."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Why no post may be begun now, and when one may."""

    why: str
    free_at: datetime


def closed(
    requests: Iterable[datetime],
    carried_out: Iterable[datetime],
    capped: Iterable[datetime] = (),
    *,
    now: datetime,
) -> Closed | None:
    """What speaks against one more attempt now, or None.

    Moments after *now* count too, so a clock that jumps back frees nothing.

    Args:
        requests: When attempts were claimed, all of them.
        carried_out: The same without attempts that TikTok certainly did not carry out.
        capped: The same of attempts that TikTok refused because the account has posted enough.
        now: Aware.
    """
    per_minute, per_day = POSTS_PER_MINUTE, TIKTOK_POSTS_PER_DAY
    found = [
        Closed(why, free_at)
        for why, claimed, limit, span in (
            (f"{per_minute} in any minute are all TikTok takes", requests, per_minute, MINUTE),
            (f"{per_day} in any 24 hours are all TikTok takes", carried_out, per_day, DAY),
            ("TikTok says that it has posted enough", capped, 1, CAP_IS_ASKED_AGAIN_AFTER),
        )
        if (free_at := _free_at(sorted(claimed), limit, span)) is not None and free_at > now
    ]
    return max(found, key=lambda each: each.free_at, default=None)


def _free_at(claimed: Sequence[datetime], limit: int, span: timedelta) -> datetime | None:
    """When fewer than *limit* of *claimed* lie in the span before it; None if that is always so."""
    return claimed[-limit] + span if len(claimed) >= limit else None
