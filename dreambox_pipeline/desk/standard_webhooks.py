"""Signatures by the Standard Webhooks specification, which Google and OpenAI follow.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: the header
`webhook-signature` holds one or more `v1,BASE64` (several while a secret is exchanged), each the
HMAC-SHA256 of `ID.TIMESTAMP.BODY` under the secret. The `openai` package can check it too, but with
this machine's clock only.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from pydantic import SecretStr

from dreambox_pipeline.errors import StopError

TOLERANCE_S = 300
"""How old, or how far ahead, a delivery may be: the specification's."""

_PREFIX = "whsec_"
_ID = re.compile(r"^[\x21-\x7e]{1,256}$")
_MOMENT = re.compile(r"^\d{1,12}$", re.ASCII)


class SigningSecret:
    """The secret a provider signs with.

    Args:
        secret: `whsec_` and base64, as the provider shows it once.

    Raises:
        StopError: It is no such secret.
    """

    def __init__(self, secret: SecretStr) -> None:
        text = secret.get_secret_value().strip()
        try:
            self._key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            self._key = b""
        if not self._key:
            raise StopError(
                "DREAMBOX_VIDEO_WEBHOOK_SECRET is no signing secret. Set it to the one the provider showed when the "
                "webhook was registered (whsec_ and base64), or unset it."
            )

    def __repr__(self) -> str:
        return "SigningSecret()"

    def verified_id(self, raw: bytes, headers: Mapping[str, str], *, now: datetime) -> str | None:
        """The delivery's id when *raw* was signed with this secret lately, else None.

        Args:
            raw: The body as received, byte for byte.
            headers: By lower-case name.
            now: The receiver's time, aware.
        """
        delivery_id = headers.get("webhook-id", "")
        moment = headers.get("webhook-timestamp", "")
        if not _ID.match(delivery_id) or not _MOMENT.match(moment):
            return None
        if abs(now.timestamp() - int(moment)) > TOLERANCE_S:
            return None
        signed = f"{delivery_id}.{moment}.".encode() + raw
        expected = base64.b64encode(hmac.new(self._key, signed, hashlib.sha256).digest())
        given = headers.get("webhook-signature", "").split()
        # All are compared, as bytes: compare_digest refuses text that is not ASCII.
        matches = [hmac.compare_digest(b"v1," + expected, each.encode()) for each in given]
        return delivery_id if any(matches) else None
