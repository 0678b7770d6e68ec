"""Rules of guessing a language."""

import pytest

from dreambox_pipeline.text.language import guess_language


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Yesterday we walked along the river and talked about everything", "en"),
        ("Ayer caminamos por la orilla del río y hablamos de todo", "es"),
        ("Gestern sind wir am Fluss entlang gelaufen und haben geredet", "de"),
        ("Hier nous avons marché le long de la rivière en parlant de tout", "fr"),
        ("Ontem nós caminhamos na beira do rio e conversamos sobre tudo", "pt"),
        ("Kemarin kami berjalan di tepi sungai dan berbicara tentang banyak hal", "id"),
    ],
)
def test_a_whole_sentence_is_recognised(text, lang):
    """The languages we hold words for are told apart."""
    assert guess_language(text) == lang


@pytest.mark.parametrize(
    "text", ["", "ok", "😂😂😂", "@whoever #fyp", "https://example.invalid/aaaaaaa", "123 456"]
)
def test_too_little_text_has_no_language(text):
    """Saying "unknown" is better than guessing from a mention or a smile."""
    assert guess_language(text) == "und"


def test_line_ends_do_not_disturb():
    """The model refuses line ends; callers need not know."""
    assert guess_language("We were walking\nalong the river\r\nand then it rained") == "en"
