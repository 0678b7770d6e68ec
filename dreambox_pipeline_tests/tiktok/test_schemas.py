"""Reading TikTok's objects with tolerance and without guessing."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dreambox_pipeline.tiktok.schemas import CommentObject, VideoObject, VideoSettings


@given(st.integers(10**18, 2**63 - 1))
@settings(max_examples=50)
def test_ids_survive_exactly_as_text_or_number(number):
    """19 digits, all of them."""
    wire = json.loads(json.dumps({"comment_id": number, "video_id": str(number)}))
    comment = CommentObject.model_validate(wire)
    assert comment.comment_id == comment.video_id == str(number)


@pytest.mark.parametrize("value", [7.2e18, 1.0, None, "", True, [], "x" * 500])
def test_what_cannot_be_an_id_is_refused(value):
    """A float has lost digits; the rest names nothing."""
    with pytest.raises(ValidationError):
        CommentObject.model_validate({"comment_id": value})


@pytest.mark.parametrize("value", ["1763794929", 1763794929, 1763794929000, "1763794929000"])
def test_times_are_read_from_text_or_number_in_s_or_ms(value):
    """All four are the same aware moment."""
    comment = CommentObject.model_validate({"comment_id": "1", "create_time": value})
    assert comment.create_time == datetime(2025, 11, 22, 7, 2, 9, tzinfo=UTC)


def test_a_time_that_is_one_already_is_kept():
    """Objects made here, not read from the wire; a naive one is UTC."""
    naive = datetime(2026, 11, 22)  # noqa: DTZ001 - that is the point
    for moment in (naive, naive.replace(tzinfo=UTC)):
        comment = CommentObject(comment_id="1", create_time=moment)
        assert comment.create_time == datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize("value", ["yesterday", "1" * 5000, 10**30, -(10**30), {}])
def test_what_is_not_a_time_is_refused(value):
    """Guessing one could put a dream on the wrong day."""
    with pytest.raises(ValidationError):
        CommentObject.model_validate({"comment_id": "1", "create_time": value})


def test_missing_metrics_are_unknown_and_not_zero():
    """Absent, null and unreadable all mean that TikTok did not say."""
    video = VideoObject.model_validate(
        {"item_id": "1", "likes": None, "shares": "many", "comments": -1, "video_views": 0}
    )
    assert (video.likes, video.shares, video.comments, video.reach) == (None,) * 4
    assert video.video_views == 0
    assert video.video_view_retention is None


def test_rates_stay_between_zero_and_one():
    """A rate of 37 is a mix-up with percent, and unknown is better than wrong."""
    video = VideoObject.model_validate({"item_id": "1", "full_video_watched_rate": 37})
    assert video.full_video_watched_rate is None
    video = VideoObject.model_validate({"item_id": "1", "full_video_watched_rate": "0.37"})
    assert video.full_video_watched_rate == 0.37


def test_distributions_keep_tiktoks_labels():
    """Whatever the part is called, it is a label with a share."""
    video = VideoObject.model_validate(
        {
            "item_id": "1",
            "video_view_retention": [{"second": "0", "percentage": 1}, {"second": "1"}, 3],
            "audience_countries": [{"country": "DE", "percentage": 0.5}],
            "audience_types": "none",
        }
    )
    assert [(s.label, s.percentage) for s in video.video_view_retention] == [
        ("0", 1.0),
        ("1", None),
    ]
    assert video.audience_countries[0].label == "DE"
    assert video.audience_types is None


def test_unknown_fields_are_ignored():
    """TikTok adds fields without notice."""
    comment = CommentObject.model_validate(
        {"comment_id": "1", "brand_new": {"a": 1}, "text": None, "owner": None, "reply_list": None}
    )
    assert (comment.text, comment.owner, comment.reply_list) == ("", False, ())


def test_a_broken_reply_does_not_cost_the_comment():
    """Embedded replies are a preview; the listing of replies is the truth."""
    assert CommentObject.model_validate({"comment_id": "1", "reply_list": [{}]}).reply_list == ()


def test_settings_without_a_duration_leave_it_unknown():
    """The publishing rules then fall back to TikTok's documented maximum."""
    assert VideoSettings.model_validate({}).max_video_post_duration_sec is None
