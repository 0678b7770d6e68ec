"""What a caption is made of in each language: fixed sentences, first lines, and names of things.

Names are nominative noun phrases with their article, and first lines only ever list them, so
that no language needs its cases. Everything here was written by a person; a dreamer's own words
have no way in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dreambox_pipeline.stages.dreams.model import Motif, Setting
from dreambox_pipeline.stages.prompts.styles import Temper

S, M = Setting, Motif
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
        seen: Begins the alternative text, before a list of things.
        unseen: The alternative text when nothing is known.
        dream_tags: How people there tag dreams.
    """

    credited: str
    anonymous: str
    disclosure: str
    seen: str
    unseen: str
    dream_tags: tuple[str, ...]
    lines: Lines
    settings: Mapping[Setting, str] = field(default_factory=dict)
    motifs: Mapping[Motif, str] = field(default_factory=dict)


DISCLOSED: Final = "AI-generated"
"""What every disclosure says, in any language."""

_SETTINGS: Final = tuple(setting for setting in Setting if setting is not Setting.UNKNOWN)


def _names(settings: str, motifs: str) -> tuple[dict[Setting, str], dict[Motif, str]]:
    """Names in the order in which the vocabularies are declared."""
    places, things = settings.split("; "), motifs.split("; ")
    return (
        dict(zip(_SETTINGS, places, strict=True)),
        dict(zip(Motif, things, strict=True)),
    )


_EN = _names(
    "the sea; the forest; an endless corridor; the city; the open sky; deep space; the desert; the deep water; "
    "the old house; the empty school; the mountain; the meadow",
    "a whale; falling teeth; a door; stairs into nothing; a train; a clock; a cat; a dog; birds; fish; a snake; "
    "a spider; a horse; the fall; flying; a chase; the moon; the stars; a mirror; a car; a boat; fire; the flood; "
    "a light; a tree; a flower; a balloon; a lantern",
)
_DE = _names(
    "das Meer; der Wald; ein endloser Flur; die Stadt; der offene Himmel; das Weltall; die Wüste; die Tiefe; "
    "das alte Haus; die leere Schule; der Berg; die Wiese",
    "ein Wal; lose Zähne; eine Tür; eine Treppe ins Nichts; ein Zug; eine Uhr; eine Katze; ein Hund; Vögel; Fische; "
    "eine Schlange; eine Spinne; ein Pferd; der Fall; das Fliegen; eine Verfolgung; der Mond; die Sterne; ein Spiegel; "
    "ein Auto; ein Boot; Feuer; die Flut; ein Licht; ein Baum; eine Blume; ein Ballon; eine Laterne",
)
_ES = _names(
    "el mar; el bosque; un pasillo sin fin; la ciudad; el cielo abierto; el espacio; el desierto; el fondo del agua; "
    "la vieja casa; la escuela vacía; la montaña; la pradera",
    "una ballena; dientes que se caen; una puerta; una escalera a ninguna parte; un tren; un reloj; un gato; un perro; "
    "pájaros; peces; una serpiente; una araña; un caballo; la caída; el vuelo; una persecución; la luna; "
    "las estrellas; un espejo; un coche; una barca; el fuego; la inundación; una luz; un árbol; una flor; un globo; "
    "un farol",
)
_FR = _names(
    "la mer; la forêt; un couloir sans fin; la ville; le ciel ouvert; l'espace; le désert; les profondeurs; "
    "la vieille maison; l'école vide; la montagne; la prairie",
    "une baleine; des dents qui tombent; une porte; un escalier vers nulle part; un train; une horloge; un chat; "
    "un chien; des oiseaux; des poissons; un serpent; une araignée; un cheval; la chute; le vol; une poursuite; "
    "la lune; les étoiles; un miroir; une voiture; une barque; le feu; l'inondation; une lumière; un arbre; une fleur; "
    "un ballon; une lanterne",
)
_IT = _names(
    "il mare; il bosco; un corridoio infinito; la città; il cielo aperto; lo spazio; il deserto; gli abissi; "
    "la vecchia casa; la scuola vuota; la montagna; il prato",
    "una balena; denti che cadono; una porta; una scala verso il nulla; un treno; un orologio; un gatto; un cane; "
    "uccelli; pesci; un serpente; un ragno; un cavallo; la caduta; il volo; un inseguimento; la luna; le stelle; "
    "uno specchio; un'auto; una barca; il fuoco; l'alluvione; una luce; un albero; un fiore; un palloncino; "
    "una lanterna",
)
_PT = _names(
    "o mar; a floresta; um corredor sem fim; a cidade; o céu aberto; o espaço; o deserto; o fundo da água; "
    "a velha casa; a escola vazia; a montanha; o prado",
    "uma baleia; dentes caindo; uma porta; uma escada para o nada; um trem; um relógio; um gato; um cachorro; "
    "pássaros; peixes; uma cobra; uma aranha; um cavalo; a queda; o voo; uma perseguição; a lua; as estrelas; "
    "um espelho; um carro; um barco; o fogo; a enchente; uma luz; uma árvore; uma flor; um balão; uma lanterna",
)
_ID = _names(
    "laut; hutan; lorong tanpa ujung; kota; langit terbuka; luar angkasa; gurun; dasar laut; rumah tua; "
    "sekolah yang kosong; gunung; padang rumput",
    "paus; gigi yang tanggal; sebuah pintu; tangga tanpa tujuan; kereta; jam; kucing; anjing; burung; ikan; ular; "
    "laba-laba; kuda; rasanya jatuh; rasanya terbang; kejar-kejaran; bulan; bintang; cermin; mobil; perahu; api; "
    "banjir; cahaya; pohon; bunga; balon; lentera",
)

