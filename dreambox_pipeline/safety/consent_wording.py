"""How we ask a dreamer whether their dream may become a video.

Every question says the same three things: we would make a short AI video of the dream, we
would credit the dreamer, and how to answer yes, yes without a name, or no. They differ in
their words because a platform hides replies that repeat, and they stay under 150 bytes
because TikTok's own limit was documented as 150 characters without saying which kind.

The wording's version is recorded with every answer: it is part of the proof of consent.
Change a text only together with `EDITION`.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

# Month in which the texts below were last reviewed.
EDITION: Final = "2026-11"
FALLBACK_LANG: Final = "en"
# TikTok documented 150 first and 1,200 later, of unknown unit; 150 bytes satisfies every reading.
MAX_QUESTION_BYTES: Final = 149

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
    ),
    "pt": (
        "Podemos fazer do seu sonho um vídeo curto com IA e dar crédito a você? Responda sim, anônimo (sem nome) ou não.",
        "Que sonho! Podemos criar um vídeo curto com IA e citar você? Responda sim, não ou anônimo (sem nome).",
        "Queremos mostrar este sonho num vídeo curto de IA com seu crédito. Responda sim, anônimo (sem nome) ou não.",
        "Você deixa a gente fazer um vídeo curto de IA do seu sonho, com crédito? Diga sim, anônimo (sem nome) ou não.",
    ),
    "de": (
        "Dürfen wir aus deinem Traum ein kurzes KI-Video machen und dich nennen? Antworte ja, anonym (ohne Namen) oder nein.",
        "Was für ein Traum! Dürfen wir ihn als kurzes KI-Video zeigen und dich nennen? Antworte ja, nein oder anonym.",
        "Wir würden daraus gern ein kurzes KI-Video machen und dich nennen. Okay? Antworte ja, anonym (ohne Namen) oder nein.",
        "Dein Traum als kurzes KI-Video, mit deinem Namen dabei: dürfen wir? Antworte ja, anonym (ohne Namen) oder nein.",
    ),
    "fr": (
        "Peut-on faire de ton rêve une courte vidéo IA et te citer ? Réponds oui, anonyme (sans nom) ou non.",
        "Quel rêve ! On peut en faire une courte vidéo IA en te créditant ? Réponds oui, non ou anonyme (sans nom).",
        "On aimerait montrer ce rêve en courte vidéo IA et te citer. D'accord ? Réponds oui, anonyme (sans nom) ou non.",
        "Ton rêve en courte vidéo IA, avec ton nom : tu veux bien ? Réponds oui, anonyme (sans nom) ou non.",
    ),
    "id": (
        "Boleh mimpimu kami jadikan video AI pendek dan namamu dicantumkan? Balas iya, anonim (tanpa nama) atau tidak.",
        "Mimpi yang keren! Boleh kami buat video AI pendek dan menyebut namamu? Balas iya, tidak, atau anonim (tanpa nama).",
        "Kami ingin membuat video AI pendek dari mimpi ini dengan kredit untukmu. Balas iya, anonim (tanpa nama) atau tidak.",
        "Bolehkah mimpi ini tampil sebagai video AI pendek atas namamu? Balas iya, anonim (tanpa nama) atau tidak.",
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
    """The question to post under a dream; always the same one for the same dream.

    Args:
        dream_id: Chooses among the texts, so that neighbouring questions differ.
        lang: Language tag such as `pt` or `pt-BR`. One we have no text for gets English.
    """
    primary = lang.casefold().replace("_", "-").split("-")[0]
    code = _SAME_WORDING.get(primary, primary)
    code = code if code in QUESTIONS else FALLBACK_LANG
    texts = QUESTIONS[code]
    digest = hashlib.sha256(dream_id.encode()).digest()
    number = int.from_bytes(digest[:8], "big") % len(texts)
    return Wording(version=f"{EDITION}:{code}:{number + 1}", lang=code, text=texts[number])
