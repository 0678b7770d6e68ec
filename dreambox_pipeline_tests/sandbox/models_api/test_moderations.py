"""`/v1/moderations` with the real client over real HTTP."""

import base64
import io
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from PIL import Image

from dreambox_pipeline.sandbox.models_api.moderations import CATEGORIES
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """One for all tests here: nothing they do stays behind."""
    with running_sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=sandbox.info["openai_base_url"], api_key=sandbox.info["api_key"], max_retries=0
    ) as made:
        yield made


def picture(color: tuple[int, int, int]) -> dict[str, Any]:
    target = io.BytesIO()
    Image.new("RGB", (64, 64), color).save(target, "PNG")
    url = "data:image/png;base64," + base64.b64encode(target.getvalue()).decode()
    return {"type": "image_url", "image_url": {"url": url}}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("i dreamt i stabbed my brother", "violence"),
        ("blood everywhere", "violence/graphic"),
        ("a sex dream about my coworker", "sexual"),
        ("i think about killing myself", "self-harm"),
        ("you are a pathetic loser", "harassment"),
        ("i know where you live", "harassment/threatening"),
    ],
)
def test_unsafe_words_are_flagged(client: openai.OpenAI, text: str, category: str) -> None:
    """In their category, with a score above one half."""
    result = client.moderations.create(model="omni-moderation-latest", input=text).results[0]
    dumped = result.model_dump(by_alias=True)
    assert result.flagged
    assert dumped["categories"][category]
    assert dumped["category_scores"][category] > 0.5


def test_a_plain_dream_is_clean_in_all_thirteen_categories(client: openai.OpenAI) -> None:
    """Small scores, not zeros."""
    answer = client.moderations.create(input="last night a whale sang to me")
    result = answer.results[0].model_dump(by_alias=True)
    assert set(result["categories"]) >= set(CATEGORIES)
    assert len(CATEGORIES) == 13
    assert not result["flagged"]
    assert all(0 < result["category_scores"][name] < 0.1 for name in CATEGORIES)


def test_a_list_of_texts_has_a_result_each(client: openai.OpenAI) -> None:
    """In order."""
    found = client.moderations.create(input=["a calm sea", "he stabbed him"]).results
    assert [result.flagged for result in found] == [False, True]


def test_an_image_is_judged_in_image_categories_only(client: openai.OpenAI) -> None:
    """A deep red picture is the double's idea of gore."""
    red = client.moderations.create(input=[picture((160, 5, 5))]).results[0]
    blue = client.moderations.create(input=[picture((5, 5, 160))]).results[0]
    assert red.categories.violence_graphic
    assert not blue.flagged
    applied = blue.model_dump(by_alias=True)["category_applied_input_types"]
    assert applied["sexual"] == ["image"]
    assert applied["hate"] == []


@pytest.mark.parametrize(
    "given",
    [
        [{"type": "image_url", "image_url": {"url": "https://cdn.example/x.png"}}],
        [{"type": "image_url", "image_url": {"url": "data:image/png;base64,bm8="}}],
        [{"type": "sound"}],
        7,
    ],
)
def test_unreadable_input_is_400(client: openai.OpenAI, given: Any) -> None:
    """Nothing elsewhere is fetched, and nothing is guessed."""
    with pytest.raises(openai.BadRequestError):
        client.moderations.create(input=given)
