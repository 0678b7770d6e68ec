"""A hashtag is worth what posts with it earned, and close to nothing is believed of one post."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.learning.hashtags import learn_hashtags
from dreambox_pipeline.stages.posts.model import HashtagPolicy
from dreambox_pipeline_tests.stages.learning.test_style import judged

PRIOR = HashtagPolicy()


def learned(earned, *, previous=PRIOR):
    """Each of *earned* is a post's reward and its tags."""
    posts = [
        replace(judged("ink", value), post_id=f"p{number}")
        for number, (value, _) in enumerate(earned)
    ]
    tags = {f"p{number}": found for number, (_, found) in enumerate(earned)}
    return learn_hashtags(posts, tags, previous=previous)


def test_nothing_is_learned_from_nothing():
    """No version without evidence."""
    assert learned([]) is PRIOR


def test_a_value_is_the_mean_pulled_to_average():
    """Four posts of doubt: one post at twice the average moves its tag by a fifth."""
    policy = learned([(0.9, ("whale",)), (0.3, ("door",)), (0.3, ("door",)), (0.3, ("sea",))])
    assert policy.value["whale"] == pytest.approx((4 + 2.0) / 5)
    assert policy.value["door"] == pytest.approx((4 + 2 * 2 / 3) / 6, abs=1e-4)
    assert policy.posts == {"door": 2, "sea": 1, "whale": 1}
    assert (policy.version, policy.evidence_posts) == (1, 4)
    assert policy.note.startswith("Rests on 4 posts. Best so far: #whale (+20% on 1)")


def test_fixed_hashtags_and_posts_without_any_say_nothing():
    """There is no post without the fixed ones to compare with."""
    policy = learned([(0.9, ("dreams", "aigenerated", "whale")), (0.1, ())])
    assert set(policy.value) == {"whale"}
    assert policy.evidence_posts == 1


def test_the_same_evidence_is_no_new_version():
    """A run that learns nothing changes nothing."""
    first = learned([(0.5, ("whale",))])
    assert learned([(0.5, ("whale",))], previous=first) is first


def test_an_erased_post_is_forgotten():
    """Its hashtags are gone from the ledger, and so is what they taught."""
    first = learned([(0.9, ("whale",)), (0.3, ("door",))])
    second = learned([(0.9, ()), (0.3, ("door",))], previous=first)
    assert second.version == 2
    assert set(second.value) == {"door"}
    assert "No posts" in learned([(0.9, ())], previous=second).note


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.lists(st.sampled_from("abcdef"), max_size=4).map(tuple)),
        max_size=20,
    ).flatmap(lambda earned: st.tuples(st.just(earned), st.permutations(earned)))
)
@settings(max_examples=100, deadline=None)
def test_the_order_of_posts_does_not_matter(pair):
    """Dagster and PostgreSQL promise none."""
    assert learned(pair[0]) == learned(pair[1])
    assert all(value > 0 for value in learned(pair[0]).value.values())
