"""Other uses of the dream words, by language, as data.

A dream job, a nightmare of a commute, sweet dreams, a song title: most comments that hold a
dream word tell no dream. What matches here is cut out before the cues are looked for, so
"my dream job" leaves no dream behind while "I dreamt about my dream job" still tells one.

Patterns match text folded without accents, as in `cues.py`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One use that tells no dream.

    Attributes:
        code: Stable name; reasons show it as `figurative:<code>`.
        penalty: Log-odds taken off when it matches; how much it speaks against a dream
            elsewhere in the comment.
    """

    code: str
    penalty: float
    pattern: re.Pattern[str]


def _figure(code: str, pattern: str, *, penalty: float = 0.8) -> Figure:
    return Figure(code, penalty, re.compile(pattern))


_GOAL = (
    r"(?:job|career|team|squad|lineup|line up|roster|car|cars|house|home|homes|kitchen|bedroom|bathroom|wedding|"
    r"dress|girl|girls|guy|guys|man|men|boy|boyfriend|girlfriend|woman|women|wife|husband|partner|body|"
    r"life|college|school|uni|university|destination|vacation|holiday|trip|country|city|place|date|"
    r"date|match|final|finals|fight|collab|duo|combo|couple|role|gig|setup|machine|pc|bike|truck|"
    r"guitar|shoes|phone|cast|movie|concert|tour|scenario|product|outfit|hair|nails|ring|room|"
    r"closet|garden|apartment|club|company|gf|bf|woman|signing|trade|start|debut|event|dog|puppy|"
    r"pet|job's|board|league|world|crush|client|customer|boss|colour|color|season|result|pair|size|"
    r"garage|library|studio|bag|purse|watch|salary|degree|course|universe|line-?up|cottage|townhouse|villa|bike|camera|laptop|land|yacht|island|jobs|venue|honeymoon|position|internship|opponent|matchup|lover|guest|interview|project|projects|friend group|friendship|ship|game)s?"
)
_COMPOUND = (
    r"(?:catchers?|world|land|works|boat|weaver|smp|team|chasers?|crusher|killer|board|boards|"
    r"theater|theatre|big|on|come true|comes true|came true|coming true|come through|theory|pop|"
    r"cloud|girl|boy|state|like|worthy|glow|house|act|dream|journal|diary|interpretation|"
    r"interpreter|analysis|dictionary|meaning|meanings|warriors?|holiday|core|wife|sequence)"
)

