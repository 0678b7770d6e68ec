"""The caption of a post: what is seen, whose dream it was, that AI made it, and a few hashtags.

    <title>

    A dream told by @night_owl.
    AI-generated video.

    #dreams #aigenerated #ocean #whale

Hashtags come from the dream's closed vocabularies, never from the comment's own words, and are few:
piles of them read as spam. Nothing a stranger wrote can add a mention, a hashtag or a line.
"""

import re
import unicodedata
from dataclasses import dataclass

from dreambox_pipeline.stages.dreams.model import DreamFacts, Setting
from dreambox_pipeline.stages.posts.model import PostDraft

MAX_TITLE_CHARS = 150
"""A title is one line on a phone; longer ones are cut at a word."""

MAX_NAME_CHARS = 40
MIN_HASHTAGS, MAX_HASHTAGS = 3, 6
MAX_MOTIF_TAGS = 2

ALWAYS = ("dreams", "aigenerated")
FILLERS = ("dreamtelling", "surreal")
NIGHTMARE_BELOW, BLISS_ABOVE = -0.5, 0.5

_HANDLE = re.compile(r"[A-Za-z0-9_.]{2,24}")
_JOINERS = "\u200c\u200d"  # Persian words and family emoji are spelled with them


@dataclass(frozen=True, slots=True)
class Wording:
    """The fixed sentences of a caption in one language; `{name}` is the credit."""

    credited: str
    anonymous: str
    disclosure: str


WORDINGS = {
    "en": Wording(
        "A dream told by {name}.", "A dream told in the comments.", "AI-generated video."
    ),
    "de": Wording(
        "Ein Traum, erzählt von {name}.",
        "Ein Traum aus den Kommentaren.",
        "KI-generiertes Video (AI-generated).",
    ),
    "es": Wording(
        "Un sueño contado por {name}.",
        "Un sueño contado en los comentarios.",
        "Vídeo generado con IA (AI-generated).",
    ),
    "fr": Wording(
        "Un rêve raconté par {name}.",
        "Un rêve raconté en commentaire.",
        "Vidéo générée par IA (AI-generated).",
    ),
    "it": Wording(
        "Un sogno raccontato da {name}.",
        "Un sogno raccontato nei commenti.",
        "Video generato con l'IA (AI-generated).",
    ),
    "pt": Wording(
        "Um sonho contado por {name}.",
        "Um sonho contado nos comentários.",
        "Vídeo gerado por IA (AI-generated).",
    ),
}
"""Every disclosure holds the words `AI-generated`, so that one search finds them all."""


def write_caption(
    *, title: str, facts: DreamFacts, credit: str | None, lang: str = "en"
) -> PostDraft:
    """The caption for one video, within TikTok's 2,200 UTF-16 units and 30 mentions.

    Args:
        title: One line; anything that could mention, tag or break the line is taken out.
        facts: Where the hashtags come from.
        credit: The handle (with or without @) or the name the dreamer chose; None for nobody.
        lang: ISO 639-1; English where we have no wording.
    """
    wording = WORDINGS.get(lang, WORDINGS["en"])
    name = _credit_name(credit)
    hashtags = choose_hashtags(facts)
    parts = [
        _one_line(title, MAX_TITLE_CHARS),
        f"{wording.credited.format(name=name) if name else wording.anonymous}\n{wording.disclosure}",
        " ".join(f"#{tag}" for tag in hashtags),
    ]
    return PostDraft(caption="\n\n".join(part for part in parts if part), hashtags=hashtags)


def choose_hashtags(facts: DreamFacts) -> tuple[str, ...]:
    """Three to six hashtags without their `#`, in ASCII letters, each once."""
    place = () if facts.setting is Setting.UNKNOWN else (facts.setting.value,)
    motifs = tuple(motif.value for motif in facts.motifs[:MAX_MOTIF_TAGS])
    mood = _mood_tag(facts.mood)
    wanted = dict.fromkeys(ALWAYS + place + motifs + mood)
    for filler in FILLERS:
        if len(wanted) < MIN_HASHTAGS:
            wanted[filler] = None
    return tuple(wanted)[:MAX_HASHTAGS]


def _mood_tag(mood: float) -> tuple[str, ...]:
    if mood < NIGHTMARE_BELOW:
        return ("nightmare",)
    return ("sweetdreams",) if mood > BLISS_ABOVE else ()


def _credit_name(credit: str | None) -> str:
    """A mention for a handle, plain words for any other name, nothing for nothing."""
    if credit is None:
        return ""
    handle = credit.strip().removeprefix("@")
    # A handle cannot end in a dot, and a mention would swallow the sentence's.
    if _HANDLE.fullmatch(handle) and not handle.endswith("."):
        return f"@{handle}"
    return _one_line(credit, MAX_NAME_CHARS)


def _one_line(text: str, max_chars: int) -> str:
    """*text* without mentions, tags, links' punctuation, controls and line breaks, cut at a word."""
    plain = unicodedata.normalize("NFC", text)
    plain = "".join(_harmless(char) for char in plain)
    plain = " ".join(plain.split()).strip(_JOINERS + " ")
    if len(plain) <= max_chars:
        return plain
    cut = plain[: max_chars - 1]
    return f"{cut.rsplit(' ', 1)[0].rstrip(_JOINERS)}…"


def _harmless(char: str) -> str:
    if char in _JOINERS:
        return char
    if char.isspace() or char in "@#＠＃﹫﹟":
        return " "
    # Controls, invisible formatting (which can reverse a line) and broken halves of characters.
    return "" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"} else char
