"""Moderation models by name."""

import pytest
from pydantic import SecretStr

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.text_engines.moderators import MODERATORS, moderator_for

KEY = SecretStr("sk-hush")
ADDRESS = "http://127.0.0.1:9/v1"


def test_none_needs_nothing_and_looks_at_nothing() -> None:
    """The default: our own rules are all there is."""
    moderator = moderator_for("none", api_key=SecretStr(""), base_url="")
    assert (moderator.name, moderator.check_text("x"), moderator.check_picture(b"")) == (
        "none",
        None,
        None,
    )


def test_openai_is_made_from_the_language_models_address_and_key() -> None:
    """And shows neither its key nor asks anybody yet."""
    moderator = moderator_for("openai", api_key=KEY, base_url=ADDRESS)
    assert moderator.name == "openai"
    assert "hush" not in repr(moderator)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    """And with the variable to set."""
    with pytest.raises(StopError, match="DREAMBOX_MODERATION to one of: none, openai"):
        moderator_for("oracle", api_key=KEY, base_url=ADDRESS)
    assert MODERATORS == ("none", "openai")


def test_without_a_key_it_says_what_to_set() -> None:
    """Before anything is asked."""
    with pytest.raises(StopError, match="DREAMBOX_OPENAI_API_KEY is empty"):
        moderator_for("openai", api_key=SecretStr(" "), base_url=ADDRESS)
