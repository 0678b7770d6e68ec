"""Decide whether a comment tells a dream, and say why.

    log-odds = bias
             + strongest cue ("i dreamt", "in my dream", "soñé que")
             + a little for a second cue, a night, waking up, a first-person story
             - figurative uses, questions, other people's dreams, "I don't dream"

    probability = 1 / (1 + exp(-log-odds)), a dream from 0.5 on

A comment without any dream word costs a few microseconds: it is told apart by substrings.
Under a video that asks for dreams people leave the word out ("so I was flying over my
school and then ..."), so there a first-person story that is long enough counts, in mode
`context`. Anywhere else it never does: stories and dreams cannot be told apart by style.
"""

import math
import re

from dreambox_pipeline.stages.dreams.cues import FAMILIES, Cue, Family
from dreambox_pipeline.stages.dreams.figurative import FIGURES, Figure, cut_out
from dreambox_pipeline.stages.dreams.model import Detection
from dreambox_pipeline.text.language import UNDETERMINED, guess_language
from dreambox_pipeline.text.normalize import fold

BIAS = -3.0
ACCEPT_PROBABILITY = 0.5
# A cue below this names the word only and says nothing about a second piece of evidence.
_SUPPORTING_CUE = 1.5
# From here a cue is a phrase that says who dreamt, in a language that is then known.
_PHRASE = 4.0
# A hint of a dream weighs more where dreams were asked for.
_ASKED_BONUS = 1.0
_NO_CUE_PROBABILITY = 0.01
# The longest a dream needs to be found; a novel pasted into a comment is judged by its start.
_READ_CHARS = 2_000
# "Tell me your dream" videos: shorter than this is banter, not a dream.
_STORY_MIN_WORDS = 12
_STORY_MIN_VERBS = 2
# "Mine: a piano on a snowy mountain" is an answer to such a video, as short as it is.
_ANSWER_MIN_WORDS = 6

