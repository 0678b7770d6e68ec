"""The comments under a video: when they come, from whom, of which kind, and what they say.

Most of a video's comments come within days, some trickle in for months. Everything follows
from the seed and the video, so a thread can be made when somebody first asks for it.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

from dreambox_pipeline.sandbox.world.personas import AUDIENCE_SIZE, Persona, persona_for
from dreambox_pipeline.sandbox.world.seeds import dice, snowflake
from dreambox_pipeline.sandbox.world.utterances import Utterance, utter
from dreambox_pipeline.sandbox.world.videos import DAY, Video

# How often each kind comes under a video that asks for dreams, and under one that does not.
KIND_WEIGHTS: dict[str, tuple[float, float]] = {
    "dream_told": (27, 6), "dream_short": (7, 2), "dream_recurring": (4.5, 1), "dream_named": (3, 0.7),
    "dream_long": (0.6, 0.1), "no_recall": (5, 2.5), "figurative": (5, 15), "joke": (9, 13),
    "praise": (12, 23), "question": (6, 10), "smalltalk": (8, 14), "emoji_only": (5, 8), "spam": (3, 3.5),
    "hostile": (2.2, 2.5), "injection": (0.8, 0.3), "minor": (1.3, 0.3), "unsafe_violence": (0.9, 0.15),
    "unsafe_sexual": (0.5, 0.1), "unsafe_self_harm": (0.6, 0.15), "contact": (1, 0.5),
    "very_long": (0.3, 0.2), "zero_width": (0.5, 0.4), "near_duplicate": (1.6, 1.2),
}  # fmt: skip
_KINDS = tuple(KIND_WEIGHTS)


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment or reply and the hidden truth about it. Times are Unix seconds.

    `likes` is where the count ends up; `likes_at` says how far it got.
    """

    comment_id: str
    video_id: str
    parent_comment_id: str | None
    author: Persona
    created_at: int
    utterance: Utterance
    likes: int = 0
    deleted_at: int | None = None
    is_owner: bool = False
    is_hidden: bool = False

    def likes_at(self, now: int) -> int:
        """Likes grow over about two days towards their final count."""
        age_days = max(0.0, (now - self.created_at) / DAY)
        return int(self.likes * (1 - 0.5 ** (age_days * 1.5)))


@dataclass(slots=True)
class Thread:
    """All comments a video will ever get from the seed, oldest first, and the replies to them."""

    comments: list[Comment]
    replies: dict[str, list[Comment]]


def make_thread(seed: int, video: Video, owner: Persona, *, owner_until: int) -> Thread:
    """Writes the whole thread of *video*; the lists are the caller's own to add to.

    Args:
        seed: The world's seed.
        video: The video commented on.
        owner: The account's own persona, who replied by hand until *owner_until*.
        owner_until: Unix second after which only the API replies for the owner.
    """
    comments, replies = _written(seed, video, owner, owner_until)
    return Thread(list(comments), {parent_id: list(found) for parent_id, found in replies})


# Several worlds of one seed in one process, as in tests, share what never changes.
@lru_cache(maxsize=256)
def _written(
    seed: int, video: Video, owner: Persona, owner_until: int
) -> tuple[tuple[Comment, ...], tuple[tuple[str, tuple[Comment, ...]], ...]]:
    rng = dice(seed, "thread", video.video_id)
    moments = sorted(video.public_at + _delay_s(rng) for _ in range(_comment_count(video, rng)))
    comments: list[Comment] = []
    for number, moment in enumerate(moments):
        comments.append(_comment(seed, video, number, moment, comments))
    found = ((c.comment_id, _replies(seed, c, owner, owner_until)) for c in comments)
    return tuple(comments), tuple((key, tuple(replies)) for key, replies in found if replies)


def count_until(comments: list[Comment], now: int) -> int:
    """How many of *comments*, oldest first, were written by *now*."""
    return bisect_right(comments, now, key=lambda comment: comment.created_at)


def _comment_count(video: Video, rng: Random) -> int:
    return int(video.expected_comments * rng.uniform(0.93, 1.07))


