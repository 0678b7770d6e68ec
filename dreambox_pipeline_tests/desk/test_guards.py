"""Another web site in the same browser can neither read the desk nor decide anything."""

import httpx
import pytest


def approval(row) -> dict[str, str]:
    return {"decision": "approve", "reviewer": "Mira", "content_hash": row.content_hash}


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "[", ""]
)
def test_foreign_host_names_are_refused(desk: httpx.Client, host: str) -> None:
    """A page that rebinds its own name to 127.0.0.1 still sends that name."""
    assert desk.get("/", headers={"Host": host}).status_code in {400, 403}
    assert desk.get("/api/videos", headers={"Host": host}).status_code in {400, 403}


@pytest.mark.parametrize("host", ["localhost:8702", "127.0.0.1:9", "[::1]:8702"])
def test_this_machine_s_own_names_are_welcome(desk: httpx.Client, host: str) -> None:
    """Whatever port a tunnel gives it."""
    assert desk.get("/healthz", headers={"Host": host}).json() == {"status": "ok"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_decision_from_elsewhere_is_refused_and_not_written(studio, desk, headers) -> None:
    """The browser says where a form came from, and we listen."""
    row = studio.video()
    answer = desk.post(f"/videos/{row.render_id}/decisions", data=approval(row), headers=headers)
    assert answer.status_code == 403
    assert desk.get("/api/videos").json()["counts"]["open"] == 1


def test_a_decision_from_the_desk_s_own_page_is_taken(studio, desk: httpx.Client) -> None:
    """The same form with the headers a browser adds on our own page."""
    row = studio.video()
    headers = {"Origin": str(desk.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    answer = desk.post(f"/videos/{row.render_id}/decisions", json=approval(row), headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere", "/static/desk.js", "/media/x"])
def test_every_answer_carries_the_security_headers(desk: httpx.Client, path: str) -> None:
    """Pages, errors, files: own scripts only, no frames, no guessing of types."""
    headers = desk.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_pages_are_not_kept_by_the_browser(studio, desk: httpx.Client) -> None:
    """They name dreamers; media is kept, because its name is its content."""
    row = studio.video()
    assert desk.get("/").headers["cache-control"] == "no-store"
    kept = desk.get(studio.signed(f"{row.content_hash}.mp4")).headers["cache-control"]
    assert "immutable" in kept
