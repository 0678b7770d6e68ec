"""A reviewer's change is checked before it is stored, and every fault is named at once."""

from dataclasses import replace

import pytest

from dreambox_pipeline.stages.posts.caption import compose_caption
from dreambox_pipeline.stages.posts.caption_writer import MAX_ALT_UNITS
from dreambox_pipeline.stages.posts.draft_rules import check_draft
from dreambox_pipeline.stages.posts.hashtags import hashtags_in
from dreambox_pipeline.stages.posts.model import PostDraft

TAGS = ("dreams", "aigenerated", "whale")
GOOD = PostDraft(
    compose_caption("A whale", credit="night_owl", hashtags=TAGS), TAGS, alt_text="A whale."
)


def faults(caption=None, credit="night_owl", duration_s=6.0, **changes):
    said = GOOD.caption if caption is None else caption
    draft = replace(GOOD, caption=said, hashtags=hashtags_in(said), **changes)
    return [found.message for found in check_draft(draft, duration_s=duration_s, credit=credit)]


def fault(*args, **kwargs):
    (only,) = faults(*args, **kwargs)
    return only


def test_a_written_draft_has_no_faults():
    """Nor has one that a person improved."""
    assert faults() == []
    assert faults(GOOD.caption.replace("A whale", "My favourite 🐋 so far")) == []


def filled(units, letter="🐋"):
    """A caption of exactly so many UTF-16 units, in surrogate pairs."""
    size = len(letter.encode("utf-16-le")) // 2
    room = units - len(GOOD.caption.encode("utf-16-le")) // 2
    return letter * (room // size) + "x" * (room % size) + GOOD.caption


def test_a_caption_at_the_limit_in_surrogate_pairs_is_taken():
    """2,200 units are 1,100 whales, and not one unit more."""
    assert faults(filled(2200)) == []
    said = fault(filled(2201))
    assert "2201 UTF-16 units" in said
    assert "Take 1 out" in said


def test_thirty_mentions_are_taken_and_thirty_one_are_not():
    """The credit is one of them."""
    friends = " ".join(f"@friend{number}" for number in range(29))
    assert faults(f"{friends}\n{GOOD.caption}") == []
    assert "31 mentions" in fault(f"{friends} @onemore\n{GOOD.caption}")


@pytest.mark.parametrize("char", ["\ud83d", "\u202e", "\u2067", "\u200b", "\x00"])
def test_what_nobody_sees_is_named(char):
    """Half a character cannot be stored, and an override turns a line around."""
    said = fault(f"{char}{GOOD.caption}")
    assert f"U+{ord(char):04X}" in said
    assert "U+" in fault(alt_text=f"A whale{char}.")


def test_what_emoji_and_persian_are_spelled_with_is_taken():
    """Joiners, selectors and a flag's tags are not seen either, and belong there."""
    flag = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    assert faults(f"👩‍👧 می\u200cخواهم {flag} ❤️\r\n{GOOD.caption}") == []


def test_the_disclosure_stays():
    """In any spelling, but there."""
    assert "AI-generated" in fault(GOOD.caption.replace("AI-generated video.", "A video."))
    assert (
        faults(GOOD.caption.replace("AI-generated video.", "This is an ai-generated film.")) == []
    )


@pytest.mark.parametrize("other", ["@night_owl2", "night_owl", "@owl"])
def test_a_promised_credit_stays(other):
    """A name that only looks alike credits somebody else."""
    said = fault(GOOD.caption.replace("@night_owl", other))
    assert "@night_owl" in said


def test_a_name_in_plain_words_stays_too():
    """And nobody is missed where nobody was promised anything."""
    named = compose_caption("A whale", credit="ليلى الحالمة", hashtags=TAGS)
    assert faults(named, credit="ليلى الحالمة") == []
    assert faults(GOOD.caption.replace("@night_owl", "a friend"), credit=None) == []
    assert fault(named, credit="Lena M")


def test_hashtags_are_few_and_different_and_allowed():
    """Piles of them, repetitions and begging read as spam."""
    assert "8 hashtags" in fault(f"{GOOD.caption} #a #b #c #d #e")
    assert "#whale stands" in fault(f"{GOOD.caption} #Whale")
    assert "#fyp may not be used" in fault(f"{GOOD.caption} #fyp")


def test_the_list_of_hashtags_is_the_captions():
    """Learning counts the list; people see the caption."""
    (found,) = check_draft(replace(GOOD, hashtags=("dreams",)), duration_s=6, credit="night_owl")
    assert "not those in its caption" in found.message


def test_the_alternative_text_is_short():
    """Who listens to it wants to go on."""
    assert faults(alt_text="x" * MAX_ALT_UNITS) == []
    assert str(MAX_ALT_UNITS + 1) in fault(alt_text="x" * (MAX_ALT_UNITS + 1))


@pytest.mark.parametrize(
    ("cover_ms", "is_good"), [(0, True), (5999, True), (6000, False), (-1, False)]
)
def test_the_cover_is_a_moment_of_the_video(cover_ms, is_good):
    """There is no frame at the end, and none before the beginning."""
    assert (faults(cover_ms=cover_ms) == []) is is_good


def test_every_fault_is_named_at_once():
    """A person corrects a form once."""
    assert len(faults("", cover_ms=-1, alt_text="\u202e")) == 4


def test_every_fault_names_its_field():
    """A page puts the sentence where it can be mended, whatever words the sentence begins with."""
    draft = replace(GOOD, caption="", hashtags=(), alt_text="\u202e", cover_ms=-1)
    found = check_draft(draft, duration_s=6, credit="night_owl")
    assert [each.field for each in found] == ["caption", "caption", "alt_text", "cover_ms"]
