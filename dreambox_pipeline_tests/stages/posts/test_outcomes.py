"""What TikTok's answers mean, and what the video list proves."""

import unicodedata

import pytest

from dreambox_pipeline.stages.posts.model import PublicationState as S
from dreambox_pipeline.stages.posts.outcomes import (
    FAILURE_ADVICE,
    interpret_status,
    reconcile,
)
from dreambox_pipeline.tiktok.schemas import PublishStatus, VideoObject


@pytest.mark.parametrize(
    ("status", "post_ids", "state", "post_id"),
    [
        ("PROCESSING_DOWNLOAD", [], S.UPLOADED, None),
        ("PROCESSING_UPLOAD", [], S.UPLOADED, None),
        ("PUBLISH_COMPLETE", [], S.PROCESSING, None),
        ("PUBLISH_COMPLETE", ["75721"], S.PUBLISHED, "75721"),
        ("FAILED", [], S.FAILED, None),
        ("SEND_TO_USER_INBOX", [], S.UNCONFIRMED, None),
        ("SOMETHING_NEW", ["75721"], S.UPLOADED, None),
        ("", [], S.UPLOADED, None),
    ],
)
def test_each_word_of_tiktoks_is_one_state(status, post_ids, state, post_id):
    """A word that we do not know is asked about again, and never read as an end."""
    outcome = interpret_status(PublishStatus(status=status, post_ids=post_ids))
    assert (outcome.state, outcome.post_id) == (state, post_id)
    assert outcome.note


@pytest.mark.parametrize("reason", [*FAILURE_ADVICE, "app_version_check_failed", None])
def test_a_failure_says_why_and_what_to_do(reason):
    """Also for a reason that TikTok does not document."""
    note = interpret_status(PublishStatus(status="FAILED", reason=reason)).note
    assert (reason or "no reason given") in note
    assert note.endswith(".")
    assert "plan it again" not in note or "page at the desk" in note, "where that can be done"


def video(item_id: str, caption: str) -> VideoObject:
    """A video of the account's list."""
    return VideoObject(item_id=item_id, caption=caption)


def test_the_one_video_with_the_caption_is_the_post():
    """White space and Unicode form do not make it another."""
    caption = "Der Wäl  \n\n#dreams"
    listed = [video("1", "another"), video("2", unicodedata.normalize("NFD", "Der Wäl #dreams"))]
    assert reconcile(caption, listed) == "2"


def test_two_videos_with_the_caption_need_a_person():
    """We cannot tell which one it was."""
    assert reconcile("a", [video("1", "a"), video("2", "a")]) is None
    assert reconcile("a", [video("1", "a"), video("1", "a")]) == "1"


def test_a_post_that_belongs_to_another_publication_is_not_ours():
    """Two dreams may have the same caption."""
    assert reconcile("a", [video("1", "a"), video("2", "a")], known_post_ids={"1"}) == "2"
    assert reconcile("a", [video("1", "a")], known_post_ids={"1"}) is None


def test_nothing_in_the_list_proves_nothing():
    """Nor does an empty caption match another empty one."""
    assert reconcile("a", []) is None
    assert reconcile(" ", [video("1", "")]) is None
