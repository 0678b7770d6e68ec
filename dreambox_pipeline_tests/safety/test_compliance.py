"""TikTok's rules and ours, as a table of posts and what each breaks."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.media.model import MediaFacts
from dreambox_pipeline.safety.captions import caption_units, has_half_character, mentions
from dreambox_pipeline.safety.compliance import RULES, check_post, judge_post
from dreambox_pipeline.safety.compliance_facts import (
    ACCOUNTS_API,
    CONTENT_POSTING,
    INBOX_DRAFT,
    MANUAL_KIT,
    ROUTES,
    AccountFacts,
    DestinationFacts,
    FileFacts,
    OriginFacts,
    PostFacts,
)
from dreambox_pipeline.safety.compliance_model import Judgement
from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.safety.sound_rights import SOUND_ORIGINS
from dreambox_pipeline.stages.posts.model import Route

PASSED = Screening(ScreeningAction.PASS)
MEDIA = MediaFacts(
    width=1080,
    height=1920,
    duration_s=9.0,
    frame_rate=Fraction(30),
    video_codec="h264",
    audio_codec="aac",
    size_bytes=4_000_000,
    container="mp4",
)
ORIGIN = OriginFacts(
    generator="gemini_omni", overlay_kinds=("title", "credit", "ai_label"), sound="gemini"
)
PLACE = DestinationFacts(
    allowed_overlays=frozenset({"title", "credit", "ai_label", "subtitle", "end_card"})
)
POST = PostFacts(
    route=ACCOUNTS_API,
    caption="A whale in the corridor\n\nA dream told by @night_owl. AI-generated video.",
    is_ai_generated=True,
    file=FileFacts(MEDIA),
    origin=ORIGIN,
    destination=PLACE,
    account=AccountFacts(max_duration_s=600.0),
    screenings={"dream": PASSED, "prompt": PASSED, "caption": PASSED},
    cover_ms=1000,
)
UPLOAD = replace(
    POST,
    route=CONTENT_POSTING,
    privacy_level="PUBLIC_TO_EVERYONE",
    privacy_choice="PUBLIC_TO_EVERYONE",
    account=AccountFacts(
        privacy_levels=("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"),
        max_duration_s=600.0,
    ),
)
DRAFT = replace(POST, route=INBOX_DRAFT)
KIT = replace(
    POST,
    route=MANUAL_KIT,
    account=AccountFacts(),
    destination=replace(PLACE, required_overlays=frozenset({"ai_label"})),
)
GOOD = (POST, UPLOAD, DRAFT, KIT)


def file(**changes):
    """The post with another file."""
    return {"file": FileFacts(replace(MEDIA, **changes))}


def origin(**changes):
    """The post with another record of how it came about."""
    return {"origin": replace(ORIGIN, **changes)}


def place(**changes):
    """The post for another destination."""
    return {"destination": replace(PLACE, **changes)}


def account(**changes):
    """The post under other account settings."""
    return {"account": AccountFacts(**changes)}


def screened(action, *reasons, text="prompt"):
    """The post with one text that today's rules see differently."""
    return {"screenings": {**POST.screenings, text: Screening(action, reasons)}}


BLOCK, REVIEW = ScreeningAction.BLOCK, ScreeningAction.REVIEW
PRIVATE = ("FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")

