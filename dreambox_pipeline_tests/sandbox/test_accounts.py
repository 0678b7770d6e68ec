"""What happens to accounts: renamed, banned, disconnected, and more than one of them."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dreambox_pipeline.sandbox.accounts.tokens import DEVELOPER
from dreambox_pipeline.sandbox.testing import running_sandbox
from dreambox_pipeline_tests.sandbox.accounts.test_deliveries import register
from dreambox_pipeline_tests.sandbox.conftest import HTTP

if TYPE_CHECKING:
    from dreambox_pipeline.sandbox.testing import RunningSandbox
    from dreambox_pipeline_tests.sandbox.conftest import Account, Loopback

FILE = {
    "source": "FILE_UPLOAD",
    "video_size": 1000,
    "chunk_size": 1000,
    "total_chunk_count": 1,
}
INFO = {"privacy_level": "PUBLIC_TO_EVERYONE"}


def control(sandbox: "RunningSandbox", path: str, **body: Any) -> httpx.Response:
    return HTTP.post(sandbox.info["control_url"] + path, json=body)


def developer(sandbox: "RunningSandbox", path: str, token: str, body: object = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return HTTP.post(f"{sandbox.url}/v2/{path}/", json=body, headers=headers)


def begin(sandbox: "RunningSandbox", token: str, path: str = "video/init") -> tuple[int, str]:
    body = {"post_info": INFO, "source_info": FILE}
    answer = developer(sandbox, f"post/publish/{path}", token, body)
    return answer.status_code, answer.json()["error"]["code"]


def user(sandbox: "RunningSandbox", token: str) -> dict[str, Any]:
    url = f"{sandbox.url}/v2/user/info/?fields=open_id,username,profile_deep_link"
    answer = HTTP.get(url, headers={"Authorization": f"Bearer {token}"})
    return dict(answer.json()["data"]["user"])


def test_a_new_name_is_seen_everywhere(account: "Account", sandbox: "RunningSandbox") -> None:
    """On both hosts, in its own comments and in the links to its videos; its ids stay."""
    video = account.videos("share_url")[0]
    control(sandbox, "/accounts/main", username="whale.tales")
    token = account.token["access_token"]
    shown = user(sandbox, token)
    assert (shown["username"], shown["open_id"]) == ("whale.tales", sandbox.info["business_id"])
    assert shown["profile_deep_link"].endswith("@whale.tales")
    creator = developer(sandbox, "post/publish/creator_info/query", token).json()["data"]
    assert creator["creator_username"] == "whale.tales"
    assert account.get("/business/get/", fields=["username"])["data"]["username"] == "whale.tales"
    assert "@whale.tales/" in account.videos("share_url")[0]["share_url"]
    made = account.post("/business/comment/create/", video_id=video["item_id"], text="hello")
    listed = account.get(
        "/business/comment/list/",
        video_id=video["item_id"],
        comment_ids=[made["data"]["comment_id"]],
    )
    assert listed["data"]["comments"][0]["username"] == "whale.tales"


def test_a_new_name_outlives_a_restart(tmp_path: Any) -> None:
    """It is state, not memory."""
    path = tmp_path / "state.sqlite"
    with running_sandbox(state_path=path) as first:
        control(first, "/accounts/main", username="whale.tales")
        second = control(first, "/accounts", username="second.account").json()["open_id"]
    with running_sandbox(state_path=path) as again:
        assert again.world.accounts.main.username == "whale.tales"
        assert again.world.accounts.get(second).username == "second.account"


def test_a_banned_account_posts_nothing(
    account: "Account", sandbox: "RunningSandbox", loopback: "Loopback"
) -> None:
    """Each host says so in its own way; lifting the ban lets it post again."""
    token, code = account.token["access_token"], "spam_risk_user_banned_from_posting"
    control(sandbox, "/accounts/main", is_banned=True)
    answer = developer(sandbox, "post/publish/creator_info/query", token)
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, code)
    assert begin(sandbox, token) == (403, code)
    assert begin(sandbox, token, "inbox/video/init") == (403, code)
    post = {"video_url": f"{loopback.url}/clip.mp4", "post_info": {}}
    share_id = account.post("/business/video/publish/", **post)["data"]["share_id"]
    sandbox.advance(60)
    status = account.get("/business/publish/status/", publish_id=share_id)["data"]
    assert (status["status"], status["reason"]) == ("FAILED", code)
    control(sandbox, "/accounts/main", is_banned=False)
    assert begin(sandbox, token) == (200, "ok")


def test_a_disconnected_account_is_told_with_its_reason_and_its_tokens_are_dead(
    account: "Account", sandbox: "RunningSandbox", loopback: "Loopback"
) -> None:
    """Once, however many tokens there were."""
    account.log_in()
    register(account, "VIDEO", f"{loopback.url}/hook")
    control(sandbox, "/switches", webhook_delay_s=0)
    assert control(sandbox, "/accounts/main/disconnect", reason=4).json() == {"ended": 2}
    assert account.get("/business/get/")["code"] == 40105
    body = {
        "client_id": "sandbox_app",
        "client_secret": "sandbox_secret",
        "grant_type": "refresh_token",
        "refresh_token": account.token["refresh_token"],
    }
    refreshed = account.http.post("/tt_user/oauth2/refresh_token/", json=body).json()
    assert refreshed["code"] == 40107
    sandbox.advance(60)
    (told,) = loopback.wait_for(bool)
    assert (told["event"], told["content"]) == ("authorization.removed", '{"reason":4}')
    assert told["user_openid"] == sandbox.info["business_id"]


def test_one_host_can_be_disconnected_alone(account: "Account", sandbox: "RunningSandbox") -> None:
    """They are two apps, and a person may take back one."""
    tokens = sandbox.sandbox.tokens
    other = tokens.exchange(sandbox.auth_code(), host=DEVELOPER).access_token
    control(sandbox, "/accounts/main/disconnect", host="developer")
    assert developer(sandbox, "post/publish/creator_info/query", other).status_code == 401
    assert account.get("/business/get/")["code"] == 0


def test_two_accounts_have_tokens_of_their_own(
    account: "Account", sandbox: "RunningSandbox"
) -> None:
    """Each is somebody else to every call, and neither may act for the other."""
    made = control(sandbox, "/accounts", username="second.account").json()
    answer = account.exchange(made["auth_code"])["data"]
    assert answer["open_id"] == made["open_id"] != sandbox.info["business_id"]
    assert user(sandbox, answer["access_token"])["username"] == "second.account"
    assert user(sandbox, account.token["access_token"])["username"] == "dreambox.tales"
    info = {"app_id": "sandbox_app", "access_token": answer["access_token"]}
    found = account.http.post("/tt_user/token_info/get/", json=info).json()["data"]
    assert found["creator_id"] == made["open_id"]
    assert account.get("/business/get/", business_id=made["open_id"])["code"] == 40001
    account.token = answer
    assert account.get("/business/get/", business_id=made["open_id"])["code"] == 0
    control(sandbox, "/accounts/main/disconnect")
    assert account.get("/business/get/", business_id=made["open_id"])["code"] == 0


def test_the_browser_can_be_another_account(sandbox: "RunningSandbox") -> None:
    """Whoever is signed in is who consents."""
    made = control(sandbox, "/accounts", username="second.account").json()
    assert control(sandbox, f"/accounts/{made['open_id']}", is_signed_in=True).json()[
        "is_signed_in"
    ]
    query = {
        "client_key": "sandbox_app",
        "scope": "video.upload",
        "response_type": "code",
        "redirect_uri": "http://127.0.0.1:8703/callback/",
        "disable_auto_auth": "0",
    }
    sent = HTTP.get(f"{sandbox.url}/v2/auth/authorize/", params=query)
    code = httpx.URL(sent.headers["location"]).params["code"]
    pair = sandbox.sandbox.tokens.exchange(code, redirect_uri=query["redirect_uri"])
    assert pair.open_id == made["open_id"]
    code = HTTP.get(
        f"{sandbox.info['control_url']}/auth_code", params={"open_id": made["open_id"]}
    ).json()["auth_code"]
    assert sandbox.sandbox.tokens.exchange(code).open_id == made["open_id"]


def test_limits_count_for_each_account(sandbox: "RunningSandbox") -> None:
    """Six a minute, fifteen in any 24 hours and five waiting drafts, on the developer host."""
    control(sandbox, "/switches", rate_limits=True)
    tokens, made = sandbox.sandbox.tokens, control(sandbox, "/accounts", username="second").json()
    mine = tokens.exchange(sandbox.auth_code()).access_token
    other = tokens.exchange(made["auth_code"]).access_token
    assert [begin(sandbox, mine)[1] for _ in range(7)] == ["ok"] * 6 + ["rate_limit_exceeded"]
    assert begin(sandbox, other)[1] == "ok"
    for count in (6, 3):
        sandbox.advance(61)
        assert [begin(sandbox, mine)[1] for _ in range(count)] == ["ok"] * count
    sandbox.advance(61)
    assert begin(sandbox, mine) == (403, "spam_risk_too_many_posts")
    assert begin(sandbox, other)[1] == "ok"
    drafts = [begin(sandbox, mine, "inbox/video/init")[1] for _ in range(6)]
    assert drafts == ["ok"] * 5 + ["spam_risk_too_many_pending_share"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/accounts", {"username": "With Spaces"}, 400),
        ("/accounts", {"username": "dreambox.tales"}, 400),
        ("/accounts/nobody", {"username": "x.y"}, 404),
        ("/accounts/main", {"banned": True}, 400),
        ("/accounts/main", {"is_banned": "yes"}, 400),
        ("/accounts/main/disconnect", {"reason": 6}, 400),
        ("/accounts/main/disconnect", {"host": "elsewhere"}, 400),
    ],
)
def test_senseless_orders_are_refused(
    sandbox: "RunningSandbox", path: str, body: dict[str, Any], status: int
) -> None:
    """With a reason, and nothing changed."""
    answer = control(sandbox, path, **body)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert sandbox.world.accounts.main.username == "dreambox.tales"
