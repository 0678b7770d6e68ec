"""The words for what a dream shows, by language, as data.

Each lexicon maps a term (folded, without accents, `_` for a space) to a closed vocabulary.
Lexicons are kept apart because languages collide: *car* means "because" in French, *sea* is a
verb in Spanish, *chat* is a cat. Whatever has no entry here cannot come out of extraction,
which is what keeps names and other private things inside the comment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from dreambox_pipeline.stages.dreams.model import Emotion, Motif, Role, Setting

S, M, R, E = Setting, Motif, Role, Emotion
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's terms, each already folded.

    Attributes:
        verbs: Term to an English phrase in the -ing form.
        prepositions: Term to its English preposition.
        objects: Term to an English noun phrase, for things that are no motif.
    """

    settings: Mapping[str, Setting]
    motifs: Mapping[str, Motif]
    characters: Mapping[str, Role]
    emotions: Mapping[str, Emotion]
    colours: Mapping[str, str]
    verbs: Mapping[str, str]
    prepositions: Mapping[str, str]
    objects: Mapping[str, str]
    dreamer: frozenset[str]


def _terms(groups: Mapping[T, str]) -> dict[str, T]:
    return {
        term.replace("_", " "): value for value, terms in groups.items() for term in terms.split()
    }


# How each value reads inside an action; motifs that are themselves actions have no noun.
NOUNS: dict[Setting | Motif | Role, str] = {
    S.OCEAN: "the ocean", S.FOREST: "a forest", S.CORRIDOR: "a corridor", S.CITY: "a city",
    S.SKY: "the sky", S.SPACE: "space", S.DESERT: "a desert", S.UNDERWATER: "deep water",
    S.HOUSE: "a house", S.SCHOOL: "a school", S.MOUNTAIN: "a mountain", S.MEADOW: "a meadow",
    M.WHALE: "a whale", M.TEETH: "teeth", M.DOOR: "a door", M.STAIRS: "stairs",
    M.TRAIN: "a train", M.CLOCK: "a clock", M.CAT: "a cat", M.DOG: "a dog", M.BIRD: "a bird",
    M.FISH: "a fish", M.SNAKE: "a snake", M.SPIDER: "a spider", M.HORSE: "a horse",
    M.MOON: "the moon", M.STARS: "stars", M.MIRROR: "a mirror", M.CAR: "a car",
    M.BOAT: "a boat", M.FIRE: "fire", M.FLOOD: "a flood", M.LIGHT: "a light",
    M.TREE: "a tree", M.FLOWER: "a flower", M.BALLOON: "a balloon", M.LANTERN: "a lantern",
    R.FAMILY: "family", R.FRIEND: "a friend", R.PARTNER: "a partner", R.STRANGER: "a stranger",
    R.TEACHER: "a teacher", R.CROWD: "a crowd", R.ANIMAL: "an animal", R.CREATURE: "a creature",
    R.CHILD: "a child", R.PUBLIC_FIGURE: "a public figure",
}  # fmt: skip

