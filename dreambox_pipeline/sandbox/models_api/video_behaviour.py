"""How the video server behind the double behaves, so that bad days can be tested."""

from dataclasses import dataclass

CONTENTS = (
    "normal", "html", "json", "empty", "truncated", "landscape", "long", "elsewhere",
)  # fmt: skip
"""What a finished job's content is, always with HTTP 200. `long` lasts ten times what was asked,
`landscape` lies on its side, `elsewhere` answers 400 and names a link in the job."""

REFUSALS = ("job", "submit")
"""A refused prompt becomes a job that fails, or is turned away at once."""

_PAGE = b"<!doctype html><html><body><h1>Please sign in</h1></body></html>"
_NOTE = b'{"error": {"message": "The file is being moved."}}'


@dataclass(slots=True)
class VideoBehaviour:
    """What the switches set.

    Attributes:
        status: A word that every job says for ever instead of its status; empty for the true one.
    """

    content: str = "normal"
    refusal: str = "job"
    status: str = ""

    def set(self, name: str, value: object) -> bool:
        """Sets one switch; False when there is none of that name.

        Raises:
            ValueError: The switch does not take this value.
        """
        if not isinstance(value, str):
            return False
        if name == "video_content":
            self.content = _one_of(name, value, CONTENTS)
        elif name == "video_refusal":
            self.refusal = _one_of(name, value, REFUSALS)
        elif name == "video_status":
            self.status = value
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


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{name} is {value!r}; choose one of {', '.join(known)}.")
    return value
