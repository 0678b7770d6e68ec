"""Codes, tokens and how the platform refuses them."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from dreambox_pipeline_tests.sandbox.conftest import Account

DAY = 86_400


def refresh(account: "Account", token: str) -> dict:
    body = {
        "client_id": "sandbox_app",
        "client_secret": "sandbox_secret",
        "grant_type": "refresh_token",
        "refresh_token": token,
    }
    return account.http.post("/tt_user/oauth2/refresh_token/", json=body).json()


def test_the_token_answer_has_the_recorded_shape(account: "Account") -> None:
    """Every field of a real token answer, with the open id as business id."""
    assert set(account.token) == {
        "access_token", "expires_in", "open_id", "refresh_token", "refresh_token_expires_in",
        "scope", "token_type",
    }  # fmt: skip
    assert account.token["expires_in"] == DAY
    assert account.token["open_id"] == account.sandbox.info["business_id"]
    assert account.token["access_token"].startswith("act.")


def test_a_code_works_once(account: "Account") -> None:
    """The second exchange of the same code is refused."""
    code = account.sandbox.auth_code()
    assert account.exchange(code)["code"] == 0
    assert account.exchange(code)["code"] == 40110


def test_a_code_is_too_old_after_ten_minutes(account: "Account") -> None:
    """Codes expire on the sandbox's clock."""
    code = account.sandbox.auth_code()
    account.sandbox.advance(601)
    assert account.exchange(code)["code"] == 40110


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_secret": "wrong"}, 40101),
        ({"grant_type": "password"}, 40108),
        ({"auth_code": "unknown"}, 40110),
    ],
)
def test_a_wrong_exchange_names_its_reason(
    account: "Account", changes: dict[str, str], code: int
) -> None:
    """Secret, grant type and code each have their own number."""
    assert account.exchange(account.sandbox.auth_code(), **changes)["code"] == code


def test_an_access_token_lives_a_day(account: "Account") -> None:
    """After 24 simulated hours the token is expired, and a refresh helps."""
    account.sandbox.advance(DAY - 5)
    assert account.get("/business/get/")["code"] == 0
    account.sandbox.advance(10)
    assert account.get("/business/get/")["code"] == 40102
    account.token = refresh(account, account.token["refresh_token"])["data"]
    assert account.get("/business/get/")["code"] == 0


def test_a_used_refresh_token_is_dead_and_the_year_runs_on(account: "Account") -> None:
    """Refreshing rotates the token and does not restart its year."""
    first = account.token["refresh_token"]
    account.sandbox.advance(8686)
    fresh = refresh(account, first)
    assert fresh["data"]["refresh_token"] != first
    assert fresh["data"]["refresh_token_expires_in"] == 31_536_000 - 8686
    assert refresh(account, first)["code"] == 40107


def test_missing_wrong_and_revoked_tokens_differ(account: "Account") -> None:
    """40104 without a token, 40105 with a wrong or revoked one."""
    assert account.http.get("/business/get/").json()["code"] == 40104
    wrong = account.http.get("/business/get/", headers={"Access-Token": "act.nothing"}).json()
    assert wrong["code"] == 40105
    token = account.token["access_token"]
    body = {"client_id": "sandbox_app", "client_secret": "sandbox_secret", "access_token": token}
    assert account.http.post("/tt_user/oauth2/revoke/", json=body).json()["code"] == 0
    assert account.get("/business/get/")["code"] == 40105


def test_token_info_tells_scopes_and_creator(account: "Account") -> None:
    """The start-up check of a client."""
    body = {"app_id": "sandbox_app", "access_token": account.token["access_token"]}
    data = account.http.post("/tt_user/token_info/get/", json=body).json()["data"]
    assert data["creator_id"] == account.sandbox.info["business_id"]
    assert "comment.list" in data["scope"].split(",")


def test_a_foreign_business_id_is_no_permission(account: "Account") -> None:
    """The token only opens its own account."""
    assert account.get("/business/get/", business_id="somebody-else")["code"] == 40001


def test_an_unknown_path_answers_in_the_envelope(account: "Account") -> None:
    """Even a wrong path is HTTP 200 with a code."""
    assert account.get("/business/nothing/here/")["code"] == 40400
