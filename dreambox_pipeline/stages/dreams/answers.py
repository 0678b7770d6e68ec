"""What a dreamer's reply to our consent question means.

A reply is cut into clauses, each clause into known phrases, the longest first, so `no problem`
is read before `no`. Consent must be explicit: a yes counts only when its sentence holds no word
we do not know and nothing in the reply speaks against it, takes it back, doubts it or mocks it.
Everything else is `unclear`, which is not consent. The phrases cover English, Spanish, Portuguese, German, French and Indonesian,
all of them always: language detection is unreliable on a reply of one word. They are listed in
`answer_phrases`.

The machine that acts on an answer is in `consent`; our questions are in
`safety.consent_wording`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dreambox_pipeline.stages.dreams.answer_phrases import (
    EMOJI,
    LONGEST_PHRASE,
    PHRASE_TABLE,
    WORDS,
    WORDS_WITHOUT_DOUBLES,
    Sense,
    without_doubles,
)
from dreambox_pipeline.stages.dreams.model import Answer

# How many words we do not know a clause may hold beside its no. A clause that opens with the
# answer may say more; an answer word in the middle is more likely part of a story.
MAX_UNKNOWN_AFTER_NO: Final = 4
MAX_UNKNOWN_AROUND: Final = 2
# A sentence with a yes may hold none: "yes, and pigs fly", "go ahead and I sue you". The words of
# joy that people add are known ones. Beside a word about the credit there is more to say.
MAX_UNKNOWN_BESIDE_YES: Final = 0
MAX_UNKNOWN_BESIDE_NAME: Final = 4
# A reply with more words than this is a story, unless its first clause is a plain answer.
MAX_UNKNOWN_IN_REPLY: Final = 12
ABOUT_NO_CREDIT: Final = (Sense.ANONYMOUS, Sense.NAME, Sense.NAME_OFF)
# How many phrases back a negation still reaches: "not really ok", "I do not at all agree".
NEGATION_REACH: Final = 3
# The platform's age of majority for likeness rules; a younger dreamer cannot consent here.
ADULT_AGE: Final = 18


# Idioms that carry a question mark and still say yes.
_WHY_NOT: Final = re.compile(
    r"\b(?:why not|por ?que no|por ?que nao|pourquoi pas|warum nicht|"
    r"kenapa (?:tidak|nggak|gak|ga)|kenapa engga|knp ga)\b *(?=[?!.,\n]|$)[ ?!.]*"
)
_AGE: Final = re.compile(
    r"\b(?:im|i am|my age is|tengo|tenho|bin|jai|umurku|umur saya|aku|saya)\s+(?:only |nur |erst |solo |so |que )?"
    r"(\d{1,2})(?!\d)(?!\s*(?:%|x\b|times|min|sec|hour|dream|percent))"
)
_AGE_IN_YEARS: Final = re.compile(
    r"(?<!\d)(9|1[0-7])\s*(?:yo|y/o|yr old|yrs old|year old|years old|anos|jahre alt|ans|tahun|th|f|m)\b"
)
# A "?" stays with its clause; the other marks only end it.
_CLAUSE: Final = re.compile(r"[^?,;:.!\n()/]+\??")
# What stands between two sentences; dots that trail off do not end one.
_SENTENCE_END: Final = re.compile(r"[!?\n]|(?<!\.)\.(?!\.)")
_STRETCHED: Final = re.compile(r"(.)\1\1|(.)\2$")
SHORTEST_WITH_A_DOUBLED_LETTER: Final = 5
_TOKEN: Final = re.compile("[^\\W_]+|[" + "".join(EMOJI) + "]")
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff\U0001f3fb-\U0001f3ff]")
_MENTION: Final = re.compile(r"(?<!\w)@[\w.]+")
_APOSTROPHES: Final = re.compile("['’‘`´]")


@dataclass(frozen=True, slots=True)
class _Clause:
    senses: tuple[Sense, ...]
    is_question: bool
    sentence: int

    def has(self, *wanted: Sense) -> bool:
        return any(sense in wanted for sense in self.senses)

    @property
    def unknown(self) -> int:
        return self.beside_yes + self.senses.count(Sense.KIND)

    @property
    def beside_yes(self) -> int:
        """How many words do not belong to a yes."""
        return sum(sense in {Sense.UNKNOWN, Sense.TELLING} for sense in self.senses)

    def answers(self, *wanted: Sense, unknown_after: int) -> bool:
        """Whether *wanted* is what this clause says, and not a word in passing."""
        telling = [s for s in self.senses if s not in {Sense.FILLER, Sense.LAUGHTER}]
        opens = bool(telling) and telling[0] in wanted
        return self.has(*wanted) and self.unknown <= (
            unknown_after if opens else MAX_UNKNOWN_AROUND
        )


def read_answer(text: str) -> Answer:
    """What *text* answers to "may we turn your dream into a video?".

    Understands English, Spanish, Portuguese, German, French, Indonesian and common emoji.
    A request to remove something is a no. A yes beside a no, a doubt, a condition, mockery,
    or a stated age below 18 is unclear. A yes that speaks of the name without asking for the
    credit is anonymous: a missing credit harms nobody.
    """
    clauses = tuple(_clauses(text))
    if any(clause.has(Sense.REMOVE) for clause in clauses):
        return Answer.NO
    if _is_question_about_the_answer(clauses) or _states_minor_age(text):
        return Answer.UNCLEAR
    has_yes = _any(clauses, Sense.YES, Sense.WEAK_YES, Sense.ANONYMOUS)
    has_no = _any(clauses, Sense.NO, Sense.NEGATION)
    if has_no:
        return Answer.UNCLEAR if has_yes else _weigh_no(clauses)
    return _weigh_yes(clauses) if has_yes else Answer.UNCLEAR


def is_withdrawal(text: str) -> bool:
    """Whether a dreamer who said yes takes it back with *text*: a clear no, or "delete it".

    Errs towards believing it: a wrong takedown costs us a video, a missed one their trust.
    """
    return read_answer(text) is Answer.NO


def asks_for_removal(text: str) -> bool:
    """Whether *text* wants the dream gone ("delete my dream"), and not only no video of it."""
    return any(clause.has(Sense.REMOVE) for clause in _clauses(text))


def wants_no_credit(text: str) -> bool:
    """Whether *text* speaks against being named, whatever else it says: "but don't use my name"."""
    return any(
        clause.has(Sense.NAME_OFF)
        or clause.answers(Sense.ANONYMOUS, unknown_after=MAX_UNKNOWN_BESIDE_NAME)
        for clause in _clauses(text)
        if not clause.is_question
    )


def hesitates(text: str) -> bool:
    """Whether *text*, unclear and written after a yes, puts the yes in doubt: "hmm, maybe not"."""
    doubts = (Sense.NO, Sense.NEGATION, Sense.DOUBT, Sense.SARCASM)
    return any(
        clause.has(*doubts) and clause.unknown <= MAX_UNKNOWN_AROUND for clause in _clauses(text)
    )


def says_something(text: str) -> bool:
    """Whether an unclear reply is worth a person's time: more than laughter, fillers or a mention."""
    without_mentions = _MENTION.sub(" ", text)
    idle = {Sense.FILLER, Sense.LAUGHTER}
    return any(sense not in idle for c in _clauses(without_mentions) for sense in c.senses)


