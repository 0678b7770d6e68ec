"""What a caption is made of in each language: fixed sentences and first lines.

First lines only list the names of things (`caption_names`), say "you" without guessing anybody's
gender, and claim nothing that the facts do not hold. Everything here was written by a person; a
dreamer's own words have no way in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dreambox_pipeline.stages.dreams.model import Motif, Setting
from dreambox_pipeline.stages.posts.caption_names import NAMES
from dreambox_pipeline.stages.prompts.styles import Temper

DARK, STILL, BRIGHT = Temper.DARK, Temper.STILL, Temper.BRIGHT


@dataclass(frozen=True, slots=True)
class Lines:
    """First lines by how much is known of a dream; `{a}` and `{b}` are things, `{A}` begins a sentence."""

    two: Mapping[Temper | None, tuple[str, ...]]
    one: Mapping[Temper | None, tuple[str, ...]]
    none: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """A caption's words in one language.

    Attributes:
        credited: With `{name}` for the credit.
        disclosure: Holds the words `AI-generated`, so that one search finds all of them.
        seen: Begins the alternative text, before a list of things; with its colon.
        joiner: Stands before the last of a list.
        unseen: The alternative text when nothing is known.
        dream_tags: How people there tag dreams.
    """

    credited: str
    anonymous: str
    disclosure: str
    seen: str
    joiner: str
    unseen: str
    dream_tags: tuple[str, ...]
    lines: Lines
    settings: Mapping[Setting, str] = field(default_factory=dict)
    motifs: Mapping[Motif, str] = field(default_factory=dict)


DISCLOSED: Final = "AI-generated"
"""What every disclosure says, in any language."""

WORDINGS: Final[Mapping[str, Wording]] = {
    "en": Wording(
        "A dream told by {name}.",
        "A dream told in the comments.",
        "AI-generated video.",
        "An AI-made dream scene:",
        "and",
        "An AI-made dream scene.",
        ("dreamtok", "dreamtelling", "surreal"),
        Lines(
            two={
                None: (
                    "{A}, {b}, and then the alarm rang.",
                    "First {a}, then {b}. Then morning.",
                    "{A} and {b}. What would it mean to you?",
                    "Someone closed their eyes and saw this: {a} and {b}.",
                    "Have you dreamt this too? {A} and {b}.",
                    "One night, one dream: {a} and {b}.",
                    "Only in a dream: {a} and {b}.",
                ),
                DARK: (
                    "{A}, {b}, and no way to wake up.",
                    "Would you have stayed? {A} and {b}.",
                    "Not every dream is kind: {a} and {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, and no wish to wake up.",
                    "The good kind of dream: {a} and {b}.",
                    "{A} and {b}. If only it had lasted until noon.",
                ),
            },
            one={
                None: (
                    "{A}, and then the alarm rang.",
                    "Have you ever dreamt of this? {A}.",
                    "One image, still there in the morning: {a}.",
                    "Someone closed their eyes and saw this: {a}.",
                ),
                DARK: ("{A}, and no way to wake up.",),
                BRIGHT: ("{A}, and no wish to wake up.",),
            },
            none=(
                "What would you have done in this dream?",
                "Some dreams stay all day. This is one.",
                "What do you think this dream means?",
                "This is what a night can look like.",
            ),
        ),
        *NAMES["en"],
    ),
    "de": Wording(
        "Ein Traum, erzählt von {name}.",
        "Ein Traum aus den Kommentaren.",
        "KI-generiertes Video (AI-generated).",
        "Eine KI-erzeugte Traumszene:",
        "und",
        "Eine KI-erzeugte Traumszene.",
        ("traum", "träume"),
        Lines(
            two={
                None: (
                    "{A}, {b}, und dann klingelte der Wecker.",
                    "Erst {a}, dann {b}. Dann war es Morgen.",
                    "{A} und {b}. Was würde das für dich bedeuten?",
                    "Augen zu, und da waren sie: {a} und {b}.",
                    "Hast du das auch schon geträumt? {A} und {b}.",
                    "So etwas gibt es nur im Traum: {a} und {b}.",
                ),
                DARK: (
                    "{A}, {b}, und kein Aufwachen.",
                    "Wärst du geblieben? {A} und {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, und gar keine Lust aufzuwachen.",
                    "Einer von den guten Träumen: {a} und {b}.",
                ),
            },
            one={
                None: (
                    "{A}, und dann klingelte der Wecker.",
                    "Hast du davon schon einmal geträumt? {A}.",
                    "Ein Bild, das am Morgen noch da war: {a}.",
                ),
                DARK: ("{A}, und kein Aufwachen.",),
                BRIGHT: ("{A}, und gar keine Lust aufzuwachen.",),
            },
            none=(
                "Was hättest du in diesem Traum getan?",
                "Manche Träume bleiben den ganzen Tag. Dieser auch.",
                "Wer weiß, was dieser Traum bedeutet?",
            ),
        ),
        *NAMES["de"],
    ),
    "es": Wording(
        "Un sueño contado por {name}.",
        "Un sueño contado en los comentarios.",
        "Vídeo generado con IA (AI-generated).",
        "Una escena de sueño hecha con IA:",
        "y",
        "Una escena de sueño hecha con IA.",
        ("sueños", "soñar"),
        Lines(
            two={
                None: (
                    "{A}, {b}, y entonces sonó el despertador.",
                    "Primero {a}, luego {b}. Y después amaneció.",
                    "{A} y {b}. ¿Qué significaría para ti?",
                    "Alguien cerró los ojos y vio esto: {a} y {b}.",
                    "¿También lo has soñado? {A} y {b}.",
                    "Solo en un sueño: {a} y {b}.",
                ),
                DARK: (
                    "{A}, {b}, y sin poder despertar.",
                    "¿Te habrías quedado? {A} y {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, y cero ganas de despertar.",
                    "Un sueño de los buenos: {a} y {b}.",
                ),
            },
            one={
                None: (
                    "{A}, y entonces sonó el despertador.",
                    "¿Has soñado alguna vez con esto? {A}.",
                    "Una imagen que seguía ahí por la mañana: {a}.",
                ),
                DARK: ("{A}, y sin poder despertar.",),
                BRIGHT: ("{A}, y cero ganas de despertar.",),
            },
            none=(
                "¿Qué habrías hecho en este sueño?",
                "Algunos sueños se quedan todo el día. Este es uno.",
                "¿Quién sabe qué significa este sueño?",
            ),
        ),
        *NAMES["es"],
    ),
    "fr": Wording(
        "Un rêve raconté par {name}.",
        "Un rêve raconté en commentaire.",
        "Vidéo générée par IA (AI-generated).",
        "Une scène de rêve créée par IA :",
        "et",
        "Une scène de rêve créée par IA.",
        ("rêve", "rêves"),
        Lines(
            two={
                None: (
                    "{A}, {b}, et puis le réveil a sonné.",
                    "D'abord {a}, puis {b}. Puis le matin.",
                    "{A} et {b}. Pour toi, ça veut dire quoi ?",
                    "Quelqu'un a fermé les yeux et a vu ça : {a} et {b}.",
                    "Tu as déjà rêvé de ça ? {A} et {b}.",
                    "Seulement dans un rêve : {a} et {b}.",
                ),
                DARK: (
                    "{A}, {b}, et impossible de se réveiller.",
                    "Tu aurais fait quoi ? {A} et {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, et aucune envie de se réveiller.",
                    "Un de ces beaux rêves : {a} et {b}.",
                ),
            },
            one={
                None: (
                    "{A}, et puis le réveil a sonné.",
                    "Tu as déjà rêvé de ça ? {A}.",
                    "Une image encore là au matin : {a}.",
                ),
                DARK: ("{A}, et impossible de se réveiller.",),
                BRIGHT: ("{A}, et aucune envie de se réveiller.",),
            },
            none=(
                "Tu aurais fait quoi dans ce rêve ?",
                "Certains rêves restent toute la journée. Celui-ci, par exemple.",
                "Qui sait ce que ce rêve veut dire ?",
            ),
        ),
        *NAMES["fr"],
    ),
    "it": Wording(
        "Un sogno raccontato da {name}.",
        "Un sogno raccontato nei commenti.",
        "Video generato con l'IA (AI-generated).",
        "Una scena di sogno creata con l'IA:",
        "e",
        "Una scena di sogno creata con l'IA.",
        ("sogni", "sognare"),
        Lines(
            two={
                None: (
                    "{A}, {b}, e poi è suonata la sveglia.",
                    "Prima {a}, poi {b}. Poi il mattino.",
                    "{A} e {b}. Per te che cosa significa?",
                    "Qualcuno ha chiuso gli occhi e ha visto questo: {a} e {b}.",
                    "L'hai mai sognato anche tu? {A} e {b}.",
                    "Solo in un sogno: {a} e {b}.",
                ),
                DARK: (
                    "{A}, {b}, e nessun modo di svegliarsi.",
                    "Tu che cosa avresti fatto? {A} e {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, e nessuna voglia di svegliarsi.",
                    "Uno di quei bei sogni: {a} e {b}.",
                ),
            },
            one={
                None: (
                    "{A}, e poi è suonata la sveglia.",
                    "L'hai mai sognato? {A}.",
                    "Un'immagine ancora lì al mattino: {a}.",
                ),
                DARK: ("{A}, e nessun modo di svegliarsi.",),
                BRIGHT: ("{A}, e nessuna voglia di svegliarsi.",),
            },
            none=(
                "Che cosa avresti fatto in questo sogno?",
                "Certi sogni restano tutto il giorno. Questo è uno di quelli.",
                "Secondo te che cosa vuol dire questo sogno?",
            ),
        ),
        *NAMES["it"],
    ),
    "pt": Wording(
        "Um sonho contado por {name}.",
        "Um sonho contado nos comentários.",
        "Vídeo gerado por IA (AI-generated).",
        "Uma cena de sonho feita com IA:",
        "e",
        "Uma cena de sonho feita com IA.",
        ("sonhos", "sonhar"),
        Lines(
            two={
                None: (
                    "{A}, {b}, e então o despertador tocou.",
                    "Primeiro {a}, depois {b}. E aí amanheceu.",
                    "{A} e {b}. O que significaria para você?",
                    "Alguém fechou os olhos e viu isto: {a} e {b}.",
                    "Você também já sonhou com isso? {A} e {b}.",
                    "Só em um sonho: {a} e {b}.",
                ),
                DARK: (
                    "{A}, {b}, e sem conseguir acordar.",
                    "Você teria ficado? {A} e {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, e zero vontade de acordar.",
                    "Um sonho dos bons: {a} e {b}.",
                ),
            },
            one={
                None: (
                    "{A}, e então o despertador tocou.",
                    "Você já sonhou com isso? {A}.",
                    "Uma imagem que ainda estava lá de manhã: {a}.",
                ),
                DARK: ("{A}, e sem conseguir acordar.",),
                BRIGHT: ("{A}, e zero vontade de acordar.",),
            },
            none=(
                "O que você teria feito neste sonho?",
                "Alguns sonhos ficam o dia todo. Este é um deles.",
                "Quem sabe o que este sonho quer dizer?",
            ),
        ),
        *NAMES["pt"],
    ),
    "id": Wording(
        "Mimpi yang diceritakan oleh {name}.",
        "Mimpi yang diceritakan di komentar.",
        "Video buatan AI (AI-generated).",
        "Adegan mimpi buatan AI:",
        "dan",
        "Adegan mimpi buatan AI.",
        ("mimpi", "artimimpi"),
        Lines(
            two={
                None: (
                    "{A}, {b}, lalu alarm berbunyi.",
                    "Mula-mula {a}, lalu {b}. Tahu-tahu sudah pagi.",
                    "{A} dan {b}. Menurutmu apa artinya?",
                    "Seseorang memejamkan mata dan melihat ini: {a} dan {b}.",
                    "Pernah memimpikan ini juga? {A} dan {b}.",
                    "Hanya dalam mimpi: {a} dan {b}.",
                ),
                DARK: (
                    "{A}, {b}, dan tak bisa bangun.",
                    "Kalau kamu, apa yang kamu lakukan? {A} dan {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, dan tak ingin bangun.",
                    "Mimpi yang indah: {a} dan {b}.",
                ),
            },
            one={
                None: (
                    "{A}, lalu alarm berbunyi.",
                    "Pernah memimpikan ini? {A}.",
                    "Satu gambaran yang masih ada di pagi hari: {a}.",
                ),
                DARK: ("{A}, dan tak bisa bangun.",),
                BRIGHT: ("{A}, dan tak ingin bangun.",),
            },
            none=(
                "Apa yang akan kamu lakukan dalam mimpi ini?",
                "Ada mimpi yang tinggal sepanjang hari. Ini salah satunya.",
                "Ada yang tahu arti mimpi ini?",
            ),
        ),
        *NAMES["id"],
    ),
}


def wording_for(lang: str) -> Wording:
    """The words in *lang* (ISO 639-1), or the English ones where we have none."""
    return WORDINGS.get(lang, WORDINGS["en"])
