"""The developer host's tokens: flat answers, refusals with HTTP 200, and no secret anywhere."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs

import httpx
import pytest
from pydantic import SecretStr

from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.tiktok import consent, errors
from dreambox_pipeline.tiktok.developer_oauth import CLASS_BY_WORD, DeveloperTokenEndpoint

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LOCAL = "http://127.0.0.1:8765/callback/"
GOOD = {
    "access_token": "act.SECRET",
    "refresh_token": "rft.SECRET",
    "open_id": "o",
    "expires_in": 86400,
    "refresh_expires_in": 31536000,
    "scope": "video.publish,video.upload",
    "token_type": "Bearer",
}


def endpoint(answer: httpx.Response, seen: list[httpx.Request] | None = None):
    def handler(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return answer

    return DeveloperTokenEndpoint(
        "https://open.invalid/v2/",
        client_key="key",
        client_secret=SecretStr("app.SECRET"),
        now=lambda: NOW,
        http=httpx.Client(transport=httpx.MockTransport(handler)),
    )


def test_a_code_is_exchanged_with_its_verifier():
    """As a form, decoded once, with the verifier itself and not its challenge."""
    seen: list[httpx.Request] = []
    tokens = endpoint(httpx.Response(200, json=GOOD), seen)
    pair = tokens.exchange_code(SecretStr("c*0!1"), LOCAL, SecretStr("v" * 43))
    form = {name: values[0] for name, values in parse_qs(seen[0].content.decode()).items()}
    assert str(seen[0].url) == "https://open.invalid/v2/oauth/token/"
    assert seen[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert form == {
        "client_key": "key",
        "client_secret": "app.SECRET",
        "grant_type": "authorization_code",
        "code": "c*0!1",
        "redirect_uri": LOCAL,
        "code_verifier": "v" * 43,
    }
    assert pair.scopes == {"video.publish", "video.upload"}
    assert pair.refresh_token_expires_in == 31536000
    assert "SECRET" not in repr(pair)
    assert "SECRET" not in repr(tokens)


@pytest.mark.parametrize("word", [*CLASS_BY_WORD, "new_word"])
def test_a_refusal_comes_with_http_200(word):
    """The word decides, and TikTok's own text is quoted."""
    answer = httpx.Response(200, json={"error": word, "error_description": "said", "log_id": "L1"})
    with pytest.raises(
        CLASS_BY_WORD.get(word, errors.UnknownTikTokError), match="'said'"
    ) as caught:
        endpoint(answer).refresh("rft.SECRET")
    assert caught.value.log_id == "L1"
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    "field", ["access_token", "refresh_token", "open_id", "refresh_expires_in"]
)
def test_an_empty_answer_never_replaces_tokens(field):
    """An answer without them is an error, so nothing is stored over what still works."""
    answer = httpx.Response(200, json=GOOD | {field: ""})
    with pytest.raises(errors.GarbledAnswer) as caught:
        endpoint(answer).refresh("rft.SECRET")
    assert caught.value.may_have_taken_effect
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, text="<html>"), errors.GarbledAnswer),
        (httpx.Response(502, text="<html>"), errors.ServerFault),
        (httpx.Response(500, json={}), errors.ServerFault),
        (httpx.Response(429), errors.RateLimited),
        (httpx.Response(200, json=["x"]), errors.GarbledAnswer),
        (
            httpx.Response(
                401, json={"error": {"code": "access_token_invalid", "message": "", "log_id": ""}}
            ),
            errors.AccessTokenRejected,
        ),
    ],
)
def test_what_is_not_flat_is_judged_as_elsewhere(answer, error):
    """A proxy's page, and the host's other style."""
    with pytest.raises(error):
        endpoint(answer).refresh("r")


@pytest.mark.parametrize("answer", [httpx.Response(200), httpx.Response(200, json={})])
def test_revoking_answers_with_nothing(answer):
    """Or with an empty object."""
    endpoint(answer).revoke("act.SECRET")


# Against the sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def tokens(sandbox) -> Iterator[DeveloperTokenEndpoint]:
    with DeveloperTokenEndpoint(
        sandbox.info["tiktok_developer_base_url"],
        client_key=sandbox.info["app_id"],
        client_secret=SecretStr(sandbox.info["app_secret"]),
        now=lambda: sandbox.now,
    ) as made:
        yield made


