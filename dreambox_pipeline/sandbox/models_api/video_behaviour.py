"""How the video server behind the double behaves, so that bad days can be tested."""

import re
from dataclasses import dataclass

CONTENTS = (
    "normal", "html", "json", "empty", "truncated", "landscape", "long", "elsewhere",
)  # fmt: skip
"""What a finished job's content is, always with HTTP 200. `long` lasts ten times what was asked,
`landscape` lies on its side, `elsewhere` answers 400 and names a link in the job."""

REFUSALS = ("job", "submit")
"""A refused prompt becomes a job that fails, or is turned away at once."""

INTERACTION_REFUSALS = ("submit", "failed", "incomplete", "no_video", "errors")
"""How `/v1/interactions` refuses: HTTP 400; a status with a reason; completed without a video, with or
without `errors`. None of them is documented."""

DELIVERIES = ("as_asked", "inline")
"""`inline` puts the clip into the answer as base64 though an address was asked for."""

# Prompts the doubles refuse, so that refusals can be tested. Word beginnings.
_REFUSED = re.compile(
    r"\b(nude|naked|porn|sex|gore|gory|behead|dismember|suicid|self-harm|child|kid|minor|"
    r"celebrit|real person|terroris)",
    re.IGNORECASE,
)
# `No gore.` as a sentence, and `Avoid: gore, text.` as a closing list.
_UNWANTED = re.compile(r"\bNo [^.\n]*\.|\bAvoid: [^\n]*")
_PAGE = b"<!doctype html><html><body><h1>Please sign in</h1></body></html>"
_NOTE = b'{"error": {"message": "The file is being moved."}}'


@dataclass(slots=True)
class VideoBehaviour:
    """What the switches set.

    Attributes:
        status: A word that every job says for ever instead of its status; empty for the true one.
        cost_usd: What every finished job says it cost; None says nothing.
        interaction_refusal: See `INTERACTION_REFUSALS`.
        delivery: See `DELIVERIES`.
        rate_limited: How many submits to `/v1/interactions` are turned away with Google's 429, which
            names its wait in the body.
    """

    content: str = "normal"
    refusal: str = "job"
    status: str = ""
    cost_usd: float | None = None
    interaction_refusal: str = "failed"
    delivery: str = "as_asked"
    rate_limited: int = 0

    def set(self, name: str, value: object) -> bool:
        """Sets one switch; False when there is none of that name.

        Raises:
            ValueError: The switch does not take this value.
        """
        if name == "video_cost_usd" and (value is None or isinstance(value, int | float)):
            self.cost_usd = value
        elif name == "interaction_rate_limited" and isinstance(value, int):
            self.rate_limited = value
        elif not isinstance(value, str):
            return False
        else:
            return self._set_word(name, value)
        return True

    def _set_word(self, name: str, value: str) -> bool:
        if name == "video_content":
            self.content = _one_of(name, value, CONTENTS)
        elif name == "video_refusal":
            self.refusal = _one_of(name, value, REFUSALS)
        elif name == "video_status":
            self.status = value
        elif name == "interaction_refusal":
            self.interaction_refusal = _one_of(name, value, INTERACTION_REFUSALS)
        elif name == "interaction_delivery":
            self.delivery = _one_of(name, value, DELIVERIES)
        else:
            return False
        return True

    def spoiled(self, clip: bytes) -> tuple[bytes, str]:
        """What is sent for *clip*, and its content type."""
        if self.content == "html":
            return _PAGE, "text/html"
        if self.content == "json":
            return _NOTE, "application/json"
        if self.content == "empty":
            return b"", "video/mp4"
        if self.content == "truncated":
            return clip[: len(clip) // 2], "video/mp4"
        return clip, "video/mp4"


def is_refused(prompt: str) -> bool:
    """A prompt that the doubles refuse; what it says should not be seen does not count."""
    return bool(_REFUSED.search(_UNWANTED.sub(" ", prompt)))


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{name} is {value!r}; choose one of {', '.join(known)}.")
    return value