_ENGLISH = (
    _figure(
        "dream_goal",
        rf"(?<!in the )(?<!in this )(?<!in that )\bdream {_GOAL}\b(?! (?:where|in which|last night|about))",
    ),
    _figure(
        "dream_compound",
        rf"\bdream[ -]{_COMPOUND}\b|\bdreamy\b|\bdreamland\b|\bdreamers?\b|\bdreamworks\b|\bdreamcast\b|\bdreamcatcher\w*\b|\bdreamweaver\b|\bdreamlike\b|\bdreamwastaken\b",
    ),
    _figure(
        "come_true",
        r"\b(?:dreams?|nightmares?)(?: \w+){0,3}? (?:come|comes|came|coming|become|became|turned|turning|being)(?: \w+){0,2} (?:true|reality|realized|realised)\b",
    ),
    _figure("daydream", r"\bday ?-?dream\w*\b"),
    _figure(
        "american_dream",
        r"\b(?:american|pipe|pipe-|california|teenage|midsummer night'?s|martin luther king'?s?|kings) dreams?\b|\bi have a dream\b(?! (?:where|last|i was|that i))",
    ),
    _figure(
        "lifelong_dream",
        r"\b(?:life ?long|life-long|childhood|biggest|ultimate|lifetime|life's|greatest|fondest|shattered|broken|impossible|wildest|hopes? and|goals? and|hopes) dreams?\b|\b(?:big|only|secret|old|dying|little|sports?) dreams\b|\b(?:my|his|her|their|our|your) (?:big|only|secret|old|dying|little) dream\b(?! (?:i |was|where|about|had|last))|\b(?:dreams?) (?:and|&|or) (?:hopes?|goals?|aspirations?|ambitions?|wishes)\b|\bkid'?s dream\b",
    ),
    _figure(
        "chase_dreams",
        r"\b(?:chas\w+|follow\w*|pursu\w+|liv(?:e|es|ed|ing)|achiev\w+|reach\w*|fulfil\w*|accomplish\w*|crush\w*|realiz\w+|realis\w+|believ\w+ in|give up on|giv\w+ up|gave up|kill\w*|hold on to|build\w*|mak\w+|made|shar\w+ in|sell\w*|sold|shatter\w*|ruin\w*|destroy\w*|support\w*|share|stol\w+|steal\w*|lose|lost|losing|keep|cherish\w*|hav(?:e|ing) (?:big|a|your|his|her|their)|has a|enjoy\w*) (?:\w+ ){0,2}?dreams?\b(?! (?:where|that i|about|last night|in which|of me|i was|i had))",
    ),
    _figure(
        "nothing_but_a_dream",
        r"\b(?:like|feels like|felt like|feel like|seems like|sounds like|looks like|(?<!had )(?<!have )(?<!having )(?<!was )such|as if|almost|living|live) (?:it was |it's |its |i'?m |im |i was |being )?(?:in )?(?:a|an|my|the|some) (?:(?!in |from |of |where |about |had )[\w'-]+ ){0,3}?(?:dream|nightmare)\b(?! i (?:had|have|keep|was)| last night| about (?:me|my|a|an)\b| where)",
    ),
    _figure(
        "is_a_dream",
        r"\b(?:is|are|be|being|it's|its|that's|thats|he's|hes|she's|shes|they're|you're|youre|what|ur)(?: just| such| like| literally| really| truly| honestly| not| basically| only)? (?:a|an|my|the|every|everyone's|our|your|his|her|their|another|one of (?:my|the)|total|pure|some)\b (?:(?!weird|strange|scary|vivid|crazy|recurr|lucid|bizarre|odd|fever|short|long|bad\b|horrible|reoccur|real|in |from |of |about |during |part |snatch|fragment|piece|bit )[\w'-]+ ){0,3}?(?:dream|nightmare)s?\b(?!\]|\)|:| (?:i |where|about|in which|last night|that i|that my|of me|then|of mine|and|,))",
        penalty=0.5,
    ),
    _figure(
        "was_a_dream",
        r"\b(?<!it )(?<!this )(?<!that )(?<!why )(?:was|were|been)(?: just| such| like| literally| really| an?| absolute| total| pure| complete| utter| real| the| actual)* (?:dream|nightmare)s?\b(?= ?(?:$|[.!?,)]|to\b|for\b|and\b|but\b|lol))|\b(?:was|were|been) (?:everyone's|every|our|your|his|her|their|my) (?:[\w'-]+ ){0,2}?(?:dream|nightmare)s?\b",
        penalty=0.5,
    ),
    _figure(
        "nightmare_noun",
        r"\b(?:nightmare|nightmares) (?:fuel|scenario|situation|of an?|before christmas|on elm|to (?!me\b)|mode|for (?!me\b)|world|neighbou?rs?|roommates?|customers?|boss|job|people|material|experience|in laws|ex|landlord|traffic|flight|blunt rotation|stuff|hellscape|dressed|circus|alley|roster|trip|process|list|date|day|days|evening|morning|afternoon|week|weeks|weekend|month|months|year|season|commute|journey|drive|ride|start|finish|call|meeting|show|house|place|client|client's|inducing|worthy|creature|vacation|holiday|wedding|regime|government|state|come true)\b|\b(?:total|absolute|complete|living|worst(?! nightmares? (?:i |ever|of my))|biggest|logistical|ultimate|pr|legal|literal|waking|utter|technical|bureaucratic|financial|diplomatic|legitimate|sheer|genuine|fresh|own|greatest|traffic|parenting|parents?'?|mother's|father's|security|privacy|national) nightmares?\b",
    ),
    _figure(
        "gave_nightmares",
        r"\b(?:from|of|with) (?:\w+ )?nightmares\b(?= ?(?:$|[.!?,]))|\b(?:giv\w+|gave|get|getting|got|caus\w+) (?:me |us |you |him |her |my \w+ |everyone |kids |people |them |so many )?(?:\w+ )?nightmares\b|\b(?:stuff|things|fuel|lives?) (?:of|for|in) (?:\w+ )?(?:nightmares?|dreams)\b|\bhaunt\w* (?:\w+ )?(?:dreams|nightmares)\b|\b(?:this|the|that|whole|current|ongoing|covid|entire) nightmare\b(?! (?:i |where|was|about|last|again|in which|started|began|ended|,))|\bwhat a nightmare\b|\b(?:still|will|gonna|going to|ll|probably|literally|always|i|you|we|they|to|'ll) (?:be )?(?:have|having|get|getting) (?:\w+ )?nightmares about (?:that|this|the|those|these|it|him|her|them|having to|trying|seeing)\b|\bnightmares? (?:that )?(?:i'm|im|i am|i'll|we'll|you'll|you're) (?:going to|gonna|about to|will|have|never)\b|\bit was all (?:just )?an? (?:[\w\[\]]+ ){0,2}dream the whole\b|\bnightmares? (?:tonight|for (?:days|weeks|life|me))\b",
    ),
    _figure(
        "sweet_dreams",
        r"\b(?:sweet|good|pleasant|happy|wet) dreams?\b(?! (?:i|last|about|where))|\bdream (?:on|well|tight)\b|\bin (?:your|ur|yer) dreams?\b|\b(?:only )?in (?:my|his|her) (?:wildest )?dreams\b(?= ?(?:$|[.!?,)]|lol|tho|haha|😂|🤣|maybe|bro))|\bkeep (?:on )?dreaming\b(?! (?:about|of|that|i|this)\b)|\b(?:can|could) (?:only |always |at least |just )?dream\b|\bmust(?:'ve)? be dreaming\b|\bam i dreaming\b|\bpinch me\b|\bstop dreaming\b|\b(?:i'm|im|is this|am i|are you|were you|you're|youre) (?:still |just )?(?:a )?dream(?:ing)?\b ?(?=$|[.!?,])|\bdreams? (?:big|bigger|high)\b|\bwildest dreams\b|\bbeyond (?:\w+ )?dreams\b",
    ),
    _figure(
        "of_my_dreams",
        r"\bof (?:my|your|his|her|our|their|ur|everyone's|one's) dreams\b|\bfrom (?:my|your|his|her) dreams\b|\b(?:girl|boy|man|woman|house|guy|job|home) in (?:my|your) dreams\b",
    ),
    _figure(
        "dream_of_goal",
        r"\b(?:only ever|ever|never|could(?: only)?(?: have| ever)?|only|secretly|growing up|everyone|don't|dont|would|child|kid|little|girl|boy)(?: been| have| i| i've| we| he| she| had)? (?:dream|dreamt|dreamed|dreaming|dreams) (?:about |of |that )(?! ?(?:i was|i had))|\balways (?:dreamed|dreamt|dreaming) (?:of|about being|about having)\b|\bwhat (?:i|we|you)(?:'ve| have)? (?:always |ever )?dream\w*|\bdream(?:ed|t|s|ing)? of (?:one day|becoming|being able|having a|having my|owning|living|working|playing|going to|visiting|a world|a day|the day|doing|winning|making|getting (?:a|my)|meeting|marrying|someday|retiring|studying|moving|buying|building)\b|\b(?:i|we|you|they|he|she|to|still|who|always|just|all|people|everyone|kids|only|can|could|been|was|were|am|i'm|im|keep|girls|boys|men|women|children) (?:\w+ )?(?:dream|dreams|dreaming) of (?!me\b|my\b|him|her\b|you|being|a |an |this|that|the same)\w+|\bdreaming of (?:a white|being|having|summer|going)\b|\bdream (?:one day|someday)\b|\bdream(?:ed|t)?(?: of)? (?:this|it) (?:all )?(?:my|our) (?:whole |entire )?li(?:fe|ves)\b|\b(?:i )?(?:always|never)(?: have| had)? (?:dreamed|dreamt)\b(?! (?:i|that|about|there)\b)|\bdream(?:ed|t|ing) (?:of|about) (?:this|that) (?:day|moment|night|trip|chance|concert|show|burger)\b|\bdream(?:ed|t) (?:of|about) \w+ing (?:my|our|a|an|the) (?:own|first|little|small)\b",
        penalty=1.0,
    ),
    _figure(
        "somebody_had_a_dream",
        r"\b(?:like|as|what|than|everything|all) (?:i|we)(?:'ve| have| had)? (?:\w+ )?dream(?:ed|t)\b(?! (?:that|about|of|i)\b)|\bthan (?:i|we|you|anyone|they) (?:could|can|ever)(?: have|'ve)?(?: ever)? (?:dream|dreamed|dreamt|imagine)\w*|\b(?:ever|could'?ve|could have)(?: ever)? dream(?:ed|t)\b|\bdream about tomorrow\b|\b(?:he|she|they|who|everyone|everybody|(?:every|each|some|my|the|this) \w+) (?:had|has|have) (?:a|this|the|an|such a) (?:\w+ )?dreams?\b(?! (?:where|that she|that he|that i|about me|of me))|"
        r"\b(?:had|have|having) (?:a|this|the|my|such a) (?:\w+ )?(?:dream|nightmare)s?,? (?:once,? )?(?:to |of (?:becom\w+|being an?|having|owning|opening|us\b|one day|working|playing|living|making|that day)|that (?:someday|one day)|(?:\w+ )?(?:getting|trying) (?:here|there|home|in|out|to))|"
        r"\bfrom the (?:dream|nightmare) that (?:was|is)\b",
        penalty=1.0,
    ),
    _figure(
        "the_dream_as_goal",
        r"\b(?:hold\w*|held|hang\w*|cling\w*|clung) (?:on )?(?:on)?to (?:the|my|that|your|their|his|her) dreams?\b|\b(?:buy\w*|bought|sell\w*|sold|want\w*|need\w*|any of|miss any of) (?:the|into the) dream\b(?= ?(?:$|[.!?,]))|\b(?:found|find|got|get|bought|landed|land|want|need|booked) (?:my|the|a|his|her|our|your) dream (?!about|where|that|last|i\b|and|again|in|of)\w+",
    ),
    _figure(
        "wouldnt_dream_of",
        r"\b(?:wouldn't|would never|never|couldn't|wouldnt|would not|not even|don't even|dont even|nobody|cannot|can't|cant|couldn't have|never would have|never could have|never have) (?:\w+ )?(?:dream|dreamed|dreamt)\b|\bdreamed up\b|\bdream up\b",
    ),
    _figure(
        "my_dream_is",
        r"\b(?<!from )(?<!of )(?<!in )(?:my|his|her|your|our|their|everyone's|every \w+'s|a|it's my|one)(?: \w+)? dreams? (?:is|are|has been|has always|had always|would be|was always|was to|was for|would|in life|one day|to|for|of (?!mine|me\b)|since|will|goes|died|dies|alive|as a (?:kid|child)|growing up|too|fr|tbh|rn|lol|right there|at the moment|become|becomes|finally)\b",
        penalty=1.0,
    ),
    _figure(
        "dream_to",
        r"\b(?:a|the|my) dream to\b|(?<!this )(?<!the )(?<!that )\bdream is\b|\bdreams (?:do|can|will|don't|dont|never|to|for|into|of (?!me\b|last|the night|that night))\b|\b(?:no|any) dreams\b|\bdreams? come\b|\b(?:with|without|your|ur|his|her|their|our|people'?s?|new|big|own|someone'?s|somebody'?s) dreams\b(?! (?:i |where|about|last|that i|in which|of me|all night))",
    ),
    _figure(
        "nct_dream",
        r"\b(?:nct|wayv|mcyt|requiem for a|i dreamed a|kitchen|little|ramsay'?s kitchen) (?:dream|nightmares)\b|\bdream market\b|\bin my dream ?!+|\bdream (?:and|&|or|vs) (?:george|sapnap|mark|technoblade|tommy|jisung|haechan)\w*|[#@]\w*dream\w*|[♪♫🎵🎶].*dream.*|\blittle nightmares\b|\bdream (?:to dream|theater|a little dream)\b",
    ),
    _figure(
        "dream_exclaimed",
        r"^\W*(?:omg |wow |oh |the |a |my |what a |such a |ugh |this is |literally |pure |actual |total )*(?:dream|nightmare|dreams|nightmares)\W*$",
        penalty=2.0,
    ),
)