ENGLISH = Lexicon(
    settings=_terms({
        S.OCEAN: "ocean sea beach shore wave tsunami seaside coast pier island lagoon seashore shoreline harbor harbour lake river boardwalk dock",
        S.FOREST: "forest woods jungle woodland rainforest swamp wood bush trail campsite camp campground",
        S.CORRIDOR: "corridor hallway hall tunnel maze labyrinth passage hospital backrooms lobby doorway elevator stairwell cave clinic asylum prison jail cellblock sewer basement_hall",
        S.CITY: "city street town downtown mall supermarket skyscraper highway alley airport market bridge rooftop store shop road restaurant cafe bar office bank station train_station subway_station parking_lot parking_garage church theater theatre stadium casino building neighborhood sidewalk village square stage museum concert park_bench gas_station bus_stop grocery_store",
        S.SKY: "sky cloud clouds airplane plane helicopter midair mid-air in_the_air",
        S.SPACE: "space planet galaxy spaceship universe mars rocket",
        S.DESERT: "desert dune sand_dunes",
        S.UNDERWATER: "underwater under_the_water under_water seabed aquarium bottom_of_the_ocean bottom_of_the_sea submarine",
        S.HOUSE: "house home apartment bedroom kitchen bathroom basement attic mansion living_room cabin hotel room backyard yard bed couch garage porch cellar flat condo trailer cottage mansion motel dining_room hall_closet closet shower bathtub driveway",
        S.SCHOOL: "school classroom university college exam class campus library high_school middle_school college_dorm dorm gym gymnasium cafeteria lecture_hall lecture schoolyard playground kindergarten band_practice exam_room test",
        S.MOUNTAIN: "mountain cliff hill canyon volcano valley ridge peak ski_slope ski_lift ledge",
        S.MEADOW: "meadow field garden park grass farm flower_field lawn pasture orchard vineyard greenhouse graveyard cemetery ranch barn",
    }),
    motifs=_terms({
        M.WHALE: "whale orca", M.TEETH: "teeth tooth", M.DOOR: "door doorway gate",
        M.STAIRS: "stairs staircase stairway ladder escalator elevator", M.TRAIN: "train subway railway",
        M.CLOCK: "clock watch_ticking", M.CAT: "cat kitten lion tiger", M.DOG: "dog puppy wolf wolves",
        M.BIRD: "bird owl crow raven eagle pigeon parrot dove", M.FISH: "fish shark goldfish dolphin",
        M.SNAKE: "snake serpent python cobra", M.SPIDER: "spider tarantula", M.HORSE: "horse pony unicorn",
        M.FALLING: "falling fell fall_off falling_down plummeting", M.FLYING: "flying flew fly floating levitating",
        M.CHASE: "chased chasing chase running_from run_away running_away", M.MOON: "moon moonlight eclipse",
        M.STARS: "stars starry galaxy", M.MIRROR: "mirror reflection", M.CAR: "car truck bus taxi driving",
        M.BOAT: "boat ship canoe raft", M.FIRE: "fire flames burning", M.FLOOD: "flood flooding tsunami tidal_wave",
        M.LIGHT: "light glowing glow lights neon", M.TREE: "tree oak branches", M.FLOWER: "flower rose sunflower petals",
        M.BALLOON: "balloon", M.LANTERN: "lantern candle lamp",
    }),
    characters=_terms({
        R.FAMILY: "mom mum mother dad father sister brother grandma grandmother grandpa grandfather aunt uncle cousin family parents nana mama papa mommy daddy dad's mom's stepmom stepdad stepmother stepfather sis bro siblings sibling twin niece nephew granny gran granddad grandparents father-in-law mother-in-law sister-in-law brother-in-law relatives",
        R.FRIEND: "friend friends bestie best_friend classmate classmates roommate roommates coworker coworkers co-worker colleague colleagues buddy pal neighbor neighbour neighbors girlfriends guy_friend teammates teammate",
        R.PARTNER: "boyfriend girlfriend husband wife crush ex partner fiance fiancee bf gf hubby spouse lover bride groom my_man",
        R.STRANGER: "stranger man woman guy lady someone somebody girl boy figure people men women person guys girls boys ladies gentleman dude someone's old_man old_woman young_man young_woman soldier soldiers guard guards police cop cops policeman doctor nurse dentist waiter waitress driver thief killer murderer robber burglar boss clerk officer priest guests",
        R.TEACHER: "teacher professor principal coach instructor tutor", R.CROWD: "crowd audience everyone everybody mob class_of whole_town",
        R.ANIMAL: "animal animals bear cow goat elephant monkey rabbit mouse rat pig chicken duck goose deer fox squirrel raccoon crocodile alligator turtle frog insect insects bug bugs bee bees wasp ants cockroach roach hamster pet pigeon seagull sheep donkey camel penguin",
        R.CREATURE: "monster ghost zombie demon vampire alien creature dragon clown witch mermaid giant dinosaur skeleton robot goblin fairy angel devil satan werewolf bigfoot ghosts shadow_man shadow_figure creatures",
        R.CHILD: "kid kids child children baby toddler son daughter babies infant newborn little_boy little_girl grandson granddaughter",
        R.PUBLIC_FIGURE: "celebrity president actor actress singer rapper idol influencer celebrities movie_star queen king prince princess politician famous_person",
    }),
    emotions=_terms({
        E.ANGER: "angry mad furious anger yelled yell yelling annoyed annoying rage pissed pissed_off irritated frustrated frustrating argued arguing argument fight_with outraged resent disgusted",
        E.APPREHENSION: "scared afraid terrified scary fear nervous anxious panic panicked frightened creepy worried terrifying horrified nightmare screaming scream screamed terror terrify worry worrying nervously tense threatened threatening danger dangerous dread frightening frighten panicking uneasy embarrassed embarrassing ashamed guilty ashamed_of naked helpless stressed stress anxiety",
        E.SADNESS: "sad crying cried lonely heartbroken grief tears depressed sobbing cry crying_for mourning funeral died miss_him miss_her missed_him disappointed hurt_that upset hopeless weeping sorry_for",
        E.CONFUSION: "confused lost_my_way puzzled disoriented surprised shocked amazed astonished confusing not_sure_why made_no_sense bewildered startled",
        E.HAPPINESS: "happy joy peaceful laughing beautiful calm excited wonderful magical laughed amazing laugh laughter fun enjoying enjoyed lovely pleased relieved relief proud gorgeous delighted loved kissed hugging hugged content glad comforting comfortable safe",
    }),
    colours=_terms({
        "red": "red crimson scarlet", "blue": "blue navy", "green": "green emerald", "yellow": "yellow",
        "gold": "gold golden", "purple": "purple violet lavender", "pink": "pink", "orange": "orange",
        "black": "black", "white": "white", "grey": "grey gray silver", "turquoise": "turquoise teal cyan",
    }),
    verbs=_terms({
        "flying": "flew fly flying soaring", "falling": "fell fall falling", "running": "ran run runs running sprinting",
        "walking": "walked walk walks walking wandering wandered", "swimming": "swam swim swimming diving",
        "driving": "drove drive driving", "climbing": "climbed climb climbing", "hiding": "hid hide hiding",
        "being chased": "chased chasing", "floating": "floated floating float levitating", "riding": "rode ride riding",
        "dancing": "danced dancing dance", "singing": "sang singing sing", "eating": "ate eating eat",
        "looking": "looked looking look looks staring stared stare", "talking": "talked talking talk talks spoke speaking speak chatting conversation",
        "opening": "opened opening open", "searching": "searching searched looking_for", "fighting": "fought fighting fight",
        "drowning": "drowned drowning", "jumping": "jumped jumping jump", "sailing": "sailed sailing",
        "laughing": "laughed laughing", "crying": "cried crying", "hugging": "hugged hugging hug",
        "finding": "found find finding discover discovered", "losing": "lost losing lose", "seeing": "saw see sees seen watching watched watch notice noticed", "entering": "entered entering",
        "escaping": "escaped escaping escape", "melting": "melted melting", "growing": "grew growing",
        "sinking": "sank sinking", "holding": "held holding hold carrying carried carry", "sitting": "sat sitting sit sits seated", "standing": "stood standing stand stands",
        "playing": "played playing play plays", "crawling": "crawled crawling", "burning": "burned burning",
    }),
    prepositions=_terms({
        "over": "over above", "into": "into inside", "through": "through", "in": "in", "with": "with",
        "from": "from", "to": "to towards toward", "under": "under below beneath", "on": "on onto",
        "down": "down", "up": "up", "by": "by", "off": "off", "across": "across", "at": "at", "for": "for",
    }),
    objects=_terms({
        "water": "water", "a window": "window", "a river": "river", "a lake": "lake pool", "rain": "rain storm",
        "snow": "snow ice", "a wall": "wall", "a key": "key", "a bed": "bed", "a piano": "piano", "a phone": "phone",
        "a castle": "castle palace", "a roof": "roof", "food": "food cake bread", "a bicycle": "bike bicycle",
        "a book": "book", "a tower": "tower", "the ground": "ground floor", "a road": "road path",
    }),
    dreamer=frozenset({"i", "i'm", "i've", "me", "my", "we", "myself", "im"}),
)  # fmt: skip

