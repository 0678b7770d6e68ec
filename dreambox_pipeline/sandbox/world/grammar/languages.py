"""The rules of each language under one roof, and what each of them can say."""

from functools import lru_cache

from dreambox_pipeline.sandbox.world.grammar import (
    english_dreams,
    english_talk,
    french,
    german,
    indonesian,
    portuguese,
    spanish,
)
from dreambox_pipeline.sandbox.world.grammar.rules import Rules

# How the audience of the account is made up; English first, as the videos are.
SHARES = {"en": 0.74, "es": 0.08, "pt": 0.06, "de": 0.05, "fr": 0.04, "id": 0.03}

SETTINGS = tuple(english_dreams.PLACES)
MOTIFS = tuple(english_dreams.EVENTS)


@lru_cache(maxsize=1)
def rules_by_language() -> dict[str, Rules]:
    """The grammar of every language by its ISO 639-1 code."""
    return {
        "en": _english(),
        "es": spanish.RULES,
        "pt": portuguese.RULES,
        "de": german.RULES,
        "fr": french.RULES,
        "id": indonesian.RULES,
    }


def _english() -> Rules:
    places = {f"place_{name}": phrases for name, phrases in english_dreams.PLACES.items()}
    events = {f"event_{name}": phrases for name, phrases in english_dreams.EVENTS.items()}
    return {
        **english_talk.TALK,
        **english_talk.CONSENT,
        **english_dreams.PHRASES,
        **places,
        **events,
    }
