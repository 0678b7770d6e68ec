"""A prompt in a provider's words: how long it may be, and where it says what to avoid.

Language-driven video models read prose, some with a limit of 1,000 characters. What to avoid has
a field of its own with some, and is a part of the prose with others. A `PromptForm` is one such
habit as data; `render` spells a prompt in it. Every form says what the typed prompt says and
nothing else. Length and size are never spelled out: models obey those only as parameters of the
request.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dreambox_pipeline.stages.prompts.model import VideoPrompt

# "Under 1,000 characters": Runway's limit, the tightest of the hosted models we know.
COMPACT_CHARS: Final = 999
# Below this not even one style and one scene fit, and a prompt of half a thought is worse than none.
LEAST_CHARS: Final = 40
# This many beats are all action: an opening comes with the third.
TOLD_IN_FULL: Final = 2

REFERENCE_LABEL: Final = (
    "<IMAGE_REF_0> is the reference image, the look of this series: take its style, colors, light "
    "and grain, not what it depicts."
)
"""Omni obeys a picture better when the prose says what it is for. The tag, which Google's prompt
guide to Omni gives, stands for the first picture of the request."""


ALARMING: Final = frozenset(
    {
        "children",
        "blood",
        "gore",
        "weapons",
        "nudity",
        "jump scares",
        "photographic skin",
    }
)
"""Never named in prose: there, filters match these words whether or not "no" stands before them, and
models draw what they read. Only a field that is made for it says them."""

ADULTS_ONLY: Final = "people who are not adults"
"""Says "children" without the word."""


class Negatives(StrEnum):
    """Where a provider wants to be told what to avoid."""

    FIELD = "field"
    """In a field of its own beside the prompt."""
    LIST = "list"
    """As one closing list: `Avoid: on-screen text, logos.`"""
    SENTENCES = "sentences"
    """As closing sentences: `No on-screen text. No logos.`"""


@dataclass(frozen=True, slots=True)
class PromptForm:
    """How one family of models wants a prompt.

    Attributes:
        name: Key into `FORMS`.
        max_chars: Longest prose, in characters; None when there is no limit that matters.
        negatives: Where what to avoid goes.
        labels_reference: The prose says what a reference picture sent along is for.
    """

    name: str
    max_chars: int | None
    negatives: Negatives
    labels_reference: bool = False


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """A prompt as a request carries it.

    Attributes:
        text: The prose.
        negative: What to avoid, for the provider's own field; None when the prose says it, or
            when there is nothing to avoid.
    """

    text: str
    negative: str | None = None


PROSE: Final = PromptForm("prose", None, Negatives.LIST)
PROSE_WITH_FIELD: Final = PromptForm("prose_with_field", None, Negatives.FIELD)
COMPACT: Final = PromptForm("compact", COMPACT_CHARS, Negatives.LIST)
COMPACT_WITH_FIELD: Final = PromptForm("compact_with_field", COMPACT_CHARS, Negatives.FIELD)
# Google's guide to Omni: no field for it, so short sentences at the end; pictures are labelled.
OMNI: Final = PromptForm("omni", None, Negatives.SENTENCES, labels_reference=True)

FORMS: Final = {
    form.name: form for form in (PROSE, PROSE_WITH_FIELD, COMPACT, COMPACT_WITH_FIELD, OMNI)
}


def render(prompt: VideoPrompt, form: PromptForm, *, has_reference: bool = False) -> RenderedPrompt:
    """*prompt* the way *form* wants it.

    Args:
        prompt: Any valid prompt.
        form: From `FORMS`, or one of a provider's own.
        has_reference: A reference picture goes along with the request.

    Raises:
        ValueError: The form's limit is below 40 characters, which leaves no room for a thought.
    """
    label = REFERENCE_LABEL if has_reference and form.labels_reference else ""
    avoid = _avoidance(prompt, form.negatives)
    negative = negative_prompt(prompt) if form.negatives is Negatives.FIELD else ""
    if form.max_chars is None:
        text = "\n".join(filter(None, (label, *_paragraphs(prompt), avoid)))
    else:
        text = _compact(prompt, form.max_chars, label=label, avoid=avoid)
    return RenderedPrompt(text, negative or None)


def to_prose(prompt: VideoPrompt, *, says_avoid: bool = True) -> str:
    """Everything the prompt says, as paragraphs in the order models weigh them, style first.

    Args:
        prompt: Any valid prompt.
        says_avoid: End with a list of what to avoid, for models that have no field for it.
    """
    return render(prompt, PROSE if says_avoid else PROSE_WITH_FIELD).text


def shown(prompt: VideoPrompt) -> str:
    """What a video of *prompt* shows and says, to be judged: "no weapons" would read as weapons."""
    return f"{prompt.title}.\n{to_prose(prompt, says_avoid=False)}"


def to_compact(prompt: VideoPrompt, max_chars: int = COMPACT_CHARS) -> str:
    """The prompt in at most *max_chars* characters, the least important parts left out first.

    Style and scene always stay, then what to avoid, what happens, the camera's move, light, mood
    and sound follow while there is room. Only a style or scene that alone is too long is cut, at a word.

    Raises:
        ValueError: *max_chars* is below 40, which leaves no room for a thought.
    """
    return render(prompt, PromptForm("compact", max_chars, Negatives.LIST)).text


def negative_prompt(prompt: VideoPrompt) -> str:
    """What to avoid as a comma-separated list, for a provider's own field."""
    return ", ".join(prompt.avoid)


