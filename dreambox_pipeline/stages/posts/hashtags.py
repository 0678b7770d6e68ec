"""A few hashtags for one video, by what earlier posts with them earned.

    2 fixed  +  1 to 4 from the dream: the best known first, one form of each concept

A tag that earlier posts did clearly worse with is left out as long as enough others remain. A
small share of videos, drawn by the render's id, tries a tag that the ranking would not: what is
never tried is never learned.
"""

import hashlib
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dreambox_pipeline.stages.dreams.model import DreamFacts, Setting
from dreambox_pipeline.stages.posts.caption_language import WORDINGS
from dreambox_pipeline.stages.posts.hashtag_forms import (
    ALWAYS,
    BLISS_FORMS,
    DENIED,
    FILLERS,
    MOTIF_FORMS,
    NIGHTMARE_FORMS,
    SETTING_FORMS,
)
from dreambox_pipeline.stages.posts.model import HashtagPolicy

MIN_HASHTAGS, MAX_HASHTAGS = 3, 6
MAX_MOTIF_TAGS: Final = 3
NIGHTMARE_BELOW, BLISS_ABOVE = -0.5, 0.5

EXPLORE_SHARE: Final = 0.15
"""Of videos; the same share that slots explore with."""

WEAK_BELOW: Final = 0.9
"""A tag expected to earn less than nine tenths of an average post is not worth its place."""

_TAG: Final = re.compile(r"(?<![\w#])#(\w+)")


@dataclass(frozen=True, slots=True)
class ChosenTags:
    """Hashtags without their `#`, each once, and in words why."""

    tags: tuple[str, ...]
    why: str


def choose_hashtags(
    facts: DreamFacts, policy: HashtagPolicy, seed: str, *, lang: str = "en"
) -> ChosenTags:
    """Three to six hashtags.

    Args:
        facts: Its closed vocabularies are all that tags are made from.
        policy: What tags have earned so far.
        seed: The render's id: the same video always gets the same tags under the same policy.
        lang: ISO 639-1 of the caption; adds how people there tag dreams.
    """
    dice = random.Random(hashlib.sha256(f"hashtags:{seed}".encode(errors="surrogatepass")).digest())
    concepts = _concepts(facts, lang)
    best = [max(forms, key=lambda tag: policy.value.get(tag, 1.0)) for forms in concepts]
    # Sorting is stable: what nothing was learned about stays in the dream's own order.
    ranked = sorted(dict.fromkeys(best), key=lambda tag: -policy.value.get(tag, 1.0))
    wanted = [tag for tag in ranked if policy.value.get(tag, 1.0) >= WEAK_BELOW]
    room = MAX_HASHTAGS - len(ALWAYS)
    chosen = (wanted or ranked)[:room]
    fillers = (tag for tag in FILLERS if tag not in chosen)
    while len(chosen) + len(ALWAYS) < MIN_HASHTAGS:
        chosen.append(next(fillers))
    others = [tag for forms in concepts for tag in forms if tag not in chosen and tag not in ALWAYS]
    tried = dice.choice(others) if dice.random() < EXPLORE_SHARE and others else None
    if tried is not None:
        chosen = _with_tried(chosen, tried, concepts, room)
    tags = (*ALWAYS, *chosen)
    return ChosenTags(tags, why_hashtags(tags, policy, tried=tried))


def why_hashtags(tags: Iterable[str], policy: HashtagPolicy, *, tried: str | None = None) -> str:
    """What is known of *tags* under *policy*, for a person."""
    own = [tag for tag in tags if tag not in ALWAYS]
    learned = [
        f"#{tag} {policy.value[tag] - 1:+.0%} on {_posts(policy.posts[tag])}"
        for tag in own
        if policy.posts.get(tag)
    ]
    new = [f"#{tag}" for tag in own if not policy.posts.get(tag)]
    said = [f"Learned: {', '.join(learned)}."] if learned else []
    if new:
        said.append(f"Nothing learned yet: {', '.join(new)}.")
    if tried is not None:
        said.append(
            f"#{tried} is tried: {EXPLORE_SHARE:.0%} of videos try a tag, to keep learning."
        )
    return " ".join(said) or "Only the fixed hashtags."


def hashtags_in(caption: str) -> tuple[str, ...]:
    """The hashtags in *caption*, without `#`, in lower case, in order, repeated where they repeat."""
    return tuple(tag.lower() for tag in _TAG.findall(caption))


def _concepts(facts: DreamFacts, lang: str) -> list[tuple[str, ...]]:
    """What the dream is about, as tag forms, what matters most first."""
    found = [] if facts.setting is Setting.UNKNOWN else [SETTING_FORMS[facts.setting]]
    motifs = list(dict.fromkeys(facts.motifs))[:MAX_MOTIF_TAGS]
    found += [MOTIF_FORMS[motif] for motif in motifs]
    if facts.mood < NIGHTMARE_BELOW:
        found.append(NIGHTMARE_FORMS)
    if facts.mood > BLISS_ABOVE:
        found.append(BLISS_FORMS)
    if lang in WORDINGS and lang != "en":
        found.insert(0, WORDINGS[lang].dream_tags)
    allowed = (tuple(tag for tag in forms if tag not in DENIED) for forms in found)
    return [forms for forms in allowed if forms]


def _with_tried(
    chosen: Sequence[str], tried: str, concepts: Sequence[Sequence[str]], room: int
) -> list[str]:
    """*tried* in place of the form that says the same, or at the end, in place of the last."""
    same = next((set(forms) for forms in concepts if tried in forms), set())
    kept = [tag for tag in chosen if tag not in same]
    return [*kept[: room - 1], tried]


def _posts(count: int) -> str:
    return "1 post" if count == 1 else f"{count} posts"
