"""What our adapter really sends, as the sandbox received it, against the published contract."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dreambox_pipeline.generators.openai_videos import OpenAIVideosGenerator
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline_tests.contracts.openai_schema import fields_of, mistakes
from dreambox_pipeline_tests.contracts.video_benches import PIXEL, PROMPT
from dreambox_pipeline_tests.sandbox.conftest import HTTP

BODIES = {
    "multipart/form-data": "CreateVideoMultipartBody",
    "application/json": "CreateVideoJsonBody",
}
EXTRAS = {"seed", "fps", "num_frames", "negative_prompt"}
"""Fields of SGLang-Diffusion and vLLM-Omni, for open models only."""

OPEN = "Wan-AI/Wan2.2-TI2V-5B-Diffusers"


def received(
    sandbox: RunningSandbox, model: str, *, seconds: float = 8.0, reference: Path | None = None
) -> list[dict[str, Any]]:
    """Every request that one submit led to."""
    videos = sandbox.sandbox.models.videos
    videos.received.clear()
    generator = OpenAIVideosGenerator(
        sandbox.info["openai_base_url"], api_key=SecretStr(sandbox.info["api_key"]), model=model
    )
    prompt = PROMPT.model_copy(update={"duration_s": seconds})
    generator.submit(prompt, job_id="job-1", reference=reference)
    return list(videos.received)


@pytest.mark.parametrize("with_picture", [False, True])
@pytest.mark.parametrize("model", ["sora-2", "azure/sora-2-pro", OPEN])
@pytest.mark.parametrize("flavour", ["openai", "sglang", "vllm_omni", "json_only"])
def test_every_request_is_one_the_contract_takes(
    *, shared_sandbox: RunningSandbox, tmp_path: Path, flavour: str, model: str, with_picture: bool
) -> None:
    """As a form and as JSON; a hosted model gets not one field more."""
    picture = tmp_path / "look.png"
    picture.write_bytes(PIXEL)
    shared_sandbox.sandbox.set_switch("video_flavour", flavour)
    requests = received(shared_sandbox, model, reference=picture if with_picture else None)
    kinds = [request["content_type"] for request in requests]
    assert kinds == (list(BODIES) if flavour == "json_only" else ["multipart/form-data"])
    for request in requests:
        body = BODIES[request["content_type"]]
        assert mistakes(request["fields"], body) == []
        beyond = set(request["fields"]) - fields_of(body)
        assert beyond == (EXTRAS if model == OPEN else set())
        assert ("input_reference" in request["fields"]) == with_picture


@pytest.mark.parametrize("seconds", [4.0, 7.0, 9.0, 12.0])
def test_every_length_that_is_sent_is_one_the_contract_has(
    shared_sandbox: RunningSandbox, seconds: float
) -> None:
    """As text, which the published description insists on."""
    shared_sandbox.sandbox.set_switch("video_flavour", "openai")
    (request,) = received(shared_sandbox, "sora-2", seconds=seconds)
    assert mistakes(request["fields"], "CreateVideoMultipartBody") == []


def test_the_double_answers_as_the_contract_says(shared_sandbox: RunningSandbox) -> None:
    """Or what is tested against it would prove nothing about a real server."""
    shared_sandbox.sandbox.set_switch("video_flavour", "openai")
    received(shared_sandbox, "sora-2")
    url = f"{shared_sandbox.info['openai_base_url']}/videos"
    headers = {"authorization": f"Bearer {shared_sandbox.info['api_key']}"}
    for wait_s in (0, 10, 600):
        shared_sandbox.advance(wait_s)
        newest = HTTP.get(url, headers=headers).json()["data"][0]
        assert mistakes(newest, "VideoResource") == []


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"model": "sora-2"}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "a", "seconds": 4}, "seconds"),
        ({"prompt": "a", "seconds": "5"}, "seconds"),
        ({"prompt": "a", "size": "480x832"}, "size"),
        ({"prompt": "a", "input_reference": "look.png"}, "input_reference"),
    ],
)
def test_the_check_finds_what_the_contract_does_not_take(
    fields: dict[str, object], wrong: str
) -> None:
    """A check that finds nothing would always be green."""
    found = mistakes(fields, "CreateVideoMultipartBody")
    assert any(wrong in mistake for mistake in found)
