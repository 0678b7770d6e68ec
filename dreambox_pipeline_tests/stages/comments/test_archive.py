"""TikTok's data download: own videos and own words, from whatever shape this year's archive has."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.comments.archive import Archive, read_archive

OURS, THEIRS = "7300000000000000001", "7300000000000000999"
WHEN = "2026-03-01 18:30:00 UTC"


def video(**changes: object) -> dict[str, object]:
    link = f"https://www.tiktokv.com/share/video/{OURS}/"
    return {"Date": WHEN, "Link": link, "Likes": "12", "Title": "Tell me your dream"} | changes


def comment(text: str = "May we make a video of it?", **changes: object) -> dict[str, object]:
    link = f"https://www.tiktok.com/@us/video/{OURS}?lang=en"
    return {"date": WHEN, "comment": text, "photo": "", "original post link": link} | changes


def archive(videos: Any, comments: Any) -> str:
    return json.dumps(
        {
            "Comment": {"Comments": {"App": "TikTok", "CommentsList": comments}},
            "Post": {"Posts": {"VideoList": videos}},
            "Your Activity": {"Watch History": {"VideoList": [video(Link=f"/video/{THEIRS}")]}},
        }
    )


def read(videos: Any = (), comments: Any = (), **kwargs: Any) -> Archive:
    listed = [list(x) if isinstance(x, tuple) else x for x in (videos, comments)]
    return read_archive(archive(*listed), owner_id="aut_owner", **kwargs)


def test_own_videos_and_own_words_are_read():
    """The id from the link, the moment aware, the words as the owner's."""
    found = read([video()], [comment()])
    (ours,) = found.videos
    assert (ours.source_video_id, ours.created_at) == (
        OURS,
        datetime(2026, 3, 1, 18, 30, tzinfo=UTC),
    )
    assert (ours.caption, ours.asks_for_dreams, ours.comments) == ("Tell me your dream", True, None)
    assert ours.share_url == f"https://www.tiktokv.com/share/video/{OURS}/"
    (said,) = found.comments
    assert (said.source_video_id, said.text, said.is_owner) == (OURS, "May we make a video of it?", True)  # fmt: skip
    assert (said.author_id, said.origin, said.likes) == ("aut_owner", "archive", None)
    assert said.comment_id.startswith("archive:")
    assert said.parent_comment_id is None, "whom it answers is not in the archive"
    assert (found.entries, found.rejected) == (2, ())


def test_watched_videos_are_not_ours():
    """They stand in a list of the same name."""
    assert [v.source_video_id for v in read([video()]).videos] == [OURS]


@pytest.mark.parametrize("empty", [None, [], {}, ""])
def test_an_empty_list_has_many_shapes(empty: object):
    """None of them is an error."""
    assert read(empty, empty) == Archive(0, (), (), ())


def test_older_archives_have_other_names_and_cases():
    """Keys are compared without case, spaces and depth."""
    old = {"Activity": {"VIDEO": {"Videos": {"videoList": [video()]}}}, "comment": {"COMMENTS": {
        "CommentsList": [{"Date": WHEN, "Comment": "hi", "originalPostUrl": f"/video/{OURS}"}]
    }}}  # fmt: skip
    found = read_archive(json.dumps(old), owner_id="aut_owner")
    assert [v.source_video_id for v in found.videos] == [OURS]
    assert [c.text for c in found.comments] == ["hi"]


def test_what_is_under_others_videos_is_not_kept():
    """Unless another source knows the video as ours."""
    theirs = comment(**{"original post link": f"https://www.tiktok.com/@x/video/{THEIRS}"})
    assert [row.reason for row in read([video()], [theirs]).rejected] == ["others_video"]
    assert len(read([video()], [theirs], known_videos={THEIRS}).comments) == 1


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (video(Link="https://v16.example-cdn.com/abc?sig=1"), "no_video_id"),
        (video(Link=None), "no_video_id"),
        (video(Date="yesterday"), "invalid_time"),
        (video(Date="2026-03-01 18:30:00"), "invalid_time"),
        ("a text", "no_video_id"),
        (None, "no_video_id"),
    ],
)
def test_a_video_that_cannot_be_told_is_counted(entry: object, reason: str):
    """And the next one is read."""
    found = read([entry, video()])
    assert [row.reason for row in found.rejected] == [reason]
    assert len(found.videos) == 1


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (comment(""), "empty"),
        (comment(date="2026-03-01 18:30:00"), "naive_time"),
        (comment(date=""), "missing_time"),
        (comment(**{"original post link": ""}), "no_video_id"),
        ([], "no_video_id"),
    ],
)
def test_a_comment_that_cannot_be_told_is_counted(entry: object, reason: str):
    """A sticker or a photo has no text."""
    found = read([video()], [entry, comment()])
    assert [row.reason for row in found.rejected] == [reason]
    assert len(found.comments) == 1


def test_the_same_entry_is_the_same_row():
    """Twice in one archive, or in next year's."""
    first, second = read([video(), video()], [comment(), comment()]), read([video()], [comment()])
    assert (first.videos, first.comments) == (second.videos, second.comments)
    assert first.entries == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "as JSON"),
        ("Comment >> 2026", "choose JSON"),
        ("[" * 100_000, "as JSON"),
        ("[]", "VideoList"),
        ('{"comments": []}', "VideoList"),
        ('{"Post": null}', "VideoList"),
        ("null", "VideoList"),
    ],
)
def test_what_is_no_archive_is_refused_whole(text: str, said: str):
    """The message says what was expected, and what to ask TikTok for."""
    with pytest.raises(ItemError, match=said):
        read_archive(text, owner_id="aut_owner")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Post", "Posts", "VideoList", "Date", "Link", "comment", "x"]), inner
        )
    ),
    max_leaves=12,
)


@given(json_values, json_values)
def test_any_content_is_counted_or_refused(videos: object, comments: object):
    """Nothing else comes out of it than rows and reasons."""
    found = read(videos, comments)
    assert found.entries >= len(found.videos) + len(found.comments) + len(found.rejected)
