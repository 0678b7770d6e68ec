"""A reply is a yes only when it clearly is one, in six languages and in emoji."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.safety.consent_wording import QUESTIONS
from dreambox_pipeline.stages.dreams.answers import (
    asks_for_removal,
    hesitates,
    is_withdrawal,
    read_answer,
    says_something,
    wants_no_credit,
)
from dreambox_pipeline.stages.dreams.model import Answer

YES = """
yes|YES!!|yesss|yeah|sure|Sure thing!|ok|okay!|of course|go ahead|no problem!|No problem at all|not a problem|no worries|why not?|why not
I don't mind|I wouldn’t mind|please do|feel free|can't wait!!|I consent|hell yes|no doubt|yes please 🙏|Yes 😂|yes lol|👍|👍🏽👍🏽|✅|ＹＥＳ|y\u200bes|you have my permission
Yes! When will it be posted?|yes, not a problem|not anonymous, yes|Yes yes yes|of course, I would love that|yes no cap|yeah sure!|yes, credit me please|you can use my name, yes|yes that would make my mom so happy
Yes please! I have followed you for years and telling my dreams here always felt like home to me
sí|si|Sí, claro que sí|claro|por supuesto|dale|de acuerdo|no hay problema|sin problema|¿por qué no?|puedes|me encantaría|no te preocupes, sí|sí gracias|¡sí claro!|sí, con mi nombre
sim|Sim, pode|pode sim|claro|com certeza|não tem problema|sem problemas|por que não?|aceito|não me importo
ja|Ja gerne!|klar|natürlich|auf jeden Fall|kein Problem|warum nicht?|ihr dürft|ich habe nichts dagegen|einverstanden|ja klar!
oui|Ouiii|bien sûr|d'accord|d’accord !|avec plaisir|pas de problème|pourquoi pas ?|aucun souci|je veux bien
iya|iyaaa|boleh|boleh kak|boleh banget|silakan|setuju|gak masalah|tidak apa-apa|gapapa|kenapa tidak?|mau dong
of couurse!!|yessssss pleaseeee|sure why not|yeahhh go for itttt 😭😭|absolutelyyy|okkk|sureee|yessir|fine by me|I give my permission|100%|bet|yes you may credit me
siiii porfaaa|claro q sim|daleee|Sip|órale sí|simmm|com certezaaa|com ctz|pode podeee|jaaa gerneee|klaro|klar doch!|Joa|biensûr!|dac|avec joie|grave|ouiiii|boleh bangettt|bole kak|yoi|gassskeun
"""
ANONYMOUS = """
anonymous|Anonymous please|anon|yes but anonymous|yes, no name pls|yes but don't use my name|ok without my name|yes if anonymous|You can, just leave my handle out of it|yes but don't use my username|Sure, but please don't show my name|sure, my name is private
anónimo|sí, pero anónimo|anónima por favor|sin nombre|sí, sin mi nombre|sí, pero no pongan mi usuario
anônimo|sim, mas anônimo|sem nome|pode, sem meu nome
anonym|Ja, aber anonym|ja, ohne Namen|anonym bitte
anonyme|oui mais anonyme|oui, sans mon nom|oui, mais sans mon pseudo
anonim|anonim aja|boleh, tapi anonim|iya, tanpa nama|iya tapi jangan pake namaku
ok but dont tag me|yes but leave my name out of it|yes but uncredited|yes but remove my username|sure but no names pls
claro pero no me etiquetes|pode mas não me marca|klar, aber ohne Namen|ja, aber nicht markieren|oui mais ne me taguez pas|oui mais sans mon nom|boleh tapi jangan sebut nama|boleh asal anonim
"""
NO = """
no|nooo|Nope.|nah|no thanks|no, thank you|No thanks 😊|I'd rather not|absolutely not|of course not|definitely not|please don't|not ok|not really|I do not agree|you can't|never|👎|🚫|no 🙄|❌|I don't think so|I don't want this|hmm no, not comfortable with that|please don't do that
delete it please|please remove my comment|can you take it down?|I changed my mind|don't use my dream|take it down
no gracias|no quiero|no acepto|no puedes|claro que no|prefiero que no|mejor no|ya no|borra mi sueño|cambié de opinión
não|não obrigada|claro que não|de jeito nenhum|não autorizo|prefiro que não|mudei de ideia, apaga
nein|Nein danke|nö|lieber nicht|auf keinen Fall|nicht einverstanden|bitte nicht|hab's mir anders überlegt|bitte löschen|nimm das Video bitte runter
non|non merci|pas d'accord|jamais|hors de question|bien sûr que non|je ne veux pas|j'ai changé d'avis
tidak|nggak|gak mau|gak boleh|jangan|ga usah|tidak, terima kasih|tolong hapus|gak jadi|tolong turunin videonya ya
nahhh|noooooo thx|no thx|hell nah|I'd rather you didn't|you may not|I do not give you permission|over my dead body|hard pass
que no|no lo hagan|bajo ningún concepto|não permito|não façam|ihr dürft nicht|das möchte ich nicht|keine Lust|vergiss es|nan merci|surtout pas|vous pouvez pas|jangan ya|gak ah|ngga
"""
UNCLEAR = """
maybe|perhaps later|it depends|idk|not sure|I guess so|what?|huh|ok?|yes?|yes and no|no, wait, yes|yes / anonymous / no|👍👎|🤷|❤️|😂|k|hmm
yeah right|yeah sure 🙄|sure 🙄|as if|oh sure|in your dreams|lol ok|haha sure|yeah no|whatever
yes if you pay me|sure but only the first part|how much?|no way, this is so cool|no one asked|no idea|don't use my name|not anonymous
okay so last night I had another dream about teeth falling|I love this account|the sky was so bright and then my brother said okay sure|everything turned into water and then a fish gave me a 👍|cool video|can I say no?|should I say yes?
yes im 14|Yes I'm 12 haha|sí, tengo 13 años|ja, ich bin 15|oui j'ai 16 ans|boleh, umur saya 17
si quieres|tal vez|quizás|jajaja|ja ja ja|no sé
talvez|pode ser|se quiser|não sei|kkkkk
vielleicht|wenn es sein muss|keine Ahnung|weiß nicht|naja mal sehen
peut-être|oui si vous mettez mon nom|je sais pas|ça dépend|on verra
mungkin|pikir dulu ya|hmm oke|kalau dibayar|terserah|gak tau|wkwkwk|nanti|ga nyangka bakal keren gini|semoga dibaca semua orang ya
please don't delete it|did you delete it?
yeah sure, and pigs fly|yes, i mind|go ahead and I report you|do it and i sue you|you can ask someone else|you may be wrong|yes ask my mom first|yes jk|ok boomer|yes yes very funny|yes 🖕|sure 😂|sure thing buddy|yes that's illegal|no yes
yes i woke up screaming|Yes! It was so scary|okay so then i ran|sí era horrible|sim foi horrível|ja und dann bin ich aufgewacht|oui et après je me suis réveillée|iya terus aku bangun
sí, claro, y yo soy el papa|sí, como no|pode acreditar que chorei|na klar, und morgen kommt der Weihnachtsmann|ouais c'est ça|si tu veux|bin 15, ja|yes! I'm thirteen|sure (16f)|sim, sou menor|ja bin erst 14
"""


def rows(block: str, answer: Answer) -> list[tuple[str, Answer]]:
    return [(text, answer) for line in block.strip().split("\n") for text in line.split("|")]


TABLE = [
    *rows(YES, Answer.YES),
    *rows(ANONYMOUS, Answer.YES_ANONYMOUS),
    *rows(NO, Answer.NO),
    *rows(UNCLEAR, Answer.UNCLEAR),
    ("", Answer.UNCLEAR),
]


@pytest.mark.parametrize(("text", "answer"), TABLE)
def test_replies_mean_what_people_mean(text: str, answer: Answer) -> None:
    """One row per phrasing; an incident adds a row."""
    assert read_answer(text) is answer


@pytest.mark.parametrize(
    ("lang", "yes", "anonymous", "no"),
    [
        ("en", "yes", "anonymous", "no"),
        ("es", "sí", "anónimo", "no"),
        ("pt", "sim", "anônimo", "não"),
        ("de", "ja", "anonym", "nein"),
        ("fr", "oui", "anonyme", "non"),
        ("id", "iya", "anonim", "tidak"),
    ],
)
def test_every_question_is_answered_by_the_words_it_offers(
    lang: str, yes: str, anonymous: str, no: str
) -> None:
    """Who copies a word out of our question is understood."""
    for question in QUESTIONS[lang]:
        for word, answer in ((yes, Answer.YES), (anonymous, Answer.YES_ANONYMOUS), (no, Answer.NO)):
            assert word in question.casefold()
            assert read_answer(word) is answer
            assert read_answer(f"“{word.upper()}!” 🙂") is answer


@pytest.mark.parametrize(
    "text", ["delete it", "no", "please take it down", "löscht das bitte", "hapus dong"]
)
def test_a_withdrawal_is_believed(text: str) -> None:
    """After a yes, a plain no or a request to delete takes it back."""
    assert is_withdrawal(text)


@pytest.mark.parametrize(
    "text",
    [
        "I love it!",
        "no way, this is so cool",
        "please don't delete it",
        "yes",
        "when is it out?",
        "never seen something so beautiful?",
        "no borres el video",
        "did you delete it?",
        "🔥🔥",
        "I can't believe it 😭",
        "no words...",
        "never thought I would see it",
        "¡no puede ser!",
        "ga nyangka jadi sebagus ini",
        "não acredito que ficou tão lindo",
        "Not me crying over my own dream",
        "my nan loved it so much",
        "time to pass out happy",
        "¡que no me lo creo!",
        "ja nicht schlecht",
        "fuck off this is amazing",
    ],
)
def test_joy_is_not_a_withdrawal(text: str) -> None:
    """What a happy dreamer writes under their video does not take it down."""
    assert not is_withdrawal(text)


@pytest.mark.parametrize(
    "text",
    ["stop", "STOP asking me", "leave me alone", "para ya", "basta", "pare com isso", "hör auf",
     "lasst mich in Ruhe", "arrêtez", "berhenti", "jangan ganggu"],
)  # fmt: skip
def test_who_wants_to_be_left_alone_says_no(text: str) -> None:
    """In any of the six languages; "stop" counts as a withdrawal too."""
    assert read_answer(text) is Answer.NO
    assert is_withdrawal(text)


@pytest.mark.parametrize(
    "text",
    ["yes, credit me as Luna", "yes but call me luna", "ja, nennt mich Luna", "oui, citez moi Luna",
     "sure, but credit @other.acc instead", "yes under the name moonchild",
     "i can't stop laughing", "the bus stop was in my dream too"],
)  # fmt: skip
def test_what_a_rule_should_not_decide_goes_to_a_person(text: str) -> None:
    """Another name than the handle, and words that only look like an answer."""
    assert read_answer(text) is Answer.UNCLEAR
    assert says_something(text)


@pytest.mark.parametrize("text", ["yes tag me when it's posted", "si, para el video claro"])
def test_a_yes_that_says_when_or_for_what_is_a_yes(text: str) -> None:
    """Nothing in it asks for anything else than the handle."""
    assert read_answer(text) is Answer.YES


@pytest.mark.parametrize("text", ["😂😂", "lol", "hahaha", "@best.friend", "@a @b 😂", "", "🔥"])
def test_what_says_nothing_is_nobodys_work(text: str) -> None:
    """Laughter and a friend's handle are no answer, and no task."""
    assert not says_something(text)


