"""What may be drawn on a video, for each place it can go to, as reviewed data.

TikTok: "your apps and integrations should not superimpose or otherwise include any brand name,
logo, watermark, other promotional branding, link or promotional text, on or in any content which
is shared to TikTok" (https://developers.tiktok.com/doc/content-sharing-guidelines, read
2026-11-22). The dream's title, the dreamer's credit and the dream told in subtitles are the
creator's own content, approved by a person; the AI label is a disclosure TikTok asks creators for
(https://support.tiktok.com/en/using-tiktok/creating-videos/ai-generated-content).

A text that breaks a ban loses the words that do; what is left is shown, and a finding says what
went. Adding a destination or a ban means adding an entry here, with its source and date.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from dreambox_pipeline.stages.videos.model import Finding, Severity

_GUIDELINES = "https://developers.tiktok.com/doc/content-sharing-guidelines"
_AI_LABELS = "https://support.tiktok.com/en/using-tiktok/creating-videos/ai-generated-content"
_OWN = "the house's own decision, docs/adr/0012-finishing-and-provenance.md"
_REVIEWED = date(2026, 11, 22)


class Destination(StrEnum):
    """Where a video goes: posted by us, handed to a person as a file, or looked at by the team."""

    TIKTOK = "tiktok"
    MANUAL = "manual"
    PREVIEW = "preview"


class OverlayKind(StrEnum):
    """What can be drawn; `media.finishing.layout` knows the same names, the end card aside."""

    TITLE = "title"
    CREDIT = "credit"
    AI_LABEL = "ai_label"
    SUBTITLE = "subtitle"
    END_CARD = "end_card"


@dataclass(frozen=True, slots=True)
class OverlayRule:
    """Whether one kind of overlay may, must or must not be drawn.

    Attributes:
        is_required: It is drawn even when nobody asked for it.
        source: Who says so.
        reviewed_on: When a person last read the source.
    """

    kind: OverlayKind
    is_allowed: bool
    reason: str
    source: str
    is_required: bool = False
    reviewed_on: date = _REVIEWED


@dataclass(frozen=True, slots=True)
class Ban:
    """Words that no overlay carries, wherever the video goes.

    Attributes:
        pattern: What is taken out, in the text's compatibility form (NFKC).
    """

    name: str
    pattern: re.Pattern[str]
    reason: str
    source: str
    reviewed_on: date = _REVIEWED


@dataclass(frozen=True, slots=True)
class OverlayPolicy:
    """The rules of one destination."""

    destination: Destination
    rules: tuple[OverlayRule, ...]

    def allows(self, kind: OverlayKind) -> bool:
        """Whether *kind* may be drawn. What no rule names may not."""
        return any(rule.kind is kind and rule.is_allowed for rule in self.rules)

    def requires(self, kind: OverlayKind) -> bool:
        """Whether *kind* is drawn whatever the caller wants."""
        return any(rule.kind is kind and rule.is_required for rule in self.rules)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_DOMAINS = "com|net|org|io|app|co|tv|xyz|shop|store|link|site|info|biz|gg|ly|ai|dev|online|page|bio"
_CALLS = (
    r"follow (?:me|us|for more|for daily|this account|our|along|@\S+)",
    r"link in (?:my |our |the )?bio",
    r"(?:download|install|get|try) (?:our|the|my|this) app(?: now| today)?",
    r"(?:download|subscribe|sign up|swipe up|shop|order|buy)(?: it| here)? (?:now|today|here)",
    r"subscribe (?:to|for)\b[^.!?]*",
    r"(?:like and|comment and) (?:share|subscribe|follow)",
    r"(?:use|with) (?:my |our )?(?:promo |discount )?code \S+",
    r"s[ií]g(?:ue|a)(?:me|nos)|s[ií]guenos",
    r"(?:link|enlace|lien) (?:en|dans) (?:la |ma |mi |notre )?bio",
    r"(?:folge|folgt|abonniere|abonniert) (?:mir|uns|jetzt)",
    r"link in (?:meiner |unserer |der )?bio",
    r"(?:suivez|abonne)[- ](?:moi|nous|vous|toi)",
    r"(?:siga|segue)[- ](?:me|nos)|link na bio",
)

BANS: Final[tuple[Ban, ...]] = (
    Ban(
        "app_name",
        # Also with a sign between, and as a handle: an @-mention of the app is its name with a
        # sign before it. `dream box` as two words is ordinary English.
        _words(r"[@#]?\w*dream[^\w\s]*_*box\w*"),
        "An app must not put its own name, logo or watermark on what it posts.",
        _GUIDELINES,
    ),
    Ban(
        "link",
        # A dot inside a TikTok handle is no domain.
        _words(
            r"\w*https?:\S*|\w*www\.\S*"
            rf"|(?<![@\w.])(?:[\w-]+\.)+(?:{_DOMAINS})\b(?:[/:?#]\S*)?"
        ),
        "A link in the picture is promotion, and nobody can tap it.",
        _GUIDELINES,
    ),
    Ban(
        "promotional_call",
        _words("|".join(rf"\b(?:{call})(?!\w)" for call in _CALLS)),
        "Calls to follow, download or buy are promotional text.",
        _GUIDELINES,
    ),
)


def _rule(kind: OverlayKind, reason: str, source: str = _GUIDELINES) -> OverlayRule:
    return OverlayRule(kind, is_allowed=True, reason=reason, source=source)


_TITLE = _rule(OverlayKind.TITLE, "The creator's own title is the creator's content.")
_CREDIT = _rule(
    OverlayKind.CREDIT, "The dreamer was promised it, and a person named by choice is no brand."
)
_SUBTITLES = _rule(OverlayKind.SUBTITLE, "The dream as it is told is the creator's content.")
_CARD = _rule(OverlayKind.END_CARD, "Title and credit once more; no name of ours, no call.")
_LABEL = _rule(OverlayKind.AI_LABEL, "Creators must label realistic AI content.", _AI_LABELS)

POLICIES: Final[dict[Destination, OverlayPolicy]] = {
    policy.destination: policy
    for policy in (
        OverlayPolicy(Destination.TIKTOK, (_TITLE, _CREDIT, _SUBTITLES, _CARD, _LABEL)),
        OverlayPolicy(
            Destination.MANUAL,
            (
                _TITLE,
                _CREDIT,
                _SUBTITLES,
                _CARD,
                OverlayRule(
                    OverlayKind.AI_LABEL,
                    is_allowed=True,
                    reason="No API flag travels with a file, so the picture has to say it.",
                    source=_OWN,
                    is_required=True,
                ),
            ),
        ),
        OverlayPolicy(
            Destination.PREVIEW,
            (
                _TITLE,
                _LABEL,
                _SUBTITLES,
                OverlayRule(
                    OverlayKind.CREDIT,
                    is_allowed=False,
                    reason="A copy that only the team looks at needs nobody's name.",
                    source=_OWN,
                ),
                OverlayRule(
                    OverlayKind.END_CARD,
                    is_allowed=False,
                    reason="Whoever checks a clip wants to see the clip.",
                    source=_OWN,
                ),
            ),
        ),
    )
}


def permitted(text: str) -> str:
    """*text* without what no overlay may carry; a text that breaks no ban comes back as it is."""
    if not broken_bans(text):
        return text
    shown = unicodedata.normalize("NFKC", text)
    # Again until nothing is found: taking words out can join what stood around them.
    while broken := broken_bans(shown):
        for ban in broken:
            shown = " ".join(ban.pattern.sub(" ", shown).split())
    return shown.strip(" -–—·|,;:")


def broken_bans(text: str) -> list[Ban]:
    """Which bans *text* breaks, also in letters that only look different (full width, circled)."""
    folded = unicodedata.normalize("NFKC", text)
    return [ban for ban in BANS if ban.pattern.search(folded)]


def check_overlay_policy(policy: OverlayPolicy, wanted: Mapping[OverlayKind, str]) -> Finding:
    """One finding: what was asked to be drawn and may not be, and why.

    Args:
        policy: Of the destination.
        wanted: The texts as they came, before anything was taken out, by kind.
    """
    said = [
        f"Words were taken out of the {kind.replace('_', ' ')}: {ban.reason} ({ban.source}, "
        f"{ban.reviewed_on})"
        for kind, text in wanted.items()
        for ban in broken_bans(text)
    ]
    message = " ".join(said) or (
        f"Nothing on the picture breaks the rules for {policy.destination.value}."
    )
    return Finding("overlay_policy", not said, Severity.WARN, float(len(said)), message)
