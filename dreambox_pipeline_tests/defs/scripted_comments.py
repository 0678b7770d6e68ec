"""Stands in for a connected account: what is under each video, written down in a test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from dreambox_pipeline.defs.comment_collection import Collected, Collector
from dreambox_pipeline.stages.comments.model import SourceVideo
from dreambox_pipeline.storage.keys import load_keyring
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.tiktok.schemas import CommentObject

FIRST = date(2026, 3, 1)
LAST = date(2026, 3, 4)
LONG_AFTER = datetime(2026, 6, 1, tzinfo=UTC)


def wire(number: int, *, day: int = 0, **changes: Any) -> dict[str, Any]:
    """A comment as TikTok sends it; *day* counts from `FIRST`, later numbers are later in the day."""
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=day, seconds=number)
    entry = {
        "comment_id": str(7_500_000_000_000_000_000 + number),
        "unique_identifier": f"person/{number}",
        "create_time": str(int(moment.timestamp())),
        "text": f"comment number {number}",
        "likes": number,
        "replies": 0,
        "owner": False,
        "status": "PUBLIC",
    }
    return entry | changes


@dataclass
class ScriptedAccount:
    """Its own client: `comments` gives what `under` says, newest first.

    Attributes:
        under: Video id to its comments; a class or object of an exception is raised where it stands.
        asked: Video id and `since` of every call.
        before_each: Called before each comment is handed out.
    """

    under: dict[str, list[Any]]
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    before_each: Callable[[], None] = lambda: None

    @property
    def client(self) -> "ScriptedAccount":
        return self

    def comments(self, video_id: str, *, since: datetime) -> Iterator[CommentObject]:
        self.asked.append((video_id, since))
        for entry in self.under[video_id]:
            self.before_each()
            if isinstance(entry, BaseException):
                raise entry
            comment = CommentObject.model_validate(entry)
            if comment.create_time is None or comment.create_time >= since:
                yield comment

    def videos(self) -> list[SourceVideo]:
        posted = datetime(2026, 2, 1, tzinfo=UTC)
        return [SourceVideo(video_id, "A dream", posted) for video_id in self.under]


class Place:
    """A lake and a ledger in a folder, and a collector that reads a scripted account into them."""

    def __init__(self, folder: Path, *, now: datetime = LONG_AFTER) -> None:
        self.ledger = Ledger(f"sqlite:///{folder / 'ledger.sqlite'}")
        self.lake = Lake(folder / "lake")
        self.now = now
        self.warnings: list[str] = []
        self._keyring = load_keyring("", folder / "secret.key")

    def collect(
        self, account: ScriptedAccount, first: date = FIRST, last: date = LAST
    ) -> Collected:
        collector = Collector(
            account,  # type: ignore[arg-type] # has the one method that is used
            self.ledger,
            self.lake,
            self._keyring,
            lambda: self.now,
            log=self.warnings.append,
        )
        return collector.collect(account.videos(), first, last)

    def rows(self) -> list[dict[str, Any]]:
        return self.lake.read(COMMENTS, self.lake.days(COMMENTS))

    def texts(self) -> list[str]:
        return sorted(row["text"] for row in self.rows())

    def leftovers(self) -> list[str]:
        """Files that only a collection in progress has."""
        files = [path for path in self.lake.root.rglob("*") if path.is_file()]
        return [path.name for path in files if path.name not in {"part.parquet", ".lock"}]
