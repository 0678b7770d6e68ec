"""A record of who did what, in which nobody can quietly change a line.

Every entry carries the hash of the entry before it:

    hash(n) = SHA-256( hash(n-1) + newline + canonical JSON of entry n )

so changing, removing or reordering an entry breaks every hash after it. Cutting off the end
is not visible from inside; keep the newest hash somewhere else to notice that too.

Entries name things by id and never hold personal data: an erasure must be able to leave the
chain whole. Storing the entries is the ledger's work.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

# What the first entry continues from.
GENESIS_HASH: Final = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing somebody did.

    Attributes:
        seq: 1, 2, 3 ... without gaps.
        at: When it happened, aware; the hash is over the moment in UTC, to the microsecond.
        actor: Who did it: `pipeline`, or a reviewer's name.
        action: What was done, for example `consent.granted` or `video.approved`.
        subject: What it was done to, for example a dream's or a render's id.
        detail: Ids, hashes, versions and reasons as JSON values; no personal data.
        previous_hash: Hash of the entry before, `GENESIS_HASH` for the first.
        hash: This entry's own hash; empty until it is sealed.
    """

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    previous_hash: str = GENESIS_HASH
    hash: str = ""


def canonical_json(entry: AuditEntry) -> str:
    """What *entry* says as JSON with one possible spelling; the two hashes are left out.

    Raises:
        ValueError: `at` has no time zone, or the detail holds a NaN or an infinity.
        TypeError: The detail holds something JSON cannot say.
    """
    if entry.at.tzinfo is None:
        msg = f"Audit entry {entry.seq} has the naive time {entry.at}; give an aware one."
        raise ValueError(msg)
    content = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": dict(entry.detail),
    }
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )


def chain_hash(prev_hash: str, entry: AuditEntry) -> str:
    """The hash in hex of *entry* when it follows the entry with *prev_hash*."""
    return hashlib.sha256(f"{prev_hash}\n{canonical_json(entry)}".encode()).hexdigest()


def append_entry(
    last: AuditEntry | None,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """A sealed entry that follows *last*, or starts a chain when there is none."""
    entry = AuditEntry(
        seq=last.seq + 1 if last else 1,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        detail=dict(detail or {}),
        previous_hash=last.hash if last else GENESIS_HASH,
    )
    return replace(entry, hash=chain_hash(entry.previous_hash, entry))


def verify(entries: Sequence[AuditEntry]) -> int | None:
    """The first `seq` at which the chain is broken, or None when it is whole.

    Args:
        entries: The whole chain from its first entry, in order. A missing entry is reported
            as the `seq` that should have been there.
    """
    prev_hash = GENESIS_HASH
    for expected_seq, entry in enumerate(entries, start=1):
        is_whole = (
            entry.seq == expected_seq
            and entry.previous_hash == prev_hash
            and entry.hash == chain_hash(prev_hash, entry)
        )
        if not is_whole:
            return expected_seq
        prev_hash = entry.hash
    return None
