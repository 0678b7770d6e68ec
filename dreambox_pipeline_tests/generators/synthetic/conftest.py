"""A small prompt for the synthetic generator's tests; every field can be changed."""

from collections.abc import Callable
from typing import Any

import pytest

from dreambox_pipeline.stages.dreams.model import Setting
from dreambox_pipeline.stages.prompts.model import VideoPrompt


def _make_prompt(**changes: Any) -> VideoPrompt:
    base = VideoPrompt(
        style_id="ink",
        style="layered silhouettes",
        scene="a dream",
        cinematography="slow",
        camera="drift",
        lighting="moonlight",
        palette=("#140b33", "#3b2a78", "#8a4fb0", "#e58ab8", "#ffc59a", "#fff3df"),
        beats=(),
        mood=0.1,
        audio="quiet pads",
        avoid=(),
        setting=Setting.MEADOW,
        motifs=(),
        duration_s=2.0,
        seed=5,
    )
    return base.model_copy(update=changes)


@pytest.fixture(scope="session")
def make_prompt() -> Callable[..., VideoPrompt]:
    """`make_prompt(setting=..., motifs=..., ...)`."""
    return _make_prompt
