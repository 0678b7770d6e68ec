"""Writing down where publications are: each step one transaction, with its audit entry and its task."""

import uuid
from dataclasses import replace

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.stages.posts.publisher import Begun
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import (
    Ledger,
    attempts,
    audit,
    consents,
    post_tasks,
    publications,
    recalls,
    switches,
    videos,
)
from dreambox_pipeline.storage.ledger.publications import PublicationRow

S = PublicationState
WITHDRAWN = "withdrawn"


class PublicationBook:
    """The rows of publications and their attempts, as a worker writes them.

    Args:
        ledger: Where they are.
        keyring: Encrypts what an upload needs.
        clock: When it is.
        actor: Who the audit chain says it was.
    """

    def __init__(
        self, *, ledger: Ledger, keyring: Keyring, clock: Clock, actor: str = "pipeline"
    ) -> None:
        self._ledger = ledger
        self._keyring = keyring
        self._clock = clock
        self._actor = actor

    def claim(self, row: PublicationRow, route: Route) -> PublicationRow:
        """Take a due row, under the locks of the pause and of the account's limits.

        Raises:
            ItemError: The consent does not stand any more. Nothing was changed.
            TransientError: Paused, over a limit, somebody else has it, or a person has changed its
                words or its slot since it was read. The same.
        """
        with self._ledger.write() as connection:
            now, token = self._clock(), uuid.uuid4().hex
            if not publications.claim(
                connection, row.publication_id, claim_token=token, now=now, route=route
            ):
                raise TransientError(
                    f"Another worker has claimed {row.publication_id}; nothing to do."
                )
            claimed = publications.get(connection, row.publication_id)
            if claimed is None:
                raise AssertionError(row.publication_id)
            if _as_checked(claimed) != _as_checked(row):
                raise TransientError(
                    f"{row.publication_id} was changed while it was checked. Nothing was sent; the "
                    "next run goes by what it says now."
                )
            if not _is_granted(connection, row):
                raise ItemError(
                    f"{row.publication_id} was not sent. The dreamer's consent does not stand any more."
                )
            self.audit(connection, claimed)
        return claimed

    def fresh(self, row: PublicationRow) -> PublicationRow:
        """The row as it is now: what was read for a batch may be minutes old."""
        with self._ledger.read() as connection:
            return publications.get(connection, row.publication_id) or row

    def is_still_ours(self, row: PublicationRow) -> bool:
        """Nobody took the row away while its worker was busy."""
        with self._ledger.read() as connection:
            return publications.holds(connection, row)

    def begun(self, row: PublicationRow, begun: Begun) -> PublicationRow:
        """TikTok has the request: its publish id and the way to send the file commit together.

        Raises:
            ItemError: Another worker has claimed the row since; what is known is written down.
        """
        session = begun.upload and self._keyring.encrypt(begun.upload.get_secret_value())
        with self._ledger.write() as connection:
            moved = publications.begun(
                connection,
                row,
                publish_id=begun.publish_id,
                upload_encrypted=session or None,
                now=self._clock(),
            )
            self.audit(connection, replace(moved, publish_id=begun.publish_id))
        if moved.claim != row.claim:
            raise ItemError(f"{row.publication_id} was claimed again meanwhile. {moved.error}")
        return moved

    def upload_of(self, row: PublicationRow) -> str | None:
        """What sending the row's file needs, in clear; None when there is nothing to send."""
        with self._ledger.read() as connection:
            attempt = attempts.of_claim(connection, row.claim) if row.claim else None
        stored = attempt.upload_encrypted if attempt else None
        return self._keyring.decrypt(stored) if stored else None

    def move(
        self,
        row: PublicationRow,
        to: PublicationState,
        *,
        post_id: str | None = None,
        error: str | None = None,
        outcome: str | None = None,
        asks_person: bool = False,
    ) -> PublicationRow:
        """Take the row along an arrow; with *asks_person* somebody has to post it by hand.

        Raises:
            ItemError: Another process moved it meanwhile. Nothing was changed.
        """
        with self._ledger.write() as connection:
            return self.move_in(
                connection,
                row,
                to,
                post_id=post_id,
                error=error,
                outcome=outcome,
                asks_person=asks_person,
            )

    def move_in(
        self,
        connection: Connection,
        row: PublicationRow,
        to: PublicationState,
        *,
        post_id: str | None = None,
        error: str | None = None,
        outcome: str | None = None,
        asks_person: bool = False,
    ) -> PublicationRow:
        """The same in the caller's transaction."""
        moved = publications.move(
            connection,
            row,
            to,
            now=self._clock(),
            post_id=post_id,
            error=error,
            outcome=outcome,
        )
        # Of an attempt that ends here the row forgets the route and the id; the chain must not.
        self.audit(connection, moved, of=row)
        if asks_person or (to is S.UNCONFIRMED and row.sent_by.needs_person):
            self._ask(connection, moved)
        return moved

    def audit(
        self, connection: Connection, row: PublicationRow, *, of: PublicationRow | None = None
    ) -> None:
        """Continue the chain with the row's new state; ids only, never an address or a token."""
        of = of or row
        audit.append(
            connection,
            actor=self._actor,
            action=f"publication.{row.state}",
            subject=row.publication_id,
            now=self._clock(),
            detail={
                "content_hash": row.content_hash,
                "route": (row.route or of.sent_by).value,
                "publish_id": row.publish_id or of.publish_id,
                "post_id": row.post_id,
            },
        )

    def is_paused(self) -> bool:
        """A person has stopped all posting."""
        with self._ledger.read() as connection:
            return switches.pause_of_posting(connection) is not None

    def is_granted(self, row: PublicationRow) -> bool:
        """The dreamer's consent, as it is stored now."""
        with self._ledger.read() as connection:
            return _is_granted(connection, row)

    def is_held_back(self, row: PublicationRow) -> bool:
        """The dreamer agreed, and for now the dream waits all the same."""
        with self._ledger.read() as connection:
            return consents.is_held_back(connection, _dream_of(connection, row))

    def keep_told(self, row: PublicationRow) -> bool:
        """Whether a person is asked to post the row now; they are told when that has changed."""
        with self._ledger.read() as connection:
            if not post_tasks.is_asked(connection, row.publication_id):
                return False
        with self._ledger.write() as connection:
            dream_id = _dream_of(connection, row)
            if _is_granted(connection, row):
                post_tasks.release(connection, row.publication_id)
                return True
            if consents.is_held_back(connection, dream_id):
                post_tasks.hold(connection, row.publication_id, now=self._clock())
            else:
                recalls.call_back(
                    connection, row, dream_id=dream_id, why=WITHDRAWN, now=self._clock()
                )
        return False

    def _ask(self, connection: Connection, row: PublicationRow) -> None:
        dream_id = _dream_of(connection, row)
        is_held = consents.is_held_back(connection, dream_id)
        if not _is_granted(connection, row) and not is_held:
            recalls.call_back(connection, row, dream_id=dream_id, why=WITHDRAWN, now=self._clock())
            return
        post_tasks.ask(
            connection,
            row.publication_id,
            route=row.sent_by,
            render_id=row.render_id,
            dream_id=dream_id,
            publish_id=row.publish_id or "",
            note=row.error or "",
            now=self._clock(),
            attempt=row.claim or "",
        )
        if is_held:
            post_tasks.hold(connection, row.publication_id, now=self._clock())


def _as_checked(row: PublicationRow) -> tuple[object, ...]:
    """What a person may change while a row waits, and what was judged before it is claimed."""
    return row.draft, row.content_hash, row.slot_at, row.account_id


def _dream_of(connection: Connection, row: PublicationRow) -> str:
    video = videos.get(connection, row.render_id)
    return video.dream_id if video else ""


def _is_granted(connection: Connection, row: PublicationRow) -> bool:
    return consents.is_granted(connection, _dream_of(connection, row))
