"""Rules of turning a told dream into facts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.dreams.extraction import extract_facts
from dreambox_pipeline.stages.dreams.model import DreamFacts, Emotion, Motif, Role, Setting
from dreambox_pipeline.stages.dreams.vocabulary import LEXICONS, NOUNS

TOLD = [
    ("I dreamt I was flying over a golden city with my grandma", Setting.CITY, {Motif.FLYING}, {Role.FAMILY}),
    ("soñé que un perro me perseguía por un pasillo", Setting.CORRIDOR, {Motif.DOG, Motif.CHASE}, set()),
    ("sonhei que caía no mar com meu amigo", Setting.OCEAN, {Motif.FALLING}, {Role.FRIEND}),
    ("ich habe geträumt, ein Wal war im Wald und mein Lehrer auch", Setting.FOREST, {Motif.WHALE}, {Role.TEACHER}),
    ("j'ai rêvé d'un serpent dans la cuisine avec ma mère", Setting.HOUSE, {Motif.SNAKE}, {Role.FAMILY}),
    ("semalam aku mimpi dikejar hantu di sekolah", Setting.SCHOOL, {Motif.CHASE}, {Role.CREATURE}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "setting", "motifs", "roles"), TOLD)
def test_each_language_yields_the_same_vocabulary(text, setting, motifs, roles):
    """Where it is, what is there, who is there."""
    facts = extract_facts(text)
    assert facts.setting is setting
    assert motifs <= set(facts.motifs)
    assert roles | {Role.DREAMER} <= set(facts.characters)
    assert "setting" not in facts.inferred


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("In my dream I flew over the ocean", "flying over the ocean"),
        ("soñé que volaba sobre el mar", "flying over the ocean"),
        ("ich habe geträumt, ich flog über das Meer", "flying over the ocean"),
        ("i dreamt i was chased by a horse", "being chased by a horse"),
        ("I dreamt I was riding a whale", "riding a whale"),
        ("I dreamt we danced", "dancing"),
    ],
)
def test_actions_are_the_same_english_phrases(text, action):
    """Whatever language they were told in."""
    assert action in extract_facts(text).actions


PHRASE_WORDS = frozenset(
    word
    for lexicon in LEXICONS.values()
    for table in (lexicon.verbs, lexicon.prepositions, lexicon.objects)
    for phrase in table.values()
    for word in phrase.split()
) | {word for phrase in NOUNS.values() for word in phrase.split()}


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(["I dreamt", "flew", "over", "Zorbina", "ran", "into", "the ocean", "with", "soñé", "saw"]),
        ),
        max_size=25,
    ).map(" ".join)
)  # fmt: skip
def test_nothing_leaves_the_text_but_listed_words(text):
    """A name cannot travel into a prompt, because only listed phrases come out."""
    facts = extract_facts(text)
    assert DreamFacts.model_validate(facts.model_dump()) == facts
    assert {word for action in facts.actions for word in action.split()} <= PHRASE_WORDS
    assert all(
        0 <= start < end <= len(text) for spans in facts.evidence.values() for start, end in spans
    )


def test_evidence_points_at_the_words():
    """A reviewer can see where a fact comes from, accents and all."""
    text = "Soñé con una ballena roja y tenía miedo"
    facts = extract_facts(text)
    said = {name: [text[a:b] for a, b in spans] for name, spans in facts.evidence.items()}
    assert said["motifs"] == ["ballena"]
    assert said["colours"] == ["roja"]
    assert said["emotions"] == ["miedo"]


def test_what_is_not_said_is_marked_as_inferred():
    """A whale suggests the ocean; it does not state it."""
    facts = extract_facts("I dreamt about a whale")
    assert facts.setting is Setting.OCEAN
    assert {"setting", "mood"} <= set(facts.inferred)
    assert extract_facts("had a dream").setting is Setting.UNKNOWN


def test_mood_follows_what_was_felt():
    """Stated feelings outweigh what a motif suggests."""
    happy = extract_facts("I dreamt I was falling and I felt so happy and peaceful")
    scared = extract_facts("I dreamt I was flying and I was terrified")
    assert happy.mood > 0 > scared.mood
    assert happy.emotions == (Emotion.HAPPINESS,)
    assert "mood" not in happy.inferred


def test_more_to_see_is_more_visual_detail():
    """The number orders dreams, no more."""
    little = extract_facts("I had a dream")
    much = extract_facts(
        "I dreamt a red train flew over a purple ocean, a whale sang and I ran through a forest"
    )
    assert 0 <= little.visual_detail < much.visual_detail <= 1


def test_one_language_does_not_read_anothers_words():
    """French "car" is no car, English "sea" is no Spanish subjunctive."""
    assert Motif.CAR not in extract_facts("j'ai rêvé que je tombais car il pleuvait").motifs
    assert extract_facts("soñé con un perro, o sea, enorme").setting is Setting.UNKNOWN


@pytest.mark.parametrize(
    ("text", "falls"),
    [
        ("I fell asleep and walked through a red desert", False),
        ("fell back asleep and fell in love with a whale", False),
        ("I dreamt I fell off a cliff", True),
        ("I fell asleep and then I was falling through the sky", True),
    ],
)
def test_falling_asleep_is_not_falling(text, falls):
    """An idiom is not a picture."""
    assert (Motif.FALLING in extract_facts(text).motifs) is falls
