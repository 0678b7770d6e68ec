"""How dreams are told in German, Dutch, Indonesian, Turkish and more, as data; see `cues`."""

from dreambox_pipeline.stages.dreams.cue_types import Family, cue

_DE_NIGHT = r"(?:heute nacht|letzte nacht|gestern nacht|diese nacht|vorletzte nacht|heut nacht)"
GERMAN = Family(
    "de",
    ("traum", "träum", "traeum"),
    (
        cue(
            "ich_traeumte",
            4.6,
            r"\b(?:ich|hab|habe)\b(?: [\w'-]+){0,6}? (?:getraumt|getraeumt)\b|"
            r"\b(?:getraumt|getraeumt),? (?:dass|das|ich|von|wie|habe|hab)\b|"
            r"\b(?:traumte|traeumte) (?:ich|mir)\b|\bich (?:\w+ )?(?:traumte|traeumte)\b|"
            r"\bmir (?:hat|traumte|traeumte)\b.{0,30}traum",
            own=True,
        ),
        cue(
            "im_traum",
            4.2,
            r"\b(?:im|in (?:meinem|einem|dem|diesem)|aus (?:dem|diesem|meinem|einem)) "
            r"(?:\w+ )?(?:traum|alptraum|albtraum)\b",
            own=True,
        ),
        cue(
            "hatte_traum",
            4.4,
            r"\b(?:hatte|habe|hab|hat)\b(?: [\w'-]+){0,6}? "
            r"(?:alptraum|albtraum|traum|traume|alptraume|albtraume)\b",
            own=True,
        ),
        cue("mein_letzter_traum", 3.6, r"\bmein (?:letzter|erster) (?:traum|alptraum|albtraum)\b"),
        cue("nacht_traum", 4.0, rf"\b{_DE_NIGHT}\b.{{0,60}}(?:traum|traeum)"),
        cue(
            "traum_begann",
            3.6,
            r"\b(?:der|dieser|mein|erster|zweiter|nachster|letzter) (?:\w+ )?(?:traum|alptraum) "
            r"(?:begann|beginnt|fing|handelt|handelte|spielt|spielte|endet|endete|war)\b",
            own=True,
        ),
        cue("traum_label", 3.6, r"^\W*(?:mein |der )?(?:traum|alptraum|albtraum)(?: ?\d+)? ?[:\-]"),
        cue(
            "ich_traeume",
            3.8,
            r"\bich (?:traume|traeume)\b(?: \w+)?,? ?(?:dass|das|ich|wie|wir|es|da|mein\w*|von (?:mein|dem|der)\w*)\b",
            own=True,
        ),
        cue("getraeumt", 3.0, r"\b(?:getraumt|getraeumt|traumte|traeumte)\b"),
        cue(
            "ein_traum",
            1.9,
            r"\b(?:der|den|dem|ein|einen|einem|mein|meinen|dieser|diesen|diesem|erster|zweiter) (?:\w+ )?"
            r"(?:traum|alptraum|albtraum)\b",
        ),
        cue(
            "traum_von", 2.6, r"\b(?:traum|alptraum|albtraum) (?:von|in dem|wo ich|dass|bin ich)\b"
        ),
        cue("traume_von", 1.4, r"\bich (?:traume|traeume) (?:\w+ )?(?:von|dass)\b"),
        cue("traum_word", 0.8, r"\b(?:traum|alptraum|albtraum|traume|getraumt)\b"),
    ),
)

DUTCH = Family(
    "nl",
    ("droom", "drom", "nachtmerrie"),
    (
        cue(
            "ik_droomde",
            4.6,
            r"\b(?:ik|heb|had) (?:\w+ ){0,4}?(?:droomde|gedroomd)\b|\bdroomde ik\b",
            own=True,
        ),
        cue(
            "had_droom",
            4.4,
            r"\b(?:had|heb) (?:[\w'-]+ ){0,3}?(?:een|deze|die|zo'n) (?:[\w'-]+ ){0,3}?(?:droom|nachtmerrie)\b",
            own=True,
        ),
        cue("in_droom", 4.0, r"\bin (?:mijn|de|die|een) (?:droom|nachtmerrie)\b"),
        cue("droom_word", 0.6, r"\b(?:droom|dromen|nachtmerrie)\b"),
    ),
)

