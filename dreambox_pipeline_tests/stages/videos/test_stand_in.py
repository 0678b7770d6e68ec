"""A clip drawn by rules never passes for a model's."""

import pytest

from dreambox_pipeline.stages.videos import stand_in


@pytest.mark.parametrize(
    ("generators", "said"),
    [
        ([], None),
        (["gemini_omni"], None),
        (["synthetic"], stand_in.SENTENCE),
        (["synthetic", "synthetic"], stand_in.SENTENCE),
        (
            ["synthetic", "gemini_omni", "openai_videos"],
            "1 of 3 drawn by the offline stand-in, not by a video model.",
        ),
    ],
)
def test_what_is_said_counts_what_was_drawn(generators, said) -> None:
    """Beside several clips, so that none is taken for another."""
    assert stand_in.sentence_for(generators) == said
