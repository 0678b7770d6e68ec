"""Rules of the written training examples: what a learner reads must be clean."""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

POSITIVE_KINDS = {"cued", "told", "hinted"}
NEGATIVE_KINDS = {"narrative", "figurative", "talk", "aspiration"}
LANGS = {
    *("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko"),
    *("ms", "nl", "pl", "pt", "ru", "tl", "tr", "vi", "zh"),
}
MAX_CHARS = 1000
NEAR_DUPLICATE = 0.6
"""Jaccard overlap of 5-character shingles above which two texts are one text."""

PRIVATE = {
    "e-mail": re.compile(r"\S@\S+\.\w"),
    "handle": re.compile(r"(?:^|\s)@(?!user\b)\w"),
    "url": re.compile(r"https?://|www\.|\w\.(?:com|net|org)\b", re.IGNORECASE),
    "phone": re.compile(r"\+?\d(?:[\s().-]?\d){6,}"),
}
DREAM_STEMS = re.compile(
    r"dream|nightmare|sonh|pesadelo|tr[aä]um|(?:sueñ|soñ|soñé|pesadilla)|rêv|reve\b"
    r"|cauchemar|mimpi|ngimpi|sogn|incub|rüya|kabus|\bdroom|\bdromen|gedroom|nachtmerrie"
    r"|\bsen\b|\bsny\b|\b(?:przy|wy)?śni(?!eg|eż|ad)|koszmar|panaginip|bangungot|\bmơ\b|ác mộng"
    r"|\bсон\b|\bсны\b|\bсне\b|снил|снит|кошмар|حلم|أحلام|احلام|منام|كابوس"
    r"|सपन|sapn|khwab|ख़्वाब|夢|悪夢|꿈|악몽|梦|噩梦",
    re.IGNORECASE,
)


@cache
def examples() -> tuple[tuple[str, dict[str, Any]], ...]:
    """Every line of every file with the name of its file."""
    folder = files("dreambox_pipeline.text_engines").joinpath("training")
    named = sorted(
        (entry.name, entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".jsonl")
    )
    return tuple((name, json.loads(line)) for name, text in named for line in text.splitlines())


def folded(text: str) -> str:
    """The text without case, width, punctuation and doubled spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[^\w\s]|_", " ", plain).split())


def shingles(text: str) -> frozenset[str]:
    """The 5-character windows of the folded text (the whole of a shorter one)."""
    plain = folded(text)
    return frozenset(plain[n : n + 5] for n in range(max(1, len(plain) - 4)))


def near_duplicates(texts: list[str]) -> list[tuple[str, str]]:
    """Pairs whose shingles overlap by more than `NEAR_DUPLICATE`."""
    sets = [shingles(text) for text in texts]
    holders: dict[str, list[int]] = defaultdict(list)
    found = []
    for number, windows in enumerate(sets):
        shared = Counter(other for window in windows for other in holders[window])
        for other, common in shared.items():
            if common / (len(windows) + len(sets[other]) - common) > NEAR_DUPLICATE:
                found.append((texts[other], texts[number]))
        for window in windows:
            holders[window].append(number)
    return found


def test_there_are_examples_of_both_classes():
    """A learner needs dreams and things that only look like dreams."""
    classes = Counter(row["is_dream"] for _, row in examples())
    assert classes[True] > 1000
    assert classes[False] > 500


def test_every_line_has_exactly_the_known_fields():
    """Trainers read four fields and trust their types."""
    for name, row in examples():
        assert set(row) == {"text", "is_dream", "lang", "kind"}, (name, row)
        assert isinstance(row["text"], str)
        assert isinstance(row["is_dream"], bool)


def test_file_names_say_class_and_language():
    """A row in the wrong file would be counted in the wrong place.

    A file on one subject may mix languages; its name must not look like a class.
    """
    for name, row in examples():
        assert row["lang"] in LANGS
        if name.startswith(("positives", "negatives")):
            prefix = "positives" if row["is_dream"] else "negatives"
            assert name == f"{prefix}_{row['lang']}.jsonl", row


def test_kinds_belong_to_their_class():
    """`hinted` is a dream; `figurative` never is."""
    for name, row in examples():
        known = POSITIVE_KINDS if row["is_dream"] else NEGATIVE_KINDS
        assert row["kind"] in known, (name, row)


def test_texts_have_comment_length_and_no_ragged_edges():
    """A comment has 1 to 1000 characters, is NFC and is not padded."""
    for name, row in examples():
        text = row["text"]
        assert 1 <= len(text) <= MAX_CHARS, (name, text)
        assert text == text.strip()
        assert text == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("what", PRIVATE)
def test_nothing_identifies_anybody(what):
    """The examples name no mailbox, account, site or telephone."""
    found = [row["text"] for _, row in examples() if PRIVATE[what].search(row["text"])]
    assert not found


def test_hinted_dreams_never_say_that_they_are_dreams():
    """They teach dream logic, so the word itself must be missing."""
    found = [
        row["text"]
        for _, row in examples()
        if row["kind"] == "hinted" and DREAM_STEMS.search(row["text"])
    ]
    assert not found


def test_no_text_is_written_twice():
    """A repeated text would weigh double and could sit in train and test at once."""
    counted = Counter(folded(row["text"]) for _, row in examples())
    assert [text for text, times in counted.items() if times > 1] == []


def test_no_two_texts_are_nearly_the_same():
    """Slot-filled templates teach the template; shingles give them away."""
    assert near_duplicates([row["text"] for _, row in examples()]) == []


def test_the_near_duplicate_check_sees_a_filled_slot():
    """The guard above must bite: one changed word is nearly the same text."""
    first = "I dreamed that a heron was teaching me to swim in the bath"
    second = "I dreamed that a badger was teaching me to swim in the bath"
    assert near_duplicates([first, second]) == [(first, second)]