def ask(sandbox: RunningSandbox, *scopes: str) -> consent.ConsentRequest:
    return consent.ask_developer_consent(
        client_key=sandbox.info["app_id"],
        scopes=scopes,
        redirect_uri=LOCAL,
        authorize_url=f"{sandbox.url}/v2/auth/authorize/",
    )


def decide(request: consent.ConsentRequest, decision: str, *granted: str) -> str:
    """Opens the page as a person would, decides, and gives the address they are sent to."""
    url = httpx.URL(request.url.get_secret_value())
    page = httpx.get(url, trust_env=False)
    assert page.status_code == 200
    for scope in request.scopes:
        assert scope in page.text
    form = url.copy_with(path="/v2/auth/authorize/decide").copy_add_param("decision", decision)
    for scope in granted:
        form = form.copy_add_param("grant", scope)
    return httpx.get(form, trust_env=False).headers["location"]


def test_a_login_goes_the_whole_way(sandbox, tokens, caplog):
    """Page, callback, exchange, refresh, revoke; and no secret is left in the log."""
    caplog.set_level("DEBUG")
    request = ask(sandbox, "video.publish", "video.upload")
    callback = decide(request, "allow", "video.publish", "video.upload")
    answer = consent.read_consent(callback, request)
    assert consent.missing_scopes(answer, request) == set()
    caplog.clear()  # the browser's own requests are not ours
    pair = tokens.exchange_code(answer.code, LOCAL, request.code_verifier)
    again = tokens.refresh(pair.refresh_token.get_secret_value())
    tokens.revoke(again.access_token.get_secret_value())
    with pytest.raises(errors.ConsentRequired):
        tokens.refresh(again.refresh_token.get_secret_value())
    secrets = [answer.code, request.code_verifier, pair.access_token, pair.refresh_token,
               again.access_token, again.refresh_token]  # fmt: skip
    logged = caplog.text
    assert "POST" in logged
    assert not [one for one in secrets if one.get_secret_value() in logged]
    assert sandbox.info["app_secret"] not in logged


def test_a_person_may_grant_less(sandbox, tokens):
    """Callback and tokens both say what was granted."""
    request = ask(sandbox, "video.publish", "video.upload")
    answer = consent.read_consent(decide(request, "allow", "video.upload"), request)
    assert consent.missing_scopes(answer, request) == {"video.publish"}
    pair = tokens.exchange_code(answer.code, LOCAL, request.code_verifier)
    assert pair.scopes == {"video.upload"}


def test_a_person_may_refuse(sandbox):
    """Then somebody has to ask again."""
    request = ask(sandbox, "video.publish")
    with pytest.raises(errors.ConsentRequired, match="access_denied"):
        consent.read_consent(decide(request, "deny"), request)


@pytest.mark.parametrize("part", ["verifier", "redirect"])
def test_a_code_is_bound_to_its_question(sandbox, tokens, part):
    """A stolen code is worth nothing without the verifier, nor at another address."""
    request = ask(sandbox, "video.publish")
    answer = consent.read_consent(decide(request, "allow", "video.publish"), request)
    verifier = SecretStr("x" * 43) if part == "verifier" else request.code_verifier
    redirect_uri = "http://127.0.0.1:9/" if part == "redirect" else LOCAL
    with pytest.raises(errors.ConsentRequired):
        tokens.exchange_code(answer.code, redirect_uri, verifier)


def test_a_code_works_once(sandbox, tokens):
    """The second use is refused, with the same verifier."""
    request = ask(sandbox, "video.publish")
    answer = consent.read_consent(decide(request, "allow", "video.publish"), request)
    tokens.exchange_code(answer.code, LOCAL, request.code_verifier)
    with pytest.raises(errors.ConsentRequired):
        tokens.exchange_code(answer.code, LOCAL, request.code_verifier)


def test_a_wrong_secret_is_the_apps_problem(sandbox):
    """And stops everything."""
    wrong = DeveloperTokenEndpoint(
        sandbox.url,
        client_key=sandbox.info["app_id"],
        client_secret=SecretStr("no"),
        now=lambda: sandbox.now,
    )
    with wrong:
        with pytest.raises(errors.InvalidApp):
            wrong.refresh("r")
        with pytest.raises(errors.InvalidApp):
            wrong.revoke("a")
