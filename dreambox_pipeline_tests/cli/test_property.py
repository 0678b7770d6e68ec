"""`dreambox property`: TikTok finds the proof where the desk serves it, and only that."""

from collections.abc import Iterator

import httpx
import pytest

from dreambox_pipeline.cli import property as url_property
from dreambox_pipeline.cli.doctor import video_address
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.errors import ItemError, StopError
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.url_proofs import UrlProofs
from dreambox_pipeline.tiktok.schemas import UrlProperty
from dreambox_pipeline_tests.sandbox.conftest import HTTP


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def at_sandbox(settings: Settings, sandbox: RunningSandbox) -> Settings:
    return settings.model_copy(update={"tiktok_base_url": sandbox.info["tiktok_base_url"]})


@pytest.fixture
def served(at_sandbox: Settings) -> Iterator[Settings]:
    """With a desk that serves the media where the settings say."""
    parts = resources_from(at_sandbox)
    parts["ledger"].migrate()
    with running_desk(
        ledger=parts["ledger"], media=parts["media"], keyring=parts["keyring"], clock=parts["clock"]
    ) as desk:
        yield at_sandbox.model_copy(update={"media_base_url": f"{desk}/media"})
    parts["ledger"].close()


def proofs(sandbox: RunningSandbox) -> list[dict[str, object]]:
    return [body for _, body in sandbox.world.state.all("property")]


def test_an_address_is_claimed_proven_and_given_up(served, sandbox, console):
    """TikTok really fetches the file, and it is gone with the claim."""
    url_property.run_add("", served, console, kind="prefix")
    (proof,) = proofs(sandbox)
    assert (proof["url"], proof["property_status"]) == (f"{served.media_base_url}/", 0)
    address = f"{served.media_base_url}/{proof['file_name']}"
    found = HTTP.get(address)
    assert (found.status_code, found.text) == (200, proof["signature"])
    assert found.headers["content-type"].startswith("text/plain")

    assert url_property.run_verify("", served, console, kind="prefix")
    url_property.run_list(served, console)
    url_property.run_remove("", served, console, kind="prefix")
    assert proofs(sandbox) == []
    assert HTTP.get(address).status_code == 404
    said = console.export_text()
    assert "is verified" in said
    assert "is given up" in said


def test_nothing_else_is_served_by_its_name(served, console):
    """Neither other names nor ways out of the folder."""
    url_property.run_add("", served, console, kind="prefix")
    for name in ("tiktok0.txt", "..%2Fsecret.txt", ".url_proofs", "ledger.sqlite", "%2e%2e.txt"):
        assert HTTP.get(f"{served.media_base_url}/{name}").status_code == 404


def test_without_the_desk_it_is_not_verified(at_sandbox, sandbox, console):
    """And what was not found is said."""
    nowhere = at_sandbox.model_copy(update={"media_base_url": "http://127.0.0.1:9/media"})
    url_property.run_add("", nowhere, console, kind="prefix")
    assert not url_property.run_verify("", nowhere, console, kind="prefix")
    (proof,) = proofs(sandbox)
    assert f"http://127.0.0.1:9/media/{proof['file_name']}" in console.export_text()


def test_a_domain_is_proven_by_a_record(at_sandbox, sandbox, console):
    """Which only a person can set; nothing is served for it."""
    url_property.run_add("https://Cdn.Example/media", at_sandbox, console, kind="domain")
    (proof,) = proofs(sandbox)
    assert proof["url"] == "cdn.example"
    assert not url_property.run_verify("cdn.example", at_sandbox, console, kind="domain")
    said = console.export_text()
    assert said.count(str(proof["signature"])) == 2
    assert "TXT record" in said
    assert UrlProofs(at_sandbox.media_dir).get(str(proof["file_name"])) is None


def test_a_kind_tiktok_does_not_know_is_refused(at_sandbox, console):
    """With those it knows."""
    with pytest.raises(StopError, match="--kind domain or --kind prefix"):
        url_property.run_add("", at_sandbox, console, kind="path")


@pytest.mark.parametrize("name", ["../x.txt", "a/b.txt", "x.mp4", ".txt", "x", "a" * 200 + ".txt"])
def test_a_file_name_from_outside_stays_in_the_folder(tmp_path, name):
    """TikTok chooses it, so it is not trusted."""
    with pytest.raises(ItemError, match="does not serve"):
        UrlProofs(tmp_path).put(name, "text")
    assert UrlProofs(tmp_path).get(name) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "claimed", "url", "is_covered"),
    [
        (2, "https://a.example/media/", "https://a.example/media", True),
        (2, "https://a.example/media", "https://a.example/media/deep", True),
        (2, "https://a.example/media/", "https://a.example/media2", False),
        (1, "example.org", "https://cdn.example.org/media", True),
        (1, "example.org", "https://example.org/", True),
        (1, "example.org", "https://notexample.org/", False),
    ],
)
def test_a_claim_covers_what_lies_beneath_it(kind, claimed, url, is_covered):
    """By whole steps of a path or of a name."""
    found = UrlProperty(property_type=kind, url=claimed, property_status=1)
    assert url_property.covers(found, url) is is_covered


def test_the_doctor_asks_only_when_it_matters(at_sandbox, sandbox):
    """Other routes need no address, and the sandbox reaches this machine."""
    kit = at_sandbox.model_copy(update={"posting_route": "manual_kit"})
    assert video_address(kit).is_fine
    assert video_address(at_sandbox).is_fine
    assert sandbox.sandbox.counts.as_json()["total"] == 0


def test_the_doctor_finds_an_address_that_is_not_verified(at_sandbox, sandbox, console):
    """Before the first post fails for it."""
    url = "https://cdn.example/media"
    public = at_sandbox.model_copy(update={"media_base_url": url})
    resources_from(public)["ledger"].migrate()
    found = video_address(public)
    assert (found.is_fine, found.is_needed) == (False, True)
    assert "dreambox property add" in found.remedy
    url_property.run_add("", public, console, kind="prefix")
    assert not video_address(public).is_fine
    proof = sandbox.world.state.get("property", f"{url}/")
    sandbox.world.state.put("property", f"{url}/", {**proof, "property_status": 1})
    assert video_address(public).is_fine


def test_the_doctor_hints_when_tiktok_cannot_be_asked(at_sandbox):
    """Being offline is no fault of the set-up."""
    offline = at_sandbox.model_copy(
        update={
            "media_base_url": "https://cdn.example/media",
            "tiktok_base_url": "http://127.0.0.1:9/open_api/v1.3",
        }
    )
    resources_from(offline)["ledger"].migrate()
    found = video_address(offline)
    assert (found.is_fine, found.is_needed) == (False, False)


def test_the_doctor_tells_that_tiktok_cannot_reach_this_machine(at_sandbox):
    """Live with a loopback address is a mistake that nothing has to be asked for."""
    live = at_sandbox.model_copy(
        update={"tiktok_base_url": "https://business-api.tiktok.com/open_api/v1.3"}
    )
    found = video_address(live)
    assert (found.is_fine, found.is_needed) == (False, True)
    assert httpx.URL(live.media_base_url).host == "127.0.0.1"
