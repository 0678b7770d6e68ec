"""What surrounds a dream word and speaks for or against a told dream, as data.

A night, waking up, a story, a question to others, somebody else's dream, a dream that was
forgotten, a seller. Patterns match text folded without accents, as in `cues`.
"""

import re

NIGHT = re.compile(
    r"\b(?:last night|other night|this morning|night before|nights ago|heute nacht|letzte nacht|"
    r"anoche|esta noite|essa noite|ontem a noite|cette nuit|stanotte|semalam|semalem|tadi malam|"
    r"tadi malem|gisteren(?:nacht)?|dun gece|when i was (?:a |little|young|\d))"
)
WAKING = re.compile(
    r"\b(?:woke up|woke me|wake up|waking up|i woke|i awoke|aufgewacht|wachte ich|desperte|"
    r"me desperte|acordei|me suis reveill\w+|reveille en|mi sono svegliat\w|terbangun|kebangun|"
    r"wakker|uyandim)\b"
)
STORY_VERB = re.compile(
    r"\b(?:i|we) (?:\w+ )?(?:was|were|had|saw|went|ran|found|tried|started|looked|walked|felt|got|"
    r"could|couldn't|couldnt|knew|realized|realised|heard|told|took|turned|came|fell|flew|opened|"
    r"thought|said|decided|noticed|kept|met|screamed|drove|climbed|swam|hid|ended up)\b|"
    r"\bi'm (?:in|at|on|running|walking|standing|being|flying)\b|\bthere (?:was|were)\b|"
    r"\b(?:and )?(?:then|suddenly|all of a sudden)\b|\b(?:he|she|they|it) (?:was|were|had)\b|"
    r"\b(?:ich|wir) (?:war|waren|hatte|sah|ging|lief|bin|habe|wurde|konnte|wollte|stand|fand|kam|fuhr|flog|sagte|wusste|musste|befinde|sehe|gehe|stehe|laufe|fahre|muss|kann|weiss|fliege|renne)\b|"
    r"\b(?:war|sah|ging|lief|wurde|konnte|hatte) ich\b|\b(?:dann|plotzlich|ploetzlich)\b|"
    r"\b(?:estaba|habia|corria|vi|iba|volaba|me persegui\w+|entonces|de repente|luego|cai)\b|"
    r"\b(?:eu )?(?:tava|estava|vi|fui|tinha|corri|cai|voava|dai|ai eu|de repente)\b|"
    r"\b(?:j'etais|j'avais|j'ai vu|je voyais|il y avait|puis|soudain|je courais|d'un coup)\b|"
    r"\b(?:ero|c'era|vedevo|correvo|poi|all'improvviso|avevo)\b|"
    r"\b(?:terus|trus|tiba-tiba|tiba2|tbtb|ketemu|dikejar|melihat|jatuh|lalu|habis itu)\b"
)
FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|im|i've|my|me|we|ich|mich|mir|mein\w*|wir|yo|mi|me|eu|meu|minha|je|j'\w+|mon|ma|"
    r"io|mio|mi|aku|saya|gue|gw|gua|kami|ik|mijn|ben|benim)\b"
)
ANSWER = re.compile(
    r"^\W*(?:(?:ok|okay|so|omg|well|oh) )?(?:mine\b|here'?s mine|had one where|i had one where|you asked|el mio|"
    r"la mia|o meu|a minha|meiner|le mien|la mienne|il mio|punyaku)"
)
REQUEST = re.compile(
    r"\b(?:do|draw|make|use|read|pick) (?:mine|my|this one|one)\b|\b(?:pls|please|plz|can you|could you|will you|part \d|part two|follow(?:ing|ed)? (?:me|back|for))\b|"
    r"\b(?:this|the|your|ur) (?:app|account|page|channel|video|series|song|filter|sound)\b|\b(?:por favor|bitte|faz o meu|haz el mio|fais le mien|tolong)\b"
)
SELLING = re.compile(
    r"\b(?:telegram|whats ?app|invest\w*|crypto|bitcoin|forex|trad(?:e|es|ing|er)|dm me|link in|follow me|subscribe|"
    r"promo|discount|pills|buy|ships|followers|giveaway)\b|https?:|www\."
)
FORGOTTEN = re.compile(
    r"\b(?:forgot|forgotten|forget)\b(?= (?:it|what|most|the dream|my dream|all|everything|already|about it|them|the rest)\b| ?(?:$|[.!?,]))|\b(?:(?:can'?t|nvr|cannot|don'?t|didn'?t|couldn'?t|never|dont|cant) (?:even )?(?:remember|recall)|"
    r"it'?s gone|all gone|no idea what|vergessen|olvide|no recuerdo|no me acuerdo|esqueci|nao lembro|nem lembro|"
    r"oublie|me souviens (?:pas|plus|jamais)|lupa|gak inget|ga inget|ga ingat|gak ingat)\b"
)
QUESTION = re.compile(
    r"\b(?:did|do|does|have|has|had|can|could|will|would|are|were|is) (?:you|u|ya|y'?all|anyone|"
    r"anybody|someone|people|we|they|he|she|guys)\b(?: \w+){0,4} (?:dream|nightmare|dreamt)|"
    r"\bwh(?:at|y|o|en)\b(?: \w+){0,5} dream\w*[^.!]*\?|\bwhat (?:did|do) (?:you|u) dream\b|"
    r"\b(?:does )?any(?:one|body)(?: \w+){0,4} (?:dream|nightmare)|\bwho else\b|"
    r"\b(?:tell|share|send|write|describe|comment)(?: \w+){0,3} (?:your|ur) (?:\w+ )?(?:dream|nightmare)|"
    r"\b(?:hast du|habt ihr|traumst du|traumt ihr|hat jemand)\b|"
    r"\b(?:sonaste|suenas|sonaron|han sonado|sonhou|sonharam|(?:alguem|alguien) (?:mas|mais|ja|aqui|aca|ha|tambem|tambien|son|ja son)\w*|voces sonha\w*|"
    r"as-tu reve|tu as reve|vous revez|hai sognato|sognate|kalian|kamu pernah|pernah gak)\b"
)
SELF_TOO = re.compile(
    r"\b(?:or is it (?:just )?me|bc i|because i|i had (?:a|an|this|the|one|another|that)\b|i dreamt|i dreamed|mine|my dream)\b"
)
OTHERS_DREAM = re.compile(
    r"\b(?:he|she|they|you|u|people|everyone|somebody|someone|who|my (?:\w+ )?(?:mom|mum|dad|sister|"
    r"brother|wife|husband|friend|boyfriend|girlfriend|bf|gf|son|daughter|kid|dog|cat|grandma|"
    r"roommate|cousin|aunt|uncle|boss|teacher))(?:'s| has| have| had| also| just| once| always| "
    r"literally| keeps?| was| were| is| are)*"
    r" (?:dreamt|dreamed|dreams|dreaming|dream|(?:a |this |the |another )?(?:\w+ )?(?:dream|nightmare)s?)\b|"
    r"\b(?:er|sie) (?:hat |traumt|traumte)|\b(?:ha sonado|elle a reve|il a reve|ele sonhou|"
    r"ela sonhou|lui ha sognato|lei ha sognato|dia mimpi)\b"
)
NOT_DREAMING = re.compile(
    r"\b(?:i|ive|i've) (?:\w+ )?(?:don'?t|do not|never|didn'?t|did not|can'?t|cannot|haven'?t|"
    r"rarely|barely|hardly|hadn'?t|couldn'?t|wish i|wanna|want to|hope i|hope to|would love to|"
    r"will|gonna|might|may|need to|should)(?: \w+){0,3} (?:dream\w*|nightmares?)\b|"
    r"\bnever (?:once |even |ever )?(?:had|have|get|got)\b(?: \w+){0,3} (?:dream|nightmare)s?\b|\binstead of (?:\w+ )?dream\w*|"
    r"\binstead of having|"
    r"\b(?:not a dream|wasn'?t a dream|isn'?t a dream|no dreams?|not dreaming|wasn'?t dreaming|"
    r"dreamless)\b|\b(?:hope|wish|gonna|going to|will|want to|about to|might|i'?ll)\b(?: \w+){0,3} "
    r"(?:have|get|be having|be) (?:\w+ ){0,2}(?:dream|nightmare)s?\b|"
    r"\b(?:nunca|no|jamas) (?:he )?(?:suen\w*|son(?!h)\w+)\b|\b(?:nao|nunca) (?:sonho|sonhei|lembro)\b|"
    r"\b(?:traume|traumte) (?:\w+ )?(?:nie|nicht)\b|\bne reve (?:jamais|pas|plus)\b|"
    r"\b(?:gak|ga|nggak|tidak|tak|ngga) (?:pernah |mau )?mimpi\b"
)
