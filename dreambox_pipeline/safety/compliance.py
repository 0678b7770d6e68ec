"""TikTok's rules for one post, as data: each with what it says, where it says so, and when we read it.

`check_post` runs them all on the facts of a post and returns every violation, so a person sees
the whole list at once. A post with any violation is not sent. Whether the dream itself is fit to
be shown is screening's question, not this one's.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dreambox_pipeline.media.model import MediaFacts
from dreambox_pipeline.tiktok.schemas import VideoSettings

MAX_CAPTION_UNITS = 2200
MAX_MENTIONS = 30
MIN_DURATION_S, MAX_DURATION_S = 3.0, 600.0
MAX_BYTES = 1_000_000_000
"""TikTok says 1 GB and not which; the decimal one is within both."""
MIN_SIDE_PX = 360
MIN_FPS, MAX_FPS = 23, 60
ALLOWED_OVERLAYS = frozenset({"title", "credit", "ai_label"})

_MENTION = re.compile(r"@[\w.]+")

PUBLISH_PAGE = "TikTok API for Business, Accounts API, Publish a video (doc 1762228496095234)"
SETTINGS_PAGE = "TikTok API for Business, Accounts API, Video settings (doc 1816387951979521)"
COMMUNITY_GUIDELINES = "TikTok Community Guidelines, Integrity and Authenticity, 2026-08-25"
SHARING_GUIDELINES = "TikTok Content Sharing Guidelines, 2026-08-04"
BRAND_PAGE = "TikTok Support, Promoting a brand, product or service"
READ_ON = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class PostFacts:
    """Everything the rules look at, about one post that is about to be sent.

    Attributes:
        media: Measured from the very file that TikTok will fetch.
        overlay_kinds: The `kind` of every text drawn on the video.
        settings: What the account allows now, asked for this post.
        declares_own_business, declares_paid_partnership: What a person declared about this
            post; the brand flags must say exactly that.
    """

    caption: str
    is_ai_generated: bool
    media: MediaFacts
    overlay_kinds: tuple[str, ...]
    settings: VideoSettings
    disable_comment: bool = False
    disable_duet: bool = False
    disable_stitch: bool = False
    is_brand_organic: bool = False
    is_branded_content: bool = False
    declares_own_business: bool = False
    declares_paid_partnership: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the platform.

    Attributes:
        rule_id: Stable, for counting and for the record kept per post.
        text: The rule in our words.
        source: Where it is written.
        read_on: When somebody last read it there.
        breach: What is wrong with a post, with the value found, or None.
    """

    rule_id: str
    text: str
    source: str
    read_on: date
    breach: Callable[[PostFacts], str | None]


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a post breaks, and how."""

    rule_id: str
    message: str
    source: str


def caption_units(text: str) -> int:
    """Length as TikTok counts it: in UTF-16 code units, so most emoji count as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def mentions(text: str) -> list[str]:
    """Every `@mention` in *text*, as written."""
    return _MENTION.findall(text)


def _ai_flag(post: PostFacts) -> str | None:
    return (
        None
        if post.is_ai_generated
        else "is_ai_generated is off; set it, it cannot be added later."
    )


def _caption_length(post: PostFacts) -> str | None:
    units = caption_units(post.caption)
    return (
        f"The caption has {units} UTF-16 units; shorten it." if units > MAX_CAPTION_UNITS else None
    )


def _caption_mentions(post: PostFacts) -> str | None:
    found = len(mentions(post.caption))
    return f"The caption has {found} mentions; remove some." if found > MAX_MENTIONS else None


def _duration(post: PostFacts) -> str | None:
    seconds = post.media.duration_s
    if MIN_DURATION_S <= seconds <= MAX_DURATION_S:
        return None
    return (
        f"The video lasts {seconds:.2f} s; TikTok takes {MIN_DURATION_S:g} to {MAX_DURATION_S:g} s."
    )


def _account_duration(post: PostFacts) -> str | None:
    longest = post.settings.max_video_post_duration_sec
    if longest is None or post.media.duration_s <= longest:
        return None
    return f"The video lasts {post.media.duration_s:.2f} s; this account may post {longest} s."


def _size(post: PostFacts) -> str | None:
    size = post.media.size_bytes
    if 0 < size <= MAX_BYTES:
        return None
    return f"The file has {size} bytes; TikTok takes 1 to {MAX_BYTES}."


