"""Captions stay within TikTok's limits, say what must be said, and obey no stranger."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.safety.compliance import (
    MAX_CAPTION_UNITS,
    MAX_MENTIONS,
    caption_units,
    mentions,
)
from dreambox_pipeline.stages.dreams.model import DreamFacts, Motif, Setting
from dreambox_pipeline.stages.posts.caption import WORDINGS, choose_hashtags, write_caption


def facts(setting=Setting.OCEAN, motifs=(Motif.WHALE, Motif.DOOR), mood=0.0):
    """A calm dream of a whale behind a door, at sea."""
    return DreamFacts(setting=setting, motifs=motifs, mood=mood, visual_detail=0.8)


def test_a_caption_reads_like_this():
    """Title, dreamer, disclosure, hashtags."""
    draft = write_caption(title="The whale behind the door", facts=facts(), credit="night_owl")
    assert draft.caption == (
        "The whale behind the door\n\n"
        "A dream told by @night_owl.\nAI-generated video.\n\n"
        "#dreams #aigenerated #ocean #whale #door"
    )
    assert draft.hashtags == ("dreams", "aigenerated", "ocean", "whale", "door")


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
    ],
)
def test_credit_is_what_the_dreamer_chose_and_no_more(credit, expected):
    """A handle becomes a mention; any other name is plain words; nobody is nobody."""
    caption = write_caption(title="T", facts=facts(), credit=credit).caption
    assert caption.split("\n\n")[1].split("\n")[0] == expected


def test_a_title_cannot_mention_tag_or_break_the_line():
    """What a stranger's dream put there stays plain words."""
    caption = write_caption(
        title="@everyone look\n#ad ＠you \u202egnp.exe", facts=facts(), credit=None
    ).caption
    assert caption.startswith("everyone look ad you gnp.exe\n\n")
    assert mentions(caption) == []


def test_joined_emoji_and_persian_words_stay_whole():
    """The invisible joiners inside them carry meaning; at the ends they carry none."""
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    caption = write_caption(
        title=f"\u200d{family} می\u200cخواهم\u200c", facts=facts(), credit=None
    ).caption
    assert caption.startswith(f"{family} می\u200cخواهم\n")


def test_a_long_title_is_cut_at_a_word():
    """And says so with an ellipsis."""
    caption = write_caption(title="whale " * 100, facts=facts(), credit=None).caption
    title = caption.split("\n\n")[0]
    assert len(title) <= 150
    assert title.endswith("whale…")


def test_a_caption_without_a_title_begins_with_the_dreamer():
    """No empty first lines."""
    assert write_caption(title=" ", facts=facts(), credit=None).caption.startswith("A dream")


@pytest.mark.parametrize("lang", [*WORDINGS, "ja", ""])
def test_every_language_discloses_ai(lang):
    """A language we have no words for gets English."""
    caption = write_caption(title="T", facts=facts(), credit="owl", lang=lang).caption
    assert "AI-generated" in caption
    assert "@owl" in caption


@pytest.mark.parametrize(
    ("mood", "tag"), [(-0.9, "nightmare"), (0.9, "sweetdreams"), (0.0, None), (-0.5, None)]
)
def test_mood_gives_a_hashtag_at_its_ends_only(mood, tag):
    """A dream in between is neither."""
    found = {"nightmare", "sweetdreams"} & set(choose_hashtags(facts(mood=mood)))
    assert found == ({tag} if tag else set())


def test_a_dream_with_few_facts_still_has_three_hashtags():
    """An unknown place is not a hashtag."""
    tags = choose_hashtags(facts(setting=Setting.UNKNOWN, motifs=()))
    assert tags == ("dreams", "aigenerated", "dreamtelling")


@given(
    title=st.text(st.characters(codec=None), max_size=400),
    credit=st.none()
    | st.text(max_size=200)
    | st.from_regex(r"@?[A-Za-z0-9_.]{1,30}", fullmatch=True),
    setting=st.sampled_from(list(Setting)),
    motifs=st.lists(st.sampled_from(list(Motif)), max_size=6),
    mood=st.floats(-1, 1),
    lang=st.sampled_from([*WORDINGS, "xx"]),
)
@settings(max_examples=150)
def test_every_caption_is_within_the_limits(*, title, credit, setting, motifs, mood, lang):
    """Whatever goes in."""
    draft = write_caption(
        title=title, facts=facts(setting, tuple(motifs), mood), credit=credit, lang=lang
    )
    caption = draft.caption
    assert caption_units(caption) <= MAX_CAPTION_UNITS
    assert len(mentions(caption)) <= 1 <= MAX_MENTIONS
    assert "AI-generated" in caption
    assert 3 <= len(draft.hashtags) == len(set(draft.hashtags)) <= 6
    assert all(re.fullmatch(r"[a-z0-9]+", tag) for tag in draft.hashtags)
    assert caption.count("#") == len(draft.hashtags)
    assert len(caption.splitlines()) <= 6
    caption.encode()
