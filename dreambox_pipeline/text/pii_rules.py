"""How personal data looks in a comment, as data for `pii`.

A rule is a kind, a stable name and a pattern. When a pattern has a group, the group is the
personal part and the rest is what gives it away ("my friend ...", "my snap is ...").
Repetitions are bounded, so that no text can make a pattern slow.
"""

import re

_TLD = (
    r"(?:com|net|org|edu|gov|info|io|me|co|tv|gg|ly|app|xyz|link|shop|site|online|live|dev|ai|"
    r"de|fr|es|it|br|pt|mx|ar|id|uk|us|eu|nl|be|ch|at|tr|ru|jp|in|my|ph|au|ca)"
)
_AT = r"\s?(?:@|\(at\)|\[at\]|\{at\})\s?"
_DOT = r"\s?(?:\.|\(dot\)|\[dot\]|\{dot\}|\s(?:dot|punto|ponto|punkt|point|titik)\s)\s?"
_STREET = (
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|square|sq|"
    r"terrace|way|close|crescent|parkway|pkwy|highway|hwy|circle|cir|trail)"
)
_NAME_WORD = r"(?<!\w)[A-ZÀ-ÖØ-ÞČŁŚŠŽ][\w'’-]{0,20}[a-zà-öø-ÿčłńśšž][\w'’-]{0,20}"
_KIN = (
    # People introduce a name with what the person is to them, in every language.
    r"best friend|bestfriend|bestie|friend|boyfriend|girlfriend|bf|gf|husband|wife|fiance|fiancee|"
    r"ex|crush|sister|brother|cousin|aunt|auntie|uncle|grandma|grandpa|son|daughter|niece|nephew|"
    r"teacher|professor|neighbou?r|boss|coworker|colleague|roommate|classmate|coach|"
    r"amig[oa]|novi[oa]|herman[oa]|prim[oa]|espos[oa]|hij[oa]|maestr[oa]|profesora?|vecin[oa]|"
    r"namorad[oa]|irm[aã]o?|filh[oa]|marido|professora?|colega|"
    r"freund|freundin|bruder|schwester|mann|frau|sohn|tochter|lehrer|lehrerin|kollege|kollegin|nachbar|"
    r"ami|amie|copain|copine|frère|soeur|sœur|cousine|mari|femme|fils|fille|prof|voisine?|"
    r"teman|temen|sahabat|pacar|mantan|adik|kakak|suami|istri|sepupu|guru"
)
_POSSESSIVE = r"(?:my|our|his|her|your|mi|tu|su|mein|meine|meinem|meiner|meinen|mon|ma|ton|ta|meu|minha|teu|tua)"

