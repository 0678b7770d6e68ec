"""One secret key: it encrypts tokens, keys the hashes of commenters and signs media addresses.

The key comes from the environment, or is made once and kept in a file that only its owner may
read. Losing it means connecting the account again; it never reaches a log or the repository.
"""

import base64
import hashlib
import hmac
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from dreambox_pipeline.errors import StopError


class Keyring:
    """What the secret key can do. Its `repr` shows nothing.

    Args:
        key: A Fernet key: 32 bytes, URL-safe base64.

    Raises:
        StopError: *key* is not a Fernet key.
    """

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError as error:
            raise StopError(
                "DREAMBOX_SECRET_KEY is not a Fernet key (32 bytes, URL-safe base64). Make one with "
                '`python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"`.'
            ) from error
        self._hash_key = hashlib.sha256(
            b"dreambox hash key" + base64.urlsafe_b64decode(key)
        ).digest()

    def __repr__(self) -> str:
        return "Keyring(hidden)"

    def encrypt(self, text: str) -> str:
        """*text*, readable only with this key."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """The text that `encrypt` was given.

        Raises:
            StopError: It was encrypted with another key.
        """
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise StopError(
                "A stored token cannot be read with this secret key. Restore the key it was stored "
                "with (DREAMBOX_SECRET_KEY or the key file), or connect the account again."
            ) from error

    def author_id(self, identity: str) -> str:
        """A commenter's pseudonym: the same person is the same id, and nobody can go back."""
        return "aut_" + self._digest(f"author:{identity}")[:24]

    def media_signature(self, name: str, expires_at: int) -> str:
        """Signature that lets its holder fetch one media file until *expires_at* (Unix seconds)."""
        return self._digest(f"media:{name}:{expires_at}")[:32]

    def is_genuine(self, name: str, expires_at: int, signature: str) -> bool:
        """Whether we signed this media address, over or not."""
        genuine = self.media_signature(name, expires_at)
        # As bytes, because the function refuses other letters in text, and anybody may send some.
        return hmac.compare_digest(genuine.encode(), signature.encode())

    def may_fetch(self, name: str, expires_at: int, signature: str, *, now: datetime) -> bool:
        """Whether a media address is genuine and not over."""
        is_over = now >= datetime.fromtimestamp(expires_at, UTC)
        return self.is_genuine(name, expires_at, signature) and not is_over

    def _digest(self, text: str) -> str:
        return hmac.new(self._hash_key, text.encode(), hashlib.sha256).hexdigest()


def load_keyring(key: str, key_file: Path) -> Keyring:
    """The keyring for *key*, or for the key in *key_file*, which is made when missing.

    Raises:
        StopError: The file is readable by others, or cannot be written.
    """
    if key:
        return Keyring(key)
    try:
        _make_key_file(key_file)
        if key_file.stat().st_mode & 0o077:
            raise StopError(f"{key_file} may be read by others. Run `chmod 600 {key_file}`.")
        return Keyring(key_file.read_text().strip())
    except OSError as error:
        raise StopError(
            f"Tried to read or make the key file {key_file} and got {error}. Make its folder "
            "writable, or set DREAMBOX_SECRET_KEY."
        ) from error


def _make_key_file(key_file: Path) -> None:
    if key_file.exists():
        return
    key_file.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes it readable by its owner only, and never meets a crashed process's draft.
    descriptor, name = tempfile.mkstemp(prefix=f".{key_file.name}.", dir=key_file.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
        # link() fails when another process was first, so both use the same key.
        os.link(draft, key_file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
