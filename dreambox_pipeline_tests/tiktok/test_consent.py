"""Asking a person for consent: the address they open, and the one they come back with."""

from contextlib import closing
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.testing import running_sandbox
from dreambox_pipeline.tiktok import consent
from dreambox_pipeline.tiktok.errors import (
    CallbackRejected,
    ConsentRequired,
    InvalidApp,
    ScopeMissing,
)
from dreambox_pipeline.tiktok.oauth import TokenEndpoint
from dreambox_pipeline.tiktok.transport import Transport

LOCAL = "http://127.0.0.1:8765/callback/"


def noise(count: int) -> bytes:
    return bytes(range(count))


def asked() -> consent.ConsentRequest:
    return consent.ask_developer_consent(
        client_key="key",
        scopes=["video.publish", "video.upload"],
        redirect_uri=LOCAL,
        entropy=noise,
    )


def test_the_challenge_is_lowercase_hex():
    """Base64url, which every library makes, is taken at first and fails at the token call."""
    verifier = "dreambox-code-verifier-0123456789-ABCDEFGHIJKLMN"
    assert consent.challenge_of(verifier) == (
        "bc8db0c4ad88dd9514358a6f1eec50817dc63183f26e7048b48f9afab970aee5"
    )


def test_the_developer_question_carries_challenge_and_state():
    """The verifier stays here."""
    request = asked()
    url = urlsplit(request.url.get_secret_value())
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    verifier = request.code_verifier.get_secret_value()
    assert f"{url.scheme}://{url.netloc}{url.path}" == consent.AUTHORIZE_URL
    assert query == {
        "client_key": "key",
        "response_type": "code",
        "scope": "video.publish,video.upload",
        "redirect_uri": LOCAL,
        "state": request.state.get_secret_value(),
        "code_challenge": consent.challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    assert 43 <= len(verifier) <= 128
    assert verifier not in request.url.get_secret_value()


def test_the_accounts_question_always_shows_the_page():
    """And has no challenge: that flow has a secret of the app's own."""
    request = consent.ask_accounts_consent(
        app_id="app", scopes=["comment.list"], redirect_uri="https://x.invalid/cb/"
    )
    query = parse_qs(urlsplit(request.url.get_secret_value()).query)
    assert query["disable_auto_auth"] == ["1"]
    assert query["client_key"] == ["app"]
    assert "code_challenge" not in query
    assert request.code_verifier is None


def test_no_two_questions_share_anything():
    """State and verifier are drawn afresh from the machine's own dice."""
    made = [
        consent.ask_developer_consent(client_key="k", scopes=["a"], redirect_uri=LOCAL)
        for _ in range(20)
    ]
    assert len({one.state.get_secret_value() for one in made}) == 20
    assert len({one.code_verifier.get_secret_value() for one in made}) == 20


def test_a_question_shows_no_secret():
    """Neither state nor verifier nor the address that holds the state."""
    request = asked()
    for secret in (request.state, request.code_verifier, request.url):
        assert secret.get_secret_value() not in repr(request)


@pytest.mark.parametrize("name", ["code", "auth_code"])
@pytest.mark.parametrize(
    "shape",
    ["{0}?{1}", "{1}", "?{1}", "  {0}?{1}\n", "'{0}?{1}'", '"{0}?{1}"\n', "<{0}?{1}>", "x.invalid/cb/?{1}",
     "{0}?{1}#_=_"],
)  # fmt: skip
def test_the_answer_is_read_from_an_address_or_its_query(name, shape):
    """Both names of the code exist, and people paste what they see; codes hold `*` and `!`."""
    request = asked()
    state = request.state.get_secret_value()
    query = f"{name}={quote('abc*0!4321.eu')}&scopes=video.upload&state={state}"
    answer = consent.read_consent(shape.format(LOCAL, query), request)
    assert answer.code.get_secret_value() == "abc*0!4321.eu"
    assert answer.granted == {"video.upload"}
    assert consent.missing_scopes(answer, request) == {"video.publish"}
    assert "abc*0" not in repr(answer)


def test_a_silent_answer_lacks_no_scope():
    """The token call says what was granted."""
    request = asked()
    answer = consent.read_consent(f"code=c&state={request.state.get_secret_value()}", request)
    assert answer.granted is None
    assert consent.missing_scopes(answer, request) == set()


@pytest.mark.parametrize(
    "query",
    ["code=SECRET", "code=SECRET&state=", "code=SECRET&state=other", "", "state=é&code=SECRET",
     "state=\udce9&code=SECRET",
     "code=SECRET&state={0}&state={0}", "state={0}", "code=&state={0}"],
)  # fmt: skip
def test_an_answer_to_another_question_is_not_used(query):
    """Somebody else's code would connect somebody else's account."""
    request = asked()
    with pytest.raises(CallbackRejected) as caught:
        consent.read_consent(query.format(request.state.get_secret_value()), request)
    assert "SECRET" not in str(caught.value)
    assert request.state.get_secret_value() not in str(caught.value)


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("access_denied", ConsentRequired),
        ("invalid_scope", ScopeMissing),
        ("invalid_client", InvalidApp),
        ("<b>new</b>", ConsentRequired),
    ],
)
def test_a_refusal_says_who_has_to_act(word, error):
    """The person, or whoever registered the app; only an answer with our state counts."""
    request = asked()
    state = request.state.get_secret_value()
    query = f"error={quote(word)}&error_description=said+so&state={state}"
    with pytest.raises(error, match="said so") as caught:
        consent.read_consent(query, request)
    assert "<b>" not in str(caught.value)
    with pytest.raises(CallbackRejected):
        consent.read_consent(f"error={quote(word)}", request)


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://x.invalid/cb/",
        "http://127.0.0.1:1/",
        "http://localhost:8000/cb",
        "http://[::1]:9/x",
    ],
)
def test_an_address_that_tiktok_takes_is_taken(redirect_uri):
    """Https anywhere, http on this machine with a port."""
    consent.check_redirect_uri(redirect_uri)


