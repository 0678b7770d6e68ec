import pytest

from dreambox_pipeline.storage.lake import DATASETS
from dreambox_pipeline.storage.marts import ORDER, QUERIES, ColumnSource, mart_specs, parse_mart
from dreambox_pipeline.storage.warehouse import LEDGER_INPUTS

GOOD = (
    "-- Dreams by day.\n-- column: day <- dreams.told_at\n-- column: unit <- (constant)\nSELECT 1"
)


def test_a_query_says_what_it_is_and_where_its_columns_come_from():
    """All that a catalogue shows is in the file."""
    spec = parse_mart("fct_dreams", GOOD)
    assert spec.description == "Dreams by day."
    assert spec.inputs == ("dreams",)
    assert dict(spec.lineage) == {"day": (ColumnSource("dreams", "told_at"),), "unit": ()}


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELECT 1",
        "-- Only a description.\nSELECT 1",
        GOOD.replace("dreams.told_at", "told_at"),
        GOOD.replace(" <- ", " = "),
        GOOD.replace("dreams.told_at", "dreams.told_at,dreams.text"),
        "\n" + GOOD,
    ],
)
def test_a_query_that_hides_something_is_refused(sql: str):
    """The message names the file."""
    with pytest.raises(ValueError, match=r"bad\.sql"):
        parse_mart("bad", sql)


def test_every_query_file_is_built_and_every_mart_has_a_file():
    """A forgotten name would be a mart that never comes."""
    assert {path.stem for path in QUERIES.glob("*.sql")} == set(ORDER)
    assert [spec.name for spec in mart_specs()] == list(ORDER)


def test_lineage_names_columns_that_exist():
    """Every source is a ledger column, a lake column or a column of an earlier mart."""
    known = {name: set(columns) for name, columns in LEDGER_INPUTS.items()}
    known |= {dataset.name: set(dataset.schema.names) for dataset in DATASETS}
    for spec in mart_specs():
        for sources in spec.lineage.values():
            for source in sources:
                assert source.column in known[source.table], (spec.name, source)
        known[spec.name] = set(spec.lineage)


def test_no_query_selects_everything():
    """A column added to a table must not slip into a published file."""
    for spec in mart_specs():
        code = [line for line in spec.sql.splitlines() if not line.lstrip().startswith("--")]
        assert not any("SELECT *" in line or ".*" in line for line in code), spec.name


def test_tokens_are_no_input():
    """What is not loaded cannot leak."""
    assert "accounts" not in LEDGER_INPUTS
    columns = {column for columns in LEDGER_INPUTS.values() for column in columns}
    assert not any("token" in column or "payload" in column for column in columns)
