"""What tells a dream and what does not, as a table."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.dreams.detection import detect_dream
from dreambox_pipeline.text_engines import weights_file

TOLD = [
    "I dreamt I was flying over my old school with a whale",
    "last night i had the weirdest dream where my cat could drive",
    "had a nightmare about stairs that never end",
    "In my dream the moon was a door and I walked through it",
    "so i keep having this recurring dream that my teeth turn into glass",
    "i draemt about a kite made of water",
    "same nightmare every winter: the stairs are soft",
    "mimpi terakhirku: naik kapal di atas awan",
    "meu último sonho: um elevador cheio de flores",
    "dreamt about a train in the ocean lol",
    "I once dreamed that the city was upside down and everyone was fine with it",
    "woke up from the scariest dream, there was a spider the size of a bus",
    "i dreamt about my dream job but the office was underwater",
    "soñé que mi casa flotaba sobre el mar",
    "anoche tuve un sueño rarísimo con un caballo azul",
    "tive um pesadelo horrível com uma escada sem fim",
    "sonhei que eu voava em cima da cidade",
    "ich habe geträumt, dass ich durch einen endlosen Flur renne",
    "heute Nacht hatte ich einen verrückten Traum von einem Wal",
    "j'ai rêvé que je volais au-dessus de la mer",
    "j'ai fait un rêve bizarre où mon chat parlait",
    "ho sognato che cadevo da una montagna",
    "semalam aku mimpi dikejar ular di hutan",
    "ik droomde dat ik kon vliegen",
    "rüyamda denizin altında bir şehir gördüm",
    "śniło mi się, że pociąg jechał po niebie",
    "海の底を歩く夢を見た",
    "我梦见自己在云上走路",
    "꿈에서 고래를 봤어요",
    "मैंने सपना देखा कि मैं उड़ रहा हूँ",
    "мне приснилось, что я летаю над лесом",
]

NOT_TOLD = [
    "this is my dream job",
    "dream team right there",
    "that house is a dream",
    "a dream come true fr",
    "living the american dream",
    "follow your dreams kids",
    "traffic today was a nightmare",
    "this gave me nightmares lol",
    "sweet dreams everyone",
    "in your dreams bro",
    "my dream is to visit Japan one day",
    "i always dreamed of becoming a dancer",
    "dream car, dream wife, dream life",
    "what did you dream about last night?",
    "does anyone else dream in black and white?",
    "i never dream",
    "i know i had a strange dream this morning but it's gone",
    "never had a nightmare in my life",
    "buy lucid dream tea here, ships worldwide",
    "tengo un sueño que me caigo",
    "i wish i could have a dream like that",
    "mi sueño es viajar por el mundo",
    "tengo sueño",
    "meu sonho ter um cachorro assim",
    "que sonho de casa",
    "ein Traum von einem Haus",
    "mein Traumauto",
    "c'est mon rêve d'aller là-bas",
    "il mio sogno nel cassetto",
    "mimpi jadi kenyataan",
    "jangan mimpi deh",
    "pemimpin yang baik itu mendengar",
    "rüya gibi bir gün",
    "so beautiful 😍😍",
    "first",
    "",
    "I went to the store yesterday and then I saw my old teacher and we talked for an hour",
]

CLASSIFIERS = {"rules": None, "weights": weights_file.load()}

BARE_STORY = (
    "I was running through a hallway that had no end and then the floor was water, I tried to swim "
    "but I was too heavy and suddenly my grandmother was there and opened a door"
)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
@pytest.mark.parametrize("text", TOLD)
def test_a_told_dream_is_found(text, classifier):
    """With a reason that names its cue, by rules alone and with the learned weights."""
    verdict = detect_dream(text, classifier=CLASSIFIERS[classifier])
    assert verdict.is_dream, verdict
    assert verdict.mode == "cue"
    assert verdict.reasons[0].startswith("cue:")


@pytest.mark.parametrize("classifier", CLASSIFIERS)
@pytest.mark.parametrize("text", NOT_TOLD)
def test_other_talk_is_passed_over(text, classifier):
    """Dream words alone tell no dream."""
    verdict = detect_dream(text, classifier=CLASSIFIERS[classifier])
    assert not verdict.is_dream, verdict


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("this is my dream job", "figurative:dream_goal"),
        ("that mask, nightmare fuel", "figurative:nightmare_noun"),
        ("i wish i could have a dream about that place", "not_dreaming"),
        ("nice", "no_cue"),
    ],
)
def test_the_reason_can_be_read(text, reason):
    """A person can tell why a comment was passed over."""
    assert reason in detect_dream(text).reasons


@pytest.mark.parametrize(
    ("text", "lang"),
    [("I dreamt of a whale", "en"), ("soñé con una ballena", "es"), ("aku mimpi paus", "id")],
)
def test_a_phrase_names_its_language(text, lang):
    """Statistics over five words would often be wrong; the phrase is not."""
    assert detect_dream(text).lang == lang


@pytest.mark.parametrize(
    "text",
    [
        "Mine: a library under the snow, and I could read the snow",
        "had one where the moon was my boss and paid in shells",
    ],
)
def test_a_short_answer_counts_only_where_dreams_were_asked_for(text):
    """People answer without repeating the word."""
    assert not detect_dream(text).is_dream
    assert detect_dream(text, asks_for_dreams=True).is_dream


def test_a_hint_weighs_more_where_dreams_were_asked_for():
    """A weak cue is enough of an answer to a question."""
    hint = "the dream was only doors"
    plain, asked = detect_dream(hint), detect_dream(hint, asks_for_dreams=True)
    assert asked.probability > plain.probability
    assert asked.is_dream


def test_a_story_counts_only_where_dreams_were_asked_for():
    """Without the question, stories and dreams cannot be told apart."""
    assert not detect_dream(BARE_STORY).is_dream
    asked = detect_dream(BARE_STORY, asks_for_dreams=True)
    assert asked.is_dream
    assert asked.mode == "context"


@pytest.mark.parametrize(
    "text",
    [
        "lol same",
        "i love this account, please do mine next, i was waiting for it",
        "this is my dream job and I was there last week and then I saw the boss and he was nice to me",
        "what did you all dream about? I was thinking and then I had no idea, I could not say, could you?",
    ],
)
def test_banter_under_such_a_video_is_no_dream(text):
    """A question for dreams does not make everything one."""
    assert not detect_dream(text, asks_for_dreams=True).is_dream


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400), st.booleans())
def test_a_verdict_is_consistent_for_any_text(text, asks):
    """Probability, verdict and reasons agree."""
    verdict = detect_dream(text, asks_for_dreams=asks)
    assert 0 <= verdict.probability <= 1
    assert verdict.is_dream == (verdict.probability >= 0.5)
    assert verdict.reasons


@pytest.mark.parametrize(
    "unit", ["dream ", "i dreamt ", "the dream of my ", "a", "sonho ", "♪dream"]
)
def test_a_hostile_text_costs_bounded_time(unit):
    """Ten thousand characters made to confuse a pattern are judged in well under a second."""
    started = time.process_time()
    detect_dream(unit * (10_000 // len(unit)), asks_for_dreams=True)
    assert time.process_time() - started < 1


def test_ordinary_comments_are_passed_over_fast():
    """5,000 a second on one core; the margin here is for a busy machine."""
    comments = [f"this is so cool {n}, I want to see more of it please 😍" for n in range(3_000)]
    started = time.process_time()
    for comment in comments:
        detect_dream(comment)
    assert len(comments) / (time.process_time() - started) > 5_000


DIARY = (
    "I am in a long ward with iron beds. It seems to be my old school. I am trying to find my shoes, "
    "but suddenly the floor is water and a nurse who looks like my aunt is asleep in a boat."
)


def test_hints_alone_are_accepted_only_with_a_person():
    """Waking, shifts and odd doubles add up; nobody's word says that it was a dream."""
    verdict = detect_dream(DIARY, classifier=CLASSIFIERS["weights"])
    assert verdict.is_dream
    assert verdict.needs_review
    assert any(reason.startswith("hint:") for reason in verdict.reasons)
    assert not detect_dream(DIARY).is_dream


