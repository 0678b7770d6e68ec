"""The account's own videos as the witness of what was posted, from whichever host is connected."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from dreambox_pipeline.stages.posts.outcomes import ListedVideo
from dreambox_pipeline.tiktok.client import AccountsClient
from dreambox_pipeline.tiktok.display import DisplayClient

Listing = Callable[[datetime], Iterable[ListedVideo]]
"""Gives the public videos since an aware moment, newest first."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One public video: its id, its caption as far as the host tells it, and since when it is out."""

    item_id: str
    caption: str
    create_time: datetime


def no_listing(since: datetime) -> Iterable[ListedVideo]:
    """Nobody can tell: no host is connected that lists videos."""
    del since
    return ()


def accounts_listing(client: AccountsClient) -> Listing:
    """From the Accounts API, with whole captions."""

    def listed(since: datetime) -> Iterator[ListedVideo]:
        for video in client.videos(fields=("item_id", "caption", "create_time")):
            if video.create_time is None:
                continue
            if video.create_time < since:
                return
            yield Listed(video.item_id, video.caption, video.create_time)

    return listed


def display_listing(client: DisplayClient) -> Listing:
    """From the developer host, which gives the first 150 characters of a caption."""

    def listed(since: datetime) -> Iterator[ListedVideo]:
        for video in client.videos(fields=("id", "create_time", "video_description")):
            if video.create_time is None:
                continue
            if video.create_time < since:
                return
            yield Listed(video.id, video.video_description, video.create_time)

    return listed