SPANISH = Lexicon(
    settings=_terms({
        S.OCEAN: "mar oceano playa ola costa isla", S.FOREST: "bosque selva jungla",
        S.CORRIDOR: "pasillo corredor tunel laberinto hospital", S.CITY: "ciudad calle centro_comercial pueblo aeropuerto tienda puente edificio",
        S.SKY: "cielo nube nubes avion", S.SPACE: "espacio planeta galaxia universo", S.DESERT: "desierto",
        S.UNDERWATER: "bajo_el_agua bajo_el_mar fondo_del_mar", S.HOUSE: "casa cuarto habitacion cocina bano sotano departamento hotel",
        S.SCHOOL: "escuela colegio universidad salon clase examen", S.MOUNTAIN: "montana cerro acantilado volcan",
        S.MEADOW: "campo jardin prado parque granja",
    }),
    motifs=_terms({
        M.WHALE: "ballena", M.TEETH: "dientes diente muelas", M.DOOR: "puerta", M.STAIRS: "escaleras escalera ascensor elevador",
        M.TRAIN: "tren metro", M.CLOCK: "reloj", M.CAT: "gato gata gatito leon tigre", M.DOG: "perro perra perrito lobo", M.BIRD: "pajaro ave paloma buho cuervo",
        M.FISH: "pez pescado tiburon delfin peces", M.SNAKE: "serpiente vibora culebra", M.SPIDER: "arana", M.HORSE: "caballo",
        M.FALLING: "caia cai cayendo caer", M.FLYING: "volaba volando volar vole", M.CHASE: "perseguian perseguia persiguiendo persiguio corretean",
        M.MOON: "luna", M.STARS: "estrellas estrella", M.MIRROR: "espejo", M.CAR: "carro coche auto camion", M.BOAT: "barco bote lancha",
        M.FIRE: "fuego incendio llamas", M.FLOOD: "inundacion inundaba tsunami", M.LIGHT: "luz luces", M.TREE: "arbol arboles",
        M.FLOWER: "flor flores rosa", M.BALLOON: "globo", M.LANTERN: "farol linterna vela",
    }),
    characters=_terms({
        R.FAMILY: "mama papa madre padre hermana hermano abuela abuelo tia tio primo prima familia", R.FRIEND: "amigo amiga amigos companero",
        R.PARTNER: "novio novia esposo esposa ex crush", R.STRANGER: "hombre mujer senor senora alguien desconocido chico chica gente",
        R.TEACHER: "profesor profesora maestro maestra", R.CROWD: "multitud todos", R.ANIMAL: "animal oso vaca mono conejo",
        R.CREATURE: "monstruo fantasma zombie bruja demonio dragon payaso sirena extraterrestre", R.CHILD: "nino nina bebe ninos",
        R.PUBLIC_FIGURE: "famoso cantante presidente actor actriz",
    }),
    emotions=_terms({
        E.ANGER: "enojado enojada furioso rabia", E.APPREHENSION: "miedo asustada asustado terror horrible panico nervioso nerviosa pesadilla",
        E.SADNESS: "triste llorando llore lloraba tristeza", E.CONFUSION: "confundido confundida perdida", E.HAPPINESS: "feliz alegria hermoso bonito paz riendo",
    }),
    colours=_terms({"red": "rojo roja", "blue": "azul", "green": "verde", "yellow": "amarillo amarilla", "gold": "dorado dorada", "purple": "morado morada violeta", "pink": "rosado rosada", "orange": "naranja", "black": "negro negra", "white": "blanco blanca", "grey": "gris"}),
    verbs=_terms({
        "flying": "volaba volando vole", "falling": "caia cayendo cai", "running": "corria corriendo corri", "walking": "caminaba caminando",
        "swimming": "nadaba nadando", "being chased": "perseguian perseguia persiguiendo", "hiding": "escondia escondi escondiendo",
        "searching": "buscaba buscando", "climbing": "subia subiendo", "talking": "hablaba hablando hable", "dancing": "bailaba bailando",
        "seeing": "vi veia", "crying": "lloraba llorando", "losing": "perdia perdi", "drowning": "ahogaba ahogando", "driving": "manejaba manejando",
    }),
    prepositions=_terms({"over": "sobre encima", "through": "por", "in": "en", "with": "con", "from": "de del desde", "to": "hacia hasta al", "under": "bajo"}),
    objects=_terms({"water": "agua", "a window": "ventana", "a river": "rio", "rain": "lluvia", "snow": "nieve", "a castle": "castillo", "a road": "camino"}),
    dreamer=frozenset({"yo", "mi", "me", "mis", "conmigo", "estaba"}),
)  # fmt: skip

