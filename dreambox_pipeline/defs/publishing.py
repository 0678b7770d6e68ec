"""Publishing one video once, by any route: checks, claim, one request, the file, and what became of it.

    claim -> begin -> initiated (publish id and upload session, in one transaction) -> deliver -> outcome

Each arrow may be the last thing a worker does. `begin` is sent by the claimer alone and never
again; everything after it another process takes up from the ledger. What may follow what is
`stages.posts.publishing`'s to say.
"""

from datetime import timedelta

from pydantic import SecretStr

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.post_orders import PostOrders
from dreambox_pipeline.defs.publication_book import PublicationBook
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.stages.posts.outcomes import Outcome, reconcile
from dreambox_pipeline.stages.posts.publisher import (
    Begun,
    PostFile,
    Publisher,
    PublisherSource,
)
from dreambox_pipeline.stages.posts.publishing import (
    UPLOAD_ADDRESS_LASTS,
    UPLOAD_MARGIN,
    Step,
    after_failed_init,
    after_poll,
    may_begin_again,
    next_step,
)
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger, attempts, publications
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.tiktok.errors import (
    NotFound,
    PostingCapReached,
    TikTokError,
    UploadExpired,
    UploadOutOfStep,
)

S = PublicationState

STUCK = (UploadExpired, UploadOutOfStep, NotFound)
"""An upload that ends like this cannot go on; whether it was whole is TikTok's to say."""

SILENT = "Its worker fell silent before anything could be posted; it is tried again."
UNANSWERED = "No answer told what became of the request."

SEEN_BEFORE = timedelta(hours=1)
"""How long before a request the account's list is searched: the two clocks may differ."""


