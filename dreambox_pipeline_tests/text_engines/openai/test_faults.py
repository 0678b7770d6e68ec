"""What a failed call means, by status and code; and that no message gives the key away."""

import httpx2
import openai
import pytest

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.text_engines.openai.answers import NoAnswer
from dreambox_pipeline.text_engines.openai.faults import meaning_of, wait_of

REQUEST = httpx2.Request("POST", "https://models.example/v1/responses")


def failed(status: int, code: str | None = None, **headers: str) -> openai.APIStatusError:
    body = {"message": "Incorrect API key provided: sk-abcd", "code": code, "param": None}
    response = httpx2.Response(status, headers=headers, json={"error": body}, request=REQUEST)
    client = openai.OpenAI(api_key="sk-abcd", base_url="https://models.example/v1")
    return client._make_status_error_from_response(response)


def meaning(error: Exception) -> NoAnswer | StopError:
    return meaning_of(error, model="gpt-6-luna", base_url="https://models.example/v1")


@pytest.mark.parametrize(
    ("status", "code", "remedy"),
    [
        (401, "invalid_api_key", "DREAMBOX_OPENAI_API_KEY"),
        (403, "model_not_found", "DREAMBOX_OPENAI_MODEL"),
        (404, "model_not_found", "DREAMBOX_OPENAI_MODEL"),
        (429, "insufficient_quota", "credit"),
        (400, "unsupported_parameter", "DREAMBOX_OPENAI_MODEL"),
        (400, "invalid_json_schema", "structured outputs"),
        (422, None, "structured outputs"),
    ],
)
def test_some_failures_stop_everything(status: int, code: str | None, remedy: str) -> None:
    """The message says what to do, and nothing of what the server said."""
    found = meaning(failed(status, code))
    assert isinstance(found, StopError)
    assert remedy in str(found)
    assert str(status) in str(found)
    assert "sk-abcd" not in str(found)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
def test_some_failures_pass(status: int) -> None:
    """Waiting is enough."""
    assert meaning(failed(status, "rate_limit_exceeded")) is NoAnswer.UNREACHABLE


def test_no_connection_and_no_json_pass_too() -> None:
    """A proxy's page is as good as no answer."""
    assert meaning(openai.APIConnectionError(request=REQUEST)) is NoAnswer.UNREACHABLE
    assert meaning(openai.APITimeoutError(request=REQUEST)) is NoAnswer.UNREACHABLE
    assert meaning(ValueError("not JSON")) is NoAnswer.UNREACHABLE


def test_a_policy_refuses_one_comment_only() -> None:
    """The others go on."""
    assert meaning(failed(400, "invalid_prompt")) is NoAnswer.REFUSED


def test_the_server_may_say_how_long_to_wait() -> None:
    """In seconds; dates and nonsense are not understood."""
    assert wait_of(failed(429, **{"retry-after": "12"})) == 12
    assert wait_of(failed(429, **{"retry-after": "Sat, 01 Jan 2028 00:00:00 GMT"})) is None
    assert wait_of(failed(429)) is None
    assert wait_of(ValueError()) is None
