"""Promises of the word lists."""

import pytest

from dreambox_pipeline.stages.dreams.model import Motif, Role, Setting
from dreambox_pipeline.stages.dreams.vocabulary import LEXICONS, NOUNS
from dreambox_pipeline.text.normalize import fold


@pytest.mark.parametrize("lang", ["en", "es", "pt", "de", "fr", "id"])
def test_every_place_and_motif_has_words_in_every_language(lang):
    """Otherwise a language could never ask for it."""
    lexicon = LEXICONS[lang]
    assert set(lexicon.settings.values()) == set(Setting) - {Setting.UNKNOWN}
    assert set(lexicon.motifs.values()) == set(Motif)
    assert set(lexicon.characters.values()) == set(Role) - {Role.DREAMER}


@pytest.mark.parametrize("lang", sorted(LEXICONS))
def test_terms_are_folded_as_texts_are(lang):
    """A term with an accent or a capital would never match."""
    lexicon = LEXICONS[lang]
    for table in (
        lexicon.settings,
        lexicon.motifs,
        lexicon.characters,
        lexicon.emotions,
        lexicon.verbs,
    ):
        assert all(term == fold(term, keep_accents=False) for term in table)


def test_nouns_fit_into_an_action():
    """Forty characters hold verb, preposition and noun."""
    assert max(map(len, NOUNS.values())) <= 20
