"""The cover is a moment of the video in which nothing is half there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambox_pipeline.stages.posts.cover import cover_ms_for
from dreambox_pipeline.stages.posts.model import COVER_MS
from dreambox_pipeline.stages.videos.assembly import title_fades


def test_the_cover_is_the_cover_pictures_own_moment():
    """The platform's cover shows what ours shows."""
    assert cover_ms_for(4.5, duration_s=6.0, fades=title_fades(6.0)) == 4500


def test_without_a_picture_the_title_is_shown():
    """One second in, it stands fully lit."""
    assert cover_ms_for(None, duration_s=6.0, fades=title_fades(6.0)) == COVER_MS


@pytest.mark.parametrize(("at_s", "cover_ms"), [(0.5, 700), (2.4, 2700), (2.2, 2200), (0.7, 700)])
def test_a_fading_title_is_waited_for(at_s, cover_ms):
    """A little later it is whole, or gone."""
    assert cover_ms_for(at_s, duration_s=6.0, fades=title_fades(6.0)) == cover_ms


def test_neither_the_first_nor_the_last_black_is_a_cover():
    """Nor is the end card, which is not counted in the length."""
    assert cover_ms_for(0.0, duration_s=6.0) == 500
    assert cover_ms_for(9.0, duration_s=6.0) == 5500


@given(
    at_s=st.none() | st.floats(0, 700, allow_nan=False),
    duration_s=st.floats(0.04, 600),
)
def test_the_cover_is_always_within_the_video(at_s, duration_s):
    """However short it is."""
    cover_ms = cover_ms_for(at_s, duration_s=duration_s, fades=title_fades(duration_s))
    assert 0 <= cover_ms < duration_s * 1000