WORDINGS: Final[Mapping[str, Wording]] = {
    "en": Wording(
        "A dream told by {name}.",
        "A dream told in the comments.",
        "AI-generated video.",
        "An AI-made dream scene",
        "An AI-made dream scene.",
        ("dreamtok", "dreamtelling", "surreal"),
        Lines(
            two={
                None: (
                    "{A}, {b}, and then the alarm rang.",
                    "First {a}, then {b}. Then morning.",
                    "{A}. {B}. What would it mean to you?",
                    "Someone closed their eyes and saw this: {a}, {b}.",
                    "Have you been here too? {A}, {b}.",
                    "One night, one dream: {a}, {b}.",
                    "Only in a dream: {a}, {b}.",
                ),
                DARK: (
                    "{A}, {b}, and no way to wake up.",
                    "Would you have stayed? {A}, {b}.",
                    "{A}. {B}. And everything went quiet.",
                ),
                BRIGHT: (
                    "{A}, {b}, and no wish to wake up.",
                    "The good kind of dream: {a}, {b}.",
                    "{A}, {b}. If only it had lasted until noon.",
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
                "Who can say what this dream means?",
                "This is what a night can look like.",
            ),
        ),
        *_EN,
    ),
    "de": Wording(
        "Ein Traum, erzählt von {name}.",
        "Ein Traum aus den Kommentaren.",
        "KI-generiertes Video (AI-generated).",
        "Eine KI-erzeugte Traumszene",
        "Eine KI-erzeugte Traumszene.",
        ("traum", "träume"),
        Lines(
            two={
                None: (
                    "{A}, {b}, und dann klingelte der Wecker.",
                    "Erst {a}, dann {b}. Dann war es Morgen.",
                    "{A}. {B}. Was würde das für dich bedeuten?",
                    "Jemand schloss die Augen und sah: {a}, {b}.",
                    "Warst du auch schon hier? {A}, {b}.",
                    "So etwas gibt es nur im Traum: {a}, {b}.",
                ),
                DARK: (
                    "{A}, {b}, und kein Aufwachen.",
                    "Wärst du geblieben? {A}, {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, und kein Wunsch aufzuwachen.",
                    "Einer von den guten Träumen: {a}, {b}.",
                ),
            },
            one={
                None: (
                    "{A}, und dann klingelte der Wecker.",
                    "Hast du davon schon geträumt? {A}.",
                    "Ein Bild, das am Morgen noch da war: {a}.",
                ),
                DARK: ("{A}, und kein Aufwachen.",),
                BRIGHT: ("{A}, und kein Wunsch aufzuwachen.",),
            },
            none=(
                "Was hättest du in diesem Traum getan?",
                "Manche Träume bleiben den ganzen Tag. Dieser auch.",
                "Wer weiß, was dieser Traum bedeutet?",
            ),
        ),
        *_DE,
    ),
    "es": Wording(
        "Un sueño contado por {name}.",
        "Un sueño contado en los comentarios.",
        "Vídeo generado con IA (AI-generated).",
        "Una escena de sueño hecha con IA",
        "Una escena de sueño hecha con IA.",
        ("sueños", "soñar"),
        Lines(
            two={
                None: (
                    "{A}, {b}, y entonces sonó el despertador.",
                    "Primero {a}, luego {b}. Y después la mañana.",
                    "{A}. {B}. ¿Qué significaría para ti?",
                    "Alguien cerró los ojos y vio esto: {a}, {b}.",
                    "¿Has estado aquí también? {A}, {b}.",
                    "Solo en un sueño: {a}, {b}.",
                ),
                DARK: (
                    "{A}, {b}, y ninguna manera de despertar.",
                    "¿Te habrías quedado? {A}, {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, y ningunas ganas de despertar.",
                    "Un sueño de los buenos: {a}, {b}.",
                ),
            },
            one={
                None: (
                    "{A}, y entonces sonó el despertador.",
                    "¿Has soñado alguna vez con esto? {A}.",
                    "Una imagen que seguía ahí por la mañana: {a}.",
                ),
                DARK: ("{A}, y ninguna manera de despertar.",),
                BRIGHT: ("{A}, y ningunas ganas de despertar.",),
            },
            none=(
                "¿Qué habrías hecho en este sueño?",
                "Algunos sueños se quedan todo el día. Este es uno.",
                "¿Quién sabe qué significa este sueño?",
            ),
        ),
        *_ES,
    ),
    "fr": Wording(
        "Un rêve raconté par {name}.",
        "Un rêve raconté en commentaire.",
        "Vidéo générée par IA (AI-generated).",
        "Une scène de rêve créée par IA",
        "Une scène de rêve créée par IA.",
        ("rêve", "rêves"),
        Lines(
            two={
                None: (
                    "{A}, {b}, et puis le réveil a sonné.",
                    "D'abord {a}, puis {b}. Puis le matin.",
                    "{A}. {B}. Pour toi, qu'est-ce que cela veut dire ?",
                    "Quelqu'un a fermé les yeux et a vu : {a}, {b}.",
                    "Es-tu déjà venu ici ? {A}, {b}.",
                    "Seulement dans un rêve : {a}, {b}.",
                ),
                DARK: (
                    "{A}, {b}, et aucun moyen de se réveiller.",
                    "Serais-tu resté ? {A}, {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, et aucune envie de se réveiller.",
                    "Un de ces beaux rêves : {a}, {b}.",
                ),
            },
            one={
                None: (
                    "{A}, et puis le réveil a sonné.",
                    "As-tu déjà rêvé de cela ? {A}.",
                    "Une image encore là au matin : {a}.",
                ),
                DARK: ("{A}, et aucun moyen de se réveiller.",),
                BRIGHT: ("{A}, et aucune envie de se réveiller.",),
            },
            none=(
                "Qu'aurais-tu fait dans ce rêve ?",
                "Certains rêves restent toute la journée. Celui-ci aussi.",
                "Qui sait ce que ce rêve veut dire ?",
            ),
        ),
        *_FR,
    ),
    "it": Wording(
        "Un sogno raccontato da {name}.",
        "Un sogno raccontato nei commenti.",
        "Video generato con l'IA (AI-generated).",
        "Una scena di sogno creata con l'IA",
        "Una scena di sogno creata con l'IA.",
        ("sogni", "sognare"),
        Lines(
            two={
                None: (
                    "{A}, {b}, e poi è suonata la sveglia.",
                    "Prima {a}, poi {b}. Poi il mattino.",
                    "{A}. {B}. Per te che cosa vorrebbe dire?",
                    "Qualcuno ha chiuso gli occhi e ha visto questo: {a}, {b}.",
                    "Ci sei mai stato? {A}, {b}.",
                    "Solo in un sogno: {a}, {b}.",
                ),
                DARK: (
                    "{A}, {b}, e nessun modo di svegliarsi.",
                    "Saresti rimasto? {A}, {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, e nessuna voglia di svegliarsi.",
                    "Uno di quei bei sogni: {a}, {b}.",
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
                "Certi sogni restano tutto il giorno. Questo è uno.",
                "Chi sa che cosa vuol dire questo sogno?",
            ),
        ),
        *_IT,
    ),
    "pt": Wording(
        "Um sonho contado por {name}.",
        "Um sonho contado nos comentários.",
        "Vídeo gerado por IA (AI-generated).",
        "Uma cena de sonho feita com IA",
        "Uma cena de sonho feita com IA.",
        ("sonhos", "sonhar"),
        Lines(
            two={
                None: (
                    "{A}, {b}, e então o despertador tocou.",
                    "Primeiro {a}, depois {b}. Depois a manhã.",
                    "{A}. {B}. O que significaria para você?",
                    "Alguém fechou os olhos e viu isto: {a}, {b}.",
                    "Você já esteve aqui? {A}, {b}.",
                    "Só em um sonho: {a}, {b}.",
                ),
                DARK: (
                    "{A}, {b}, e nenhum jeito de acordar.",
                    "Você teria ficado? {A}, {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, e nenhuma vontade de acordar.",
                    "Um sonho dos bons: {a}, {b}.",
                ),
            },
            one={
                None: (
                    "{A}, e então o despertador tocou.",
                    "Você já sonhou com isto? {A}.",
                    "Uma imagem que ainda estava lá de manhã: {a}.",
                ),
                DARK: ("{A}, e nenhum jeito de acordar.",),
                BRIGHT: ("{A}, e nenhuma vontade de acordar.",),
            },
            none=(
                "O que você teria feito neste sonho?",
                "Alguns sonhos ficam o dia todo. Este é um deles.",
                "Quem sabe o que este sonho quer dizer?",
            ),
        ),
        *_PT,
    ),
    "id": Wording(
        "Mimpi yang diceritakan oleh {name}.",
        "Mimpi yang diceritakan di komentar.",
        "Video buatan AI (AI-generated).",
        "Adegan mimpi buatan AI",
        "Adegan mimpi buatan AI.",
        ("mimpi", "artimimpi"),
        Lines(
            two={
                None: (
                    "{A}, {b}, lalu alarm berbunyi.",
                    "Mula-mula {a}, lalu {b}. Lalu pagi.",
                    "{A}. {B}. Menurutmu apa artinya?",
                    "Seseorang memejamkan mata dan melihat ini: {a}, {b}.",
                    "Pernah ke sini juga? {A}, {b}.",
                    "Hanya dalam mimpi: {a}, {b}.",
                ),
                DARK: (
                    "{A}, {b}, dan tak ada jalan untuk bangun.",
                    "Apa kamu akan tetap di sana? {A}, {b}.",
                ),
                BRIGHT: (
                    "{A}, {b}, dan tak ingin bangun.",
                    "Salah satu mimpi indah: {a}, {b}.",
                ),
            },
            one={
                None: (
                    "{A}, lalu alarm berbunyi.",
                    "Pernah memimpikan ini? {A}.",
                    "Satu gambaran yang masih ada di pagi hari: {a}.",
                ),
                DARK: ("{A}, dan tak ada jalan untuk bangun.",),
                BRIGHT: ("{A}, dan tak ingin bangun.",),
            },
            none=(
                "Apa yang akan kamu lakukan dalam mimpi ini?",
                "Ada mimpi yang tinggal sepanjang hari. Ini salah satunya.",
                "Siapa tahu apa arti mimpi ini?",
            ),
        ),
        *_ID,
    ),
}


def wording_for(lang: str) -> Wording:
    """The words in *lang* (ISO 639-1), or the English ones where we have none."""
    return WORDINGS.get(lang, WORDINGS["en"])