INCIDENTS = [
    (POST, {"is_ai_generated": False}, ["ai-flag"]),
    (UPLOAD, {"is_ai_generated": False}, ["ai-flag"]),
    # No request sets it there: the picture says it, and whoever tells the post's link.
    (DRAFT, {"is_ai_generated": False}, []),
    (KIT, {"is_ai_generated": False}, []),
    (POST, origin(overlay_kinds=("title",)), []),
    (DRAFT, origin(overlay_kinds=("title",)), ["ai-label-drawn"]),
    (KIT, {"origin": replace(ORIGIN, overlay_kinds=())}, ["ai-label-drawn", "required-overlays"]),
    (POST, {"caption": ""}, []),
    (POST, {"caption": "x" * 2200}, []),
    (POST, {"caption": "x" * 2201}, ["caption-length"]),
    (POST, {"caption": "🐋" * 1100}, []),
    (KIT, {"caption": "🐋" * 1101}, ["caption-length"]),
    (POST, {"caption": "@aa " * 30}, []),
    (POST, {"caption": "@aa " * 31}, ["caption-mentions"]),
    (POST, {"caption": "half a whale \ud83d"}, ["caption-whole"]),
    (UPLOAD, {"caption": "\udc0b" * 2201}, ["caption-length", "caption-whole"]),
    (UPLOAD, {"privacy_choice": None, "privacy_level": None}, ["privacy-chosen"]),
    # Filled in by a program although nobody chose.
    (UPLOAD, {"privacy_choice": None}, ["privacy-chosen"]),
    (UPLOAD, {"privacy_choice": "SELF_ONLY"}, ["privacy-chosen"]),
    (UPLOAD, {"privacy_choice": "SELF_ONLY", "privacy_level": "SELF_ONLY"}, []),
    (UPLOAD, account(privacy_levels=PRIVATE), ["privacy-offered"]),
    (UPLOAD, account(privacy_levels=()), ["privacy-offered"]),
    (
        UPLOAD,
        {"privacy_choice": "FOLLOWER_OF_CREATOR", "privacy_level": "FOLLOWER_OF_CREATOR"},
        ["privacy-offered"],
    ),
    (POST, {"privacy_choice": "PUBLIC_TO_EVERYONE"}, []),
    (POST, {"privacy_choice": "SELF_ONLY"}, ["accounts-api-is-public"]),
    (DRAFT, {"privacy_choice": "SELF_ONLY"}, []),
    (POST, account(comment_disabled=True), ["disabled-toggles"]),
    (POST, account(duet_disabled=True, stitch_disabled=True), ["disabled-toggles"]),
    (POST, account(duet_disabled=True) | {"disable_duet": True}, []),
    (POST, {"disable_comment": True}, []),
    (DRAFT, account(comment_disabled=True), []),
    (POST, {"is_brand_organic": True}, ["brand-flags"]),
    (POST, {"is_branded_content": True}, ["brand-flags"]),
    (POST, {"declares_own_business": True}, ["brand-flags"]),
    (KIT, {"declares_paid_partnership": True}, ["brand-flags"]),
    (POST, {"is_brand_organic": True, "declares_own_business": True}, []),
    (POST, {"is_branded_content": True, "declares_own_business": True}, ["brand-flags"]),
    (UPLOAD, {"is_branded_content": True, "declares_paid_partnership": True}, []),
    (
        UPLOAD,
        {
            "is_branded_content": True,
            "declares_paid_partnership": True,
            "privacy_choice": "SELF_ONLY",
            "privacy_level": "SELF_ONLY",
        },
        ["branded-privacy"],
    ),
    (POST, {"file": FileFacts(None, problem="Opened x.mp4 and found a PNG.")}, ["readable"]),
    (POST, {"file": FileFacts(MEDIA, is_the_approved_one=False)}, ["approved-file"]),
    (POST, file(duration_s=3.0), []),
    (POST, file(duration_s=2.99), ["duration"]),
    (POST, file(duration_s=600.0), []),
    (POST, file(duration_s=600.01), ["duration", "account-duration"]),
    (KIT, file(duration_s=600.01), ["duration"]),
    (POST, file(duration_s=float("nan")), ["duration", "account-duration", "cover-time"]),
    (POST, account(max_duration_s=8.0), ["account-duration"]),
    (DRAFT, account(max_duration_s=8.0), ["account-duration"]),
    (POST, account(), []),
    (POST, {"cover_ms": 9000}, []),
    (POST, {"cover_ms": 9001}, ["cover-time"]),
    (UPLOAD, {"cover_ms": -1}, ["cover-time"]),
    (DRAFT, {"cover_ms": 9001}, []),
    (POST, file(size_bytes=1_000_000_000), []),
    (POST, file(size_bytes=1_000_000_001), ["file-size"]),
    (POST, file(size_bytes=0), ["file-size"]),
    (UPLOAD, file(size_bytes=1_000_000_001), []),
    (UPLOAD, file(size_bytes=4_000_000_000), []),
    (UPLOAD, file(size_bytes=4_000_000_001), ["upload-size"]),
    (DRAFT, file(size_bytes=4_000_000_001), ["upload-size"]),
    (KIT, file(size_bytes=0), ["upload-size"]),
    (POST, file(container="webm", video_codec="vp9"), []),
    (POST, file(container="mkv"), ["container"]),
    (POST, file(video_codec="hevc"), []),
    (UPLOAD, file(video_codec="av1"), ["codec"]),
    (POST, file(width=359), ["picture-size"]),
    (POST, file(height=100), ["picture-size"]),
    (POST, file(width=360, height=640), []),
    (POST, file(height=4097), []),
    (UPLOAD, file(height=4096), []),
    (UPLOAD, file(height=4097), ["picture-not-too-large"]),
    (POST, file(frame_rate=Fraction(24000, 1001)), []),
    (POST, file(frame_rate=Fraction(23)), []),
    (POST, file(frame_rate=Fraction(22)), ["frame-rate"]),
    (POST, file(frame_rate=Fraction(60)), []),
    (POST, file(frame_rate=Fraction(120)), ["frame-rate"]),
    (POST, {"origin": None}, ["provenance"]),
    (KIT, {"origin": None}, ["ai-label-drawn", "provenance"]),
    (POST, origin(is_signed=False), ["content-credentials"]),
    (POST, origin(is_signed=False, unsigned_reason="  "), ["content-credentials"]),
    (POST, origin(is_signed=False, unsigned_reason="It is switched off."), []),
    (POST, origin(overlay_kinds=()), []),
    (POST, origin(overlay_kinds=("title", "subtitle", "end_card")), []),
    (POST, origin(overlay_kinds=("title", "watermark")), ["overlays"]),
    (POST, place(allowed_overlays=frozenset({"title", "credit"})), ["overlays"]),
    (POST, origin(sound=""), ["sound-rights"]),
    (POST, origin(sound="a hit of last summer"), ["sound-rights"]),
    (POST, origin(sound="") | file(audio_codec=None), []),
    (POST, origin(is_stand_in=True), ["stand-in"]),
    (KIT, {"origin": replace(ORIGIN, is_stand_in=True)}, ["stand-in"]),
    (POST, origin(is_stand_in=True) | place(is_this_machine=True), []),
    (POST, origin(is_stand_in=True) | place(may_show_stand_ins=True), []),
    (POST, screened(BLOCK, "sexual", text="dream"), ["screening"]),
    (POST, screened(BLOCK, "sexual", text="caption"), ["screening"]),
    (POST, screened(REVIEW, "violence", text="dream"), []),
    (POST, screened(REVIEW, "minor_depicted", text="dream"), []),
    (POST, screened(REVIEW, "minor_depicted"), ["no-minors"]),
    (POST, screened(REVIEW, "minor_depicted", text="caption"), ["no-minors"]),
    (POST, screened(BLOCK, "minor_sexual"), ["screening", "no-minors"]),
    (
        POST,
        {"is_ai_generated": False, **origin(overlay_kinds=("promo",)), **file(width=10)},
        ["ai-flag", "picture-size", "overlays"],
    ),
]


