"""Which captions ask viewers for dreams."""

import pytest

from dreambox_pipeline.stages.comments.invitation import asks_for_dreams


@pytest.mark.parametrize(
    "caption",
    [
        "Tell me your last dream in the comments",
        "what did you dream last night?",
        "Your weirdest nightmare? 👇",
        "Cuéntame tu último sueño",
        "conta aqui o teu sonho",
        "Erzähl mir deinen Traum",
        "Racontez votre rêve",
        "ceritakan mimpi kamu",
    ],
)
def test_an_invitation_is_understood_in_six_languages(caption: str) -> None:
    """Under these a bare story may be a dream."""
    assert asks_for_dreams(caption)


@pytest.mark.parametrize(
    "caption",
    ["my dream car has arrived", "a day at the sea", "", "I had a dream last night, here it is"],
)
def test_speaking_of_dreams_is_not_asking_for_them(caption: str) -> None:
    """A caption that only mentions dreams opens nothing."""
    assert not asks_for_dreams(caption)
