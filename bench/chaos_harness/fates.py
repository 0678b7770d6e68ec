"""What the seed has in store: for each publication, and for each round of workers."""

from dataclasses import dataclass
from random import Random
from typing import Final

from dreambox_pipeline.stages.posts.model import Route

BEGIN_FAULTS: Final = (
    "timeout_before",
    "timeout_after",
    "http_500",
    "http_500_after",
    "http_429",
    "close_mid_body",
    "garbage",
    "html",
    "html_200",
    "code:40102",
)
"""What may happen to the request that begins a publication: before TikTok acted, or after."""

REFUSALS: Final = (
    "spam_risk_too_many_posts",
    "spam_risk_text",
    "spam_risk",
    "spam_risk_user_banned_from_posting",
    "privacy_level_option_mismatch",
    "reached_active_user_cap",
)
"""What the developer host may answer to that request instead, the first time."""

REFUSED: Final = "code:40002"
"""The Accounts API's word for the same."""

REJECTIONS: Final = (
    "file_format_check_failed",
    "frame_rate_check_failed",
    "spam_risk_text",
    "spam_risk",
    "internal",
)
"""Why TikTok may not post a file that it took, each time it is sent."""

SLOWER_THAN_PATIENCE_S: Final = 10.0
"""Until the sandbox hangs up on a request whose answer a life really waits for in vain."""

PASSING_FAULTS: Final = (
    "timeout_before",
    "timeout_after",
    "http_500",
    "http_429",
    "close_mid_body",
    "garbage",
    "html_200",
)

PATHS: Final = (
    "/open_api/v1.3/business/publish/status/",
    "/open_api/v1.3/business/video/settings/",
    "/open_api/v1.3/business/video/list/",
    "/open_api/v1.3/business/comment/",
    "/open_api/v1.3/tt_user/oauth2/",
    "/v2/post/publish/status/",
    "/v2/post/publish/creator_info/",
    "/v2/oauth/",
    "/v2/video/list/",
    "/upload/video/",
)
"""Where the faults of a round strike; those that begin a publication are its own fate."""

ROUTES: Final = (Route.ACCOUNTS_API, Route.CONTENT_POSTING, Route.INBOX_DRAFT, Route.MANUAL_KIT)


@dataclass(frozen=True, slots=True)
class Plan:
    """One campaign.

    Attributes:
        posts: How many publications.
        database_url: PostgreSQL for the ledger; empty for SQLite.
        calm: Nothing goes wrong; for measuring.
        stuck_after: Rounds in which nothing at all happened, after which it is given up.
        patience_s: Wall seconds after which it is given up whatever happens. A machine with other
            work is slow, so this only keeps a run from never ending.
    """

    seed: int = 1
    posts: int = 1000
    database_url: str = ""
    calm: bool = False
    stuck_after: int = 150
    patience_s: float = 4 * 3600.0


@dataclass(frozen=True, slots=True)
class Fate:
    """What one publication meets.

    Attributes:
        begin_fault: Of the request that begins it, the first time.
        hangs_s: Wall seconds until the line is cut, if the fault is a timeout: at once, or after
            whoever waits has lost patience.
        refusal: What the developer host answers to that request, the first time.
        rejection: Why TikTok never posts its file.
        dies_publishing_at: How many lines of our code its publisher lives, the first time.
        dies_following_at: The same for whoever asks what became of it.
        taken_back: `ledger` (a run wrote the withdrawal down), `comment` (the dreamer deleted it),
            `late` (written down while a draft or a kit waits for a person), or empty.
        person: What somebody does who finds it waiting: `posts` it by hand or looks for it, `denies`
            that it is out, or nothing.
    """

    route: Route
    begin_fault: str = ""
    hangs_s: float = 0.0
    refusal: str = ""
    rejection: str = ""
    dies_publishing_at: int = 0
    dies_following_at: int = 0
    taken_back: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class RoundFate:
    """What one round of workers meets.

    Attributes:
        workers: How many race.
        faults: Path, kind and how many good answers before, each struck once.
        clock_off_s: How wrong the machine's clock is, in seconds.
        disk_bytes: How much the files of the first worker may still grow; None for any amount.
        killed_after_s: Real seconds until a worker is killed from outside; None for never.
        pauses: A person pauses posting in the middle of this round, until its end.
        people_after_s: Real seconds after which they do, and dreamers withdraw.
        webhooks: How they come: the sandbox's switches.
        then_s: How many seconds pass after it.
    """

    workers: int
    faults: tuple[tuple[str, str, int], ...] = ()
    clock_off_s: float = 0.0
    disk_bytes: int | None = None
    killed_after_s: float | None = None
    pauses: bool = False
    people_after_s: float = 0.0
    webhooks: tuple[tuple[str, bool | int], ...] = ()
    then_s: float = 61.0


