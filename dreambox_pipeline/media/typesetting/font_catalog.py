"""Which font files DreamBox draws with beside DejaVu, and which packages carry them.

All are Noto, under the SIL Open Font License 1.1. Debian's three packages have everything. Where
there is no apt, npm's have what is promised in `WRITINGS` and DejaVu lacks; the titles of some
scripts are then set in a bold sans.
"""

from dataclasses import dataclass

from dreambox_pipeline.media.typesetting.fonts import EMOJI_FILE, NOTO_NAMES

LICENCE = "SIL Open Font License 1.1"


@dataclass(frozen=True, slots=True)
class Writing:
    """A way of writing that the fonts promise to draw.

    Attributes:
        sample: Has its letters, and what is hard about it.
        language: Where the letters alone do not tell.
    """

    name: str
    sample: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class FontFile:
    """A file we keep.

    Attributes:
        name: In our folder.
        member: Its name in the package, without folders.
        sample: Characters it must have.
    """

    name: str
    member: str
    sample: str


@dataclass(frozen=True, slots=True)
class FontPackage:
    """A package and the files in it that are used; of the rest nothing is kept.

    Attributes:
        writings: Names of what it draws.
    """

    name: str
    files: tuple[FontFile, ...]
    writings: tuple[str, ...]


WRITINGS = (
    Writing("Latin", "Dream ếşłß"),
    Writing("Cyrillic", "Мечта їєђ"),
    Writing("Greek", "Όνειρο"),
    Writing("Hebrew", "חלום שָׁלוֹם"),
    Writing("Arabic", "حلم پگچژ ٹڈںے"),
    Writing("Devanagari", "स्वप्न क्षत्रिय हिन्दी"),
    Writing("Bengali", "স্বপ্ন"),
    Writing("Tamil", "கனவு"),
    Writing("Thai", "ความฝัน"),
    Writing("Japanese", "夢の家、クジラ「空」", "ja"),
    Writing("Chinese, simplified", "飞翔的鲸鱼", "zh-Hans"),
    Writing("Chinese, traditional", "飛翔的鯨魚", "zh-Hant"),
    Writing("Korean", "하늘을 나는 꿈", "ko"),
    Writing("symbols", "★♪𝓭𝔻"),
    Writing("emoji", "🐋👨‍👩‍👧‍👦👍🏽🇯🇵1️⃣❤️‍🔥"),
)

_SAMPLES = {
    "": "Dream Мечта Όνειρο", "Arabic": "حلم پ", "Armenian": "երազ", "Bengali": "স্বপ্ন",
    "Devanagari": "स्वप्न", "Ethiopic": "ሕልም", "Georgian": "სიზმარი", "Gujarati": "સ્વપ્ન",
    "Gurmukhi": "ਸੁਪਨਾ", "Hebrew": "חלום", "Khmer": "សុបិន", "Kannada": "ಕನಸು", "Lao": "ຝັນ",
    "Malayalam": "സ്വപ്നം", "Myanmar": "အိပ်မက်", "Sinhala": "සිහිනය", "Tamil": "கனவு",
    "Telugu": "కల", "Thai": "ความฝัน", "JP": "夢の家", "KR": "꿈", "SC": "飞鲸", "TC": "飛鯨",
    "NaskhArabic": "حلم پ", "Math": "𝓭",
}  # fmt: skip
_WEIGHTS = {"Regular": "400Regular", "Bold": "700Bold"}


def _debian_core() -> FontPackage:
    files = []
    for name in dict.fromkeys(NOTO_NAMES.values()):
        serif = "Naskh" if name == "Arabic" else "Serif"
        stems = (f"Sans{name}-Regular", f"Sans{name}-Bold", f"{serif}{name}-Bold")
        files += [_same(f"Noto{stem}.ttf", _SAMPLES[name]) for stem in stems]
    files += [_same(f"NotoSansSymbols-{weight}.ttf", "⚙") for weight in _WEIGHTS]
    files += [_same("NotoSansSymbols2-Regular.ttf", "★"), _same("NotoSansMath-Regular.ttf", "𝓭")]
    drawn = [w.name for w in WRITINGS if w.name.split(",")[0] not in _HAN and w.name != "emoji"]
    return FontPackage("fonts-noto-core", tuple(files), tuple(drawn))


def _same(name: str, sample: str) -> FontFile:
    return FontFile(name, name, sample)


_HAN = frozenset({"Japanese", "Chinese", "Korean"})
_CJK = ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "NotoSerifCJK-Bold.ttc")

DEBIAN = (
    _debian_core(),
    FontPackage(
        "fonts-noto-cjk",
        tuple(_same(name, "夢の家飞鲸飛鯨꿈") for name in _CJK),
        tuple(w.name for w in WRITINGS if w.name.split(",")[0] in _HAN),
    ),
    FontPackage("fonts-noto-color-emoji", (_same(EMOJI_FILE, "🐋👍🇯🇵"),), ("emoji",)),
)


def _npm(name: str, stem: str, writing: str, *, weights: str = "Regular Bold") -> FontPackage:
    sample = _SAMPLES[stem.removeprefix("Noto").removeprefix("Sans").removeprefix("Serif")]
    files = tuple(
        FontFile(f"{stem}-{weight}.ttf", f"{stem}_{_WEIGHTS[weight]}.ttf", sample)
        for weight in weights.split()
    )
    return FontPackage(f"@expo-google-fonts/{name}", files, (writing,))


NPM = (
    _npm("noto-sans-arabic", "NotoSansArabic", "Arabic"),
    _npm("noto-naskh-arabic", "NotoNaskhArabic", "Arabic", weights="Bold"),
    _npm("noto-sans-devanagari", "NotoSansDevanagari", "Devanagari"),
    _npm("noto-serif-devanagari", "NotoSerifDevanagari", "Devanagari", weights="Bold"),
    _npm("noto-sans-bengali", "NotoSansBengali", "Bengali"),
    _npm("noto-sans-tamil", "NotoSansTamil", "Tamil"),
    _npm("noto-sans-thai", "NotoSansThai", "Thai"),
    _npm("noto-sans-jp", "NotoSansJP", "Japanese"),
    _npm("noto-sans-sc", "NotoSansSC", "Chinese, simplified"),
    _npm("noto-sans-tc", "NotoSansTC", "Chinese, traditional"),
    _npm("noto-sans-kr", "NotoSansKR", "Korean"),
    _npm("noto-sans-math", "NotoSansMath", "symbols", weights="Regular"),
    FontPackage(
        "@expo-google-fonts/noto-color-emoji",
        (FontFile(EMOJI_FILE, "NotoColorEmoji_400Regular.ttf", "🐋👍🇯🇵"),),
        ("emoji",),
    ),
)
