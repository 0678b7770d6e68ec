"""How we ask a dreamer whether their dream may become a video.

Every question says the same three things: we would make a short AI video of the dream, we
would credit the dreamer, and how to answer yes, yes without a name, or no. They differ in
their words because a platform hides replies that repeat, and they stay under 150 bytes
because TikTok's own limit was documented as 150 characters without saying which kind.

The wording's version is recorded with every answer: it is part of the proof of consent.
Change a text only together with `EDITION`.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# Month in which the texts below were last reviewed.
EDITION: Final = "2026-11"
FALLBACK_LANG: Final = "en"
# TikTok documented 150 first and 1,200 later, of unknown unit; 150 bytes satisfies every reading.
MAX_QUESTION_BYTES: Final = 149
# Of one text in an hour: the platform hides what it takes for bulk, and does not say so.
MOST_COPIES: Final = 3

QUESTIONS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "May we turn your dream into a short AI video and credit you? Reply yes, no, or anonymous for a video without your name.",
        "What a dream! Could we make a short AI video of it, with credit to you? Answer yes, anonymous (no credit) or no.",
        "We would love to make a short AI video of this dream and credit you. Okay? Reply yes, anonymous (no name) or no.",
        "Would you let us make your dream a short AI video, crediting you? Reply yes, no, or anonymous if you want no credit.",
        "This dream stays with us. May it become a short AI video, credited to you? Reply yes, anonymous (no name) or no.",
        "Can we show this dream as a short AI video with your name on it? Reply yes, anonymous for no name, or no.",
        "Your dream would make a lovely short AI video. May we, and credit you? Reply yes, anonymous (uncredited) or no.",
        "We make short AI videos of dreams and credit the dreamer. May we make yours? Reply yes, anonymous (no name) or no.",
    ),
    "es": (
        "¿Podemos hacer de tu sueño un video corto con IA y darte crédito? Responde sí, anónimo (sin nombre) o no.",
        "¡Qué sueño! ¿Nos dejas crear un video corto con IA y mencionarte? Responde sí, anónimo (sin nombre) o no.",
        "Nos gustaría mostrar tu sueño en un video corto con IA, con tu crédito. ¿Sí, no o anónimo (sin nombre)?",
        "¿Nos permites hacer un video corto con IA de este sueño y nombrarte? Contesta sí, no o anónimo (sin crédito).",
        "¡Nos encantó tu sueño! ¿Puede ser un video corto con IA, con tu crédito? Responde sí, anónimo (sin nombre) o no.",
        "Tu sueño merece un video corto con IA. ¿Podemos hacerlo y nombrarte? Responde sí, no o anónimo (sin nombre).",
    ),
    "pt": (
        "Podemos fazer do seu sonho um vídeo curto com IA e dar crédito a você? Responda sim, anônimo (sem nome) ou não.",
        "Que sonho! Podemos criar um vídeo curto com IA e citar você? Responda sim, não ou anônimo (sem nome).",
        "Queremos mostrar este sonho num vídeo curto de IA com seu crédito. Responda sim, anônimo (sem nome) ou não.",
        "Você deixa a gente fazer um vídeo curto de IA do seu sonho, com crédito? Diga sim, anônimo (sem nome) ou não.",
        "Amamos seu sonho! Pode virar um vídeo curto de IA com crédito a você? Responda sim, anônimo (sem nome) ou não.",
        "Seu sonho daria um lindo vídeo curto de IA. Podemos fazer e citar você? Diga sim, não ou anônimo (sem nome).",
    ),
    "de": (
        "Dürfen wir aus deinem Traum ein kurzes KI-Video machen und dich nennen? Antworte ja, anonym (ohne Namen) oder nein.",
        "Was für ein Traum! Dürfen wir ihn als kurzes KI-Video zeigen und dich nennen? Antworte ja, nein oder anonym.",
        "Wir würden daraus gern ein kurzes KI-Video machen und dich nennen. Okay? Antworte ja, anonym (ohne Namen) oder nein.",
        "Dein Traum als kurzes KI-Video, mit deinem Namen dabei: dürfen wir? Antworte ja, anonym (ohne Namen) oder nein.",
        "So ein Traum! Darf er ein kurzes KI-Video werden, mit deinem Namen? Antworte ja, anonym (ohne Namen) oder nein.",
        "Dein Traum bleibt uns im Kopf. Dürfen wir ein kurzes KI-Video machen und dich nennen? Antworte ja, nein oder anonym.",
    ),
    "fr": (
        "Peut-on faire de ton rêve une courte vidéo IA et te citer ? Réponds oui, anonyme (sans nom) ou non.",
        "Quel rêve ! On peut en faire une courte vidéo IA en te créditant ? Réponds oui, non ou anonyme (sans nom).",
        "On aimerait montrer ce rêve en courte vidéo IA et te citer. D'accord ? Réponds oui, anonyme (sans nom) ou non.",
        "Ton rêve en courte vidéo IA, avec ton nom : tu veux bien ? Réponds oui, anonyme (sans nom) ou non.",
        "Ton rêve nous reste en tête. On en fait une courte vidéo IA avec ton nom ? Réponds oui, anonyme (sans nom) ou non.",
        "Ce rêve ferait une belle courte vidéo IA. On peut la faire et te citer ? Réponds oui, non ou anonyme (sans nom).",
    ),
    "id": (
        "Boleh mimpimu kami jadikan video AI pendek dan namamu dicantumkan? Balas iya, anonim (tanpa nama) atau tidak.",
        "Mimpi yang keren! Boleh kami buat video AI pendek dan menyebut namamu? Balas iya, tidak, atau anonim (tanpa nama).",
        "Kami ingin membuat video AI pendek dari mimpi ini dengan kredit untukmu. Balas iya, anonim (tanpa nama) atau tidak.",
        "Bolehkah mimpi ini tampil sebagai video AI pendek atas namamu? Balas iya, anonim (tanpa nama) atau tidak.",
        "Mimpimu seru! Boleh jadi video AI pendek dengan kredit untukmu? Balas iya, anonim (tanpa nama) atau tidak.",
        "Mimpi ini cocok jadi video AI pendek. Boleh kami buat dan sebut namamu? Balas iya, tidak, atau anonim (tanpa nama).",
    ),
}

# Malay and Indonesian read each other; language detectors mix them up anyway.
_SAME_WORDING: Final = {"ms": "id", "in": "id"}


@dataclass(frozen=True, slots=True)
class Wording:
    """One question as it is posted.

    Attributes:
        version: Names exactly this text: edition, language and number, `2026-11:en:3`.
        lang: ISO 639-1 code of the text, which may be the fallback and not what was asked for.
    """

    version: str
    lang: str
    text: str


def question_for(dream_id: str, lang: str) -> Wording:
    """The question that belongs to a dream; always the same one for the same dream.

    Args:
        dream_id: Chooses among the texts, so that neighbouring questions differ.
        lang: Language tag such as `pt` or `pt-BR`. One we have no text for gets English.
    """
    return next(iter(_wordings(dream_id, lang)))


def next_question(dream_id: str, lang: str, *, recent: Sequence[str]) -> Wording | None:
    """The question to post now under a dream: its own, or the next one that is not worn out.

    Of the texts of the language the least used ones lately are taken, never the last one again.

    Args:
        dream_id: As for `question_for`; without recent questions it is the same text.
        lang: As for `question_for`.
        recent: Versions of the wordings used in the last hour, oldest first.

    Returns:
        None when every text of the language was used `MOST_COPIES` times: wait.
    """
    times = Counter(recent)
    last = recent[-1] if recent else ""
    free = [
        wording
        for wording in _wordings(dream_id, lang)
        if times[wording.version] < MOST_COPIES and wording.version != last
    ]
    # `min` takes the first of equals, which is the dream's own or the nearest to it.
    return min(free, key=lambda wording: times[wording.version], default=None)


def _wordings(dream_id: str, lang: str) -> list[Wording]:
    """Every text of the language, the dream's own first."""
    primary = lang.casefold().replace("_", "-").split("-")[0]
    code = _SAME_WORDING.get(primary, primary)
    code = code if code in QUESTIONS else FALLBACK_LANG
    texts = QUESTIONS[code]
    digest = hashlib.sha256(dream_id.encode()).digest()
    own = int.from_bytes(digest[:8], "big") % len(texts)
    return [
        Wording(version=f"{EDITION}:{code}:{number + 1}", lang=code, text=texts[number])
        for number in (*range(own, len(texts)), *range(own))
    ]
