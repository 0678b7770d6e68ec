"""The words we have for everything a dream may hold, so that no prompt needs the dreamer's own.

Every setting, motif, role, colour and action that reaches a video model is spelled here, in
phrases a person reviewed. Whatever is not listed is left out. That is what keeps names,
injected instructions and cruelty out of prompts: there is no path for them.

Minors are never depicted. A child in a dream becomes a small light, a school is empty, and
every figure is an adult silhouette seen from behind.
"""

import re
from dataclasses import dataclass
from typing import Final

from dreambox_pipeline.stages.dreams.model import DreamFacts, Motif, Role, Setting


@dataclass(frozen=True, slots=True)
class Place:
    """A setting in words.

    Attributes:
        noun: With its article, for titles: `the sea`.
        where: With a preposition, for titles: `over the sea`.
        scene: What is seen.
        sounds: What is heard.
    """

    noun: str
    where: str
    scene: str
    sounds: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A motif in words.

    Attributes:
        title: For titles: a noun with its article, or what the dreamer does (`Flying`).
        shown: What is seen.
        action: What it does, a beat of at most 110 characters: counted, or with an end, because
            a video model loops what neither counts nor stops.
        is_deed: `title` is something the dreamer does.
    """

    title: str
    shown: str
    action: str
    is_deed: bool = False


PLACES: Final[dict[Setting, Place]] = {
    Setting.OCEAN: Place(
        "the sea",
        "over the sea",
        "a still sea that mirrors the sky, low hills along the horizon",
        "slow water, a far wind",
    ),
    Setting.FOREST: Place(
        "the forest",
        "in the forest",
        "a tall pine forest with fog between the trunks and a clearing in the middle",
        "leaves, one distant owl",
    ),
    Setting.CORRIDOR: Place(
        "the corridor",
        "in the long corridor",
        "an endless corridor in one-point perspective, a glowing doorway at its far end",
        "a low hum, soft footsteps",
    ),
    Setting.CITY: Place(
        "the city",
        "above the city",
        "a sleeping city of tall plain towers, a few warm windows, no signs",
        "a far murmur of streets at night",
    ),
    Setting.SKY: Place(
        "the sky",
        "in the open sky",
        "an open sky above a slow sea of clouds",
        "wide wind, very soft",
    ),
    Setting.SPACE: Place(
        "the dark",
        "at the edge of space",
        "deep space with drifting dust, one luminous planet low in the frame",
        "a deep soft drone",
    ),
    Setting.DESERT: Place(
        "the desert",
        "in the desert",
        "smooth dunes under a huge sky, one line of footprints",
        "sand moving in a light wind",
    ),
    Setting.UNDERWATER: Place(
        "the deep",
        "in the deep",
        "clear deep water with beams of light falling to a pale sandy floor",
        "muffled water, slow bubbles",
    ),
    Setting.HOUSE: Place(
        "the house",
        "in the old house",
        "an old wooden house standing alone, one lit window, the door ajar",
        "old wood settling, a clock far away",
    ),
    Setting.SCHOOL: Place(
        "the school",
        "in the empty school",
        "an empty school building after hours, tall windows, long light, nobody in the rooms",
        "an empty hall, a distant bell fading",
    ),
    Setting.MOUNTAIN: Place(
        "the mountain",
        "on the mountain",
        "layered mountain ridges rising out of mist",
        "thin high wind",
    ),
    Setting.MEADOW: Place(
        "the meadow",
        "in the meadow",
        "a wide meadow of tall grass moving in slow waves",
        "grass, a few crickets",
    ),
}

THINGS: Final[dict[Motif, Thing]] = {
    Motif.WHALE: Thing(
        "the whale",
        "a vast whale gliding through the air",
        "the whale passes once, slowly, in front of the light",
    ),
    Motif.TEETH: Thing(
        "the teeth",
        "pearl-white teeth drifting like petals, clean and weightless",
        "three white teeth drift past and turn once in the light",
    ),
    Motif.DOOR: Thing(
        "the door",
        "a single freestanding door with light around its edges",
        "the door opens by one hand's width and light pours out",
    ),
    Motif.STAIRS: Thing(
        "the stairs",
        "a staircase that climbs into nothing",
        "the stairs grow three more steps into the haze",
    ),
    Motif.TRAIN: Thing(
        "the train",
        "a long unmarked train with lit windows and no one inside",
        "five train windows slide past without a sound",
    ),
    Motif.CLOCK: Thing(
        "the clock",
        "a great round clock face without numerals",
        "the clock's hands turn backwards once around",
    ),
    Motif.CAT: Thing(
        "the cat",
        "a black cat with a lifted tail",
        "the cat sits down once, then looks up into the light",
    ),
    Motif.DOG: Thing("the dog", "a calm large dog", "the dog walks three steps ahead and waits"),
    Motif.BIRD: Thing(
        "the birds", "a loose flock of dark birds", "the birds wheel once and settle into a line"
    ),
    Motif.FISH: Thing(
        "the fish", "small luminous fish swimming through the air", "the fish turn together, once"
    ),
    Motif.SNAKE: Thing(
        "the snake",
        "a long snake of smooth light, far away and unhurried",
        "the snake draws one slow curve and moves on",
    ),
    Motif.SPIDER: Thing(
        "the spider",
        "a silver web with one small spider, seen from afar",
        "the web trembles twice and catches the light",
    ),
    Motif.HORSE: Thing(
        "the horse", "a pale horse with a long mane", "the horse lifts its head once and walks on"
    ),
    Motif.FALLING: Thing(
        "Falling",
        "the figure falling softly, arms open, never landing",
        "the figure falls slowly, turning once, as if through water",
        is_deed=True,
    ),
    Motif.FLYING: Thing(
        "Flying",
        "the figure in the air, arms spread, coat trailing",
        "the figure rises from the ground in one breath and flies",
        is_deed=True,
    ),
    Motif.CHASE: Thing(
        "Followed",
        "a long shadow that follows at a distance and never arrives",
        "the shadow comes closer by one step and stops",
        is_deed=True,
    ),
    Motif.MOON: Thing(
        "the moon", "an enormous low moon", "the moon brightens once and lays a path of light"
    ),
    Motif.STARS: Thing(
        "the stars", "a sky dense with slow stars", "three stars drift down, one after another"
    ),
    Motif.MIRROR: Thing(
        "the mirror",
        "a tall mirror that reflects another sky",
        "the sky in the mirror moves one breath before the real one",
    ),
    Motif.CAR: Thing(
        "the car",
        "an old unbranded car with its headlights on and no driver",
        "the car rolls on by itself for one length and stops",
    ),
    Motif.BOAT: Thing(
        "the boat",
        "a small wooden boat with a lantern",
        "the boat drifts one length toward the light and stops",
    ),
    Motif.FIRE: Thing(
        "the fire",
        "low flames that burn without harm, sparks rising",
        "five sparks lift off and climb like slow snow",
    ),
    Motif.FLOOD: Thing(
        "the flood",
        "clear calm water covering the ground, rising slowly",
        "the water rises by one hand without a wave and mirrors everything",
    ),
    Motif.LIGHT: Thing(
        "the light",
        "a small warm light floating in the air",
        "the small light floats closer by one step and stops",
    ),
    Motif.TREE: Thing(
        "the old tree",
        "one immense old tree",
        "the tree lets go of its leaves, all at once, slowly",
    ),
    Motif.FLOWER: Thing(
        "the flowers", "pale flowers opening by themselves", "three flowers open one after another"
    ),
    Motif.BALLOON: Thing(
        "the balloon", "one round balloon on a long thread", "the balloon lifts off once and rises"
    ),
    Motif.LANTERN: Thing(
        "the lantern",
        "paper lanterns hanging in the air",
        "four lanterns light up one after another",
    ),
}

# Where a motif is at home, for dreams that do not say where they take place.
HOME_OF: Final[dict[Motif, Setting]] = {
    Motif.WHALE: Setting.OCEAN,
    Motif.BOAT: Setting.OCEAN,
    Motif.FISH: Setting.UNDERWATER,
    Motif.TEETH: Setting.CORRIDOR,
    Motif.DOOR: Setting.CORRIDOR,
    Motif.CHASE: Setting.CORRIDOR,
    Motif.STAIRS: Setting.HOUSE,
    Motif.MIRROR: Setting.HOUSE,
    Motif.SPIDER: Setting.HOUSE,
    Motif.CLOCK: Setting.HOUSE,
    Motif.TRAIN: Setting.CITY,
    Motif.CAR: Setting.CITY,
    Motif.FLOOD: Setting.CITY,
    Motif.FALLING: Setting.SKY,
    Motif.FLYING: Setting.SKY,
    Motif.BIRD: Setting.SKY,
    Motif.BALLOON: Setting.SKY,
    Motif.STARS: Setting.SPACE,
    Motif.MOON: Setting.OCEAN,
    Motif.SNAKE: Setting.DESERT,
    Motif.FIRE: Setting.DESERT,
    Motif.TREE: Setting.MEADOW,
    Motif.FLOWER: Setting.MEADOW,
    Motif.HORSE: Setting.MEADOW,
    Motif.DOG: Setting.MEADOW,
    Motif.CAT: Setting.FOREST,
    Motif.LANTERN: Setting.FOREST,
    Motif.LIGHT: Setting.FOREST,
}

# The anchor: word for word the same in every prompt, with two things a silhouette can be known by.
DREAMER: Final = (
    "a lone adult figure in a long dark coat and a pale scarf, seen from behind, a small silhouette"
)

# How a role appears beside the dreamer, and how many silhouettes it adds.
COMPANIONS: Final[dict[Role, tuple[str, int]]] = {
    Role.FAMILY: ("a second adult silhouette standing close by", 1),
    Role.FRIEND: ("another adult silhouette walking alongside", 1),
    Role.PARTNER: ("a second adult silhouette at arm's length", 1),
    Role.STRANGER: ("a tall silhouette waiting in the distance", 1),
    Role.TEACHER: ("a tall adult silhouette in a long coat", 1),
    Role.CROWD: ("a few distant adult silhouettes standing still", 2),
    Role.PUBLIC_FIGURE: ("a figure seen from behind", 1),
    Role.ANIMAL: ("an animal's outline at the edge of the light", 0),
    Role.CREATURE: ("a large soft shape made of mist", 0),
    Role.CHILD: ("a small warm light that floats along", 0),
}

# More than three and neither a model nor a viewer can follow in six seconds.
MAX_ROLES_SHOWN: Final = 3

# What the figure does, by the verb an action begins with. Violence is not in the list.
_DEEDS: Final[dict[str, str]] = {
    "walk walks walked walking go goes went going": "the figure takes four slow steps forward and stops",
    "run runs ran running escape escapes escaped escaping flee fled": "the figure runs six slow strides, as if through water",
    "fall falls fell falling drop dropped": "the figure falls softly, turns once and does not land",
    "fly flies flew flying hover hovered": "the figure lifts off the ground in one breath and flies",
    "swim swims swam swimming dive dives dived diving": "the figure swims three long strokes",
    "float floats floated floating drift drifted": "the figure floats up by one arm's length, weightless",
    "climb climbs climbed climbing": "the figure climbs three steps",
    "open opens opened opening enter entered": "the figure reaches out once and something opens",
    "look looks looked looking see sees saw seeing watch watched watching": "the figure lifts its head once and looks up",
    "wait waits waited waiting stand stands stood standing": "the figure stands still for three breaths",
    "hide hides hid hiding": "the figure takes two steps back into the shade",
    "search searched searching find finds found finding": "the figure turns around once, searching",
    "dance dances danced dancing": "the figure turns twice, slowly, as if dancing",
    "drive drives drove driving ride rides rode riding": "the figure is carried forward by ten steps without effort",
    "follow follows followed following": "the figure follows for five steps at a distance",
    "cry cries cried crying weep wept": "the figure bows its head once",
    "laugh laughs laughed laughing smile smiled": "the figure opens both arms once",
    "hold holds held holding hug hugs hugged hugging": "the figure lifts a small glow once in both hands",
    "talk talks talked talking speak spoke say said": "the figure leans closer once, as if listening",
    "jump jumps jumped jumping leap leaped leapt": "the figure jumps once and hangs in the air",
    "sleep sleeps slept sleeping lie lay lying": "the figure lies down once and the scene goes quiet",
    "wake wakes woke waking": "the figure sits up once as the light changes",
    "disappear disappeared disappearing vanish vanished": "the figure turns transparent within three breaths",
    "turn turns turned turning": "the figure turns around once",
    "sit sits sat sitting": "the figure sits down once and stays",
    "sing sings sang singing": "the air around the figure shimmers in three rings",
}
_DEED_BY_FORM: Final = {form: deed for forms, deed in _DEEDS.items() for form in forms.split()}

# English names of colours, by how people in our six languages write them, without accents.
_COLOURS: Final[dict[str, str]] = {
    "red": "red rojo roja vermelho vermelha rot rote rouge merah crimson scarlet",
    "orange": "orange naranja laranja oranye jingga",
    "yellow": "yellow amarillo amarilla amarelo amarela gelb jaune kuning",
    "gold": "gold golden dorado dorada dourado dourada goldene dore emas",
    "green": "green verde grun grune gruen vert verte hijau",
    "teal": "teal turquoise turquesa turkis cyan toska",
    "blue": "blue azul blau blaue bleu bleue biru",
    "violet": "violet purple morado morada roxo roxa lila violett ungu",
    "pink": "pink rosa rose merahmuda",
    "white": "white blanco blanca branco branca weiss weisse blanc blanche putih",
    "black": "black negro negra preto preta schwarz schwarze noir noire hitam",
    "silver": "silver plateado prata silbern argent perak",
    "gray": "grey gray gris cinza grau abu",
    "brown": "brown marron castanho braun brun coklat",
}
_COLOUR_BY_WORD: Final = {word: name for name, words in _COLOURS.items() for word in words.split()}


def deed_for(action: str) -> str | None:
    """Our phrase for an extracted action, by its first verb we know; None when we know none."""
    deeds = (_DEED_BY_FORM.get(word) for word in re.findall(r"[a-z]+", action.casefold()))
    return next((deed for deed in deeds if deed), None)


def colour_for(word: str) -> str | None:
    """The English name of an extracted colour; None when it is not a plain colour word."""
    return _COLOUR_BY_WORD.get(word.casefold().strip())


def companions_of(facts: DreamFacts) -> list[tuple[str, int]]:
    """Who is there beside the dreamer: words and silhouettes for each role, at most three roles."""
    roles = dict.fromkeys(role for role in facts.characters if role in COMPANIONS)
    return [COMPANIONS[role] for role in roles][:MAX_ROLES_SHOWN]
