"""What is blocked and what a person looks at, as data.

Patterns match folded text without accents, in every language at once: a block never depends
on guessing the language right. Words that are harmless somewhere ("dick" is German for fat)
name the languages where they do not count. The words are ugly because the rules are about
them; an incident is answered by a new row here and one in the test's table.

Fear is not a reason. Being chased, falling, drowning, monsters, losing teeth, someone's death:
dreams are full of them.
"""

import re
from dataclasses import dataclass

from dreambox_pipeline.safety.model import ScreeningAction


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to block or to ask a person.

    Attributes:
        code: Stable reason code; several rules may share one.
        pattern: Found anywhere in the text.
        together_with: When set, must be found too.
        not_in: Languages in which the words mean something else.
    """

    code: str
    action: ScreeningAction
    pattern: re.Pattern[str]
    together_with: re.Pattern[str] | None = None
    not_in: frozenset[str] = frozenset()


def _rule(
    code: str,
    action: ScreeningAction,
    pattern: str,
    *,
    together_with: str | None = None,
    not_in: str = "",
) -> Rule:
    other = re.compile(together_with) if together_with else None
    return Rule(code, action, re.compile(pattern), other, frozenset(not_in.split()))


_BLOCK, _REVIEW = ScreeningAction.BLOCK, ScreeningAction.REVIEW

_SEX = (
    r"\b(?:sex|sexy time|sexual\w*|sexting|porn\w*|pr0n|blow ?jobs?|hand ?jobs?|horny|orgasm\w*|org(?:y|ies)|masturbat\w*|jerk(?:ed|ing)? off|erection|"
    r"boner|penis|vagina|pussy|cock|boobs|titties|tits|naked sex|made love|making love|hooked up|hook up with|slept with|seduc\w+|cum(?:ming|med)?|"
    r"nudes|onlyfans|hentai|threesome|gangbang|anal|wet dreams?|fuck(?:ed|ing)? (?:me|him|her|them|my|each)|"
    r"sexo|follar\w*|follando|coger(?:me|la|lo)|cogiendo|porno|tetas|verga|polla|transar|transando|transei|foder|fodendo|buceta|punheta|siririca|"
    r"ficken|gefickt|fickte|geschlechtsverkehr|muschi|titten|schwanz gelutscht|wichsen|"
    r"baiser avec|sexe|sexuelle?s?|chatte mouillee|branler|sodom\w+|"
    r"ngentot\w*|ngewe|bokep|kontol|memek|bersetubuh|hubungan intim|colmek|sange|seks)\b"
)
_MINOR = (
    r"\b(?:child|children|kid|kids|minor|minors|underage\w*|toddler|baby|infant|preteen|tween|schoolgirls?|schoolboys?|little (?:girl|boy)s?|"
    r"young (?:girl|boy)s?|(?:[1-9]|1[0-7]) ?(?:-| )?(?:years?|yrs?)(?:-| )?old|(?:[1-9]|1[0-7]) ?(?:yo|y/o)|loli\w*|shota|pedo\w*|"
    r"nin[ao]s?|menor(?:es)? de edad|(?:[1-9]|1[0-7]) anos|crianca|criancas|menininh[ao]|kinder|minderjahrig\w*|(?:[1-9]|1[0-7]) jahre|"
    r"enfant|enfants|fillette|mineure?|(?:[1-9]|1[0-7]) ans|anak kecil|anak di bawah umur|bocah|bocil|(?:[1-9]|1[0-7]) tahun)\b"
)
_SLUR = (
    r"\b(?:n[i1]gg(?:er|a|ers|as|uh)|fagg?ots?|fags|kikes?|spics?|chinks?|tranny|trannies|gooks?|pakis?|wetbacks?|"
    r"maric(?:on|ones|a)|sudacas?|viados?|bichas?|macacos? pretos?|kanaken?|schwuchteln?|neger|pedes?|bougnoules?|negres?|bencong|cina babi)\b"
)
_THREAT = (
    r"\b(?:kill|killing|die|murder|shoot|hang|lynch|gas|burn|beat|stab|exterminate|deserve to die|should be dead|"
    r"matar\w*|mueran|muere|morir|morram|morra|umbringen|vergasen|abknallen|tuer|creve[rz]?|mourir|bunuh|mati|bakar)\b"
)
# "I'm 12 weeks pregnant", "I'm 10 minutes in", "i'm 5'4": numbers that are no age.
# Doubled letters may be single: texts are also read with repetitions collapsed.
_NOT_AN_AGE = (
    r"(?! ?(?:'|\"|/|[.,:]\d|%|(?:we+ks?|wks?|months?|days?|hours?|hrs?|h|minutes?|mins?|seconds?|secs?|fe+t|fo+t|ft|inches|"
    r"lbs?|kgs?|kilos?|pounds?|cm|miles?|km|times|percent|episodes?|seasons?|chapters?|pages?|stor(?:y|ies)|flo+rs?|"
    r"points?|levels?|dol+ars?|euros?|bucks|degre+s?|people|steps|be+rs?|drinks?|shots?|cof+e+s?|videos?|com+ents?|posts?|"
    r"out of|of|th|x|k|am|pm|again|inside|at heart|in (?:my|the|this) (?:dream|nightmare))\b|"
    r"years? (?:sober|clean|in\b|into|late|younger|older|since|ago|of|behind|ahead|too)))"
)
_EN_AGE = (
    # Not "when i was 12", "like i'm 5". What stands behind the number may be mistyped.
    rf"(?<!like )(?<!as if )\b(?:i'?m|i am|im|ima) (?:only |just |literally |a |still |actually |turning |almost |about to be )*"
    rf"(?:[6-9]|1[0-7])(?!\d){_NOT_AN_AGE}"
)

RULES: tuple[Rule, ...] = (
    # ---- never, whoever looks at it
    _rule("minor_sexual", _BLOCK, _SEX, together_with=_MINOR),
    _rule(
        "self_harm_method",
        _BLOCK,
        r"\b(?:hang(?:ing)? myself|hung myself|slit(?:ting)? my (?:own )?(?:wrists?|throat)|cut(?:ting)? my (?:wrists?|arms?|thighs?|veins)|"
        r"overdos(?:e|ed|ing) on|(?:shoot|shot|shooting) myself|how (?:to|do i|can i) (?:kill|hang|end) (?:myself|it all|my life)|"
        r"(?:swallow|take|took)\w* (?:a whole |the whole |all (?:of )?)(?:my |the )?(?:bottle of )?(?:p[il]{2,4}s|tylenol|meds)|"
        r"me cort(?:e|o|aba|ando) las (?:venas|munecas)|cortarme las (?:venas|munecas)|ahorcarme|me ahorqu\w+|"
        r"cort(?:ei|ar|o|ando) (?:os |meus )(?:pulsos|bracos)|me enforc\w+|pulsadern|mich (?:erhangen|aufhangen|erhangt)|ritze mich|"
        r"(?:m'ouvrir|m'ouvert|tailler) les veines|me pendre|gantung diri|sayat (?:tangan|nadi)|menyayat (?:tangan|nadi))\b",
    ),
    _rule("slur_with_threat", _BLOCK, _SLUR, together_with=_THREAT),
    _rule(
        "sexual_violence",
        _BLOCK,
        r"\b(?:rap(?:ed|ing|ist|ists)|gang ?rape|molest\w*|sexual(?:ly)? (?:assault|abus)\w*|incest\w*|bestiality|necrophil\w*|"
        r"me viol(?:aron|o|aban)|violador|estupr\w+|vergewaltig\w*|viole[er]e?s?\b|violeur|diperkosa|memperkosa|pemerkosa\w*)\b",
    ),
    _rule("rape", _BLOCK, r"\brape\b", not_in="fr es pt it"),
    # ---- the dreamer says they are a minor: their dream is not ours to use
    _rule("minor_self_told", _BLOCK, _EN_AGE),
    _rule(
        "minor_self_told",
        _BLOCK,
        r"\b(?:(?:as|being) an? (?:[6-9]|1[0-7])[ -](?:years?|yrs?|yr)[ -]?old|my (?:[6-9]|1[0-7])(?:th|st|nd|rd) (?:birthday|bday) (?:is|was (?:last|yesterday))|"
        r"i(?:'m| am|m) (?:a |an |still a |only a |just a )?(?:minor|underage|preteen|tween|child(?! of)|kid(?! again)|(?:5th|6th|7th|8th|9th|fifth|sixth|seventh|eighth|ninth) grader)\b(?! at heart)|"
        r"i(?:'m| am|m) (?:still |currently )?in (?:the )?(?:[1-9](?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|elementary|primary|middle|junior high) ?(?:grade|school)|"
        r"i(?:'m| am|m) (?:(?:six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen))(?: years? old| yo)?(?= ?(?:$|[.,!?;]|and\b|but\b))|"
        r"^\W*(?:[6-9]|1[0-7]) ?[mf]\b|\b(?:[6-9]|1[0-7]) ?(?:yo|y/o) (?:here|girl here|boy here)|\bit'?s my (?:[6-9]|1[0-7])th (?:birth\w+|bday)|my (?:[6-9]|1[0-7])th (?:birth?a?day?|bday) is|(?:i'?m |im |i am )turning (?:[6-9]|1[0-7])\b|my age is (?:[6-9]|1[0-7])\b|(?<!when )\b(?:i just turned (?:[6-9]|1[0-7])|i turned (?:[6-9]|1[0-7]) (?:today|yesterday|last (?:week|month)|this (?:week|month|year)))\b)",
    ),
    _rule(
        "minor_self_told",
        _BLOCK,
        # "Tenía 13 años" and "als ich 13 war" are memories; only the present tense counts.
        r"\b(?:tengo|cumpli|tengo solo|yo tengo) (?:apenas |solo |ya )?(?:[6-9]|1[0-7]) (?:anos|anitos|añ\w+)|\bsoy menor(?: de edad)?\b|"
        r"\b(?:eu )?(?:tenho|fiz) (?:so |apenas |ja )?(?:[6-9]|1[0-7]) anos|\bsou menor(?: de idade)?\b|"
        r"\bich bin (?:erst |gerade |schon )?(?:[6-9]|1[0-7])(?= ?(?:$|[.,!?;]|jahre|und\b|aber\b))(?! jahre (?:clean|trocken|hier|dabei|alter|junger))|\bich bin minderjahrig\b|"
        r"\bj'?ai (?:que |seulement |juste )?(?:[6-9]|1[0-7]) ans\b|\bje suis mineure?\b|\bho (?:solo )?(?:[6-9]|1[0-7]) anni\b|"
        r"\b(?:umurku|umur (?:aku|saya|gue|gw)|usiaku|usia (?:saya|aku)|aku|saya|gue|gw)(?: (?:masih|baru|umur|berumur|berusia|usia))* (?:[6-9]|1[0-7]) ?(?:tahun|thn|th)\b(?! (?:lalu|yang lalu|lagi|kerja|nikah))|"
        r"\b(?:aku|saya|gue|gw) masih (?:smp|sd|di bawah umur)\b|\bik ben (?:pas )?(?:[6-9]|1[0-7])(?: jaar)?(?= ?(?:$|[.,!?]))|\b(?:[6-9]|1[0-7]) yasindayim\b",
    ),
    # ---- not on this account
    _rule("sexual", _BLOCK, _SEX, not_in=""),
    _rule("sexual", _BLOCK, r"\b(?:dick|dicks|strip(?:per|ped) naked)\b", not_in="de nl"),
    # ---- a person looks
    # Words that are harmless in English and Portuguese: bite, sang, bom.
    _rule("sexual", _BLOCK, r"\b(?:ma|ta|sa|la|une|grosse) bite\b", not_in="en"),
    _rule("gore", _REVIEW, r"\b(?:du|le|en|de|plein de|son|mon) sang\b"),
    _rule("violence", _REVIEW, r"\bbom\b", not_in="pt en es"),
    _rule("slur", _REVIEW, _SLUR),
    _rule(
        "nudity",
        _REVIEW,
        r"\b(?:naked|nude|topless|underwear|lingerie|strip club|desnud[ao]s?|pelad[ao]s?|nackt\w*|a poil|toute? nue?|telanjang|nudo|nuda)\b",
    ),
    _rule(
        "violence",
        _REVIEW,
        r"\b(?:kill(?:ed|er|ers|ing|s)?|murder\w*|stab(?:bed|bing)?|shot (?:me|him|her|them|at|dead|my)|shoot(?:ing|er|s)?|shooting|tortur\w+|behead\w*|chain ?saw|axe|cut (?:\w+ ){1,2}(?:in|into|to) pieces|heads? explod\w+|decapitat\w*|gun|guns|"
        r"(?:beat|smash|punch|hurt|burn|destroy) (?:you|your|them|their)\w*|threaten\w*|weapons?|execut(?:e|ed|ion)|slaughter\w*|attack(?:ed)? by (?:a )?m[ae]n|"
        r"gunman|rifle|knife|machete|bomb(?:ed|ing|s)?|terroris\w+|massacre|hostage|strangl\w+|chok(?:ed|ing) (?:me|him|her)|beat (?:me|him|her) up|lynch\w*|nazi\w*|hitler|"
        r"mat(?:aba|aban|aron|o a|e a|ando|ar)|asesin\w+|apunal\w+|dispar\w+|pistola|cuchillo|bomba|tirotei?o|"
        r"mat(?:ei|ou|aram|ava|avam)|assassin\w+|facada|esfaque\w+|tiro|tiros|arma|"
        r"umgebracht|ermord\w*|getotet|erschoss\w+|erstoch\w+|mord|morder|messer|pistole|waffe|bombe|"
        r"tue[ers]?|tuer|assassin\w*|poignard\w*|couteau|fusil|pistolet|tirait sur|"
        r"dibunuh|membunuh|bunuh|pembunuh\w*|ditembak|ditusuk|pisau)\b",
    ),
    _rule(
        "gore",
        _REVIEW,
        r"\b(?:blood|bloody|gore|gory|guts|intestines|dismember\w*|mutilat\w*|corpses?|dead bod(?:y|ies)|severed|organs|cannibal\w*|"
        r"sangre|cadaver\w*|tripas|mutilad\w*|sangue|defunt\w*|blut|blutig\w*|blutend\w*|leiche|leichen|eingeweide|cadavres?|sanglant\w*|darah|mayat|jenazah|jasad)\b",
    ),
    _rule(
        "self_harm",
        _REVIEW,
        r"\b(?:su+i+[cid]{2,5}[ea]\w*|kill(?:ed|ing)? myself|kms|end(?:ed|ing)? my (?:own )?life|want(?:ed)? to die|wanna die|wish i (?:was|were) dead|self[ -]?harm\w*|hurt(?:ing)? myself|"
        r"don'?t want to (?:live|be alive|wake up)|better off dead|unalive|sewerslide|anorexi\w*|bulimi\w*|worthless|wish i (?:had not|hadn'?t|never) (?:woken|woke|wake|waken)\w*(?: up)?|never wake up again|jump(?:ed|ing)? (?:off|from) (?:the|a|my) (?:bridge|roof|building|balcony)|hate myself|cutting myself|starv\w+ myself|purg(?:e|ing)|relapsed?|no reason to live|tired of living|"
        r"quiero morir\w*|matarme|no quiero vivir|quero morrer|me matar|nao quero (?:mais )?viver|sterben will|will sterben|will nicht mehr leben|mich umbring\w+|selbstmord|"
        r"envie de mourir|veux mourir|me suicider|me tuer|bunuh diri|pengen mati|mau mati aja|ingin mati)\b",
    ),
    _rule(
        "drugs",
        _REVIEW,
        r"\b(?:cocaine|coke line|meth|heroin|fentanyl|weed|marijuana|joint|blunt|stoned|lsd|acid trip|shrooms|magic mushrooms|mdma|ecstasy|molly|ketamine|dmt|xanax|opioids?|drugs?|high on|tripping on|"
        r"ayahuasca|percs?|vap(?:e|ing)|cocaina|marihuana|maconha|porro|drogas?|drogen|kiffen|gekifft|koks|droge|cannabis|beuh|drogue[es]?|narkoba|ganja|sabu|nyabu)\b",
    ),
    _rule(
        "public_figure",
        _REVIEW,
        r"\b(?:trump|biden|obama|kamala|putin|zelensky|netanyahu|elon musk|musk|bezos|zuckerberg|taylor swift|beyonce|rihanna|drake|kanye|kardashian\w*|kylie jenner|ariana grande|billie eilish|"
        r"harry styles|justin bieber|selena gomez|zendaya|timothee chalamet|tom holland|pedro pascal|keanu reeves|brad pitt|leonardo dicaprio|oprah|mr ?beast|messi|ronaldo|neymar|mbappe|lebron|"
        r"bad bunny|shakira|karol g|bts|jungkook|jimin|blackpink|stray kids|nct|lula|bolsonaro|anitta|milei|amlo|sheinbaum|merkel|merz|scholz|macron|le pen|melenchon|prabowo|jokowi|gibran|"
        r"king charles|prince harry|the pope|celebrit\w+|(?:the|our|vice) president|(?:el|la) president[ea]|o presidente|bundeskanzler\w*|le president|presiden|wapres)\b",
    ),
    _rule(
        "minor_depicted",
        _REVIEW,
        # A picture of a child needs a person's eye even when nothing else is wrong.
        r"\b(?:(?:[1-9]|1[0-7])[ -](?:years?|yrs?|yr)[ -]?old (?:girl|boy|kid|child)|schoolgirls?|schoolboys?)\b",
    ),
    _rule(
        "hate",
        _REVIEW,
        r"\b(?:jews?|jewish|muslims?|islam\w*|blacks|black (?:people|men|women)|white (?:people|race|men)|whites|mexicans?|asians?|chinese|indians?|arabs?|africans?|immigrants?|refugees|"
        r"migrants|gays?|lesbians?|homosexual\w*|trans(?:gender)?|trannies|queers?|christians?|catholics?|hindus?|gyps(?:y|ies)|feminists?|disabled|women|females|races?|judios?|negros|"
        r"judeus?|auslander|juden|turken|moslems?|juifs?|arabes|noirs|migrants|yahudi|kafir)\b",
        together_with=r"\b(?:hate|evil|disgust\w*|inferior|superior|stupid|dumb|filth\w*|scum|trash|garbage|animals|rats|parasit\w*|vermin|dirty|criminals?|thieves|destroy\w*|invad\w*|"
        r"invasion|should (?:all )?(?:be|die|go)|must (?:be|die)|get rid of|disease|cancer|degenerate\w*|lazy|greedy|apes?|monkeys?|savages?|threat|ruin\w*|control|shut up|kitchen|"
        r"ugly|worst|fault|blame|eradicat\w*|exterminat\w*|ban|deport\w*|kill|odio|asco|odeio|nojo|dreckig\w*|hasse|raus|deteste|sale|benci|najis)\b",
    ),
    _rule(
        "hate",
        _REVIEW,
        r"\b(?:retard(?:ed|s)?|white power|heil|jews? (?:control|are)|terrorist muslims?|go back to (?:your|africa|mexico)|subhuman\w*|vermin|hate (?:all )?(?:gays|jews|muslims|blacks|immigrants|women|trans))\b",
    ),
)
