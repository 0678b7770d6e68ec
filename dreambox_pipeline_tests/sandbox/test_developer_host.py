"""The developer host has the other error style."""

from collections.abc import Iterator
from typing import Any

import pytest

from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline_tests.sandbox.conftest import HTTP


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """One for all tests here: nothing they do stays behind."""
    with running_sandbox() as running:
        yield running


def log_in(sandbox: RunningSandbox, **changes: str) -> dict[str, Any]:
    form = {
        "client_key": "sandbox_app",
        "client_secret": "sandbox_secret",
        "grant_type": "authorization_code",
        "code": sandbox.auth_code(),
        "redirect_uri": "https://dreambox.invalid/callback/",
    }
    answer = HTTP.post(f"{sandbox.url}/v2/oauth/token/", data=form | changes)
    assert answer.status_code == 200
    return answer.json()


def test_tokens_are_flat_and_refusals_too(sandbox: RunningSandbox) -> None:
    """No envelope, and HTTP 200 even for errors."""
    pair = log_in(sandbox)
    assert {"access_token", "refresh_token", "expires_in", "refresh_expires_in"} <= set(pair)
    assert log_in(sandbox, code="nothing")["error"] == "invalid_grant"
    assert log_in(sandbox, client_secret="no")["error"] == "invalid_client"
    assert log_in(sandbox, grant_type="password")["error"] == "unsupported_grant_type"
    again = log_in(sandbox, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert again["refresh_token"] != pair["refresh_token"]


def test_user_info_answers_with_an_ok_error_object(sandbox: RunningSandbox) -> None:
    """Fields are named in the query; the error code is the word ok."""
    headers = {"Authorization": f"Bearer {log_in(sandbox)['access_token']}"}
    url = f"{sandbox.url}/v2/user/info/"
    answer = HTTP.get(url, params={"fields": "open_id,follower_count"}, headers=headers).json()
    assert answer["error"]["code"] == "ok"
    assert answer["error"]["log_id"]
    assert set(answer["data"]["user"]) == {"open_id", "follower_count"}
    wrong = HTTP.get(url, params={"fields": "age"}, headers=headers)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "invalid_params")
    without = HTTP.get(url, params={"fields": "open_id"})
    assert (without.status_code, without.json()["error"]["code"]) == (401, "access_token_invalid")


def test_the_video_list_pages_back_in_milliseconds(sandbox: RunningSandbox) -> None:
    """POST with fields in the query, newest first."""
    headers = {"Authorization": f"Bearer {log_in(sandbox)['access_token']}"}
    url = f"{sandbox.url}/v2/video/list/?fields=id,create_time,view_count"
    first = HTTP.post(url, json={"max_count": 20}, headers=headers).json()
    data = first["data"]
    assert len(data["videos"]) == 20
    assert data["has_more"]
    rest = HTTP.post(url, json={"max_count": 20, "cursor": data["cursor"]}, headers=headers).json()[
        "data"
    ]
    ids = [video["id"] for video in data["videos"] + rest["videos"]]
    assert len(set(ids)) == 30
    assert not rest["has_more"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"max_count": 21}'])
def test_a_bad_body_is_invalid_params(sandbox: RunningSandbox, body: bytes) -> None:
    """HTTP 400 with a string code."""
    headers = {"Authorization": f"Bearer {log_in(sandbox)['access_token']}"}
    url = f"{sandbox.url}/v2/video/list/?fields=id"
    answer = HTTP.post(url, content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_params")


def test_unknown_paths_have_a_string_code(sandbox: RunningSandbox) -> None:
    """HTTP 404 in the same style."""
    answer = HTTP.get(f"{sandbox.url}/v2/nothing/")
    assert answer.status_code == 404
    assert isinstance(answer.json()["error"]["code"], str)


def test_videos_are_queried_by_id(sandbox: RunningSandbox) -> None:
    """Up to twenty; what is not the account's own is left out."""
    headers = {"Authorization": f"Bearer {log_in(sandbox)['access_token']}"}
    url = f"{sandbox.url}/v2/video/query/?fields=id,title"
    own = [video.video_id for video in sandbox.world.public_videos()][:3]
    body = {"filters": {"video_ids": [*own, "404"]}}
    videos = HTTP.post(url, json=body, headers=headers).json()["data"]["videos"]
    assert {video["id"] for video in videos} == set(own)
    for wrong in ({}, {"filters": {}}, {"filters": {"video_ids": ["1"] * 21}}, []):
        answer = HTTP.post(url, json=wrong, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_params")


def test_the_601st_call_of_a_minute_is_429() -> None:
    """Per endpoint, without a lock: the minute's end is enough."""
    with running_sandbox(rate_limits=True) as limited:
        headers = {"Authorization": f"Bearer {log_in(limited)['access_token']}"}
        for _ in range(600):
            assert limited.sandbox.developer.limits.admits("/v2/user/info/")
        url = f"{limited.url}/v2/user/info/?fields=open_id"
        refused = HTTP.get(url, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (
            429,
            "rate_limit_exceeded",
        )
        videos = HTTP.post(f"{limited.url}/v2/video/list/?fields=id", headers=headers)
        assert videos.status_code == 200
        limited.advance(61)
        assert HTTP.get(url, headers=headers).status_code == 200
