"""Media is served to holders of a signed address, in whole or in part, and to nobody else."""

from datetime import timedelta

import httpx
import pytest

from dreambox_pipeline.desk.media import signed_media_url


def test_a_signed_address_gives_the_file_with_its_type(studio, desk: httpx.Client) -> None:
    """What the publisher signs, the desk serves, with range requests announced."""
    row = studio.video()
    name = f"{row.content_hash}.mp4"
    url = signed_media_url("/media/", name, keyring=studio.keyring, now=studio.clock.now)
    answer = desk.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.content == studio.media.get(row.content_hash, ".mp4").read_bytes()


def test_an_address_works_at_least_as_long_as_promised(studio) -> None:
    """Rounding makes addresses stable, and never shorter than asked for."""
    studio.clock.now += timedelta(seconds=17)
    url = signed_media_url("", "x.mp4", keyring=studio.keyring, now=studio.clock.now, valid_s=600)
    expires = int(httpx.URL(url).params["expires"])
    assert 600 <= expires - studio.clock.now.timestamp() <= 750
    later = studio.clock.now + timedelta(seconds=1)
    assert signed_media_url("", "x.mp4", keyring=studio.keyring, now=later, valid_s=600) == url


def test_a_player_may_ask_for_a_part(studio, desk: httpx.Client) -> None:
    """Seeking asks for bytes from the middle; TikTok's puller asks for chunks."""
    row = studio.video()
    whole = studio.media.get(row.content_hash, ".mp4").read_bytes()
    url = studio.signed(f"{row.content_hash}.mp4")
    part = desk.get(url, headers={"Range": "bytes=10-19"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole)}"
    assert part.content == whole[10:20]
    assert desk.get(url, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416


def test_a_head_request_tells_the_size(studio, desk: httpx.Client) -> None:
    """A puller measures before it fetches."""
    row = studio.video()
    answer = desk.head(studio.signed(f"{row.content_hash}.mp4"))
    size = studio.media.get(row.content_hash, ".mp4").stat().st_size
    assert (answer.status_code, int(answer.headers["content-length"])) == (200, size)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?expires=1795392000",
        "?signature=00",
        "?expires=soon&signature=00",
        "?expires=٣&signature=é",
    ],
)
def test_without_a_signature_nothing_is_served(studio, desk: httpx.Client, query: str) -> None:
    """Not even to this machine."""
    row = studio.video()
    assert desk.get(f"/media/{row.content_hash}.mp4{query}").status_code == 403


def test_a_signature_fits_one_file_and_one_end_only(studio, desk: httpx.Client) -> None:
    """Neither the name nor the end of an address can be changed by its holder."""
    row = studio.video()
    url = studio.signed(f"{row.content_hash}.mp4")
    other_file = url.replace(f"{row.content_hash}.mp4", f"{row.cover_hash}.jpg")
    expires = int(studio.clock.now.timestamp()) + 600
    longer = url.replace(f"expires={expires}", f"expires={expires + 9000}")
    assert desk.get(other_file).status_code == 403
    assert desk.get(longer).status_code == 403


def test_an_address_ends(studio, desk: httpx.Client) -> None:
    """At the very second, with words that say what to do."""
    row = studio.video()
    url = studio.signed(f"{row.content_hash}.mp4", valid_s=600)
    studio.clock.now += timedelta(seconds=600)
    answer = desk.get(url)
    assert answer.status_code == 410
    assert "Reload the page" in answer.text


def test_an_erased_file_is_gone(studio, desk: httpx.Client) -> None:
    """The address was good, the file is no longer kept."""
    row = studio.video()
    studio.media.get(row.content_hash, ".mp4").unlink()
    assert desk.get(studio.signed(f"{row.content_hash}.mp4")).status_code == 410


@pytest.mark.parametrize(
    "name",
    ["..%2fledger.sqlite", "../ledger.sqlite", "%2e%2e%2fkeys%2fsecret.key", "a.mp4", "{hash}.sqlite",
     "{hash}.mp4%00.jpg", "{hash}.mp4%0a", "{HASH}.mp4", "..%5cledger.sqlite"],
)  # fmt: skip
def test_only_names_of_media_are_looked_up(studio, desk: httpx.Client, name: str) -> None:
    """No name leads out of the store, even when somebody could sign it."""
    row = studio.video()
    name = name.replace("{hash}", row.content_hash).replace("{HASH}", row.content_hash.upper())
    assert desk.get(studio.signed(name)).status_code == 404


def test_the_platform_may_fetch_under_another_host_name(studio, desk: httpx.Client) -> None:
    """Live, the public address is a proxy's; the signature is what counts there."""
    row = studio.video()
    url = studio.signed(f"{row.content_hash}.mp4")
    assert desk.get(url, headers={"Host": "media.example.org"}).status_code == 200


def test_signed_pictures_may_be_shown_by_dagsters_pages(studio, desk: httpx.Client) -> None:
    """Media is guarded by its signature; pages and data stay with the desk's own origin."""
    url = studio.signed(f"{studio.video().content_hash}.mp4")
    assert desk.get(url).headers["cross-origin-resource-policy"] == "cross-origin"
    assert desk.get("/").headers["cross-origin-resource-policy"] == "same-origin"