_GERMAN = (
    _figure(
        "traum_goal",
        r"\btraum-?(?:haft\w*|mann|manner|frau|frauen|haus|hauser|job|auto|urlaub|hochzeit|paar|schiff|tor|tore|note|stadt|wohnung|figur|welt|fabrik|body|beruf|reise|wetter|start|pass|prinz|land|duo|kleid|strand|ziel|quote|partner\w*|team|hafte\w*|tanz\w*|gewicht|lange|kombi\w*|finale|los|spiel|elf|saison|ehe|auto|ort|insel|gage|deutung)\b",
    ),
    _figure(
        "traum_von",
        r"\b(?:ein|einen|der|den|mein|dein|unser|sein|ihr|meinen|kein|grosser|groß\w*|absoluter|wahrer|lebens|kindheits) ?(?:traum|albtraum|alptraum)(?: von einem| von einer| vom| ist(?! es, )| war(?= immer| schon| es)| wird| geht(?= in)| wurde(?= wahr)| ging(?= in)| erfullt\w*| eines?| der| jeder| aller|\W*$)",
    ),
    _figure(
        "traum_wahr",
        r"\btraume? (?:\w+ ){0,3}?(?:wahr|erfull\w*|verwirklich\w*|in erfullung|platz\w*|leben|nachjag\w*|zu leben|aufgeb\w*|geplatzt)\b|\b(?:verwirklich|erful|lebe|jag)\w* (?:\w+ ){0,3}?traume?\b|\bgeplatzte\w* traum\b",
    ),
    _figure(
        "traeum_weiter",
        r"\b(?:traum|traume|traumt|traumen) (?:weiter|schon|suss\w*|was schones|gut|mal weiter|von was|davon|ruhig)\b|\bdu (?:traumst|traeumst)\b|\b(?:schone|susse|gute) traume\b|\b(?:wie|als ware es) (?:im|ein|in einem|aus einem) (?:\w+ )?(?:traum|alptraum|albtraum|bilderbuch)\b|\b(?:nicht|nie) (?:mal )?(?:im traum|zu traumen|getraumt)\b|\bim traum nicht\b|\bnur (?:im|ein|in meinen|in seinen) traume?n?\b|\b(?:leider )?nur ein traum\b|\btagtraum\w*\b|\bausgetraumt\b|\btraumt (?:\w+ )?von\b|\btraumten\b|\b(?:schlimmste\w*|reinste\w*|wahrer|echte\w*|absolute\w*|grosste\w*) (?:alb|alp)?traum\b",
    ),
    _figure(
        "traeume_von_ziel",
        r"\b(?:schon immer|immer schon|mein leben lang|seit jahren|immer) (?:\w+ ){0,4}?(?:getraumt|traumte|traume)\b|\btrauma\w*\b|\btraumat\w+\b|\btraumen (?:darf|von|kann|wird|muss|sie|wir|davon)\b|\b(?:darf|wird man|kann man|noch) (?:\w+ )?traumen\b|\bich traume von einem?\b|\b(?:zum|ein) traumen\b",
    ),
    _figure(
        "bad_traum",
        r"\b(?:nacht|abend|tag|morgen|woche|fahrt|reise) (?:war|ist|wurde) (?:\w+ )?(?:ein\w* )?(?:\w+ )?(?:traum|albtraum|alptraum)\b|\b(?:hatte|habe|hab) (?:\w+ )?den traum,|\bfeuchter traum|\bdavon getraumt\b|\b(?:in|aus|seiner|ihrer|eigenen|kleinen|deiner) traum\w+\b(?<!traum)(?<!traumen)(?<!traume)",
    ),
    _figure(
        "traum_anderer",
        r"\b(?:seinem|seinen|seines|ihrem|ihren|deinem|deinen|eurem|euren|unserem) (?:\w+ )?traum\b|\bausgetraumt\w*",
        penalty=2.0,
    ),
    _figure(
        "traum_exclaimed",
        r"^\W*(?:ein |was fur ein |so ein |wie ein |der |mein |echt |einfach )*(?:traum|alptraum|albtraum)\W*$",
        penalty=2.0,
    ),
)

