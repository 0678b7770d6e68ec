"""Rules of redaction."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.safety.redaction import redact

PIECES = st.sampled_from(
    [
        "my friend ", "Zorbina ", "Kell", "@owl", " 212-555-0187", "a@b.com", "named ", "[NAME]", "[",
        "]", "www.x.io ", "Mr. ", "14 Maple Street", " and ", "jessica ", "+1 ", "🐋", "\u200b", ". ",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_redacting_twice_changes_nothing(text):
    """A replacement must not make something new to find."""
    once = redact(text)
    assert redact(once.text) == once


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=150))
def test_redacting_any_text_twice_changes_nothing(text):
    """The same, for whatever can be typed."""
    once = redact(text)
    assert redact(once.text) == once


def test_finds_become_their_kind():
    """A reader still understands who and what was there."""
    told = "I was flying with my friend Zorbina and she said text 212-555-0187 or a.b@example.com"
    assert (
        redact(told).text
        == "I was flying with my friend [NAME] and she said text [PHONE] or [EMAIL]"
    )
    assert redact(told).kinds == ("EMAIL", "NAME", "PHONE")


def test_zero_width_characters_hide_nothing():
    """An address cut up by invisible characters is still an address."""
    assert redact("mail a\u200b.b@exa\u200bmple.com").text == "mail [EMAIL]"


@pytest.mark.parametrize("secret", ["jessica", "0187", "example.com", "owl_77", "Maple"])
def test_no_part_of_a_find_survives(secret):
    """Half a phone number would be enough to recognise it."""
    text = redact(
        "my sister jessica lives at 14 Maple Street, call 212-555-0187, j@example.com, @owl_77"
    ).text
    assert secret not in text


def test_a_text_without_personal_data_is_left_alone():
    """Dreams stay as told."""
    told = "I was swimming in a red ocean and a whale sang to me"
    assert redact(told).text == told
    assert redact(told).kinds == ()
