"""What the address of a video server must be like, and how it is named in messages."""

import ipaddress
from datetime import date
from urllib.parse import urlsplit

from dreambox_pipeline.errors import StopError

ENDED = {"api.openai.com": date(2026, 9, 24)}
"""Hosts whose videos are gone, and since when."""


def require_server(base_url: str) -> None:
    """Raises StopError unless *base_url* can be the address of a server that makes videos."""
    parts = urlsplit(base_url)
    if not base_url.strip():
        raise StopError(
            "The generator is openai_videos, and DREAMBOX_VIDEO_BASE_URL is empty. Set it to your server's address "
            "with its version, or set DREAMBOX_GENERATOR to synthetic, which needs none."
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise StopError(
            "DREAMBOX_VIDEO_BASE_URL is no address. Set it to something like http://127.0.0.1:30010/v1."
        )
    host = parts.hostname.rstrip(".").lower()
    if host in ENDED:
        raise StopError(
            f"DREAMBOX_VIDEO_BASE_URL is {host}, whose Videos API ended on {ENDED[host]}. Nothing was sent. Set it to "
            "an SGLang-Diffusion, vLLM-Omni or LiteLLM server, or set DREAMBOX_GENERATOR to synthetic."
        )


def without_login(url: str) -> str:
    """*url* without user, password, query and fragment, for messages."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def is_loopback(url: str) -> bool:
    """*url* leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