_SPANISH = (
    _figure(
        "tener_sueno",
        r"\b(?:tengo|tenia|tienes|tiene|da|dio|dan|mucho|muero de|que|con|sin|quita|quito|cayendo de|mas) (?:\w+ )?sueno\b(?! (?:que|con|raro|donde|en el|horrible|muy|extrano))",
    ),
    _figure(
        "sueno_goal",
        r"(?<!en )(?<!tuve )\b(?:mi|su|tu|el|un|gran|mayor|mas grande|unico|nuestro|cada) suenos? (?:es|de mi|de tu|de su|de todo|de toda|de cualquier|de ser|de tener|hecho|cumplido|americano|dorado|seria|frustrado|imposible|guajiro|humedo|se|hecha|son|de vida|de nin\w+|era ser|era tener|era conocer)\b|\b(?:cumpl\w+|lograr|realizar|alcanzar|persegu\w+|seguir|luchar por|vivir|viviendo|hacer realidad|por) (?:\w+ ){0,2}?suenos?\b|\bde (?:ensueno|tus suenos|mis suenos|sus suenos|los suenos)\b|\bsueno (?:hecho realidad|cumplido)\b|\b(?:mi|su|tu) suenos?\W*$|\bsueno con (?:ser|tener|poder|ir|un dia|viajar|vivir|conocer|algun)\b",
    ),
    _figure(
        "sonar_despierto",
        r"\b(?:sonar no cuesta|sonar despiert\w+|sigue sonando|ni en suenos|ni sonando|ni lo suenes|sonar en grande|dulces suenos|felices suenos|lindos suenos|suenen|suena con los|siempre (?:he )?son(?:e|ado)(?: con| ser| tener)?|(?:como|lo que|que) (?:tanto |siempre |yo )?(?:he )?son(?:e|ado)\b|sonador\w*|\b(?:sonaba|sonando|sone|sueno|sonado) con (?:ser|tener|ir|poder|viajar|vivir|que (?:me pag|sub|llegue))\w*|\b(?:mis|sus|tus) suenos mas\b|suena (?:bien|muy|a|como|lindo|mal|raro))\b|\bsone (?:con|toda mi vida)? ?(?:ser|tener|poder|toda|desde)\b",
    ),
    _figure(
        "pesadilla_figurada",
        r"\b(?:es|fue|era|sera|son|que|vaya|mi peor|la peor|una verdadera|una autentica|esta|esa|de) (?:una )?pesadillas?\b(?! (?:que|donde|con|horrible anoche))",
    ),
)

