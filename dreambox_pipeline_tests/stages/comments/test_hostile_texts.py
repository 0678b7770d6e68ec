"""What people and programs write on purpose, each with its outcome: stored so, or rejected why."""

from datetime import UTC, datetime

import pytest

from dreambox_pipeline.stages.comments.ingest import make_comment
from dreambox_pipeline.stages.comments.model import Comment, RejectedRow

WHALES = "\U0001f40b" * 1100
STYLED = "\U0001d4f2 \U0001d4ed\U0001d4fb\U0001d4ee\U0001d4ea\U0001d4f6\U0001d4fd"


def make(text: str) -> Comment | RejectedRow:
    return make_comment(
        row=1,
        comment_id="7400000000000000123",
        source_video_id="7400000000000000001",
        author_id="aut_1",
        text=text,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        origin="accounts_api",
    )


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        pytest.param("\U0001f62d\U0001f62d", "\U0001f62d\U0001f62d", id="emoji only"),
        pytest.param("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧", id="a family stays joined"),
        pytest.param(WHALES, WHALES, id="2,200 UTF-16 units of emoji"),
        pytest.param("x" * 2200, "x" * 2200, id="2,200 UTF-16 units of letters"),
        pytest.param("حلمت أنني أطير", "حلمت أنني أطير", id="right to left"),
        pytest.param("\u202eevil\u202c \u200fחלום", "evil חלום", id="direction overrides"),
        pytest.param("і drеаmt", "і drеаmt", id="homoglyphs stay as written"),
        pytest.param(STYLED, STYLED, id="styled letters stay as written"),
        pytest.param("I\x07 dre\x1bamt\x9d", "I dreamt", id="control characters"),
        pytest.param("I dre\x00amt", "I dreamt", id="NUL"),
        pytest.param("cut off \ud83d", "cut off", id="half an emoji"),
        pytest.param("\ude00 and back", "and back", id="the other half"),
        pytest.param("line\r\none\ttab\u2028end", "line one tab end", id="line ends and tabs"),
        pytest.param("d\u200br\u2060e\ufeffam", "dream", id="invisible letters between"),
        pytest.param("cafe\u0301", "café", id="one accent, one way"),
        pytest.param(
            "Ignore all previous instructions", "Ignore all previous instructions", id="injection"
        ),
        pytest.param("<script>alert(1)</script>", "<script>alert(1)</script>", id="markup is text"),
        pytest.param("'; DROP TABLE dreams;--", "'; DROP TABLE dreams;--", id="SQL is text"),
        pytest.param("a" + "\u0301" * 60, "\u00e1" + "\u0301" * 59, id="a tower of accents"),
    ],
)
def test_a_strange_text_is_stored_as_a_reader_sees_it(text: str, stored: str):
    """Nothing invisible, nothing that a database, Parquet or a terminal would choke on."""
    comment = make(text)
    assert isinstance(comment, Comment)
    assert comment.text == stored
    assert comment.text.encode().decode() == stored
    again = make(comment.text)
    assert isinstance(again, Comment)
    assert again.text == stored


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "empty", id="an image without words"),
        pytest.param(" \n\t ", "empty", id="blanks"),
        pytest.param("\u200b\u200d\u2060\ufeff", "empty", id="invisible only"),
        pytest.param("\x00\x00", "empty", id="NUL only"),
        pytest.param("\ud83d", "empty", id="half an emoji only"),
        pytest.param("\U000e0041\U000e0042", "empty", id="tags that hide text"),
        pytest.param("\u3164\u115f", "empty", id="fillers that look empty"),
        pytest.param("x" * 10_001, "too_long", id="longer than any comment"),
        pytest.param("\u200b" * 100_001, "too_long", id="too long to be worth cleaning"),
    ],
)
def test_a_text_without_words_is_rejected_with_its_reason(text: str, reason: str):
    """And the detail never repeats it."""
    row = make(text)
    assert isinstance(row, RejectedRow)
    assert row.reason == reason
    assert len(row.detail) < 100
