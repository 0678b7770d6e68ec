"""How a video reaches an account: the port behind which every posting route stands.

    allowance -> begin -> deliver -> outcome ... outcome            posts_since, when nobody knows

`begin` is sent once and never repeated by a program; `deliver` and everything that reads may be
called again, also by another process. What may be done when is decided in `publishing`; nothing
here remembers anything. Adapters live in `publishers`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from dreambox_pipeline.stages.posts.model import PostDraft, Route
from dreambox_pipeline.stages.posts.outcomes import ListedVideo, Outcome


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the account allows now; asked for each post, because people change their settings.

    Attributes:
        privacy_levels: What a post may choose from; empty where the route offers no choice.
        max_duration_s: None when the route did not say.
        username: The account's handle now, without `@`; empty when the route did not say.
    """

    privacy_levels: tuple[str, ...] = ()
    comment_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    max_duration_s: float | None = None
    username: str = ""


@dataclass(frozen=True, slots=True)
class PostFile:
    """The file of a post, as it lies in the media store.

    Attributes:
        content_hash: SHA-256 of the file, 64 hex digits: what a person approved.
        cover: The cover picture, if it is there.
    """

    path: Path
    content_hash: str
    size_bytes: int
    duration_s: float
    cover: Path | None = None


@dataclass(frozen=True, slots=True)
class PostOrder:
    """One post, ready to be begun.

    Attributes:
        publication_id: Whose post it is.
        draft: What is said about it. Its privacy level is filled in.
    """

    publication_id: str
    draft: PostDraft
    file: PostFile


@dataclass(frozen=True, slots=True)
class Begun:
    """A publication that has begun.

    Attributes:
        publish_id: By which its outcome is asked.
        upload: All that `deliver` needs, in clear: encrypt it before it is stored. None where
            nothing has to be delivered.
    """

    publish_id: str
    upload: SecretStr | None = field(default=None, repr=False)


class Publisher(Protocol):
    """One route to one account.

    Every method may raise `tiktok.errors.TikTokError`, whose `may_have_taken_effect` counts.
    """

    @property
    def route(self) -> Route:
        """Which route it is."""

    def allowance(self) -> Allowance:
        """What the account allows now.

        Raises:
            StopError: The account is not connected, or may not post at all.
            TransientError: It may not post now.
        """

    def begin(self, order: PostOrder, allowance: Allowance) -> Begun:
        """Begin the publication of *order*. Sent once.

        Args:
            order: Checked by the compliance rules.
            allowance: Just asked for with `allowance`.

        Raises:
            TikTokError: With `may_have_taken_effect` and a route that `posts_on_begin`, the post
                may exist.
        """

    def deliver(self, begun: Begun, file: PostFile) -> None:
        """Send the file, from wherever it broke off; nothing where the route fetches it. Repeatable.

        Returns normally also when TikTok is done with the publication and it failed: see `outcome`.

        Raises:
            UploadExpired: The time for it is over.
            TransientError: Call it again later.
        """

    def outcome(self, publish_id: str) -> Outcome:
        """What has become of a publication.

        Raises:
            NotFound: It is not known any more.
        """

    def posts_since(self, since: datetime) -> Iterable[ListedVideo]:
        """The account's public videos since a moment, newest first; empty where nobody can tell."""


class PublisherSource(Protocol):
    """Where publishers come from; `defs.routes.Routes` is one."""

    def of(self, account_id: str, route: Route) -> Publisher:
        """The publisher of one account by one route. Nothing is asked of TikTok yet.

        Raises:
            StopError: The route is not set up; the message says what is missing.
        """
