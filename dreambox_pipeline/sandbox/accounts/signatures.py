"""How webhooks are signed: HMAC-SHA256 over the second, a dot, and the raw body."""

import hmac
from hashlib import sha256


def sign(body: bytes, *, secret: str, timestamp: int) -> str:
    """The value of the `Tiktok-Signature` header for exactly these bytes."""
    message = f"{timestamp}.".encode() + body
    return f"t={timestamp},s={hmac.new(secret.encode(), message, sha256).hexdigest()}"
