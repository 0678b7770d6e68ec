"""Rules of reading import files."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.comments.files import COLUMNS, read_csv, read_json, read_jsonl
from dreambox_pipeline.stages.comments.model import Comment, RejectedRow

NOW = datetime(2026, 5, 1, tzinfo=UTC)
HEADER = ",".join(COLUMNS)
GOOD = "71,81,,owl,I dreamt of a lighthouse,2026-03-01T18:30:00Z,5,0,PUBLIC"


def author_id_for(handle):
    return hashlib.sha256(handle.encode()).hexdigest()[:12]


def read(*lines, header=HEADER):
    return list(read_csv([header, *lines], author_id_for=author_id_for, now=NOW))


def reasons(rows):
    return [row.reason if isinstance(row, RejectedRow) else "ok" for row in rows]


def test_a_row_keeps_everything_but_the_handle():
    """The hash stands for the commenter from here on."""
    (comment,) = read(GOOD)
    assert comment == Comment(
        comment_id="71",
        source_video_id="81",
        author_id=author_id_for("owl"),
        text="I dreamt of a lighthouse",
        created_at=datetime(2026, 3, 1, 18, 30, tzinfo=UTC),
        likes=5,
        replies=0,
        origin="import",
    )
    assert "owl" not in repr(comment)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("71,81,,owl,too few fields", "field_count"),
        ("71,81,,owl,one, two, three,2026-03-01T18:30:00Z,5,0,PUBLIC", "field_count"),
        ("71,81,,owl,nul \x00 byte,2026-03-01T18:30:00Z,5,0,PUBLIC", "nul_byte"),
        ("71,81,,owl,broken \ufffd bytes,2026-03-01T18:30:00Z,5,0,PUBLIC", "undecodable"),
        ("71,81,,owl,line\rend,2026-03-01T18:30:00Z,5,0,PUBLIC", "bad_csv"),
        ('71,81,,owl,"never closed,2026-03-01T18:30:00Z,5,0,PUBLIC', "unbalanced_quote"),
        (f"71,81,,owl,{'x' * 10_000_000},2026-03-01T18:30:00Z,5,0,PUBLIC", "too_long"),
        ("71,81,,owl,\u200b\u200b,2026-03-01T18:30:00Z,5,0,PUBLIC", "empty"),
        ("7.1E+18,81,,owl,text,2026-03-01T18:30:00Z,5,0,PUBLIC", "damaged_id"),
        ("71,81,,owl,text,2026-03-01T18:30:00,5,0,PUBLIC", "naive_time"),
        ("71,81,,owl,text,,5,0,PUBLIC", "missing_time"),
        ("71,81,,owl,text,2027-03-01T18:30:00Z,5,0,PUBLIC", "future_time"),
    ],
)
def test_a_bad_row_is_reported_and_the_next_ones_are_read(line, reason):
    """One row never costs another, even behind an open quote."""
    quoted = '72,81,,owl,"a whale, singing",2026-03-01T18:30:00Z,,,PUBLIC'
    rows = read(line, quoted, GOOD)
    assert reasons(rows) == [reason, "ok", "ok"]
    assert rows[0].row == 2
    assert rows[1].text == "a whale, singing"


def test_a_text_may_hold_line_ends_and_quotes():
    """A quoted field goes on until its quote closes."""
    rows = read('71,81,,owl,"first', "", 'she said ""fly"" ",2026-03-01T18:30:00Z,5,0,PUBLIC', GOOD)
    assert [row.text for row in rows] == ['first she said "fly"', "I dreamt of a lighthouse"]


def test_a_quote_inside_a_plain_field_is_just_a_quote():
    """Heights and nicknames do not open anything."""
    rows = read('71,81,,owl,a 5" whale,2026-03-01T18:30:00Z,5,0,PUBLIC', GOOD)
    assert rows[0].text == 'a 5" whale'
    assert len(rows) == 2


def test_a_missing_column_names_what_was_found_and_expected():
    """The person with the file can act on it."""
    with pytest.raises(ItemError, match=r"found: id, body.*video_id") as caught:
        read(GOOD, header="id,body")
    assert "create_time" in str(caught.value)


@pytest.mark.parametrize("lines", [[], [""], ["\x00\x00"], ["x" * 500_000]])
def test_a_file_without_a_header_is_refused(lines):
    """Before the first row, not after the last."""
    with pytest.raises(ItemError, match="Expected the columns"):
        list(read_csv(lines, author_id_for=author_id_for, now=NOW))


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_spreadsheets_may_use_another_separator(delimiter):
    """Where the comma is the decimal sign, spreadsheets write semicolons."""
    (comment,) = read(
        GOOD.replace(",", delimiter), header="\ufeff" + HEADER.replace(",", delimiter).upper()
    )
    assert comment.comment_id == "71"


def test_columns_may_be_missing_or_strange_as_long_as_the_needed_are_there():
    """Unknown counts stay unknown, and unknown authors are not one person."""
    rows = read(
        "81,a whale,1772389800,x",
        "81,a train,1772389800,x",
        header="video_id,text,create_time,colour",
    )
    assert [row.likes for row in rows] == [None, None]
    assert rows[0].author_id != rows[1].author_id


def test_a_row_without_an_id_gets_the_same_one_every_time():
    """Wherever in the file it stands; another text gives another id."""
    bare = GOOD.removeprefix("71")
    (first,) = read(bare)
    rows = read(GOOD, bare.replace("lighthouse", "train"), bare)
    assert first.comment_id == rows[2].comment_id
    assert first.comment_id != rows[1].comment_id
    assert first.comment_id.startswith("csv:")
    assert len(first.comment_id) == 28


TEXTS = st.text(
    alphabet=st.characters(exclude_characters="\x00\ufffd", exclude_categories=["Cs", "Cc"]),
    min_size=1,
    max_size=40,
).filter(lambda text: text.strip("\u200b ") != "")


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_what_a_csv_writer_writes_is_read_back(texts):
    """Quotes, commas and all."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for number, text in enumerate(texts, start=1):
        writer.writerow([number, 81, "", "owl", f"x{text}", "2026-03-01T18:30:00Z", "", "", ""])
    buffer.seek(0)
    rows = list(read_csv(buffer, author_id_for=author_id_for, now=NOW))
    assert [row.comment_id for row in rows] == [str(n) for n in range(1, len(texts) + 1)]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=8))