RULES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "EMAIL",
        "email",
        re.compile(
            rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,4}}?{_DOT}[a-z]{{2,24}}\b",
            re.IGNORECASE,
        ),
    ),
    (
        "EMAIL",
        "email_spelled",
        re.compile(
            r"(?<![\w.+-])[\w.+-]{1,64} (?:at|arroba) (?:g ?mail|hotmail|yahoo|outlook|icloud|proton|gmx|web|[\w-]+) (?:dot|punto|ponto|punkt|point) (?:com|net|org|de|fr|es|br|id)\b",
            re.IGNORECASE,
        ),
    ),
    ("URL", "url", re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)),
    (
        "URL",
        "domain",
        re.compile(
            rf"(?<![\w@.])(?:[a-z0-9-]{{2,}}\.)+{_TLD}(?:/\S*)?(?![\w.]*@)\b", re.IGNORECASE
        ),
    ),
    ("HANDLE", "mention", re.compile(r"(?<![\w@.])@[\w.]{2,30}")),
    (
        "HANDLE",
        "handle_cue",
        re.compile(
            r"\b(?:snap(?:chat)?|insta(?:gram)?|ig|tiktok|telegram|tg|discord|twitter|kik|line id|wechat|"
            r"username|user name|tele)(?: (?:is|es|é|ist|c'est|id|name|adalah))?\s?[:=]\s?@?([\w.#-]{3,32})|"
            r"\b(?:my|mi|meu|mein|mon) (?:snap(?:chat)?|insta(?:gram)?|ig|telegram|discord|twitter|kik) "
            r"(?:is|es|é|ist|est|:) @?([\w.#-]{3,32})|"
            r"\b(?:add|follow|dm|message|find) me (?:on|at) (?:snap(?:chat)?|insta(?:gram)?|ig|telegram|"
            r"discord|twitter|kik)[: ]+(?:at |as )?@?((?=[\w.#-]*[\d_.#])[\w.#-]{3,32})",
            re.IGNORECASE,
        ),
    ),
    ("ID", "iban", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b")),
    ("ID", "ssn", re.compile(r"\b\d{3}-\d{2}-\d{4}\b")),
    ("ID", "cpf", re.compile(r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b")),
    (
        "ID",
        "ip",
        re.compile(r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b"),
    ),
    (
        "ID",
        "id_cue",
        re.compile(
            r"\b(?:passport|licen[cs]e|social security|ssn|account|iban|dni|curp|cpf|rg|nik|ktp|personalausweis|"
            r"student id|id number|id no|case|policy|plate)(?: (?:number|no|nr|num|plate|is|número))*\.?\s?[:#]?\s?"
            r"((?=[A-Z0-9-]*\d)[A-Z0-9-]{5,20})\b",
            re.IGNORECASE,
        ),
    ),
    (
        "ADDRESS",
        "street_en",
        re.compile(
            rf"\b\d{{1,5}}[a-z]?,? (?:[NSEW]\.? )?(?:(?:[A-Z]|\d{{1,3}}(?:st|nd|rd|th))[\w'’.-]* ){{1,4}}(?i:{_STREET})\b\.?"
            rf"(?:,? (?:apt|apartment|suite|unit|flat|#)\.? ?\w+)?(?:,? [A-Z]{{2}} \d{{5}})?|"
            rf"\b\d{{1,5}} (?:[a-z'-]+ ){{1,3}}(?:street|avenue|boulevard|lane|road)\b",
        ),
    ),
    (
        "ADDRESS",
        "street_romance",
        re.compile(
            r"\b(?:calle|avenida|av\.?|avda\.?|plaza|carrera|rua|travessa|alameda|rue|boulevard|via|viale|piazza|jalan|jln\.?|jl\.?)"
            r"(?: (?:de|da|do|del|della|la|las|los|des|du|le))* [A-ZÀ-Þ][\w'’.-]*(?: [\w'’.-]+){0,3}?,? "
            r"(?:n[º°o]\.? ?|no\.? ?|nr\.? ?|número )?\d{1,5}\b",
            re.IGNORECASE,
        ),
    ),
    (
        "ADDRESS",
        "street_before_rue",
        re.compile(
            r"\b\d{1,4},? (?:bis |ter )?(?:rue|avenue|boulevard|place|impasse|chemin) (?:[\w'’.-]+ ?){1,4}",
            re.IGNORECASE,
        ),
    ),
    (
        "ADDRESS",
        "street_de",
        re.compile(
            r"\b(?:[A-ZÄÖÜ][\w-]*(?:straße|strasse|str\.|weg|platz|gasse|allee|ufer|damm)|(?:Am|An der|Im|Zum) [A-ZÄÖÜ]\w+) \d{1,4}\s?[a-z]?\b(?:,? \d{5}(?: [A-ZÄÖÜ]\w+)?)?"
        ),
    ),
    ("ADDRESS", "zip_us", re.compile(r"\b(?:[A-Z][\w.]+,? )?[A-Z]{2},? \d{5}(?:-\d{4})?\b")),
    ("ADDRESS", "postcode_gb", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")),
    (
        "ADDRESS",
        "po_box",
        re.compile(
            r"\b(?:p\.? ?o\.? box|postfach|apartado(?: postal)?|caixa postal) \d+\b", re.IGNORECASE
        ),
    ),
    (
        "NAME",
        "title",
        re.compile(
            rf"\b(?:[Mm]r|[Mm]rs|[Mm]s|[Mm]iss|[Dd]r|[Dd]ra|[Pp]rof|[Ss]ir|[Mm]adam|[Cc]oach|[Aa]unt|[Aa]untie|[Uu]ncle|[Ss]ra?|[Ss]eñora?|[Dd]on|[Dd]oña|"
            rf"[Ss]enhora?|[Tt]ia|[Tt]io|[Tt]ía|[Tt]ío|[Hh]err|[Ff]rau|[Mm]onsieur|[Mm]adame|[Mm]me|[Tt]ante|[Oo]nkel|[Pp]ak|[Bb]u|[Mm]as|[Mm]bak|[Kk]ak|[Bb]ang|[Oo]m)\.? "
            rf"({_NAME_WORD}(?: {_NAME_WORD}){{0,2}})"
        ),
    ),
    (
        "NAME",
        "kin_cue",
        re.compile(
            rf"\b(?i:{_POSSESSIVE} (?:[\w-]+ ){{0,2}}?(?:{_KIN})|(?:{_KIN}) (?:aku|saya|gue|gw|ku)),? "
            rf"({_NAME_WORD}(?: {_NAME_WORD}){{0,2}})"
        ),
    ),
    (
        "NAME",
        "named",
        re.compile(
            r"\b(?i:named|called|name is|name's|names|name was|call me|llamad[oa]|se llama|se llamaba|me llamo|"
            r"chamad[oa]|se chama|me chamo|meu nome é|mi nombre es|namens|heißt|heiße|heisst|hieß|mein name ist|"
            r"appelée?|s'appelle|m'appelle|s'appelait|bernama|namanya|nama aku|namaku|nama saya) "
            rf"({_NAME_WORD}(?: {_NAME_WORD}){{0,2}})"
        ),
    ),
)
LOWER_NAME_CUE = re.compile(
    rf"\b(?:{_POSSESSIVE} (?:[\w-]+ )?(?:{_KIN})|named|called|name is|(?:{_KIN}) (?:aku|saya|gue|gw)|me llamo|se llama|"
    r"se chama|me chamo|namanya|bernama|mein name ist|heißt|s'appelle|je m'appelle|i'm|im|i am|ich bin|soy|with|and|con|com|mit|avec|sama) "
    r"([a-zà-ÿ]+)",
    re.IGNORECASE,
)
CAPITALISED = re.compile(
    rf"{_NAME_WORD}(?: (?:(?:de|da|dos|van|von|del|la|bin|al) )?{_NAME_WORD}){{0,3}}"
)
MID_SENTENCE_PAIR = re.compile(rf"(?<=[a-zà-ÿ,] )({_NAME_WORD}(?: {_NAME_WORD}){{1,2}})")
CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w-])")
LOOSE_PHONE = re.compile(r"(?<![\w.,/-])\+?\(?\d{1,4}\)?(?:[\s./-]?\(?\d{2,5}\)?){2,5}(?![\w/:-])")
PHONE_CUE = re.compile(
    r"(?i)\b(?:call|text|whats ?app|wa|tel|telf?|phone|cell|mobile|number|num|nr|numero|número|handy|nummer|"
    r"telefone|telefono|teléfono|zap|hp|nomor|hubungi|liga|ligue|llama|ruf|appelle)\b.{0,20}$"
)
_DIGIT_WORD = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|cero)"
SPOKEN_PHONE = re.compile(rf"\b{_DIGIT_WORD}(?:[\s,-]+{_DIGIT_WORD}){{6,14}}\b", re.IGNORECASE)
NOT_NAMES = frozenset(
    """
    i im ive the a an my in on at and but so then there when he she it we they you god jesus
    allah lord tiktok instagram youtube netflix disney google amazon walmart target
    christmas halloween easter monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december
    america american english spanish german french usa uk new york los angeles san francisco
    santa las vegas london paris berlin tokyo mexico brazil indonesia jakarta madrid europe
    africa asia omg lol wtf
    """.split()  # noqa: SIM905 - a word list reads better as text
)
