"""What happens to posts when their account is logged out, renamed or banned: against the sandbox, end to end."""

from collections.abc import Iterator
from typing import Any

import pytest

from dreambox_pipeline.defs.connecting import disconnect
from dreambox_pipeline.defs.posts import post_queue, published_posts
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline_tests.defs.workshop import CONTROL, Workshop

S = PublicationState


@pytest.fixture
def open_workshop(workshop: Workshop) -> Iterator[Workshop]:
    """TikTok can fetch the videos; the account is as it was when the next test comes."""
    with workshop.desk():
        yield workshop
    change_account(workshop, is_banned=False)


def change_account(workshop: Workshop, **changes: Any) -> None:
    url = f"{workshop.sandbox.info['control_url']}/accounts/main"
    CONTROL.post(url, json=changes).raise_for_status()


def run_on(workshop: Workshop, times: int = 4) -> None:
    for _ in range(times):
        workshop.run(post_queue, published_posts)
        workshop.sandbox.advance(150)


@pytest.mark.expects_error_log
def test_a_post_waits_for_its_account_to_be_connected_again(open_workshop):
    """Logged out it stays planned and says what to do; after a login it gets another slot and goes out."""
    workshop = open_workshop
    _, row = workshop.queued_video()
    workshop.pass_time_until(row.slot_at)
    since = workshop.now.timestamp()
    disconnect(workshop.tiktok, by="operator")
    result = workshop.run(post_queue, published_posts, is_expected_to_fail=True)
    assert not result.success
    assert workshop.publication(row.render_id).state is S.PLANNED
    assert "dreambox login" in workshop.failures()["posts", row.publication_id]

    workshop.sandbox.advance(3 * 3600)
    workshop.tiktok.connect(workshop.sandbox.auth_code())
    workshop.run(post_queue, published_posts)
    moved = workshop.publication(row.render_id)
    assert moved.state is S.PLANNED
    assert moved.slot_at > workshop.now
    workshop.pass_time_until(moved.slot_at)
    run_on(workshop)
    assert workshop.publication(row.render_id).state is S.PUBLISHED
    assert workshop.publish_requests(row.caption, since) == 1
    assert ("posts", row.publication_id) not in workshop.failures()


def test_a_renamed_account_is_the_same_account(open_workshop):
    """Its handle is not its id: what was begun under the old one is finished under the new one."""
    workshop = open_workshop
    _, row = workshop.queued_video()
    workshop.pass_time_until(row.slot_at)
    since = workshop.now.timestamp()
    workshop.run(post_queue, published_posts)
    assert workshop.publication(row.render_id).state in (S.INITIATED, S.UPLOADED, S.PROCESSING)
    change_account(workshop, username="another.name")
    run_on(workshop)
    assert workshop.publication(row.render_id).state is S.PUBLISHED
    assert workshop.publish_requests(row.caption, since) == 1


def test_a_banned_account_fails_with_its_reason_and_is_not_asked_again(open_workshop):
    """A person has to appeal; the same post would fail again."""
    workshop = open_workshop
    _, row = workshop.queued_video()
    workshop.pass_time_until(row.slot_at)
    since = workshop.now.timestamp()
    change_account(workshop, is_banned=True)
    run_on(workshop)
    failed = workshop.publication(row.render_id)
    assert failed.state is S.FAILED
    assert "banned the account from posting; a person must appeal" in (failed.error or "")
    assert workshop.publish_requests(row.caption, since) == 1
