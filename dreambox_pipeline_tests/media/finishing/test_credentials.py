import builtins
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dreambox_pipeline.errors import ItemError, StopError
from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.media.finishing.credentials import (
    ALGORITHMIC_MEDIA,
    LibraryMissingError,
    Making,
    SigningKey,
    read_credentials,
    sign_video,
)
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.storage.signing_keys import load_signing_key

ClipMaker = Callable[..., Path]
TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def making(source_type: str = ALGORITHMIC_MEDIA) -> Making:
    return Making(
        "synthetic", "v9", source_type, ("title", "credit", "subtitle", "subtitle"), "1.2"
    )


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    file = tmp_path_factory.mktemp("keys") / "own.pem"
    return load_signing_key(certificate="", key="", own_file=file, now=datetime.now(UTC))


@pytest.fixture
def signed(make_clip: ClipMaker, key: SigningKey, tmp_path: Path) -> Path:
    out = tmp_path / "signed.mp4"
    sign_video(make_clip(), out, key=key, making=making(), clip=make_clip())
    return out


def test_a_signed_file_reads_back_as_valid(signed: Path) -> None:
    """Whole since it was signed; only the signer is unknown to the world."""
    said = read_credentials(signed)
    assert said is not None
    assert (said.state, said.problems) == ("Valid", ("signingCredential.untrusted",))
    assert said.claim_generator.startswith("DreamBox 1.2")
    assert [action["action"] for action in said.actions] == [
        "c2pa.created",
        "c2pa.edited",
        "c2pa.transcoded",
    ]


def test_pictures_drawn_by_rules_are_not_called_a_models(signed: Path) -> None:
    """`algorithmicMedia`, with the generator as its software."""
    said = read_credentials(signed)
    assert said is not None
    created, edited, _ = said.actions
    assert created["digitalSourceType"] == ALGORITHMIC_MEDIA
    assert created["softwareAgent"] == {"name": "synthetic", "version": "v9"}
    assert "digitalSourceType" not in edited


def test_a_models_clip_with_texts_is_a_composite_with_generative_ai(
    make_clip: ClipMaker, key: SigningKey, tmp_path: Path
) -> None:
    """IPTC's terms, each where it belongs."""
    out = tmp_path / "signed.mp4"
    sign_video(make_clip(), out, key=key, making=making(TRAINED), clip=make_clip())
    said = read_credentials(out)
    assert said is not None
    assert said.actions[0]["digitalSourceType"] == TRAINED
    assert said.actions[1]["digitalSourceType"].endswith("/compositeSynthetic")


def test_the_manifest_tells_what_was_drawn_and_nobodys_words(signed: Path) -> None:
    """Kinds once each, and the disclosure."""
    said = read_credentials(signed)
    assert said is not None
    assert said.actions[1]["description"] == (
        "AI-generated. Fades and loudness; drawn over it: title, credit, subtitle."
    )
    assert "dreamt" not in json.dumps(said.actions)


def test_the_providers_own_manifest_is_kept_as_the_parents(
    make_clip: ClipMaker, signed: Path, key: SigningKey, tmp_path: Path
) -> None:
    """A chain back to who made the pictures, instead of a second claim to have made them."""
    out = tmp_path / "again.mp4"
    signature = sign_video(make_clip(), out, key=key, making=making(TRAINED), clip=signed)
    said, provider = read_credentials(out), read_credentials(signed)
    assert said is not None
    assert provider is not None
    assert signature.has_parent
    assert said.parents == (provider.label,)
    assert said.actions[0]["action"] == "c2pa.opened"
    assert said.state == "Valid"


def test_signing_keeps_the_index_in_front_and_the_pictures(
    signed: Path, make_clip: ClipMaker
) -> None:
    """Streaming still starts at once."""
    head = signed.read_bytes()
    if make_clip().read_bytes().index(b"moov") < make_clip().read_bytes().index(b"mdat"):
        assert head.index(b"moov") < head.index(b"mdat")
    assert probe(signed).duration_s == probe(make_clip()).duration_s


def test_a_changed_file_is_invalid(signed: Path) -> None:
    """One byte of the pictures is enough."""
    content = bytearray(signed.read_bytes())
    content[content.index(b"mdat") + 5_000] ^= 1
    signed.write_bytes(content)
    said = read_credentials(signed)
    assert said is not None
    assert said.state == "Invalid"
    assert "assertion.bmffHash.mismatch" in said.problems


def test_a_copy_through_ffmpeg_has_no_credentials(signed: Path, tmp_path: Path) -> None:
    """Why signing comes last."""
    copy = tmp_path / "copy.mp4"
    run_ffmpeg(["-i", str(signed), "-c", "copy", str(copy)], timeout_s=30, what="copy")
    assert read_credentials(copy) is None


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x00\x00\x00\x18ftypisom" + b"\x00" * 64])
def test_what_is_no_video_has_no_credentials(tmp_path: Path, content: bytes) -> None:
    """Somebody may ask about any file."""
    (tmp_path / "x.mp4").write_bytes(content)
    assert read_credentials(tmp_path / "x.mp4") is None


def test_a_key_the_library_refuses_is_explained(
    make_clip: ClipMaker, key: SigningKey, tmp_path: Path
) -> None:
    """An authority's own certificate, for example. It is so for every video: a person must act."""
    authority_only = SigningKey(
        key.chain_pem[key.chain_pem.rindex(b"-----BEGIN") :], key.key_pem, "ES256", "x"
    )
    with pytest.raises(StopError, match="DREAMBOX_SIGNING_CERTIFICATE"):
        sign_video(
            make_clip(), tmp_path / "out.mp4", key=authority_only, making=making(), clip=make_clip()
        )


def test_a_file_the_library_refuses_costs_only_itself(
    make_clip: ClipMaker, key: SigningKey, tmp_path: Path
) -> None:
    """Other videos can still be signed with this key."""
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(make_clip().read_bytes()[:8] + b"\xff" * 5_000)
    with pytest.raises(ItemError, match=r"broken\.mp4"):
        sign_video(broken, tmp_path / "out.mp4", key=key, making=making(), clip=make_clip())


def test_a_clip_whose_manifest_no_longer_fits_is_still_kept_as_the_parent(
    make_clip: ClipMaker, signed: Path, key: SigningKey, tmp_path: Path
) -> None:
    """A provider that re-encodes after signing must not stop the video; our own claim is whole."""
    content = bytearray(signed.read_bytes())
    content[content.index(b"mdat") + 5_000] ^= 1
    signed.write_bytes(content)
    out = tmp_path / "again.mp4"
    signature = sign_video(make_clip(), out, key=key, making=making(TRAINED), clip=signed)
    said = read_credentials(out)
    assert signature.has_parent
    assert said is not None
    assert said.state == "Valid"


def test_without_the_library_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """There is no wheel for every system."""
    real_import = builtins.__import__

    def without_c2pa(name: str, *args: object, **kwargs: object) -> object:
        if name == "c2pa":
            raise ImportError("no wheel")
        return real_import(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without_c2pa)
    with pytest.raises(LibraryMissingError, match="c2pa-python"):
        read_credentials(tmp_path / "x.mp4")
