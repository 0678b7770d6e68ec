"""Where lines end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambox_pipeline.media.typesetting.breaking import Ruler, balance, cut, pieces, wrap
from dreambox_pipeline.media.typesetting.scripts import clusters


def advance(text: str) -> float:
    """Every letter is one wide."""
    return float(len(clusters(text)))


RULER = Ruler(advance)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("two words", ["two", "words"]),
        ("夢の家、空", ["夢", "の", "家、", "空"]),
        ("「家」を運ぶ", ["「家」", "を", "運", "ぶ"]),
        ("青いクジラ", ["青", "い", "クジラ"]),
        ("スーパーマン", ["スーパーマン"]),
        ("AIの夢2026年", ["AI", "の", "夢", "2026", "年"]),
        ("하늘을 나는", ["하늘을", "나는"]),
        ("ちょっと", ["ちょっ", "と"]),
        ("夢。次の", ["夢。", "次", "の"]),
    ],
)
def test_lines_end_where_their_readers_expect(text: str, parts: list[str]) -> None:
    """At spaces; between Han and kana, but never before closing or after opening punctuation."""
    assert [piece.text for piece in pieces(text)] == parts


LETTERS = ["a", "b", " ", "夢", "の", "ク", "、", "。", "「", "」", "👍🏽", "e\u0301"]


@given(st.lists(st.sampled_from(LETTERS), max_size=40), st.integers(2, 12))
def test_wrapping_loses_nothing_and_tears_no_letter(chosen: list[str], width: int) -> None:
    """The lines have the letters of the text, and each fits unless one letter alone does not."""
    text = " ".join("".join(chosen).split())
    lines = wrap(text, RULER, width, may_break_words=True)
    assert lines is not None
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert [c for line in lines for c in clusters(line) if c != " "] == [
        c for c in clusters(text) if c != " "
    ]
    assert all(advance(line) <= width for line in lines)


def test_a_word_too_wide_is_kept_until_it_may_be_broken() -> None:
    """The size gives way first; the caller decides when."""
    assert wrap("abcdefgh", RULER, 5, may_break_words=False) is None
    assert wrap("abcdefgh", RULER, 5, may_break_words=True) == ("abcde", "fgh")


def test_lines_are_evened_out() -> None:
    """Six words of one letter on two lines are three and three, not five and one."""
    lines = wrap("a b c d e f", RULER, 9, may_break_words=False)
    assert lines == ("a b c d e", "f")
    assert balance("a b c d e f", RULER, 9, lines) == ("a b c", "d e f")


def test_a_cut_line_has_room_for_its_ellipsis() -> None:
    """And no space before it."""
    assert cut(("ab cd", "ef gh"), 1, RULER, 4) == ("ab…",)


def test_space_between_letters_counts_between_words_too() -> None:
    """Three letters with half a letter between them are four wide."""
    assert wrap("夢の家", Ruler(advance, 0.5), 3.9, may_break_words=False) == ("夢の", "家")
    assert wrap("夢の家", Ruler(advance, 0.5), 4, may_break_words=False) == ("夢の家",)
