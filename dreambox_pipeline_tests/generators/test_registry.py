"""The registry: what is known about each generator, and what it is handed."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.generators.registry import GENERATORS, Provider, entry_of, generators_for
from dreambox_pipeline.safety.sound_rights import SOUND_ORIGINS
from dreambox_pipeline.settings import Settings
from dreambox_pipeline_tests.contracts.video_benches import PROMPT

URL = "http://127.0.0.1:9/v1"


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_every_generator_makes_upright_clips_of_the_default_length(name: str) -> None:
    """With nothing but its name set, each can be the one that is used, or the one that is fallen back on."""
    able = GENERATORS[name].capabilities
    sizes = [tuple(map(int, size.split("x"))) for size in able.sizes]
    assert all(width < height for width, height in sizes)
    default_s = Settings.model_fields["clip_seconds"].default
    assert able.shortest_s <= default_s <= able.longest_s


@pytest.mark.parametrize("name", sorted(set(GENERATORS) - {"synthetic"}))
def test_what_is_too_long_for_a_generator_costs_nothing(name: str, tmp_path: Path) -> None:
    """The longest clip it makes has a price; a minute more is refused before anything is paid."""
    provider = Provider(
        tmp_path, base_url=URL, api_key=SecretStr("k"), model="m", price_microusd_per_second=10
    )
    made, longest = entry_of(name).make(provider), GENERATORS[name].capabilities.longest_s
    asked = PROMPT.model_copy(update={"duration_s": float(longest)})
    assert made.estimate_microusd(asked) == longest * 10
    if longest < 60:
        assert made.estimate_microusd(asked.model_copy(update={"duration_s": 60.0})) == 0


def test_the_price_is_fixed_or_the_operators(tmp_path: Path) -> None:
    """What is handed over is what an estimate counts with."""
    assert GENERATORS["synthetic"].price_microusd_per_second == 0
    assert GENERATORS["openai_videos"].price_microusd_per_second is None
    (made,) = generators_for(
        ["openai_videos"],
        {
            "openai_videos": Provider(
                work_dir=tmp_path, base_url=URL, model="wan", price_microusd_per_second=70_000
            )
        },
    )
    assert made.estimate_microusd(PROMPT.model_copy(update={"duration_s": 6.0})) == 420_000


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"model": "wan"}, "DREAMBOX_VIDEO_BASE_URL"),
        ({"base_url": URL}, "DREAMBOX_VIDEO_MODEL"),
        ({"base_url": URL, "model": " "}, "DREAMBOX_VIDEO_MODEL"),
    ],
)
def test_what_is_missing_is_named_before_anything_is_asked(
    tmp_path: Path, values: dict[str, str], missing: str
) -> None:
    """The key may be missing: a server of one's own often has none."""
    with pytest.raises(StopError, match=missing):
        entry_of("openai_videos").make(
            Provider(work_dir=tmp_path, api_key=SecretStr("key"), **values)
        )


def test_another_model_is_another_version(tmp_path: Path) -> None:
    """So a prompt that one model made may be made by another."""
    versions = {
        entry_of("openai_videos")
        .make(Provider(work_dir=tmp_path, base_url=URL, model=model))
        .version
        for model in ("wan", "ltx")
    }
    assert len(versions) == 2


def test_a_list_of_names_loads_no_client() -> None:
    """The client and the renderer take half a second each; only who uses them waits."""
    code = (
        "import sys, dreambox_pipeline.generators.registry as r; assert r.GENERATORS;"
        "assert not {'openai', 'google.genai', 'cv2', 'av'} & set(sys.modules), sorted(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_every_generator_says_whose_its_sound_is(name: str) -> None:
    """Otherwise nothing it makes with sound is posted, and nobody learns it before the slot."""
    assert GENERATORS[name].sound_origin in SOUND_ORIGINS