def _delay_s(rng: Random) -> int:
    how = rng.random()
    if how < 0.7:
        days = rng.expovariate(1 / 0.75)
    elif how < 0.93:
        days = rng.expovariate(1 / 5)
    else:
        days = rng.uniform(3, 250)
    return int(days * DAY) + rng.randint(20, 900)


def _comment(seed: int, video: Video, number: int, moment: int, earlier: list[Comment]) -> Comment:
    rng = dice(seed, "comment", video.video_id, number)
    author = persona_for(seed, int(AUDIENCE_SIZE * rng.random() ** 1.6))
    weights = [pair[0 if video.asks_for_dreams else 1] for pair in KIND_WEIGHTS.values()]
    kind = rng.choices(_KINDS, weights)[0]
    said = _near_duplicate(earlier, rng) if kind == "near_duplicate" else None
    said = said or utter("smalltalk" if kind == "near_duplicate" else kind, author, rng)
    return Comment(
        comment_id=snowflake(moment, seed, "comment", video.video_id, number),
        video_id=video.video_id,
        parent_comment_id=None,
        author=author,
        created_at=moment,
        utterance=said,
        likes=_final_likes(said, rng),
        deleted_at=moment + int(rng.expovariate(1 / (4 * DAY))) if rng.random() < 0.02 else None,
        is_hidden=rng.random() < _HIDDEN_CHANCE.get(kind, 0.002),
    )


_HIDDEN_CHANCE = {"spam": 0.3, "hostile": 0.25, "injection": 0.1, "unsafe_sexual": 0.3}


def _final_likes(said: Utterance, rng: Random) -> int:
    scale = {"dream_told": 1.2, "joke": 1.3, "praise": 0.6, "spam": -0.5}.get(said.kind, 0.3)
    return max(0, int(rng.lognormvariate(scale, 1.4)) - 1)


def _near_duplicate(earlier: list[Comment], rng: Random) -> Utterance | None:
    told = [c for c in earlier[-60:] if c.utterance.is_dream and c.utterance.text]
    if not told:
        return None
    copied = rng.choice(told).utterance
    text = copied.text
    changes = (text + "!!", text + " 😭", text.lower(), text.replace(".", ""), "(2) " + text, text)
    return replace(copied, text=rng.choice(changes), kind="near_duplicate")


def _replies(seed: int, parent: Comment, owner: Persona, owner_until: int) -> list[Comment]:
    rng = dice(seed, "replies", parent.comment_id)
    count = rng.choice((1, 1, 1, 2, 2, 3, 5)) if rng.random() < _reply_chance(parent) else 0
    replies = [_reply(seed, parent, number, rng) for number in range(count)]
    if rng.random() < 0.04:
        remark = _owner_remark(seed, parent, owner, rng)
        replies += [remark] if remark.created_at < owner_until else []
    return sorted(replies, key=lambda reply: reply.created_at)


def _reply_chance(parent: Comment) -> float:
    return 0.16 if parent.utterance.is_dream else 0.05


def _reply(seed: int, parent: Comment, number: int, rng: Random) -> Comment:
    author = persona_for(seed, rng.randrange(AUDIENCE_SIZE))
    moment = parent.created_at + int(rng.lognormvariate(8.6, 1.3)) + 15
    return Comment(
        comment_id=snowflake(moment, seed, "reply", parent.comment_id, number),
        video_id=parent.video_id,
        parent_comment_id=parent.comment_id,
        author=author,
        created_at=moment,
        utterance=utter("thread", author, rng),
        likes=max(0, int(rng.lognormvariate(0, 1.0)) - 1),
    )


def _owner_remark(seed: int, parent: Comment, owner: Persona, rng: Random) -> Comment:
    moment = parent.created_at + rng.randint(600, DAY)
    return Comment(
        comment_id=snowflake(moment, seed, "owner-remark", parent.comment_id),
        video_id=parent.video_id,
        parent_comment_id=parent.comment_id,
        author=owner,
        created_at=moment,
        utterance=utter("owner_remark", owner, rng),
        is_owner=True,
    )
