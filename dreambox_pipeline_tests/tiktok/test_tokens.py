"""The fixed token source: it never shows its token and never finds another."""

import pytest

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.tiktok.tokens import StaticTokens


def test_a_fixed_token_is_given_and_not_shown():
    """Whoever logs the source logs the account only."""
    tokens = StaticTokens("act.SECRET", business_id="open-id_1")
    assert tokens.access_token() == "act.SECRET"
    assert repr(tokens) == "StaticTokens(business_id='open-id_1')"


def test_a_fixed_token_cannot_be_refreshed():
    """A person must connect the account again; and the token is not in the message."""
    with pytest.raises(StopError) as caught:
        StaticTokens("act.SECRET", business_id="o").refreshed("act.SECRET")
    assert "SECRET" not in str(caught.value)
