import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.media.finishing.credentials import SigningKey
from dreambox_pipeline.storage.signing_keys import load_signing_key
from dreambox_pipeline_tests.storage import rivals

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def load(
    own_file: Path, *, certificate: str = "", key: str = "", now: datetime = NOW
) -> SigningKey:
    return load_signing_key(certificate=certificate, key=key, own_file=own_file, now=now)


def other_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.fixture
def operators(tmp_path: Path) -> tuple[Path, Path]:
    """A chain and its key in two files, as an operator has them."""
    made = load(tmp_path / "own.pem")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(made.chain_pem)
    key.write_bytes(made.key_pem)
    return chain, key


def test_our_own_leaf_may_sign_and_is_vouched_for(tmp_path: Path) -> None:
    """C2PA refuses a leaf that signs itself, or has other uses."""
    leaf, authority = x509.load_pem_x509_certificates(load(tmp_path / "own.pem").chain_pem)
    leaf.verify_directly_issued_by(authority)
    assert leaf.subject != leaf.issuer
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.key_cert_sign) == (True, False)
    purposes = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.EMAIL_PROTECTION]


def test_the_pair_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    """Whatever the umask is; and no draft of it lies around."""
    file = tmp_path / "keys" / "video-signing.pem"
    old_umask = os.umask(0)
    try:
        first = load(file)
    finally:
        os.umask(old_umask)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load(file).fingerprint == first.fingerprint
    assert list(file.parent.iterdir()) == [file]


def test_processes_that_start_together_share_one_pair(tmp_path: Path) -> None:
    """Otherwise one week's videos would have several signers."""
    file = tmp_path / "keys" / "video-signing.pem"
    assert len(set(rivals.at_once(rivals.open_signing_key, [(file,)] * 3))) == 1
    assert list(file.parent.iterdir()) == [file]


def test_the_key_is_never_shown(tmp_path: Path) -> None:
    """Not even by accident in a log."""
    made = load(tmp_path / "own.pem")
    assert "PRIVATE" not in repr(made)
    assert str(made.key_pem) not in repr(made)


def test_the_operators_pair_is_used(tmp_path: Path, operators: tuple[Path, Path]) -> None:
    """And nothing of our own is made."""
    chain, key = operators
    used = load(tmp_path / "new.pem", certificate=str(chain), key=str(key))
    assert used.chain_pem == chain.read_bytes()
    assert used.algorithm == "ES256"
    assert not (tmp_path / "new.pem").exists()


def test_a_pair_that_does_not_belong_together_stops(
    tmp_path: Path, operators: tuple[Path, Path]
) -> None:
    """Both files are named."""
    chain, key = operators
    key.write_bytes(other_key())
    with pytest.raises(StopError, match=r"key\.pem is not that of .*chain\.pem"):
        load(tmp_path / "new.pem", certificate=str(chain), key=str(key))


def test_a_certificate_that_is_over_stops(tmp_path: Path, operators: tuple[Path, Path]) -> None:
    """With its dates."""
    chain, key = operators
    late = NOW + timedelta(days=4000)
    with pytest.raises(StopError, match=r"chain\.pem is valid from 2024-.* Renew it"):
        load(tmp_path / "new.pem", certificate=str(chain), key=str(key), now=late)


@pytest.mark.parametrize("broken", ["chain", "key"])
def test_a_file_that_is_no_pem_stops(
    tmp_path: Path, operators: tuple[Path, Path], broken: str
) -> None:
    """The file is named, its content is not."""
    chain, key = operators
    (chain if broken == "chain" else key).write_text("hunter2")
    with pytest.raises(StopError, match=rf"{broken}\.pem holds no") as caught:
        load(tmp_path / "new.pem", certificate=str(chain), key=str(key))
    assert "hunter2" not in str(caught.value)


def test_a_missing_file_and_half_a_setting_stop(
    tmp_path: Path, operators: tuple[Path, Path]
) -> None:
    """Each says which setting to look at."""
    chain, _ = operators
    with pytest.raises(StopError, match="DREAMBOX_SIGNING_KEY is empty"):
        load(tmp_path / "new.pem", certificate=str(chain))
    with pytest.raises(StopError, match="absent"):
        load(tmp_path / "new.pem", certificate=str(tmp_path / "absent.pem"), key=str(chain))


def test_our_own_pair_readable_by_others_or_over_stops(tmp_path: Path) -> None:
    """With the command that mends it, or the file to remove."""
    file = tmp_path / "own.pem"
    load(file)
    file.chmod(0o644)
    with pytest.raises(StopError, match="chmod 600"):
        load(file)
    file.chmod(0o600)
    with pytest.raises(StopError, match="a new pair is made"):
        load(file, now=NOW + timedelta(days=4000))


def test_a_folder_nobody_can_make_stops_with_a_remedy(tmp_path: Path) -> None:
    """A file is in the way."""
    (tmp_path / "keys").write_text("")
    with pytest.raises(StopError, match="DREAMBOX_CONTENT_CREDENTIALS=false"):
        load(tmp_path / "keys" / "own.pem")
