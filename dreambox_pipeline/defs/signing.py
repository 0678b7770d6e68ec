"""Sign finished videos with the key the settings name, opened when the first one is signed."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.media.finishing.credentials import (
    LibraryMissingError,
    Making,
    Signature,
    SigningKey,
    sign_video,
)
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.signing_keys import load_signing_key

SWITCHED_OFF = "DREAMBOX_CONTENT_CREDENTIALS is false."


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of signing one file.

    Attributes:
        manifest_label: Of the manifest in the file, or None when it has none of ours.
        has_parent: The provider's own manifest is kept inside.
        fingerprint: Of the certificate, SHA-256 in hexadecimal.
        unsigned_reason: Why it is not signed, or None when it is.
    """

    manifest_label: str | None = None
    has_parent: bool = False
    fingerprint: str | None = None
    unsigned_reason: str | None = None


class Signer:
    """Signs videos. Its `repr` shows nothing of the key.

    Args:
        load: Opens the key, once; None when signing is switched off.
    """

    def __init__(self, load: Callable[[], SigningKey] | None) -> None:
        self._load = load
        self._key: SigningKey | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Signer({'on' if self._load else 'off'})"

    @property
    def is_on(self) -> bool:
        """Whether videos are meant to be signed."""
        return self._load is not None

    def sign(self, video: Path, *, making: Making, clip: Path) -> Signed:
        """Replace *video* with itself and its manifest, whole or not at all.

        Nothing may be done to the file afterwards: a copy through FFmpeg drops the manifest.

        Raises:
            ItemError: The library refused this file. It is as it was.
            StopError: The key or the certificate cannot be used.
        """
        key = self._opened()
        if key is None:
            return Signed(unsigned_reason=SWITCHED_OFF)
        draft = video.with_name(f"signed-{video.name}")
        try:
            signature: Signature = sign_video(video, draft, key=key, making=making, clip=clip)
        except LibraryMissingError as error:
            draft.unlink(missing_ok=True)
            return Signed(unsigned_reason=str(error))
        draft.replace(video)
        return Signed(signature.manifest_label, signature.has_parent, key.fingerprint)

    def _opened(self) -> SigningKey | None:
        with self._lock:
            if self._key is None and self._load is not None:
                self._key = self._load()
            return self._key


def signer_from(settings: Settings, clock: Clock) -> Signer:
    """The signer the settings ask for. Opens nothing yet."""
    if not settings.content_credentials:
        return Signer(None)
    return Signer(
        lambda: load_signing_key(
            certificate=settings.signing_certificate,
            key=settings.signing_key,
            own_file=settings.var_dir / "keys" / "video-signing.pem",
            now=clock(),
        )
    )