_NIGHT = re.compile(
    r"\b(?:last night|other night|this morning|night before|nights ago|heute nacht|letzte nacht|"
    r"anoche|esta noite|essa noite|ontem a noite|cette nuit|stanotte|semalam|semalem|tadi malam|"
    r"tadi malem|gisteren(?:nacht)?|dun gece|when i was (?:a |little|young|\d))"
)
_WAKING = re.compile(
    r"\b(?:woke up|woke me|wake up|waking up|i woke|i awoke|aufgewacht|wachte ich|desperte|"
    r"me desperte|acordei|me suis reveill\w+|reveille en|mi sono svegliat\w|terbangun|kebangun|"
    r"wakker|uyandim)\b"
)
_STORY_VERB = re.compile(
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
_FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|im|i've|my|me|we|ich|mich|mir|mein\w*|wir|yo|mi|me|eu|meu|minha|je|j'\w+|mon|ma|"
    r"io|mio|mi|aku|saya|gue|gw|gua|kami|ik|mijn|ben|benim)\b"
)
_ANSWER = re.compile(
    r"^\W*(?:(?:ok|okay|so|omg|well|oh) )?(?:mine\b|here'?s mine|had one where|i had one where|you asked|el mio|"
    r"la mia|o meu|a minha|meiner|le mien|la mienne|il mio|punyaku)"
)
_SELLING = re.compile(
    r"\b(?:telegram|whats ?app|invest\w*|crypto|bitcoin|forex|trad(?:e|es|ing|er)|dm me|link in|follow me|subscribe|"
    r"promo|discount|pills|buy|ships|followers|giveaway)\b|https?:|www\."
)
_FORGOTTEN = re.compile(
    r"\b(?:forgot|forgotten|forget|(?:can'?t|nvr|cannot|don'?t|didn'?t|couldn'?t|never|dont|cant) (?:even )?(?:remember|recall)|"
    r"it'?s gone|all gone|no idea what|vergessen|olvide|no recuerdo|no me acuerdo|esqueci|nao lembro|nem lembro|"
    r"oublie|me souviens (?:pas|plus|jamais)|lupa|gak inget|ga inget|ga ingat|gak ingat)\b"
)
_QUESTION = re.compile(
    r"\b(?:did|do|does|have|has|had|can|could|will|would|are|were|is) (?:you|u|ya|y'?all|anyone|"
    r"anybody|someone|people|we|they|he|she|guys)\b(?: \w+){0,4} (?:dream|nightmare|dreamt)|"
    r"\bwh(?:at|y|o|en)\b(?: \w+){0,5} dream\w*[^.!]*\?|\bwhat (?:did|do) (?:you|u) dream\b|"
    r"\b(?:does )?any(?:one|body)(?: \w+){0,4} (?:dream|nightmare)|\bwho else\b|"
    r"\b(?:tell|share|send|write|describe|comment)(?: \w+){0,3} (?:your|ur) (?:\w+ )?(?:dream|nightmare)|"
    r"\b(?:hast du|habt ihr|traumst du|traumt ihr|hat jemand)\b|"
    r"\b(?:sonaste|suenas|sonaron|han sonado|sonhou|sonharam|alguem|alguien|voces sonha\w*|"
    r"as-tu reve|tu as reve|vous revez|hai sognato|sognate|kalian|kamu pernah|pernah gak)\b"
)
_SELF_TOO = re.compile(
    r"\b(?:or is it (?:just )?me|bc i|because i|i had (?:a|an|this|the|one|another|that)\b|i dreamt|i dreamed|mine|my dream)\b"
)
_OTHERS_DREAM = re.compile(
    r"\b(?:he|she|they|you|u|people|everyone|somebody|someone|who|my (?:\w+ )?(?:mom|mum|dad|sister|"
    r"brother|wife|husband|friend|boyfriend|girlfriend|bf|gf|son|daughter|kid|dog|cat|grandma|"
    r"roommate|cousin|aunt|uncle|boss|teacher))(?:'s| has| have| had| also| just| once| always| "
    r"literally| keeps?| was| were| is| are)*"
    r" (?:dreamt|dreamed|dreams|dreaming|dream|(?:a |this |the |another )?(?:\w+ )?(?:dream|nightmare)s?)\b|"
    r"\b(?:er|sie) (?:hat |traumt|traumte)|\b(?:sono|ha sonado|elle a reve|il a reve|ele sonhou|"
    r"ela sonhou|lui ha sognato|lei ha sognato|dia mimpi)\b"
)
_NOT_DREAMING = re.compile(
    r"\b(?:i|ive|i've) (?:\w+ )?(?:don'?t|do not|never|didn'?t|did not|can'?t|cannot|haven'?t|"
    r"rarely|barely|hardly|hadn'?t|couldn'?t|wish i|wanna|want to|hope i|hope to|would love to|"
    r"will|gonna|might|may|need to|should)(?: \w+){0,3} (?:dream\w*|nightmares?)\b|"
    r"\bnever (?:once |even |ever )?(?:had|have|get|got)\b(?: \w+){0,3} (?:dream|nightmare)s?\b|\binstead of (?:\w+ )?dream\w*|"
    r"\binstead of having|"
    r"\b(?:not a dream|wasn'?t a dream|isn'?t a dream|no dreams?|not dreaming|wasn'?t dreaming|"
    r"dreamless)\b|\b(?:hope|wish|gonna|going to|will|want to|about to|might|i'?ll)\b(?: \w+){0,3} "
    r"(?:have|get|be having|be) (?:\w+ ){0,2}(?:dream|nightmare)s?\b|"
    r"\b(?:nunca|no|jamas) (?:he )?(?:suen\w*|son\w+)\b|\b(?:nao|nunca) (?:sonho|sonhei|lembro)\b|"
    r"\b(?:traume|traumte) (?:\w+ )?(?:nie|nicht)\b|\bne reve (?:jamais|pas|plus)\b|"
    r"\b(?:gak|ga|nggak|tidak|tak|ngga) (?:pernah |mau )?mimpi\b"
)

_MISSPELT = (
    (
        re.compile(
            r"\b(?:drr+ea*m|dree+a*m|dreaa+m|dreamm+|deram|draem|drema|derma(?=t\b)|drmea|deream|dremm?)(?=(?:t|ed|s|ing)?\b)"
        ),
        "dream",
    ),
    (re.compile(r"\b(?:soo+nhei|sonn+hei|sonhh+ei|sohnei|sonhie|snohei|sonheii+)\b"), "sonhei"),
    (re.compile(r"\b(?:soo+nho|sonn+ho|sonhh+o|sohno|snoho)\b"), "sonho"),
    (re.compile(r"\b(?:mii+mpi|mimm+pi|mimpp+i|mimpii+|mmi+mpi|mipmi|mimip|imimpi)\b"), "mimpi"),
)
_STEMS = tuple(dict.fromkeys(stem for family in FAMILIES for stem in family.stems))


def detect_dream(text: str, *, asks_for_dreams: bool = False) -> Detection:
    """Judge one cleaned comment.

    Args:
        text: Already `clean`ed. Anything beyond its first 2,000 characters is not read.
        asks_for_dreams: The video it was written under asks viewers to tell a dream.
    """
    lowered = _spell(text[:_READ_CHARS].casefold())
    families = _families_in(lowered)
    if not families and not asks_for_dreams:
        return Detection(
            is_dream=False,
            probability=_NO_CUE_PROBABILITY,
            mode="cue",
            reasons=("no_cue",),
            lang=UNDETERMINED,  # Naming the language would cost more than the whole look.
        )
    folded = fold(lowered, keep_accents=False)
    score, reasons, cue_lang = _score_cues(folded, families)
    mode = "cue"
    if asks_for_dreams and not _is_contradicted(reasons):
        if any(reason.startswith("cue:") for reason in reasons):
            score += _ASKED_BONUS
        story, story_reasons = _score_story(folded)
        if score < 0 and story > score:
            mode, score, reasons = "context", story, (*reasons, *story_reasons)
    probability = 1 / (1 + math.exp(-score))
    return Detection(
        is_dream=probability >= ACCEPT_PROBABILITY,
        probability=round(probability, 4),
        mode=mode,
        reasons=reasons or ("no_cue",),
        lang=cue_lang or guess_language(text),
    )


