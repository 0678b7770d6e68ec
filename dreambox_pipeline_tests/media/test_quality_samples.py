"""Every check on a sample that has its fault and on ones that only look as if they had it.

All samples are made here, decoded by the real `measure` and judged by the real `check_quality`.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dreambox_pipeline.generators.synthetic.rendering import render
from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.media.measuring.measure import measure
from dreambox_pipeline.media.model import Measurements
from dreambox_pipeline.stages.dreams.model import Motif, Setting
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.prompts.styles import STYLES
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.stages.videos.quality.checking import Expectation, check_quality, expect_clip

ClipMaker = Callable[..., Path]
Picture = NDArray[np.float64]

MOVING = "testsrc2=s=180x320:r=30,format=yuv420p"
STILL = "testsrc2=s=180x320:r=30:d=0.03,loop=loop=-1:size=1,format=yuv420p"
LIKE_FINISHED = Expectation(loudness_lufs=-14.0)
SEEN = ("black", "frozen", "letterbox", "flashing", "sharpness")
ROWS, COLUMNS = np.mgrid[0:320, 0:180]


def judged(path: Path, **earlier: Measurements) -> dict[str, Finding]:
    hashes = {name: seen.frame_hashes for name, seen in earlier.items()}
    found = check_quality(measure(path), expected=LIKE_FINISHED, earlier_hashes=hashes)
    return {finding.check: finding for finding in found}


def failed(path: Path) -> set[str]:
    """The checks of what is seen that *path* does not pass."""
    return {check for check, finding in judged(path).items() if not finding.passed} & set(SEEN)


def blinking(area: str, *, frames: int) -> str:
    """A gray field of which *area* is black for *frames* frames and white for as many."""
    box = f"drawbox={area}:t=fill:color"
    is_on = f"enable='lt(mod(n,{2 * frames}),{frames})'"
    return f"testsrc2=s=180x320:r=30,{box}=black,{box}=white:{is_on},format=yuv420p"


# What has the fault


def test_a_black_clip_fails(make_clip: ClipMaker) -> None:
    """A renderer that drew nothing; there is nothing else to say about it."""
    found = judged(make_clip("color=black:s=180x320:r=30", sound=None))
    assert (found["black"].passed, found["black"].value) == (False, 1)
    assert found["letterbox"].passed


def test_a_black_clip_with_a_title_fails(make_clip: ClipMaker) -> None:
    """What is judged is the finished video, so there is lettering on a failed render too."""
    title = ",".join(
        f"drawbox=x={x}:y={y}:w=5:h=9:color=white:t=fill"
        for y in (30, 46, 290)
        for x in range(20, 160, 16)
    )
    found = judged(make_clip(f"color=black:s=180x320:r=30,{title}", sound=None))
    assert (found["black"].passed, found["black"].value) == (False, 1)


def test_a_still_dull_picture_fails(paint_clip: ClipMaker) -> None:
    """A dark one stands still as a bright one does, grain or not."""

    def painting(number: int) -> Picture:
        return forest(0) * 0.3 + np.random.default_rng(number).normal(0, 3, (320, 180))

    assert failed(paint_clip(painting)) == {"frozen"}


def test_a_still_clip_fails(make_clip: ClipMaker) -> None:
    """A player that looks stuck."""
    assert failed(make_clip(STILL, sound=None)) == {"frozen"}


@pytest.mark.parametrize(
    ("picture", "share", "severity"),
    [
        ("testsrc2=s=180x300:r=30,pad=180:320:0:10:black", 0.0625, Severity.WARN),
        ("testsrc2=s=180x300:r=30,pad=180:320:0:10:white", 0.0625, Severity.WARN),
        ("testsrc2=s=150x320:r=30,pad=180:320:15:0:black", 0.1667, Severity.WARN),
        ("testsrc2=s=180x102:r=30,pad=180:320:0:109:black", 0.68, Severity.ERROR),
        ("testsrc2=s=140x240:r=30,pad=180:320:20:40:black", 0.4167, Severity.ERROR),
        # A title on the upper bar, and a fade in and out of the whole.
        (
            "testsrc2=s=180x260:r=30,pad=180:320:0:30:black,drawbox=x=40:y=8:w=50:h=14:color=white:t=fill,fade=in:0:15,fade=out:45:15",
            0.1875,
            Severity.WARN,
        ),
    ],
)
def test_bars_fail(make_clip: ClipMaker, picture: str, share: float, severity: Severity) -> None:
    """Of any color, on either pair of edges; thick ones are an error."""
    finding = judged(make_clip(f"{picture},format=yuv420p", sound=None))["letterbox"]
    assert (finding.passed, finding.severity) == (False, severity)
    assert finding.value == pytest.approx(share, abs=0.015)


@pytest.mark.parametrize(
    ("area", "frames", "per_s"),
    [("w=180:h=320", 3, 5), ("w=180:h=320", 1, 15), ("w=180:h=100", 3, 5), ("w=180:h=100", 4, 4)],
)
def test_flashing_fails(make_clip: ClipMaker, area: str, frames: int, per_s: int) -> None:
    """More than three times a second, over more than a quarter of the picture."""
    finding = judged(make_clip(blinking(area, frames=frames), sound=None))["flashing"]
    assert not finding.passed
    assert finding.value == pytest.approx(per_s, abs=0.5)
    assert "not the Harding test" in finding.message


def test_a_blurred_clip_fails(make_clip: ClipMaker) -> None:
    """Nothing in it has an edge."""
    assert failed(make_clip("testsrc2=s=180x320:r=30,gblur=sigma=25", sound=None)) == {"sharpness"}


@pytest.mark.parametrize(
    ("sound", "check"),
    [
        ("sine=f=330:r=48000,volume=30", "clipping"),
        ("sine=f=330:r=48000,volume=30", "peak"),
        ("anullsrc=r=48000", "silence"),
        ("sine=f=330:r=48000,volume=0.02", "loudness"),
    ],
)
def test_faults_of_the_sound_fail(make_clip: ClipMaker, sound: str, check: str) -> None:
    """Each by its own check."""
    assert not judged(make_clip(sound=sound, seconds=3))[check].passed


def test_the_same_clip_again_fails(make_clip: ClipMaker, tmp_path: Path) -> None:
    """Smaller, coarser and grainy; the message says which one it is."""
    copy = tmp_path / "copy.mp4"
    args = ["-i", str(make_clip()), "-vf", "noise=alls=8:allf=t,scale=120:214", "-crf", "34"]
    run_ffmpeg([*args, str(copy)], timeout_s=30, what="copy")
    other = measure(make_clip("mandelbrot=s=180x320:r=30", sound=None))
    finding = judged(copy, vid_other=other, vid_first=measure(make_clip()))["near_duplicate"]
    assert (finding.passed, finding.severity) == (False, Severity.ERROR)
    assert "vid_first" in finding.message


# What only looks like it


def night(number: int) -> Picture:
    """Nearly black; a hundred small stars that twinkle, and drift by a pixel every ten frames."""
    rng = np.random.default_rng(5)
    sky = np.full((320, 180), 6.0)
    for row, column, phase in rng.integers(0, 320, (120, 3)):
        glow = 130 + 90 * np.sin(number / 9 + phase)
        sky[row, (column + number // 10) % 180] = sky[(row + 1) % 320, column % 180] = glow
    return sky


def forest(number: int) -> Picture:
    """Black trunks along both sides and black ground, all still, around a lit and misty middle."""
    rng = np.random.default_rng(7)
    left = 28 + 5 * np.sin(np.arange(320) / 23) + rng.normal(0, 1.5, 320)
    right = 150 + 4 * np.sin(np.arange(320) / 31) + rng.normal(0, 1.5, 320)
    ground = 280 - 9 * np.abs(np.sin(np.arange(180) / 7)) - rng.uniform(0, 6, 180)
    mist = 90 + 60 * np.sin(COLUMNS / 19 + number / 12) * np.sin(ROWS / 37 - number / 20)
    is_dark = (left[:, None] > COLUMNS) | (right[:, None] < COLUMNS) | (ground[None] < ROWS)
    return np.where(is_dark, 4.0, mist)


def plain(number: int) -> Picture:
    """A black plain under a straight horizon, and clouds: as flat as a bar, but only on one side."""
    clouds = 120 + 70 * np.sin(COLUMNS / 17 + number / 8) * np.cos(ROWS / 29)
    return np.where(ROWS > 240, 8.0, clouds)


def lightning(number: int) -> Picture:
    """A night forest that one flash of lightning lights up twice, as lightning does."""
    is_lit = number in {20, 21, 24, 25, 26}
    return forest(number) * 0.25 + (190 if is_lit else 0)


def glitter(number: int) -> Picture:
    """Sun on water: points of light all over, each another one at every third frame."""
    rng = np.random.default_rng(number // 3)
    water = 70 + 25 * np.sin(ROWS / 6 + number / 5)
    return np.where(rng.random((320, 180)) > 0.96, 240.0, water)


@pytest.mark.parametrize("painting", [night, forest, plain, lightning, glitter])
def test_a_difficult_scene_passes(
    paint_clip: ClipMaker, painting: Callable[[int], Picture]
) -> None:
    """Dark dreams, storms and the sea are dreams."""
    assert failed(paint_clip(painting, seconds=3)) == set()


@pytest.mark.parametrize(
    "picture",
    [
        MOVING,
        "testsrc2=s=360x320:r=30:d=0.03,loop=loop=-1:size=1,crop=180:320:x='n/2':y=0",
        f"{MOVING},noise=alls=20:allf=t",
        f"{MOVING},fade=in:0:12,fade=out:78:12",
        "mandelbrot=s=180x320:r=30",
        blinking("w=180:h=200", frames=5),
        blinking("w=180:h=70", frames=3),
    ],
    ids=["lively", "slow_drift", "grain", "fades", "zoom", "three_flashes", "small_flashes"],
)
def test_a_sound_picture_passes(make_clip: ClipMaker, picture: str) -> None:
    """Slow drift, film grain, fades, and flashes that are few or small are no faults."""
    assert failed(make_clip(picture, sound=None, seconds=3)) == set()


def test_quiet_music_is_neither_silent_nor_clipped(make_clip: ClipMaker) -> None:
    """A pad at -38 dB that swells and fades."""
    pad = "aevalsrc='0.02*sin(660*t)*(0.6+0.4*sin(2*t))':s=48000"
    found = judged(make_clip(sound=pad, seconds=3))
    assert found["silence"].passed
    assert found["clipping"].passed
    assert found["peak"].passed


def test_other_scenes_are_new(paint_clip: ClipMaker) -> None:
    """Two forests, one in a storm, are not the same video; nor are a night and the sea."""
    seen = {name: measure(paint_clip(each, seconds=3)) for name, each in
            (("vid_night", night), ("vid_glitter", glitter), ("vid_plain", plain))}  # fmt: skip
    assert judged(paint_clip(forest, seconds=3), **seen)["near_duplicate"].passed


# Pictures of what was found


@pytest.mark.parametrize(
    ("check", "picture"),
    [
        ("black", "color=black:s=180x320:r=30"),
        ("frozen", STILL),
        ("letterbox", "testsrc2=s=180x240:r=30,pad=180:320:0:40:black"),
        ("flashing", blinking("w=180:h=320", frames=3)),
        ("sharpness", "testsrc2=s=180x320:r=30,gblur=sigma=25"),
        ("near_duplicate", MOVING),
    ],
)
def test_a_fault_that_can_be_seen_has_a_picture(
    make_clip: ClipMaker, check: str, picture: str
) -> None:
    """A small WebP, and where in the clip it is from."""
    evidence = {each.check: each for each in measure(make_clip(picture, sound=None)).evidence}
    assert evidence[check].picture[8:12] == b"WEBP"
    assert len(evidence[check].picture) <= 15_000
    assert 0 <= evidence[check].at_s <= 2
    with Image.open(BytesIO(evidence[check].picture)) as shown:
        assert shown.size == (270, 480)


def test_a_good_clip_has_one_picture_and_those_asked_for(make_clip: ClipMaker) -> None:
    """Pictures cost time, so only what may be needed is drawn; a moderator's are spread evenly."""
    evidence = measure(make_clip(), moderated_frames=4).evidence
    assert [each.check for each in evidence] == ["near_duplicate", *["moderation"] * 4]
    assert [each.at_s for each in evidence[1:]] == pytest.approx([0.25, 0.75, 1.25, 1.75], abs=0.05)


