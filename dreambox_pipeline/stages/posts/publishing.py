"""The life of a publication, so that no video is ever posted twice.

    planned ─> claimed ─> initiated(publish_id) ─> uploaded ─> processing ─> published(post_id)

    any of claimed to processing ─> failed        TikTok said no
    any of claimed to processing ─> unconfirmed   nobody knows; found in the video list ─> published
    unconfirmed ─> initiated                      the claimer's answer came after all, late
    claimed ─> planned                            TikTok certainly did not carry it out
    planned, claimed ─> cancelled                 by the claimer itself, before it sends anything
    unconfirmed ··> published, failed             a person looked, see `decide`
    processing ··> published, failed              the same, when TikTok never tells the public id
    failed, cancelled ··> planned                 a person decided, see `decide`

The row, with the file's content hash, exists before the first request. `claimed` is written
before the request that starts a post; if no answer tells what became of it, the row is
`unconfirmed` and no program sends it again.
`uploaded` means TikTok works on the file, so its address must stay up; `processing` means it is
posted and the public id is still to come. Requests and storage are not done here.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.outcomes import Outcome
from dreambox_pipeline.stages.posts.scheduling import PostingRules
from dreambox_pipeline.tiktok.schemas import VideoSettings

S = PublicationState

TRANSITIONS: dict[PublicationState, frozenset[PublicationState]] = {
    S.PLANNED: frozenset({S.CLAIMED, S.CANCELLED}),
    S.CLAIMED: frozenset({S.INITIATED, S.PLANNED, S.FAILED, S.UNCONFIRMED, S.CANCELLED}),
    S.INITIATED: frozenset({S.UPLOADED, S.PROCESSING, S.PUBLISHED, S.FAILED, S.UNCONFIRMED}),
    S.UPLOADED: frozenset({S.PROCESSING, S.PUBLISHED, S.FAILED, S.UNCONFIRMED}),
    S.PROCESSING: frozenset({S.PUBLISHED, S.FAILED, S.UNCONFIRMED}),
    S.UNCONFIRMED: frozenset({S.PUBLISHED, S.INITIATED}),
    S.FAILED: frozenset(),
    S.PUBLISHED: frozenset(),
    S.CANCELLED: frozenset(),
}
"""What a program may do."""

PERSON_TRANSITIONS: dict[PublicationState, frozenset[PublicationState]] = {
    S.UNCONFIRMED: frozenset({S.PUBLISHED, S.FAILED}),
    S.PROCESSING: frozenset({S.PUBLISHED, S.FAILED}),
    S.FAILED: frozenset({S.PLANNED}),
    S.CANCELLED: frozenset({S.PLANNED}),
}
"""What a person may do besides: after looking at the account, or by approving the video again."""

CLAIM_IS_LOST_AFTER = timedelta(minutes=10)
"""A claim's request takes seconds; one this old belonged to a worker that died in the middle."""

SLOT_IS_MISSED_AFTER = timedelta(hours=2)
"""If the machine was off, the moment is gone; a new one is chosen rather than any one taken."""

ID_IS_LATE_AFTER = timedelta(minutes=10)
"""Post ids come within three minutes, or hours later; then the video list is asked as well."""

STATUS_IS_LOST_AFTER = timedelta(hours=24)
"""Nobody waits a day for a file to be fetched; what became of it is then unknown."""

PERSON_AFTER = timedelta(hours=48)
"""Moderation can take hours; after two days a post that is in no list needs a person's eyes."""

POSTS_PER_MINUTE = 6
"""TikTok's limit on publish requests per account."""


def advance(current: PublicationState, to: PublicationState) -> PublicationState:
    """The state *to*, if a program may take a publication there from *current*.

    Raises:
        ValueError: The machine has no such arrow. A caller's mistake; nothing was changed.
    """
    if to not in TRANSITIONS[current]:
        raise ValueError(f"A publication cannot go from {current} to {to}.")
    return to


def decide(current: PublicationState, to: PublicationState) -> PublicationState:
    """The state *to*, if a person may take a publication there from *current*.

    Raises:
        ValueError: Not even a person may. A caller's mistake; nothing was changed.
    """
    if to not in PERSON_TRANSITIONS.get(current, frozenset()):
        raise ValueError(f"A publication cannot be taken from {current} to {to} by hand.")
    return to


class Step(StrEnum):
    """What to do with one publication now.

    Attributes:
        CLAIM_AND_INITIATE: Write `claimed`, commit, send the request once, write what came of it.
        RESCHEDULE: Choose another slot.
        MARK_UNCONFIRMED: Nobody knows what became of the request.
        POLL: Ask TikTok by publish id.
        RECONCILE: Ask by publish id if there is one, and look in the account's video list.
        ASK_PERSON: Tell a person; do nothing else.
        WAIT: Nothing yet.
        DONE: Nothing any more.
    """

    CLAIM_AND_INITIATE = "claim_and_initiate"
    RESCHEDULE = "reschedule"
    MARK_UNCONFIRMED = "mark_unconfirmed"
    POLL = "poll"
    RECONCILE = "reconcile"
    ASK_PERSON = "ask_person"
    WAIT = "wait"
    DONE = "done"