PORTUGUESE = Lexicon(
    settings=_terms({
        S.OCEAN: "mar oceano praia onda ilha", S.FOREST: "floresta mata selva", S.CORRIDOR: "corredor tunel labirinto hospital",
        S.CITY: "cidade rua shopping aeroporto loja ponte predio mercado", S.SKY: "ceu nuvem nuvens aviao", S.SPACE: "espaco planeta galaxia universo",
        S.DESERT: "deserto", S.UNDERWATER: "debaixo_d'agua embaixo_d'agua fundo_do_mar", S.HOUSE: "casa quarto cozinha banheiro apartamento porao hotel",
        S.SCHOOL: "escola faculdade colegio sala_de_aula prova universidade", S.MOUNTAIN: "montanha morro penhasco vulcao", S.MEADOW: "campo jardim parque fazenda sitio",
    }),
    motifs=_terms({
        M.WHALE: "baleia", M.TEETH: "dentes dente", M.DOOR: "porta portao", M.STAIRS: "escada escadas elevador", M.TRAIN: "trem metro comboio",
        M.CLOCK: "relogio", M.CAT: "gato gata gatinho leao tigre", M.DOG: "cachorro cao cadela lobo cachorrinho", M.BIRD: "passaro ave pomba coruja",
        M.FISH: "peixe tubarao golfinho", M.SNAKE: "cobra serpente", M.SPIDER: "aranha", M.HORSE: "cavalo", M.FALLING: "caia caindo cai cair",
        M.FLYING: "voava voando voar", M.CHASE: "perseguindo perseguia perseguido fugindo", M.MOON: "lua", M.STARS: "estrelas estrela", M.MIRROR: "espelho",
        M.CAR: "carro caminhao onibus", M.BOAT: "barco navio canoa", M.FIRE: "fogo incendio chamas", M.FLOOD: "enchente inundacao alagou tsunami",
        M.LIGHT: "luz luzes", M.TREE: "arvore", M.FLOWER: "flor flores rosa", M.BALLOON: "balao baloes", M.LANTERN: "lanterna vela",
    }),
    characters=_terms({
        R.FAMILY: "mae pai irma irmao avo vo tia tio primo prima familia", R.FRIEND: "amigo amiga amigos colega", R.PARTNER: "namorado namorada marido esposa ex crush",
        R.STRANGER: "homem mulher cara moco moca alguem menino menina pessoas", R.TEACHER: "professor professora", R.CROWD: "multidao todo_mundo",
        R.ANIMAL: "animal bicho urso vaca macaco coelho", R.CREATURE: "monstro fantasma zumbi bruxa demonio dragao palhaco sereia alien", R.CHILD: "crianca bebe filho filha",
        R.PUBLIC_FIGURE: "famoso cantor cantora presidente ator atriz",
    }),
    emotions=_terms({
        E.ANGER: "raiva bravo brava furioso", E.APPREHENSION: "medo assustada assustado panico horrivel desespero pesadelo", E.SADNESS: "triste chorando chorei chorava tristeza",
        E.CONFUSION: "confuso confusa perdida", E.HAPPINESS: "feliz alegria lindo linda paz rindo",
    }),
    colours=_terms({"red": "vermelho vermelha", "blue": "azul", "green": "verde", "yellow": "amarelo amarela", "gold": "dourado dourada", "purple": "roxo roxa", "pink": "cor_de_rosa", "orange": "laranja", "black": "preto preta", "white": "branco branca", "grey": "cinza"}),
    verbs=_terms({
        "flying": "voava voando", "falling": "caia caindo cai", "running": "corria correndo corri", "walking": "andava andando caminhando", "swimming": "nadava nadando",
        "being chased": "perseguindo perseguia perseguido", "hiding": "escondia escondi escondendo", "searching": "procurava procurando", "climbing": "subia subindo",
        "talking": "conversando falava falando", "dancing": "dancava dancando", "seeing": "vi via", "crying": "chorava chorando", "losing": "perdi perdia", "drowning": "afogando afogava", "driving": "dirigindo dirigia",
    }),
    prepositions=_terms({"over": "sobre", "through": "por pelo pela", "in": "em no na num numa", "with": "com", "from": "de do da", "to": "para pra"}),
    objects=_terms({"water": "agua", "a window": "janela", "a river": "rio", "rain": "chuva", "snow": "neve", "a castle": "castelo", "a road": "estrada"}),
    dreamer=frozenset({"eu", "meu", "minha", "me", "comigo", "tava", "estava"}),
)  # fmt: skip

