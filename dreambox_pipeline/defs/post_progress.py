"""What has become of a publication: asked of TikTok, looked for in the account's list, written down."""

from dreambox_pipeline.defs.publication_book import PublicationBook
from dreambox_pipeline.defs.sightings import Sightings
from dreambox_pipeline.errors import DreamBoxError
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.outcomes import Outcome
from dreambox_pipeline.stages.posts.publisher import Publisher
from dreambox_pipeline.stages.posts.publishing import after_poll
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.tiktok.errors import NotFound

S = PublicationState

UNANSWERED = "No answer told what became of the request."


class PostProgress:
    """Brings rows to where their posts are.

    Args:
        book: Where they are written down.
        sightings: What the accounts' lists show in this run.
    """

    def __init__(self, *, book: PublicationBook, sightings: Sightings) -> None:
        self._book = book
        self._sightings = sightings

    def outcome(self, row: PublicationRow, publisher: Publisher) -> Outcome | None:
        """What TikTok says; None when it does not know the publication any more."""
        if row.publish_id is None:
            return None
        try:
            return publisher.outcome(row.publish_id)
        except NotFound:
            return None

    def poll(self, row: PublicationRow, publisher: Publisher) -> PublicationRow:
        """The row, brought to where TikTok says that it is."""
        if row.publish_id is None:
            return row
        outcome = self.outcome(row, publisher)
        if outcome is None:
            gone = f"TikTok does not know {row.publish_id} any more, so nobody knows what became of it."
            is_open = row.state in (S.INITIATED, S.UPLOADED)
            return self._book.move(row, S.UNCONFIRMED, error=gone) if is_open else row
        if row.state is S.UNCONFIRMED and outcome.state is not S.PUBLISHED:
            return row
        return self.store(row, outcome)

    def store(self, row: PublicationRow, outcome: Outcome) -> PublicationRow:
        """Write an outcome down."""
        to = after_poll(row.state, outcome)
        if to is row.state:
            return row
        is_for_people = to in (S.FAILED, S.UNCONFIRMED)
        return self._book.move(
            row,
            to,
            post_id=outcome.post_id,
            error=outcome.note if is_for_people else None,
            asks_person=to is S.UNCONFIRMED,
        )

    def look_for(self, row: PublicationRow, publisher: Publisher) -> PublicationRow:
        """The row, published if the account's own list shows its post."""
        if row.state not in (S.PROCESSING, S.UNCONFIRMED):
            # The poll has just told what became of it.
            return row
        post_id = self._sightings.post_of(row, publisher)
        return self._book.move(row, S.PUBLISHED, post_id=post_id) if post_id else row

    def give_up(self, row: PublicationRow, publisher: Publisher) -> PublicationRow:
        """Nobody knows what became of it, unless TikTok says it now: the machine may have been off."""
        try:
            moved = self.poll(row, publisher)
        except DreamBoxError:
            moved = row
        if moved.state is not row.state:
            return moved
        return self._book.move(row, S.UNCONFIRMED, error=UNANSWERED)