_PORTUGUESE = (
    _figure(
        "sonho_goal",
        r"(?<!tive )(?<!tido )(?<!tendo )(?<!no )(?<!em )(?<!do )\b(?:meu|minha|teu|seu|nosso|maior|grande|um|o|que|de|era|e|gran|cada|os|as|dos|aos|realizar|realizando|realizei|realizado|realizacao|viver|vivendo|conquist\w+|correr atras) (?:o |do |dos |meu |meus |seu |seus |teu |um |grande |maior )?sonhos?\b(?! (?:(?:q|que) (?:eu )?(?:tava|estava|tive|tenho|era|fui|to\b)|de (?:ontem|hoje)|(?:q|que) (?:to|estou)\b|estranh|louc|doid|em que|onde|mais (?:estranho|louco|doido|bizarro)|muito|tao|com|foi|dessa|de hoje|comec|recorr|horrivel|ruim|bizarr|e tava|e eu|esquis|eu |hoje|ontem))",
    ),
    _figure(
        "sonho_realidade",
        r"\btive o sonho de\b|\bsonhos? (?:dele|dela|deles|delas)\b|\b(?:apenas|somente) (?:um )?sonhos?\b|\bsonhos? d(?:o|a|os|as) (?!noite|madrugada|outra|semana)\w+|\b(?:ate|nem|so) (?:em|no|nos) (?:meus? )?(?:sonho|pesadelo)s?\b|\b(?:to|tava|estou|estava) sonhando com (?:esse|essa|o|a|as|os) (?:feriado|ferias|viagem|dia|fim|sexta|almoco|casa|carro)|(?<!no )\bsonhos? (?:se |que se )?(?:realiz\w+|tornam|tornou|realidade|de consumo|de valsa|de crianca|de princesa|de infancia|de vida|e|era|ser|ter|de todo|da minha vida|de qualquer|ir|demais|ne|pqp|sempre foi|meu|da|impossivel)\b|\bdos (?:meus )?sonhos\b|\bbons sonhos\b|\bsonhos? realizados?\b",
    ),
    _figure(
        "sonhar_acordado",
        r"\b(?:sonhar (?:acordad\w|nao custa|alto|grande|com|e|em|nao|demais|pode)|pode sonhar|sonha(?:r|m|dor\w*|ndo acordad\w)?|deixa eu sonhar|continua sonhando|nem (?:em|nos|no) (?:\w+ )?sonhos?|so (?:em|nos|no) (?:\w+ )?sonhos?|sempre sonhei|sonhei (?:em|a vida|tanto|minha vida|desde|em ter|com (?:isso|esse momento|esse dia))|(?:que|como|quanto) (?:eu )?(?:sempre|mais|tanto) sonhei|sonhei (?:com )?(?:ser|ter|poder)|mais sonhava)\b",
    ),
    _figure(
        "pesadelo_figurado",
        r"\b(?:e|foi|era|ser|meu|minha|pior|nosso|maior|esse|desse|deste|que|virou|um verdadeiro|vivendo um|parece um) (?:o |um |pior |maior )?pesadelo\b(?! (?:que eu|de (?:hoje|ontem)|da minha vida,|com|em que|onde|hoje|ontem|horrivel))",
    ),
)

