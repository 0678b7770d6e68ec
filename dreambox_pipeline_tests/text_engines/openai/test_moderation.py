"""Moderation over real HTTP: what is sent, what is believed, what stops."""

import base64
import io
import traceback
from collections.abc import Callable, Iterator

import httpx2
import openai
import pytest
from PIL import Image
from pydantic import SecretStr

from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.safety.moderation import Moderator
from dreambox_pipeline.sandbox.faults import Fault
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.text_engines.openai.moderation import (
    LARGEST_PICTURE_BYTES,
    MODEL,
    OpenAIModerator,
)
from dreambox_pipeline.text_engines.openai.server import ModelServer
from dreambox_pipeline_tests.text_engines.openai.doubles import Wire, armed

Connect = Callable[..., ModelServer]
PATH = "/v1/moderations"


def picture(color: tuple[int, int, int], kind: str = "WEBP") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (27, 48), color).save(file, kind)
    return file.getvalue()


CALM, BLOOD = picture((30, 60, 160)), picture((160, 5, 5))


@pytest.fixture
def server(connect: Connect) -> ModelServer:
    return connect(model=MODEL)


@pytest.fixture
def moderator(server: ModelServer) -> OpenAIModerator:
    return OpenAIModerator(server)


def test_texts_and_pictures_are_judged(moderator: OpenAIModerator) -> None:
    """With the model's own words for what is wrong."""
    port: Moderator = moderator
    calm = port.check_text("a whale sings in the school hall")
    assert calm is not None
    assert not calm.is_flagged
    assert len(calm.scores) == 13
    violent = port.check_text("he stabbed him with a chainsaw")
    assert violent is not None
    assert violent.is_flagged
    assert violent.worst is not None
    assert violent.worst[0] == "violence"
    seen = port.check_picture(BLOOD)
    assert seen is not None
    assert seen.is_flagged
    assert seen.worst is not None
    assert seen.worst[0] == "violence/graphic"
    harmless = port.check_picture(CALM)
    assert harmless is not None
    assert not harmless.is_flagged


@pytest.mark.parametrize("kind", ["WEBP", "JPEG", "PNG"])
def test_one_picture_a_request_as_a_data_address(server: ModelServer, kind: str) -> None:
    """How many a request may hold is not documented, and nothing of ours has a public address."""
    wire = Wire(server)
    content = picture((30, 60, 160), kind)
    OpenAIModerator(server).check_picture(content)
    (body,) = wire.bodies("/moderations")
    assert body["model"] == "omni-moderation-latest"
    (part,) = body["input"]
    assert part["type"] == "image_url"
    header, _, data = part["image_url"]["url"].partition(",")
    assert header == f"data:image/{kind.lower()};base64"
    assert base64.b64decode(data) == content


def test_the_same_thing_is_asked_once(server: ModelServer) -> None:
    """By content, in one process."""
    wire = Wire(server)
    moderator = OpenAIModerator(server)
    answers = [moderator.check_picture(bytes(BLOOD)) for _ in range(3)]
    texts = [moderator.check_text("a calm sea") for _ in range(3)]
    assert len(wire.requests) == 2
    assert answers[0] == answers[1] == answers[2]
    assert texts[0] == texts[2]


def test_an_answer_that_never_came_is_not_remembered(
    sandbox: RunningSandbox, moderator: OpenAIModerator
) -> None:
    """The next time it is asked again."""
    armed(sandbox).append(Fault(PATH, "http_500", times=1))
    with pytest.raises(TransientError):
        moderator.check_picture(CALM)
    assert moderator.check_picture(CALM) is not None


@pytest.mark.parametrize(
    ("kind", "wait_s"),
    [
        ("http_429", 2.0),
        ("http_429_bare", None),
        ("http_500", None),
        ("garbage", None),
        ("html", None),
        ("html_200", None),
        ("close_mid_body", None),
    ],
)
def test_trouble_that_passes_is_for_later(
    sandbox: RunningSandbox, moderator: OpenAIModerator, kind: str, wait_s: float | None
) -> None:
    """After as long as the server said, if it did; a page in place of an answer is trouble too."""
    armed(sandbox).append(Fault(PATH, kind, times=1))
    with pytest.raises(TransientError) as caught:
        moderator.check_text("a calm sea")
    assert caught.value.retry_after_s == wait_s


