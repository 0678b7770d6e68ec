"""Captions stay within TikTok's limits, say what must be said, and obey no stranger."""

import re
import unicodedata

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.safety.compliance import (
    MAX_CAPTION_UNITS,
    MAX_MENTIONS,
    caption_units,
    mentions,
)
from dreambox_pipeline.stages.posts.caption import compose_caption, credit_name
from dreambox_pipeline.stages.posts.caption_language import DISCLOSED, WORDINGS
from dreambox_pipeline.stages.posts.caption_text import shortened, unseen_in
from dreambox_pipeline.stages.posts.caption_writer import MAX_HOOK_UNITS
from dreambox_pipeline.stages.posts.hashtags import hashtags_in

TAGS = ("dreams", "aigenerated", "ocean", "whale", "door")
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
# Letters of every script people write in, emoji with joiners, and what no caption may hold.
SCRIPTS = (
    "abc ÄÖé", "Ωμέγα", "Привет", "مرحبا بالعالم", "שלום עולם", "สวัสดี", "नमस्ते क्ष", "你好世界", "こんにちは", "안녕하세요",
    FAMILY, "\U0001f3f4\U000e0067\U000e0062\U000e007f", "👩🏽‍🚀", "می\u200cخواهم", "e\u0301\u0302\u0323" * 3,
    "\ud83d", "\udc00", "\u202e", "\u2066", "\u200b", "@", "#", "＠", "＃", "\n", "\r\n", "\t", "https://a.b", " ",
)  # fmt: skip
strings = st.lists(
    st.sampled_from(SCRIPTS) | st.text(st.characters(codec=None), max_size=6), max_size=80
).map("".join)
handles = st.from_regex(r"@?[A-Za-z0-9_.]{1,30}", fullmatch=True)


def caption_of(hook="The whale behind the door", credit=None, tags=TAGS, lang="en"):
    return compose_caption(hook, credit=credit, hashtags=tags, lang=lang)


def test_a_caption_reads_like_this():
    """First line, dreamer, disclosure, hashtags."""
    assert caption_of(credit="night_owl") == (
        "The whale behind the door\n\n"
        "A dream told by @night_owl.\nAI-generated video.\n\n"
        "#dreams #aigenerated #ocean #whale #door"
    )


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        ("@night.owl_1", "A dream told by @night.owl_1."),
        ("  night_owl ", "A dream told by @night_owl."),
        ("Night Owl", "A dream told by Night Owl."),
        ("夜のフクロウ", "A dream told by 夜のフクロウ."),
        ("owl.", "A dream told by owl.."),
        ("a @friend #ad\nbuy now", "A dream told by a friend ad buy now."),
        (None, "A dream told in the comments."),
        ("", "A dream told in the comments."),
        ("@@", "A dream told in the comments."),
        ("\u202e\u200b", "A dream told in the comments."),
        ("\ud83d", "A dream told in the comments."),
    ],
)
def test_credit_is_what_the_dreamer_chose_and_no_more(credit, expected):
    """A handle becomes a mention; any other name is plain words; nobody is nobody."""
    assert caption_of(credit=credit).split("\n\n")[1].split("\n")[0] == expected


def test_a_first_line_cannot_mention_tag_or_break_the_line():
    """What a stranger's dream put there stays plain words."""
    caption = caption_of("@everyone look\n#ad ＠you \u202egnp.exe")
    assert caption.startswith("everyone look ad you gnp.exe\n\n")
    assert mentions(caption) == []


def test_joined_emoji_and_persian_words_stay_whole():
    """The invisible joiners inside them carry meaning; at the ends they carry none."""
    caption = caption_of(f"\u200d{FAMILY} می\u200cخواهم\u200c")
    assert caption.startswith(f"{FAMILY} می\u200cخواهم\n")


def test_a_long_first_line_is_cut_at_a_word():
    """And says so with an ellipsis."""
    first = caption_of("whale " * 100).split("\n\n")[0]
    assert caption_units(first) <= MAX_HOOK_UNITS
    assert first.endswith("whale…")


@pytest.mark.parametrize("units", range(1, 40))
def test_a_family_is_never_torn(units):
    """An emoji of eleven units is shown whole or not at all; the limit is counted in UTF-16."""
    assert caption_units(FAMILY) == 11
    cut = shortened(FAMILY * 5, units)
    assert caption_units(cut) <= units
    assert cut.removesuffix("…").replace(FAMILY, "") == ""


