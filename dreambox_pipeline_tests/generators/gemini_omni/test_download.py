"""Downloading: the key goes to the provider's own host and to no other, whatever a link says."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.generators.gemini_omni.links import ClipLinks, download_url
from dreambox_pipeline.sandbox.models_api.clips import ClipRequest, encode_clip
from dreambox_pipeline_tests.generators.gemini_omni.conftest import GeminiScripted, google
from dreambox_pipeline_tests.generators.scripted import SECRET, Answer, Scripted, served

BASE = "https://generativelanguage.googleapis.com"


@pytest.fixture(scope="module")
def clip() -> bytes:
    return encode_clip(ClipRequest("the sea", 1, 90, 160, 1))


@pytest.fixture
def elsewhere(clip: bytes) -> Iterator[Scripted]:
    """Another host, on another port."""
    server = Scripted(answers=[Answer(200, clip)])
    with served(server):
        yield server


def job_at(uri: str) -> Answer:
    video = {"type": "video", "uri": uri}
    return Answer(200, {"id": "v1_a", "status": "completed", "output_video": video})


def fault_of(scripted: GeminiScripted, tmp_path: Path) -> DreamBoxError:
    target = tmp_path / "clips" / "clip.mp4"
    with pytest.raises(DreamBoxError) as caught:
        scripted.generator().download("v1_a", target)
    assert list(target.parent.iterdir()) == []
    assert SECRET not in str(caught.value)
    return caught.value


def test_a_file_of_the_providers_is_fetched_with_the_key(
    scripted: GeminiScripted, tmp_path: Path, clip: bytes
) -> None:
    """From where its bytes are, not its description."""
    scripted.answers = [job_at(f"{scripted.url}/v1beta/files/abc"), Answer(200, clip)]
    scripted.generator().download("v1_a", tmp_path / "clip.mp4")
    fetched = scripted.asked[-1]
    assert fetched.path == "/v1beta/files/abc:download?alt=media"
    assert fetched.headers["x-goog-api-key"] == SECRET


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_the_same_host_is_followed_with_the_key(
    scripted: GeminiScripted, tmp_path: Path, clip: bytes, status: int
) -> None:
    """Google sends downloads on."""
    scripted.answers = [
        job_at(f"{scripted.url}/v1beta/files/abc:download?alt=media"),
        Answer(status, b"", {"location": "/download/v1beta/abc"}),
        Answer(200, clip),
    ]
    scripted.generator().download("v1_a", tmp_path / "clip.mp4")
    assert scripted.asked[-1].path == "/download/v1beta/abc"
    assert scripted.asked[-1].headers["x-goog-api-key"] == SECRET


def test_a_redirect_to_another_host_never_gets_the_key(
    scripted: GeminiScripted, elsewhere: Scripted, tmp_path: Path
) -> None:
    """Nor is a clip taken from there without encryption."""
    scripted.answers = [
        job_at(f"{scripted.url}/v1beta/files/abc"),
        Answer(302, b"", {"location": f"{elsewhere.url}/clip.mp4?sig=s3cret"}),
    ]
    fault = fault_of(scripted, tmp_path)
    assert isinstance(fault, ItemError)
    assert "no https address" in str(fault)
    assert "s3cret" not in str(fault)
    assert elsewhere.asked == []


def test_another_host_is_asked_without_the_key(tmp_path: Path, clip: bytes) -> None:
    """At once or after a redirect; back at home the key is shown again."""
    asked: dict[str, bool] = {}

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked[str(request.url)] = "x-goog-api-key" in request.headers
        onward = {f"{BASE}/v1beta/files/a:download?alt=media": "https://cdn.example/1"}
        onward["https://cdn.example/1"] = f"{BASE}/end"
        if location := onward.get(str(request.url)):
            return httpx2.Response(302, headers={"location": location})
        return httpx2.Response(200, content=clip)

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    links = ClipLinks(http, base_url=BASE, api_key=SecretStr(SECRET), clean=str)
    links.fetch(f"{BASE}/v1beta/files/a", tmp_path / "part", tried="Downloading")
    links.fetch(
        "https://generativelanguage.googleapis.com.evil.example/a", tmp_path / "b", tried="D"
    )
    links.fetch("https://generativelanguage.googleapis.com:8443/a", tmp_path / "c", tried="D")
    assert list(asked.values()) == [True, False, True, False, False]


@pytest.mark.parametrize("uri", ["gs://bucket/clip.mp4", "file:///etc/passwd", "http://a.invalid/"])
def test_an_address_that_cannot_be_fetched_safely_is_said(
    scripted: GeminiScripted, tmp_path: Path, uri: str
) -> None:
    """A job's link is the provider's word, and may be anything."""
    scripted.answers = [job_at(uri)]
    assert isinstance(fault_of(scripted, tmp_path), ItemError)


def test_a_circle_of_redirects_ends(scripted: GeminiScripted, tmp_path: Path) -> None:
    """After five."""
    scripted.answers = [
        job_at(f"{scripted.url}/v1beta/files/abc"),
        Answer(302, b"", {"location": "/again"}),
    ]
    assert "more than 5 times" in str(fault_of(scripted, tmp_path))
    assert len(scripted.asked) == 7


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (google(429, "RESOURCE_EXHAUSTED", retryDelay="5s"), TransientError),
        (google(403, "PERMISSION_DENIED"), StopError),
        (google(400, "INVALID_ARGUMENT"), ItemError),
        (Answer(503, b""), TransientError),
    ],
)
def test_a_file_that_is_not_given_says_who_must_act(
    scripted: GeminiScripted, tmp_path: Path, answer: Answer, kind: type[DreamBoxError]
) -> None:
    """As every other call."""
    scripted.answers = [job_at(f"{scripted.url}/v1beta/files/abc"), answer]
    assert isinstance(fault_of(scripted, tmp_path), kind)


@pytest.mark.parametrize("data", ["%%%", "AAA"])
def test_inline_data_that_is_no_base64_is_no_clip(
    scripted: GeminiScripted, tmp_path: Path, data: str
) -> None:
    """It is said as what it is."""
    scripted.answers = [Answer(200, {"status": "completed", "output_video": {"data": data}})]
    fault = fault_of(scripted, tmp_path)
    assert isinstance(fault, ItemError)
    assert "base64" in str(fault)


@pytest.mark.parametrize(
    ("uri", "url"),
    [
        (f"{BASE}/v1beta/files/a", f"{BASE}/v1beta/files/a:download?alt=media"),
        (f"{BASE}/v1beta/files/a:download?alt=media", f"{BASE}/v1beta/files/a:download?alt=media"),
        ("files/a", f"{BASE}/v1beta/files/a:download?alt=media"),
        ("https://storage.example/files/a.mp4", "https://storage.example/files/a.mp4"),
        (f"{BASE}/media/a", f"{BASE}/media/a"),
    ],
)
def test_a_files_address_is_made_one_of_its_bytes(uri: str, url: str) -> None:
    """Other addresses stay as they are."""
    assert download_url(uri, base_url=BASE) == url