@pytest.mark.parametrize(
    "redirect_uri",
    ["", "cb", "http://x.invalid/cb/", "http://127.0.0.1/cb", "https://x.invalid/?a=1", "http://[x",
     "https://x.invalid/#a", "javascript:alert(1)", "https:///cb", "https://x.invalid/" + "a" * 512,
     "http://127.0.0.1:99999/"],
)  # fmt: skip
def test_an_address_that_tiktok_refuses_is_refused_here(redirect_uri):
    """Its own page would only say that something went wrong."""
    with pytest.raises(StopError, match="portal"):
        consent.check_redirect_uri(redirect_uri)


@pytest.mark.parametrize(
    "redirect_uri",
    ["https://x.invalid/cb", "https://x.invalid:8443/cb/", LOCAL, "http://x.invalid/"],
)
def test_the_accounts_api_takes_fewer_addresses(redirect_uri):
    """Https, no port, a slash at the end; its page would only say that something went wrong."""
    with pytest.raises(StopError, match="portal"):
        consent.ask_accounts_consent(app_id="app", scopes=["a"], redirect_uri=redirect_uri)


def test_an_account_is_connected_for_the_accounts_api():
    """The same page, another token endpoint; what was granted is in the tokens."""
    with running_sandbox() as sandbox:
        request = consent.ask_accounts_consent(
            app_id=sandbox.info["app_id"],
            scopes=["comment.list", "video.publish"],
            redirect_uri="https://dreambox.invalid/callback/",
            authorize_url=f"{sandbox.url}/v2/auth/authorize/",
        )
        url = httpx.URL(request.url.get_secret_value()).copy_with(path="/v2/auth/authorize/decide")
        chosen = url.copy_add_param("decision", "allow").copy_add_param("grant", "comment.list")
        callback = httpx.get(chosen, trust_env=False).headers["location"]
        answer = consent.read_consent(callback, request)
        assert consent.missing_scopes(answer, request) == {"video.publish"}
        with closing(Transport(sandbox.info["tiktok_base_url"])) as transport:
            tokens = TokenEndpoint(
                transport,
                app_id=sandbox.info["app_id"],
                app_secret=SecretStr(sandbox.info["app_secret"]),
                now=lambda: sandbox.now,
            )
            pair = tokens.exchange_code(answer.code.get_secret_value(), request.redirect_uri)
    assert pair.scopes == {"comment.list"}