def test_pictures_have_the_clips_colors(make_clip: ClipMaker) -> None:
    """Red stays red: a person must recognize what they see."""
    red = "color=0xc81e14:s=180x320:r=30,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    (picture,) = (e for e in measure(make_clip(red, sound=None)).evidence if e.check == "frozen")
    with Image.open(BytesIO(picture.picture)) as shown:
        middle = np.asarray(shown.convert("RGB"))[240, 135]
    assert middle == pytest.approx([200, 30, 20], abs=12)


@pytest.mark.parametrize(
    "setting", [Setting.OCEAN, Setting.FOREST, Setting.CORRIDOR, Setting.SPACE]
)
def test_our_own_renderers_clips_pass_every_check(setting: Setting, tmp_path: Path) -> None:
    """A sea that glitters, a dark forest, a corridor that comes nearer, and a sky full of stars."""
    prompt = VideoPrompt(
        style_id="violet_dusk", style="", scene="", cinematography="", lighting="", audio="",
        camera="dolly", palette=STYLES["violet_dusk"].palette_for(-0.6), beats=(), avoid=(),
        mood=-0.6, setting=setting, motifs=(Motif.MOON,), duration_s=3.0, seed=11,
    )  # fmt: skip
    path = tmp_path / "clip.mp4"
    render(prompt, path, size=(360, 640), threads=1)
    found = check_quality(measure(path), expected=expect_clip(3.0))
    assert [finding.message for finding in found if not finding.passed] == []
