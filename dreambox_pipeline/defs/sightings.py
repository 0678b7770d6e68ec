"""Looking for posts in an account's own list, which is read once per account and run."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.errors import DreamBoxError
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.stages.posts.outcomes import ListedVideo, reconcile
from dreambox_pipeline.stages.posts.publisher import Publisher
from dreambox_pipeline.storage.ledger import Ledger, publications
from dreambox_pipeline.storage.ledger.publications import PublicationRow

S = PublicationState

LOOKED_FOR = (S.PROCESSING, S.UNCONFIRMED)

SEEN_BEFORE = timedelta(hours=1)
"""How long before a request the account's list is searched: the two clocks may differ."""

LOOKED_BACK = timedelta(days=14)
"""How far back the list is read, however old the oldest row is: what is older was there to be seen by
earlier runs. Else a draft that nobody ever posts would let each run list the whole account."""


@dataclass(frozen=True, slots=True)
class _Listing:
    since: datetime
    videos: tuple[ListedVideo, ...]


class Sightings:
    """What the accounts' lists show. Made for one run; the next one reads them again.

    Args:
        ledger: Which posts are looked for, and which are known.
        clock: When it is.
    """

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._listings: dict[str, _Listing] = {}
        self._refusals: dict[tuple[str, Route], DreamBoxError] = {}

    def post_of(self, row: PublicationRow, publisher: Publisher) -> str | None:
        """The id of the row's post, if exactly one video of the list is it and nobody else's.

        Raises:
            DreamBoxError: The list cannot be read; nor will it be for the rest of the run.
        """
        with self._ledger.read() as connection:
            rivals = [
                other
                for other in publications.in_flight(connection)
                if other.state in LOOKED_FOR
                and other.account_id == row.account_id
                and other.publication_id != row.publication_id
            ]
        since = _since(row)
        oldest = min([since, *map(_since, rivals)])
        listing = self._listing(row, publisher, max(oldest, self._clock() - LOOKED_BACK))
        videos = [video for video in listing if (video.create_time or since) >= since]
        with self._ledger.read() as connection:
            known = publications.known_posts(connection, [video.item_id for video in videos])
        return reconcile(
            row.caption,
            videos,
            known_post_ids=known,
            other_captions=[other.caption for other in rivals],
        )

    def _listing(
        self, row: PublicationRow, publisher: Publisher, since: datetime
    ) -> tuple[ListedVideo, ...]:
        found = self._listings.get(row.account_id)
        if found is None or found.since > since:
            if refusal := self._refusals.get((row.account_id, row.sent_by)):
                raise refusal
            try:
                found = _Listing(since, tuple(publisher.posts_since(since)))
            except DreamBoxError as error:
                self._refusals[row.account_id, row.sent_by] = error
                raise
            self._listings[row.account_id] = found
        return found.videos


def _since(row: PublicationRow) -> datetime:
    return (row.initiated_at or row.updated_at) - SEEN_BEFORE
