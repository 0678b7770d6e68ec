"""What a reviewer's change of a draft must obey: every broken rule in words and by field, all at once.

A writer's draft obeys them by construction. The platform's rules on the whole post are
`safety.compliance`'s; these are on what one person may type into one form.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from dreambox_pipeline.safety.compliance import (
    MAX_CAPTION_UNITS,
    MAX_MENTIONS,
    caption_units,
    mentions,
)
from dreambox_pipeline.stages.posts.caption import credit_name
from dreambox_pipeline.stages.posts.caption_language import DISCLOSED
from dreambox_pipeline.stages.posts.caption_text import unseen_in
from dreambox_pipeline.stages.posts.caption_writer import MAX_ALT_UNITS
from dreambox_pipeline.stages.posts.hashtag_forms import DENIED
from dreambox_pipeline.stages.posts.hashtags import MAX_HASHTAGS, hashtags_in
from dreambox_pipeline.stages.posts.model import PostDraft

Field = Literal["caption", "alt_text", "cover_ms"]
"""The field of a draft at which a person mends a fault; hashtags are mended in the caption."""


@dataclass(frozen=True, slots=True)
class DraftFault:
    """One broken rule: where, and what to do in a sentence."""

    field: Field
    message: str


def check_draft(
    draft: PostDraft, *, duration_s: float, credit: str | None = None
) -> list[DraftFault]:
    """Every rule that *draft* breaks, with what to do; empty when it may be stored.

    Args:
        draft: As a person changed it. Its `hashtags` are those in its caption, see
            `hashtags.hashtags_in`.
        duration_s: Length of the finished video.
        credit: How the dreamer chose to be named (`VideoRow.credit`); None for nobody.
    """
    return [
        DraftFault(field, message)
        for field, rules in _RULES.items()
        for rule in rules
        for message in rule(draft, duration_s, credit)
    ]


def _length(draft: PostDraft, _duration_s: float, _credit: str | None) -> Iterator[str]:
    units = caption_units(draft.caption)
    if units > MAX_CAPTION_UNITS:
        over = units - MAX_CAPTION_UNITS
        yield (
            f"The caption has {units} UTF-16 units (most emoji count as two), TikTok takes "
            f"{MAX_CAPTION_UNITS}. Take {over} out."
        )


def _mentions(draft: PostDraft, _duration_s: float, _credit: str | None) -> Iterator[str]:
    found = len(mentions(draft.caption))
    if found > MAX_MENTIONS:
        yield f"The caption has {found} mentions, TikTok takes {MAX_MENTIONS}. Take some out."


def _unseen(draft: PostDraft, _duration_s: float, _credit: str | None) -> Iterator[str]:
    yield from _unseen_in("caption", draft.caption)


def _unseen_alt(draft: PostDraft, _duration_s: float, _credit: str | None) -> Iterator[str]:
    yield from _unseen_in("alternative text", draft.alt_text)


def _unseen_in(name: str, text: str) -> Iterator[str]:
    if found := unseen_in(text.replace("\r\n", "\n")):
        yield (
            f"The {name} holds characters that nobody sees and that can turn a line around, or half a "
            f"character: {', '.join(found[:5])}. Type that part again."
        )


def _disclosure(draft: PostDraft, _duration_s: float, _credit: str | None) -> Iterator[str]:
    if DISCLOSED.casefold() not in draft.caption.casefold():
        yield f"The caption no longer says that AI made it. Put “{DISCLOSED}” back."


def _credit(draft: PostDraft, _duration_s: float, credit: str | None) -> Iterator[str]:
    name = credit_name(credit)
    if not name:
        return
    # `@night_owl2` does not credit `@night_owl`.
    is_named = (
        name.casefold() in {found.rstrip(".").casefold() for found in mentions(draft.caption)}
        if name.startswith("@")
        else name in draft.caption
    )
    if not is_named:
        yield f"The caption no longer names {name}, who was promised a credit. Put the name back."


def _hashtags(draft: PostDraft, _duration_s: float, _credit: str | None) -> Iterator[str]:
    tags = hashtags_in(draft.caption)
    if len(tags) > MAX_HASHTAGS:
        yield f"The caption has {len(tags)} hashtags; more than {MAX_HASHTAGS} read as spam. Take some out."
    for tag in sorted({tag for tag in tags if tags.count(tag) > 1}):
        yield f"#{tag} stands in the caption more than once. Keep one."
    for tag in sorted(set(tags) & DENIED.keys()):
        yield f"#{tag} may not be used. {DENIED[tag]}"
    if {tag.lower() for tag in draft.hashtags} != set(tags):
        yield "The hashtags of the draft are not those in its caption. Reload the page and save again."


def _alt_text(draft: PostDraft, _duration_s: float, _credit: str | None) -> Iterator[str]:
    units = caption_units(draft.alt_text)
    if units > MAX_ALT_UNITS:
        yield f"The alternative text has {units} UTF-16 units; keep it to {MAX_ALT_UNITS}."


def _cover(draft: PostDraft, duration_s: float, _credit: str | None) -> Iterator[str]:
    if not 0 <= draft.cover_ms < duration_s * 1000:
        yield (
            f"The cover is at {draft.cover_ms / 1000:.1f} s, the video lasts {duration_s:.1f} s. Choose a moment "
            "within it."
        )


_Rule = Callable[[PostDraft, float, str | None], Iterator[str]]

_RULES: Final[dict[Field, tuple[_Rule, ...]]] = {
    "caption": (_length, _mentions, _unseen, _disclosure, _credit, _hashtags),
    "alt_text": (_alt_text, _unseen_alt),
    "cover_ms": (_cover,),
}
