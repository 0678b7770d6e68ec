"""Every word of the vocabularies is drawn, differently, and always in the same way."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.canvas import draw_all
from dreambox_pipeline.generators.synthetic.scene import build_scene
from dreambox_pipeline.stages.dreams.model import Motif, Setting
from dreambox_pipeline.stages.prompts.model import VideoPrompt

Make = Callable[..., VideoPrompt]
SIZE = (90, 160)


def picture(prompt: VideoPrompt, index: int = 20) -> NDArray[Any]:
    """One frame, small."""
    return build_scene(prompt, size=SIZE).frame(index, fps=24)


def difference(one: NDArray[Any], two: NDArray[Any]) -> float:
    """Mean absolute difference of two pictures, from 0 to 255."""
    return float(np.abs(one.astype(np.float32) - two.astype(np.float32)).mean())


@pytest.mark.parametrize("setting", Setting)
def test_every_setting_is_a_picture(setting: Setting, make_prompt: Make) -> None:
    """Neither black, nor white, nor flat: there is something to see."""
    frame = picture(make_prompt(setting=setting))
    assert frame.shape == (SIZE[1], SIZE[0], 3)
    assert frame.dtype == np.uint8
    assert 12 < frame.mean() < 215
    assert frame.std() > 14


def test_settings_look_different(make_prompt: Make) -> None:
    """With the same palette and seed, no place may be taken for another."""
    frames = [picture(make_prompt(setting=setting)) for setting in Setting]
    for number, one in enumerate(frames):
        for two in frames[number + 1 :]:
            assert difference(one, two) > 6


def share_changed(one: NDArray[Any], two: NDArray[Any]) -> float:
    """Share of pixels that differ by more than grain does."""
    apart = np.abs(one.astype(np.int16) - two.astype(np.int16)).max(axis=2)
    return float((apart > 20).mean())


@pytest.mark.parametrize("setting", Setting)
def test_every_motif_is_seen_everywhere_and_leaves_room(
    setting: Setting, make_prompt: Make
) -> None:
    """Each setting takes every third motif, so that three of them together take all.

    A motif covers a visible share of the picture and not all of it. What turns the sky to night or
    the land to water may change more than what is put into the picture.
    """
    changes_all = {Motif.STARS, Motif.MOON, Motif.FLOOD}
    without = picture(make_prompt(setting=setting), 30)
    for motif in list(Motif)[list(Setting).index(setting) % 3 :: 3]:
        # A boat is already there where there is water.
        if motif is Motif.BOAT and setting in (Setting.OCEAN, Setting.UNKNOWN, Setting.CITY):
            continue
        share = share_changed(without, picture(make_prompt(setting=setting, motifs=(motif,)), 30))
        assert 0.002 < share < (1.0 if motif in changes_all else 0.65), motif


@pytest.mark.parametrize("setting", Setting)
def test_a_flood_is_seen_where_there_is_water_already(setting: Setting, make_prompt: Make) -> None:
    """The sea rises, the shore drowns, a passage becomes a canal."""
    dry = picture(make_prompt(setting=setting), 30)
    assert (
        share_changed(dry, picture(make_prompt(setting=setting, motifs=(Motif.FLOOD,)), 30)) > 0.01
    )


@pytest.mark.parametrize("setting", [Setting.CORRIDOR, Setting.SPACE, Setting.UNDERWATER])
def test_a_moon_is_seen_where_no_moon_shines(setting: Setting, make_prompt: Make) -> None:
    """A dream about the moon shows one, even indoors."""
    dark = picture(make_prompt(setting=setting, figures=0), 30)
    lit = picture(make_prompt(setting=setting, figures=0, motifs=(Motif.MOON,)), 30)
    assert (lit.mean(axis=2) - dark.mean(axis=2) > 25).mean() > 0.01


@pytest.mark.parametrize("setting", [Setting.CORRIDOR, Setting.OCEAN, Setting.SPACE])
def test_any_motif_fits_any_place(setting: Setting, make_prompt: Make) -> None:
    """Dreams do not ask whether a train belongs at sea."""
    motifs = list(Motif)
    for first in range(0, len(motifs), 3):
        frame = picture(make_prompt(setting=setting, motifs=tuple(motifs[first : first + 3])))
        assert frame.std() > 10


@pytest.mark.parametrize("figures", [0, 1, 2, 3])
def test_people_are_counted(figures: int, make_prompt: Make) -> None:
    """Each person adds dark pixels where people stand."""
    crowd = picture(make_prompt(setting=Setting.DESERT, figures=figures))
    nobody = picture(make_prompt(setting=Setting.DESERT, figures=0))
    darker = (nobody.mean(axis=2) - crowd.mean(axis=2)) > 25
    assert figures * 15 <= int(darker.sum()) <= figures * 320


@pytest.mark.parametrize("camera", ["drift", "dolly", "rise", "fall", "unheard of"])
def test_the_camera_moves_and_keeps_moving(camera: str, make_prompt: Make) -> None:
    """First, middle and last frame differ; an unknown move drifts."""
    scene = build_scene(make_prompt(camera=camera, figures=0), size=SIZE)
    early, middle, late = (scene.frame(index, fps=24) for index in (12, 24, 36))
    assert difference(early, middle) > 2.5
    assert difference(middle, late) > 2.5


def test_the_same_prompt_is_the_same_picture(make_prompt: Make) -> None:
    """Byte for byte, whichever frame is asked for first."""
    prompt = make_prompt(setting=Setting.FOREST, motifs=(Motif.LANTERN, Motif.CAT))
    forward, backward = build_scene(prompt, size=SIZE), build_scene(prompt, size=SIZE)
    one = [hashlib.sha256(forward.frame(i, fps=24).tobytes()).hexdigest() for i in (3, 19, 40)]
    two = [hashlib.sha256(backward.frame(i, fps=24).tobytes()).hexdigest() for i in (40, 19, 3)]
    assert one == two[::-1]
    assert len(set(one)) == 3


@pytest.mark.parametrize("camera", ["drift", "dolly", "rise", "fall"])
@pytest.mark.parametrize("setting", Setting)
def test_what_is_not_drawn_would_not_have_been_seen(
    setting: Setting, camera: str, make_prompt: Make
) -> None:
    """Leaving hidden rows out changes no pixel, whatever stands in front."""
    motifs = (Motif.FLOOD, Motif.BOAT) if camera == "dolly" else (Motif.TREE,)
    scene = build_scene(make_prompt(setting=setting, camera=camera, motifs=motifs), size=SIZE)
    for t in (0.0, 1.0, 1.9):
        view = scene.camera.at(t)
        quick, whole = (np.zeros((SIZE[1], SIZE[0], 3), np.uint8) for _ in range(2))
        draw_all(quick, scene.drawables, scene.stage, view, t)
        for drawable in scene.drawables:
            drawable.draw(whole, scene.stage, view, t)
        assert np.array_equal(quick, whole)


@pytest.mark.parametrize("setting", Setting)
def test_another_seed_is_another_composition(setting: Setting, make_prompt: Make) -> None:
    """Two dreams of the same place must not be the same clip."""
    frames = [picture(make_prompt(setting=setting, seed=seed)) for seed in range(4)]
    for number, one in enumerate(frames):
        for two in frames[number + 1 :]:
            assert difference(one, two) > 4


def test_mood_changes_the_picture(make_prompt: Make) -> None:
    """A nightmare is darker than bliss, in the same place and colours."""
    dark = picture(make_prompt(setting=Setting.FOREST, mood=-1.0))
    bright = picture(make_prompt(setting=Setting.FOREST, mood=0.15))
    assert dark.mean() < bright.mean() - 2


def test_a_clip_fades_in_and_out(make_prompt: Make) -> None:
    """The first and the last frame are nearly black; the middle is not."""
    scene = build_scene(make_prompt(), size=SIZE)
    assert scene.frame(0, fps=24).mean() < 0.35 * scene.frame(24, fps=24).mean()
    assert scene.frame(47, fps=24).mean() < 0.35 * scene.frame(24, fps=24).mean()


def test_the_sky_has_no_bands(make_prompt: Make) -> None:
    """Dither and grain leave no run of rows with one and the same value."""
    scene = build_scene(make_prompt(setting=Setting.DESERT, figures=0), size=(180, 320))
    rows = scene.frame(20, fps=24)[8:80].astype(np.float32)
    flat = (np.diff(rows, axis=1) == 0).all(axis=2).mean()
    assert flat < 0.25


@given(
    setting=st.sampled_from(Setting),
    motifs=st.lists(st.sampled_from(Motif), max_size=5).map(tuple),
    seed=st.integers(0, 2**31),
    mood=st.floats(-1, 1),
    duration_s=st.sampled_from((0.05, 3.0, 60.0)),
)
@settings(max_examples=25, deadline=None)
def test_no_prompt_is_impossible_to_draw(
    *,
    make_prompt: Make,
    setting: Setting,
    motifs: tuple[Motif, ...],
    seed: int,
    mood: float,
    duration_s: float,
) -> None:
    """No dice, length or mood divides by nothing; warnings fail this test."""
    prompt = make_prompt(
        setting=setting, motifs=motifs, seed=seed, mood=mood, duration_s=duration_s
    )
    frame = build_scene(prompt, size=SIZE).frame(int(duration_s * 12), fps=24)
    assert frame.shape == (SIZE[1], SIZE[0], 3)