_FRENCH = (
    _figure(
        "reve_goal",
        r"\b(?:mon|ton|son|notre|leur|le|un|de|en|du|plus beau|pire|grand|petit) (?:\w+ )?(?:reves?|cauchemars?)\b(?: c'est| de| d'| est| serait| serai| absolu| americain| eveille| realise| devenu| total|\W*$| ultime| devient)|\b(?:realiser|realise|vivre|vis|accomplir|suivre|croire en|poursuivre|briser) (?:\w+ ){0,2}?reves?\b|\bde (?:mes|tes|ses|vos|nos) reves\b|\bde reve\b|\bc'est (?:un|le|mon) (?:\w+ )?(?:reve|cauchemar)\b",
    ),
    _figure(
        "je_reve_ou",
        r"\b(?:je reve ou|on reve|tu reves|tu peux (?:toujours )?rever|fai[ts]?\w* (?:\w+ )?rever|laisse\w* (?:\w+ )?rever|rever (?:de|d'|eveille|un peu|c'est|en)|je reve (?:de|d'|trop|tellement)|reve (?:pas|toujours|bien|encore)|beaux reves|fais de beaux reves|meme pas en reve|ai (?:toujours|tant|tellement) reve|j'ai reve (?:d'|de )(?:etre|avoir|devenir|faire)|comme dans un reve|reveur\w*)\b",
    ),
)

