"""Notice comments that talk to a language model instead of to people.

A hit is a signal for review, not a defence: attacks phrased as ordinary requests pass any
list of words. What protects DreamBox is that comments are data with a fixed place, answers
have a closed schema, and nothing that decides money or publishing comes from a model.
"""

import re

from dreambox_pipeline.text.normalize import clean, fold

# Verb and object may stand a few words apart: "ignore, I beg you, all of the rules above".
_GAP = r"(?:\W+\w+){0,5}?\W+"
_OVERRIDE = (
    rf"\b(?:ignore|disregard|forget|override|bypass|skip){_GAP}(?:instructions?|rules?|prompts?|guidelines|directions|orders)\b",
    r"\b(?:ignore|disregard|forget) (?:all |everything |anything )?(?:of )?(?:the |that |what )?(?:above|previous|prior|before|earlier)\b",
    rf"\b(?:ignor[ae]|olvid[ae]|desobedece|omite){_GAP}(?:instrucci\w+|reglas|ordenes|indicaciones|anterior\w*)\b",
    rf"\b(?:ignor[ea]|esque\w+|desconsider[ea]|desobede\w+){_GAP}(?:instruc\w+|regras|ordens|comandos|anterior\w*)\b",
    rf"\b(?:ignorier\w*|vergiss|vergesst|missachte|uberspring\w*){_GAP}(?:anweisung\w*|regeln|befehle|vorgaben|instruktion\w*)\b",
    rf"\b(?:ignore[zr]?|oublie[zr]?|neglige[zr]?){_GAP}(?:instructions?|consignes|regles|ordres|precedent\w*)\b",
    rf"\b(?:abaikan|lupakan|hiraukan|langgar){_GAP}(?:instruksi|perintah|aturan|arahan|sebelumnya)\b",
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    *(("override", re.compile(pattern)) for pattern in _OVERRIDE),
    (
        "role_tag",
        re.compile(
            r"<\|?(?:im_start|im_end|system|endoftext|assistant|user|eot_id)\b|\[/?inst\]|</?s>|<<sys>>|"
            r"^\W*(?:system|assistant|developer|sistema) ?:|\n ?(?:system|assistant|developer) ?:|"
            r"[.!?] (?:system|assistant|developer) ?:|"
            r"#{2,} ?(?:instruction|system|response|new task)|\[(?:system|assistant|admin)\]|"
            r"\b(?:end|begin) of (?:user )?(?:comment|input|prompt|message)\b"
        ),
    ),
    (
        "set_score",
        re.compile(
            r"\b(?:set|give|make|assign|rate|score|rank|put|mark)(?:\W+\w+){0,5}?\W+(?:score|rating|probability|rank|priority|visual\w*|engagement|"
            r"as approved|as safe|approved|first place|top priority|10 ?/ ?10|100 ?/ ?100|is_dream)\b|"
            r"\b(?:auto ?-?)?approve (?:this|my|it) (?:comment|dream|video|post|without)|\bpublish (?:this|it|my \w+) (?:now|immediately|without)\b|"
            r"\b(?:pon|asigna|dale)\b.{0,30}\b(?:puntuacion|puntaje)\b|\b(?:atribu\w+|coloque)\b.{0,30}\b(?:nota maxima|pontuacao)\b|"
            r"\b(?:setze|vergib)\b.{0,30}\b(?:punktzahl|bewertung)\b|\b(?:mets|donne)\b.{0,30}\b(?:le score|la note maximale)\b|"
            r"\b(?:beri|atur)\b.{0,30}\b(?:skor|nilai tertinggi)\b"
        ),
    ),
    (
        "schema",
        re.compile(
            r"[\"'](?:is_dream|probability|visual_detail|mood|setting|motifs|screening|action|role|content|consent|facts)[\"'] ?:|"
            r"\b(?:is_dream|visual_detail) ?[=:]|\b(?:output|return|respond with|answer in|reply with) (?:only )?(?:the |this |a |valid )?json\b"
        ),
    ),
    (
        "reveal",
        re.compile(
            r"\b(?:system|initial|hidden|original|secret) (?:prompt|instructions?|message)\b|\bprompt (?:del )?sistema\b|\bsystem ?prompt\b|"
            r"\b(?:reveal|print|show|repeat|leak|output)(?:\W+\w+){0,3}?\W+(?:prompt|instructions|api key|password|secrets?)\b|"
            r"\b(?:muestra|revela|mostra|zeige|montre|revele|tampilkan)\b.{0,25}\b(?:instruc\w+|prompt|anweisung\w*|consignes|instruksi)\b"
        ),
    ),
    (
        "act_as",
        re.compile(
            r"\byou are (?:now|no longer) (?:a |an |the |in |going )?(?:\w+ ){0,3}?(?:ai|model|assistant|bot|dan|mode|unrestricted|admin\w*|developer|jailbr\w+|bound|free)\b|"
            r"\b(?:act|behave|respond|pretend)(?: to be| as)(?: if you (?:are|were))? (?:a |an |the |my )?(?:\w+ )?(?:ai|model|assistant|dan|admin\w*|developer|llm|chatbot|terminal|linux)\b|"
            r"\b(?:developer|dan|god|jailbreak|debug|admin|sudo) mode\b|\bjailbreak\b|\bdo anything now\b|"
            r"\b(?:ahora eres|agora voce e|du bist jetzt|tu es maintenant|sekarang kamu adalah|kamu sekarang adalah) (?:un[ea]? |uma? |ein[e]? |sebuah )?(?:\w+ )?(?:ia|ki|ai|modelo?|modele|modell|asisten\w*|assistent\w*|administra\w+|bot)\b|"
            r"\b(?:dear|hey|attention|hello|note to|message (?:to|for)) (?:the )?(?:ai|llm|gpt|chatgpt|language model|moderator bot|model|classifier)\b"
        ),
    ),
    (
        "code",
        re.compile(
            r"<script\b|javascript:|\{\{.{0,80}\}\}|\$\{.{0,80}\}|\{%|;\s*(?:drop|delete|truncate|alter) (?:table|from)\b|\bunion select\b|"
            r"\brm -rf\b|\bcurl https?:|\b(?:os\.system|subprocess|eval|exec|__import__)\s?\(|^[=+@-](?:cmd|hyperlink|importxml|webservice)\b|!\[[^\]]*\]\(https?:"
        ),
    ),
    (
        "draw_text",
        re.compile(
            r"\b(?:video|prompt|clip|caption|image|frame)s?\b.{0,30}\b(?:must|should) (?:show|say|contain|include|display)\b.{0,40}\b(?:text|logo|url|link|website|words|brand|code)\b|"
            r"\b(?:add|include|write|put|insert)\b.{0,30}\b(?:watermark|my (?:link|url|logo|website|handle)|qr code)\b"
        ),
    ),
)
_ENCODED = re.compile(
    r"(?<![\w/+])(?=[\w+/]*\d)(?=[\w+/]*[A-Z])(?=[\w+/]*[a-z])[A-Za-z0-9+/]{40,}={0,2}"
)
_HIDDEN_RUN = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff\u00ad]{4,}|[\U000e0020-\U000e007e]{4,}")
_LEET = str.maketrans("013457@$!|", "oieastasil")
_SPACED_LETTERS = re.compile(r"(?<!\w)\w(?:[\s.\-_*·]\w){3,}(?!\w)")
# Spaced-out words have lost their word ends; they are matched without any.
_UNSPACED = re.compile(
    r"(?:ignore|disregard|forget|override)(?:all|any|the|your|my|of|these|those|previous|prior|above|earlier|system)*"
    r"(?:instruction|rule|prompt|guideline|previous|above)|systemprompt|jailbreak|developermode|"
    r"(?:ignora|olvida|esqueca|ignoriere|vergiss|oublie|abaikan|lupakan)\w{0,20}(?:instru|reglas|regras|anweisung|consigne|perintah)"
)


