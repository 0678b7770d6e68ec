"""Merge new rows into the old ones of a day, column by column, without making a row a Python object.

Both are put below each other, sorted by key and by age, and of equal neighbours the younger stays.
That is a few passes over the columns, whatever the number of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

_AGE = "__age"


@dataclass(frozen=True, slots=True)
class Merge:
    """What an upsert did to a day: rows that were new, changed, and the day's total."""

    new: int
    changed: int
    total: int


def merge(old: pa.Table, new: pa.Table, key: Sequence[str]) -> tuple[pa.Table, Merge]:
    """The rows of both, one for each key and sorted by it; a row of *new* replaces one of *old*.

    Args:
        old: Holds every key once.
        new: Of two rows with one key the later counts.
        key: Columns that identify a row.
    """
    new = _younger_of_neighbours(_sorted([new], key), key)[0]
    merged, before, after = _younger_of_neighbours(_sorted([old, new], key), key)
    changed = pc.sum(_differs(before, after)).as_py() or 0
    return merged, Merge(len(merged) - len(old), changed, len(merged))


def _sorted(tables: Sequence[pa.Table], key: Sequence[str]) -> pa.Table:
    table = pa.concat_tables(tables).combine_chunks()
    aged = table.append_column(_AGE, pa.array(range(len(table)), pa.int64()))
    order = aged.select([*key, _AGE]).sort_by([(name, "ascending") for name in (*key, _AGE)])
    return table.take(order[_AGE])


def _younger_of_neighbours(
    table: pa.Table, key: Sequence[str]
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The last row of each key; and the pairs of neighbours with one key, older and younger."""
    upper, lower = table.slice(0, max(0, len(table) - 1)), table.slice(1)
    is_repeated = _all([pc.equal(upper[name], lower[name]) for name in key])
    if not pc.any(is_repeated).as_py():
        return table, table.slice(0, 0), table.slice(0, 0)
    is_last = pa.chunked_array([*pc.invert(is_repeated).chunks, pa.array([True])])
    return table.filter(is_last), upper.filter(is_repeated), lower.filter(is_repeated)


def _all(masks: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    together = masks[0]
    for mask in masks[1:]:
        together = pc.and_(together, mask)
    return together


def _differs(left: pa.Table, right: pa.Table) -> pa.ChunkedArray:
    """Row by row, whether any column differs; null equals null."""
    differs = pa.chunked_array([pa.repeat(False, len(left))])
    for name in left.schema.names:
        differs = pc.or_(differs, _column_differs(left[name], right[name]))
    return differs


def _column_differs(left: pa.ChunkedArray, right: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_nested(left.type):  # Arrow compares no lists; those columns are short
        pairs = zip(left.to_pylist(), right.to_pylist(), strict=True)
        return pa.chunked_array([pa.array([one != other for one, other in pairs], pa.bool_())])
    # Comparing with null gives null; then it matters whether both are.
    return pc.coalesce(pc.not_equal(left, right), pc.xor(left.is_null(), right.is_null()))
