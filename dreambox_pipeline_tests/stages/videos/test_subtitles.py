import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambox_pipeline.stages.prompts.imagery import THINGS
from dreambox_pipeline.stages.prompts.model import Beat
from dreambox_pipeline.stages.videos.subtitles import (
    SHORTEST_S,
    SUBTITLE_LENGTH,
    caption_of,
    subtitles_for,
)


@pytest.mark.parametrize(
    ("action", "line"),
    [
        ("the whale passes once, slowly, in front of the light", "The whale passes, slowly"),
        ("the door opens by one hand's width and light pours out", "The door opens"),
        ("the figure lifts its head once and looks up", "The dreamer lifts their head"),
        ("the tree lets go of its leaves, all at once, slowly", "The tree lets go of its leaves"),
        ("the small light floats closer by one step and stops", "The small light floats closer"),
        ("the figure falls slowly, turning once, as if through water", "The dreamer falls slowly"),
    ],
)
def test_directions_for_a_camera_become_the_dream(action: str, line: str) -> None:
    """A viewer reads what happens, not how far and how often."""
    assert caption_of(action, shown_s=1.4) == line


def test_more_time_shows_more_of_the_beat() -> None:
    """About 20 characters a second."""
    action = "the sea lies still, the figure stands small in the frame"
    assert caption_of(action, shown_s=1.4) == "The sea lies still"
    assert caption_of(action, shown_s=2.5) == "The sea lies still, the dreamer stands alone"


@pytest.mark.parametrize("thing", THINGS.values(), ids=lambda thing: thing.title)
def test_no_line_speaks_of_the_frame_or_the_figure(thing) -> None:
    """Every motif's beat reads as a sentence of the dream."""
    line = caption_of(thing.action, shown_s=3)
    assert line[0].isupper()
    assert len(line) <= SUBTITLE_LENGTH
    assert not {"figure", "frame", "camera"} & set(line.lower().replace(",", "").split())


def test_a_line_stays_until_the_next_beat() -> None:
    """And the last one until the end that is given."""
    beats = [Beat(at_s=0, action="one"), Beat(at_s=2, action="two")]
    times = [(line.start_s, line.end_s) for line in subtitles_for(beats, until_s=5.6)]
    assert times == [(0.35, 1.94), (2.0, 5.6)]


def test_a_beat_too_soon_or_too_late_has_no_line() -> None:
    """Nobody reads a flash."""
    beats = [Beat(at_s=at_s, action=f"beat {at_s}") for at_s in (0, 1, 2, 5)]
    assert [line.text for line in subtitles_for(beats, until_s=5.6)] == ["Beat 0", "Beat 2"]


@given(
    st.lists(st.tuples(st.floats(0, 60), st.text(max_size=120)), max_size=8),
    st.floats(0.1, 60),
)
def test_lines_never_overlap_and_can_be_read(
    beats: list[tuple[float, str]], until_s: float
) -> None:
    """At any times, with any words."""
    lines = subtitles_for([Beat(at_s=at, action=text) for at, text in beats], until_s=until_s)
    for line in lines:
        assert line.text.strip()
        assert line.end_s is not None
        assert line.end_s - line.start_s >= SHORTEST_S - 0.002
        assert line.end_s <= until_s + 0.001
    for earlier, later in itertools.pairwise(lines):
        assert earlier.end_s is not None
        assert earlier.end_s < later.start_s
