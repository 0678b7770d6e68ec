from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.media.measuring.frame_statistics import (
    FrameStatistics,
    perceptual_hash,
    thumbnail,
)
from dreambox_pipeline.media.measuring.look import Feature, Look
from dreambox_pipeline.media.measuring.loudness import (
    Loudness,
    fit_gain,
    parse_clipping,
    parse_meter,
)
from dreambox_pipeline.media.measuring.measure import measure

ClipMaker = Callable[..., Path]
STILL = "testsrc2=s=180x320:r=30:d=0.03,loop=loop=-1:size=1,format=yuv420p"


def test_a_lively_clip_is_neither_black_nor_frozen_nor_silent(make_clip: ClipMaker) -> None:
    """The plain good case, with numbers in their ranges."""
    seen = measure(make_clip())
    assert (seen.black_share, seen.frozen_share, seen.silent_share) == (0, 0, 0)
    assert seen.sharpness > 50
    assert 0.2 < seen.brightness < 0.8
    assert len(seen.frame_hashes) == 8  # every 8th of 60 frames
    assert all(len(h) == 16 for h in seen.frame_hashes)


def test_a_black_clip_is_all_black(make_clip: ClipMaker) -> None:
    """A renderer that drew nothing."""
    seen = measure(make_clip("color=black:s=180x320:r=30", sound=None))
    assert seen.black_share == 1
    assert set(seen.frame_hashes) == {"0" * 16}


def test_half_black_is_half(make_clip: ClipMaker) -> None:
    """Shares are of frames."""
    half = "testsrc2=s=180x320:r=30,drawbox=color=black:t=fill:enable='lt(t,1)',format=yuv420p"
    assert measure(make_clip(half, sound=None)).black_share == pytest.approx(0.5, abs=0.05)


def test_a_night_sky_with_a_moon_is_not_black(make_clip: ClipMaker) -> None:
    """Dark dreams are dreams."""
    night = "color=0x06060c:s=180x320:r=30,drawbox=x=60:y=60:w=50:h=50:color=0xcccccc:t=fill"
    assert measure(make_clip(night, sound=None)).black_share == 0


def test_a_still_clip_is_frozen_even_under_film_grain(make_clip: ClipMaker) -> None:
    """Grain must not hide that nothing moves."""
    assert measure(make_clip(STILL, sound=None)).frozen_share == 1
    large = STILL.replace("180x320", "540x960")
    grainy = make_clip(large + ",noise=alls=6:allf=t", sound=None, seconds=1)
    assert measure(grainy).frozen_share > 0.9


def test_a_frame_that_is_held_counts_for_as_long_as_it_is_seen(tmp_path: Path) -> None:
    """With a variable frame rate two seconds of stillness are a single frame."""
    held = tmp_path / "held.mp4"
    args = ["-f", "lavfi", "-i", "testsrc2=s=180x320:r=30:d=4", "-fps_mode", "vfr"]
    args += ["-vf", "select='not(between(t,1,3))',format=yuv420p", "-c:v", "libx264"]
    run_ffmpeg([*args, "-preset", "ultrafast", str(held)], timeout_s=60, what="make a clip")
    seen = measure(held)
    assert seen.frozen_share == pytest.approx(0.5, abs=0.05)
    shown_at = next(each.at_s for each in seen.evidence if each.check == "frozen")
    assert 1 <= shown_at <= 3.1


def test_a_slow_drift_is_not_frozen(make_clip: ClipMaker) -> None:
    """One pixel every other frame is movement to a viewer."""
    drift = "testsrc2=s=360x320:r=30:d=0.03,loop=loop=-1:size=1,crop=180:320:x='n/2':y=0"
    assert measure(make_clip(drift, sound=None)).frozen_share < 0.1


def test_blur_lowers_sharpness(make_clip: ClipMaker) -> None:
    """Gross blur shows at 270 pixels."""
    soft = measure(make_clip("testsrc2=s=180x320:r=30,gblur=sigma=25", sound=None))
    assert soft.sharpness < measure(make_clip()).sharpness / 50


def test_no_audio_is_unknown_not_silent(make_clip: ClipMaker) -> None:
    """None, never 0."""
    seen = measure(make_clip(sound=None))
    assert (seen.loudness_lufs, seen.peak_dbtp, seen.silent_share) == (None, None, None)


def test_a_tone_has_its_known_loudness(make_clip: ClipMaker) -> None:
    """A 1 kHz sine at -20 dBFS peak reads about -23 LUFS on one channel (EBU Tech 3341)."""
    tone = "sine=f=1000:r=48000,volume=-20dB,volume=8"  # lavfi's sine peaks at 1/8
    seen = measure(make_clip(sound=tone, seconds=3))
    assert seen.loudness_lufs == pytest.approx(-23.0, abs=0.6)
    assert seen.peak_dbtp == pytest.approx(-20.0, abs=1.2)  # AAC rings where the tone begins


def test_silence_is_measured_as_silence(make_clip: ClipMaker) -> None:
    """Numbers stay finite, so they can be stored."""
    seen = measure(make_clip(sound="anullsrc=r=48000"))
    assert (seen.silent_share, seen.loudness_lufs, seen.peak_dbtp) == (1, -70, -120)
    half = "aevalsrc='if(lt(t,1),0,0.3*sin(1000*t))':s=48000"
    assert measure(make_clip(sound=half)).silent_share == pytest.approx(0.5, abs=0.06)


