"""Take personal data out of a text before anyone but the lake sees it.

Every find becomes its kind in brackets: "my friend [NAME] called [PHONE]". Redacting twice
changes nothing. What rules miss stays in; see `text.pii` for how much that is, and never
publish a comment's own words because it has been through here.
"""

import re
from dataclasses import dataclass

from dreambox_pipeline.text.normalize import clean
from dreambox_pipeline.text.pii import find_pii

KINDS = ("NAME", "PHONE", "EMAIL", "URL", "HANDLE", "ADDRESS", "ID")
_PLACEHOLDER = re.compile(rf"(\[(?:{'|'.join(KINDS)})\])")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without what was found.

    Attributes:
        kinds: Kinds of placeholder it now holds, sorted.
    """

    text: str
    kinds: tuple[str, ...]


def redact(text: str) -> Redacted:
    """*text* cleaned, with personal data replaced by `[KIND]`."""
    seen = clean(text)
    # A replacement can bring words together that were apart. Each round replaces at least one
    # character that is not a placeholder's, so this ends.
    while (redacted := clean(_redact_once(seen))) != seen:
        seen = redacted
    kinds = {found[1:-1] for found in _PLACEHOLDER.findall(seen)}
    return Redacted(text=seen, kinds=tuple(sorted(kinds)))


def _redact_once(text: str) -> str:
    """Placeholders are left alone; the text between them is searched piece by piece."""
    parts = _PLACEHOLDER.split(text)
    return "".join(
        part if _PLACEHOLDER.fullmatch(part) else _replace(part) for part in parts if part
    )


def _replace(text: str) -> str:
    for span in reversed(find_pii(text)):
        text = f"{text[: span.start]}[{span.kind}]{text[span.end :]}"
    return text
