from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.database import UtcDateTime, open_engine, upsert, upsert_all

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
words = sa.Table(
    "words",
    sa.MetaData(),
    sa.Column("word", sa.Text, primary_key=True),
    sa.Column("times", sa.Integer),
    sa.Column("nick", sa.Text, unique=True),
)


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    engine = open_engine(f"sqlite:///{tmp_path / 'deep' / 'er' / 'words.sqlite'}")
    words.metadata.create_all(engine)
    return engine


@settings(max_examples=50)
@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001 - the zone comes below
    st.integers(-14 * 60, 14 * 60),
)
@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_a_moment_survives_any_database(dialect: sa.Dialect, wall: datetime, offset: int):
    """What comes back is the same moment, aware, in UTC."""
    moment = wall.replace(tzinfo=timezone(timedelta(minutes=offset)))
    kind = UtcDateTime()
    back = kind.process_result_value(kind.process_bind_param(moment, dialect), dialect)
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC


def test_no_moment_stays_no_moment():
    """NULL is not the epoch."""
    kind, dialect = UtcDateTime(), sqlite.dialect()
    assert kind.process_bind_param(None, dialect) is None
    assert kind.process_result_value(None, dialect) is None


def test_sqlite_waits_checks_and_logs_ahead(engine: sa.Engine):
    """The three settings every connection needs, at each of them."""
    for _ in range(2):
        with engine.connect() as connection:
            pragmas = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "foreign_keys", "busy_timeout")
            }
        assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000}
        engine.dispose()


def test_a_folder_nobody_can_make_stops_with_a_remedy(tmp_path: Path):
    """A file is in the way."""
    (tmp_path / "var").write_text("")
    with pytest.raises(StopError, match="DREAMBOX_VAR_DIR"):
        open_engine(f"sqlite:///{tmp_path / 'var' / 'ledger.sqlite'}")


def test_an_upsert_says_whether_anything_changed(engine: sa.Engine):
    """Callers count new rows by it."""
    with engine.begin() as connection:
        assert upsert(connection, words, {"word": "whale", "times": 1})
        assert not upsert(connection, words, {"word": "whale", "times": 2})
        assert connection.scalar(sa.select(words.c.times)) == 1
        assert upsert(connection, words, {"word": "whale", "times": 3}, update=("times",))
        assert connection.scalar(sa.select(words.c.times)) == 3


def test_an_update_touches_the_named_columns_only(engine: sa.Engine):
    """What was known first may be kept."""
    with engine.begin() as connection:
        upsert(connection, words, {"word": "whale", "times": 1, "nick": "w"})
        upsert(connection, words, {"word": "whale", "times": 2, "nick": "x"}, update=("times",))
        assert connection.execute(sa.select(words)).all() == [("whale", 2, "w")]


def test_doing_nothing_covers_every_unique_column(engine: sa.Engine):
    """A video has one publication, whatever id a second attempt would give it."""
    with engine.begin() as connection:
        assert upsert(connection, words, {"word": "whale", "nick": "w"})
        assert not upsert(connection, words, {"word": "wal", "nick": "w"})


def test_many_rows_are_upserted_like_one(engine: sa.Engine):
    """And none of none."""
    with engine.begin() as connection:
        upsert_all(connection, words, [])
        for times in (1, 2):
            rows = [{"word": word, "times": times} for word in ("whale", "moon")]
            upsert_all(connection, words, rows, update=("times",))
        assert connection.execute(sa.select(words.c.word, words.c.times)).all() == [
            ("whale", 2),
            ("moon", 2),
        ]


def test_a_failed_statement_does_not_quote_its_values(tmp_path):
    """A dreamer's words in an error would reach logs that no erasure reaches."""
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with pytest.raises(sa.exc.DBAPIError) as caught, engine.begin() as connection:
        connection.execute(
            sa.text("insert into nowhere values (:words)"), {"words": "a secret dream"}
        )
    assert "a secret dream" not in str(caught.value)
    engine.dispose()
