"""Nobody can change a line of the audit chain without breaking it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.safety.audit import (
    GENESIS_HASH,
    AuditEntry,
    append_entry,
    canonical_json,
    chain_hash,
    verify,
)

AT = datetime(2026, 11, 1, 12, 0, 0, 123456, tzinfo=UTC)


def chain(length: int) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for n in range(length):
        entry = append_entry(
            entries[-1] if entries else None,
            at=AT + timedelta(minutes=n),
            actor="pipeline",
            action="dream.ranked",
            subject=f"drm_{n}",
            detail={"rank": n, "why": "übergroß"},
        )
        entries.append(entry)
    return entries


def test_a_whole_chain_verifies() -> None:
    """An untouched chain, and an empty one, have no broken entry."""
    assert verify([]) is None
    assert verify(chain(5)) is None
    assert chain(1)[0].previous_hash == GENESIS_HASH


@settings(max_examples=40, deadline=None)
@given(
    at=st.integers(0, 5),
    change=st.sampled_from(
        [
            {"actor": "somebody"},
            {"action": "video.approved"},
            {"subject": "drm_other"},
            {"detail": {}},
            {"at": AT + timedelta(microseconds=1, days=9)},
            {"seq": 99},
            {"previous_hash": "f" * 64},
            {"hash": "f" * 64},
        ]
    ),
)
def test_any_change_is_found_where_it_was_made(at: int, change: dict[str, object]) -> None:
    """Changing any field of any entry is reported at that entry."""
    entries = chain(6)
    entries[at] = replace(entries[at], **change)
    assert verify(entries) == at + 1


def test_a_resealed_entry_breaks_the_next_one() -> None:
    """Recomputing the changed entry's own hash does not help: the next one remembers."""
    entries = chain(4)
    forged = replace(entries[1], actor="somebody")
    entries[1] = replace(forged, hash=chain_hash(forged.previous_hash, forged))
    assert verify(entries) == 3


@pytest.mark.parametrize(
    ("tampered", "broken"),
    [
        (lambda e: [*e[:2], *e[3:]], 3),
        (lambda e: e[1:], 1),
        (lambda e: [e[0], e[2], e[1], e[3]], 2),
        (lambda e: [*e[:2], e[1], *e[2:]], 3),
    ],
    ids=["removed", "first removed", "swapped", "repeated"],
)
def test_removing_and_reordering_are_found(tampered: object, broken: int) -> None:
    """The numbers and the links both have to fit."""
    change: Sequence[AuditEntry] = tampered(chain(4))  # type: ignore[operator]
    assert verify(change) == broken


def test_there_is_one_spelling() -> None:
    """Key order and time zone of the same content do not change the hash."""
    entry = chain(1)[0]
    east = timezone(timedelta(hours=7))
    same = replace(
        entry, at=entry.at.astimezone(east), detail=dict(reversed(list(entry.detail.items())))
    )
    assert canonical_json(same) == canonical_json(entry)
    assert chain_hash("", same) == entry.hash
    assert json.loads(canonical_json(entry))["at"] == "2026-11-01T12:00:00.123456+00:00"


@pytest.mark.parametrize(
    "change", [{"at": AT.replace(tzinfo=None)}, {"detail": {"x": float("nan")}}]
)
def test_what_has_no_one_spelling_is_refused(change: dict[str, object]) -> None:
    """A naive time or a NaN would hash differently elsewhere."""
    with pytest.raises(ValueError, match=r"naive|JSON"):
        chain_hash("", replace(chain(1)[0], **change))


def test_a_skipped_number_is_found_even_when_sealed() -> None:
    """A gap in the numbers is a removed entry, however well the rest was sealed again."""
    entries = chain(2)
    skipped = replace(entries[1], seq=3, hash="")
    entries[1] = replace(skipped, hash=chain_hash(skipped.previous_hash, skipped))
    assert verify(entries) == 2