def mood_words(mood: float) -> str:
    """A mood from -1 to 1 in words a video model understands."""
    steps = (
        (-0.6, "a quiet nightmare, tense, never cruel"),
        (-0.2, "uneasy and hushed"),
        (0.2, "strange and still"),
        (0.6, "tender and hopeful"),
    )
    return next((words for limit, words in steps if mood < limit), "blissful and weightless")


def _paragraphs(prompt: VideoPrompt) -> list[str]:
    paragraphs = [
        f"Style: {_ended(prompt.style)}",
        f"Scene: {_ended(prompt.scene)}",
        f"Camera: {_ended(prompt.cinematography)}",
        f"Light: {_ended(prompt.lighting)} Palette, dark to light: {', '.join(prompt.palette)}.",
        f"What happens: {_timed_beats(prompt)}",
        f"Mood: {mood_words(prompt.mood)}.",
        f"Sound: {_ended(prompt.audio)}",
    ]
    if prompt.finishing:
        paragraphs.append(f"Finishing: {_ended(prompt.finishing)}")
    return paragraphs


def _compact(prompt: VideoPrompt, max_chars: int, *, label: str, avoid: str) -> str:
    """Style and scene, then whatever else has room, in the order of its worth."""
    if max_chars < LEAST_CHARS:
        msg = f"A prompt does not fit in {max_chars} characters; allow {LEAST_CHARS} or more."
        raise ValueError(msg)
    kept = _cut(f"{_ended(prompt.style)} {_ended(prompt.scene)}", max_chars)
    # The first of several beats shows where we are, which the scene says already.
    beats = prompt.beats[1:] if len(prompt.beats) > TOLD_IN_FULL else prompt.beats
    framing, _, move = prompt.cinematography.rpartition("; ")
    optional = (
        avoid,
        label,
        " ".join(_ended(_capital(beat.action)) for beat in beats),
        _ended(_capital(move)),
        f"Light: {_ended(prompt.lighting)}",
        f"Mood: {mood_words(prompt.mood)}.",
        f"Colors {', '.join(prompt.palette)}.",
        _ended(framing) if framing else "",
        f"Sound: {_ended(prompt.audio)}",
        _ended(_capital(prompt.finishing)) if prompt.finishing else "",
    )
    for part in optional:
        if part and len(kept) + 1 + len(part) <= max_chars:
            kept = f"{kept} {part}"
    return kept


def _avoidance(prompt: VideoPrompt, negatives: Negatives) -> str:
    if not prompt.avoid or negatives is Negatives.FIELD:
        return ""
    quiet = [ADULTS_ONLY if thing == "children" else thing for thing in prompt.avoid]
    said = [thing for thing in quiet if thing not in ALARMING]
    if not said:
        return ""
    if negatives is Negatives.LIST:
        return f"Avoid: {', '.join(said)}."
    return " ".join(f"No {thing}." for thing in said)


def _timed_beats(prompt: VideoPrompt) -> str:
    return " ".join(f"At {beat.at_s:g} s, {_ended(beat.action)}" for beat in prompt.beats)


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cut(text: str, max_chars: int) -> str:
    if len(text) <= max_chars:
        return text
    head = text[: max_chars - 1]
    return f"{head[: head.rfind(' ')] if ' ' in head else head}…"
