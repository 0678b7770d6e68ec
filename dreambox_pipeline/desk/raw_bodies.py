"""A stranger's delivery before its signature was looked at: read with limits, and shown nowhere."""

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

BODY_S = 10.0
"""Real seconds for a body to arrive. A few kilobytes take less than one; a drip is an attack."""


class Raw(bytes):
    """A body as it came. It may hold a person's words, so no traceback shows it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


async def read_body(request: Request, *, max_bytes: int) -> Raw | None:
    """The raw body, or None when it is too long; nothing when the sender hung up or was too slow."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > max_bytes:
                    return None
    except (ClientDisconnect, TimeoutError):
        return Raw()
    return Raw(body)


def answer(status: int, text: str) -> Response:
    """One line for the sender."""
    return PlainTextResponse(f"{text}\n", status_code=status)