def _weigh_no(clauses: Sequence[_Clause]) -> Answer:
    if _any(clauses, Sense.DOUBT, Sense.NAME_OFF) or _is_story(clauses, Sense.NO):
        return Answer.UNCLEAR
    is_no = any(
        clause.answers(Sense.NO, unknown_after=MAX_UNKNOWN_AFTER_NO)
        or (clause.has(Sense.NEGATION) and not clause.unknown)
        for clause in clauses
    )
    return Answer.NO if is_no else Answer.UNCLEAR


def _weigh_yes(clauses: Sequence[_Clause]) -> Answer:
    is_anonymous = _any(clauses, *ABOUT_NO_CREDIT)
    if _any(clauses, Sense.DOUBT, Sense.SARCASM, Sense.TELLING):
        return Answer.UNCLEAR
    if _any(clauses, Sense.BUT) and not is_anonymous:
        return Answer.UNCLEAR
    most = MAX_UNKNOWN_BESIDE_NAME if is_anonymous else MAX_UNKNOWN_BESIDE_YES
    if not (_is_strong_yes(clauses, most) or _is_weak_yes(clauses, most)):
        return Answer.UNCLEAR
    return Answer.YES_ANONYMOUS if is_anonymous else Answer.YES


def _is_strong_yes(clauses: Sequence[_Clause], most_unknown: int) -> bool:
    """Whether one sentence says yes and nothing else that we would not know."""
    strong = (Sense.YES, Sense.ANONYMOUS)
    if _is_story(clauses, *strong):
        return False
    for number in {clause.sentence for clause in clauses if clause.has(*strong)}:
        if sum(c.beside_yes for c in clauses if c.sentence == number) <= most_unknown:
            return True
    return False