def _sides(post: PostFacts) -> str | None:
    width, height = post.media.width, post.media.height
    if min(width, height) >= MIN_SIDE_PX:
        return None
    return f"The picture is {width}x{height} px; each side needs {MIN_SIDE_PX} px."


def _frame_rate(post: PostFacts) -> str | None:
    rate = post.media.frame_rate
    if MIN_FPS <= rate <= MAX_FPS:
        return None
    return f"The frame rate is {float(rate):.3f}; TikTok takes {MIN_FPS} to {MAX_FPS}."


def _toggles(post: PostFacts) -> str | None:
    account = post.settings
    ignored = [
        name
        for name, is_forbidden, is_off in (
            ("comments", account.comment_disabled, post.disable_comment),
            ("duets", account.duet_disabled, post.disable_duet),
            ("stitches", account.stitch_disabled, post.disable_stitch),
        )
        if is_forbidden and not is_off
    ]
    return (
        f"The account has {', '.join(ignored)} disabled; disable them here too."
        if ignored
        else None
    )


def _overlays(post: PostFacts) -> str | None:
    foreign = sorted(set(post.overlay_kinds) - ALLOWED_OVERLAYS)
    if not foreign:
        return None
    return f"Overlays of kind {', '.join(foreign)}; only {', '.join(sorted(ALLOWED_OVERLAYS))} may be drawn."


def _brand_flags(post: PostFacts) -> str | None:
    wrong = [
        name
        for name, is_set, is_declared in (
            ("is_brand_organic", post.is_brand_organic, post.declares_own_business),
            ("is_branded_content", post.is_branded_content, post.declares_paid_partnership),
        )
        if is_set != is_declared
    ]
    return f"{', '.join(wrong)} differs from what was declared; make them agree." if wrong else None


RULES: tuple[Rule, ...] = (
    Rule(
        "ai-flag",
        "Every post carries TikTok's AI-generated label; the label cannot be changed after posting.",
        COMMUNITY_GUIDELINES,
        READ_ON,
        _ai_flag,
    ),
    Rule(
        "caption-length",
        f"A caption has at most {MAX_CAPTION_UNITS} UTF-16 units.",
        PUBLISH_PAGE,
        READ_ON,
        _caption_length,
    ),
    Rule(
        "caption-mentions",
        f"A caption has at most {MAX_MENTIONS} mentions.",
        PUBLISH_PAGE,
        READ_ON,
        _caption_mentions,
    ),
    Rule(
        "duration",
        f"A video lasts {MIN_DURATION_S:g} to {MAX_DURATION_S:g} seconds.",
        PUBLISH_PAGE,
        READ_ON,
        _duration,
    ),
    Rule(
        "account-duration",
        "A video is no longer than max_video_post_duration_sec of the account's settings.",
        SETTINGS_PAGE,
        READ_ON,
        _account_duration,
    ),
    Rule("file-size", "A file has at most 1 GB.", PUBLISH_PAGE, READ_ON, _size),
    Rule(
        "picture-size",
        f"Each side has at least {MIN_SIDE_PX} px.",
        PUBLISH_PAGE,
        READ_ON,
        _sides,
    ),
    Rule(
        "frame-rate",
        f"The frame rate is {MIN_FPS} to {MAX_FPS} frames a second.",
        PUBLISH_PAGE,
        READ_ON,
        _frame_rate,
    ),
    Rule(
        "disabled-toggles",
        "What the account's settings disable (comments, duets, stitches) is disabled on the post.",
        SETTINGS_PAGE,
        READ_ON,
        _toggles,
    ),
    Rule(
        "overlays",
        "An app adds no watermark, logo, brand or promotional text; the creator's own title, the "
        "credit and the AI label are the creator's content.",
        SHARING_GUIDELINES,
        READ_ON,
        _overlays,
    ),
    Rule(
        "brand-flags",
        "The brand flags are on exactly when a person declared a promotion.",
        BRAND_PAGE,
        READ_ON,
        _brand_flags,
    ),
)


def check_post(post: PostFacts) -> list[Violation]:
    """Every rule that *post* breaks, in the order of `RULES`; empty when it may be sent."""
    breaches = ((rule, rule.breach(post)) for rule in RULES)
    return [
        Violation(rule.rule_id, message, rule.source)
        for rule, message in breaches
        if message is not None
    ]