def test_a_plain_no_is_no_request_to_remove() -> None:
    """Only who asks for it is erased at once."""
    assert asks_for_removal("please delete my dream")
    assert asks_for_removal("no! borra mi sueño")
    assert not asks_for_removal("no thanks")
    assert not asks_for_removal("please don't delete it")


def test_speaking_against_the_name_is_heard_in_any_reply() -> None:
    """Also in one that answers nothing else, and not in a question about it."""
    for text in (
        "but dont use my name",
        "make me anonymous",
        "don't tag me",
        "remove my name please",
    ):
        assert wants_no_credit(text)
    for text in ("who is anonymous?", "credit me please", "yes", "I love my name in there"):
        assert not wants_no_credit(text)


def test_second_thoughts_are_told_from_joy() -> None:
    """What follows a yes may take it half back."""
    for text in ("hmm maybe not", "not sure anymore", "actually im not sure about this", "wait"):
        assert hesitates(text)
    for text in ("I love your videos", "when is it out?", "lol", "🔥🔥"):
        assert not hesitates(text)


YES_WORDS = ["yes", "sí", "sim", "ja", "oui", "iya", "sure", "👍"]
NO_WORDS = ["no", "não", "nein", "non", "tidak", "👎"]


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    """Hostile, empty and exotic replies are read without an error, and always the same way."""
    assert read_answer(text) is read_answer(text)