def test_a_slow_server_is_for_later(sandbox: RunningSandbox, connect: Connect) -> None:
    """Nobody waits longer than the timeout."""
    armed(sandbox).append(Fault(PATH, "timeout_before", times=1, delay_s=3))
    with pytest.raises(TransientError, match="no answer"):
        OpenAIModerator(connect(timeout_s=0.2)).check_text("a calm sea")


def test_a_wrong_key_stops_and_is_nowhere_to_be_read(connect: Connect) -> None:
    """Not in the object, not in the error, not in what a traceback would print."""
    moderator = OpenAIModerator(connect(api_key=SecretStr("sk-very-secret")))
    with pytest.raises(StopError, match="DREAMBOX_OPENAI_API_KEY") as caught:
        moderator.check_text("a calm sea")
    shown = "".join(traceback.format_exception(caught.value)) + repr(moderator)
    assert "sk-very-secret" not in shown
    assert "Incorrect API key" not in shown
    assert "DREAMBOX_MODERATION" in shown


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "invalid_api_key", StopError),
        (403, "forbidden", StopError),
        (404, "unknown_url", StopError),
        (429, "insufficient_quota", StopError),
        (429, "rate_limit_exceeded", TransientError),
        (400, "invalid_image", ItemError),
        (413, None, ItemError),
        (422, None, ItemError),
        (409, None, TransientError),
        (503, None, TransientError),
    ],
)
def test_every_status_has_its_meaning(
    server: ModelServer, status: int, code: str | None, kind: type[Exception]
) -> None:
    """A person acts, this one item goes, or it is asked again."""
    response = httpx2.Response(
        status,
        json={"error": {"message": "?", "code": code, "param": None}},
        request=httpx2.Request("POST", server.address),
    )
    error = server.client._make_status_error_from_response(response)
    assert type(OpenAIModerator(server)._meaning_of(error)) is kind


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"results": []},
        {"results": [{"flagged": False}]},
        {"results": [{"flagged": "perhaps", "category_scores": {}}]},
        {"results": [{"flagged": False, "category_scores": {"violence": 7}}]},
        {"results": [{"flagged": False, "category_scores": {"violence": None}}]},
        {"results": [{"flagged": False, "category_scores": {}}] * 2},
        ["flagged"],
    ],
)
def test_an_answer_of_another_shape_is_not_believed(
    answering: OpenAIModerator, body: object
) -> None:
    """Neither as a yes nor as a no."""
    answering.body = body  # type: ignore[attr-defined]
    with pytest.raises(TransientError, match="could not read"):
        answering.check_text("a calm sea")


@pytest.fixture
def answering() -> Iterator[OpenAIModerator]:
    """A moderator whose server answers 200 with its `body`."""
    server = ModelServer(api_key=SecretStr("k"), base_url="http://127.0.0.1:9/v1", model=MODEL)
    moderator = OpenAIModerator(server)

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=moderator.body, request=request)  # type: ignore[attr-defined]

    transport = httpx2.MockTransport(answer)
    with httpx2.Client(transport=transport) as http:
        server.client = openai.OpenAI(
            api_key="k", base_url="http://127.0.0.1:9/v1", max_retries=0, http_client=http
        )
        yield moderator


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"GIF89a", BLOOD + b"0" * LARGEST_PICTURE_BYTES]
)
def test_what_is_no_picture_is_not_sent(server: ModelServer, content: bytes) -> None:
    """Nor one that is larger than the model takes."""
    wire = Wire(server)
    with pytest.raises(ItemError):
        OpenAIModerator(server).check_picture(content)
    assert wire.requests == []


def test_nothing_said_is_not_sent(server: ModelServer) -> None:
    """The model refuses a text of spaces."""
    wire = Wire(server)
    assert OpenAIModerator(server).check_text("  \n") is None
    assert wire.requests == []
