"""Every question is short, complete, and always the same for the same dream."""

import re

import pytest

from dreambox_pipeline.safety.consent_wording import (
    MAX_QUESTION_BYTES,
    MOST_COPIES,
    QUESTIONS,
    next_question,
    question_for,
)

ALL = [(lang, text) for lang, texts in QUESTIONS.items() for text in texts]
SAYS = {
    "en": ("dream", "short ai video", r"credit|your name"),
    "es": ("sueño", "video corto con ia", r"crédito|mencionarte|nombrarte"),
    "pt": ("sonho", "vídeo curto", r"crédito|citar"),
    "de": ("traum|daraus", "kurzes ki-video", r"dich nennen|deinem namen"),
    "fr": ("rêve", "courte vidéo ia", r"te citer|créditant|ton nom"),
    "id": ("mimpi", "video ai pendek", r"nama|kredit"),
}


@pytest.mark.parametrize(("lang", "text"), ALL)
def test_a_question_fits_every_reading_of_the_limit(lang: str, text: str) -> None:
    """Under 150 in characters and in bytes, on one line, without a link or a tag."""
    assert lang in SAYS
    assert len(text) < 150
    assert len(text.encode()) <= MAX_QUESTION_BYTES < 150
    assert not re.search(r"[\n@#]|https?:", text)


@pytest.mark.parametrize(("lang", "text"), ALL)
def test_a_question_says_what_credit_and_how(lang: str, text: str) -> None:
    """The dreamer knows what they agree to: their dream, a short AI video, and their credit."""
    for said in SAYS[lang]:
        assert re.search(said, text.casefold())


def test_there_is_variety_in_every_language() -> None:
    """Repeated replies get hidden by the platform."""
    assert set(QUESTIONS) == set(SAYS)
    assert len(QUESTIONS["en"]) >= 6
    for texts in QUESTIONS.values():
        assert len(texts) >= 6
        assert len(set(texts)) == len(texts)


def test_the_same_dream_is_asked_the_same_way() -> None:
    """A retry posts nothing new, and the version names exactly the text."""
    first = question_for("drm_0123456789abcdef", "en")
    assert question_for("drm_0123456789abcdef", "en") == first
    texts = {}
    for n in range(200):
        wording = question_for(f"drm_{n:016x}", "en")
        assert texts.setdefault(wording.version, wording.text) == wording.text
    assert set(texts.values()) == set(QUESTIONS["en"])


@pytest.mark.parametrize(
    ("asked", "given"),
    [("pt-BR", "pt"), ("PT_br", "pt"), ("de", "de"), ("ms", "id"), ("xx", "en"), ("", "en")],
)
def test_an_unknown_language_gets_english(asked: str, given: str) -> None:
    """Regional tags find their language; what we cannot write we do not fake."""
    assert question_for("drm_1", asked).lang == given


@pytest.mark.parametrize("lang", [*QUESTIONS, "xx"])
def test_texts_take_turns(lang: str) -> None:
    """Never the same text in a row, no text often in an hour, and then a pause."""
    used: list[str] = []
    while (wording := next_question(f"drm_{len(used)}", lang, recent=used)) is not None:
        assert not used or wording.version != used[-1]
        used.append(wording.version)
        assert len(used) < 100
    texts = len(QUESTIONS.get(lang, QUESTIONS["en"]))
    assert max(used.count(version) for version in used) <= MOST_COPIES
    assert len(used) >= texts * (MOST_COPIES - 1)
    assert len(set(used[:texts])) == texts


def test_the_dreams_own_text_comes_first() -> None:
    """While nothing was asked lately, and as soon as it is free again."""
    own = question_for("drm_7", "de")
    assert next_question("drm_7", "de", recent=[]) == own
    assert next_question("drm_7", "de", recent=[own.version]) != own
    assert next_question("drm_7", "de", recent=["2026-11:en:1"]) == own
