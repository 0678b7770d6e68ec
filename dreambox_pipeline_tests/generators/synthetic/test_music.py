"""Music that is there, is quiet, never clips and fits its mood."""

import numpy as np
import pytest

from dreambox_pipeline.generators.synthetic.music import RATE, compose


@pytest.mark.parametrize("mood", [-1.0, -0.2, 0.2, 1.0])
def test_music_is_audible_and_never_clips(mood: float) -> None:
    """Peaks at half of full scale, and is not silence."""
    music = compose(duration_s=3.0, mood=mood, seed=1)
    assert music.shape == (3 * RATE, 2)
    assert np.isfinite(music).all()
    assert np.abs(music).max() == pytest.approx(0.5, abs=0.01)
    assert 0.03 < float(np.sqrt((music**2).mean())) < 0.25


def test_music_fades_in_and_out() -> None:
    """No click at either end."""
    music = compose(duration_s=3.0, mood=0.3, seed=2)
    assert np.abs(music[:100]).max() < 0.001
    assert np.abs(music[-100:]).max() < 0.001


def test_the_same_seed_is_the_same_music() -> None:
    """And another seed is not."""
    one, two = (compose(duration_s=1.0, mood=0.0, seed=3) for _ in range(2))
    assert np.array_equal(one, two)
    assert not np.allclose(one, compose(duration_s=1.0, mood=0.0, seed=4))


def test_a_nightmare_sounds_lower_than_bliss() -> None:
    """The middle of the spectrum moves with the mood."""

    def center(mood: float) -> float:
        spectrum = np.abs(np.fft.rfft(compose(duration_s=3.0, mood=mood, seed=5)[:, 0])) ** 2
        hertz = np.fft.rfftfreq(3 * RATE, 1 / RATE)
        return float((spectrum * hertz).sum() / spectrum.sum())

    assert center(-0.9) < center(0.9)


@pytest.mark.parametrize("mood", [-1.0, -0.5, 0.5, 1.0])
def test_music_is_where_a_phone_can_play_it(mood: float) -> None:
    """A growl below 50 Hz would take the loudness and be heard by nobody."""
    spectrum = np.abs(np.fft.rfft(compose(duration_s=4.0, mood=mood, seed=6)[:, 0])) ** 2
    hertz = np.fft.rfftfreq(4 * RATE, 1 / RATE)
    assert spectrum[hertz < 50].sum() < 0.2 * spectrum.sum()
    assert spectrum[hertz > 8000].sum() < 0.001 * spectrum.sum()


def test_a_very_short_clip_still_has_music() -> None:
    """A tenth of a second must not divide by nothing."""
    assert np.isfinite(compose(duration_s=0.1, mood=0.0, seed=1)).all()
