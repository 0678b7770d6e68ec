"""Hashtags are few, about the dream, and the ones that earned their place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.dreams.model import DreamFacts, Motif, Setting
from dreambox_pipeline.stages.posts.caption_language import WORDINGS
from dreambox_pipeline.stages.posts.hashtag_forms import (
    ALWAYS,
    BLISS_FORMS,
    DENIED,
    FILLERS,
    MOTIF_FORMS,
    NIGHTMARE_FORMS,
    SETTING_FORMS,
)
from dreambox_pipeline.stages.posts.hashtags import (
    EXPLORE_SHARE,
    MAX_HASHTAGS,
    MIN_HASHTAGS,
    choose_hashtags,
    hashtags_in,
    why_hashtags,
)
from dreambox_pipeline.stages.posts.model import HashtagPolicy

NOTHING_LEARNED = HashtagPolicy()
SEEDS = [f"vid_{number}" for number in range(200)]
EVERY_TAG = {
    tag
    for forms in (
        *SETTING_FORMS.values(),
        *MOTIF_FORMS.values(),
        NIGHTMARE_FORMS,
        BLISS_FORMS,
        FILLERS,
        ALWAYS,
        *(wording.dream_tags for wording in WORDINGS.values()),
    )
    for tag in forms
}


def facts(setting=Setting.OCEAN, motifs=(Motif.WHALE, Motif.DOOR), mood=0.0):
    """A calm dream of a whale behind a door, at sea."""
    return DreamFacts(setting=setting, motifs=motifs, mood=mood, visual_detail=0.8)


def usual(dream, policy=NOTHING_LEARNED, lang="en"):
    """What most videos get: the choice of those that try nothing."""
    chosen = [choose_hashtags(dream, policy, seed, lang=lang) for seed in SEEDS]
    return next(each for each in chosen if "is tried" not in each.why)


def test_without_evidence_they_name_what_the_dream_holds():
    """The two fixed ones, then the place and the things, and it says that nothing is known."""
    found = usual(facts())
    assert found.tags == ("dreams", "aigenerated", "ocean", "whale", "door")
    assert found.why == "Nothing learned yet: #ocean, #whale, #door."


def test_what_earned_more_comes_first_and_what_did_badly_goes():
    """And the reason names the posts it rests on."""
    policy = HashtagPolicy(
        version=3,
        value={"door": 1.3, "ocean": 0.7, "whales": 1.2},
        posts={"door": 8, "ocean": 5, "whales": 1},
        evidence_posts=14,
    )
    found = usual(facts(), policy)
    assert found.tags == ("dreams", "aigenerated", "door", "whales", "sea")
    assert found.why == (
        "Learned: #door +30% on 8 posts, #whales +20% on 1 post. Nothing learned yet: #sea."
    )


def test_three_stay_even_if_all_did_badly():
    """A post with two hashtags that say nothing of it is worse than one with a weak third."""
    policy = HashtagPolicy(
        value={"ocean": 0.5, "sea": 0.4, "whale": 0.6, "whales": 0.5, "door": 0.5, "doors": 0.5}
    )
    assert set(usual(facts(), policy).tags) >= {*ALWAYS, "whale"}


def test_a_small_share_tries_something_else():
    """What is never tried is never learned; the same video always decides the same."""
    chosen = {seed: choose_hashtags(facts(), NOTHING_LEARNED, seed) for seed in SEEDS}
    tried = [each for each in chosen.values() if "is tried" in each.why]
    assert EXPLORE_SHARE / 2 < len(tried) / len(SEEDS) < EXPLORE_SHARE * 2
    assert {tag for each in tried for tag in each.tags} & {"sea", "whales", "doors"}
    for seed in SEEDS[:20]:
        assert choose_hashtags(facts(), NOTHING_LEARNED, seed) == chosen[seed]


@pytest.mark.parametrize(
    ("mood", "tag"), [(-0.9, "nightmare"), (0.9, "sweetdreams"), (0.0, None), (-0.5, None)]
)
def test_mood_gives_a_hashtag_at_its_ends_only(mood, tag):
    """A dream in between is neither."""
    found = {"nightmare", "sweetdreams"} & set(usual(facts(mood=mood)).tags)
    assert found == ({tag} if tag else set())


def test_a_dream_with_few_facts_still_has_three_hashtags():
    """An unknown place is not a hashtag."""
    found = usual(facts(setting=Setting.UNKNOWN, motifs=()))
    assert found.tags == ("dreams", "aigenerated", "dreamtelling")


def test_a_caption_in_another_language_has_its_word_for_dreams():
    """How people there look for dreams."""
    assert "sueños" in usual(facts(), lang="es").tags


def test_no_candidate_is_on_the_deny_list():
    """Data checked against data, with a reason for every entry."""
    assert not EVERY_TAG & DENIED.keys()
    assert {"fyp", "foryou", "viral"} <= DENIED.keys()
    assert all(reason.endswith(".") for reason in DENIED.values())


def test_every_form_can_be_a_hashtag():
    """Letters only, lower case, and no form stands for two concepts of one kind."""
    assert all(tag.isalpha() and tag == tag.lower() for tag in EVERY_TAG)
    motif_forms = [tag for forms in MOTIF_FORMS.values() for tag in forms]
    assert len(motif_forms) == len(set(motif_forms))


def test_hashtags_are_read_back_from_a_caption():
    """A reviewer types a caption, not a list."""
    assert hashtags_in("Look #Dreams a#b ##c #träume\n#夢 # x") == ("dreams", "träume", "夢")


def test_why_speaks_of_fixed_tags_only_when_there_is_nothing_else():
    """Nothing is learned about what is on every post."""
    assert why_hashtags(ALWAYS, NOTHING_LEARNED) == "Only the fixed hashtags."


@given(
    setting=st.sampled_from(list(Setting)),
    motifs=st.lists(st.sampled_from(list(Motif)), max_size=6),
    mood=st.floats(-1, 1),
    lang=st.sampled_from([*WORDINGS, "xx"]),
    value=st.dictionaries(st.sampled_from(sorted(EVERY_TAG)), st.floats(0, 3)),
    seed=st.text(st.characters(codec=None), max_size=20),
)
@settings(max_examples=300, deadline=None)
def test_there_are_always_three_to_six(*, setting, motifs, mood, lang, value, seed):
    """Each once, none twice in two forms, only ours, whatever was learned."""
    policy = HashtagPolicy(version=1, value=value, posts=dict.fromkeys(value, 3))
    found = choose_hashtags(facts(setting, tuple(motifs), mood), policy, seed, lang=lang)
    assert MIN_HASHTAGS <= len(found.tags) == len(set(found.tags)) <= MAX_HASHTAGS
    assert found.tags[:2] == ALWAYS
    assert set(found.tags) <= EVERY_TAG
    for forms in (*SETTING_FORMS.values(), *MOTIF_FORMS.values()):
        # A whale and the sea it swims in may share no form, so one of each is at most one here.
        assert len(set(forms) & set(found.tags)) <= 1
    assert found.why
