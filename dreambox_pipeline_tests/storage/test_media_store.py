import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from dreambox_pipeline.errors import ItemError, StopError
from dreambox_pipeline.storage.media_store import MediaStore, content_hash
from dreambox_pipeline_tests.storage import rivals
from dreambox_pipeline_tests.storage.limits import run_with_file_limit


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(os.urandom(100_000))
    return path


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


def files(store: MediaStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


def test_a_file_is_found_by_its_content(store: MediaStore, clip: Path):
    """The name is the SHA-256 of what is in it."""
    digest = store.put(clip)
    assert digest == content_hash(clip) == sha256(clip.read_bytes()).hexdigest()
    assert store.get(digest, ".mp4").read_bytes() == clip.read_bytes()
    assert files(store) == [store.path(digest, ".mp4")]


def test_the_same_content_is_stored_once(store: MediaStore, clip: Path):
    """A second put leaves the first file alone."""
    path = store.get(store.put(clip), ".mp4")
    before = path.stat().st_ino
    store.put(clip)
    assert path.stat().st_ino == before
    assert files(store) == [path]


def test_the_source_stays_where_it_is(store: MediaStore, clip: Path):
    """Storing is copying; the caller's working folder is its own."""
    store.put(clip)
    assert clip.exists()


def test_a_missing_file_is_one_items_problem(store: MediaStore):
    """The batch goes on, and the message says what to do."""
    with pytest.raises(ItemError, match="make the video again"):
        store.get("0" * 64, ".mp4")


@pytest.mark.parametrize("suffix", [".exe", "", "mp4", ".MP4", "/../../x.mp4"])
def test_only_known_kinds_of_file_are_named(store: MediaStore, suffix: str):
    """An address from outside cannot lead elsewhere by its suffix."""
    with pytest.raises(ValueError, match="not a kind of file"):
        store.path("0" * 64, suffix)


def test_threads_that_store_one_content_at_once_all_succeed(store: MediaStore, clip: Path):
    """Two dreams may give the same picture."""
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(store.put, [clip] * 32))
    assert digests == {content_hash(clip)}
    assert files(store) == [store.path(content_hash(clip), ".mp4")]


def test_processes_that_store_one_content_at_once_all_succeed(store: MediaStore, clip: Path):
    """The same across runs."""
    assert set(rivals.at_once(rivals.put, [(store.root, clip)] * 3)) == {content_hash(clip)}
    assert files(store) == [store.path(content_hash(clip), ".mp4")]


def test_a_folder_nobody_can_make_stops_with_a_remedy(tmp_path: Path, clip: Path):
    """A file is in its place."""
    (tmp_path / "media").write_text("")
    with pytest.raises(StopError, match="DREAMBOX_VAR_DIR"):
        MediaStore(tmp_path / "media").put(clip)


FILL = """
import sys
from pathlib import Path
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.media_store import MediaStore
try:
    MediaStore(Path(sys.argv[1])).put(Path(sys.argv[2]))
except StopError as error:
    print(error)
"""


def test_a_full_disk_keeps_nothing_of_the_file(store: MediaStore, clip: Path):
    """No half video that looks like a whole one."""
    said = run_with_file_limit(FILL, [str(store.root), str(clip)], limit_bytes=50_000)
    assert "Nothing was kept" in said
    assert files(store) == []


def test_removed_content_is_gone_with_what_a_killed_copy_left(tmp_path):
    """And another content beside it stays; a second time there is nothing to remove."""
    store = MediaStore(tmp_path / "media")
    kept, gone = ((tmp_path / name) for name in ("kept.mp4", "gone.mp4"))
    for file in (kept, gone):
        file.write_text(file.name)
    stays, digest = store.put(kept), store.put(gone)
    draft = store.path(digest, ".mp4").with_name(f".{digest}.mp4.1.2")
    draft.write_text("half")

    assert store.remove(digest) == 2
    assert store.remove(digest) == 0
    assert [file.name for file in store.root.rglob("*.mp4*")] == [f"{stays}.mp4"]
