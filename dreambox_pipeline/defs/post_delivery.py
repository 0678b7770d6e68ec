"""Sending the file of a publication that has begun, from wherever any worker stopped."""

from pydantic import SecretStr

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.post_orders import PostOrders
from dreambox_pipeline.defs.post_progress import UNANSWERED, PostProgress
from dreambox_pipeline.defs.publication_book import PublicationBook
from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.publisher import Begun, Publisher
from dreambox_pipeline.stages.posts.publishing import (
    UPLOAD_ADDRESS_LASTS,
    UPLOAD_MARGIN,
    may_begin_again,
)
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.tiktok.errors import NotFound, TikTokError, UploadExpired, UploadOutOfStep

S = PublicationState

STUCK = (UploadExpired, UploadOutOfStep, NotFound)
"""An upload that ends like this cannot go on; whether it was whole is TikTok's to say."""

TAKEN_BACK = "The consent was taken back before the file was sent; it was not sent."
HELD = "The dream is held back, as its comment is hidden or a person left it out; the file was not sent."


class PostDelivery:
    """Sends files, by the routes that upload.

    Args:
        book: Where rows are written down.
        orders: Knows the files.
        progress: Asks what became of an upload.
        clock: When it is.
    """

    def __init__(
        self, *, book: PublicationBook, orders: PostOrders, progress: PostProgress, clock: Clock
    ) -> None:
        self._book = book
        self._orders = orders
        self._progress = progress
        self._clock = clock

    def resume(
        self, row: PublicationRow, publisher: Publisher, *, is_last_try: bool
    ) -> PublicationRow:
        """Go on where another worker stopped.

        Raises:
            ItemError, TransientError: It cannot go on now; on the last try the row is `unconfirmed`.
        """
        if row.publish_id is None:
            raise AssertionError(row.publication_id)
        session = self._book.upload_of(row)
        begun = Begun(row.publish_id, SecretStr(session) if session else None)
        try:
            return self.deliver(row, publisher, begun)
        except (ItemError, TransientError):
            if is_last_try and self._book.is_still_ours(row):
                return self._book.move(row, S.UNCONFIRMED, error=UNANSWERED)
            raise

    def deliver(self, row: PublicationRow, publisher: Publisher, begun: Begun) -> PublicationRow:
        """Send the file, where there is one to send and people still want that.

        Raises:
            ItemError: It cannot be sent.
            TransientError: It goes on, or is planned again, with a later run.
        """
        if row.sent_by.posts_on_begin or self._book.is_paused():
            # While people have paused posting, no file goes out; without it nothing is posted.
            return row
        if not self._book.is_granted(row):
            # The file itself may be erased by now.
            why = HELD if self._book.is_held_back(row) else TAKEN_BACK
            return self._give_up_upload(row, publisher, why)
        try:
            publisher.deliver(begun, self._orders.file(row))
        except STUCK as error:
            return self._after_stuck_upload(row, publisher, error)
        except ItemError as error:
            if isinstance(error, TikTokError) and not error.may_have_taken_effect:
                self._book.move(row, S.FAILED, error=str(error))
            raise
        return self._progress.poll(self._book.move(row, S.UPLOADED), publisher)

    def _after_stuck_upload(
        self, row: PublicationRow, publisher: Publisher, error: TikTokError
    ) -> PublicationRow:
        if error.may_have_taken_effect:
            moved = self._progress.poll(row, publisher)
            if moved.state is S.INITIATED:
                raise error
            return moved
        return self._give_up_upload(row, publisher, str(error))

    def _give_up_upload(
        self, row: PublicationRow, publisher: Publisher, why: str
    ) -> PublicationRow:
        """Plan again what TikTok never had whole, once its address is certainly over."""
        outcome = self._progress.outcome(row, publisher)
        if outcome is not None and outcome.state is not S.UPLOADED:
            return self._progress.store(row, outcome)
        sent_at = row.initiated_at or row.updated_at
        if not may_begin_again(row.sent_by, initiated_at=sent_at, now=self._clock()):
            certain_at = sent_at + UPLOAD_ADDRESS_LASTS + UPLOAD_MARGIN
            raise TransientError(
                f"{row.publication_id} was not delivered: {why} It is planned again at "
                f"{certain_at:%H:%M} UTC, when nothing of it can arrive any more."
            )
        return self._book.move(row, S.PLANNED, error=why)
