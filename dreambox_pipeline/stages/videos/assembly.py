"""Plan what is drawn on a finished video: title, credit, AI label, subtitles, end card.

What may be drawn where is `overlays`; what the subtitles say is `subtitles`; how texts look and
where they lie belongs to `media.finishing.layout`. Nothing here ever adds DreamBox's name.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from dreambox_pipeline.media.model import Edit, EndCard, OverlayText
from dreambox_pipeline.media.typesetting.scripts import clusters, printable, script_name
from dreambox_pipeline.stages.prompts.model import Beat
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.stages.videos.overlays import (
    POLICIES,
    Destination,
    OverlayKind,
    OverlayPolicy,
    broken_bans,
    permitted,
)
from dreambox_pipeline.stages.videos.subtitles import SUBTITLE_LENGTH, subtitles_for

# In letters as people count them: an emoji of seven characters is one.
TITLE_LENGTH = 60  # Three lines at a size that reads on a phone.
CREDIT_LENGTH = 40  # One line left of TikTok's buttons.
AI_LABEL = "AI-generated"

# Long enough for seven words, short enough to leave the picture alone.
_TITLE_START_S, _TITLE_END_S = 0.2, 2.7
# As `media.finishing.layout` fades it.
_TITLE_FADE_S = 0.5
_CREDIT_START_S = 0.8
# The last subtitle leaves before the picture goes to black.
_BLACK_S = 0.35
_ELLIPSIS = "…"
# No flag, family or profession of Unicode's has more; a chain of a thousand is one letter too.
_LONGEST_LETTER = 12
# What stands for nothing by itself, or for something that is no word: pictures, skin tones,
# joiners, private and unknown signs.
_NO_WORDS = frozenset({"So", "Sk", "Cf", "Co", "Cn"})
# More letters than any text keeps; the rules are looked for in so many, which takes no time.
_LOOKED_AT = 500
# The name after it could not be drawn.
_NAMELESS = re.compile(r"@(?!\S)")
_FONTS = "Run `dreambox fonts install`, then give its job's id to finished_videos again"


def plan_edit(
    *,
    title: str,
    credit: str | None,
    ai_label: bool,
    duration_s: float,
    can_draw: Callable[[str], bool],
    beats: Sequence[Beat] = (),
    end_card: bool = False,
    policy: OverlayPolicy = POLICIES[Destination.TIKTOK],
    language: str = "",
) -> Edit:
    """The edit of one video: title at the start, subtitles as it goes, credit and AI label to the end.

    A text loses the emoji and signs that cannot be drawn; if it still cannot, it is left out. So
    is a credit that has no name left. `check_lettering` says so. Words the policy bans are left
    out too, and `overlays.check_overlay_policy` says so.

    Args:
        title: The dream's title in the creator's words.
        credit: How the dreamer chose to be named, for example `dreamt by @lena`, or None.
        ai_label: Whether the video says that it is AI-made. The API's own flag is separate.
        duration_s: Length of the clip in seconds.
        can_draw: Whether the fonts at hand have every character of a text.
        beats: What happens when; shown as subtitles. None, no subtitles.
        end_card: Whether a card with title and credit closes the video.
        policy: Of the destination; what it does not allow is not drawn.
        language: Of the dream, when it is known; see `Edit.language`.
    """
    title = legible(title, limit=TITLE_LENGTH, can_draw=can_draw)
    # Half a name is nobody's name: a credit with banned words in it is left out whole.
    promised = "" if credit is None or broken_bans(_cleaned(credit)) else credit
    credit = legible(promised, limit=CREDIT_LENGTH, can_draw=can_draw)
    credit = "" if _NAMELESS.search(credit) else credit
    card = _end_card(title, credit, duration_s, policy) if end_card else None
    # Whatever belongs to the clip has left when the card comes.
    clip_end_s = duration_s - card.crossfade_s if card else None
    overlays = [
        *_title(title, duration_s),
        *_credit(credit, duration_s, clip_end_s),
        *_subtitles(beats, clip_end_s or duration_s - _BLACK_S, can_draw),
    ]
    overlays = [each for each in overlays if policy.allows(OverlayKind(each.kind))]
    if policy.requires(OverlayKind.AI_LABEL) or (ai_label and policy.allows(OverlayKind.AI_LABEL)):
        overlays.append(OverlayText("ai_label", AI_LABEL))
    return Edit(overlays=tuple(overlays), end_card=card, language=language)


def title_fades(duration_s: float) -> tuple[tuple[float, float], ...]:
    """Seconds from and to which the title of a clip of *duration_s* fades in, and out."""
    start_s, end_s = min(_TITLE_START_S, duration_s), min(_TITLE_END_S, duration_s)
    fade_s = min(_TITLE_FADE_S, (end_s - start_s) / 2)
    return (start_s, start_s + fade_s), (end_s - fade_s, end_s)


def _title(title: str, duration_s: float) -> list[OverlayText]:
    end_s = min(_TITLE_END_S, duration_s)
    return [OverlayText("title", title, min(_TITLE_START_S, end_s), end_s)] if title else []


def _credit(credit: str, duration_s: float, end_s: float | None) -> list[OverlayText]:
    start_s = min(_CREDIT_START_S, duration_s / 2)
    return [OverlayText("credit", credit, start_s, end_s)] if credit else []


def _subtitles(
    beats: Sequence[Beat], until_s: float, can_draw: Callable[[str], bool]
) -> list[OverlayText]:
    return [
        OverlayText(line.kind, text, line.start_s, line.end_s)
        for line in subtitles_for(beats, until_s=until_s)
        if (text := legible(line.text, limit=SUBTITLE_LENGTH, can_draw=can_draw))
    ]


def _end_card(title: str, credit: str, duration_s: float, policy: OverlayPolicy) -> EndCard | None:
    if not policy.allows(OverlayKind.END_CARD):
        return None
    named = credit if policy.allows(OverlayKind.CREDIT) else ""
    card = EndCard(title=title, credit=named)
    # A clip shorter than its crossfade has nothing to fade from.
    return card if (title or named) and duration_s > 3 * card.crossfade_s else None


def legible(text: str, *, limit: int, can_draw: Callable[[str], bool]) -> str:
    """*text* as it goes on the picture, at most *limit* letters; empty if it cannot."""
    allowed = permitted(_cleaned(text))
    shown = _within_the_rules(_shorten(allowed, limit))
    if not shown or can_draw(shown):
        return shown
    plain = _within_the_rules(_shorten(_without_signs(allowed, can_draw), limit))
    return plain if plain and can_draw(plain) else ""


def _within_the_rules(text: str) -> str:
    """*text* again without banned words: cutting and leaving signs out can make new ones."""
    return permitted(text)


def check_lettering(
    edit: Edit, *, title: str, credit: str | None, can_draw: Callable[[str], bool]
) -> list[Finding]:
    """Whether the title and the credit made it onto the picture, one finding for each.

    A missing title is a warning. A missing credit is an error: the dreamer was promised it.
    *can_draw* is the same that planned the edit.
    """
    shown = {overlay.kind: overlay.text for overlay in edit.overlays}
    findings = [_lettering_finding("title", title, shown.get("title"), Severity.WARN, can_draw)]
    if credit is not None:
        finding = _lettering_finding(
            "credit", credit, shown.get("credit"), Severity.ERROR, can_draw
        )
        findings.append(finding)
    return findings


def _lettering_finding(
    kind: str,
    wanted: str,
    shown: str | None,
    severity: Severity,
    can_draw: Callable[[str], bool],
) -> Finding:
    check = f"{kind}_lettering"
    missing = _missing_scripts(_cleaned(wanted), can_draw)
    if shown and not missing:
        message = f"The {kind} on the picture reads “{shown}”."
        return Finding(check, True, severity, None, message)
    if shown:
        message = (
            f"The {kind} on the picture reads “{shown}”: no installed font draws its "
            f"{missing}. {_FONTS}."
        )
        return Finding(check, False, Severity.WARN, None, message)
    return Finding(check, False, severity, None, _why_missing(kind, wanted, missing))


def _why_missing(kind: str, wanted: str, missing: str) -> str:
    is_not = f"The {kind} “{_shorten(_cleaned(wanted), TITLE_LENGTH)}” is not on the picture"
    if missing:
        return f"{is_not}: no installed font draws its {missing}. {_FONTS}."
    if broken := broken_bans(_cleaned(wanted)):
        return f"{is_not}: {broken[0].reason} Change it ({broken[0].source})."
    return f"{is_not}: it is empty. Change it."


def _missing_scripts(text: str, can_draw: Callable[[str], bool]) -> str:
    """Names of the scripts in *text* that cannot be drawn, for people; empty when all can."""
    examples: dict[str, str] = {}
    for letter in dict.fromkeys(clusters(text)):
        if not can_draw(letter):
            examples.setdefault(script_name(letter), letter)
    return ", ".join(f"{script} (such as {letter})" for script, letter in examples.items())


def _cleaned(text: str) -> str:
    shown = clusters(printable(unicodedata.normalize("NFC", text)))
    return "".join(letter[:_LONGEST_LETTER] for letter in shown[:_LOOKED_AT])


def _without_signs(text: str, can_draw: Callable[[str], bool]) -> str:
    """*text* without the emoji and signs that cannot be drawn; what is a word stays."""
    kept = "".join(c if can_draw(c) else _word_of(c) for c in clusters(text))
    return " ".join(kept.split())


def _word_of(letter: str) -> str:
    """What is left of *letter* without pictures: the `2` of a keycap, nothing of a family."""
    return "".join(
        c
        for c in letter
        if unicodedata.category(c) not in _NO_WORDS and c not in "\ufe0e\ufe0f\u20e3"
    )


def _shorten(text: str, limit: int) -> str:
    """At most *limit* letters, cut between words where a word ends in reach, never inside a letter."""
    found = clusters(text)
    if len(found) <= limit:
        return text
    room = "".join(found[: limit - 1])
    head, space, _ = room.rpartition(" ")
    kept = head if space and len(clusters(head)) >= limit * 0.6 else room
    return kept.rstrip(" ,;:-–—") + _ELLIPSIS