_ID_ME = r"(?:aku|ak|gue|gw|gua|saya|sy|aq|w|akuu|i|kami)"
_ID_LAST_NIGHT = r"(?:semalam|semalem|smlm|tadi malam|tadi malem|kemarin malam|malam tadi)"
_ID_NIGHT = r"(?:semalam|semalem|smlm|tadi malam|tadi malem|td malem|td mlm|kemarin malem|kemarin malam|malam tadi|kemarin|kmrn|tadi)"
INDONESIAN = Family(
    "id",
    ("mimpi", "ngimpi"),
    (
        cue(
            "aku_mimpi",
            4.4,
            rf"\b{_ID_ME}(?: (?:juga|pernah|sering|tadi|baru|barusan|lagi|tu|pun|dapat|dpt|habis|abis|"
            rf"udah|sempat|malah|pun pernah|selalu|{_ID_NIGHT})){{0,3}} (?:ber)?mimpi\b",
            own=True,
        ),
        cue("malam_mimpi", 4.2, rf"\b{_ID_NIGHT}(?: \w+){{0,3}} (?:ber)?mimpi\b", own=True),
        cue("mimpi_malam", 3.8, rf"\bmimpi\b.{{0,40}}\b{_ID_LAST_NIGHT}\b"),
        cue(
            "pernah_mimpi",
            3.8,
            r"\b(?:pernah|sering|habis|abis|barusan|baru) (?:ber)?mimpi (?!jadi\b)\w+",
            own=True,
        ),
        cue("dalam_mimpi", 3.6, r"\b(?:dalam|di|dlm) mimpi(?:ku| aku| gue| saya| gw| itu| tu)?\b"),
        cue(
            "mimpi_bertemu",
            3.6,
            r"\bmimpi(?:in)? (?:ketemu|jumpa|bertemu|dikejar|kena|naik|jatuh|terbang|digigit|tenggelam|gigi|ular|tentang|pasal|kat|nikah|melihat|liat|lihat)\b",
        ),
        cue(
            "mimpiku_semalam",
            3.4,
            r"\bmimpi(?:ku| aku| gue| saya) (?:semalam|tadi|aneh|itu|tentang)\b",
        ),
        cue("mimpi_terakhirku", 3.6, r"\bmimpi (?:terakhir|pertama)(?:ku| aku| gue| gw| saya)\b"),
        cue("mimpi_aneh", 2.8, r"\bmimpi (?:yang )?(?:aneh|buruk|serem|seram|ngeri|pelik|sama)\b"),
        cue("mimpi_word", 0.8, r"\b(?:ber)?mimpi\b"),
    ),
)

TURKISH = Family(
    "tr",
    ("rüya", "ruya", "kabus", "kâbus"),
    (
        cue("ruyamda", 4.6, r"\bruyamda\b", own=True),
        cue(
            "ruya_gordum",
            4.4,
            r"\b(?:ruya|kabus)\w* (?:\w+ ){0,3}?(?:gordum|goruyorum|goruyodum|goruyordum)\b",
            own=True,
        ),
        cue("ruya_word", 0.6, r"\b(?:ruya|kabus)"),
    ),
)

# Telling a dream takes a fixed phrase in these; the bare word is left alone. Written from
# knowledge of the languages and not measured: no told dreams in them could be had.
OTHERS = Family(
    "und",
    (
        "śni",
        "sni",
        "mơ thấy",
        "nằm mơ",
        "mo thay",
        "nanaginip",
        "napanaginipan",
        "сни",
        "сон",
        "夢",
        "梦",
        "꿈",
        "सपन",
        "sapna",
        "sapne",
        "حلم",
    ),
    (
        cue(
            "pl_snilo_mi_sie",
            4.4,
            r"\b(?:snil[oay]? mi sie|mi sie snil\w*|przysnil\w* mi|snie o tym ze)\b",
            own=True,
        ),
        cue(
            "vi_mo_thay",
            4.2,
            r"\b(?:toi|minh|em|tui|qua|dem qua)\b.{0,20}\b(?:nam )?mo thay\b",
            own=True,
        ),
        cue("tl_nanaginip", 4.2, r"\b(?:nanaginip ako|napanaginipan ko)\b", own=True),
        cue(
            "ru_snilos",
            4.4,
            r"\bмне (?:\w+ ){0,3}?(?:снил\w+|приснил\w+)|\b(?:снил\w+|приснил\w+) мне\b|\bвидел[а]? (?:\w+ )?сон\b",
            own=True,
        ),
        cue(
            "ja_yume_wo_mita",
            4.2,
            r"夢を?(?:見た|みた|見て|見ました)|(?:という|って)夢|夢の中で|夢に出てき",
            own=True,
        ),
        cue(
            "zh_mengjian",
            4.2,
            r"我.{0,8}(?:梦见|梦到|夢見|夢到)|(?:梦见|梦到|夢見|夢到)(?:我|自己)|做了(?:一)?[个個].{0,6}[梦夢]",
            own=True,
        ),
        cue("ko_kkum", 4.2, r"꿈(?:을)? ?(?:꿨|꾸었|꿧)|꿈에서|꿈속에서", own=True),
        cue(
            "hi_sapna",
            4.2,
            r"सपना (?:देखा|आया)|सपने में|\b(?:maine|mujhe|muje)\b.{0,20}\bsapna (?:dekha|aaya|aya)\b|\bmere sapne me\b",
            own=True,
        ),
        cue(
            "ar_halamtu",
            4.2,
            r"(?<!\w)(?:حلمت|حلمتُ) (?:ان|أن|اني|أني|إني|ب)|في (?:حلمي|منامي|المنام)",
            own=True,
        ),
    ),
)