GERMAN = Lexicon(
    settings=_terms({
        S.OCEAN: "meer ozean strand welle insel see kuste hafen fluss ufer", S.FOREST: "wald dschungel park_weg", S.CORRIDOR: "flur gang tunnel labyrinth krankenhaus treppenhaus korridor hohle gefangnis klinik",
        S.CITY: "stadt strasse kaufhaus supermarkt dorf flughafen bahnhof brucke laden strassen markt restaurant cafe buro kirche gebaude platz kino theater geschaft hof parkplatz kneipe disco", S.SKY: "himmel wolke wolken flugzeug", S.SPACE: "weltraum planet galaxie weltall raumschiff",
        S.DESERT: "wuste", S.UNDERWATER: "unter_wasser meeresgrund", S.HOUSE: "haus wohnung zimmer kuche keller schlafzimmer dachboden bad hotel raum wohnzimmer bett balkon garage villa zuhause badezimmer zelt kinderzimmer",
        S.SCHOOL: "schule klassenzimmer universitat uni prufung klasse horsaal turnhalle seminar klausur abitur unterricht internat", S.MOUNTAIN: "berg gebirge klippe vulkan berge huttte hutte skihutte alpen hugel", S.MEADOW: "wiese garten feld park bauernhof friedhof zoo wiesen",
    }),
    motifs=_terms({
        M.WHALE: "wal wale", M.TEETH: "zahne zahn", M.DOOR: "tur tor", M.STAIRS: "treppe treppen leiter aufzug fahrstuhl", M.TRAIN: "zug bahn u-bahn",
        M.CLOCK: "uhr", M.CAT: "katze kater lowe tiger", M.DOG: "hund wolf hunde", M.BIRD: "vogel eule krahe taube", M.FISH: "fisch hai delfin", M.SNAKE: "schlange",
        M.SPIDER: "spinne", M.HORSE: "pferd einhorn", M.FALLING: "fiel gefallen falle sturzte abgesturzt", M.FLYING: "flog geflogen fliegen fliege schwebte",
        M.CHASE: "verfolgt verfolgte gejagt weggerannt", M.MOON: "mond", M.STARS: "sterne stern", M.MIRROR: "spiegel", M.CAR: "auto bus lastwagen", M.BOAT: "boot schiff",
        M.FIRE: "feuer brand flammen", M.FLOOD: "flut uberschwemmung tsunami", M.LIGHT: "licht lichter", M.TREE: "baum baume", M.FLOWER: "blume blumen rose",
        M.BALLOON: "ballon luftballon", M.LANTERN: "laterne kerze lampe",
    }),
    characters=_terms({
        R.FAMILY: "mutter vater mama papa schwester bruder oma opa tante onkel familie eltern papas vati mutti schwestern bruder geschwister grossmutter grossvater cousin cousine verwandte schwiegermutter", R.FRIEND: "freund freundin freunde kumpel kollege kollegin kollegen nachbar nachbarin mitbewohnerin mitbewohner freundinnen bekannte bekannter klassenkameraden", R.PARTNER: "mann_von_mir ehemann ehefrau ex schwarm",
        R.STRANGER: "mann frau jemand fremder fremde leute typ madchen junge manner frauen person personen menschen polizist polizei soldaten arzt unbekannter unbekannte verfolger chef", R.TEACHER: "lehrer lehrerin", R.CROWD: "menge alle", R.ANIMAL: "tier tiere bar kuh affe hase",
        R.CREATURE: "monster geist zombie damon vampir hexe drache clown meerjungfrau", R.CHILD: "kind kinder baby", R.PUBLIC_FIGURE: "promi sanger sangerin prasident schauspieler",
    }),
    emotions=_terms({
        E.ANGER: "wutend sauer wut argere argerte arger streit streite schimpft verargert", E.APPREHENSION: "angst panik gruselig erschrocken furchtbar alptraum albtraum unheimlich furchte furchtete erschrecke bedroht bedrohlich gefahrlich gefahr peinlich schame entsetzt nackt", E.SADNESS: "traurig weinte geweint weinen weine enttauscht gestorben beerdigung verzweifelt",
        E.CONFUSION: "verwirrt uberrascht", E.HAPPINESS: "glucklich froh freude freue freute gelacht lache schon wunderschon lustig verliebt kuss kusste",
    }),
    colours=_terms({"red": "rot rote roten rotes", "blue": "blau blaue blauen", "green": "grun grune grunen", "yellow": "gelb gelbe", "gold": "golden goldene goldenen", "purple": "lila violett", "pink": "rosa pink", "orange": "orange", "black": "schwarz schwarze schwarzen", "white": "weiss weisse weissen", "grey": "grau graue"}),
    verbs=_terms({
        "flying": "flog geflogen fliege", "falling": "fiel gefallen sturzte", "running": "rannte gerannt lief renne", "walking": "ging gehe geht gehen spazierte wandere wanderte laufe", "swimming": "schwamm schwimme schwimmen geschwommen bade",
        "being chased": "verfolgt gejagt", "hiding": "versteckte verstecke versteckt", "searching": "suchte suche suchen gesucht", "climbing": "kletterte klettere klettern geklettert", "talking": "redete rede sprach spreche unterhalte unterhielt gesprochen",
        "dancing": "tanzte tanze tanzen getanzt", "seeing": "sah sehe sieht sehen gesehen beobachte beobachtete", "crying": "weinte geweint", "losing": "verlor verliere verloren", "sitting": "sass sitze sitzt sitzen", "standing": "stand stehe steht stehen", "finding": "fand finde gefunden", "drowning": "ertrank ertrinke", "driving": "fuhr fahre fahren gefahren",
    }),
    prepositions=_terms({"over": "uber", "through": "durch", "in": "in im ins", "with": "mit", "from": "von vom vor", "to": "zu zum nach", "under": "unter", "on": "auf"}),
    objects=_terms({"water": "wasser", "a window": "fenster", "a river": "fluss", "rain": "regen", "snow": "schnee", "a castle": "schloss burg", "a road": "weg"}),
    dreamer=frozenset({"ich", "mich", "mir", "mein", "meine", "meiner", "meinem", "wir"}),
)  # fmt: skip

