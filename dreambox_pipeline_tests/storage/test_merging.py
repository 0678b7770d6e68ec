"""The vectorised merge against one in plain Python, which says what it has to do."""

from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.storage.merging import Merge, merge

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("part", pa.int64()),
        ("likes", pa.int64()),
        ("rate", pa.float64()),
        ("hours", pa.list_(pa.int64())),
    ]
)
KEY = ("id", "part")

rows = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["a", "b", "é", "\U0001f40b"]),
            "part": st.integers(0, 1),
            "likes": st.none() | st.integers(0, 2),
            "rate": st.none() | st.sampled_from([0.0, 0.5]),
            "hours": st.none() | st.lists(st.integers(0, 1), max_size=2),
        }
    ),
    max_size=8,
)


def plain_merge(
    old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], Merge]:
    before = {(row["id"], row["part"]): row for row in old}
    after = before | {(row["id"], row["part"]): row for row in new}
    changed = sum(before[key] != after[key] for key in before)
    merged = [after[key] for key in sorted(after)]
    return merged, Merge(len(after) - len(before), changed, len(after))


@settings(max_examples=60, deadline=None)
@given(rows, rows)
def test_the_merge_does_what_the_plain_one_does(
    first: list[dict[str, Any]], second: list[dict[str, Any]]
):
    """Rows, their order, and the three counts; with nulls, lists, repeated keys and two key columns."""
    old, _ = plain_merge([], first)
    wanted, counts = plain_merge(old, second)
    merged, outcome = merge(
        pa.Table.from_pylist(old, SCHEMA), pa.Table.from_pylist(second, SCHEMA), KEY
    )
    assert merged.to_pylist() == wanted
    assert outcome == counts
    assert merged.schema == SCHEMA
