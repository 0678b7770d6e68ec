"""What the operator set about posting, and the words in which the desk says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.posts.model import Route, TimingPolicy
from dreambox_pipeline.stages.posts.publishing import SLOT_IS_MISSED_AFTER
from dreambox_pipeline.storage.lake import Lake
from dreambox_pipeline.storage.ledger import policies
from dreambox_pipeline.storage.ledger.accounts import MAIN
from dreambox_pipeline.storage.post_queue.timing import policy_now

ROUTES: Final[Mapping[Route, str]] = MappingProxyType(
    {
        Route.ACCOUNTS_API: "TikTok fetches the video from us and posts it in public.",
        Route.CONTENT_POSTING: "The video is uploaded to TikTok and posted at once.",
        Route.INBOX_DRAFT: (
            "The video is uploaded as a draft; a person finishes it in TikTok's app and sets the "
            "AI label there."
        ),
        Route.MANUAL_KIT: (
            "The video goes into a folder with all that belongs to it; a person posts it by hand "
            "and sets the AI label."
        ),
    }
)
"""Each route in words."""

AUDIENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PUBLIC_TO_EVERYONE": "Everyone",
        "MUTUAL_FOLLOW_FRIENDS": "Friends: followers whom the account follows back",
        "FOLLOWER_OF_CREATOR": "Followers",
        "SELF_ONLY": "Only the account itself",
    }
)
"""TikTok's privacy levels in words."""


@dataclass(frozen=True, slots=True)
class PostRules:
    """What the operator set.

    Attributes:
        account: The name by which people here call the account that posts.
        zone: In which its slots are.
        privacy: TikTok's word for who may see posts that nobody chose for; may be empty.
        missed_after: How late a slot may still be used.
        lake: Where follower activity is, on which slot values rest at first; None without one.
    """

    account: str = MAIN
    route: Route = Route.ACCOUNTS_API
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    privacy: str = ""
    missed_after: timedelta = SLOT_IS_MISSED_AFTER
    lake: Lake | None = None

    @property
    def route_words(self) -> str:
        """The route, in a sentence."""
        return ROUTES[self.route]

    def policy(self, connection: Connection, now: datetime) -> TimingPolicy:
        """What slots are worth now."""
        if self.lake is None:
            return policies.newest(connection, TimingPolicy)
        return policy_now(connection, self.lake, self.zone, now)
