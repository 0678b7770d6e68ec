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
        cue(
            "im_laufe_des_traums",
            4.0,
            r"\b(?:(?:im|in|am|laufe|verlauf|ende|anfang|teil|rest|stelle)(?: \w+)?) (?:des|meines|dieses|eines) (?:\w+ )?"
            r"(?:alp|alb)?traume?s\b|\b(?:in|aus|wie in) (?:\w+ )?(?:\w+en) (?:alp|alb)?traum\b",
        ),
        cue("mein_letzter_traum", 3.6, r"\bmein (?:letzter|erster) (?:traum|alptraum|albtraum)\b"),
        cue("nacht_traum", 4.0, rf"\b{_DE_NIGHT}\b.{{0,60}}(?:traum|traeum)"),
        cue(
            "traum_begann",
            3.6,
            r"\b(?:der|dieser|mein|erster|zweiter|nachster|letzter) (?:\w+ )?(?:traum|alptraum) "
            r"(?:begann|beginnt|fing|handelt|handelte|spielt|spielte|endet|endete|war|verlief|hatte|hat|ging|geht|bestand|"
            r"beinhaltet\w*|kam|zeigt\w*|wechselt\w*)\b",
            own=True,
        ),
        cue(
            "traum_label",
            3.6,
            r"^\W*(?:mein |der )?(?:kurz\w* |erster |zweiter )?(?:traum|alptraum|albtraum)(?: ?\d+)?"
            r" ?(?:[:.\-(]|(?:in|mit|uber|wo|vom|von)\b)",
        ),
        cue(
            "ich_traeume",
            3.8,
            r"\bich (?:traume|traeume)\b(?: \w+)?,? ?(?:dass|das|ich|wie|wir|es|da|mein\w*|von (?:mein|dem|der)\w*)\b",
            own=True,
        ),
        cue(
            "traeum_ich",
            3.8,
            r"\b(?:traum|traeum|traume|traeume) ich (?:\w+ ){0,2}?(?:dass|von|wie|immer|jede|standig)\b|"
            r"\bich (?:traum|traeum)\b(?: \w+){0,5}?,? (?:dass|das|von meine\w*)\b|"
            r"(?:^|[.!?] )\W*(?:getraumt|traumte|hab getraumt|traume seit)\b",
            own=True,
        ),
        cue(
            "traum_doppelpunkt",
            3.4,
            r"\b(?:traum|albtraum|alptraum)(?: \w+){0,3}?: ?\w|\b(?:kurzer|verworrener|seltsamer|komischer|"
            r"wiederkehrender|wirrer|lebhafter|intensiver|schlimmer|boser|derselbe|der gleiche) (?:traum|albtraum|alptraum)\b",
        ),
        cue("getraeumt", 3.0, r"\b(?:getraumt|getraeumt|traumte|traeumte)\b"),
        cue(
            "ein_traum",
            1.9,
            r"\b(?:der|den|dem|ein|einen|einem|mein|meinen|dieser|diesen|diesem|erster|zweiter) (?:\w+ )?"
            r"(?:traum|alptraum|albtraum)\b",
        ),
        cue(
            "traum_von",
            2.6,
            r"\b(?<!der )(?:traum|alptraum|albtraum) (?:von|in dem|wo ich|dass|bin ich)\b|\btraumer(?:in)? (?:ist|war)\b",
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
        cue(
            "droomde",
            3.6,
            r"(?:^|[.!?,] ?|\b(?:en|net|ik|gister\w*|vannacht) )(?:droomde|gedroomd) (?:dat|van|over)\b|\bdroom ik (?:altijd|steeds|vaak|elke)\b",
            own=True,
        ),
        cue(
            "droom_vannacht",
            3.6,
            r"\b(?:droom|nachtmerrie)(?: \w+)?(?: vannacht)? ?:|\b(?:terugkerende|lucide|rare|gekke|enge|bizarre) (?:droom|nachtmerrie)\b|\bin m['i]?j?n droom\b|\bdroomde\b",
        ),
        cue("droom_word", 0.6, r"\b(?:droom|dromen|nachtmerrie)\b"),
    ),
)

_ID_ME = r"(?:aku|ak|gue|gw|gua|saya|sy|aq|w|akuu|i|kami)"
_ID_LAST_NIGHT = (
    r"(?:(?<!dalam )semalam|semalem|smlm|tadi malam|tadi malem|kemarin malam|malam tadi)"
)
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
        cue("mimpi_malam", 3.8, rf"\bmimpi\b[^.,!?;]{{0,40}}\b{_ID_LAST_NIGHT}\b"),
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
        cue("termimpi", 4.2, r"\btermimpi\w*", own=True),
        cue(
            "mimpi_awal",
            3.0,
            r"^\W*(?:(?:masa(?: iya)?|anjir|anjay|eh|ih|wkwk|trus|td|tadi|barusan|baru|abis|habis|gais|guys|bangun|siang|sering|bgt|sumpah)[ ,.]+){0,3}"
            r"mimpi(?:in)? (?!itu|adalah|kita|apa|kali|besar|indah|basah|aja|mulu|terus|bisa|untuk|mereka|terbesar|masa|"
            r"bangsa|dulu|ya\b|kok|kah|manis|doang|yang|yg|punya|di siang|kamu|anak|orang|rakyat|buruk (?:banget|bgt|buat|bagi|musim)|"
            r"semua|setiap|tiap|tinggi|saja|dapat|dpt (?:menang|juara)|negara)\w+(?: \w+){2}",
        ),
        cue(
            "bangun_mimpi",
            3.4,
            r"\b(?:ke|ter)?(?:bangun|jaga|tidur|lelap|tiduran)\b.{0,30}\bmimpi|\bmimpi\w*\b.{0,90}\b(?:bangun|kebangun|terbangun|terjaga)\b",
            own=True,
        ),
        cue(
            "mimpi_aku",
            2.6,
            r"\bmimpi(?:ku| gue| gw| aku| saya| ini)\b|\b(?:tiap|setiap) \w+ mimpi|\bmimpi(?:nya)? (?:sama|lagi|lucu)\b",
        ),
        cue("mimpi_word", 0.8, r"\b(?:ber)?mimpi\b"),
    ),
)

TURKISH = Family(
    "tr",
    ("rüya", "ruya", "kabus", "kâbus", "karabasan"),
    (
        cue("ruyamda", 4.6, r"\bruyamda\b", own=True),
        cue(
            "ruya_gordum",
            4.4,
            r"\b(?:ruya|kabus)\w* (?:\w+ ){0,3}?(?:gordum|goruyorum|goruyodum|goruyordum)\b",
            own=True,
        ),
        cue(
            "ruyada",
            3.6,
            r"\b(?:ruyada|ruyama|gordugum ruya|ruyay?i gorurdum|ruyamiz\w*)\b",
            own=True,
        ),
        cue("ruya_word", 0.6, r"\b(?:ruya|kabus)"),
    ),
)
