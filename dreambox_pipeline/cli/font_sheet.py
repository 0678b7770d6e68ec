"""`dreambox fonts sheet`: titles and credits in every script, as videos show them, on one sheet.

For looking at the lettering itself: baselines where scripts meet, room for tall ones, emoji among
letters, and the order of mixed directions. What no installed font draws is named instead.
"""

from pathlib import Path

import numpy as np
from PIL import Image
from rich.console import Console

from dreambox_pipeline.media.typesetting.fonts import SANS, SERIF_BOLD, MissingGlyphs, use_fonts
from dreambox_pipeline.media.typesetting.lettering import Lettering, Shadow, TextStyle, draw_text
from dreambox_pipeline.settings import Settings

# A title, the credit under it, and the language where it is known.
TEXTS = (
    ("The whale that carried our house", "dreamt by @lena", ""),
    ("Кит, который нёс наш дом", "сон от @мария", "ru"),
    ("البيت الطائر فوق البحر", "حلم @user_12 قال 3 مرات", "ar"),
    ("הבית המעופף מעל הים", "נחלם על ידי @dana.k (2)", "he"),
    ("उड़ने वाला घर और समुद्र", "@priya_7 का सपना", "hi"),
    ("空を飛ぶクジラの夢、「家」を運ぶ", "夢を見た人 @haru", "ja"),
    ("飞翔的鲸鱼驮着我们的房子穿过夜空", "@小雨 的梦", "zh-Hans"),
    ("하늘을 나는 고래의 꿈", "@minji 님의 꿈", "ko"),
    ("Our family 👨‍👩‍👧‍👦 and a 🐋 in the sky ❤️‍🔥", "dreamt by @sam 👍🏽 🇯🇵 1️⃣", ""),
    ("บ้านบินได้เหนือทะเล", "ฝันโดย @nok", "th"),
    ("স্বপ্নের উড়ন্ত বাড়ি", "உறங்கும் கடல் @kavi", "bn"),
    ("Ếch & Ågren: pyjama jinx ★", "𝓭𝓻𝓮𝓪𝓶𝓽 by @سارة_7", ""),
)
_CELL, _GAP, _COLUMNS, _TITLE_WIDTH = (960, 470), 130, 3, 820
_TOP, _BOTTOM = (16, 12, 40), (92, 56, 110)


def run_sheet(settings: Settings, console: Console) -> Path:
    """Draw the sheet into `var/gallery/fonts.png` and return its path.

    Raises:
        OSError: The sheet cannot be written.
    """
    use_fonts(settings.var_dir / "fonts")
    rows = -(-len(TEXTS) // _COLUMNS)
    sheet = _sky(_COLUMNS * _CELL[0] + _GAP, rows * _CELL[1] + _GAP)
    for number, (title, credit, language) in enumerate(TEXTS):
        left = _GAP + number % _COLUMNS * _CELL[0]
        top = _GAP + number // _COLUMNS * _CELL[1]
        for text, style, down in (
            (title, _title(language), 20),
            (credit, _credit(language), _CELL[1] - 90),
        ):
            drawn = _drawn(text, style, console)
            if drawn:
                x = left + (_TITLE_WIDTH - drawn.width if drawn.is_rtl else 0)
                sheet.alpha_composite(drawn.image, (max(x - drawn.left, 0), top + down - drawn.top))
    path = settings.var_dir / "gallery" / "fonts.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.convert("RGB").save(path)
    console.print(f"{len(TEXTS)} titles and credits: {path}", highlight=False, soft_wrap=True)
    return path


def _drawn(text: str, style: TextStyle, console: Console) -> Lettering | None:
    try:
        return draw_text(text, style, max_width=_TITLE_WIDTH, max_lines=3)
    except MissingGlyphs as error:
        console.print(str(error), markup=False, highlight=False, soft_wrap=True)
        return None


def _title(language: str) -> TextStyle:
    shadows = (Shadow(0.6, 0.06, 0.6, spread_em=0.1), Shadow(0.06, 0.035, 0.6))
    return TextStyle(
        SERIF_BOLD, 88, tracking_em=-0.012, line_height=1.16, shadows=shadows, language=language
    )


def _credit(language: str) -> TextStyle:
    shadows = (Shadow(0.75, 0.0, 0.72, spread_em=0.3), Shadow(0.08, 0.05, 0.7))
    return TextStyle(SANS, 33, tracking_em=0.03, opacity=0.92, shadows=shadows, language=language)


def _sky(width: int, height: int) -> Image.Image:
    share = np.linspace(0, 1, height)[:, None, None]
    colors = np.array(_TOP) * (1 - share) + np.array(_BOTTOM) * share
    pixels = np.broadcast_to(colors, (height, width, 3)).astype(np.uint8)
    return Image.fromarray(pixels.copy()).convert("RGBA")
