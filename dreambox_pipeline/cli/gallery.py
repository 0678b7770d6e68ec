"""`dreambox gallery`: every setting the offline renderer draws on one sheet, every motif on another.

For looking at the renderer itself, so every picture is one frame of one prompt and nothing of the
flow is touched. The sheets say what they show: no video model made it. A sheet that is already
there is not drawn again.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, PngImagePlugin
from rich.console import Console
from rich.progress import track

from dreambox_pipeline.cli.contact_sheet import Cell, compose_sheet
from dreambox_pipeline.generators.synthetic import NOTICE, SyntheticGenerator
from dreambox_pipeline.generators.synthetic.scene import build_scene
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.dreams.model import Motif, Setting
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.prompts.styles import STYLES, Style

PICTURE = 288, 512
# Late enough for the fade to be over, early enough for every camera move to be under way.
_FPS, _FRAME = 24, 60
# A place where each motif is seen at its best; any other would do as well.
_PLACES = {
    Motif.WHALE: Setting.OCEAN, Motif.TEETH: Setting.CORRIDOR, Motif.DOOR: Setting.DESERT,
    Motif.STAIRS: Setting.MEADOW, Motif.TRAIN: Setting.MOUNTAIN, Motif.CLOCK: Setting.SKY,
    Motif.CAT: Setting.HOUSE, Motif.DOG: Setting.MEADOW, Motif.BIRD: Setting.UNKNOWN,
    Motif.FISH: Setting.UNDERWATER, Motif.SNAKE: Setting.DESERT, Motif.SPIDER: Setting.FOREST,
    Motif.HORSE: Setting.MOUNTAIN, Motif.FALLING: Setting.CITY, Motif.FLYING: Setting.SKY,
    Motif.CHASE: Setting.CORRIDOR, Motif.MOON: Setting.SCHOOL, Motif.STARS: Setting.OCEAN,
    Motif.MIRROR: Setting.HOUSE, Motif.CAR: Setting.CITY, Motif.BOAT: Setting.UNKNOWN,
    Motif.FIRE: Setting.FOREST, Motif.FLOOD: Setting.SCHOOL, Motif.LIGHT: Setting.SPACE,
    Motif.TREE: Setting.DESERT, Motif.FLOWER: Setting.MEADOW, Motif.BALLOON: Setting.SKY,
    Motif.LANTERN: Setting.OCEAN,
}  # fmt: skip


@dataclass(frozen=True)
class _Sheet:
    """What one sheet shows: its name and its prompts, in order."""

    name: str
    prompts: tuple[VideoPrompt, ...]

    @property
    def digest(self) -> str:
        """Changes with the generator's version and with anything that is drawn."""
        text = "".join(prompt.model_dump_json() for prompt in self.prompts)
        return hashlib.sha256(f"{SyntheticGenerator.version}{PICTURE}{text}".encode()).hexdigest()


def run_gallery(
    settings: Settings, console: Console, *, seed: int, has_motifs: bool = False
) -> tuple[Path, ...]:
    """Render a sheet of all settings, and of all motifs, into `var/gallery/`; return their paths.

    Args:
        settings: Says where `var` is.
        console: Told what was written.
        seed: Another seed is another composition of each picture.
        has_motifs: The sheet of motifs is wanted too.

    Raises:
        OSError: A sheet cannot be written.
    """
    sheets = [_Sheet("settings", _settings(seed))]
    if has_motifs:
        sheets.append(_Sheet("motifs", _motifs(seed)))
    folder = settings.var_dir / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for sheet in sheets:
        path = folder / f"{sheet.name}-seed-{seed}.png"
        news = "as it was" if _is_made(path, sheet) else _make(path, sheet, seed, console)
        what = f"{len(sheet.prompts)} {sheet.name}, seed {seed}, {news}: {path}"
        console.print(what, highlight=False, soft_wrap=True)
        paths.append(path)
    console.print(f"{NOTICE}.", highlight=False, soft_wrap=True)
    return tuple(paths)


def _is_made(path: Path, sheet: _Sheet) -> bool:
    if not path.is_file():
        return False
    try:
        with Image.open(path) as there:
            return there.info.get("Digest") == sheet.digest
    except OSError:
        # Not a picture, or half of one: drawn again.
        return False


def _make(path: Path, sheet: _Sheet, seed: int, console: Console) -> str:
    drawing = track(sheet.prompts, f"Drawing {sheet.name}", console=console, transient=True)
    cells = [Cell(_picture(prompt), *_caption(sheet.name, prompt)) for prompt in drawing]
    marks = PngImagePlugin.PngInfo()
    marks.add_text("Description", NOTICE)
    marks.add_text("Software", f"DreamBox {SyntheticGenerator.version}")
    marks.add_text("Digest", sheet.digest)
    part = path.with_suffix(".part")
    try:
        compose_sheet(cells, f"{NOTICE}. Seed {seed}.").save(part, format="PNG", pnginfo=marks)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return "drawn"


def _caption(name: str, prompt: VideoPrompt) -> tuple[str, str]:
    if name == "motifs":
        return prompt.motifs[0].value, prompt.setting.value
    return prompt.setting.value, STYLES[prompt.style_id].name


def _settings(seed: int) -> tuple[VideoPrompt, ...]:
    used: Counter[str] = Counter()
    return tuple(_prompt(setting, (), seed, used) for setting in Setting)


def _motifs(seed: int) -> tuple[VideoPrompt, ...]:
    used: Counter[str] = Counter()
    return tuple(
        # Each its own seed, or all cities would be the same city.
        _prompt(_PLACES[motif], (motif,), seed + number, used)
        for number, motif in enumerate(Motif)
    )


def _prompt(
    setting: Setting, motifs: tuple[Motif, ...], seed: int, used: Counter[str]
) -> VideoPrompt:
    """A prompt in the fitting style that was used least so far, so that a sheet shows all."""
    style = min(_fitting(setting), key=lambda style: used[style.style_id])
    used[style.style_id] += 1
    mood = style.suits_mood
    return VideoPrompt(
        style_id=style.style_id, style=style.words, scene=f"a dream: {setting.value}",
        cinematography="slow", camera=style.camera[0], lighting=style.lighting,
        palette=style.palette_for(mood), beats=(), mood=mood, audio=style.music,
        avoid=style.avoid, setting=setting, motifs=motifs, figures=1, seed=seed,
    )  # fmt: skip


def _fitting(setting: Setting) -> list[Style]:
    styles = list(STYLES.values())
    return [style for style in styles if setting in style.suits_settings] or styles


def _picture(prompt: VideoPrompt) -> Image.Image:
    frame = build_scene(prompt, size=PICTURE).frame(_FRAME, fps=_FPS)
    return Image.fromarray(frame[..., ::-1].copy())
