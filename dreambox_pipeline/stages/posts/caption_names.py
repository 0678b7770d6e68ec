"""What the places and things of dreams are called in each language.

Nominative noun phrases with an article where the language wants one. First lines and descriptions
only ever list them, so that no language needs its cases. Ambiguous words are avoided: a fall that
could be autumn, a flight that could be a theft, a whale that could be a pope.
"""

from collections.abc import Mapping
from typing import Final

from dreambox_pipeline.stages.dreams.model import Motif, Setting

_SETTINGS: Final = tuple(setting for setting in Setting if setting is not Setting.UNKNOWN)

Names = tuple[Mapping[Setting, str], Mapping[Motif, str]]


def _names(settings: str, motifs: str) -> Names:
    """Names in the order in which the vocabularies are declared."""
    places, things = settings.split("; "), motifs.split("; ")
    return (
        dict(zip(_SETTINGS, places, strict=True)),
        dict(zip(Motif, things, strict=True)),
    )


NAMES: Final[Mapping[str, Names]] = {
    "en": _names(
        "the sea; the forest; an endless corridor; the city; the open sky; deep space; the desert; deep water; "
        "an old house; an empty school; a mountain; a meadow",
        "a whale; falling teeth; a door; stairs into nothing; a train; a clock; a cat; a dog; birds; fish; a snake; "
        "a spider; a horse; a long fall; a flight through the air; a chase; the moon; the stars; a mirror; a car; "
        "a boat; fire; a flood; a light; a tree; a flower; a balloon; a lantern",
    ),
    "de": _names(
        "das Meer; der Wald; ein endloser Flur; die Stadt; der weite Himmel; das Weltall; die Wüste; tiefes Wasser; "
        "ein altes Haus; eine leere Schule; ein Berg; eine Wiese",
        "ein Wal; ausfallende Zähne; eine Tür; eine Treppe ins Nichts; ein Zug; eine Uhr; eine Katze; ein Hund; Vögel; "
        "Fische; eine Schlange; eine Spinne; ein Pferd; ein tiefer Sturz; ein Flug durch die Luft; "
        "eine Verfolgungsjagd; der Mond; die Sterne; ein Spiegel; ein Auto; ein Boot; Feuer; eine Flut; ein Licht; "
        "ein Baum; eine Blume; ein Ballon; eine Laterne",
    ),
    "es": _names(
        "el mar; el bosque; un pasillo sin fin; la ciudad; el cielo abierto; el espacio; el desierto; "
        "aguas profundas; una casa vieja; una escuela vacía; una montaña; una pradera",
        "una ballena; dientes que se caen; una puerta; una escalera a ninguna parte; un tren; un reloj; un gato; "
        "un perro; pájaros; peces; una serpiente; una araña; un caballo; una larga caída; un vuelo por el aire; "
        "una persecución; la luna; las estrellas; un espejo; un coche; una barca; fuego; una inundación; una luz; "
        "un árbol; una flor; un globo; un farol",
    ),
    "fr": _names(
        "la mer; la forêt; un couloir sans fin; la ville; un ciel immense; l'espace; le désert; une eau profonde; "
        "une vieille maison; une école vide; une montagne; une prairie",
        "une baleine; des dents qui tombent; une porte; un escalier vers nulle part; un train; une horloge; un chat; "
        "un chien; des oiseaux; des poissons; un serpent; une araignée; un cheval; une longue chute; "
        "un vol dans les airs; une poursuite; la lune; les étoiles; un miroir; une voiture; une barque; du feu; "
        "une inondation; une lumière; un arbre; une fleur; un ballon; une lanterne",
    ),
    "it": _names(
        "il mare; il bosco; un corridoio infinito; la città; il cielo aperto; lo spazio; il deserto; "
        "acque profonde; una vecchia casa; una scuola vuota; una montagna; un prato",
        "una balena; denti che cadono; una porta; una scala verso il nulla; un treno; un orologio; un gatto; un cane; "
        "uccelli; pesci; un serpente; un ragno; un cavallo; una lunga caduta; un volo nell'aria; un inseguimento; "
        "la luna; le stelle; uno specchio; un'auto; una barca; il fuoco; un'alluvione; una luce; un albero; un fiore; "
        "un palloncino; una lanterna",
    ),
    "pt": _names(
        "o mar; a floresta; um corredor sem fim; a cidade; o céu aberto; o espaço; o deserto; águas profundas; "
        "uma casa velha; uma escola vazia; uma montanha; um campo aberto",
        "uma baleia; dentes caindo; uma porta; uma escada para o nada; um trem; um relógio; um gato; um cachorro; "
        "pássaros; peixes; uma cobra; uma aranha; um cavalo; uma longa queda; um voo pelo ar; uma perseguição; a lua; "
        "as estrelas; um espelho; um carro; um barco; fogo; uma enchente; uma luz; uma árvore; uma flor; um balão; "
        "uma lanterna",
    ),
    "id": _names(
        "laut; hutan; lorong tanpa ujung; kota; langit lepas; luar angkasa; gurun; air yang dalam; rumah tua; "
        "sekolah yang kosong; gunung; padang rumput",
        "seekor paus; gigi yang tanggal; sebuah pintu; tangga tanpa tujuan; sebuah kereta; sebuah jam; seekor kucing; "
        "seekor anjing; burung-burung; ikan-ikan; seekor ular; seekor laba-laba; seekor kuda; jatuh tanpa henti; "
        "terbang di udara; kejar-kejaran; bulan; bintang-bintang; sebuah cermin; sebuah mobil; sebuah perahu; api; "
        "banjir; seberkas cahaya; sebatang pohon; setangkai bunga; sebuah balon; sebuah lentera",
    ),
}
"""ISO 639-1 to the names of places and things."""
