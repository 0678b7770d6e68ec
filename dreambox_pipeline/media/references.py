"""A series' reference picture: checked before it is kept, and kept as pixels only.

Providers take JPEG, PNG and WebP, turn none of them upright and cut what does not fit. So the
picture is checked, turned as its camera says, and written anew as a JPEG. That leaves out what
nobody should send along: the place where it was taken, its camera, its thumbnail.
"""

import io
import warnings
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from dreambox_pipeline.errors import ItemError

FORMATS: Final = ("JPEG", "PNG", "WEBP")
MAX_BYTES: Final = 10_000_000
# Models work at 480 to 720 pixels of width; below half of that a look cannot be told.
MIN_WIDTH: Final = 360
# What 1080x1920 does not show, no provider uses.
LARGEST: Final = (1080, 1920)
# Width by height, 9:16 give or take a tenth: more would be cut off or squeezed.
RATIOS: Final = (0.506, 0.619)
_QUALITY: Final = 95
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def prepared_reference(path: Path) -> bytes:
    """The picture at *path* as the JPEG that is kept. The same picture gives the same bytes.

    Raises:
        ItemError: It cannot be read, is no JPEG, PNG or WebP, moves, is larger than 10 MB, less
            than 360 pixels wide, or not upright at about 9:16.
    """
    tried = f"Tried to take {path.name} as a reference picture"
    picture = _decoded(_content(path, tried), tried)
    width, height = picture.size
    if not RATIOS[0] <= width / height <= RATIOS[1]:
        raise ItemError(
            f"{tried}: it is {width}x{height}. It must be upright at about 9:16, such as 720x1280. Crop it."
        )
    if width < MIN_WIDTH:
        raise ItemError(
            f"{tried}: it is {width} pixels wide, and {MIN_WIDTH} are needed. Give a larger one."
        )
    picture.thumbnail(LARGEST)
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=_QUALITY)
    return kept.getvalue()


def _content(path: Path, tried: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ItemError(f"{tried} and got: {error.strerror or error}. Check the path.") from error
    if len(content) > MAX_BYTES:
        raise ItemError(f"{tried}: it is larger than {MAX_BYTES // 10**6} MB. Make it smaller.")
    return content


def _decoded(content: bytes, tried: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # A picture that unpacks to more than memory is a warning first.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                if getattr(picture, "n_frames", 1) > 1:
                    raise ItemError(f"{tried}: it moves. Give a single picture.")
                picture.load()
                return _flat(ImageOps.exif_transpose(picture))
    except _BROKEN as error:
        raise ItemError(
            f"{tried}: it is no JPEG, PNG or WebP that can be read "
            f"({type(error).__name__}). Export it anew."
        ) from error


def _flat(picture: Image.Image) -> Image.Image:
    """Without transparency, which would turn black: on the picture's usual ground, white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture.convert("RGBA"))
    return ground.convert("RGB")