def next_step(
    state: PublicationState,
    *,
    slot_at: datetime,
    state_since: datetime,
    now: datetime,
    missed_after: timedelta = SLOT_IS_MISSED_AFTER,
) -> Step:
    """What to do with a publication found in *state*.

    A publication found `claimed` is never sent: its claimer either still waits for the answer
    or has died, and only that claimer knew whether the request had left.

    Args:
        state: As stored.
        slot_at: The moment it is planned for.
        state_since: When *state* was written.
        now: Aware.
        missed_after: How late a slot may still be used; more where time runs faster than people.
    """
    age = now - state_since
    match state:
        case S.PLANNED:
            return _step_when_planned(now - slot_at, missed_after)
        case S.CLAIMED:
            return Step.MARK_UNCONFIRMED if age >= CLAIM_IS_LOST_AFTER else Step.WAIT
        case S.INITIATED | S.UPLOADED:
            return Step.MARK_UNCONFIRMED if age >= STATUS_IS_LOST_AFTER else Step.POLL
        case S.PROCESSING:
            return _step_when_processing(age)
        case S.UNCONFIRMED:
            return Step.ASK_PERSON if age >= PERSON_AFTER else Step.RECONCILE
        case _:
            return Step.DONE


def _step_when_processing(age: timedelta) -> Step:
    if age >= PERSON_AFTER:
        return Step.ASK_PERSON
    return Step.RECONCILE if age >= ID_IS_LATE_AFTER else Step.POLL


def _step_when_planned(late: timedelta, missed_after: timedelta) -> Step:
    if late < timedelta(0):
        return Step.WAIT
    return Step.RESCHEDULE if late >= missed_after else Step.CLAIM_AND_INITIATE


def after_failed_init(*, may_have_taken_effect: bool, may_be_repeated: bool) -> PublicationState:
    """Where a claimed publication goes when its request brought an error instead of a publish id.

    Args:
        may_have_taken_effect: The post may exist all the same.
        may_be_repeated: The same request may work later.
    """
    if may_have_taken_effect:
        return S.UNCONFIRMED
    return S.PLANNED if may_be_repeated else S.FAILED


_PROGRESS = (S.INITIATED, S.UPLOADED, S.PROCESSING, S.PUBLISHED)


def after_poll(current: PublicationState, outcome: Outcome) -> PublicationState:
    """Where a publication is after an answer; late answers never take it back.

    Raises:
        ValueError: *current* is not being polled for.
    """
    seen = outcome.state
    if seen is current or _is_behind(seen, current):
        return current
    return advance(current, seen)


def _is_behind(seen: PublicationState, current: PublicationState) -> bool:
    both_move = seen in _PROGRESS and current in _PROGRESS
    return both_move and _PROGRESS.index(seen) < _PROGRESS.index(current)


def may_publish(
    *,
    approved_hash: str | None,
    content_hash: str,
    consent_granted: bool,
    comment_exists: bool,
    paused: bool,
    posts_today: int,
    posts_last_minute: int,
    settings: VideoSettings | None,
    duration_s: float | None = None,
    rules: PostingRules | None = None,
) -> list[str]:
    """Everything that speaks against sending this video now; empty when it may be sent.

    Asked right before the request, because consent and comments can vanish after planning.

    Args:
        approved_hash: Content hash of the approval that holds, or None.
        content_hash: Of the file that would be sent.
        consent_granted: The dreamer's consent, as it is now.
        comment_exists: The dream's comment is still there and visible.
        paused: A person has stopped all posting.
        posts_today: Sent on this local day, failed ones left out.
        posts_last_minute: Requests sent in the last minute.
        settings: The account's, asked for this post; None when TikTok did not answer.
        duration_s: Of the file, in seconds.
        rules: The posting rules; the defaults if None.
    """
    daily = (rules or PostingRules()).max_posts_per_day
    longest = settings.max_video_post_duration_sec if settings else None
    too_long = duration_s is not None and longest is not None and duration_s > longest
    objections = (
        (paused, "Posting is paused; resume it first."),
        (not approved_hash, "Nobody has approved this video; review it first."),
        (
            bool(approved_hash) and approved_hash != content_hash,
            "The approval is for another file; this one must be reviewed.",
        ),
        (not content_hash, "The file has no content hash; finish the video again."),
        (not consent_granted, "The dreamer's consent is not granted; it must not be posted."),
        (not comment_exists, "The dream's comment is gone; it must not be posted."),
        (
            posts_today >= daily,
            f"{posts_today} posts today and {daily} allowed; wait for tomorrow.",
        ),
        (
            posts_last_minute >= POSTS_PER_MINUTE,
            f"{posts_last_minute} requests in the last minute and {POSTS_PER_MINUTE} allowed; wait.",
        ),
        (settings is None, "The account's settings are unknown; ask TikTok for them first."),
        (too_long, f"The video lasts {duration_s} s and the account may post {longest} s."),
    )
    return [reason for applies, reason in objections if applies]
