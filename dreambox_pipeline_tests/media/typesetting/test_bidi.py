"""The order in which letters are seen."""

import pytest
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st

from dreambox_pipeline.media.typesetting.bidi import LONGEST, visual_order
from dreambox_pipeline.media.typesetting.scripts import clusters, handles, is_rtl


def seen(text: str) -> str:
    """*text* as its readers see it from left to right, mirrored brackets unturned."""
    units = clusters(text)
    order = visual_order(units, rtl=is_rtl(text), isolates=handles(units))
    return "".join(units[index] for index, _ in order)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dreamt by @lena", "dreamt by @lena"),
        ("חלום", "םולח"),
        ("dreamt by דנה", "dreamt by הנד"),
        ("حلم @user_12 قال", "لاق @user_12 ملح"),
        ("חלם (abc) 12 שלום", "םולש 12 )abc( םלח"),
        ("قال 3 مرات", "تارم 3 لاق"),
        ("נחלם על ידי @dana.k", "@dana.k ידי לע םלחנ"),
    ],
)
def test_words_stand_where_their_readers_look(text: str, expected: str) -> None:
    """Numbers and Latin names keep their order in Hebrew and Arabic, and their signs."""
    assert seen(text) == expected


def test_a_handle_is_ordered_for_itself() -> None:
    """Without isolation the sign would leave its name, and digits would change sides."""
    units = list("دنا @_12 قال")
    (place,) = handles(units)
    order = visual_order(units, rtl=True, isolates=[place])
    assert "".join(units[i] for i, _ in order) == "لاق @_12 اند"


def test_brackets_in_hebrew_know_that_they_are_mirrored() -> None:
    """They run right to left, so the shaper turns them around."""
    directions = dict(visual_order(list("א(ב)"), rtl=True))
    assert directions == {0: True, 1: True, 2: True, 3: True}


@given(st.text("abc אבג دحخ 123 ١٢٣ ()[] .,:%+-/🐋夢\u0301", max_size=30), st.booleans())
def test_the_order_is_the_librarys(text: str, rtl: bool) -> None:  # noqa: FBT001
    """Marks change nothing: every letter once, and where python-bidi puts it."""
    text = text.strip()
    order = visual_order(list(text), rtl=rtl)
    assert sorted(index for index, _ in order) == list(range(len(text)))
    shown = "".join(text[index] for index, _ in order)
    assert shown == get_display(text, base_dir="R" if rtl else "L")


def test_a_line_has_an_end() -> None:
    """More letters than marks can number are the caller's mistake."""
    with pytest.raises(ValueError, match="9216"):
        visual_order(["a"] * (LONGEST + 1), rtl=False)
