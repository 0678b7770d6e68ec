"""How dreams are told where only fixed phrases are listened to, as data; see `cues`.

Polish, Russian, Arabic, Hindi, Vietnamese, Tagalog, Japanese, Chinese and Korean. The bare
word is left alone in these; how well the phrases work was measured on our own examples only.
Folding strips accents from Latin and Cyrillic letters: й is read as и, ơ as o.
"""

from dreambox_pipeline.stages.dreams.cue_types import Family, cue

OTHERS = Family(
    "und",
    (
        "śni",
        "sni",
        " sen",
        "sen ",
        "sny",
        "snów",
        "koszmar",
        "mơ",
        "mo thay",
        "ác mộng",
        "naginip",
        "bangungot",
        "bangot",
        "сни",
        "сон",
        "сне",
        "сны",
        "кошмар",
        "夢",
        "梦",
        "꿈",
        "악몽",
        "몽",
        "सपन",
        "sapna",
        "sapne",
        "حلم",
        "المنام",
        "منام",
        "كابوس",
    ),
    (
        cue(
            "pl_snilo_mi_sie",
            4.4,
            r"\b(?:snil[oay]? mi sie|mi sie snil\w*|przysnil\w* (?:mi|sie)|snie o tym ze)\b",
            own=True,
        ),
        cue(
            "pl_we_snie",
            3.8,
            r"\b(?:we? (?:moim )?(?:snie|snach)|mial(?:am|em)? .{0,25}\b(?:sen|sny|koszmar)|(?:powtarzajacy sie|swiadomy|dziwny|glupi) sen|"
            r"(?:sen|koszmar) (?:z (?:dzis|dzisiaj|wczoraj|nocy)|o \w+)|sni(?:lo|l|la)? (?:mi )?sie)\b",
            own=True,
        ),
        cue(
            "vi_mo_thay",
            4.2,
            r"\b(?:nam )?mo thay\b|\b(?:trong|giac) (?:giac )?mo\b|\bac mong\b|^\W*(?:nam )?mo \w+ \w+|\bhay mo\b",
            own=True,
        ),
        cue(
            "tl_panaginip",
            4.0,
            r"\b(?:na(?:na)?ginip ako|napapa?naginipan ko|napanaginipan ko|panaginip ko|sa (?:panaginip|dream)(?: ko)?|binangungot ako|nananaginip)\b",
            own=True,
        ),
        cue(
            "ru_snilos",
            4.2,
            r"\b(?:при)?снил(?:ся|ась|ось|ись)\b|\bмне (?:\w+ )?снит?ся\b|\bснит?ся (?:\w+ )?(?:что|как)\b|\bвиде(?:л|ла) (?:\w+ )?сон\b",
            own=True,
        ),
        cue(
            "ru_vo_sne",
            3.6,
            r"\bво? (?:моем )?(?:сне|снах)\b|\b(?:повторяющ\w+|странн\w+|осознанн\w+|дурацк\w+) сон\b|^\W*(?:сон|кошмар)(?: \w+)? ?[:.]",
            own=True,
        ),
        cue(
            "ja_yume_wo_mita",
            4.2,
            r"夢を?(?:また)?(?:見た|みた|見て|見る|みる|見ました)|(?:という|って|の|る|ない)夢(?:だった|、|。|$|見)|夢の中|夢に.{0,14}出て|(?:^|[。、\s])夢で|の夢(?:やば|が|は)|見た夢",
            own=True,
        ),
        cue(
            "zh_mengjian",
            4.2,
            r"(?:梦见|梦到|夢見|夢到)|[梦夢][里裡中]|做了?(?:一)?[个個]?.{0,8}(?:[梦夢]|噩梦)|清醒[梦夢]|[的个個][梦夢](?:[。,,:]|$)",
            own=True,
        ),
        cue(
            "ko_kkum",
            4.2,
            r"꿈(?:을|도)? ?(?:또 )?(?:꿨|꾸었|꿧|꿈|꾸는|꿔)|꿈에|꿈속|꾸던 꿈|꿈이었|악몽 ?(?:꿨|꾸|을)|자각몽|(?:는|던|은|한) 꿈(?:$|[.!ㅋㅎ,])|꿈 (?:진짜|너무|개)",
            own=True,
        ),
        cue(
            "hi_sapna",
            4.2,
            r"सपना (?:देखा|आया|था)|सपने में|एक ही सपना|\bsapn[ae] (?:\w+ )?(?:dekha|aaya|aya|tha|me|mein|mai|m)\b|\b(?:ajeeb|darawna|bura|weird) sapna\b",
            own=True,
        ),
        cue(
            "ar_halamtu",
            4.2,
            r"(?<!\w)و?(?:حلمت|حلمتُ)(?!\w)|(?:في|ب)(?: )?(?:ال)?(?:حلمي|منامي|المنام|منام|الحلم)|بالحلم|بحلمي|حلم (?:يتكرر|غريب|مرعب)|كابوس (?:امس|البارح|أمس)",
            own=True,
        ),
    ),
)
