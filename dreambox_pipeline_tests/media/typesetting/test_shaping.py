"""Glyphs, not pictures: what shaping must get right cannot be told from ink."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.media.typesetting.fonts import (
    SANS,
    SERIF_BOLD,
    Family,
    current_shelf,
    use_fonts,
)
from dreambox_pipeline.media.typesetting.scripts import is_rtl, printable
from dreambox_pipeline.media.typesetting.shaping import (
    Line,
    missing_letters,
    shape_line,
    typesetting_for,
)

FAMILY = "👨‍👩‍👧‍👦"


def shaped(text: str, family: Family = SANS, *, tracking: float = 0.0, language: str = "") -> Line:
    setting = typesetting_for(
        text, family, current_shelf(), rtl=is_rtl(text), tracking=tracking, language=language
    )
    return shape_line(text, setting)


def numbers(text: str, family: Family = SANS, *, language: str = "") -> list[int]:
    line = shaped(text, family, language=language)
    assert not line.missing
    return [glyph.number for glyph in line.glyphs]


def faces(text: str, family: Family = SANS, *, language: str = "") -> set[str]:
    line = shaped(text, family, language=language)
    return {f"{g.face.path.name}:{g.face.index}" for g in line.glyphs}


@pytest.mark.parametrize("with_noto", [False, True])
def test_arabic_letters_take_their_joined_forms(
    with_noto: bool,  # noqa: FBT001
    request: pytest.FixtureRequest,
) -> None:
    """None of the three letters of the word looks as it does alone."""
    if with_noto:
        request.getfixturevalue("noto")

    def bodies(text: str) -> set[int]:
        # Some faces draw dots as marks of their own, which are the same everywhere.
        line = shaped(text)
        return {g.number for g in line.glyphs if g.face.font.get_glyph_h_advance(g.number)}

    alone = {number for letter in "بحر" for number in bodies(letter)}
    assert len(alone) == 3
    assert not alone & bodies("بحر")
    assert not bodies("لا") & (bodies("ل") | bodies("ا"))


def test_hebrew_and_latin_share_a_line_in_the_order_they_are_read() -> None:
    """From the left: the name, then the Hebrew word from its last letter to its first."""
    line = numbers("חלם @dana")
    assert line == [*numbers("@dana"), *numbers(" "), *numbers("ם"), *numbers("ל"), *numbers("ח")]


def test_brackets_in_hebrew_are_turned_around() -> None:
    """An opening bracket opens to the left there."""
    assert numbers("(א)")[0] == numbers("(")[0]
    assert numbers("(א)")[-1] == numbers(")")[0]


@pytest.mark.usefixtures("noto")
def test_devanagari_conjuncts_and_vowel_signs_find_their_places() -> None:
    """Two consonants become one glyph, and a short i is drawn before its consonant."""
    assert len(numbers("क्ष")) == 1
    consonant = numbers("क")[0]
    assert numbers("कि")[-1] == consonant
    assert len(numbers("कि")) == 2
    assert numbers("का")[0] == consonant


@pytest.mark.usefixtures("noto")
@pytest.mark.parametrize("letter", [FAMILY, "👍🏽", "🇯🇵", "1️⃣", "❤️‍🔥", "🏳️‍🌈", "👩🏿‍🚀", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_an_emoji_of_many_characters_is_one_picture(letter: str) -> None:
    """Families, skin tones, flags and keycaps are joined."""
    line = shaped(f"a{letter}")
    pictures = [g for g in line.glyphs if g.face.is_color and g.face.picture(g.number, 40)]
    assert len(pictures) == 1
    assert not line.missing


@pytest.mark.usefixtures("noto")
def test_an_emoji_is_as_wide_as_a_capital_is_tall_and_a_bit() -> None:
    """About one em, sitting a little below the baseline, so that it lines up with capitals."""
    line = shaped("🐋")
    assert 0.9 <= line.ascent + line.descent <= 1.15
    assert 0.1 < line.descent < 0.26
    middle, capitals = (line.ascent - line.descent) / 2, shaped("H").ascent / 2
    assert middle == pytest.approx(capitals, abs=0.09)


@pytest.mark.usefixtures("noto")
def test_emoji_the_font_cannot_join_are_drawn_side_by_side_if_all_are_there() -> None:
    """As the standard recommends: a person and a whale, when there is no whale person."""
    line = shaped("🧑‍🐳")
    seen = [g for g in line.glyphs if g.face.picture(g.number, 40)]
    assert len(seen) == 2
    assert not line.missing


@pytest.mark.usefixtures("noto")
@pytest.mark.parametrize("flag", ["🇽🇽", "🏴" + "".join(chr(0xE0000 + ord(c)) for c in "qqqq\x7f")])
def test_a_flag_nobody_has_is_missing(flag: str) -> None:
    """Fonts show a question mark or a plain black flag for it; the black flag means another thing."""
    assert shaped(flag).missing == (flag,)
    assert not shaped("🏴 🇯🇵").missing


@pytest.mark.usefixtures("noto")
def test_han_characters_take_the_shapes_of_their_readers() -> None:
    """The same code point is drawn differently in Japan, China, Taiwan and Korea."""
    hints = {"ja": "骨", "zh-Hans": "骨", "zh-Hant": "骨", "ko": "骨"}
    drawn = {
        hint: (faces(text, language=hint), numbers(text, language=hint))
        for hint, text in hints.items()
    }
    assert drawn["ja"] != drawn["zh-Hans"] != drawn["zh-Hant"]
    assert faces("骨の") == faces("骨の", language="ja") != faces("骨")
    assert faces("骨 꿈") == faces("骨 꿈", language="ko")


@pytest.mark.usefixtures("noto")
def test_titles_in_a_script_with_a_serif_are_set_in_it() -> None:
    """And every role has a face of its own weight."""
    assert faces("सपना", SERIF_BOLD) == {"NotoSerifDevanagari-Bold.ttf:0"}
    assert faces("सपना", SANS) == {"NotoSansDevanagari-Regular.ttf:0"}
    assert faces("Dream мечта όνειρο", SERIF_BOLD) == {"DejaVuSerif-Bold.ttf:0"}


@pytest.mark.usefixtures("noto")
def test_lines_know_how_high_and_how_deep_they_reach() -> None:
    """Devanagari and Thai need more room than Latin."""
    latin = shaped("Hog")
    assert latin.ascent == pytest.approx(0.76, abs=0.04)
    assert latin.descent == pytest.approx(0.24, abs=0.04)
    assert shaped("ที่").ascent > 1.0
    assert shaped("र्कि").ascent > latin.ascent + 0.1


def test_a_line_is_as_wide_as_its_words() -> None:
    """So lines can be filled without shaping every beginning of a text."""
    words = "To AVA, fly: WAVES"
    apart = [shaped(word).width for word in words.split()]
    spaces = len(apart) - 1
    assert shaped(words).width == pytest.approx(sum(apart) + spaces * shaped(" ").width)


def test_letters_set_apart_are_not_joined_in_ligatures() -> None:
    """A spaced `fi` is two letters; six of them have five gaps."""
    assert len(shaped("fi", tracking=0.1).glyphs) == 2
    widened = shaped("dreams", tracking=0.1).width - shaped("dreams").width
    assert widened == pytest.approx(0.5)


@pytest.mark.parametrize("text", ["夢", "सपना", "🐋", "❤️‍🔥", "𝕏\U0001f9ff", "\U000f0000"])
def test_what_no_face_has_is_missing_before_anything_is_drawn(text: str) -> None:
    """With DejaVu alone."""
    assert missing_letters(text, SANS, current_shelf())


@pytest.mark.usefixtures("noto")
@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_no_glyph_is_ever_an_empty_box(text: str) -> None:
    """Whatever a commenter types: every letter has a real glyph or is named as missing."""
    line = shaped(printable(text) or "a")
    assert all(glyph.number != 0 for glyph in line.glyphs)
    assert line.width >= 0


def test_fonts_that_are_installed_later_are_found(noto, tmp_path) -> None:
    """A desk that runs for weeks needs no restart."""
    folder = tmp_path / "fonts"
    use_fonts(folder)
    assert shaped("सपना").missing
    folder.symlink_to(noto)
    assert not shaped("सपना").missing