def test_no_line_stops_the_file(lines):
    """The last good row is read whatever stands before it, unless a quote rightly holds it."""
    lines = [line.replace('"', "") for line in lines]
    assert isinstance(read(*lines, GOOD)[-1], Comment)


def as_object(**changes):
    values = dict(zip(COLUMNS, GOOD.split(","), strict=True))
    return {**values, **changes}


def test_json_lines_are_read_like_rows():
    """Whole numbers keep all their digits; a damaged line is reported alone."""
    lines = [
        json.dumps(as_object(comment_id=7400000000000000123, likes=None)),
        "",
        "{broken",
        "[" * 60_000,
        "[1, 2]",
        json.dumps(as_object(comment_id=7.4e18)),
        json.dumps(as_object(text="nul \x00")),
        "x" * 200_000,
        json.dumps(as_object()),
    ]
    rows = list(read_jsonl(lines, author_id_for=author_id_for, now=NOW))
    assert reasons(rows) == [
        "ok", "bad_json", "bad_json", "bad_json", "damaged_id", "nul_byte", "too_long", "ok",
    ]  # fmt: skip
    assert rows[0].comment_id == "7400000000000000123"
    assert rows[0].likes is None
    assert rows[1].row == 3


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"comments": rows}])
def test_a_json_file_may_be_a_list_or_hold_one(wrap):
    """Both shapes people export."""
    text = json.dumps(wrap([as_object(), 3]))
    rows = list(read_json(text, author_id_for=author_id_for, now=NOW))
    assert reasons(rows) == ["ok", "bad_json"]


@pytest.mark.parametrize("text", ["", "{", '{"rows": []}', "3", "[" * 60_000])
def test_json_without_a_list_of_comments_is_refused(text):
    """With a sentence that says what was expected."""
    with pytest.raises(ItemError, match=r"JSON"):
        read_json(text, author_id_for=author_id_for, now=NOW)


@pytest.mark.parametrize("field", ["username", "text", "comment_id", "video_id", "status"])
def test_half_an_emoji_in_json_stops_nothing(field):
    """JSON may hold a lone surrogate, which no hash and no file can take as it is."""
    good = {"video_id": "73", "text": "hi", "create_time": "2026-03-01T10:00:00Z"}
    bad = good | {field: "a\ud83d"}
    lines = [json.dumps(bad), json.dumps(good)]
    first, second = read_jsonl(lines, author_id_for=hashed, now=NOW)
    assert isinstance(second, Comment)
    assert isinstance(first, Comment) is (field in {"username", "text"})


def hashed(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()