PUBLISHING_LINES: Final = 7_600
"""About as many lines of our code as publishing takes; most of them weigh what would be said."""

CRITICAL_FROM: Final = 5_000
"""From about here on it is claimed, begun, delivered and asked about: half of all deaths are here."""

FOLLOWING_LINES: Final = 850
"""About as many as asking what became of a post takes."""


def fate_of(plan: Plan, number: int) -> Fate:
    """The fate of publication *number*."""
    dice = Random(f"{plan.seed}/publication/{number}")
    if plan.calm:
        return Fate(ROUTES[number % 2])
    (route,) = dice.choices(ROUTES, weights=(42, 42, 7, 9))
    fault = dice.choice(BEGIN_FAULTS) if dice.random() < 0.35 else ""
    hangs_s = SLOWER_THAN_PATIENCE_S if dice.random() < 0.3 else 0.0
    refusal = ""
    if not fault and dice.random() < 0.05:
        is_accounts = route is Route.ACCOUNTS_API
        fault, refusal = (REFUSED, "") if is_accounts else ("", dice.choice(REFUSALS))
    first = dice.choice((1, CRITICAL_FROM))
    publishing = dice.randint(first, PUBLISHING_LINES) if dice.random() < 0.35 else 0
    following = dice.randint(1, FOLLOWING_LINES) if dice.random() < 0.12 else 0
    by_hand = route in (Route.INBOX_DRAFT, Route.MANUAL_KIT)
    taken_back = ""
    if dice.random() < 0.04 or (by_hand and dice.random() < 0.1):
        taken_back = dice.choice(
            ("ledger", "comment", "late") if by_hand else ("ledger", "comment")
        )
    return Fate(
        route,
        begin_fault=fault,
        hangs_s=hangs_s if fault.startswith("timeout") else 0.0,
        refusal=refusal,
        rejection=dice.choice(REJECTIONS)
        if route is not Route.MANUAL_KIT and dice.random() < 0.04
        else "",
        dies_publishing_at=publishing,
        dies_following_at=following,
        taken_back=taken_back,
        person=dice.choice(("posts", "posts", "posts", "denies", "")),
    )


def fate_of_round(plan: Plan, number: int) -> RoundFate:
    """The fate of round *number*."""
    dice = Random(f"{plan.seed}/round/{number}")
    if plan.calm:
        return RoundFate(workers=1)
    faults = tuple(
        (dice.choice(PATHS), dice.choice(PASSING_FAULTS), dice.randint(0, 4))
        for _ in range(dice.choice((0, 0, 1, 2, 3)))
    )
    return RoundFate(
        workers=dice.choice((1, 2, 2, 3)),
        faults=faults,
        clock_off_s=dice.choice((-400.0, -45.0, 45.0, 400.0)) if dice.random() < 0.06 else 0.0,
        disk_bytes=dice.choice((0, 3_000, 12_000, 40_000)) if dice.random() < 0.06 else None,
        killed_after_s=dice.uniform(0.05, 0.8) if dice.random() < 0.15 else None,
        pauses=dice.random() < 0.1,
        people_after_s=dice.uniform(0.0, 0.6),
        webhooks=(
            ("webhook_doubled", dice.random() < 0.4),
            ("webhook_reversed", dice.random() < 0.4),
            ("webhook_delay_s", dice.choice((-1, -1, 0, 30, 900, 4000))),
            ("webhook_losses", dice.choice((0, 0, 1, 5))),
        ),
        then_s=dice.choice((20.0, 61.0, 61.0, 61.0, 200.0, 660.0)),
    )
