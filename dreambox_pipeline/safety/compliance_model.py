"""A compliance rule as data, and what came of it for one post."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dreambox_pipeline.safety.compliance_facts import ROUTES, PostFacts

READ_ON = date(2026, 11, 22)
"""When somebody last read all of the sources."""

PUBLISH_PAGE = "TikTok API for Business, Accounts API, Publish a video (doc 1762228496095234)"
SETTINGS_PAGE = "TikTok API for Business, Accounts API, Video settings (doc 1816387951979521)"
DIRECT_POST_PAGE = "https://developers.tiktok.com/doc/content-posting-api-reference-direct-post"
MEDIA_PAGE = "https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide"
BOTH_MEDIA_PAGES = f"{MEDIA_PAGE}; {PUBLISH_PAGE}"
COMMUNITY_GUIDELINES = "TikTok Community Guidelines, Integrity and Authenticity, 2026-08-25"
SHARING_GUIDELINES = "https://developers.tiktok.com/doc/content-sharing-guidelines (2026-08-04)"
BRAND_PAGE = "TikTok Support, Promoting a brand, product or service"
MUSIC_PAGE = "TikTok Support, Commercial use of music on TikTok"
OWN = "the house's own rule, docs/compliance.md"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that a post must keep.

    Attributes:
        rule_id: Stable, for counting and for the record kept per post.
        text: The rule in our words.
        source: Where it is written.
        breach: What is wrong with a post, with the value found and what to do, or None.
        routes: Which it concerns.
        needs_account: It cannot be judged before the account was asked.
        read_on: When somebody last read it there.
    """

    rule_id: str
    text: str
    source: str
    breach: Callable[[PostFacts], str | None]
    routes: tuple[str, ...] = ROUTES
    needs_account: bool = False
    read_on: date = READ_ON


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a post breaks, and how."""

    rule_id: str
    message: str
    text: str
    source: str
    read_on: date

    def __str__(self) -> str:
        """The whole of it in a line, for a record and a person."""
        return (
            f"{self.message} Rule {self.rule_id}: {self.text} ({self.source}; read {self.read_on})"
        )


class Judgement(StrEnum):
    """What a rule says about a post."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CONCERNED = "does not concern this route"
    NOT_ASKED = "needs the account's answer, which is asked for right before posting"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule and what it says about one post; *message* is empty unless it failed."""

    rule: Rule
    judgement: Judgement
    message: str = ""