FRENCH = Lexicon(
    settings=_terms({
        S.OCEAN: "mer ocean plage vague ile", S.FOREST: "foret bois jungle", S.CORRIDOR: "couloir tunnel labyrinthe hopital", S.CITY: "ville rue magasin aeroport pont immeuble",
        S.SKY: "ciel nuage nuages avion", S.SPACE: "espace planete galaxie", S.DESERT: "desert", S.UNDERWATER: "sous_l'eau fond_de_la_mer", S.HOUSE: "maison chambre cuisine appartement cave grenier hotel salon",
        S.SCHOOL: "ecole lycee college universite classe examen", S.MOUNTAIN: "montagne falaise colline volcan", S.MEADOW: "champ jardin prairie parc ferme",
    }),
    motifs=_terms({
        M.WHALE: "baleine", M.TEETH: "dents dent", M.DOOR: "porte", M.STAIRS: "escalier escaliers ascenseur echelle", M.TRAIN: "train metro", M.CLOCK: "horloge montre",
        M.CAT: "chat chatte chaton lion tigre", M.DOG: "chien chienne chiot loup", M.BIRD: "oiseau oiseaux hibou corbeau", M.FISH: "poisson requin dauphin", M.SNAKE: "serpent",
        M.SPIDER: "araignee", M.HORSE: "cheval licorne", M.FALLING: "tombais tombe tombee tomber chute", M.FLYING: "volais volait voler flottais", M.CHASE: "poursuivait poursuivie poursuivi poursuivaient",
        M.MOON: "lune", M.STARS: "etoiles etoile", M.MIRROR: "miroir", M.CAR: "voiture camion bus", M.BOAT: "bateau navire", M.FIRE: "feu incendie flammes",
        M.FLOOD: "inondation tsunami", M.LIGHT: "lumiere lumieres", M.TREE: "arbre", M.FLOWER: "fleur fleurs", M.BALLOON: "ballon montgolfiere", M.LANTERN: "lanterne bougie lampe",
    }),
    characters=_terms({
        R.FAMILY: "mere pere maman papa soeur frere mamie papi grand-mere tante oncle cousin famille parents", R.FRIEND: "ami amie amis copain copine pote", R.PARTNER: "mari femme_de_ma_vie ex crush mec",
        R.STRANGER: "homme femme quelqu'un inconnu monsieur dame gens fille garcon", R.TEACHER: "prof professeur maitresse", R.CROWD: "foule tout_le_monde",
        R.ANIMAL: "animal ours vache singe lapin", R.CREATURE: "monstre fantome zombie sorciere demon dragon clown sirene", R.CHILD: "enfant bebe enfants", R.PUBLIC_FIGURE: "star chanteur chanteuse president acteur actrice",
    }),
    emotions=_terms({
        E.ANGER: "colere enerve enervee furieux", E.APPREHENSION: "peur terrifiee terrifie panique angoisse cauchemar horrible flippant", E.SADNESS: "triste pleurais pleure pleurer tristesse",
        E.CONFUSION: "perdue confuse surpris surprise", E.HAPPINESS: "heureux heureuse joie beau magnifique paisible",
    }),
    colours=_terms({"red": "rouge", "blue": "bleu bleue", "green": "vert verte", "yellow": "jaune", "gold": "dore doree", "purple": "violet violette", "pink": "rose", "orange": "orange", "black": "noir noire", "white": "blanc blanche", "grey": "gris grise"}),
    verbs=_terms({
        "flying": "volais voler", "falling": "tombais tomber", "running": "courais courir", "walking": "marchais marcher", "swimming": "nageais nager", "being chased": "poursuivait poursuivie poursuivi poursuivaient",
        "hiding": "cachais cacher", "searching": "cherchais chercher", "climbing": "montais grimpais", "talking": "parlais parler", "dancing": "dansais danser", "seeing": "voyais vu",
        "crying": "pleurais", "losing": "perdais perdu", "drowning": "noyais noyer", "driving": "conduisais conduire",
    }),
    prepositions=_terms({"over": "sur au-dessus", "through": "travers par", "in": "dans en", "with": "avec", "from": "de", "to": "vers", "under": "sous"}),
    objects=_terms({"water": "eau l'eau", "a window": "fenetre", "a river": "riviere", "rain": "pluie", "snow": "neige", "a castle": "chateau", "a road": "route chemin"}),
    dreamer=frozenset({"je", "j'ai", "j'etais", "moi", "mon", "ma", "mes", "me", "j'avais"}),
)  # fmt: skip

