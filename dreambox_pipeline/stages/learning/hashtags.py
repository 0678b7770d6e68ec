"""What each hashtag is worth: the reward of posts with it, pulled towards the average.

A value is an expected relative reward; 1 is an average post of this account. It is worth four
posts to believe that a tag changes nothing:

    value(tag) = (4 * 1 + sum of relative rewards of posts with it) / (4 + posts with it)

The fixed hashtags are on every post and say nothing. A tag also stands for what it names: whales
may do well, not `#whale`. For choosing among a dream's own tags that is the same.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from dreambox_pipeline.stages.learning.model import PostReward
from dreambox_pipeline.stages.learning.posterior import relative_rewards, shrunk_mean
from dreambox_pipeline.stages.posts.hashtag_forms import ALWAYS
from dreambox_pipeline.stages.posts.model import HashtagPolicy

PRIOR_WORTH_POSTS: Final = 4.0
AVERAGE: Final = 1.0
DIGITS: Final = 4


def learn_hashtags(
    rewards: Sequence[PostReward],
    tags: Mapping[str, Sequence[str]],
    *,
    previous: HashtagPolicy,
) -> HashtagPolicy:
    """The hashtag policy that *rewards* support; *previous* itself when they say nothing new.

    It is computed from all evidence every time, so a post whose words were erased is forgotten.
    The order does not matter.

    Args:
        rewards: All posts judged so far.
        tags: Post id to its hashtags without `#`; a post that is missing had none.
        previous: The policy in force. A new one has the next version.
    """
    earned: dict[str, list[float]] = defaultdict(list)
    tagged = [reward for reward in rewards if tags.get(reward.post_id)]
    relative = relative_rewards([reward.reward for reward in tagged])
    for reward, value in zip(tagged, relative, strict=True):
        for tag in {tag.lower() for tag in tags[reward.post_id]} - set(ALWAYS):
            earned[tag].append(value)
    values = {tag: _value(found) for tag, found in sorted(earned.items())}
    posts = {tag: len(found) for tag, found in sorted(earned.items())}
    if (values, posts) == (previous.value, previous.posts):
        return previous
    return HashtagPolicy(
        version=previous.version + 1,
        value=values,
        posts=posts,
        evidence_posts=len(tagged),
        note=_note(len(tagged), values, posts),
    )


def _value(relative: Sequence[float]) -> float:
    mean = shrunk_mean(relative, prior_mean=AVERAGE, prior_worth=PRIOR_WORTH_POSTS)
    return round(mean, DIGITS)


def _note(evidence: int, values: Mapping[str, float], posts: Mapping[str, int]) -> str:
    if not values:
        return "No posts with hashtags to learn from any more; hashtags name what the dream holds."
    best = sorted(values, key=lambda tag: (-values[tag], tag))[:3]
    worst = min(values, key=lambda tag: (values[tag], tag))
    good = ", ".join(f"#{tag} ({values[tag] - 1:+.0%} on {posts[tag]})" for tag in best)
    noun = "post" if evidence == 1 else "posts"
    return (
        f"Rests on {evidence} {noun}. Best so far: {good}; weakest #{worst} "
        f"({values[worst] - 1:+.0%} on {posts[worst]}). A tag with few posts stays close to average."
    )
