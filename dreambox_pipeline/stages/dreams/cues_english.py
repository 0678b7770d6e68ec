"""How dreams are told in English, as data; see `cues`."""

from dreambox_pipeline.stages.dreams.cue_types import Family, cue

_D = r"(?:dreams?|nightmares?|night mares?|night terrors?)"
_ODD = (
    r"(?:weird|strange|crazy|scary|vivid|recurring|recurrent|reoccurring|repeated|lucid|fever|"
    r"bizarre|wild|odd|trippy|intense|horrible|terrible|awful|bad|random|funny|realistic|creepy|"
    r"disturbing|stress|anxiety|craziest|weirdest|scariest|strangest|wildest|same|real)"
)
_EN_VERB = r"(?:dreamt|dreamed|dremt|drempt|dreamd)"
_EN_SMALL = (
    r"(?:just|also|once|actually|literally|even|recently|legit|then|had|have|again|really|kinda|"
    r"must have|vividly|randomly|apparently|often|sometimes|usually|still|finally|swear|think|"
    r"remember|last night|the other night|kind of)"
)
_EN_NIGHT = (
    r"(?:last night|the other night|other night|this morning|two nights ago|few nights ago|"
    r"last nite|lastnight|last nt|nights ago|the night before|yesterday|during my nap|in my sleep|while asleep)"
)

