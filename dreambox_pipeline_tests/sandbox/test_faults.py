"""Every fault really reaches the wire, and leaves the world as it says."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dreambox_pipeline_tests.sandbox.conftest import HTTP

if TYPE_CHECKING:
    from dreambox_pipeline.sandbox.testing import RunningSandbox
    from dreambox_pipeline_tests.sandbox.conftest import Account

PATH = "/business/video/settings/"
REPLY = "/business/comment/reply/create/"


def arm(sandbox: "RunningSandbox", **fault: Any) -> None:
    url = sandbox.info["control_url"] + "/faults"
    assert HTTP.post(url, json=fault).status_code == 200


def ask(account: "Account") -> httpx.Response:
    return account.http.get(
        PATH,
        params={"business_id": account.sandbox.info["business_id"]},
        headers={"Access-Token": account.token["access_token"]},
    )


@pytest.mark.parametrize(
    ("kind", "status", "beginning"),
    [
        ("http_500", 500, "{"),
        ("http_429", 429, "{"),
        ("html", 502, "<!doctype html>"),
        ("code:51021", 200, '{"code": 51021'),
    ],
)
def test_a_broken_answer_strikes_as_often_as_asked(
    account: "Account", kind: str, status: int, beginning: str
) -> None:
    """It skips one, strikes two, and then is over."""
    arm(account.sandbox, path_prefix="/open_api", kind=kind, times=2, skip=1)
    answers = [ask(account) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, status, status, 200]
    assert answers[1].text.startswith(beginning)
    assert answers[3].json()["code"] == 0


def test_garbage_is_not_json(account: "Account") -> None:
    """A 200 whose body nobody can read."""
    arm(account.sandbox, path_prefix="/open_api", kind="garbage")
    with pytest.raises(ValueError):  # noqa: PT011 - any decoding error will do
        ask(account).json()


def test_a_500_may_come_after_acting(account: "Account") -> None:
    """The client cannot tell; the reply is there all the same."""
    video = account.videos("item_id")[0]["item_id"]
    before = len(account.pages("/business/comment/list/", video_id=video))
    arm(account.sandbox, path_prefix="/open_api", kind="http_500_after")
    body = {"business_id": account.sandbox.info["business_id"], "video_id": video, "text": "hello"}
    headers = {"Access-Token": account.token["access_token"]}
    answer = account.http.post("/business/comment/create/", json=body, headers=headers)
    assert answer.status_code == 500
    assert len(account.pages("/business/comment/list/", video_id=video)) == before + 1


@pytest.mark.parametrize(("kind", "acts"), [("timeout_before", False), ("timeout_after", True)])
def test_a_timeout_acts_or_not_and_hangs_up(
    account: "Account",
    kind: str,
    acts: bool,  # noqa: FBT001 - pytest
) -> None:
    """The client sees a lost connection; only one of the two left a reply behind."""
    control = account.sandbox.info["control_url"]
    told = account.http.post(f"{control}/comments", json={"text": "i dreamt"}).json()
    arm(account.sandbox, path_prefix="/open_api/v1.3" + REPLY, kind=kind, delay_s=0.05)
    with pytest.raises(httpx.RemoteProtocolError):
        account.post(REPLY, **told, text="may we?")
    replies = account.get("/business/comment/reply/list/", **told)["data"]["comments"]
    assert len(replies) == (1 if acts else 0)


def test_a_body_can_end_too_early(account: "Account") -> None:
    """The announced length is never reached."""
    arm(account.sandbox, path_prefix="/open_api", kind="close_mid_body")
    with pytest.raises(httpx.RemoteProtocolError):
        ask(account)


def test_faults_can_be_cleared_and_control_is_never_struck(account: "Account") -> None:
    """Clearing helps at once."""
    arm(account.sandbox, path_prefix="/", kind="http_500", times=9)
    url = account.sandbox.info["control_url"] + "/faults"
    assert len(account.http.get(url).json()["faults"]) == 1
    assert account.http.delete(url).json() == {"removed": 1}
    assert ask(account).status_code == 200


@pytest.mark.parametrize("fault", [{"kind": "fire"}, {"kind": "html", "path_prefix": "x"}])
def test_an_unknown_fault_is_refused(sandbox: "RunningSandbox", fault: dict[str, str]) -> None:
    """With the list of what there is."""
    answer = HTTP.post(sandbox.info["control_url"] + "/faults", json=fault)
    assert answer.status_code == 400
    assert "must" in answer.json()["error"] or "choose" in answer.json()["error"]
