"""A platform and its publishers in one: it does what a test tells it, and counts the posts that exist."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.stages.posts.outcomes import Outcome
from dreambox_pipeline.stages.posts.publisher import Allowance, Begun, PostFile, PostOrder

S = PublicationState
ADDRESS = "https://upload.example/secret-address"


class Killed(BaseException):
    """The process is gone; nothing catches it."""


@dataclass
class Listed:
    """A video of the account's list."""

    item_id: str
    caption: str
    create_time: datetime | None = None


class ScriptedPublisher:
    """One account and one route. `at` is called before and after everything it is asked for."""

    def __init__(self, route: Route) -> None:
        self.route = route
        self.begun: list[PostOrder] = []
        self.delivered: list[str] = []
        self.at: Callable[[str], None] = lambda _: None
        self.outcomes: dict[str, Outcome] = {}
        self.listed: list[Listed] = []

    def of(self, account_id: str, route: Route) -> "ScriptedPublisher":
        """It is its own `PublisherSource`."""
        assert account_id
        assert route is self.route
        return self

    @property
    def posts(self) -> int:
        """How many posts exist, or will when a person does as told."""
        return len(self.begun) if self.route.posts_on_begin else len(set(self.delivered))

    def allowance(self) -> Allowance:
        self.at("allowance")
        return Allowance(privacy_levels=("PUBLIC_TO_EVERYONE",))

    def begin(self, order: PostOrder, allowance: Allowance) -> Begun:
        assert allowance.privacy_levels
        self.at("before begin")
        self.begun.append(order)
        self.at("after begin")
        publish_id = f"p{len(self.begun)}"
        return Begun(publish_id, None if self.route.posts_on_begin else SecretStr(ADDRESS))

    def deliver(self, begun: Begun, file: PostFile) -> None:
        assert begun.upload is not None
        assert begun.upload.get_secret_value() == ADDRESS
        assert file.path.exists()
        self.at("before deliver")
        self.delivered.append(begun.publish_id)
        self.at("after deliver")

    def outcome(self, publish_id: str) -> Outcome:
        self.at("outcome")
        if publish_id in self.outcomes:
            return self.outcomes[publish_id]
        is_whole = self.route.posts_on_begin or publish_id in self.delivered
        if not is_whole:
            return Outcome(S.UPLOADED, None, "TikTok waits for the file.")
        if self.route.needs_person:
            return Outcome(S.UNCONFIRMED, None, "It waits for a person.")
        return Outcome(S.PUBLISHED, f"75{publish_id[1:]}", "Posted and public.")

    def posts_since(self, since: datetime) -> Iterable[Listed]:
        assert since.tzinfo
        self.at("posts_since")
        return self.listed
