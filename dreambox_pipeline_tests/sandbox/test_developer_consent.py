"""The consent page: it asks, and sends the person back with what they decided."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline_tests.sandbox.conftest import HTTP

CALLBACK = "http://127.0.0.1:8765/callback/"
QUESTION = {
    "client_key": "sandbox_app",
    "response_type": "code",
    "scope": "video.publish,video.upload",
    "redirect_uri": CALLBACK,
    "state": "xyz&<b>",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


def visit(sandbox: RunningSandbox, path: str = "", **changes: Any) -> httpx.Response:
    return HTTP.get(f"{sandbox.url}/v2/auth/authorize{path}", params=QUESTION | changes)


def answer(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 302
    location = response.headers["location"]
    assert location.startswith(f"{CALLBACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


@pytest.mark.parametrize("path", ["", "/"])
def test_the_page_shows_what_is_asked_for(sandbox: RunningSandbox, path: str) -> None:
    """With and without its final slash; what came in is escaped."""
    page = visit(sandbox, path)
    assert page.status_code == 200
    assert page.text.count('type="checkbox"') == 2
    assert "<b>" not in page.text


def test_what_was_picked_is_granted(sandbox: RunningSandbox) -> None:
    """State comes back as it was, and the token says the same as the callback."""
    found = answer(
        visit(sandbox, "/decide", decision="allow", grant=["video.upload", "comment.list"])
    )
    assert found["state"] == QUESTION["state"]
    assert found["scopes"] == "video.upload"
    pair = sandbox.sandbox.tokens.exchange(found["code"], redirect_uri=CALLBACK)
    assert pair.scope == "video.upload"
    assert sandbox.sandbox.tokens.check(pair.access_token) == "video.upload"


def test_a_session_that_agreed_before_is_sent_back_at_once(sandbox: RunningSandbox) -> None:
    """Unless the app asks for the page."""
    assert answer(visit(sandbox, disable_auto_auth="0"))["scopes"] == QUESTION["scope"]
    assert visit(sandbox, disable_auto_auth="1").status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"decision": "deny"}, "access_denied"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_refusal_is_sent_back_with_its_word(
    sandbox: RunningSandbox, changes: dict[str, str], error: str
) -> None:
    """And with the state, so that the app knows whose it is."""
    found = answer(visit(sandbox, "/decide", **changes))
    assert (found["error"], found["state"]) == (error, QUESTION["state"])
    assert "code" not in found


@pytest.mark.parametrize("path", ["", "/decide"])
@pytest.mark.parametrize(
    "changes",
    [
        {"client_key": "somebody"},
        {"redirect_uri": "http://elsewhere.invalid/"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": ""},
    ],
)
def test_nobody_is_sent_to_a_strange_address(
    sandbox: RunningSandbox, path: str, changes: dict[str, str]
) -> None:
    """The page says so itself."""
    assert visit(sandbox, path, decision="allow", **changes).status_code == 400
