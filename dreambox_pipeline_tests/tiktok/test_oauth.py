"""Connecting an account: answers that lack something are named errors without any value in them."""

from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr

from dreambox_pipeline.tiktok.errors import ConsentRequired, GarbledAnswer
from dreambox_pipeline.tiktok.oauth import TokenEndpoint
from dreambox_pipeline.tiktok.transport import Transport

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GOOD = {
    "access_token": "act.SECRET",
    "refresh_token": "rft.SECRET",
    "open_id": "o",
    "expires_in": 86400,
    "refresh_token_expires_in": 31536000,
    "scope": "comment.list",
}


def endpoint(answer: httpx.Response) -> TokenEndpoint:
    """An endpoint that always answers the same."""
    http = httpx.Client(transport=httpx.MockTransport(lambda _: answer))
    transport = Transport("https://tiktok.invalid/v1", http=http)
    return TokenEndpoint(
        transport, app_id="app", app_secret=SecretStr("app.SECRET"), now=lambda: NOW
    )


def test_the_endpoint_does_not_show_its_secret():
    """Whoever logs it logs the app id only."""
    shown = repr(endpoint(httpx.Response(200)))
    assert shown == "TokenEndpoint(app_id='app')"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("access_token", ""),
        ("refresh_token", None),
        ("open_id", None),
        ("expires_in", 0),
        ("expires_in", "a day"),
        ("refresh_token_expires_in", -1),
    ],
)
def test_a_pair_that_lacks_something_is_not_a_pair(field, value):
    """The field is named, its value and the others never; the old refresh token may be void."""
    answer = httpx.Response(200, json={"code": 0, "data": GOOD | {field: value}})
    with pytest.raises(GarbledAnswer, match=field) as caught:
        endpoint(answer).refresh("rft.old.SECRET")
    assert "SECRET" not in repr(caught.value)
    assert caught.value.__suppress_context__
    assert caught.value.may_have_taken_effect


def test_scopes_may_come_as_a_list_or_not_at_all():
    """Then nothing is granted, which the start-up check will say."""
    for scope, expected in [(["a", "b"], {"a", "b"}), ("", set()), (None, set())]:
        data = {key: value for key, value in GOOD.items() if key != "scope"}
        data |= {"scope": scope} if scope is not None else {}
        pair = endpoint(httpx.Response(200, json={"code": 0, "data": data})).refresh("r")
        assert pair.scopes == expected


@pytest.mark.parametrize("code", [40103, 40107, 40110])
def test_a_spent_code_or_refresh_token_needs_the_owner(code):
    """No program can agree for a person."""
    answer = httpx.Response(200, json={"code": code, "message": "no"})
    with pytest.raises(ConsentRequired, match="owner must"):
        endpoint(answer).exchange_code("used", "https://x.invalid/cb/")
