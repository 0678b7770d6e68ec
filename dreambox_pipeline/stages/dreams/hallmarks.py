"""What tells of a dream without naming one, by hint, as data.

Nobody's story is taken for a dream because of one of these. They are counted, and the
classifier has learned how little each is worth: waking at the end, a scene that shifts, a
house that is home and looks like another, a diary's present tense. Each hint is one pattern
over English, German, Spanish, Portuguese, French and Indonesian, folded without accents.

`may_hint` is the cheap look: what holds no dream word and none of these is passed over unread.
"""

import re
from typing import NamedTuple


class Hallmark(NamedTuple):
    """One hint; reasons show it as `hint:<code>`. Counted up to *most* times."""

    code: str
    most: int
    pattern: re.Pattern[str]


def _hint(code: str, *patterns: str, most: int = 3) -> Hallmark:
    return Hallmark(code, most, re.compile("|".join(patterns)))


_SELF_PRESENT = (
    r"go|see|walk|run|look|find|hear|feel|notice|realize|realise|try|decide|start|turn|come|get|take|"
    r"tell|ask|say|open|pick|climb|drive|sit|stand|enter|leave|reach|follow|hide|fly|fall|swim|jump|"
    r"put|hold|give|meet|watch|wonder|point|move|wait|keep|begin|scream|carry|grab|pull|push"
)
HALLMARKS = (
    _hint(
        "woke_at_end",
        r"\b(?:and|that'?s when|thats when|then|until|till|before|when|where) (?:\w+ ){0,2}?(?:i|my alarm)(?: \w+)? (?:woke|wake|awoke|awakened|waking)\b",
        r"\b(?:i|alarm) (?:\w+ )?(?:woke|awoke)(?: me)?(?: up)?(?: \w+)?\W*$",
        r"\b(?:dann|als|bevor|und|davon) (?:\w+ ){0,2}?(?:wach\w*|aufgewacht|erwach\w*)\b|\b(?:aufgewacht|wachte ich)\W*$",
        r"\b(?:y|hasta que|cuando|entonces|luego|ahi) (?:me )?despert\w+|\bme desperte\W*$",
        r"\b(?:e|ai|dai|ate que|quando|entao) (?:eu )?acord\w+|\bacordei\W*$",
        r"\b(?:et|puis|quand|la|avant que) (?:\w+ )?(?:je )?me (?:suis )?reveill\w+",
        r"\b(?:terus|trus|lalu|abis itu|sampe|pas|eh) (?:aku |gue |gw )?(?:ke|ter)?bangun\b",
        most=1,
    ),
    _hint(
        "sleep",
        r"\b(?:asleep|sleeping|awake|awoke|awakened|sleep|slept|woke|waking|wake|nap|napping|bed)\b",
        r"\b(?:schlaf\w*|geschlafen|schlief|wach|wache|wachte|aufgewacht|erwach\w*|aufwach\w*|bett)\b",
        r"\b(?:dorm\w+|despert\w+|despiert\w+|cama|acord\w+|reveill\w+|reveil|endorm\w+|lit|tidur|tertidur|bangun|kebangun|terbangun)\b",
        most=4,
    ),
    _hint(
        "waking_life",
        r"\b(?:real|waking|actual) life\b|\bin reality\b|\birl\b|\bwhen (?:i was |i'm )?awake\b|\bin wirklichkeit\b|\bim (?:echten|wirklichen|realen) leben\b|"
        r"\ben la vida real\b|\bna vida real\b|\bdans la (?:vraie )?vie\b|\bdi dunia nyata\b",
        most=2,
    ),
    _hint(
        "this_one",
        r"\bin (?:this|that|the (?:last|next|first|second|other)) (?:one|part|scene|episode)\b|\b(?:another|next|last|first|new|different) (?:one|scene|part|segment)\b(?! of (?:the|my) (?:best|most))|"
        r"\bone where\b|\bthe scene\b|\bin einem (?:anderen )?teil\b|\bszene\b|\ben (?:este|otro|el otro)\b|\bnesse\b",
        most=2,
    ),
    _hint(
        "shift",
        r"\b(?:suddenly|all of a sudden|out of nowhere|(?:the )?next thing (?:i|we) kn[eo]w)\b",
        r"\b(?:then|now|next|soon|later) (?:i|we|it|he|she|they)(?:'m|'re|'s| am| are| is| was| were) ",
        r"\b(?:turn(?:s|ed|ing)|chang(?:es|ed|ing)|transform\w*|morph\w*) (?:\w+ )?(?:in)?to\b|\b(?:disappear\w*|vanish\w*|dissolv\w*|reappear\w*)\b",
        r"\b(?:plotzlich|auf einmal|verwandel\w+|verschw\w+)\b|\b(?:de repente|de pronto|se convirt\w+|se convert\w+|do nada|viro?u|virava)\b|"
        r"\b(?:soudain|tout a coup|d'un coup|se transform\w+)\b|\b(?:tiba-tiba|tiba2|tbtb|tau-tau|berubah)\b",
    ),
    _hint(
        "doubt",
        r"\b(?:seems?|seemed|appears?|appeared) (?:to be|to have|like|that)\b|\bapparently\b|\bsome (?:kind|sort|type) of\b|\bsort of\b|\bsomething like\b|"
        r"\bsupposed to be\b|\bfor some reason\b|\bi (?:think|guess|believe|feel like|feel that|get the feeling|sense|somehow know|just know|knew) (?:it|this|that|he|she|we|i|they|there)\b|"
        r"\bperhaps\b|\bor something\b|\bnot sure (?:if|who|what|where|why|how)\b|\bsomehow\b|\bvague\w*\b|\bas (?:if|though)\b|\bi can'?t tell\b",
        r"\b(?:irgendwie|irgendein\w*|irgendwo|anscheinend|scheinbar|offenbar|vermutlich|wahrscheinlich|weiss nicht|eine art|als ob|seltsam\w*|komisch\w*)\b",
        r"\b(?:parecia|parece que|como si|no se por que|algun tipo|una especie|una suerte|tipo um|uma especie|sei la|nao sei por\w*|do jeito)\b",
        r"\b(?:on dirait|comme si|une sorte|une espece|je ne sais pas pourquoi|bizarrement|apparemment)\b|\b(?:kayak|entah|kayaknya|sepertinya|gatau|semacam|seolah)\b",
        most=4,
    ),
    _hint(
        "odd_identity",
        r"\b(?:but|except|only|though|yet) (?:it|he|she|they|i|the \w+) (?:\w+ )?(?:was|is|were|are|wasn'?t|isn'?t|looks?|looked|didn'?t|doesn'?t|had|has|have)\b",
        r"\b(?:looks?|looked|sounds?|felt|feels) (?:\w+ )?(?:like|different|exactly)\b|\bwasn'?t (?:really |actually )?(?:me|him|her|mine|my|our)\b|\bnot (?:really |actually )(?:me|him|her|mine|my|our|his)\b",
        r"\b(?:has|had|have|'s) been dead\b|\bwho (?:is|was|died|passed)\b|\bdead (?:grand|mom|mother|dad|father|friend|uncle)\w*|\bnever (?:seen|met|been|saw)\b|\bdon'?t (?:recognize|recognise|know)\b|"
        r"\b(?:my|our|the) (?:old|former|childhood|elementary|high|parents'?|grandma'?s|grandmother'?s|grandparents'?) (?:house|school|home|job|apartment|bedroom|room|place|street|neighborhood)\b",
        r"\b(?:aber|nur) (?:es|er|sie|ich) (?:war|ist|sah|sieht|hatte|hat)\b|\b(?:sah|sieht) (?:\w+ ){0,2}aus wie\b|\bverstorben\w*\b",
        r"\bpero (?:no )?(?:era|estaba|es|tenia)\b|\bmas (?:nao )?(?:era|tava|tinha|e)\b|\bque (?:ya )?(?:murio|fallecio|morreu)\b|\bmais (?:c'etait|ce n'etait|il|elle) \b|\btapi (?:bukan|itu|mukanya|bentuknya)\b|\b(?:udah|sudah) meninggal\b",
    ),
    _hint(
        "impossible",
        r"\b(?:fly|flew|flying|float\w*|levitat\w*|hover\w*|invisible|giant|enormous|huge|tiny|gigantic|underwater|endless|upside|melt\w*|glow\w*|transparent|monsters?|ghosts?|zombies?|aliens?|dragons?|witch\w*|vampires?|demons?|"
        r"spaceships?|ufos?|tsunami|apocalyp\w*|tornado\w*|naked|teeth|shrunk|shrinking|magic\w*|wings|gravity|labyrinth|maze|portal|castle|tunnel|swimming|drown\w*|elevator|staircase|hallway|corridor|mirror)\b",
        r"\b(?:fliege\w*|flog|schweb\w*|riesig\w*|unsichtbar\w*|monster|geist\w*|zahne|nackt|drache\w*|schloss|treppe\w*|tunnel|aufzug)\b",
        r"\b(?:vol[ao]\w*|flota\w*|gigante\w*|enorme|invisible|monstruo\w*|fantasma\w*|dientes|desnud\w*|dragon|castillo|escaleras|voa\w+|flutua\w*|invisivel|dentes|pelad\w|nu|monstro|castelo|zumbi\w*)\b",
        r"\b(?:geant\w*|flott\w+|monstre\w*|fantome\w*|nue?|chateau|escalier\w*|terbang|melayang|raksasa|hantu|gigi|telanjang|naga|istana)\b",
        most=4,
    ),
    _hint(
        "struggle",
        r"\bchas(?:e|ed|es|ing)\b|\b(?:run|running|ran) (?:away )?from\b|\b(?:try|trying|tried|tries) to (?:\w+ )?(?:escape|hide|run|get|find|catch|scream|call|reach|open|stop|save|leave|swim|climb|wake|warn|dial|stay)\b|"
        r"\b(?:can'?t|cannot|couldn'?t|could not|cant|couldnt|unable to) (?:\w+ )?(?:move|find|scream|run|get|see|speak|open|breathe|stop|reach|catch|escape|talk|hear|remember)\b|\b(?:late for|looking for|searching for|lost in|trapped|stuck|escap\w+|attack\w*|kidnap\w*|hiding)\b",
        r"\b(?:verfolg\w*|fliehen|flucht|verstecken?|suche|suchte|versuche|rennen|renne)\b|\bkann (?:\w+ ){0,3}nicht\b|\bpersegu\w+|\bno pod\w+|\bnao consegu\w+|\bnao podia\b|\bintent\w+|\btentando\b|\bpoursuiv\w+|\bj'arriv\w+ pas\b|\bje n'arriv\w+|\bdikejar\w*|\b(?:gak|ga|nggak) bisa\b",
    ),
    _hint(
        "present_self",
        rf"\b(?:i'm|i am|im|we're|we are) (?:\w+ing|in|at|on|back|outside|inside|with|a|an|the|wearing)\b|\b(?:i|we) (?:{_SELF_PRESENT})\b",
        r"\b(?:ich|wir) (?:bin|sind|befinde|sehe|gehe|stehe|laufe|renne|fahre|sitze|liege|komme|mache|merke|habe|suche|versuche|nehme|hore|fliege|rede|spreche|treffe|finde|will|soll|muss|kann)\b|\b(?:bin|stehe|sehe|gehe|befinde|laufe|sitze|liege|fahre) ich\b",
        r"\b(?:estoy|voy|veo|corro|camino|entro|salgo|llego|miro|subo|estou|vejo|ando|chego|olho|subo|saio|je suis|je vois|je cours|je marche|j'arrive|je monte|je sors|j'entre|je regarde)\b",
        most=5,
    ),
    _hint(
        "past_self",
        r"\b(?:i|we) (?:\w+ )?(?:was|were|had|saw|went|ran|found|tried|started|looked|walked|felt|got|could|couldn'?t|knew|realized|realised|heard|told|took|turned|came|fell|flew|opened|thought|said|decided|noticed|kept|met|screamed|drove|climbed|swam|hid|asked|stood|sat|held|put|left|picked|ended up)\b",
        r"\b(?:ich|wir) (?:war|waren|hatte|sah|ging|lief|wurde|konnte|wollte|stand|fand|kam|fuhr|flog|sagte|wusste|musste)\b|\b(?:war|sah|ging|lief|wurde|konnte|hatte|stand|kam) ich\b",
        r"\b(?:estaba|habia|corria|vi|iba|volaba|era|tenia|caminaba|tava|estava|tinha|fui|corri|corria|j'etais|j'avais|j'ai|je voyais|il y avait|aku (?:lagi|ada|naik|jalan|lari|liat|lihat|masuk|di))\b",
        most=5,
    ),
    _hint(
        "scene",
        r"\bthere(?:'s| is| are| was| were)\b|\b(?:a|an|some|this|another|one|two|several) (?:\w+ )?(?:man|men|woman|women|guy|guys|girl|girls|boy|boys|lady|person|people|group|child|children|dog|cat|animal|creature) (?:\w+ )?(?:is|was|comes|came|are|were|sits|sat|stands|stood|who|in|with|at|on|starts|started|says|said|walks|walked)\b",
        r"\b(?:in|into|inside|at|through|on) (?:a|an|some|this|the|my|our|what) (?:[\w'-]+ ){0,2}?(?:house|room|building|forest|woods|field|beach|boat|ship|train|bus|car|plane|store|shop|mall|hotel|hospital|church|school|classroom|hall|street|road|city|town|kitchen|bathroom|basement|attic|garden|mountain|cliff|lake|river|ocean|sea|pool|bed|restaurant|theater|stage|party|wedding|airport|station|apartment|office|yard|cave|tower|bridge|place)\b",
        r"\bda (?:ist|war|sind|waren|kommt|kam|steht|stand)\b|\bein(?:e|en|er|em)? (?:\w+ )?(?:mann|frau|madchen|junge|hund|tier|haus|zimmer|raum|gebaude|wald|auto|zug)\b|\bhabia (?:un|una|muchos?|gente)\b|\btinha (?:um|uma|muit\w+|gente)\b|\bil y a(?:vait)? \b|\bada (?:orang|banyak|cewek|cowok|anak|yang)\b",
        most=4,
    ),
    _hint(
        "recall",
        r"\b(?:first|next|last|only|all|other|main) (?:thing )?(?:that )?i (?:\w+ )?(?:remember|recall)\b|\bi (?:also )?(?:remember|recall) (?:\w+ing|that|a|an|the|being|there|some|only|just|we|he|she|it|walking|my)\b|\b(?:don'?t|can'?t|do not|cannot) (?:\w+ )?(?:remember|recall) (?:much|the rest|how|why|what|who|where|if|exactly|anything else)\b|"
        r"\bich (?:erinnere|weiss noch)\b|\bme acuerdo\b|\bso lembro\b|\bje me souviens\b",
        most=2,
    ),
    # The two that speak against a dream: a drug's visions, and a story with its date.
    _hint(
        "substance",
        r"\b(?:lsd|shrooms?|mushrooms|psilocybin|acid|dmt|ayahuasca|ketamine|salvia|mdma|molly|weed|cannabis|edibles?|dxm|benadryl|tripp(?:ed|ing|y)|tripsitter|dos(?:e|es|ed|ing)|\d+ ?(?:mg|ug|grams?|g)|stoned|blunt|comeup|come up|peaked|hallucinat\w*|sober\w*|drogen|pilze|hongos|setas|cogumelos|champignons hallucinogenes|jamur)\b",
        most=3,
    ),
    _hint(
        "dated",
        r"\b(?:yesterday|today|tonight|this (?:morning|afternoon|evening|week|month|year)|last (?:week|month|year|summer|winter|friday|saturday|sunday)|(?:years?|months?|weeks?|days?) ago|in (?:19|20)\d\d|when i was (?:a kid|a child|little|young|\d+|in (?:college|school))|back in|at \d+ ?(?:am|pm)|true story|turns out|turned out|gestern|heute (?:morgen|abend)|vor \w+ jahren|ayer|hoy|hace \w+ anos|ontem|hoje|faz \w+ anos|hier|ce matin|il y a \w+ ans|kemarin|tadi pagi|hari ini)\b",
        most=2,
    ),
    _hint(
        "diary_mark",
        r"^\W*[\[(]|\]|\(\d+\)|\(\?\)|--|\([^)]{15,}\)",
        most=3,
    ),
)  # fmt: skip