@pytest.mark.parametrize(
    "text",
    [
        "Yesterday I fell asleep on the bus and woke up at the last stop. I had to walk home in the rain.",
        "I'm at work, my boss is away, and the intern is asleep at his desk, I think I will let him sleep",
        "We dosed at the lake, three grams each. Suddenly the trees were people and one of them waved at me.",
    ],
)
def test_a_story_of_waking_life_is_passed_over(text):
    """Sleep, and even visions, do not make it a dream."""
    assert not detect_dream(text, classifier=CLASSIFIERS["weights"]).is_dream


def test_a_plain_phrase_is_not_vetoed_by_style():
    """Weights that would refuse everything cannot refuse "last night I dreamt that ..."."""
    willing = CLASSIFIERS["weights"]
    stubborn = replace(willing, bias=-1_000.0)
    verdict = detect_dream("anoche soñé que volaba sobre el mar", classifier=stubborn)
    assert verdict.is_dream
    assert "plain_phrase" in verdict.reasons
    assert not detect_dream("this is my dream job", classifier=stubborn).is_dream


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400), st.booleans())
def test_a_learned_verdict_is_consistent_for_any_text(text, asks):
    """A probability is one, and there is always a reason."""
    verdict = detect_dream(text, classifier=CLASSIFIERS["weights"], asks_for_dreams=asks)
    assert 0 <= verdict.probability <= 1
    assert verdict.reasons
    assert verdict.mode in {"cue", "context"}