class PublicationRunner:
    """Takes publications through their state machine.

    Args:
        publishers: Every account's routes; new posts take the one of the settings.
        tiktok: Reads the dreamer's last word.
        ledger: Where publications are.
        media: Holds the files.
        keyring: Encrypts what an upload needs.
        clock: When it is.
        settings: The route, and the operator's other choices.
    """

    def __init__(
        self,
        *,
        publishers: PublisherSource,
        tiktok: TikTokAccount,
        ledger: Ledger,
        media: MediaStore,
        keyring: Keyring,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._publishers = publishers
        self._ledger = ledger
        self._clock = clock
        self._settings = settings
        self._book = PublicationBook(ledger=ledger, keyring=keyring, clock=clock)
        self._orders = PostOrders(
            tiktok=tiktok,
            ledger=ledger,
            media=media,
            keyring=keyring,
            clock=clock,
            settings=settings,
        )

    def publish(self, row: PublicationRow) -> PublicationRow:
        """Claim a due row and send it, once.

        Raises:
            ItemError: Something speaks against it; the message says what.
            TransientError: Not now; the row is still planned, or its upload goes on with the next
                run. `PausedError` and `AttemptLimitError` are two.
            StopError: The account or the app cannot post until a person acts; the row stays planned.
        """
        grace = timedelta(hours=self._settings.missed_slot_hours)
        if self._step(row, missed_after=grace) is not Step.CLAIM_AND_INITIATE:
            raise TransientError(
                f"{row.publication_id} missed its slot {row.slot_local}; post_queue gives it another."
            )
        route = Route(self._settings.posting_route)
        publisher = self._publishers.of(row.account_id, route)
        allowance = publisher.allowance()
        order = self._orders.checked(row, allowance, route)
        claimed = self._book.claim(row, route)
        if not self._book.is_still_ours(claimed):
            raise ItemError(
                f"{row.publication_id} was taken away before it was sent; nothing was sent."
            )
        try:
            begun = publisher.begin(order, allowance)
        except DreamBoxError as error:
            self._give_back(claimed, error)
            raise
        return self._deliver(self._book.begun(claimed, begun), publisher, begun, order.file)

    def follow_up(self, row: PublicationRow) -> PublicationRow:
        """Find out what became of a request that was sent earlier, and send what it still lacks.

        Raises:
            ItemError: A person has to look; the message says at what.
            TransientError: TikTok does not answer, or the rest of the file has to wait.
        """
        publisher = self._publishers.of(row.account_id, row.sent_by)
        step = self._step(row)
        if row.state is S.INITIATED and not row.sent_by.posts_on_begin:
            return self._resume(row, publisher, is_last_try=step is Step.MARK_UNCONFIRMED)
        match step:
            case Step.PLAN_AGAIN:
                moved = self._book.move(row, S.PLANNED, error=SILENT, outcome=attempts.LOST)
            case Step.MARK_UNCONFIRMED:
                moved = self._book.move(row, S.UNCONFIRMED, error=UNANSWERED)
            case Step.POLL:
                moved = self._poll(row, publisher)
            case Step.RECONCILE:
                moved = self._reconcile(self._poll(row, publisher), publisher)
            case Step.ASK_PERSON:
                moved = self._reconcile(row, publisher)
                if moved.state is not S.PUBLISHED:
                    raise ItemError(self._question(row))
            case _:
                moved = row
        return moved

    def _step(self, row: PublicationRow, **grace: timedelta) -> Step:
        return next_step(
            row.state,
            slot_at=row.slot_at,
            state_since=row.updated_at,
            now=self._clock(),
            route=row.sent_by,
            **grace,
        )

    def _give_back(self, row: PublicationRow, error: DreamBoxError) -> None:
        """The request brought an error instead of a publish id: what that means for the row."""
        is_unknown = isinstance(error, TikTokError) and error.may_have_taken_effect
        to = after_failed_init(
            may_have_taken_effect=is_unknown,
            # What TikTok never saw, and what only a person can mend, is not this video's fault.
            may_be_repeated=isinstance(error, TransientError | StopError)
            or not isinstance(error, TikTokError),
            route=row.sent_by,
        )
        ended_as = attempts.LOST if is_unknown else attempts.NOT_CARRIED_OUT
        if isinstance(error, PostingCapReached):
            ended_as = attempts.CAP_REACHED
        self._book.move(row, to, error=str(error), outcome=ended_as)

    def _resume(
        self, row: PublicationRow, publisher: Publisher, *, is_last_try: bool
    ) -> PublicationRow:
        """Go on sending the file where another worker stopped."""
        if row.publish_id is None:
            raise AssertionError(row.publication_id)
        session = self._book.upload_of(row)
        begun = Begun(row.publish_id, SecretStr(session) if session else None)
        try:
            return self._deliver(row, publisher, begun, self._orders.file(row))
        except (ItemError, TransientError):
            if is_last_try and self._book.is_still_ours(row):
                return self._book.move(row, S.UNCONFIRMED, error=UNANSWERED)
            raise

    def _deliver(
        self, row: PublicationRow, publisher: Publisher, begun: Begun, file: PostFile
    ) -> PublicationRow:
        if row.sent_by.posts_on_begin or self._book.is_paused():
            # While people have paused posting, no file goes out; without it nothing is posted.
            return row
        if not self._book.is_granted(row):
            return self._hold_back(row, publisher)
        try:
            publisher.deliver(begun, file)
        except STUCK as error:
            return self._after_stuck_upload(row, publisher, error)
        except ItemError as error:
            if isinstance(error, TikTokError) and not error.may_have_taken_effect:
                self._book.move(row, S.FAILED, error=str(error))
            raise
        return self._poll(self._book.move(row, S.UPLOADED), publisher)

    def _hold_back(self, row: PublicationRow, publisher: Publisher) -> PublicationRow:
        """The dreamer's consent does not stand any more, so the rest of the file is not sent."""
        why = "The consent was taken back before the file was sent; it was not sent."
        return self._give_up_upload(row, publisher, why)

    def _after_stuck_upload(
        self, row: PublicationRow, publisher: Publisher, error: TikTokError
    ) -> PublicationRow:
        if error.may_have_taken_effect:
            moved = self._poll(row, publisher)
            if moved.state is S.INITIATED:
                raise error
            return moved
        return self._give_up_upload(row, publisher, str(error))

    def _give_up_upload(
        self, row: PublicationRow, publisher: Publisher, why: str
    ) -> PublicationRow:
        """Plan again what TikTok never had whole, once its address is certainly over."""
        outcome = self._outcome(row, publisher)
        if outcome is not None and outcome.state is not S.UPLOADED:
            return self._store(row, outcome)
        sent_at = row.initiated_at or row.updated_at
        if not may_begin_again(row.sent_by, initiated_at=sent_at, now=self._clock()):
            certain_at = sent_at + UPLOAD_ADDRESS_LASTS + UPLOAD_MARGIN
            raise TransientError(
                f"{row.publication_id} was not delivered: {why} It is planned again at "
                f"{certain_at:%H:%M} UTC, when nothing of it can arrive any more."
            )
        return self._book.move(row, S.PLANNED, error=why)

    def _outcome(self, row: PublicationRow, publisher: Publisher) -> Outcome | None:
        """What TikTok says; None when it does not know the publication any more."""
        if row.publish_id is None:
            return None
        try:
            return publisher.outcome(row.publish_id)
        except NotFound:
            return None

    def _poll(self, row: PublicationRow, publisher: Publisher) -> PublicationRow:
        if row.publish_id is None:
            return row
        outcome = self._outcome(row, publisher)
        if outcome is None:
            gone = f"TikTok does not know {row.publish_id} any more, so nobody knows what became of it."
            is_open = row.state in (S.INITIATED, S.UPLOADED)
            return self._book.move(row, S.UNCONFIRMED, error=gone) if is_open else row
        if row.state is S.UNCONFIRMED and outcome.state is not S.PUBLISHED:
            return row
        return self._store(row, outcome)

    def _store(self, row: PublicationRow, outcome: Outcome) -> PublicationRow:
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

    def _reconcile(self, row: PublicationRow, publisher: Publisher) -> PublicationRow:
        """Look for the post in the account's own list."""
        if row.state not in (S.PROCESSING, S.UNCONFIRMED):
            # The poll has just told what became of it.
            return row
        since = (row.initiated_at or row.updated_at) - SEEN_BEFORE
        listed = list(publisher.posts_since(since))
        with self._ledger.read() as connection:
            known = {other.post_id for other in publications.published(connection) if other.post_id}
        post_id = reconcile(row.caption, listed, known_post_ids=known)
        return self._book.move(row, S.PUBLISHED, post_id=post_id) if post_id else row

    def _question(self, row: PublicationRow) -> str:
        page = f"http://127.0.0.1:{self._settings.desk_port}/videos/{row.render_id}"
        if row.sent_by.needs_person:
            return (
                f"{row.publication_id} waits for a person since {row.updated_at}: {row.error} "
                f"Post it, then paste the post's link at {page}."
            )
        return (
            f"{row.publication_id} was sent at {row.initiated_at or row.updated_at} and neither its status nor the "
            f"account's videos say what became of it. Look at the account, then say what you saw at {page}; "
            "nothing is sent again."
        )
