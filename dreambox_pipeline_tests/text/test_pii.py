"""What counts as personal data, as a table."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.text.pii import find_pii

FOUND = [
    ("write to moon.whale@example.org please", "EMAIL", "moon.whale@example.org"),
    ("mail me moonwhale(at)example(dot)org", "EMAIL", "moonwhale(at)example(dot)org"),
    ("moonwhale at gmail dot com", "EMAIL", "moonwhale at gmail dot com"),
    ("see https://example.com/a?b=c now", "URL", "https://example.com/a?b=c"),
    ("go to dreamshop.example.io/buy", "URL", "dreamshop.example.io/buy"),
    ("thanks @night.owl_7 lol", "HANDLE", "@night.owl_7"),
    ("my snap is nightowl77", "HANDLE", "nightowl77"),
    ("insta: night_owl", "HANDLE", "night_owl"),
    ("call me 212-555-0187 ok", "PHONE", "212-555-0187"),
    ("my number is +49 30 901820 bye", "PHONE", "+49 30 901820"),
    ("whatsapp +55 11 91234-5678", "PHONE", "+55 11 91234-5678"),
    (
        "five five five one two three four is my number",
        "PHONE",
        "five five five one two three four",
    ),
    ("wa 0812-3456-7890 ya", "PHONE", "0812-3456-7890"),
    ("i live at 14 Maple Street", "ADDRESS", "14 Maple Street"),
    ("wohne in der Lindenstraße 12a", "ADDRESS", "Lindenstraße 12a"),
    ("vivo en la Calle Los Olivos 45", "ADDRESS", "Calle Los Olivos 45"),
    ("j'habite 12 rue des Lilas", "ADDRESS", "12 rue des Lilas"),
    ("card 4111 1111 1111 1111", "ID", "4111 1111 1111 1111"),
    ("ssn 078-05-1120", "ID", "078-05-1120"),
    ("iban DE89 3704 0044 0532 0130 00", "ID", "DE89 3704 0044 0532 0130 00"),
    ("passport number X1234567", "ID", "X1234567"),
    ("from 192.168.10.77", "ID", "192.168.10.77"),
    ("i flew with my friend Zorbina Kell over it", "NAME", "Zorbina Kell"),
    ("my sister jessica was there", "NAME", "jessica"),
    ("a dog named Brumble", "NAME", "Brumble"),
    ("then Mrs. Okonkwo came in", "NAME", "Okonkwo"),
    ("se llamaba Xiomara", "NAME", "Xiomara"),
    ("meine Freundin Swantje war da", "NAME", "Swantje"),
    ("temen aku Wulandari ikut", "NAME", "Wulandari"),
    ("mon ami Thibaud volait", "NAME", "Thibaud"),
    ("eu e minha amiga Iracema", "NAME", "Iracema"),
    ("Then Daniela said no", "NAME", "Daniela"),
    ("we met ｄａｖｉｄ@example.org", "EMAIL", "ｄａｖｉｄ@example.org"),
    ("i saw old Perrin Vossberg again", "NAME", "Perrin Vossberg"),
]

CLEAN = [
    "I dreamt I was flying over the ocean with my sister",
    "Last night my teeth fell out at school",
    "soñé que volaba con mi abuela sobre un bosque",
    "ich habe geträumt, dass ein Wal durch den Himmel fliegt",
    "it was 3:45 in the morning on 2026-03-01",
    "score was 10-2 and I had 1,000,000 points",
    "my friend was late and my teacher yelled",
    "In December I was in New York at Christmas",
    "aku mimpi naik kereta sama ibu",
    "Then I woke up. Everything was gone...but why",
    "",
]


@pytest.mark.parametrize(("text", "kind", "piece"), FOUND)
def test_personal_data_is_found(text, kind, piece):
    """The whole piece lies inside a span of its kind."""
    start = text.index(piece)
    assert any(
        s.kind == kind and s.start <= start and start + len(piece) <= s.end for s in find_pii(text)
    ), find_pii(text)


@pytest.mark.parametrize("text", CLEAN)
def test_ordinary_dreams_hold_no_personal_data(text):
    """A false find would cost the reviewer a word of the dream."""
    assert find_pii(text) == []


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_spans_are_ordered_apart_and_inside(text):
    """Whoever replaces spans may do so blindly."""
    end = 0
    for span in find_pii(text):
        assert end <= span.start < span.end <= len(text)
        end = span.end
