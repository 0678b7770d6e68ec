"""The loop closes through stored policies: new evidence makes a new version, nothing else does."""

from datetime import timedelta

from dreambox_pipeline.defs.learning import (
    MIN_AGE_HOURS,
    post_rewards,
    selection_policy,
    style_policy,
    timing_policy,
)
from dreambox_pipeline.defs.posts import post_queue
from dreambox_pipeline.stages.dreams.model import SelectionPolicy
from dreambox_pipeline.stages.posts.model import PublicationState, TimingPolicy
from dreambox_pipeline.stages.prompts.model import StylePolicy
from dreambox_pipeline.stages.review.model import Decision
from dreambox_pipeline.storage.lake import ENGAGEMENT_SNAPSHOTS
from dreambox_pipeline.storage.ledger import policies, publications, rewards
from dreambox_pipeline_tests.defs.workshop import Workshop

KINDS = (TimingPolicy, StylePolicy, SelectionPolicy)


def learn(workshop: Workshop) -> None:
    workshop.run(post_rewards, timing_policy, style_policy, selection_policy)


def versions(workshop: Workshop) -> list[int]:
    with workshop.ledger.read() as connection:
        return [policies.newest(connection, kind).version for kind in KINDS]


def watched_post(workshop: Workshop, post_id: str, *, views: int | None) -> None:
    """A post that went out now, and its counters two days later."""
    _, row = workshop.queued_video()
    with workshop.ledger.write() as connection:
        publications.claim(connection, row.publication_id, claim_token=post_id, now=workshop.now)
        moved = publications.get(connection, row.publication_id)
        for state in (PublicationState.INITIATED, PublicationState.PROCESSING):
            moved = publications.move(connection, moved, state, now=workshop.now)
        publications.move(
            connection, moved, PublicationState.PUBLISHED, now=workshop.now, post_id=post_id
        )
    taken_at = workshop.now + timedelta(hours=MIN_AGE_HOURS + 1)
    row = dict.fromkeys(ENGAGEMENT_SNAPSHOTS.schema.names)
    row |= {"post_id": post_id, "taken_at": taken_at, "views": views}
    workshop.parts["lake"].upsert(ENGAGEMENT_SNAPSHOTS, taken_at.date(), [row])


def test_without_posts_the_priors_stay(workshop):
    """No evidence, no version."""
    learn(workshop)

    assert versions(workshop) == [0, 0, 0]


def test_a_policy_gets_a_version_only_when_the_evidence_changed(workshop):
    """Learning again from the same posts says the same; another post says more."""
    watched_post(workshop, "7500000000000000001", views=1000)
    learn(workshop)
    first = versions(workshop)
    assert all(first)

    learn(workshop)
    assert versions(workshop) == first

    workshop.sandbox.advance(3 * 3600)
    watched_post(workshop, "7500000000000000002", views=9000)
    learn(workshop)
    # The second post shows what the first one shows, so it says nothing about motifs.
    assert versions(workshop)[:2] == [version + 1 for version in first[:2]]


def test_unknown_views_earn_no_reward(workshop):
    """Null is not zero: a post whose counters are late is not a failed post."""
    watched_post(workshop, "7500000000000000003", views=None)
    learn(workshop)

    with workshop.ledger.read() as connection:
        assert rewards.everything(connection) == []
    assert versions(workshop) == [0, 0, 0]


def test_the_queue_reads_the_learned_policy_on_its_next_run(workshop):
    """A post teaches, and the next slot says that it was learned from it."""
    watched_post(workshop, "7500000000000000004", views=1000)
    learn(workshop)
    _, video = workshop.finished_video()
    workshop.decide(video, Decision.APPROVE)
    result = workshop.run(post_queue)

    row = workshop.publication(video.render_id)
    assert row.policy_version == versions(workshop)[0]
    assert "1 posts" in row.slot_why or "less-tried" in row.slot_why
    facts = result.asset_materializations_for_node("post_queue")[0].metadata
    assert facts["timing_policy_version"].value == row.policy_version
