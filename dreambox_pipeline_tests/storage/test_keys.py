import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.keys import Keyring, load_keyring
from dreambox_pipeline_tests.storage import rivals

KEY = Fernet.generate_key().decode()
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
EXPIRES_AT = int(NOW.timestamp()) + 60


@settings(max_examples=25)
@given(st.text())
def test_what_was_encrypted_is_read_back(text: str):
    """Any text, and never in clear."""
    token = Keyring(KEY).encrypt(text)
    assert Keyring(KEY).decrypt(token) == text
    assert not text or len(text) < 4 or text not in token


@pytest.mark.parametrize(
    "key",
    ["short", "", "ключ", "a" * 44, KEY[:-4]],
    ids=["short", "empty", "Cyrillic", "a word", "a part"],
)
def test_what_is_no_key_is_refused_without_being_shown(key: str):
    """The message says how to make one."""
    with pytest.raises(StopError, match="Fernet key") as caught:
        Keyring(key)
    assert not key or key == "a" * 44 or key not in str(caught.value)


def test_a_token_of_another_key_stops_with_a_remedy():
    """Connecting again is the way out when the key is lost."""
    token = Keyring(Fernet.generate_key().decode()).encrypt("secret")
    with pytest.raises(StopError, match="connect the account again"):
        Keyring(KEY).decrypt(token)


def test_nothing_shows_the_key():
    """Not even by accident in a log."""
    assert KEY not in repr(Keyring(KEY))
    assert repr(Keyring(KEY)) == "Keyring(hidden)"


def test_the_same_commenter_is_the_same_pseudonym_and_only_with_our_key():
    """It joins comments of one person and tells nobody who it is."""
    ours, theirs = Keyring(KEY), Keyring(Fernet.generate_key().decode())
    assert ours.author_id("anna") == Keyring(KEY).author_id("anna")
    assert ours.author_id("anna") != ours.author_id("Anna")
    assert ours.author_id("anna") != theirs.author_id("anna")
    assert "anna" not in ours.author_id("anna")


def test_a_media_address_holds_for_one_file_and_a_while():
    """A guessed, changed or late address opens nothing."""
    keyring = Keyring(KEY)
    signature = keyring.media_signature("a.mp4", EXPIRES_AT)
    late = NOW + timedelta(seconds=60)
    assert keyring.may_fetch("a.mp4", EXPIRES_AT, signature, now=NOW)
    assert not keyring.may_fetch("b.mp4", EXPIRES_AT, signature, now=NOW)
    assert not keyring.may_fetch("a.mp4", EXPIRES_AT + 1, signature, now=NOW)
    assert not keyring.may_fetch("a.mp4", EXPIRES_AT, signature, now=late)
    assert not keyring.may_fetch("a.mp4", EXPIRES_AT, "", now=NOW)


def test_a_signature_of_foreign_letters_is_only_wrong():
    """It comes from an address anybody may type."""
    assert not Keyring(KEY).may_fetch("a.mp4", EXPIRES_AT, "é" * 32, now=NOW)


def test_a_new_key_file_is_for_its_owner_only(tmp_path: Path):
    """Whatever the umask is."""
    old_umask = os.umask(0)
    try:
        load_keyring("", tmp_path / "keys" / "secret.key")
    finally:
        os.umask(old_umask)
    assert stat.S_IMODE((tmp_path / "keys" / "secret.key").stat().st_mode) == 0o600


def test_the_key_file_is_made_once(tmp_path: Path):
    """A second start uses the same key, and no draft of it lies around."""
    file = tmp_path / "secret.key"
    assert load_keyring("", file).author_id("a") == load_keyring("", file).author_id("a")
    assert list(tmp_path.iterdir()) == [file]


def test_a_key_from_the_environment_needs_no_file(tmp_path: Path):
    """Nothing is written."""
    assert load_keyring(KEY, tmp_path / "secret.key").author_id("a") == Keyring(KEY).author_id("a")
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_others_may_read_is_refused(tmp_path: Path):
    """With the command that mends it."""
    file = tmp_path / "secret.key"
    file.write_text(KEY)
    file.chmod(0o644)
    with pytest.raises(StopError, match="chmod 600"):
        load_keyring("", file)


def test_a_folder_nobody_can_make_stops_with_a_remedy(tmp_path: Path):
    """A file is in the way."""
    (tmp_path / "keys").write_text("")
    with pytest.raises(StopError, match="DREAMBOX_SECRET_KEY"):
        load_keyring("", tmp_path / "keys" / "secret.key")


def test_processes_that_start_together_share_one_key(tmp_path: Path):
    """Otherwise one of them would encrypt what the others cannot read."""
    file = tmp_path / "keys" / "secret.key"
    assert len(set(rivals.at_once(rivals.open_keyring, [(file,)] * 4))) == 1
    assert list(file.parent.iterdir()) == [file]


def test_a_crashed_processs_draft_is_not_in_the_way(tmp_path: Path):
    """Process ids repeat, above all in containers."""
    (tmp_path / f".secret.key.{os.getpid()}").write_text("half")
    load_keyring("", tmp_path / "secret.key")
