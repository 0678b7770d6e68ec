"""TikTok tells that an account's consent is gone: `authorization.removed`.

Deliveries repeat and come up to three days late, so one that is older than the present consent
says nothing about it. It also says nothing when one app serves two hosts and both are connected:
it does not name the consent, and a wrong guess would stop a good one. The next call finds out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.ledger import endings
from dreambox_pipeline.storage.ledger.accounts import ConnectionRow

AUTHORIZATION_REMOVED = "authorization.removed"

REASONS: Mapping[int, str] = MappingProxyType(
    {
        1: "its owner disconnected it in TikTok",
        2: "the TikTok account was deleted",
        3: "the age of the TikTok account changed",
        4: "the TikTok account was banned",
        5: "the app gave the consent back",
    }
)
"""TikTok's reasons (TikTok for Developers, webhook events); 0 and everything else is unknown."""

UNKNOWN = "TikTok removed the consent and did not say why"


def end_removed(
    connection: Connection,
    rows: Sequence[ConnectionRow],
    *,
    reason: object,
    told_at: datetime | None,
    now: datetime,
) -> bool:
    """End the connection whose consent was removed. Returns False when that is none.

    Args:
        connection: An open write transaction.
        rows: The connections of whom the event names.
        reason: TikTok's number.
        told_at: When it was removed.
        now: The moment, aware.
    """
    live = [row for row in rows if row.is_live]
    if len(live) != 1 or told_at is None or told_at < live[0].connected_at:
        return False
    (row,) = live
    why = REASONS.get(reason, UNKNOWN) if isinstance(reason, int) else UNKNOWN
    return endings.end(connection, row.account_id, row.host, reason=why, by="tiktok", now=now)
