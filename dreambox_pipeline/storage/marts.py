"""The marts, as declared in `queries/*.sql`: what each one is, and where every column comes from.

A query file is one SELECT, named like its mart. Its comment block says everything a catalogue
wants to show; Dagster's descriptions and column lineage are read from here and nowhere else:

    -- One line that describes the mart.
    -- column: views <- engagement_snapshots.views
    -- column: unit <- (constant)

Running the queries is `warehouse`'s work.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import dropwhile
from pathlib import Path

QUERIES = Path(__file__).parent / "queries"

ORDER = (
    "dim_source_videos",
    "dim_comments",
    "dim_dreams",
    "dim_videos",
    "fct_comments_daily",
    "fct_account_daily",
    "fct_engagement",
    "fct_posts",
    "fct_costs",
    "lineage",
    "funnel",
    "system_metrics",
)
"""Every mart, in the order they are built: a mart reads only the inputs and marts before it."""

_COLUMN = re.compile(
    r"^-- column: (?P<column>\w+) <- (?:\(constant\)|(?P<sources>\w+\.\w+(?:, \w+\.\w+)*))$"
)


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """A column that a mart's column is computed from, in a ledger table, a lake dataset or a mart."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class MartSpec:
    """One mart as its file declares it.

    Attributes:
        inputs: Tables it reads, in order of first mention.
        lineage: Its columns, in order, each with the columns it is computed from; a constant's
            are empty.
    """

    name: str
    description: str
    sql: str
    inputs: tuple[str, ...]
    lineage: Mapping[str, tuple[ColumnSource, ...]]

    @property
    def query(self) -> str:
        """The SELECT without the comment block above it, for a page that shows the lineage itself."""
        lines = self.sql.strip().splitlines()
        return "\n".join(dropwhile(lambda line: not line or line.startswith("-- "), lines))


@cache
def mart_specs() -> tuple[MartSpec, ...]:
    """Every mart, in the order they are built."""
    return tuple(
        parse_mart(name, (QUERIES / f"{name}.sql").read_text(encoding="utf-8")) for name in ORDER
    )


def parse_mart(name: str, sql: str) -> MartSpec:
    """Read a query file's comments.

    Raises:
        ValueError: It has no description, no columns, or a column line that cannot be read.
    """
    lines = sql.splitlines()
    description = lines[0].removeprefix("-- ").strip() if lines else ""
    if not description or not lines[0].startswith("-- "):
        raise ValueError(f"{name}.sql must begin with a comment line that describes the mart.")
    lineage = dict(_column(name, line) for line in lines if line.startswith("-- column"))
    if not lineage:
        raise ValueError(f"{name}.sql declares no `-- column: a <- table.b` line.")
    inputs = dict.fromkeys(source.table for sources in lineage.values() for source in sources)
    return MartSpec(name, description, sql, tuple(inputs), lineage)


def _column(name: str, line: str) -> tuple[str, tuple[ColumnSource, ...]]:
    match = _COLUMN.match(line)
    if match is None:
        raise ValueError(f"{name}.sql: cannot read {line!r}; write `-- column: a <- table.b`.")
    sources = (source.split(".") for source in (match["sources"] or "").split(", ") if source)
    return match["column"], tuple(ColumnSource(table, column) for table, column in sources)