ENGLISH = Family(
    "en",
    ("dream", "nightmare", "night mare", "night terror", "drempt", "dremt"),
    (
        cue(
            "i_dreamt",
            4.6,
            rf"\b(?:i|ive|i've|i'd)(?: {_EN_SMALL}){{0,3}} {_EN_VERB}\b"
            r"(?! (?:of|about) (?:becom|being an?\b|having my|owning|the day|\w+ing\b|this (?:day|moment)))",
            own=True,
        ),
        cue(
            "i_dreamt_goal",
            1.8,
            rf"\bi(?: {_EN_SMALL}){{0,3}} {_EN_VERB} (?:of|about) \w+ing\b",
        ),
        cue(
            "dropped_subject",
            4.0,
            rf"(?:^|[.!?,;:\n(] ?|\b(?:so|and|but|omg|lol|ok|wow|ugh|today|yesterday|night|just) )"
            rf"{_EN_VERB} (?:i|about|that|we|my|of|he|she|there|the|a|u|you|me)\b",
            own=True,
        ),
        cue(
            "had_dream",
            4.4,
            r"\b(?:had|having|experienced|remember|recall|woke(?: \w+){0,3}? (?:from|after|to)|"
            r"waking(?: \w+){0,2}? from|awoke(?: \w+){0,3}? from|awakened(?: \w+)? (?:from|by)) "
            r"(?:(?:a|an|another|this|the|that|my|some|such|so|one|two|three|like|most|these)\b ?)"
            rf"(?:[\w'*-]+ ){{0,5}}?{_D}\b",
            own=True,
        ),
        cue(
            "had_dreams",
            3.2,
            rf"\bi?(?:'ve)? ?(?:had|having|have had|been having) (?:[\w'*-]+ ){{0,3}}?{_D}\b",
        ),
        cue(
            "recurring",
            4.2,
            r"\bi (?:\w+ ){0,2}(?:have|get|having|getting) (?:\w+ ){0,3}"
            rf"(?:{_ODD}|these|those|this) (?:\w+ ){{0,2}}(?:(?:dream|nightmare)\b|{_D} (?:where|that|about|in which|of|i|:))",
            own=True,
        ),
        cue(
            "get_dreams",
            1.8,
            r"\bi (?:\w+ ){0,2}(?:have|get|having|getting) (?:\w+ ){0,3}(?:dreams|nightmares)\b",
        ),
        cue(
            "remember_from_dream",
            3.8,
            rf"\b(?:all|only thing|what|thing|part|bit) (?:that )?i (?:can |could )?(?:remember|recall) (?:from|of|about) (?:my|the|this|last night'?s) (?:\w+ )?{_D}\b",
            own=True,
        ),
        cue(
            "recurring_noun",
            3.0,
            r"\b(?:recurring|recurrent|reoccurring|lucid|vivid) (?:dream|nightmare)s?\b",
        ),
        cue(
            "in_my_dream",
            4.2,
            r"\b(?:in|during|throughout) (?:my|the|this|that|one|another) "
            r"(?:[\w-]+ ){0,2}?(?:dream|nightmare)\b(?!s)",
            own=True,
        ),
        cue(
            "same_dream",
            4.0,
            rf"\b(?:the )?same {_D} (?:every|again|for|since|over|twice|as a kid|all)\b",
        ),
        cue("last_dream", 3.4, r"\b(?:my|the) (?:last|latest|first|weirdest) dream\b"),
        cue(
            "in_my_dreams", 2.2, r"\b(?:in|from) (?:my|these|those|the|all my) (?:[\w-]+ )?dreams\b"
        ),
        cue(
            "night_then_dream",
            3.9,
            rf"\b{_EN_NIGHT}\b[^.!?;]{{0,60}}\b(?:dream|nightmare|{_EN_VERB}|dreaming)\b",
        ),
        cue(
            "dream_then_night",
            3.9,
            rf"\b(?:dream|nightmare|{_EN_VERB}|dreaming)s?\b[^.!?;]{{0,40}}\b{_EN_NIGHT}\b",
        ),
        cue(
            "dream_i_had",
            4.0,
            rf"\b{_D} (?:that )?(?:i|we)(?:'ve)? (?:just |once |also |keep |kept |always |often )?"
            r"(?:had|have had|have|having|got)\b(?! (?:for|to|of|as|since i was|about (?:becom|being)))",
            own=True,
        ),
        cue(
            "dream_fragment",
            3.8,
            r"\b(?:bits?|pieces?|fragments?|parts?|snatch(?:es)?|scraps?|segments?|scenes?|"
            r"portions?|sequence|version|details?) (?:and pieces )?(?:of|from|in) (?:an?|the|my|this|that|these|"
            rf"another|two|three|several|some|last night'?s) (?:[\w-]+ )?{_D}\b",
            own=True,
        ),
        cue("this_dream", 2.6, r"\bthis (?:[\w-]+ )?(?:dream|nightmare)\b"),
        cue("that_dream", 1.6, r"\bthat (?:[\w-]+ )?(?:dream|nightmare)\b"),
        cue(
            "numbered_dream",
            2.6,
            r"\b(?:first|second|third|fourth|next|previous|earlier|other|two|three|several|separate) "
            r"(?:\w+ )?dreams?\b",
        ),
        cue("in_a_dream", 2.8, r"\bin (?:a|one of my|some) (?:[\w-]+ ){0,2}?(?:dream|nightmare)\b"),
        cue(
            "dream_headline",
            2.4,
            r"^\W*(?:[\w'-]+,? ){0,4}(?:dream|nightmare)\b(?: \w+){0,2} ?[.:;)\]\-](?=.{20})"
            r"(?! ?(?:#|@|i am|i'm|thank|love))",
        ),
        cue(
            "dream_of_it",
            2.8,
            rf"^\W*(?:an? )?(?:\w+ )?{_D} (?:of|about|with|in|on|at|where)\b",
        ),
        cue("bracketed_dream", 3.4, r"^\W*[\[(][^\])]{0,90}\bdreams?\b"),
        cue(
            "dreams_of_the_night",
            3.4,
            r"\b(?:one|two|three|several|\d) of (?:the|my|these|those) dreams (?:i|of|from|last|was|had|that)\b|\bdreams? of (?:last|the previous|that) night\b|"
            r"\b(?:at least )?(?:\d|two|three|four|several) (?:\w+ )?dreams[,:.] ",
        ),
        cue(
            "described_dream",
            3.6,
            r"^\W*(?:\w+ ){0,2}(?:long|longish|short|brief|vague|quick|another|early|morning|nap|confus\w+|complicated|vivid|lucid|weird|strange|funny|scary|bad|nice|silly) "
            r"(?:\w+ )?(?:dream|nightmare) (?:about|of|in which|with|involving|that|where|last|i)\b",
        ),
        cue("the_dreamer", 3.0, r"\bdreamer (?:is|was)\b"),
        cue(
            "dream_night",
            3.2,
            rf"\b(?:last night'?s|tonight'?s|today'?s|yesterday'?s|this morning'?s) (?:\w+ )?{_D}\b",
        ),
        cue(
            "my_dream_was",
            3.0,
            rf"\b(?:my|the) {_D} (?:was|is) (?:that|me|about|just|literally me|so|like|i\b|we\b)",
        ),
        cue(
            "keep_dreaming_of",
            3.6,
            r"\bi(?:'ve)? (?:\w+ )?(?:keep|kept) (?:on )?dreaming (?:about|that|of (?:this|that|the same|a|my))\b",
            own=True,
        ),
        cue("odd_dream", 2.8, rf"\b{_ODD} (?:ass |fucking |fuckin )?(?:dream|nightmare)s?\b"),
        cue(
            "dream_where",
            3.3,
            rf"\b(?:(?:a|an|the|this|that|my|one|these|those|had|have|having|some|another|{_ODD}|such|[\w]+(?:ing|ed|y|ic|id|ful|ous|al)) (?:[\w-]+ )?{_D} about|"
            rf"{_D} (?:where|in which|wherein|involving|was about|i (?:was|had|am)|"
            r"that (?:i|my|we|he|she|there|the|a|someone|you|u|it)\b))",
        ),
        cue(
            "dream_began",
            3.6,
            r"\b(?:the|this|that|my|first|second|next|another|last) (?:[\w-]+ )?(?:dream|nightmare) "
            r"(?:began|begins|started|starts|ended|ends|shift|changed|continued|opens|opened|"
            r"took place|takes place|involved|then|last night|i|had|has|have|about|consisted|jumped|"
            r"involves|features|featured|shows|showed|deals|dealt|revolved|revolves|centers|centered|"
            r"contained|contains|included|includes|comprised|lasted|repeats|repeated|switched|went|goes|continues|concerned|concerns|occurred|occurs|opens|seems|seemed to|"
            r"shifts|changes|ends|moved|moves|cut|cuts|fades|faded|became|becomes|turns|turned)\b",
            own=True,
        ),
        cue(
            "the_dream_was",
            2.4,
            r"\b(?:the|my|this|that) (?:[\w-]+ )?(?:dream|nightmare) (?:was|felt|seemed|is)\b",
        ),
        cue(
            "was_dreaming",
            3.0,
            r"\bi(?:'m| was| were| kept| keep|'ve been| have been| had been| must have been| am| "
            r"started)?(?: \w+)? dreaming (?:about|that|of|i|we|my|this|it)\b|"
            r"^\W*(?:not )?me dreaming (?:about|that|of|i)\b",
            own=True,
        ),
        cue("dreaming", 1.6, r"\b(?:was|were|been|kept) dreaming\b"),
        cue("present_dream", 3.6, r"\bi dream (?:i|that i|i'm|im)\b", own=True),
        cue(
            "part_of_dream",
            3.4,
            r"\b(?:part|scene|end|beginning|middle|start|rest|setting|point) of (?:the|my|this) "
            r"(?:[\w-]+ )?(?:dream|nightmare)\b",
            own=True,
        ),
        cue("dream_label", 3.6, r"^\W*(?:(?:my |the )?(?:dream|nightmare))(?: ?#?\d+)? ?[:\-]"),
        cue(
            "a_dream",
            2.2,
            r"\b(?:a|another|this|one) (?:[\w'-]+ ){0,2}?(?:dream|nightmare)\b",
        ),
        cue("dreamt", 2.2, rf"\b{_EN_VERB}\b"),
        cue("the_dream", 1.8, r"\b(?:the|my) (?:dream|nightmare)\b"),
        cue("dream_word", 0.8, r"\b(?:dream|nightmare)"),
    ),
)
