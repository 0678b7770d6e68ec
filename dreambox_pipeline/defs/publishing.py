"""Publishing one video once, by any route: checks, claim, one request, the file, and what became of it.

    claim -> begin -> initiated (publish id and upload session, in one transaction) -> deliver -> outcome

Each arrow may be the last thing a worker does. `begin` is sent by the claimer alone and never
again; everything after it another process takes up from the ledger. What may follow what is
`stages.posts.publishing`'s to say.
"""

from collections.abc import Callable
from datetime import timedelta

from dreambox_pipeline.clock import Clock, uptime_s
from dreambox_pipeline.defs.post_delivery import PostDelivery
from dreambox_pipeline.defs.post_orders import PostOrders
from dreambox_pipeline.defs.post_progress import PostProgress
from dreambox_pipeline.defs.publication_book import PublicationBook
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.defs.sightings import Sightings
from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.stages.posts.publisher import (
    Allowance,
    Begun,
    PostOrder,
    Publisher,
    PublisherSource,
)
from dreambox_pipeline.stages.posts.publishing import (
    SEND_WITHIN_S,
    Step,
    after_failed_init,
    next_step,
)
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger, attempts
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.tiktok.errors import PostingCapReached, TikTokError

S = PublicationState

SILENT = "Its worker fell silent before anything could be posted; it is tried again."


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
        uptime: Seconds by a clock that nobody sets.
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
        uptime: Callable[[], float] = uptime_s,
    ) -> None:
        self._publishers = publishers
        self._clock = clock
        self._settings = settings
        self._uptime = uptime
        self._book = PublicationBook(ledger=ledger, keyring=keyring, clock=clock)
        self._progress = PostProgress(book=self._book, sightings=Sightings(ledger, clock))
        self._orders = PostOrders(
            tiktok=tiktok,
            ledger=ledger,
            media=media,
            keyring=keyring,
            clock=clock,
            settings=settings,
        )
        self._delivery = PostDelivery(
            book=self._book, orders=self._orders, progress=self._progress, clock=clock
        )

    def publish(self, row: PublicationRow) -> PublicationRow:
        """Claim a due row and send it, once.

        Raises:
            ItemError: Something speaks against it; the message says what.
            TransientError: Not now; the row is still planned, or its upload goes on with the next
                run. `PausedError` and `AttemptLimitError` are two.
            StopError: The account or the app cannot post until a person acts; the row stays planned.
        """
        row = self._book.fresh(row)
        grace = timedelta(hours=self._settings.missed_slot_hours)
        step = self._step(row, missed_after=grace)
        if step is not Step.CLAIM_AND_INITIATE:
            raise TransientError(self._not_now(row, step))
        route = Route(self._settings.posting_route)
        publisher = self._publishers.of(row.account_id, route)
        allowance = publisher.allowance()
        order = self._orders.checked(row, allowance, route)
        claimed_at = self._uptime()
        claimed = self._book.claim(row, route)
        begun = self._begin(claimed, publisher, order, allowance, claimed_at)
        return self._delivery.deliver(self._book.begun(claimed, begun), publisher, begun)

    def _begin(
        self,
        row: PublicationRow,
        publisher: Publisher,
        order: PostOrder,
        allowance: Allowance,
        claimed_at: float,
    ) -> Begun:
        if not self._book.is_still_ours(row):
            raise ItemError(
                f"{row.publication_id} was taken away before it was sent; nothing was sent."
            )
        try:
            held_up_s = self._uptime() - claimed_at
            if held_up_s > SEND_WITHIN_S:
                raise TransientError(
                    f"{row.publication_id} was not sent: this machine stood still for {held_up_s:.0f} s "
                    "after it was claimed. The next run sends it."
                )
            return publisher.begin(order, allowance)
        except DreamBoxError as error:
            self._give_back(row, error)
            raise

    def follow_up(self, row: PublicationRow) -> PublicationRow:
        """Find out what became of a request that was sent earlier, and send what it still lacks.

        Raises:
            ItemError: A person has to look; the message says at what.
            TransientError: TikTok does not answer, or the rest of the file has to wait.
        """
        publisher = self._publishers.of(row.account_id, row.sent_by)
        step = self._step(row)
        if row.state is S.INITIATED and not row.sent_by.posts_on_begin:
            is_last_try = step is Step.MARK_UNCONFIRMED
            return self._delivery.resume(row, publisher, is_last_try=is_last_try)
        if row.state is S.UNCONFIRMED and row.sent_by.needs_person:
            self._book.keep_told(row)
        match step:
            case Step.PLAN_AGAIN:
                moved = self._book.move(row, S.PLANNED, error=SILENT, outcome=attempts.LOST)
            case Step.MARK_UNCONFIRMED:
                moved = self._progress.give_up(row, publisher)
            case Step.POLL:
                moved = self._progress.poll(row, publisher)
            case Step.RECONCILE:
                moved = self._progress.look_for(self._progress.poll(row, publisher), publisher)
            case Step.ASK_PERSON:
                moved = self._progress.look_for(self._progress.poll(row, publisher), publisher)
                if moved.state in (S.PROCESSING, S.UNCONFIRMED):
                    raise ItemError(self._question(moved))
            case _:
                moved = row
        return moved

    def _not_now(self, row: PublicationRow, step: Step) -> str:
        if step is Step.RESCHEDULE:
            return f"{row.publication_id} missed its slot {row.slot_local}; post_queue gives it another."
        if row.state is S.PLANNED:
            return f"{row.publication_id} was moved to {row.slot_local} meanwhile; it is sent then."
        return f"{row.publication_id} is {row.state} by now; nothing was sent."

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

    def _question(self, row: PublicationRow) -> str:
        page = f"http://127.0.0.1:{self._settings.desk_port}/videos/{row.render_id}"
        if row.sent_by.needs_person:
            if not self._book.keep_told(row):
                return f"{row.publication_id} lies with a person and shall not be posted now; see Tasks at the desk."
            return (
                f"{row.publication_id} waits for a person since {row.updated_at}: {row.error} "
                f"Post it, then paste the post's link at {page}."
            )
        return (
            f"{row.publication_id} was sent at {row.initiated_at or row.updated_at} and neither its status nor the "
            f"account's videos say what became of it. Look at the account, then say what you saw at {page}; "
            "nothing is sent again."
        )