@pytest.mark.parametrize("letters", [74, 75, 76])
def test_surrogate_pairs_count_two(letters):
    """75 whales are 150 units and fill the line; one more does not fit."""
    first = caption_of("🐋" * letters).split("\n\n")[0]
    assert caption_units(first) <= MAX_HOOK_UNITS
    assert (first == "🐋" * letters) is (letters <= 75)


def test_a_letter_longer_than_the_room_is_left_out():
    """A chain of marks or joiners without end is one letter, and no reason to fail."""
    assert shortened("a" + "\u0301" * 3000, 100) == ""
    assert caption_of("👩" + "\u200d👩" * 2000).startswith("A dream told")


def test_a_caption_without_a_first_line_begins_with_the_dreamer():
    """No empty first lines."""
    assert caption_of(" ").startswith("A dream")


@pytest.mark.parametrize("lang", [*WORDINGS, "ja", ""])
def test_every_language_discloses_ai(lang):
    """A language we have no words for gets English."""
    caption = caption_of("T", credit="owl", lang=lang)
    assert DISCLOSED in caption
    assert "@owl" in caption


@pytest.mark.parametrize("name", ["ليلى الحالمة", "חולם בלילה", "سارة 2024 x"])
@pytest.mark.parametrize("lang", WORDINGS)
def test_a_name_read_from_right_to_left_has_a_line_of_its_own(name, lang):
    """Direction is decided line by line, so our sentence and the name cannot scramble each other."""
    lines = caption_of("T", credit=name, lang=lang).splitlines()
    assert name in lines
    for line in lines:
        if line != name:
            assert not {"R", "AL"} & {unicodedata.bidirectional(char) for char in line}
    assert unseen_in("\n".join(lines)) == []


@given(
    hook=strings,
    credit=st.none() | strings | handles,
    lang=st.sampled_from([*WORDINGS, "xx"]),
    tags=st.lists(st.sampled_from([*TAGS, "rêves", "träume", "sueños"]), unique=True, max_size=6),
)
@settings(max_examples=400, deadline=None)
def test_every_caption_is_within_the_limits(hook, credit, lang, tags):
    """Whatever goes in: credit, disclosure and hashtags stand, and nothing else joins them."""
    caption = caption_of(hook, credit, tags, lang)
    name = credit_name(credit)
    assert caption_units(caption) <= MAX_CAPTION_UNITS
    assert DISCLOSED in caption
    assert name in caption
    # The sentence's full stop is part of what looks like a mention.
    expected = [name] if name.startswith("@") else []
    assert [found.rstrip(".") for found in mentions(caption)] == expected
    assert len(expected) <= 1 <= MAX_MENTIONS
    assert hashtags_in(caption) == tuple(tags)
    assert caption.count("#") == len(tags)
    assert unseen_in(caption) == []
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", caption)
    assert len(caption.splitlines()) <= 7
    caption.encode()


@given(
    hook=st.lists(st.sampled_from(["🐋", FAMILY, "whale ", "e\u0301"]), min_size=1).map("".join),
    left=st.integers(-1, MAX_HOOK_UNITS),
)
@settings(max_examples=300, deadline=None)
def test_the_first_line_gets_what_is_left_and_not_a_unit_more(hook, left):
    """At the very end of the 2,200 units, in surrogate pairs: what must be said stands whole."""
    room = MAX_CAPTION_UNITS - left - len("\n\n")
    bare = caption_units(caption_of(" ", tags=["a"])) - 1
    # Letters that count two each, and one that counts one where the number is odd.
    letters, odd = divmod(room - bare, 2)
    tags = ["a" * odd + "\U00010428" * letters]
    fixed = caption_of(" ", tags=tags)
    assert caption_units(fixed) == room
    caption = caption_of(hook, tags=tags)
    assert caption_units(caption) <= MAX_CAPTION_UNITS
    assert caption.endswith(fixed)
    assert hashtags_in(caption) == tuple(tag.lower() for tag in tags)
    said = unicodedata.normalize("NFC", hook).strip()
    assert (caption == f"{said}\n\n{fixed}") is (caption_units(said) <= left)
    caption.encode("utf-16")


@given(text=strings, units=st.integers(0, 60))
@settings(max_examples=400, deadline=None)
def test_cutting_never_tears_a_letter(text, units):
    """What is kept is the beginning of the text, whole letters of it, and fits."""
    cut = shortened(text, units)
    assert caption_units(cut) <= units
    if cut not in (text, ""):
        kept = cut.removesuffix("…")
        # Joiners and marks of punctuation at the cut may go; letters may not.
        letters = regex.findall(r"\X", text)
        beginnings = {"".join(letters[:count]) for count in range(len(letters) + 1)}
        assert any(each.rstrip("\u200c\u200d ,;:-–—") == kept for each in beginnings)