_ITALIAN = (
    _figure(
        "sogno_goal",
        r"\b(?:mio|tuo|suo|il|un|da|grande|vero|piu grande|unico|nostro|che|del|dei|della) (?:\w+ )?(?:sogn[oi]|incub[oi])\b(?: e'?\b| di\b| nel cassetto| che si| si e| americano| della| proibito| da\b| sarebbe|\W*$)|\b(?:realizz\w+|coron\w+|inseguire|viv\w+|avver\w+) (?:\w+ ){0,2}?sogn[oi]\b|\bda sogno\b|\bdei (?:miei|tuoi) sogni\b|\bsogni d'oro\b|\bsogno (?:che si avvera|realizzato|nel cassetto)\b",
    ),
    _figure(
        "sognare_aperti",
        r"\b(?:ho sempre sognato|sognare (?:e|non|ad occhi|a occhi|in)|sogna(?:re|tore|trice|tori)?|continua a sognare|neanche (?:nei|in) sogn\w+|fa sognare|fatto sognare|sogno di|come (?:ho )?sempre sognato|e un incubo|che incubo)\b",
    ),
)

_INDONESIAN = (
    _figure(
        "mimpi_goal",
        r"\bmimpi (?:(?:jadi|menjadi|jd) (?:kenyataan|nyata|orang|org|pns|asn|artis|presiden|dokter|polisi|sultan|juara|negara|kaya|istri|suami|penulis|pengusaha)|besar|yang jadi|jadi kenyataan|kali|apa|di siang|di siang bolong|doang|aja|aj|mulu|terus|basah|punya|bisa|untuk|indah|kita|mereka|adalah|terbesar|masa kecil|bangsa|nya|dulu|ya|kok|kah|manis|terindah)\b|\bmimpi(?:mu|kah)\b|\bmimpi-mimpi\b|\bmimpi2\b",
    ),
    _figure(
        "jangan_mimpi",
        r"\bmimpi (?:yang|yg) (?:layak|besar|tinggi|indah|mulia)\b|\bmimpi itu (?:lenyap|hilang|sirna|musnah|harus|bisa)\b|\b(?:jangan|jgn|wujud\w*|mewujudkan|meraih|raih|mengejar|kejar|kayak|kaya|kyk|seperti|bagai|bagaikan|serasa|berasa|cuma|cuman|hanya|masih|jual|punya|semoga|ibarat|bukan|ini|itu|sejuta|bangun dari|macam|macem|tetap|berani|teruslah|pemilik|sebuah|para|ga|gak|tak|nggak|tidak|gk) (?:\w+ )?(?:ber)?mimpi(?:\w{2,3})?\b(?! (?:buruk semalam|aneh))|\b(?:dia|kamu|kau|lu|lo|mereka|orang|mama|ibu|bapak|ayah|temen|teman|kalian|netizen)\b(?: \w+){0,2} (?:ber)?mimpi\b|\bmimpi apa\b|\bkebawa mimpi\b|\bsampe mimpi\b|\bngimpi\b",
    ),
)