def _spell(lowered: str) -> str:
    """Dream words with their commonest typing errors put right; a phone makes many of them."""
    for wrong, right in _MISSPELT:
        if wrong.search(lowered):
            lowered = wrong.sub(right, lowered)
    return lowered


def _families_in(lowered: str) -> tuple[Family, ...]:
    if not any(stem in lowered for stem in _STEMS):
        return ()
    return tuple(f for f in FAMILIES if any(stem in lowered for stem in f.stems))


def _is_contradicted(reasons: tuple[str, ...]) -> bool:
    return any(
        r.startswith("figurative:") or r in {"question", "not_dreaming", "forgotten"}
        for r in reasons
    )


def _score_cues(
    folded: str, families: tuple[Family, ...]
) -> tuple[float, tuple[str, ...], str | None]:
    """Log-odds, reasons, and the language when a whole phrase of it was found."""
    cues: list[Cue] = []
    langs: set[str] = set()
    figures: list[Figure] = []
    for family in families:
        rest, found = cut_out(folded, FIGURES.get(family.lang, ()))
        figures += found
        matched = [cue for cue in family.cues if cue.pattern.search(rest)]
        if any(cue.is_own and cue.weight > _PHRASE for cue in matched) and family.lang != "und":
            langs.add(family.lang)
        cues += matched
    cues.sort(key=lambda cue: -cue.weight)
    # A plain "I dreamt that" stands, whatever else is said about dream jobs around it.
    most = 1.0 if any(cue.is_own and cue.weight > _PHRASE for cue in cues) else 2.0
    score = BIAS - min(most, sum(figure.penalty for figure in figures))
    reasons = [f"cue:{cue.code}" for cue in cues if cue.weight >= _SUPPORTING_CUE][:4]
    reasons += [f"figurative:{figure.code}" for figure in figures]
    if cues:
        bonus, context = _score_context(folded, cues)
        score += cues[0].weight + bonus
        reasons += context
    return score, tuple(reasons), langs.pop() if len(langs) == 1 else None


def _score_context(folded: str, cues: list[Cue]) -> tuple[float, list[str]]:
    """What the rest of the comment adds to a cue, and its reasons."""
    score = 0.0
    reasons: list[str] = []
    if sum(cue.weight >= _SUPPORTING_CUE for cue in cues) > 1:
        score += 0.4
    if _NIGHT.search(folded):
        score, reasons = score + 0.8, [*reasons, "night"]
    if _WAKING.search(folded):
        score, reasons = score + 0.8, [*reasons, "waking"]
    verbs = len(_STORY_VERB.findall(folded))
    if verbs:
        score, reasons = score + min(2.1, 0.7 * verbs), [*reasons, "story"]
    if _NOT_DREAMING.search(folded):
        score, reasons = score - 2.5, [*reasons, "not_dreaming"]
    if verbs < 2 and _FORGOTTEN.search(folded):
        score, reasons = score - 3.5, [*reasons, "forgotten"]
    if _QUESTION.search(folded) and not _SELF_TOO.search(folded):
        score, reasons = score - 2.0, [*reasons, "question"]
    is_own = any(cue.is_own for cue in cues)
    if not is_own and _SELLING.search(folded):
        score, reasons = score - 2.5, [*reasons, "selling"]
    if not is_own and _OTHERS_DREAM.search(folded):
        score, reasons = score - 2.0, [*reasons, "others_dream"]
    return score, reasons


def _score_story(folded: str) -> tuple[float, tuple[str, ...]]:
    """How much a comment without a cue reads like something that happened to its writer."""
    words = len(folded.split())
    if _SELLING.search(folded):
        return BIAS, ("selling",)
    if words >= _ANSWER_MIN_WORDS and _ANSWER.search(folded) and "?" not in folded:
        return 0.6, ("answer",)
    verbs = len(_STORY_VERB.findall(folded))
    is_own = len(_FIRST_PERSON.findall(folded)) >= 2
    is_question = folded.rstrip().endswith("?")
    if words < _STORY_MIN_WORDS or verbs < _STORY_MIN_VERBS or not is_own or is_question:
        return BIAS, ("no_story",)
    return -1.2 + min(2.4, 0.5 * verbs) + min(1.0, words / 60), ("story",)