def unmask(folded: str) -> tuple[str, ...]:
    """Readings of a folded text behind common disguises: digits for letters, spaced letters."""
    plain = re.sub(
        r"\S*[a-z]\S*",
        lambda word: word[0].translate(_LEET) if not word[0].isalpha() else word[0],
        folded,
    )
    joined = _SPACED_LETTERS.sub(lambda run: re.sub(r"[\s.\-_*·]", "", run[0]), plain)
    return tuple(dict.fromkeys((folded, plain, joined)))


def find_injection(text: str) -> tuple[str, ...]:
    """Codes of the ways *text* addresses a model, sorted; empty when it does not.

    Args:
        text: Raw or cleaned. Hidden characters are only noticed in raw text.
    """
    codes = set()
    if _HIDDEN_RUN.search(text):
        codes.add("hidden_characters")
    cleaned = clean(text)
    if _ENCODED.search(cleaned):
        codes.add("encoded")
    readings = unmask(fold(cleaned, keep_accents=False))
    codes |= {code for code, rule in _RULES if any(rule.search(r) for r in readings)}
    if any(_UNSPACED.search(re.sub(r"[\W_]", "", run)) for run in _spaced_runs(readings)):
        codes.add("override")
    return tuple(sorted(codes))


def _spaced_runs(readings: tuple[str, ...]) -> list[str]:
    return [run[0] for reading in readings[:2] for run in _SPACED_LETTERS.finditer(reading)]
