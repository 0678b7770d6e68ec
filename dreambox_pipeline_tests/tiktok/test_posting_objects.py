"""What a post may be, before and after it is sent."""

import json
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr, ValidationError

from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.posting_objects import (
    FAIL_REASONS,
    CreatorInfo,
    DirectPost,
    PostingStatus,
    UploadSession,
    check_post,
)

CREATOR = CreatorInfo(
    privacy_level_options=("PUBLIC_TO_EVERYONE", "SELF_ONLY"), max_video_post_duration_sec=60
)
SESSION = UploadSession(
    publish_id="v_pub_file~v2-1.1",
    upload_url=SecretStr('https://up.invalid/video/?upload_id=1&upload_token="SECRET"'),
    size_bytes=7,
    chunk_size=7,
    mime_type="video/mp4",
    expires_at=datetime(2026, 11, 22, tzinfo=UTC),
)


def check(post: DirectPost, duration_s: float = 10.0, creator: CreatorInfo = CREATOR) -> None:
    check_post(post, creator, duration_s, path="/x/")


def test_a_post_says_that_ai_made_it_unless_told_otherwise():
    """Forgetting the flag must not be possible; privacy has no default at all."""
    wire = DirectPost(privacy_level="SELF_ONLY").wire(CREATOR)
    assert wire["is_aigc"] is True
    assert DirectPost(privacy_level="SELF_ONLY", is_aigc=False).wire(CREATOR)["is_aigc"] is False
    with pytest.raises(ValidationError):
        DirectPost()  # type: ignore[call-arg]
    assert (wire["brand_content_toggle"], wire["brand_organic_toggle"]) == (False, False)
    assert "video_cover_timestamp_ms" not in wire


def test_what_the_account_forbids_is_switched_off():
    """Whatever was wished for."""
    strict = CREATOR.model_copy(update={"comment_disabled": True})
    wire = DirectPost(privacy_level="SELF_ONLY", disable_stitch=True).wire(strict)
    assert (wire["disable_comment"], wire["disable_duet"], wire["disable_stitch"]) == (
        True,
        False,
        True,
    )


@pytest.mark.parametrize("level", ["FOLLOWER_OF_CREATOR", "", "public_to_everyone"])
def test_privacy_must_be_among_the_accounts_options(level):
    """Nothing is ever public by accident."""
    with pytest.raises(errors.PrivacyNotOffered, match="PUBLIC_TO_EVERYONE, SELF_ONLY"):
        check(DirectPost(privacy_level=level))
    with pytest.raises(errors.PrivacyNotOffered, match="offers nothing"):
        check(DirectPost(privacy_level=level), creator=CreatorInfo())


def test_titles_count_in_utf16_units():
    """An emoji counts two; 2,200 fit, one more does not."""
    check(DirectPost(privacy_level="SELF_ONLY", title="\N{CRESCENT MOON}" * 1100))
    for title in ("\N{CRESCENT MOON}" * 1100 + "x", "x" * 2201):
        with pytest.raises(errors.InvalidParams, match="2201 UTF-16 units"):
            check(DirectPost(privacy_level="SELF_ONLY", title=title))


def test_half_a_character_is_no_title():
    """It has no encoding, and would break the request on its way out."""
    post = DirectPost.model_construct(privacy_level="SELF_ONLY", title="a\ud83c")
    with pytest.raises(errors.InvalidParams, match="half a character"):
        check(post)


@pytest.mark.parametrize("duration_s", [0, -1, 60.5, float("nan"), float("inf")])
def test_a_video_longer_than_the_account_may_post_is_not_sent(duration_s):
    """Nor one without any length; the account's own limit counts."""
    with pytest.raises(errors.MediaRejected, match="up to 60 s"):
        check(DirectPost(privacy_level="SELF_ONLY"), duration_s)


def test_without_a_limit_of_its_own_ten_minutes_hold():
    """What the API takes at most."""
    free = CREATOR.model_copy(update={"max_video_post_duration_sec": None})
    check(DirectPost(privacy_level="SELF_ONLY"), 600, free)
    with pytest.raises(errors.MediaRejected, match="600 s"):
        check(DirectPost(privacy_level="SELF_ONLY"), 601, free)


def test_the_cover_lies_within_the_video():
    """TikTok would quietly take the first frame."""
    check(DirectPost(privacy_level="SELF_ONLY", video_cover_timestamp_ms=10_000))
    with pytest.raises(errors.InvalidParams, match="cover"):
        check(DirectPost(privacy_level="SELF_ONLY", video_cover_timestamp_ms=10_001))
    with pytest.raises(ValidationError):
        DirectPost(privacy_level="SELF_ONLY", video_cover_timestamp_ms=-1)


def test_a_session_keeps_its_address_secret_and_can_be_kept():
    """Shown or dumped by accident it holds nothing; on purpose it comes back whole."""
    for shown in (
        repr(SESSION),
        str(SESSION),
        SESSION.model_dump_json(),
        repr(SESSION.to_secret()),
    ):
        assert "SECRET" not in shown
    assert UploadSession.from_secret(SESSION.to_secret()) == SESSION
    broken = json.loads(SESSION.to_secret().get_secret_value()) | {"size_bytes": "SECRET"}
    with pytest.raises(ValidationError) as caught:
        UploadSession.from_secret(SecretStr(json.dumps(broken)))
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("name", ["publicaly_available_post_id", "publicly_available_post_id"])
def test_post_ids_are_text_from_nineteen_digits(name):
    """The name is misspelt in the documentation, and the ids are JSON numbers."""
    raw = f'{{"status": "PUBLISH_COMPLETE", "{name}": [7247303576418566913]}}'
    assert PostingStatus.model_validate(json.loads(raw)).post_ids == ("7247303576418566913",)


@pytest.mark.parametrize("ids", [None, []])
def test_a_complete_post_may_have_no_id_yet(ids):
    """Moderation takes its time, and private posts never get one."""
    data = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": ids}
    assert PostingStatus.model_validate(data).post_ids == ()


def test_an_id_that_lost_its_digits_is_not_an_id():
    """A float cannot hold nineteen digits."""
    with pytest.raises(ValidationError):
        PostingStatus.model_validate(
            {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7.2473e18]}
        )


@pytest.mark.parametrize("reason", [*FAIL_REASONS, "new_reason", ""])
def test_a_failure_says_what_next_and_that_nothing_was_posted(reason):
    """Each documented reason has a class; a new one costs one post."""
    failure = PostingStatus(status="FAILED", fail_reason=reason).failure()
    assert isinstance(failure, FAIL_REASONS.get(reason, errors.UnknownTikTokError))
    assert isinstance(failure, TransientError | ItemError | StopError)
    assert not failure.may_have_taken_effect


@pytest.mark.parametrize(
    ("status", "settled"),
    [("PROCESSING_UPLOAD", False), ("SEND_TO_USER_INBOX", True), ("PUBLISH_COMPLETE", True), ("NEW", False)],
)  # fmt: skip
def test_only_failed_is_failed(status, settled):
    """A word TikTok adds later is nothing to act on."""
    found = PostingStatus(status=status)
    assert (found.failure(), found.is_settled) == (None, settled)
