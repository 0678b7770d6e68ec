"""Claims of publications: who may send one, and what becomes of the answer, however late it comes."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.storage.ledger import attempts, switches
from dreambox_pipeline.storage.ledger.publication_moves import as_read, move, note, take_up, taken
from dreambox_pipeline.storage.ledger.publication_rows import PublicationRow, get
from dreambox_pipeline.storage.tables import publications

S = PublicationState


def claim(
    connection: Connection,
    publication_id: str,
    *,
    claim_token: str,
    now: datetime,
    route: Route = Route.ACCOUNTS_API,
) -> bool:
    """Take a planned row; of two workers exactly one gets True.

    Args:
        connection: A write transaction.
        publication_id: The row.
        claim_token: The worker's own, never used before.
        now: The moment, aware.
        route: By which it will be sent.

    Raises:
        PausedError: A person has paused posting, see `switches`. Nothing was changed.
        AttemptLimitError: The account has begun as many posts as TikTok takes. The same.
    """
    switches.refuse_if_paused(connection, now=now)
    is_planned = (publications.c.publication_id == publication_id) & (
        publications.c.state == S.PLANNED.value
    )
    account_id = connection.scalar(sa.select(publications.c.account_id).where(is_planned))
    if account_id is None:
        return False
    # Two workers with two rows of one account would otherwise both count before either has written.
    attempts.lock(connection, account_id)
    attempts.refuse_over_limits(connection, account_id, now=now)
    result = connection.execute(
        sa.update(publications)
        .where(is_planned)
        .values(
            state=S.CLAIMED.value,
            claim=claim_token,
            route=route.value,
            error=None,
            updated_at=now,
        )
    )
    if result.rowcount != 1:
        return False
    attempts.begin(
        connection, publication_id, account_id=account_id, route=route, claim=claim_token, now=now
    )
    return True


def holds(connection: Connection, publication: PublicationRow) -> bool:
    """Whether nobody has changed the row's state or taken it since it was read."""
    where = sa.select(publications.c.publication_id).where(as_read(publication))
    return connection.scalar(where) is not None


def begun(
    connection: Connection,
    publication: PublicationRow,
    *,
    publish_id: str,
    upload_encrypted: str | None,
    now: datetime,
) -> PublicationRow:
    """Store that TikTok has taken a claimed row's request; also when the claim was meanwhile given up.

    Where the request alone posts, its answer counts however late it comes: what was planned again or
    settled as not there is taken up, and another worker's claim is taken away before it sends a second.

    Returns:
        The row as it is now; with another claim than *publication*'s when it is another worker's.

    Raises:
        ItemError: Another worker has claimed it since, and without the file nothing of this request
            is posted. Nothing was changed.
    """
    newest = get(connection, publication.publication_id) or publication
    is_ours = newest.claim == publication.claim
    if not (is_ours and newest.state in (S.CLAIMED, S.UNCONFIRMED)):
        if not publication.sent_by.posts_on_begin:
            raise taken(publication)
        return _begun_late(connection, publication, newest, publish_id=publish_id, now=now)
    moved = move(connection, newest, S.INITIATED, now=now, publish_id=publish_id)
    if newest.claim is not None:
        attempts.note_begun(
            connection, newest.claim, publish_id=publish_id, upload_encrypted=upload_encrypted
        )
    return moved


def _begun_late(
    connection: Connection,
    publication: PublicationRow,
    newest: PublicationRow,
    *,
    publish_id: str,
    now: datetime,
) -> PublicationRow:
    """A request's answer came after its row had been given up for another attempt, or for good."""
    claim = publication.claim or ""
    # Under this id TikTok tells of it from now on.
    attempts.note_begun(connection, claim, publish_id=publish_id, upload_encrypted=None)
    attempt = attempts.of_claim(connection, claim)
    if attempt is not None and newest.state in (S.PLANNED, S.FAILED, S.CANCELLED):
        row = take_up(connection, newest, attempt)
        return move(connection, row, S.INITIATED, now=now, publish_id=publish_id)
    if newest.state is S.CLAIMED:
        late = f"An earlier request was answered late: TikTok knows it as {publish_id}."
        return move(connection, newest, S.UNCONFIRMED, now=now, publish_id=publish_id, error=late)
    twice = (
        f"TikTok took two requests for it, {newest.publish_id} and {publish_id}. Look at the account "
        "and delete one of the posts if there are two."
    )
    note(connection, newest, twice)
    return replace(newest, error=twice)
