"""What the address of a video server must be like."""

from datetime import date
from urllib.parse import urlsplit

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.generators.addresses import is_address

ENDED = {"api.openai.com": date(2026, 9, 24)}
"""Hosts whose videos are gone, and since when."""


def require_server(base_url: str) -> None:
    """Raises StopError unless *base_url* can be the address of a server that makes videos."""
    if not base_url.strip():
        raise StopError(
            "The generator is openai_videos, and DREAMBOX_VIDEO_BASE_URL is empty. Set it to your server's address "
            "with its version, or set DREAMBOX_GENERATOR to synthetic, which needs none."
        )
    if not is_address(base_url):
        raise StopError(
            "DREAMBOX_VIDEO_BASE_URL is no address. Set it to something like http://127.0.0.1:30010/v1."
        )
    host = (urlsplit(base_url).hostname or "").rstrip(".")
    if host in ENDED:
        raise StopError(
            f"DREAMBOX_VIDEO_BASE_URL is {host}, whose Videos API ended on {ENDED[host]}. Nothing was sent. Set it to "
            "an SGLang-Diffusion, vLLM-Omni or LiteLLM server, or set DREAMBOX_GENERATOR to synthetic."
        )
