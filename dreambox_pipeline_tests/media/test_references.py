"""A reference picture is checked, turned upright, and kept without what its camera added."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.references import MAX_BYTES, prepared_reference

ORIENTATION = 0x0112
GPS = 0x8825


def gradient(width: int, height: int) -> Image.Image:
    ramp = np.linspace(0, 255, width * height * 3).reshape(height, width, 3)
    return Image.fromarray(ramp.astype(np.uint8))


def saved(picture: Image.Image, path: Path, **options: object) -> Path:
    picture.save(path, **options)  # type: ignore[arg-type]
    return path


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.format == "JPEG"
        assert picture.mode == "RGB"
        return picture.size


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "no-suffix"])
def test_every_kind_becomes_one_kind(tmp_path: Path, name: str) -> None:
    """The bytes tell what it is, and the same picture gives the same bytes."""
    kind = {"a.png": "PNG", "a.jpg": "JPEG", "a.webp": "WEBP", "no-suffix": "PNG"}[name]
    path = saved(gradient(720, 1280), tmp_path / name, format=kind)
    kept = prepared_reference(path)
    assert size_of(kept) == (720, 1280)
    assert kept == prepared_reference(path)


@pytest.mark.parametrize("size", [(360, 640), (1080, 1920), (400, 700), (381, 640)])
def test_upright_pictures_of_about_our_shape_are_taken(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """From the smallest that shows a look."""
    assert size_of(prepared_reference(saved(gradient(*size), tmp_path / "a.png"))) == size


def test_a_huge_picture_is_made_smaller(tmp_path: Path) -> None:
    """What no provider shows is not sent."""
    path = saved(gradient(2160, 3840), tmp_path / "a.jpg", quality=40)
    assert size_of(prepared_reference(path)) == (1080, 1920)


@pytest.mark.parametrize(
    ("size", "word"),
    [((1280, 720), "1280x720"), ((720, 720), "9:16"), ((300, 900), "9:16"), ((340, 604), "340")],
)
def test_other_shapes_are_refused(tmp_path: Path, size: tuple[int, int], word: str) -> None:
    """With the size it has and what to do."""
    path = saved(gradient(*size), tmp_path / "a.png")
    with pytest.raises(ItemError, match=word):
        prepared_reference(path)


def test_a_photograph_is_turned_and_forgets_where_it_was_taken(tmp_path: Path) -> None:
    """Cameras store upright pictures lying down, with a place beside them."""
    notes = Image.Exif()
    notes[ORIENTATION] = 6
    notes.get_ifd(GPS)[1] = "N"
    path = saved(gradient(1280, 720), tmp_path / "a.jpg", exif=notes)
    kept = prepared_reference(path)
    assert size_of(kept) == (720, 1280)
    with Image.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif()
    assert b"Exif" not in kept


def test_transparency_becomes_white(tmp_path: Path) -> None:
    """Not black, which a model would take for the look."""
    path = saved(Image.new("RGBA", (360, 640), (10, 20, 30, 0)), tmp_path / "a.png")
    with Image.open(io.BytesIO(prepared_reference(path))) as picture:
        assert min(picture.getpixel((100, 100))) > 250  # type: ignore[type-var,arg-type]


def hostile(kind: str, folder: Path) -> Path:
    path = folder / "a.png"
    if kind == "cut":
        whole = saved(gradient(720, 1280), folder / "b.png").read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    elif kind == "moves":
        frames = [gradient(360, 640), Image.new("RGB", (360, 640), "red")]
        frames[0].save(path, format="WEBP", save_all=True, append_images=frames[1:])
    elif kind == "bomb":
        saved(Image.new("1", (11_000, 19_000)), path)
    else:
        content = {"empty": b"", "html": b"<html>not found</html>", "gif": b"GIF89a" + b"\0" * 40}
        path.write_bytes(content[kind])
    return path


@pytest.mark.parametrize("kind", ["empty", "html", "gif", "cut", "moves", "bomb"])
def test_what_is_no_single_picture_is_refused(tmp_path: Path, kind: str) -> None:
    """Each with a sentence, never with a traceback, and without filling the memory."""
    with pytest.raises(ItemError, match=r"reference picture: it (is no|moves)"):
        prepared_reference(hostile(kind, tmp_path))


def test_a_file_that_is_too_large_or_missing_is_refused(tmp_path: Path) -> None:
    """Before it is decoded."""
    large = tmp_path / "large.png"
    large.write_bytes(b"\x89PNG" + b"\0" * MAX_BYTES)
    with pytest.raises(ItemError, match="10 MB"):
        prepared_reference(large)
    for path in (tmp_path / "missing.png", tmp_path):
        with pytest.raises(ItemError, match="Check the path"):
            prepared_reference(path)
