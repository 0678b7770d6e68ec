"""The videos of the account: its own source videos on an endless timeline, and their captions.

Video number i has one place in time for a seed, so the timeline can be asked for any part. The
last weeks before the world's present are dense and ask for dreams; afterwards a new video
comes about every six days, for as long as anyone keeps the clock running.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from dreambox_pipeline.sandbox.world.seeds import dice, fraction, snowflake

DAY = 86_400
HISTORY_DAYS = 370
_OLD_VIDEOS = 26
_VIRAL = 19
# Days before the world's present, and comments, of the last videos of the history.
_RECENT = ((12.4, 230), (8.3, 150), (5.2, 210), (1.9, 170))


@dataclass(frozen=True, slots=True)
class StyleMeasure:
    """How a clip looks, each from 0 to 1; measured from frames for posts, drawn for the rest."""

    brightness: float
    warmth: float
    saturation: float
    motion: float


@dataclass(frozen=True, slots=True)
class Video:
    """One public video of the account.

    `created_at` and `public_at` are Unix seconds; a post can be live before its id is public.
    """

    video_id: str
    created_at: int
    public_at: int
    caption: str
    duration_s: float
    width: int
    height: int
    asks_for_dreams: bool
    expected_comments: int
    style: StyleMeasure
    is_ai_generated: bool = False
    published_by_api: bool = False
    share_id: str = ""


_ASKING = (
    "tell me your last dream ⬇️ {topic} {tags}",
    "Tell me your last dream in the comments and I might paint it {tags}",
    "What did you dream last night? {topic} {tags}",
    "{topic}. now you: tell me your last dream 🌙 {tags}",
    "drop your weirdest dream below 👇 {tags}",
    "Tell me your last dream, no matter how strange ✨ {tags}",
)
_SHOWING = (
    "{topic} {tags}",
    "{topic} ✨ {tags}",
    "new one: {topic} {tags}",
    "made this at 2am, {topic} {tags}",
    "{topic}, part {part} {tags}",
    "how i made {topic} {tags}",
)
_TOPICS = (
    "a whale above the city", "the corridor that never ends", "the library under the sea",
    "a train through the stars", "grandma's house with a hundred rooms", "the moon in a jar",
    "lanterns over the lake", "a forest of blue trees", "the teeth dream", "falling upwards",
    "the desert that snows gold", "a cat as big as a bus", "the school full of water",
    "flying over the rooftops", "the door in the meadow", "a piano on the mountain",
    "jellyfish street", "the clock that melted", "a city made of paper", "the last carousel",
)  # fmt: skip
_TAGS = ("#dreams", "#dreamtok", "#surreal", "#animation", "#sleep", "#art", "#night", "#fyp")


class Timeline:
    """The source videos of *seed* around the world's present *start* (Unix seconds)."""

    def __init__(self, seed: int, start: int) -> None:
        self._seed = seed
        self._start = start

    def until(self, moment: int) -> Iterator[Video]:
        """All source videos posted at or before *moment*, oldest first."""
        index = 0
        while (video := self.video(index)).created_at <= moment:
            yield video
            index += 1

    def video(self, index: int) -> Video:
        """Source video number *index*, counted from the oldest."""
        return _source_video(self._seed, self._start, index)


@lru_cache(maxsize=4096)
def _source_video(seed: int, start: int, index: int) -> Video:
    rng = dice(seed, "video", index)
    created_at = _posted_at(seed, start, index, rng)
    asks = _asks(seed, index)
    caption = rng.choice(_ASKING if asks else _SHOWING).format(
        topic=rng.choice(_TOPICS), tags=" ".join(rng.sample(_TAGS, 3)), part=rng.randint(2, 9)
    )
    return Video(
        video_id=snowflake(created_at, seed, "video", index),
        created_at=created_at,
        public_at=created_at,
        caption=caption,
        duration_s=round(rng.uniform(7, 34), 2),
        width=1080,
        height=1920,
        asks_for_dreams=asks,
        expected_comments=_expected_comments(index, rng),
        style=StyleMeasure(*(round(rng.uniform(0.2, 0.8), 3) for _ in range(4))),
    )


def _posted_at(seed: int, start: int, index: int, rng: Random) -> int:
    recent = index - _OLD_VIDEOS
    if recent < 0:
        gap = (HISTORY_DAYS - 20) / _OLD_VIDEOS
        days = -HISTORY_DAYS + gap * index + fraction(seed, "jitter", index) * gap * 0.7
    elif recent < len(_RECENT):
        return start - int(_RECENT[recent][0] * DAY) + rng.randint(-3600, 3600)
    else:
        days = 2.5 + (recent - len(_RECENT)) * 5.9 + fraction(seed, "jitter", index) * 3
    midnight = (start + int(days * DAY)) // DAY * DAY
    hour = rng.choices(range(24), [1] * 7 + [3] * 4 + [4] * 6 + [6] * 5 + [2] * 2)[0]
    return midnight + hour * 3600 + rng.randint(0, 3599)


def _asks(seed: int, index: int) -> bool:
    recent = index - _OLD_VIDEOS
    if 0 <= recent < len(_RECENT):
        return recent != 1
    return index == _VIRAL or fraction(seed, "asks", index) < 0.55


def _expected_comments(index: int, rng: Random) -> int:
    recent = index - _OLD_VIDEOS
    if index == _VIRAL:
        return rng.randint(1250, 1500)
    if 0 <= recent < len(_RECENT):
        return _RECENT[recent][1] + rng.randint(-15, 15)
    return max(45, min(600, int(rng.lognormvariate(5.0, 0.45))))
