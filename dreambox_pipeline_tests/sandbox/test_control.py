"""The control endpoints move the world and tell its truth."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dreambox_pipeline_tests.sandbox.conftest import HTTP

if TYPE_CHECKING:
    from dreambox_pipeline.sandbox.testing import RunningSandbox
    from dreambox_pipeline_tests.sandbox.conftest import Account


def call(sandbox: "RunningSandbox", method: str, path: str, **more: Any) -> httpx.Response:
    return HTTP.request(method, sandbox.info["control_url"] + path, **more)


def test_the_clock_moves_only_when_told(sandbox: "RunningSandbox") -> None:
    """By seconds or to a time; never back."""
    start = datetime.fromisoformat(call(sandbox, "GET", "/clock").json()["now"])
    moved = call(sandbox, "POST", "/clock", json={"advance_s": 90}).json()
    assert datetime.fromisoformat(moved["now"]) == start + timedelta(seconds=90)
    there = (start + timedelta(days=2)).isoformat()
    assert call(sandbox, "POST", "/clock", json={"to": there}).json()["now"] == there
    back = call(sandbox, "POST", "/clock", json={"to": start.isoformat()})
    assert back.status_code == 400
    assert "cannot go back" in back.json()["error"]


def test_the_clock_stops_at_the_real_present_unless_allowed(sandbox: "RunningSandbox") -> None:
    """The answer says where it is."""
    year = 365 * 86_400
    moved = call(sandbox, "POST", "/clock", json={"advance_s": year}).json()
    present = datetime.fromisoformat(moved["start"]) + timedelta(days=90)
    assert datetime.fromisoformat(moved["now"]) == present
    future = {"advance_s": year, "allow_future": True}
    moved = call(sandbox, "POST", "/clock", json=future).json()
    assert datetime.fromisoformat(moved["now"]) == present + timedelta(seconds=year)


@pytest.mark.parametrize("body", [{"advance_s": "x"}, {"to": "soon"}, {"speed": -1}])
def test_a_senseless_move_is_refused(sandbox: "RunningSandbox", body: dict[str, Any]) -> None:
    """HTTP 400 with a reason."""
    assert call(sandbox, "POST", "/clock", json=body).status_code == 400


def test_injected_comments_show_their_truth(sandbox: "RunningSandbox") -> None:
    """A dream by its words unless told otherwise."""
    told = call(sandbox, "POST", "/comments", json={"text": "I dreamt of rain"}).json()
    fact = call(sandbox, "GET", "/truth", params={"comment_id": told["comment_id"]}).json()
    assert (fact["kind"], fact["is_dream"], fact["lang"]) == ("injected", True, "en")
    job = {"text": "my dream job", "is_dream": False}
    told = call(sandbox, "POST", "/comments", json=job).json()
    fact = call(sandbox, "GET", "/truth", params={"comment_id": told["comment_id"]}).json()
    assert fact["is_dream"] is False


def test_the_hidden_effects_can_be_read(sandbox: "RunningSandbox") -> None:
    """For evaluation: the best hour earns about twice the worst."""
    hours = call(sandbox, "GET", "/truth").json()["effects"]["hours"]
    assert max(hours) / min(hours) == pytest.approx(2.2, abs=0.05)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/truth?comment_id=1", None, 404),
        ("POST", "/comments/1/delete", None, 404),
        ("POST", "/comments", {}, 400),
        ("POST", "/comments", {"text": "x", "answer": "perhaps"}, 400),
        ("POST", "/comments", {"text": "x", "colour": "red"}, 400),
        ("POST", "/comments", {"text": "x", "video_id": "1"}, 404),
        ("POST", "/switches", {"gravity": False}, 400),
        ("POST", "/switches", {"video_flavour": "other"}, 400),
        ("POST", "/faults", ["kind"], 400),
    ],
)
def test_wrong_control_calls_say_so(
    sandbox: "RunningSandbox", method: str, path: str, body: Any, status: int
) -> None:
    """400 for senseless, 404 for missing."""
    answer = call(sandbox, method, path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_requests_are_counted(account: "Account") -> None:
    """By endpoint, in all and in the busiest minute."""
    for _ in range(3):
        account.get("/business/video/settings/")
    account.sandbox.advance(61)
    account.get("/business/video/settings/")
    counted = call(account.sandbox, "GET", "/requests").json()
    name = "GET /open_api/v1.3/business/video/settings/"
    assert counted["counts"][name] == 4
    assert counted["max_per_minute"][name] == 3


def test_every_auth_code_is_fresh(sandbox: "RunningSandbox") -> None:
    """No two are the same."""
    codes = {call(sandbox, "GET", "/auth_code").json()["auth_code"] for _ in range(3)}
    assert len(codes) == 3
    assert sandbox.now.tzinfo == UTC


def test_the_connection_info_holds_a_code_that_works(account: "Account") -> None:
    """Also after the announced one was used."""
    announced = account.sandbox.info["auth_code"]
    assert account.exchange(announced)["code"] == 0
    fresh = call(account.sandbox, "GET", "/").json()["auth_code"]
    assert fresh != announced
    assert account.exchange(fresh)["code"] == 0
