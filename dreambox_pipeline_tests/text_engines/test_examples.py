"""Rules of reading labelled and unlabelled comments from files."""

import pytest

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.text_engines.examples import BadLine, Example, read_comments, read_examples

LINES = """{"text": "I dreamt of it", "is_dream": 1, "lang": "en", "kind": "told", "source": "here"}

{"text": "first", "is_dream": false}
{"text": "no label"}
not json
["a list"]
{"is_dream": true}
{"text": 7}
{"text": "odd label", "is_dream": "yes"}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mix.jsonl"
    path.write_text(LINES)
    return path


def test_good_lines_are_read_and_bad_ones_named(file):
    """By their number, without their text."""
    examples, bad = read_examples(file)
    assert examples == [
        Example("I dreamt of it", True, "en", "told", "here"),
        Example("first", False, "und", "", "mix"),
        Example("no label", None, "und", "", "mix"),
    ]
    assert [line.number for line in bad] == [5, 6, 7, 8, 9]
    assert not any("odd label" in line.problem for line in bad)


def test_a_file_that_cannot_be_read_stops(tmp_path):
    """With its name and the way out."""
    with pytest.raises(StopError, match="JSONL"):
        read_examples(tmp_path / "nowhere.jsonl")
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(b"\xff\xfe{")
    with pytest.raises(StopError, match="UTF-8"):
        read_examples(broken)


def test_a_csv_stream_needs_a_text_column(tmp_path):
    """Any other columns are ignored; a row without text is named."""
    path = tmp_path / "stream.csv"
    path.write_text('id,text\n1,"two\nlines"\n2,\n3,nice\n')
    comments, bad = read_comments(path)
    assert [comment.text for comment in comments] == ["two\nlines", "nice"]
    assert bad == [BadLine(4, "has no text")]
    path.write_text("id,comment\n1,nice\n")
    with pytest.raises(StopError, match="no `text`"):
        read_comments(path)


def test_texts_that_differ_in_dress_only_have_one_key():
    """A text kept back for measuring is recognised in any case and punctuation."""
    assert Example("I dreamt, of IT!", True).key == Example("i dreamt of it", False).key
