"""A short campaign of `bench.chaos`: nothing is posted twice and nothing is lost, whatever happens."""

from bench.chaos_harness.fates import Plan
from bench.chaos_harness.running import run

# This seed has all four routes, a pause, a full disk, withdrawals of both kinds, a refused and a
# rejected post, answers lost after TikTok acted, and no wrong clock, which would excuse a breach.
SHORT = Plan(seed=4519, posts=20)


def test_no_post_is_doubled_and_none_is_lost_in_bad_weather():
    """Workers are killed, answers are lost, webhooks come twice; the sandbox saw each post once."""
    found = run(SHORT)

    assert found.faults_found == []
    assert found.counts["refused by limits"] == 0
    assert found.ends.total() == SHORT.posts
    assert found.ends["published"] >= 8
    assert found.ends["failed"] >= 1
    assert found.ends["cancelled"] >= 2
    assert found.counts["kills"] >= 3
    assert found.strikes.total() >= 5
