"""A short campaign of `bench.chaos`: nothing is posted twice and nothing is lost, whatever happens."""

from bench.chaos_harness.fates import Plan
from bench.chaos_harness.running import run

# This seed has all four routes, a pause, a full disk, withdrawals, and posts whose answer got lost.
SHORT = Plan(seed=2114, posts=16, patience_s=240.0)


def test_no_post_is_doubled_and_none_is_lost_in_bad_weather():
    """Workers are killed, answers are lost, webhooks come twice; the sandbox saw each post once."""
    found = run(SHORT)

    assert found.faults_found == []
    assert found.ends.total() == SHORT.posts
    assert found.ends["published"] >= 6
    assert found.counts["kills"] >= 3
    assert found.counts["withdrawals"] >= 1
    assert found.strikes.total() >= 3
