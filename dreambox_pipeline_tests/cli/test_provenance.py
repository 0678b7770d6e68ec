"""`dreambox provenance`: what a file says of itself, and what was recorded."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from dreambox_pipeline.cli.provenance import print_provenance
from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.media.finishing.credentials import ALGORITHMIC_MEDIA, Making, sign_video
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.signing_keys import load_signing_key


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(var_dir=tmp_path / "var")
    made.var_dir.mkdir()
    ledger = Ledger(made.ledger_url)
    ledger.migrate()
    ledger.close()
    return made


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    args = ["-f", "lavfi", "-i", "testsrc2=s=90x160:r=30", "-t", "1", "-c:v", "libx264"]
    run_ffmpeg([*args, str(path)], timeout_s=30, what="make a test clip")
    return path


def said(wanted: object, settings: Settings) -> tuple[bool, str]:
    out = io.StringIO()
    is_known = print_provenance(str(wanted), settings, Console(file=out, width=160))
    return is_known, out.getvalue()


def test_a_signed_file_tells_its_state_actions_and_source_type(
    settings: Settings, clip: Path, tmp_path: Path
) -> None:
    """Also a file that came from somewhere else: the ledger then has no record."""
    key = load_signing_key(
        certificate="", key="", own_file=tmp_path / "own.pem", now=datetime.now(UTC)
    )
    making = Making("synthetic", "v9", ALGORITHMIC_MEDIA, ("title",), "1.2")
    sign_video(clip, tmp_path / "signed.mp4", key=key, making=making, clip=clip)
    is_known, told = said(tmp_path / "signed.mp4", settings)
    assert is_known
    for words in ("Valid: whole", "c2pa.created", "algorithmicMedia", "synthetic v9", "no record"):
        assert words in told
    assert "PRIVATE" not in told


def test_an_unsigned_file_says_so(settings: Settings, clip: Path) -> None:
    """That is an answer, not an error."""
    is_known, told = said(clip, settings)
    assert is_known
    assert "carries no Content Credentials" in told


def test_what_nobody_knows_gets_a_hint(settings: Settings) -> None:
    """Markup in an id is only text."""
    is_known, told = said("vid_[bold]nothing", settings)
    assert not is_known
    assert "vid_[bold]nothing" in told
