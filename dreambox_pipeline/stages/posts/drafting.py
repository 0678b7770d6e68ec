"""From a writer's words to the whole draft: the program adds credit, disclosure, hashtags and cover."""

from dataclasses import dataclass
from typing import Final

from dreambox_pipeline.stages.dreams.model import DreamFacts
from dreambox_pipeline.stages.posts.caption import compose_caption
from dreambox_pipeline.stages.posts.caption_language import WORDINGS
from dreambox_pipeline.stages.posts.caption_text import one_line
from dreambox_pipeline.stages.posts.caption_writer import MAX_ALT_UNITS, CaptionWords
from dreambox_pipeline.stages.posts.hashtags import choose_hashtags
from dreambox_pipeline.stages.posts.model import HashtagPolicy, PostDraft

AUTO: Final = "auto"
"""The setting's value for the dream's own language."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft, who worded it and why it has its hashtags.

    Attributes:
        policy_version: Of the policy that chose the hashtags.
        why: The hashtags, in words.
    """

    draft: PostDraft
    writer: str
    policy_version: int
    why: str


def make_draft(
    words: CaptionWords,
    facts: DreamFacts,
    *,
    title: str,
    credit: str | None,
    policy: HashtagPolicy,
    seed: str,
    lang: str,
    cover_ms: int,
) -> Drafted:
    """The draft of one video.

    Args:
        words: As a writer gave them.
        facts: Where the hashtags come from.
        title: The first line when the writer has none.
        credit: As the dreamer chose to be named; None for nobody.
        policy: What hashtags have earned.
        seed: The render's id.
        lang: ISO 639-1, as the writer was told.
        cover_ms: Already within the video, see `cover`.
    """
    tags = choose_hashtags(facts, policy, seed, lang=lang)
    caption = compose_caption(words.hook or title, credit=credit, hashtags=tags.tags, lang=lang)
    draft = PostDraft(
        caption, tags.tags, alt_text=one_line(words.alt_text, MAX_ALT_UNITS), cover_ms=cover_ms
    )
    return Drafted(draft, words.writer, policy.version, tags.why)


def caption_language(chosen: str, *, of_dream: str) -> str:
    """The language to caption in: the account's, or the dream's where we have words in it.

    Args:
        chosen: ISO 639-1, or `auto`.
        of_dream: ISO 639-1 guess, or empty.
    """
    wanted = of_dream if chosen == AUTO else chosen
    return wanted if wanted in WORDINGS else "en"