def test_hashes_survive_a_smaller_coarser_copy(make_clip: ClipMaker, tmp_path: Path) -> None:
    """The same clip at another size and quality is still the same clip."""
    copy = tmp_path / "copy.mp4"
    args = ["-i", str(make_clip()), "-vf", "scale=90:160", "-crf", "35", str(copy)]
    run_ffmpeg(args, timeout_s=30, what="shrink")
    pairs = zip(measure(make_clip()).frame_hashes, measure(copy).frame_hashes, strict=True)
    assert max((int(a, 16) ^ int(b, 16)).bit_count() for a, b in pairs) <= 6


def test_hashes_of_different_pictures_differ() -> None:
    """Two unrelated structures share no more bits than chance gives."""
    rng = np.random.default_rng(3)
    one, other = (
        np.kron(rng.integers(0, 255, (8, 6)), np.ones((60, 45))).astype(np.uint8) for _ in range(2)
    )
    bits = (int(perceptual_hash(one), 16) ^ int(perceptual_hash(other), 16)).bit_count()
    assert bits >= 20


def test_memory_does_not_grow_with_the_frames() -> None:
    """Only numbers are kept."""
    seen = FrameStatistics()
    frame = np.zeros((480, 270), np.uint8)
    for _ in range(20):
        seen.add(frame, thumbnail(frame))
    assert seen.frames == seen.black_frames == seen.frozen_frames(20) == 20
    assert seen.frozen_frames(21) == 0
    assert seen._reference is not None
    assert seen._reference.size == 27 * 48


def test_a_broken_file_is_an_item_error(tmp_path: Path) -> None:
    """Measuring starts with the same questions as probing."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"<html>")
    with pytest.raises(ItemError, match="HTML"):
        measure(path)


def test_a_log_without_a_meter_is_a_mistake() -> None:
    """The caller forgot the filter; no number is invented."""
    with pytest.raises(ValueError, match="summary"):
        parse_meter("[info] nothing")
    with pytest.raises(ValueError, match="statistics"):
        parse_clipping("[info] nothing")


@pytest.mark.parametrize(
    ("gain", "at_least", "at_most"),
    [(30, 0.005, 0.05), (9.5, 0.005, 0.05), (7, 0, 0), (0.3, 0, 0)],
)
def test_clipping_is_the_share_of_samples_at_full_scale(
    make_clip: ClipMaker, gain: float, at_least: float, at_most: float
) -> None:
    """Lavfi's sine peaks at 1/8; a codec rounds the corners of what was cut off."""
    sound = f"sine=f=330:r=48000,volume={gain}"
    share = measure(make_clip(sound=sound, seconds=3)).clipped_share
    assert share is not None
    assert at_least <= share <= at_most


def test_no_sound_has_no_clipping(make_clip: ClipMaker) -> None:
    """Unknown without sound, none in silence."""
    assert measure(make_clip(sound=None)).clipped_share is None
    assert measure(make_clip(sound="anullsrc=r=48000")).clipped_share == 0


def test_the_look_says_which_color_and_how_lively(make_clip: ClipMaker) -> None:
    """One number per feature; a still gray one has neither hue nor movement."""
    looks = {
        name: dict(zip(Feature, measure(make_clip(source, sound=None)).look, strict=True))
        for name, source in (
            ("red", "testsrc2=s=180x320:r=30,colorchannelmixer=1:0:0:0:0:.1:0:0:0:0:.1"),
            ("blue", "testsrc2=s=180x320:r=30,colorchannelmixer=.1:0:0:0:0:.1:.4:0:0:0:1"),
            ("gray", "color=gray:s=180x320:r=30"),
        )
    }
    assert looks["red"][Feature.HUE_RED] > 0.8
    assert looks["blue"][Feature.HUE_BLUE] > 0.6
    assert looks["red"][Feature.GREEN_RED] > 10 > looks["gray"][Feature.GREEN_RED]
    assert looks["blue"][Feature.BLUE_YELLOW] < -10
    assert looks["gray"][Feature.COLORFULNESS] < 3  # one step of chroma is lost in scaling
    assert looks["gray"][Feature.MOVEMENT] < 0.1 < looks["red"][Feature.MOVEMENT]
    assert looks["gray"][Feature.LIGHTNESS] == pytest.approx(54, abs=2)
    assert Look().values() == ()


def test_a_fade_does_not_color_the_look(make_clip: ClipMaker) -> None:
    """It is a median over the clip."""
    plain = measure(make_clip(sound=None)).look
    faded = "testsrc2=s=180x320:r=30,fade=in:0:12,format=yuv420p"
    assert measure(make_clip(faded, sound=None)).look == pytest.approx(plain, abs=1.5)


def test_gain_accounts_for_what_the_limiter_takes() -> None:
    """A limiter that swallows half of every dB above 10 is compensated."""

    def heard(gain_db: float) -> Loudness:
        return Loudness(-30 + gain_db - max(0, gain_db - 10) / 2, -1.0, 0.0)

    gain = fit_gain(-14.0, heard)
    assert heard(gain).integrated_lufs == pytest.approx(-14.0, abs=1.0)


def test_silence_is_not_amplified() -> None:
    """There is nothing to bring up but noise."""
    assert fit_gain(-14.0, lambda _: Loudness(-70.0, -120.0, 3.0)) == 0


def test_gain_is_bounded() -> None:
    """A nearly silent clip stays quiet instead of becoming a roar of noise."""
    assert fit_gain(-14.0, lambda gain: Loudness(-65.0 + gain, -50.0, 0.0)) == 30
