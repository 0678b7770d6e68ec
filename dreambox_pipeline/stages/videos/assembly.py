"""Decide what is written on a finished video, for which destination.

TikTok does not let an app put its own watermark, logo, brand or promotional text on what it
posts (Content Sharing Guidelines, "Content sharing and user experience",
https://developers.tiktok.com/doc/content-sharing-guidelines). What the creator says in their
own video is theirs to say: the dream's title and the dreamer's credit are content, chosen by
the account and approved by a person. The AI label is a disclosure TikTok asks creators for.
Nothing here ever adds DreamBox's name.

How the texts look and where they lie belongs to `media.layout`.
"""

import re
import unicodedata
from collections.abc import Callable

from dreambox_pipeline.media.model import Edit, OverlayText
from dreambox_pipeline.stages.videos.model import Finding, Severity

TITLE_LENGTH = 60  # Three lines at a size that reads on a phone.
CREDIT_LENGTH = 40  # One line left of TikTok's buttons.
AI_LABEL = "AI-generated"

# Long enough for seven words, short enough to leave the picture alone.
_TITLE_START_S, _TITLE_END_S = 0.2, 2.7
_CREDIT_START_S = 0.8
_ELLIPSIS = "…"
# Joiners that shape Persian and Indic words are kept; every other invisible one can hide
# or reorder text (bidi overrides, zero-width spaces) and goes.
_SHAPING_JOINERS = "\u200c\u200d"
_HANDLE = re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)


def plan_edit(
    *,
    title: str,
    credit: str | None,
    ai_label: bool,
    duration_s: float,
    can_draw: Callable[[str], bool],
) -> Edit:
    """The edit of one video: title at the start, credit and AI label to the end.

    A text that cannot be drawn loses its emoji; if it still cannot, it is left out and
    `check_lettering` says so.

    Args:
        title: The dream's title in the creator's words. Links are removed: a link in the
            picture is promotion, and nobody can tap it.
        credit: How the dreamer chose to be named, for example `dreamt by @lena`, or None.
        ai_label: Whether the video says that it is AI-made. The API's own flag is separate.
        duration_s: Length of the clip in seconds.
        can_draw: Whether the fonts at hand have every character of a text.
    """
    overlays = []
    if shown := legible(title, limit=TITLE_LENGTH, can_draw=can_draw):
        end_s = min(_TITLE_END_S, duration_s)
        overlays.append(OverlayText("title", shown, min(_TITLE_START_S, end_s), end_s))
    if shown := legible(credit or "", limit=CREDIT_LENGTH, can_draw=can_draw):
        overlays.append(OverlayText("credit", shown, min(_CREDIT_START_S, duration_s / 2)))
    if ai_label:
        overlays.append(OverlayText("ai_label", AI_LABEL))
    return Edit(overlays=tuple(overlays))


def legible(text: str, *, limit: int, can_draw: Callable[[str], bool]) -> str:
    """*text* as it goes on the picture, at most *limit* characters; empty if it cannot."""
    cleaned = _shorten(_cleaned(text), limit)
    if not cleaned or can_draw(cleaned):
        return cleaned
    plain = _shorten(_without_pictographs(_cleaned(text)), limit)
    return plain if plain and can_draw(plain) else ""


def check_lettering(edit: Edit, *, title: str, credit: str | None) -> list[Finding]:
    """Whether the title and the credit made it onto the picture, one finding for each.

    A missing title is a warning. A missing credit is an error: the dreamer was promised it.
    """
    shown = {overlay.kind: overlay.text for overlay in edit.overlays}
    findings = [_lettering_finding("title", title, shown.get("title"), Severity.WARN)]
    if credit is not None:
        findings.append(_lettering_finding("credit", credit, shown.get("credit"), Severity.ERROR))
    return findings


def _lettering_finding(kind: str, wanted: str, shown: str | None, severity: Severity) -> Finding:
    if shown:
        message = f"The {kind} on the picture reads “{shown}”."
        return Finding(f"{kind}_lettering", True, severity, None, message)
    message = (
        f"The {kind} “{_shorten(_cleaned(wanted), TITLE_LENGTH)}” is not on the picture: it is "
        "empty, or no installed font can draw it. Change it, or install fonts for its script."
    )
    return Finding(f"{kind}_lettering", False, severity, None, message)


def _cleaned(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(c for c in composed if c in "\n\t\r" or _is_visible(c))
    return " ".join(_HANDLE.sub(" ", visible).split())


def _is_visible(character: str) -> bool:
    if character in _SHAPING_JOINERS:
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _without_pictographs(text: str) -> str:
    """*text* without emoji and the joiners, selectors and skin tones that belong to them."""
    kept = "".join(
        c
        for c in text
        if unicodedata.category(c) not in {"So", "Sk"}
        and not "\ufe00" <= c <= "\ufe0f"
        and c not in {"\u200d", "\u20e3"}
    )
    return " ".join(kept.split())


def _shorten(text: str, limit: int) -> str:
    """At most *limit* characters, cut between words where a word ends in reach."""
    if len(text) <= limit:
        return text
    room = text[: limit - 1]
    # A combining mark must not lose the letter it sits on, nor a word lose its end
    # when a space is near.
    while room and unicodedata.combining(text[len(room)]):
        room = room[:-1]
    head, space, _ = room.rpartition(" ")
    kept = head if space and len(head) >= limit * 0.6 else room
    return kept.rstrip(" ,;:-–—") + _ELLIPSIS
