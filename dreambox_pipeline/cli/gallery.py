"""`dreambox gallery`: every setting the offline renderer draws, on one sheet.

For looking at the renderer itself, so every picture is one frame of one prompt per setting and
nothing of the flow is touched. The sheet says what it shows: no video model made it.
"""

from pathlib import Path

from PIL import Image, ImageDraw, PngImagePlugin
from rich.console import Console
from rich.progress import track

from dreambox_pipeline.generators.synthetic.scene import build_scene
from dreambox_pipeline.media.fonts import SANS, face_for
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.dreams.model import Setting
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.prompts.styles import STYLES, Style

NOTICE = "Drawn by the offline synthetic generator, the stand-in for a video model"
_COLUMNS, _CELL, _GAP, _CAPTION, _HEAD = 5, (360, 640), 12, 44, 72
_BACKGROUND, _TEXT, _QUIET = (14, 12, 24), (240, 236, 228), (168, 160, 178)
# Late enough for the fade to be over, early enough for every camera move to be under way.
_FPS, _FRAME = 24, 60


def run_gallery(settings: Settings, console: Console, *, seed: int) -> Path:
    """Render one sheet of all settings into `var/gallery/` and return its path.

    Raises:
        OSError: The sheet cannot be written.
    """
    prompts = [_prompt(setting, seed) for setting in Setting]
    cells = [
        (prompt, _picture(prompt))
        for prompt in track(prompts, "Drawing", console=console, transient=True)
    ]
    path = settings.var_dir / "gallery" / f"settings-seed-{seed}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    marks = PngImagePlugin.PngInfo()
    marks.add_text("Description", NOTICE)
    _sheet(cells, seed).save(path, pnginfo=marks)
    console.print(f"{len(cells)} settings, seed {seed}: {path}", highlight=False, soft_wrap=True)
    console.print(f"{NOTICE}.", highlight=False)
    return path


def _style(setting: Setting) -> Style:
    """The first house style made for *setting*, else one by its place in the list."""
    styles = list(STYLES.values())
    fitting = [style for style in styles if setting in style.suits_settings]
    return fitting[0] if fitting else styles[list(Setting).index(setting) % len(styles)]


def _prompt(setting: Setting, seed: int) -> VideoPrompt:
    style = _style(setting)
    mood = style.suits_mood
    return VideoPrompt(
        style_id=style.style_id, style=style.words, scene=f"a dream: {setting.value}",
        cinematography="slow", camera=style.camera[0], lighting=style.lighting,
        palette=style.palette_for(mood), beats=(), mood=mood, audio=style.music,
        avoid=style.avoid, setting=setting, motifs=(), figures=1, seed=seed,
    )  # fmt: skip


def _picture(prompt: VideoPrompt) -> Image.Image:
    frame = build_scene(prompt, size=_CELL).frame(_FRAME, fps=_FPS)
    return Image.fromarray(frame[..., ::-1].copy())


def _sheet(cells: list[tuple[VideoPrompt, Image.Image]], seed: int) -> Image.Image:
    width, height = _CELL[0] + _GAP, _CELL[1] + _CAPTION
    rows = -(-len(cells) // _COLUMNS)
    sheet = Image.new("RGB", (_COLUMNS * width + _GAP, _HEAD + rows * height + _GAP), _BACKGROUND)
    drawing = ImageDraw.Draw(sheet)
    head, caption = (face_for(NOTICE, SANS, size) for size in (30, 22))
    drawing.text((_GAP, 18), f"{NOTICE}. Seed {seed}.", _TEXT, head)
    for number, (prompt, picture) in enumerate(cells):
        left, top = _GAP + number % _COLUMNS * width, _HEAD + number // _COLUMNS * height
        sheet.paste(picture, (left, top))
        below = (left + 2, top + _CELL[1] + 6)
        drawing.text(below, prompt.setting.value, _TEXT, caption)
        beside = below[0] + caption.getlength(prompt.setting.value + "  "), below[1]
        drawing.text(beside, STYLES[prompt.style_id].name, _QUIET, caption)
    return sheet
