"""What a text is made of."""

import pytest

from dreambox_pipeline.media.typesetting.scripts import (
    clusters,
    handles,
    is_emoji,
    letters,
    printable,
    region_of,
    script_name,
)

FAMILY, ENGLAND = "👨‍👩‍👧‍👦", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "letter", ["e\u0301", "क्षि", "நி", "각", FAMILY, "👍🏽", "🇯🇵", "1️⃣", "❤️‍🔥", ENGLAND]
)
def test_a_letter_is_never_torn_apart(letter: str) -> None:
    """Accents, vowel signs, joined emoji, flags and keycaps are one each."""
    assert clusters(f"a{letter}b") == ["a", letter, "b"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dreamt by \u202e@lena\u2066\u200b\ufeff", "dreamt by @lena"),
        ("a\ud800b", "ab"),
        ("a\u3164b\u115f", "ab"),
        ("line\u2028one\x1ctwo\n", "line one two"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (FAMILY, FAMILY),
        (ENGLAND, ENGLAND),
        ("1️⃣❤️", "1️⃣❤️"),
        ("a\ufe0fb\U000e0041", "ab"),
        ("夢\U000e0100", "夢"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 6),
        ("\u200b\u202e", ""),
    ],
)
def test_only_what_is_seen_stays(text: str, shown: str) -> None:
    """Overrides, fillers, surrogates and stray selectors go; joiners of words and emoji stay."""
    assert printable(text) == shown
    assert printable(shown) == shown


def test_digits_and_punctuation_follow_their_neighbors() -> None:
    """So that a date in Japanese is set in the Japanese face."""
    assert {letter.script for letter in letters("「夢」2026")} == {"Hani"}
    assert [letter.script for letter in letters("حلم @user_12")][4:] == ["Latn"] * 8
    assert {letter.script for letter in letters("@12")} == {"Latn"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("حلم @user_12 قال", ["@user_12"]),
        ("dreamt by @lena.k.", ["@lena.k"]),
        ("#dream and @سارة_7!", ["#dream", "@سارة_7"]),
        ("mail a@b.c", []),
        ("@ alone #", []),
    ],
)
def test_handles_are_found_whole(text: str, found: list[str]) -> None:
    """A name and its sign, without the full stop after it."""
    units = clusters(text)
    assert ["".join(units[start:end]) for start, end in handles(units)] == found


@pytest.mark.parametrize(
    ("cluster", "is_picture"),
    [
        ("🐋", True),
        ("🐋\ufe0e", False),
        ("❤", False),
        ("❤️", True),
        ("1", False),
        ("1️⃣", True),
        ("🇯🇵", True),
        ("©", False),
        (FAMILY, True),
        ("夢", False),
    ],
)
def test_emoji_are_told_from_symbols(cluster: str, is_picture: bool) -> None:  # noqa: FBT001
    """By the standard's own properties and by the selectors people's phones send."""
    assert is_emoji(cluster) == is_picture


@pytest.mark.parametrize(
    ("text", "language", "region"),
    [
        ("夢の家", "", "JP"),
        ("꿈", "", "KR"),
        ("骨", "", "SC"),
        ("骨", "ja", "JP"),
        ("骨", "zh-TW", "TC"),
        ("骨", "zh_Hant", "TC"),
        ("骨", "zh", "SC"),
        ("ㄇㄥˋ", "", "TC"),
    ],
)
def test_the_language_or_the_text_says_whose_characters(
    text: str, language: str, region: str
) -> None:
    """A hint wins, then kana, hangul and bopomofo; Han alone is taken for simplified Chinese."""
    assert region_of(text, language) == region


def test_scripts_have_names_for_people() -> None:
    """They stand in the message that asks for fonts."""
    assert [script_name(c) for c in ("स", "夢", "🐋", FAMILY, "∑")] == [
        "Devanagari", "Han", "emoji", "emoji", "symbols",
    ]  # fmt: skip