_GATE_WORDS = re.compile(
    r"\b(?:woke|wakes?|waking|awake|awoke|awaken\w*|asleep|sleep\w*|slept|bed|in this one|one where|suddenly|all of a sudden|next thing (?:i|we)|"
    r"for some reason|seems? to be|some (?:sort|kind) of|supposed to be|keeps? \w+ing|turn(?:ed|s|ing) into|chas(?:ed|ing)|(?:i'?m|i am|we're|we are) (?:in|at|on|back|\w+ing)|the scene|real life|waking life|"
    r"schlaf\w*|geschlafen|schlief|aufgewacht|wachte?|erwach\w*|plotzlich|auf einmal|irgendwie|ich bin|wir sind|befinde|"
    r"desperte|despert\w*|dormi\w*|de repente|de pronto|acordei|acordava|do nada|j'etais|je suis|reveill\w*|endormi\w*|soudain|"
    r"kebangun|terbangun|tiba-tiba|tiba2|tidur)\b"
)
# Shorter than this, hints add up to nothing: a dream that does not say so needs room.
_GATE_CHARS = 60


def may_hint(folded: str) -> bool:
    """Whether a text without a dream word is worth a second look."""
    return len(folded) >= _GATE_CHARS and _GATE_WORDS.search(folded) is not None


def count_hints(folded: str) -> dict[str, int]:
    """How often each hint occurs, capped; hints that do not occur are left out."""
    counts = {mark.code: len(mark.pattern.findall(folded)) for mark in HALLMARKS}
    return {mark.code: min(mark.most, counts[mark.code]) for mark in HALLMARKS if counts[mark.code]}
