"""TikTok's rules, as a table of posts and what each breaks."""

from dataclasses import replace
from fractions import Fraction

import pytest

from dreambox_pipeline.media.model import MediaFacts
from dreambox_pipeline.safety.compliance import (
    RULES,
    PostFacts,
    caption_units,
    check_post,
    mentions,
)
from dreambox_pipeline.tiktok.schemas import VideoSettings

FILE = MediaFacts(
    width=1080,
    height=1920,
    duration_s=9.0,
    frame_rate=Fraction(30),
    video_codec="h264",
    audio_codec="aac",
    size_bytes=4_000_000,
    container="mp4",
)
POST = PostFacts(
    caption="A whale in the corridor\n\nA dream told by @night_owl. AI-generated video.",
    is_ai_generated=True,
    media=FILE,
    overlay_kinds=("title", "credit", "ai_label"),
    settings=VideoSettings(max_video_post_duration_sec=600),
)


def file(**changes):
    """The post with another file."""
    return {"media": replace(FILE, **changes)}


def account(**settings):
    """The post under other account settings."""
    return {"settings": VideoSettings(**settings)}


INCIDENTS = [
    ({"is_ai_generated": False}, ["ai-flag"]),
    ({"caption": "x" * 2200}, []),
    ({"caption": "x" * 2201}, ["caption-length"]),
    ({"caption": "🐋" * 1100}, []),
    ({"caption": "🐋" * 1101}, ["caption-length"]),
    ({"caption": "@aa " * 30}, []),
    ({"caption": "@aa " * 31}, ["caption-mentions"]),
    (file(duration_s=3.0), []),
    (file(duration_s=2.99), ["duration"]),
    (file(duration_s=600.0), []),
    (file(duration_s=600.01), ["duration", "account-duration"]),
    (file(duration_s=float("nan")), ["duration", "account-duration"]),
    (account(max_video_post_duration_sec=8), ["account-duration"]),
    (account(), []),
    (file(size_bytes=1_000_000_000), []),
    (file(size_bytes=1_000_000_001), ["file-size"]),
    (file(size_bytes=0), ["file-size"]),
    (file(width=359), ["picture-size"]),
    (file(height=100), ["picture-size"]),
    (file(width=360, height=640), []),
    (file(frame_rate=Fraction(24000, 1001)), []),
    (file(frame_rate=Fraction(23)), []),
    (file(frame_rate=Fraction(22)), ["frame-rate"]),
    (file(frame_rate=Fraction(60)), []),
    (file(frame_rate=Fraction(120)), ["frame-rate"]),
    (account(comment_disabled=True), ["disabled-toggles"]),
    (account(duet_disabled=True, stitch_disabled=True), ["disabled-toggles"]),
    (account(duet_disabled=True) | {"disable_duet": True}, []),
    ({"disable_comment": True}, []),
    ({"overlay_kinds": ()}, []),
    ({"overlay_kinds": ("title", "watermark")}, ["overlays"]),
    ({"overlay_kinds": ("promo", "logo")}, ["overlays"]),
    ({"is_brand_organic": True}, ["brand-flags"]),
    ({"is_branded_content": True}, ["brand-flags"]),
    ({"declares_own_business": True}, ["brand-flags"]),
    ({"is_brand_organic": True, "declares_own_business": True}, []),
    ({"is_branded_content": True, "declares_own_business": True}, ["brand-flags"]),
    (
        {"is_ai_generated": False, "overlay_kinds": ("promo",), **file(width=10, size_bytes=0)},
        ["ai-flag", "file-size", "picture-size", "overlays"],
    ),
]


def test_a_good_post_breaks_nothing():
    """The one all others are changed from."""
    assert check_post(POST) == []


@pytest.mark.parametrize(("changes", "broken"), INCIDENTS)
def test_each_post_breaks_exactly_these_rules(changes, broken):
    """A new incident is a new row."""
    assert [violation.rule_id for violation in check_post(replace(POST, **changes))] == broken


def test_every_rule_is_shown_to_bite():
    """A rule that no row breaks is a rule nobody has tested."""
    assert {rule for _, broken in INCIDENTS for rule in broken} == {r.rule_id for r in RULES}


def test_every_rule_says_where_it_comes_from():
    """Text, source and date; ids are unique."""
    assert len({rule.rule_id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.text.endswith(".")
        assert rule.source
        assert rule.read_on.year >= 2026


def test_violations_name_the_value_found():
    """A person can act on it without opening the file."""
    (violation,) = check_post(replace(POST, **file(width=200)))
    assert "200x1920" in violation.message
    assert "Accounts API" in violation.source


def test_several_ignored_toggles_are_named_together():
    """One violation per rule, with everything in it."""
    settings = VideoSettings(comment_disabled=True, stitch_disabled=True)
    (violation,) = check_post(replace(POST, settings=settings))
    assert "comments, stitches" in violation.message


def test_captions_are_measured_as_tiktok_measures():
    """In UTF-16 units, broken halves included; mentions by their @."""
    assert [caption_units(text) for text in ("", "é", "🐋", "\ud83d")] == [0, 1, 2, 1]
    assert mentions("hi @a.b_c, and @Ünal!") == ["@a.b_c", "@Ünal"]
