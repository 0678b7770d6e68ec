"""The life of a publication, so that no video is ever posted twice, by whichever route.

    planned ─> claimed ─> initiated(publish_id) ─> uploaded ─> processing ─> published(post_id)

    any of claimed to processing ─> failed        TikTok said no
    any of claimed to processing ─> unconfirmed   nobody knows; found in the video list ─> published
    unconfirmed ─> initiated                      the claimer's answer came after all, late
    planned, failed, cancelled ─> initiated       the same, later still, where its request alone posts
    claimed ─> planned                            TikTok certainly did not carry it out, or the claim is
                                                  lost and its request alone posts nothing
    initiated ─> planned                          the upload's address is over, TikTok refuses it and never
                                                  had the whole file
    initiated, uploaded ─> unconfirmed            a draft lies in the inbox, a kit in its folder: a person
                                                  posts it by hand
    planned, claimed ─> cancelled                 by the claimer itself, before it sends anything
    planned, failed, cancelled ─> published       TikTok tells of a post that an earlier attempt made after all
    planned ─> unconfirmed                        the same, without the post's id
    unconfirmed ··> published, failed             a person looked, see `decide`
    processing ··> published, failed              the same, when TikTok never tells the public id
    failed, cancelled ··> planned                 a person decided, see `decide`

The row, with the file's content hash, exists before the first request. `claimed` is written
before the request that starts a post. If no answer tells what became of it and the route posts on
that request (`Route.posts_on_begin`), the row is `unconfirmed` and no program sends it again;
otherwise nothing can have been posted without the file, whose sending needs the claim.
`uploaded` means TikTok works on the file, so its address must stay up; `processing` means it is
posted and the public id is still to come. Every change of a row needs the claim it was read with,
so a worker that overslept its claim changes nothing any more. Requests and storage are not done here.

A slot that was missed by `missed_slot_hours` because the machine was off is never used late: the
video gets another one. Clocks may jump. Back: an age is never negative, and a claim from the far
future counts as lost. Ahead: claims and statuses are given up early, which leads to where a
person, or TikTok's own word, decides; never to a second request for a post that may exist.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.stages.posts.outcomes import Outcome
from dreambox_pipeline.stages.posts.scheduling import PostingRules

S = PublicationState

TRANSITIONS: dict[PublicationState, frozenset[PublicationState]] = {
    S.PLANNED: frozenset({S.CLAIMED, S.CANCELLED, S.INITIATED, S.PUBLISHED, S.UNCONFIRMED}),
    S.CLAIMED: frozenset({S.INITIATED, S.PLANNED, S.FAILED, S.UNCONFIRMED, S.CANCELLED}),
    S.INITIATED: frozenset(
        {S.UPLOADED, S.PROCESSING, S.PUBLISHED, S.FAILED, S.UNCONFIRMED, S.PLANNED}
    ),
    S.UPLOADED: frozenset({S.PROCESSING, S.PUBLISHED, S.FAILED, S.UNCONFIRMED}),
    S.PROCESSING: frozenset({S.PUBLISHED, S.FAILED, S.UNCONFIRMED}),
    S.UNCONFIRMED: frozenset({S.PUBLISHED, S.INITIATED}),
    S.FAILED: frozenset({S.INITIATED, S.PUBLISHED}),
    S.PUBLISHED: frozenset(),
    S.CANCELLED: frozenset({S.INITIATED, S.PUBLISHED}),
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

SEND_WITHIN_S = 60.0
"""Seconds, of this machine, between a claim and its request; a worker that was held up sends nothing."""

ABSENT_AFTER = timedelta(hours=1)
"""How long TikTok may take to fetch a file; before that nobody can say that a post will not appear."""

SLOT_IS_MISSED_AFTER = timedelta(hours=2)
"""If the machine was off, the moment is gone; a new one is chosen rather than any one taken."""

ID_IS_LATE_AFTER = timedelta(minutes=10)
"""Post ids come within three minutes, or hours later; then the video list is asked as well."""

STATUS_IS_LOST_AFTER = timedelta(hours=24)
"""Nobody waits a day for a file to be fetched; what became of it is then unknown."""

PERSON_AFTER = timedelta(hours=48)
"""Moderation can take hours; after two days a post that is in no list needs a person's eyes."""

UPLOAD_ADDRESS_LASTS = timedelta(hours=1)
"""How long TikTok takes a file at an upload's address (Content Posting API, media transfer guide)."""

UPLOAD_MARGIN = timedelta(minutes=10)
"""Past the address's end: what was on its way before it has arrived, or never will."""