@pytest.mark.parametrize("post", GOOD, ids=lambda post: post.route)
def test_a_good_post_breaks_nothing(post):
    """The ones all others are changed from, one for each route."""
    assert check_post(post) == []


@pytest.mark.parametrize(("post", "changes", "broken"), INCIDENTS)
def test_each_post_breaks_exactly_these_rules(post, changes, broken):
    """A new incident is a new row."""
    assert [found.rule_id for found in check_post(replace(post, **changes))] == broken


def test_every_rule_is_shown_to_bite():
    """A rule that no row breaks is a rule nobody has tested."""
    assert {rule for _, _, broken in INCIDENTS for rule in broken} == {r.rule_id for r in RULES}


def test_the_routes_are_those_of_posting():
    """Safety stands below posting and cannot ask it for them."""
    assert set(ROUTES) == {route.value for route in Route}


def test_every_rule_says_where_it_comes_from():
    """Text, source, date and routes; ids are unique."""
    assert len({rule.rule_id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.text.endswith(".")
        assert rule.source
        assert rule.read_on.year >= 2026
        assert rule.routes
        assert set(rule.routes) <= set(ROUTES)


def test_every_sound_says_why_it_may_be_posted():
    """A name alone gives nobody a right."""
    for name, sound in SOUND_ORIGINS.items():
        assert (sound.name, bool(sound.why), bool(sound.source)) == (name, True, True)


def test_a_violation_says_what_was_found_what_is_allowed_and_what_to_do():
    """A person can act on it without opening the file, and look the rule up."""
    (violation,) = check_post(replace(POST, **file(width=200)))
    said = str(violation)
    assert "200x1920" in said
    assert "360 px" in said
    assert "finish the video again" in said
    assert violation.text in said
    assert "Accounts API" in said
    assert "2026-11-22" in said


@pytest.mark.parametrize(("post", "changes", "broken"), [row for row in INCIDENTS if row[2]])
def test_every_violation_is_a_sentence(post, changes, broken):
    """They stand one behind the other in an error, and each ends."""
    del broken
    for violation in check_post(replace(post, **changes)):
        assert violation.message[0].isupper()
        assert violation.message.endswith(".")


def test_several_ignored_toggles_are_named_together():
    """One violation per rule, with everything in it."""
    (violation,) = check_post(replace(POST, **account(comment_disabled=True, stitch_disabled=True)))
    assert "comments, stitches" in violation.message


def test_rules_that_need_the_account_wait_for_its_answer():
    """Who looks early asks TikTok nothing, and is told what was not looked at."""
    verdicts = judge_post(replace(UPLOAD, account=None, privacy_level="FOLLOWER_OF_CREATOR"))
    waiting = {v.rule.rule_id for v in verdicts if v.judgement is Judgement.NOT_ASKED}
    assert waiting == {"privacy-offered", "disabled-toggles", "account-duration"}


def test_a_rule_of_another_route_does_not_count():
    """It is listed as such, so that nobody takes it for passed."""
    (verdict,) = [v for v in judge_post(KIT) if v.rule.rule_id == "privacy-chosen"]
    assert verdict.judgement is Judgement.NOT_CONCERNED


@settings(max_examples=200, deadline=None)
@given(
    post=st.sampled_from((POST, UPLOAD)),
    caption=st.text(max_size=40),
    flags=st.tuples(*[st.booleans()] * 5),
    kinds=st.sets(st.sampled_from(["title", "credit", "ai_label", "end_card", "logo"])),
    asked=st.tuples(
        st.none() | st.just(AccountFacts()) | st.just(UPLOAD.account),
        st.none() | st.sampled_from(PRIVATE),
    ),
)
def test_nothing_passes_without_the_ai_label(post, caption, flags, kinds, asked):
    """The one rule that no combination of other facts may switch off."""
    comment, duet, brand, is_local, may_show = flags
    changed = replace(
        post,
        is_ai_generated=False,
        caption=caption,
        disable_comment=comment,
        disable_duet=duet,
        is_brand_organic=brand,
        origin=replace(ORIGIN, overlay_kinds=tuple(kinds)),
        destination=replace(PLACE, is_this_machine=is_local, may_show_stand_ins=may_show),
        account=asked[0],
        privacy_level=asked[1],
    )
    assert "ai-flag" in [violation.rule_id for violation in check_post(changed)]


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_half_characters_are_found_whatever_stands_around_them(text):
    """Exactly the captions that cannot be encoded, and no others."""
    try:
        text.encode()
    except UnicodeEncodeError:
        assert has_half_character(text)
    else:
        assert not has_half_character(text)


def test_captions_are_measured_as_tiktok_measures():
    """In UTF-16 units, broken halves included; mentions by their @."""
    assert [caption_units(text) for text in ("", "é", "🐋", "\ud83d")] == [0, 1, 2, 1]
    assert mentions("hi @a.b_c, and @Ünal!") == ["@a.b_c", "@Ünal"]
