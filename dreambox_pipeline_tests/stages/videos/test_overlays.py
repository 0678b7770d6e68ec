import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.prompts.model import Beat
from dreambox_pipeline.stages.videos.assembly import plan_edit
from dreambox_pipeline.stages.videos.model import Severity
from dreambox_pipeline.stages.videos.overlays import (
    BANS,
    POLICIES,
    Destination,
    OverlayKind,
    check_overlay_policy,
    permitted,
)

PIECES = st.sampled_from(
    [
        "DreamBox", "dream-box", "@DreamBox.app", "dreamdreamboxbox", "Ｄｒｅａｍｂｏｘ", "dream\u200bbox",
        "https://x.example/a?b", "www.buy.example", "evil.com", "ht\u200btps://x", "link in bio",
        "follow us", "Download now", "the sea", "night", "🐋", "dreamt by @lena.io", "\u202e", "-", "_", ".",
    ]
)  # fmt: skip
ANY_TEXT = st.lists(PIECES | st.text(max_size=12), max_size=6).map(" ".join) | st.lists(
    PIECES, max_size=5
).map("".join)


@pytest.mark.parametrize("destination", list(Destination))
@settings(max_examples=120, deadline=None)
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_no_overlay_anywhere_carries_our_name_or_an_address(
    destination: Destination, title: str, credit: str, action: str
) -> None:
    """Whatever the texts are made of, and whatever is left when parts are taken out."""
    edit = plan_edit(
        title=title,
        credit=credit,
        ai_label=True,
        duration_s=8.0,
        can_draw=lambda _: True,
        beats=[Beat(at_s=1, action=action[:120])],
        end_card=True,
        policy=POLICIES[destination],
    )
    shown = [overlay.text for overlay in edit.overlays]
    shown += [edit.end_card.title, edit.end_card.credit] if edit.end_card else []
    for text in shown:
        plain = unicodedata.normalize("NFKC", text).casefold()
        assert "dreambox" not in plain
        assert not re.search(r"https?:|www\.|(?<![@\w.])\w+\.(?:com|io|net)\b", plain)
        assert permitted(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("The DreamBox house", "The house"),
        ("Falling - made with @dream_box", "Falling - made with"),
        ("House https://evil.example/x?y=1 flies", "House flies"),
        ("Buy it at evil.com/now", "Buy it at"),
        ("The sea. Link in bio", "The sea"),
        ("Falling. Follow us for more!", "Falling. for more!"),
        ("Descarga: enlace en la bio", "Descarga"),
    ],
)
def test_banned_words_go_and_the_rest_stays(text: str, left: str) -> None:
    """TikTok's watermark guideline: no brand, link or promotional text of an app."""
    assert permitted(text).strip(" .:") == left.strip(" .:")


@pytest.mark.parametrize(
    "text",
    [
        "Followed over the sea",
        "The dream boxing match",
        "A box of dreams",
        "dreamt by @lena.io",
        "The shop at the end of the sea",
        "Ｆｕｌｌ width ① stays",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    """A dot in a handle is no domain, and people do follow in dreams."""
    assert permitted(text) == text


def test_the_finding_says_what_was_taken_out_and_who_forbids_it() -> None:
    """For the reviewer, with the source and the day it was read."""
    finding = check_overlay_policy(
        POLICIES[Destination.TIKTOK], {OverlayKind.TITLE: "Whale, follow me! evil.com"}
    )
    assert (finding.passed, finding.severity) == (False, Severity.WARN)
    assert "developers.tiktok.com" in finding.message
    assert "2026-11-22" in finding.message
    assert "Whale" not in finding.message, "a finding repeats no words of a dream"


def test_clean_texts_pass() -> None:
    """Nothing to say."""
    wanted = {OverlayKind.TITLE: "The whale", OverlayKind.CREDIT: "dreamt by @lena"}
    assert check_overlay_policy(POLICIES[Destination.TIKTOK], wanted).passed


def test_every_rule_and_ban_has_its_reason_source_and_date() -> None:
    """Reviewed data, or it is an opinion."""
    entries = [*BANS, *(rule for policy in POLICIES.values() for rule in policy.rules)]
    assert all(each.reason and each.source and each.reviewed_on for each in entries)
    assert set(POLICIES) == set(Destination)


def test_what_no_rule_names_may_not_be_drawn() -> None:
    """A new kind of overlay waits for a decision."""
    assert not POLICIES[Destination.PREVIEW].allows(OverlayKind.END_CARD)
    assert all(policy.allows(OverlayKind.AI_LABEL) for policy in POLICIES.values())