INDONESIAN = Lexicon(
    settings=_terms({
        S.OCEAN: "laut lautan pantai ombak pulau", S.FOREST: "hutan rimba", S.CORRIDOR: "lorong terowongan labirin rumah_sakit", S.CITY: "kota jalan mall pasar bandara jembatan gedung toko kampung",
        S.SKY: "langit awan pesawat", S.SPACE: "luar_angkasa planet galaksi", S.DESERT: "gurun padang_pasir", S.UNDERWATER: "dalam_laut bawah_laut dasar_laut", S.HOUSE: "rumah kamar dapur hotel kos",
        S.SCHOOL: "sekolah kelas kampus ujian sekolahan", S.MOUNTAIN: "gunung bukit jurang", S.MEADOW: "sawah kebun taman ladang",
    }),
    motifs=_terms({
        M.WHALE: "paus ikan_paus", M.TEETH: "gigi", M.DOOR: "pintu gerbang", M.STAIRS: "tangga lift", M.TRAIN: "kereta", M.CLOCK: "jam_dinding", M.CAT: "kucing harimau singa",
        M.DOG: "anjing serigala", M.BIRD: "burung merpati", M.FISH: "ikan hiu", M.SNAKE: "ular", M.SPIDER: "laba-laba", M.HORSE: "kuda", M.FALLING: "jatuh terjatuh", M.FLYING: "terbang melayang",
        M.CHASE: "dikejar dikejar-kejar ngejar mengejar", M.MOON: "bulan", M.STARS: "bintang", M.MIRROR: "cermin kaca", M.CAR: "mobil bus truk", M.BOAT: "kapal perahu", M.FIRE: "api kebakaran",
        M.FLOOD: "banjir tsunami", M.LIGHT: "cahaya lampu", M.TREE: "pohon", M.FLOWER: "bunga mawar", M.BALLOON: "balon", M.LANTERN: "lentera lilin",
    }),
    characters=_terms({
        R.FAMILY: "mama ibu bapak ayah papa kakak adik nenek kakek tante om keluarga abang mak emak", R.FRIEND: "teman temen sahabat kawan bestie", R.PARTNER: "pacar suami istri mantan crush",
        R.STRANGER: "orang cowok cewek seseorang lelaki perempuan", R.TEACHER: "guru dosen", R.CROWD: "kerumunan orang-orang", R.ANIMAL: "hewan binatang beruang sapi monyet",
        R.CREATURE: "hantu pocong kuntilanak setan zombie monster naga jin", R.CHILD: "anak bayi bocil", R.PUBLIC_FIGURE: "artis presiden idol penyanyi",
    }),
    emotions=_terms({
        E.ANGER: "marah kesal", E.APPREHENSION: "takut serem seram ngeri panik merinding", E.SADNESS: "sedih nangis menangis", E.CONFUSION: "bingung kaget", E.HAPPINESS: "senang bahagia seneng indah tenang",
    }),
    colours=_terms({"red": "merah", "blue": "biru", "green": "hijau", "yellow": "kuning", "gold": "emas", "purple": "ungu", "pink": "merah_muda", "orange": "oranye jingga", "black": "hitam", "white": "putih", "grey": "abu-abu"}),
    verbs=_terms({
        "flying": "terbang melayang", "falling": "jatuh terjatuh", "running": "lari berlari", "walking": "jalan-jalan berjalan", "swimming": "berenang renang", "being chased": "dikejar dikejar-kejar",
        "hiding": "sembunyi ngumpet", "searching": "nyari mencari", "climbing": "naik memanjat", "talking": "ngobrol bicara", "dancing": "menari joget", "seeing": "melihat liat lihat", "crying": "nangis menangis",
        "drowning": "tenggelam", "driving": "nyetir", "meeting": "ketemu bertemu",
    }),
    prepositions=_terms({"in": "di dalam", "to": "ke", "with": "sama dengan", "from": "dari", "by": "oleh", "over": "atas"}),
    objects=_terms({"water": "air", "a window": "jendela", "a river": "sungai", "rain": "hujan", "a castle": "istana"}),
    dreamer=frozenset({"aku", "saya", "gue", "gw", "ku", "gua"}),
)  # fmt: skip

LEXICONS = {
    "en": ENGLISH,
    "es": SPANISH,
    "pt": PORTUGUESE,
    "de": GERMAN,
    "fr": FRENCH,
    "id": INDONESIAN,
    "ms": INDONESIAN,
}