@settings(max_examples=60, deadline=None)
@given(
    yes=st.sampled_from(YES_WORDS),
    no=st.sampled_from(NO_WORDS),
    between=st.sampled_from([", ", ". ", "\n", " ... "]),
    is_yes_first=st.booleans(),
)
def test_yes_and_no_together_are_never_consent(
    *, yes: str, no: str, between: str, is_yes_first: bool
) -> None:
    """Who says both has not said yes."""
    text = between.join((yes, no) if is_yes_first else (no, yes))
    assert read_answer(text) is Answer.UNCLEAR


@settings(max_examples=60, deadline=None)
@given(
    yes=st.sampled_from(YES_WORDS),
    doubt=st.sampled_from(
        ["maybe", "quizás", "talvez", "vielleicht", "peut-être", "mungkin", "🙄"]
    ),
)
def test_a_doubted_yes_is_never_consent(yes: str, doubt: str) -> None:
    """Consent is explicit or it is not consent."""
    for text in (f"{yes} {doubt}", f"{doubt}, {yes}"):
        assert read_answer(text) is Answer.UNCLEAR


@settings(max_examples=60, deadline=None)
@given(
    word=st.sampled_from([*YES_WORDS, *NO_WORDS]),
    tail=st.sampled_from(["", "!", "!!!", ".", " 🙂", " ❤️", "  ", " 🙏🏽", "\u200b"]),
    is_upper=st.booleans(),
)
def test_tone_does_not_change_an_answer(*, word: str, tail: str, is_upper: bool) -> None:
    """Shouting, hearts and stray characters leave a clear answer clear."""
    text = (word.upper() if is_upper else word) + tail
    assert read_answer(text) is (Answer.YES if word in YES_WORDS else Answer.NO)


@pytest.mark.parametrize(
    "text",
    [
        "please take my dream back, don't use it",
        "I'm having second thoughts",
        "pls undo it",
        "no lo usen por favor",
        "não usem meu sonho",
        "bitte nicht verwenden",
        "ne l'utilisez pas svp",
        "jangan dipakai ya kak",
    ],
)
def test_a_yes_is_taken_back_in_many_words(text):
    """A missed withdrawal is the worst mistake after a wrong yes."""
    assert is_withdrawal(text)


@pytest.mark.parametrize(
    "text", ["not gonna lie i love this", "i can't wait!!", "so cool, thank you"]
)
def test_joy_takes_nothing_back(text):
    """Erasing cannot be undone."""
    assert not is_withdrawal(text)
