"""Counters as TikTok tells them, day by day, and the marts made of them."""

from datetime import timedelta

import pytest

from dreambox_pipeline.defs.engagement import account_metrics, engagement_snapshots, marts
from dreambox_pipeline.defs.posts import published_posts
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.lake import ACCOUNT_METRICS, ENGAGEMENT_SNAPSHOTS
from dreambox_pipeline.storage.ledger import publications
from dreambox_pipeline_tests.defs.workshop import Workshop, events_text

METRICS = set(ENGAGEMENT_SNAPSHOTS.schema.names) - {"post_id", "taken_at"}


def published_video(workshop: Workshop, *, post_id: str | None = None) -> str:
    """A post that is out; any public video of the account stands for it."""
    post_id = post_id or workshop.sandbox.world.public_videos()[0].video_id
    _, row = workshop.queued_video()
    with workshop.ledger.write() as connection:
        publications.claim(
            connection, row.publication_id, claim_token=row.publication_id, now=workshop.now
        )
        moved = publications.get(connection, row.publication_id)
        for state in (PublicationState.INITIATED, PublicationState.PROCESSING):
            moved = publications.move(connection, moved, state, now=workshop.now)
        publications.move(
            connection, moved, PublicationState.PUBLISHED, now=workshop.now, post_id=post_id
        )
    return post_id


def snapshots(workshop: Workshop, *days):
    days = days or (workshop.now.date(),)
    return workshop.parts["lake"].read(ENGAGEMENT_SNAPSHOTS, list(days))


def measure(workshop: Workshop, *, ago: int = 0, **kwargs):
    day = workshop.now.date() - timedelta(days=ago)
    return workshop.run(engagement_snapshots, days=(day, day), **kwargs)


def test_a_fresh_posts_unknown_counters_are_null_and_not_zero(workshop):
    """What TikTok does not say yet is unknown; once it says something, that is stored."""
    with workshop.desk():
        _, row = workshop.queued_video()
        workshop.pass_time_until(row.slot_at)
        for _ in range(2):
            workshop.run(published_posts)
            workshop.sandbox.advance(300)
    assert workshop.publication(row.render_id).state is PublicationState.PUBLISHED
    measure(workshop)
    (fresh,) = snapshots(workshop)
    assert {name for name in METRICS if fresh[name] is None} >= {"views", "reach"}

    workshop.sandbox.advance(4 * 86_400)
    result = measure(workshop)
    (later,) = snapshots(workshop)
    assert later["views"] > 0
    facts = result.asset_materializations_for_node("engagement_snapshots")[0].metadata
    assert facts["without_views_yet"].value == 0


def test_todays_reading_is_replaced_by_the_newer_one(workshop):
    """One row a post and day."""
    published_video(workshop)
    measure(workshop)
    first = snapshots(workshop)
    measure(workshop)

    (row,) = snapshots(workshop)
    assert row["taken_at"] > first[0]["taken_at"]


def test_a_past_day_is_kept_as_it_was_read(workshop):
    """TikTok has no history to ask for, so running yesterday again changes nothing."""
    published_video(workshop)
    measure(workshop)
    yesterday = workshop.now.date()
    before = snapshots(workshop, yesterday)
    workshop.sandbox.advance(86_400)
    result = measure(workshop, ago=1)

    assert snapshots(workshop, yesterday) == before
    facts = result.asset_materializations_for_node("engagement_snapshots")[0].metadata
    assert facts["read_now"].value == 0


@pytest.mark.expects_error_log
def test_an_outage_while_measuring_keeps_the_last_reading(workshop):
    """The run asks for a retry; the day's file is as it was."""
    published_video(workshop)
    measure(workshop)
    before = snapshots(workshop)
    workshop.arm("code:40001", "business/video/list/", times=9)
    measure(workshop, is_expected_to_fail=True)

    assert snapshots(workshop) == before


def test_without_posts_nothing_is_asked_for(workshop):
    """An empty account is no error."""
    result = measure(workshop)

    assert snapshots(workshop) == []
    assert result.success


def test_account_metrics_are_stored_by_their_own_day(workshop):
    """As far as TikTok looks back; asking again stores the same."""
    last = workshop.now.date()
    days = (last - timedelta(days=4), last)
    for _ in range(2):
        workshop.run(account_metrics, days=days)

    lake = workshop.parts["lake"]
    known = lake.days(ACCOUNT_METRICS)
    assert known
    assert days[0] <= known[0] <= known[-1] <= days[1]
    assert [row["day"] for row in lake.read(ACCOUNT_METRICS, known)] == [
        day.isoformat() for day in known
    ]


def test_days_beyond_tiktoks_memory_are_not_asked_for(workshop):
    """It would refuse the whole request."""
    old = workshop.now.date() - timedelta(days=90)
    workshop.arm("code:40002", "business/get/", times=9)
    result = workshop.run(account_metrics, days=(old, old))

    assert result.success


def test_marts_lead_from_a_view_back_to_the_comment(workshop):
    """One row of `lineage` names every step; what Dagster keeps holds no words and no caption."""
    post_id = published_video(workshop)
    measure(workshop)
    result = workshop.run(marts)

    rows = workshop.parts["warehouse"].read("lineage")
    (row,) = [row for row in rows if row["post_id"] == post_id]
    assert all(row[name] for name in ("comment_id", "dream_id", "prompt_id", "job_id", "render_id"))
    (publication,) = workshop.publications()
    said = events_text(result)
    assert row["comment_id"] in said, "the text really holds the previews"
    assert "huge whale swam" not in said
    assert [tag for tag in publication.hashtags if f"#{tag}" in said] == []