def _is_weak_yes(clauses: Sequence[_Clause], most_unknown: int) -> bool:
    """Whether the whole reply is a weak yes: "okay so last night ..." is none."""
    unknown = sum(clause.beside_yes for clause in clauses)
    return (
        _any(clauses, Sense.WEAK_YES)
        and not _any(clauses, Sense.LAUGHTER)
        and unknown <= most_unknown
    )


def _is_story(clauses: Sequence[_Clause], *answer: Sense) -> bool:
    """Whether this is a long text that does not open with a plain *answer*."""
    opens_plainly = clauses[0].has(*answer) and not clauses[0].unknown
    return not opens_plainly and sum(c.unknown for c in clauses) > MAX_UNKNOWN_IN_REPLY


def _any(clauses: Sequence[_Clause], *wanted: Sense) -> bool:
    return any(clause.has(*wanted) for clause in clauses)


def _is_question_about_the_answer(clauses: Sequence[_Clause]) -> bool:
    answering = (Sense.YES, Sense.WEAK_YES, Sense.NO, Sense.NEGATION, Sense.ANONYMOUS)
    return any(clause.is_question and clause.has(*answering) for clause in clauses)


def _states_minor_age(text: str) -> bool:
    folded = _fold(text)
    return bool(_AGE_IN_YEARS.search(folded)) or any(
        int(age) < ADULT_AGE for age in _AGE.findall(folded)
    )


def _fold(text: str) -> str:
    """Lower case without accents, apostrophes, joiners and skin tones."""
    spread = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text).casefold())
    bare = "".join(char for char in spread if not unicodedata.combining(char))
    return _APOSTROPHES.sub("", bare)


def _clauses(text: str) -> Iterator[_Clause]:
    folded = _WHY_NOT.sub(" whynot. ", _fold(text))
    sentence, read_to = 0, 0
    for match in _CLAUSE.finditer(folded):
        # The "?" of the clause before ends its sentence too.
        if _SENTENCE_END.search(folded, max(0, read_to - 1), match.start()):
            sentence += 1
        read_to = match.end()
        tokens = [_shorten(token) for token in _TOKEN.findall(match.group())]
        senses = tuple(_settle_negations(list(_match_phrases(tokens))))
        if senses:
            yield _Clause(senses, match.group().endswith("?"), sentence)


def _shorten(token: str) -> str:
    """*token* without drawn-out letters ("yesss", "couurse"), if that makes it a word we know."""
    is_stretched = _STRETCHED.search(token) or len(token) >= SHORTEST_WITH_A_DOUBLED_LETTER
    if token in WORDS or not is_stretched:
        return token
    return WORDS_WITHOUT_DOUBLES.get(without_doubles(token), token)


def _match_phrases(tokens: Sequence[str]) -> Iterator[Sense]:
    at, last = 0, Sense.FILLER
    while at < len(tokens):
        for length in range(min(LONGEST_PHRASE, len(tokens) - at), 0, -1):
            sense = PHRASE_TABLE.get(tuple(tokens[at : at + length]))
            if sense is not None:
                break
        else:
            length, sense = 1, EMOJI.get(tokens[at], Sense.UNKNOWN)
        if sense is Sense.UNKNOWN and last is Sense.NAME_ON:
            # "Credit me as Luna", "nennt mich Luna": a name that is not the handle.
            sense = Sense.DOUBT
        last = sense
        # French and Spanish "si" inside a clause is "if"; at its start it is "yes".
        is_if = tokens[at] == "si" and length == 1 and at > 0 and tokens[at - 1] != "si"
        yield Sense.DOUBT if is_if else sense
        at += length


def _settle_negations(senses: list[Sense]) -> list[Sense]:
    """A negated yes is a no; "not anonymous" and "don't delete it" say neither yes nor no."""
    for index, sense in enumerate(senses):
        reach = range(max(0, index - NEGATION_REACH), index)
        negators = [i for i in reach if senses[i] in {Sense.NEGATION, Sense.NO}]
        if not negators:
            continue
        if sense in {Sense.YES, Sense.WEAK_YES}:
            senses[index] = Sense.NO
        elif sense in {Sense.NAME, Sense.NAME_ON}:
            senses[index], senses[negators[-1]] = Sense.NAME_OFF, Sense.FILLER
        elif sense in {Sense.ANONYMOUS, Sense.REMOVE} and senses[negators[-1]] is Sense.NEGATION:
            senses[index] = senses[negators[-1]] = Sense.FILLER
    return senses
