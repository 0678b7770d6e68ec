"""Which dream repeats which: copy-pasted, mutated by bots, or told again by the same person.

    dream A repeats dream B  when  Jaccard(A, B) >= 0.6 and B was told earlier

over the five-letter shingles of their folded redacted texts. A dream's original is the earliest
telling it resembles. That depends on the set of tellings alone and on nothing else, so days may
be read in any order: an earlier telling that is read later takes the place of the original.

Texts are compared by MinHash signatures of 128 numbers. Bands find candidates, the whole
signature verifies them (its estimate has a standard error of 0.04). A text too short for that,
where two people easily hit on nearly the same words, is signed with one number and repeats only
the very same words. What a copy loses by it is decided elsewhere.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from dreambox_pipeline.text.normalize import fold

Signature = tuple[int, ...]

PERMUTATIONS: Final = 128
BANDS: Final = 32
ROWS: Final = PERMUTATIONS // BANDS
SHINGLE_LETTERS: Final = 5
# Changing it makes stored signatures incomparable with new ones.
SEED: Final = 7
SIMILAR_FROM: Final = 0.6
# Below this, "i had a dream that i was flying" and "... falling" would be the same dream.
SHORTEST_FOR_SHINGLES: Final = 80

OWN: Final = "repeats:own_dream"
COPIED: Final = "repeats:another_dreamer"
"""Reason codes of a report that repeats another."""

_NOT_A_WORD: Final = re.compile(r"[\W_]+")
_MIX: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 1], np.uint64)


@dataclass(frozen=True, slots=True)
class Telling:
    """One dream as far as comparing goes.

    Attributes:
        original_id: What it is known to repeat, for a telling that was compared before.
    """

    dream_id: str
    author_id: str
    told_at: datetime
    signature: Signature
    original_id: str | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """What a dream repeats, and whether its own author had told it."""

    original_id: str
    is_own: bool

    @property
    def reason(self) -> str:
        """The reason code for a report."""
        return OWN if self.is_own else COPIED


def sign(texts: Sequence[str]) -> list[Signature | None]:
    """A signature for each of *texts* (redacted), None where there are no words.

    128 numbers, or one number for a text too short to compare by shingles.
    """
    folded = [_NOT_A_WORD.sub(" ", fold(text, keep_accents=False)).strip() for text in texts]
    long = [i for i, text in enumerate(folded) if len(text) >= SHORTEST_FOR_SHINGLES]
    hashes = RMinHash.digests_from_token_sets(
        [_shingles(folded[i]) for i in long], PERMUTATIONS, SEED
    )
    signed: list[Signature | None] = [(_exact(text),) if text else None for text in folded]
    for i, digest in zip(long, hashes, strict=True):
        signed[i] = tuple(digest)
    return signed


def similarity(a: Signature, b: Signature) -> float:
    """Estimated Jaccard similarity, 0 to 1; two short texts are the same or they are not."""
    if len(a) != len(b):
        return 0.0
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a)


class Tellings:
    """Every telling known so far, and what repeats what among them.

    Takes about 1 kB per different text: 100,000 dreams fit into 100 MB.

    Args:
        known: Tellings that were compared before; their `original_id` is taken as it is.
    """

    def __init__(self, known: Iterable[Telling] = ()) -> None:
        self._groups: list[_Group] = []
        self._by_signature: dict[bytes, int] = {}
        self._group_of: dict[str, int] = {}
        self._matrix = _Matrix()
        tellings = list(known)
        keys = {telling.dream_id: _key(telling) for telling in tellings}
        for telling in tellings:
            group = self._join(telling)
            original = keys.get(telling.original_id or "")
            group.best = min(group.best, original) if original else group.best

    def __contains__(self, dream_id: str) -> bool:
        return dream_id in self._group_of

    def compare(self, batch: Sequence[Telling]) -> dict[str, Repeat | None]:
        """Add *batch* and say what each of it repeats, None for an original.

        A telling that is known already is compared anew. Dreams of earlier batches are in the
        answer too when an earlier telling than their original so far has turned up.
        """
        told_before = {key: group.best for key, group in enumerate(self._groups)}
        touched: set[int] = set()
        for telling in batch:
            self._leave(telling)
            first = self._first_of(telling)
            group = self._join(telling)
            if first is None or _key(telling) < first:
                touched.add(self._group_of[telling.dream_id])
                group.best = min(group.best, _key(telling))
        for a, b in self._matrix.similar(self._rows(touched)):
            self._meet(a, b)
        changed = {i for i, best in told_before.items() if self._groups[i].best != best}
        answer = {t.dream_id: self._repeat_of(t.dream_id) for t in batch}
        for i in changed:
            answer |= {key[1]: self._groups[i].repeat_of(key) for key in self._groups[i].members}
        return answer

    def _repeat_of(self, dream_id: str) -> "Repeat | None":
        group = self._groups[self._group_of[dream_id]]
        return group.repeat_of(next(key for key in group.members if key[1] == dream_id))

    def _first_of(self, telling: Telling) -> "_Key | None":
        index = self._by_signature.get(_bytes(telling.signature))
        members = self._groups[index].members if index is not None else ()
        return min(members, default=None)

    def _join(self, telling: Telling) -> "_Group":
        name = _bytes(telling.signature)
        index = self._by_signature.get(name)
        if index is None:
            index = self._by_signature[name] = len(self._groups)
            self._groups.append(_Group(_key(telling)))
            if len(telling.signature) == PERMUTATIONS:
                self._groups[index].row = self._matrix.append(telling.signature, index)
        group = self._groups[index]
        group.members[_key(telling)] = None
        group.best = min(group.best, _key(telling))
        self._group_of[telling.dream_id] = index
        return group

    def _leave(self, telling: Telling) -> None:
        index = self._group_of.pop(telling.dream_id, None)
        if index is not None:
            group = self._groups[index]
            for key in [key for key in group.members if key[1] == telling.dream_id]:
                del group.members[key]

    def _rows(self, groups: Iterable[int]) -> list[int]:
        rows = (self._groups[i].row for i in groups)
        return sorted(row for row in rows if row is not None)

    def _meet(self, a: int, b: int) -> None:
        first, second = self._groups[a], self._groups[b]
        if first.members and second.members:
            first.best = min(first.best, *second.members)
            second.best = min(second.best, *first.members)


_Key = tuple[datetime, str, str]
"""Told at, dream id, author id: tellings in the order in which they were told."""


@dataclass(slots=True)
class _Group:
    """Tellings with one signature; *best* is the earliest telling like them, or one of them."""

    best: _Key
    members: dict[_Key, None] = field(default_factory=dict)
    row: int | None = None

    def repeat_of(self, key: _Key) -> Repeat | None:
        if self.best >= key:
            return None
        # An empty author identifies nobody, so two of them are not the same person.
        is_own = bool(key[2]) and self.best[2] == key[2]
        return Repeat(self.best[1], is_own=is_own)


class _Matrix:
    """Signatures as rows of numbers, with the bands by which candidates are found."""

    def __init__(self) -> None:
        self._signatures: NDArray[np.uint32] = np.empty((256, PERMUTATIONS), np.uint32)
        self._bands: NDArray[np.uint64] = np.empty((256, BANDS), np.uint64)
        self._groups: list[int] = []

    def append(self, signature: Signature, group: int) -> int:
        row = len(self._groups)
        if row == len(self._signatures):
            self._signatures = np.concatenate([self._signatures, np.empty_like(self._signatures)])
            self._bands = np.concatenate([self._bands, np.empty_like(self._bands)])
        self._signatures[row] = signature
        self._bands[row] = (
            self._signatures[row].reshape(BANDS, ROWS).astype(np.uint64) * _MIX
        ).sum(axis=1, dtype=np.uint64)
        self._groups.append(group)
        return row

    def similar(self, rows: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Groups of verified pairs in which at least one is among *rows*."""
        for row, candidates in self._candidates(rows).items():
            others = np.fromiter(candidates, np.int64, len(candidates))
            same = (self._signatures[others] == self._signatures[row]).mean(axis=1)
            for other in others[same >= SIMILAR_FROM]:
                yield self._groups[row], self._groups[other]

    def _candidates(self, rows: Sequence[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {row: set() for row in rows}
        bands = self._bands[: len(self._groups)]
        for band in range(BANDS if rows else 0):
            asked: dict[int, list[int]] = {}
            for row in rows:
                asked.setdefault(int(bands[row, band]), []).append(row)
            column = bands[:, band]
            for other in np.flatnonzero(np.isin(column, np.fromiter(asked, np.uint64))):
                for row in asked[int(column[other])]:
                    if row != other:
                        found[row].add(int(other))
        return {row: others for row, others in found.items() if others}


def _key(telling: Telling) -> _Key:
    return telling.told_at, telling.dream_id, telling.author_id


def _bytes(signature: Signature) -> bytes:
    return np.array(signature, np.uint64).tobytes()


def _shingles(folded: str) -> list[str]:
    last = len(folded) - SHINGLE_LETTERS + 1
    return [folded[i : i + SHINGLE_LETTERS] for i in range(last)]


def _exact(folded: str) -> int:
    # 48 bits: whole in JSON everywhere, and no two of a million texts share one by accident.
    return int.from_bytes(hashlib.sha256(folded.encode()).digest()[:6], "big")