_DUTCH = (
    _figure(
        "droom_goal",
        r"\bdroom(?:baan|huis|man|vrouw|auto|reis|wereld|prins|paleis|vakantie|team|date)\w*\b|\b(?:mijn|zijn|haar|een|grote) droom (?:is|om|van|die uitkomt|\W*$)|\bdromen (?:van|die|komen|zijn)\b|\bdroom lekker\b|\baltijd (?:al )?(?:van )?gedroomd\b|\bnachtmerrie(?: voor| van)\b",
    ),
)

_TURKISH = (
    _figure(
        "ruya_gibi",
        r"\b(?:ruya|kabus) gibi\b|\bruyalarim\w*\b|\btatli ruyalar\b|\bruyanda (?:gorursun|gor)\b|\b(?:ruyasinda|ruyaniz\w*)\b",
    ),
)

FIGURES: dict[str, tuple[Figure, ...]] = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "es": _SPANISH,
    "pt": _PORTUGUESE,
    "fr": _FRENCH,
    "it": _ITALIAN,
    "id": _INDONESIAN,
    "nl": _DUTCH,
    "tr": _TURKISH,
}


def cut_out(text: str, figures: Sequence[Figure]) -> tuple[str, tuple[Figure, ...]]:
    """*text* without its figurative uses, and the figures that were found.

    Each is replaced by a mark that no cue matches, so words on its two sides do not join.
    """
    found = []
    for figure in figures:
        text, times = figure.pattern.subn(" \u00a6 ", text)
        if times:
            found.append(figure)
    return text, tuple(found)
