"""What a text is made of: letters as people count them, their scripts, and what must not be seen.

A letter here is a grapheme cluster (Unicode Annex 29): `e` with its accent, a Devanagari
consonant with its vowel sign, a family emoji of seven characters. Nothing ever tears one apart.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import regex  # type: ignore[import-untyped]  # it ships no type information
from fontTools import unicodedata as script_data

ZWNJ, ZWJ = "\u200c", "\u200d"
_TEXT_SELECTOR, _EMOJI_SELECTOR = "\ufe0e", "\ufe0f"
_KEYCAP = "\u20e3"
_REGIONAL = ("\U0001f1e6", "\U0001f1ff")
_TAGS = ("\U000e0020", "\U000e007f")

# Scripts whose letters hang together: space between them would cut words apart.
JOINED = frozenset(
    {"Adlm", "Arab", "Beng", "Deva", "Gujr", "Guru", "Kthi", "Mand", "Mani", "Modi", "Mong"}
    | {"Nkoo", "Phag", "Phlp", "Rohg", "Sogd", "Syrc", "Tirh"}
)
# Written without spaces between words, and broken between any two letters.
SPACELESS = frozenset({"Hani", "Hira", "Kana", "Bopo"})
_UNDECIDED = frozenset({"Zyyy", "Zinh", "Zzzz"})

_EMOJI = regex.compile(
    r"\p{Emoji_Presentation}|\p{Regional_Indicator}|\p{Emoji}\uFE0F|\p{Emoji_Modifier_Base}\p{Emoji_Modifier}"
    r"|\p{Extended_Pictographic}\uFE0F?\u200D|[0-9#*]\uFE0F?\u20E3"
)
_IN_COLOR = regex.compile(r"\p{Emoji}")
_HIDDEN = regex.compile(
    r"[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}--[\u200C\u200D\uFE0E\uFE0F\U000E0020-\U000E007F]]",
    regex.VERSION1,
)
# Selectors choose between two looks of a symbol, tags spell a flag; elsewhere both only hide.
_STRAY = regex.compile(
    r"(?<!\p{Emoji}\p{Emoji_Modifier}?)[\uFE0E\uFE0F]"
    r"|(?<!\U0001F3F4[\U000E0020-\U000E007E]*)[\U000E0020-\U000E007F]"
)
# No language stacks more than six marks on a letter; a hundred of them paint the whole frame.
_PILED = regex.compile(r"(\p{M}{6})(?:(?![\uFE0E\uFE0F])\p{M})+")
_LETTERS = regex.compile(r"\X")
_HANDLE = regex.compile(r"(?<![\w@#])[@#](?:[\w.]*\w)")


@dataclass(frozen=True, slots=True)
class Letter:
    """One grapheme cluster with the script it is set in.

    Attributes:
        script: ISO 15924 code. Digits, spaces and punctuation take their neighbors' script, so
            that they are drawn in the same typeface.
    """

    text: str
    script: str


def printable(text: str) -> str:
    """*text* on one line without what cannot be seen and can deceive.

    Controls, bidi marks and overrides, zero-width spaces and fillers go; joiners that shape
    Persian and Indic words stay, and so do the selectors and tags inside emoji.
    """
    shown = _STRAY.sub("", _HIDDEN.sub("", " ".join(text.split())))
    return str(_PILED.sub(r"\1", " ".join(shown.split())))


def clusters(text: str) -> list[str]:
    """The letters of *text*, each with its combining marks and joiners."""
    return list(_LETTERS.findall(text))


def letters(text: str) -> list[Letter]:
    """The letters of *text*, in logical order, each with its script."""
    units = clusters(text)
    scripts = [script_of(unit) for unit in units]
    for start, end in handles(units):
        own = next((s for s in scripts[start:end] if s not in _UNDECIDED), "Latn")
        scripts[start:end] = [own if s in _UNDECIDED else s for s in scripts[start:end]]
    last = next((s for s in scripts if s not in _UNDECIDED), "Latn")
    found = []
    for unit, script in zip(units, scripts, strict=True):
        last = last if script in _UNDECIDED else script
        found.append(Letter(unit, last))
    return found


def script_of(cluster: str) -> str:
    """The script of the first character that has one of its own; `Zyyy` when none has."""
    for character in cluster:
        script = str(script_data.script(character))
        if script not in _UNDECIDED:
            return script
    return "Zyyy"


def script_name(text: str) -> str:
    """For a person: `Devanagari`, `Han`; `emoji`; `symbols` for what belongs to no script."""
    if is_emoji(text) or regex.search(r"\p{Extended_Pictographic}|\p{Emoji_Modifier}", text):
        return "emoji"
    code = script_of(text)
    return "symbols" if code in _UNDECIDED else str(script_data.script_name(code)).replace("_", " ")


def handles(units: list[str]) -> Iterator[tuple[int, int]]:
    """Where `@names` and `#tags` begin and end among the letters *units*."""
    starts, at = {}, 0
    for index, unit in enumerate(units):
        starts[at] = index
        at += len(unit)
    starts[at] = len(units)
    for found in _HANDLE.finditer("".join(units)):
        begin, end = starts.get(found.start()), starts.get(found.end())
        if begin is not None and end is not None:
            yield begin, end


def is_emoji(cluster: str) -> bool:
    """Whether *cluster* is shown as a colored picture (Unicode Technical Standard 51)."""
    return _TEXT_SELECTOR not in cluster and _EMOJI.match(cluster) is not None


def is_pictograph(character: str) -> bool:
    """Whether *character* is an emoji from the blocks made for them; an outline looks broken."""
    return character >= "\U0001f000" and _IN_COLOR.match(character) is not None


def is_flag(cluster: str) -> bool:
    """Whether *cluster* spells a flag: two regional letters, or a black flag with tags."""
    has_tags = any(_TAGS[0] <= c <= _TAGS[1] for c in cluster)
    return has_tags or (
        len(cluster) == 2 and all(_REGIONAL[0] <= c <= _REGIONAL[1] for c in cluster)
    )


def needs_glyph(character: str) -> bool:
    """False for what only steers its neighbors: joiners, selectors and tags."""
    is_tag = _TAGS[0] <= character <= _TAGS[1]
    return not is_tag and character not in {ZWNJ, ZWJ, _TEXT_SELECTOR, _EMOJI_SELECTOR}


def is_rtl(text: str) -> bool:
    """Whether the first letter with a direction runs right to left."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return False


def region_of(text: str, language: str = "") -> str:
    """Whose Han characters to draw: `JP`, `KR`, `TC` or `SC`.

    Args:
        text: Decides when *language* does not: kana are Japanese, hangul Korean, bopomofo
            Taiwanese; Han alone is taken for simplified Chinese.
        language: A language tag, `ja`, `zh-TW`, `zh-Hant`; empty when it is not known.
    """
    tag = language.lower().replace("_", "-")
    if tag.startswith("zh"):
        return "TC" if regex.search(r"hant|tw|hk|mo", tag) else "SC"
    by_language = {"ja": "JP", "ko": "KR"}.get(tag[:2])
    if by_language:
        return by_language
    for pattern, region in (
        (r"[\p{Hiragana}\p{Katakana}]", "JP"),
        (r"\p{Hangul}", "KR"),
        (r"\p{Bopomofo}", "TC"),
    ):
        if regex.search(pattern, text):
            return region
    return "SC"
