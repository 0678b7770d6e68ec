"""How a finished sentence comes out of someone's thumbs: lower case, short forms, slips."""

import re
from random import Random

_SHORT_FORMS = {
    "because": "bc", "you": "u", "are you": "r u", "with": "w", "right now": "rn",
    "something": "smth", "somebody": "sb", "people": "ppl", "going to": "gonna", "really": "rly",
    "please": "pls", "don't": "dont", "didn't": "didnt", "couldn't": "couldnt", "wasn't": "wasnt",
    "i'm": "im", "I'm": "im", "I've": "ive", "never": "nvr", "about": "abt", "though": "tho",
    "thousands": "thousands", "what the": "wth", "through": "thru", "before": "b4", "and": "n",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z']+")
_SENTENCE = re.compile(r"(^|[.!?] )([a-z])")
_EMOJI_TAILS = (
    " 😭",
    " 😭😭",
    " 💀",
    " 🌙",
    " ✨",
    " 😳",
    " 🥹",
    " 😅",
    " 🫠",
    " 💜",
    " 🤍",
    " 😴",
    " 🙃",
    " 🫶",
    " 👀",
)
_WORD_TAILS = (
    " lol",
    " haha",
    " fr",
    " ngl",
    "...",
    " !!",
    " lmao",
    " tho",
    " tbh",
    " omg",
    " hahaha",
    " im crying",
    " i swear",
    " no joke",
)
_LEAD_INS = (
    "ok but ",
    "ngl ",
    "no but seriously ",
    "honestly ",
    "lowkey ",
    "bro ",
    "girl ",
    "omg ",
    "wait ",
    "lmaooo ",
    "idk why but ",
    "so ",
    "yo ",
    "not gonna lie, ",
    "pls ",
    "okay ",
    "hey ",
    "well ",
    "um ",
    "real talk, ",
    "sorry but ",
    "guys ",
    "literally ",
    "haha ",
    "I mean ",
    "ok so ",
)


def capitalize_sentences(text: str) -> str:
    """Gives every sentence its capital and the word I its size."""
    text = re.sub(r"\bi\b(?!\.)", "I", text)
    return _SENTENCE.sub(lambda match: match[1] + match[2].upper(), text)


def lower_keeping_links(text: str) -> str:
    """Lower case for everything but links and mail addresses, whose case matters."""
    return " ".join(w if "/" in w or "@" in w else w.lower() for w in text.split(" "))


def drop_periods(text: str, rng: Random) -> str:
    """Replaces full stops between sentences by what someone types who never uses them."""
    between = rng.choice(("", ",", ",", " and", "...", "\n"))
    text = re.sub(r"(?<=\w)\. ", f"{between} ", text)
    return re.sub(r"(?<=\w)\.$", "", text).replace("\n ", "\n")


def shorten(text: str, rng: Random) -> str:
    """Replaces some words by their short forms, each with a chance of its own."""
    for word, short in _SHORT_FORMS.items():
        if word in text and rng.random() < 0.3:
            text = re.sub(rf"\b{re.escape(word)}\b", short, text, count=1)
    return text


def slip(text: str, rng: Random) -> str:
    """One typing slip in a longer word: swapped, missing or doubled letter."""
    words = [match for match in _WORD.finditer(text) if len(match[0]) > 4]
    if not words:
        return text
    match = rng.choice(words)
    word, at = match[0], rng.randrange(1, len(match[0]) - 2)
    slips = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
    )
    return text[: match.start()] + rng.choice(slips) + text[match.end() :]


def tail(rng: Random, lang: str) -> str:
    """What people put after the last word."""
    return rng.choice(_EMOJI_TAILS if lang != "en" or rng.random() < 0.6 else _WORD_TAILS)


def lead_in(text: str, rng: Random) -> str:
    """Begins a remark the way spoken ones begin."""
    lead = rng.choice(_LEAD_INS)
    keeps_case = text[:2].isupper() or text.startswith(("I ", "I'", "@"))
    return lead + (text if keeps_case else text[:1].lower() + text[1:])