CLOCKS_MAY_DIFFER_BY = timedelta(minutes=10)
"""A stamp further ahead was made by a clock that was wrong."""


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
        PLAN_AGAIN: The claim is lost and nothing can have been posted.
        POLL: Ask TikTok by publish id.
        RECONCILE: Ask by publish id if there is one, and look in the account's video list.
        ASK_PERSON: Tell a person; do nothing else.
        WAIT: Nothing yet.
        DONE: Nothing any more.
    """

    CLAIM_AND_INITIATE = "claim_and_initiate"
    RESCHEDULE = "reschedule"
    MARK_UNCONFIRMED = "mark_unconfirmed"
    PLAN_AGAIN = "plan_again"
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
    route: Route = Route.ACCOUNTS_API,
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
        route: By which it was claimed; the default is the one about which least is certain.
    """
    age = max(now - state_since, timedelta())
    match state:
        case S.PLANNED:
            return _step_when_planned(now - slot_at, missed_after)
        case S.CLAIMED:
            return _step_when_claimed(age, state_since - now, route)
        case S.INITIATED | S.UPLOADED:
            return Step.MARK_UNCONFIRMED if age >= STATUS_IS_LOST_AFTER else Step.POLL
        case S.PROCESSING:
            return _step_when_processing(age)
        case S.UNCONFIRMED:
            return Step.ASK_PERSON if age >= PERSON_AFTER else Step.RECONCILE
        case _:
            return Step.DONE


def _step_when_claimed(age: timedelta, ahead: timedelta, route: Route) -> Step:
    if age < CLAIM_IS_LOST_AFTER and ahead <= CLOCKS_MAY_DIFFER_BY:
        return Step.WAIT
    return Step.MARK_UNCONFIRMED if route.posts_on_begin else Step.PLAN_AGAIN


def _step_when_processing(age: timedelta) -> Step:
    if age >= PERSON_AFTER:
        return Step.ASK_PERSON
    return Step.RECONCILE if age >= ID_IS_LATE_AFTER else Step.POLL


def _step_when_planned(late: timedelta, missed_after: timedelta) -> Step:
    if late < timedelta(0):
        return Step.WAIT
    return Step.RESCHEDULE if late >= missed_after else Step.CLAIM_AND_INITIATE


def after_failed_init(
    *, may_have_taken_effect: bool, may_be_repeated: bool, route: Route = Route.ACCOUNTS_API
) -> PublicationState:
    """Where a claimed publication goes when its request brought an error instead of a publish id.

    Args:
        may_have_taken_effect: TikTok may have carried it out all the same.
        may_be_repeated: The same request may work later.
        route: Where the request alone posts nothing, an unknown outcome is certain enough.
    """
    if may_have_taken_effect and route.posts_on_begin:
        return S.UNCONFIRMED
    return S.PLANNED if may_be_repeated else S.FAILED


def denied_from(route: Route, sent_at: datetime) -> datetime:
    """From when on a person may say that what was sent at *sent_at* is not there.

    Where one request is enough it has to be certain first: planned again it would be posted twice.
    """
    return sent_at + ABSENT_AFTER if route.posts_on_begin else sent_at


def may_begin_again(route: Route, *, initiated_at: datetime, now: datetime) -> bool:
    """Whether an upload that TikTok refuses to go on with may be given up for a new request.

    Asked only after TikTok has refused the address and said that it lacks a part of the file.
    """
    is_over = now - initiated_at >= UPLOAD_ADDRESS_LASTS + UPLOAD_MARGIN
    return not route.posts_on_begin and is_over


_PROGRESS = (S.INITIATED, S.UPLOADED, S.PROCESSING, S.PUBLISHED)


def after_poll(current: PublicationState, outcome: Outcome) -> PublicationState:
    """Where a publication is after an answer; late answers never take it back.

    Raises:
        ValueError: *current* is not being polled for.
    """
    seen = outcome.state
    if seen is current or is_behind(seen, current):
        return current
    return advance(current, seen)


def is_behind(seen: PublicationState, current: PublicationState) -> bool:
    """Whether *seen* is an earlier stage of the way on which *current* lies."""
    both_move = seen in _PROGRESS and current in _PROGRESS
    return both_move and _PROGRESS.index(seen) < _PROGRESS.index(current)


def may_publish(
    *,
    approved_hash: str | None,
    content_hash: str,
    consent_granted: bool,
    paused: bool,
    posts_today: int,
    rules: PostingRules | None = None,
) -> list[str]:
    """Everything of ours that speaks against sending this video now; empty when it may be sent.

    Asked right before the request, because approval and consent can vanish after planning. What
    TikTok's rules and limits say is not here: see `safety.compliance` and `attempt_limits`.

    Args:
        approved_hash: Content hash of the approval that holds, or None.
        content_hash: Of the file that would be sent.
        consent_granted: The dreamer's consent, as it is now.
        paused: A person has stopped all posting.
        posts_today: Sent from the account on this local day, failed ones left out.
        rules: The posting rules; the defaults if None.
    """
    daily = (rules or PostingRules()).max_posts_per_day
    objections = (
        (paused, "Posting is paused; resume it first."),
        (not approved_hash, "Nobody has approved this video; review it first."),
        (
            bool(approved_hash) and approved_hash != content_hash,
            "The approval is for another file; this one must be reviewed.",
        ),
        (not content_hash, "The file has no content hash; finish the video again."),
        (not consent_granted, "The dreamer's consent is not granted; it must not be posted."),
        (
            posts_today >= daily,
            f"{posts_today} posts today and {daily} allowed; wait for tomorrow.",
        ),
    )
    return [reason for applies, reason in objections if applies]
