"""A prompt in a provider's words: full prose, compact prose, and what to avoid.

Language-driven video models read prose, some with a limit of 1,000 characters; some take
what to avoid in a field of its own, others as a sentence. All three say what the typed
prompt says and nothing else. Length and size are never spelled out: models obey those
only as parameters of the request.
"""

from typing import Final

from dreambox_pipeline.stages.prompts.model import VideoPrompt

# Runway's limit, the tightest of the hosted models we know.
COMPACT_CHARS: Final = 1000
# Below this not even one style and one scene fit, and a prompt of half a thought is worse than none.
LEAST_CHARS: Final = 40


def to_prose(prompt: VideoPrompt, *, says_avoid: bool = True) -> str:
    """Everything the prompt says, as paragraphs in the order models weigh them, style first.

    Args:
        prompt: Any valid prompt.
        says_avoid: End with a sentence of what to avoid, for models that have no field for it.
    """
    parts = [
        f"Style: {prompt.style}.",
        f"Scene: {_ended(prompt.scene)}",
        f"Camera: {prompt.cinematography}.",
        f"Light: {prompt.lighting}. Palette, dark to light: {', '.join(prompt.palette)}.",
        f"What happens: {_timed_beats(prompt)}",
        f"Mood: {mood_words(prompt.mood)}.",
        f"Sound: {prompt.audio}.",
    ]
    if says_avoid and prompt.avoid:
        parts.append(f"Avoid: {', '.join(prompt.avoid)}.")
    return "\n".join(parts)


def to_compact(prompt: VideoPrompt, max_chars: int = COMPACT_CHARS) -> str:
    """The prompt in at most *max_chars* characters, the least important parts left out first.

    Style and scene always stay, then what to avoid, what happens, light, camera, mood and
    sound follow while there is room. Only a style or scene that alone is too long is cut, at a word.

    Raises:
        ValueError: *max_chars* is below 40, which leaves no room for a thought.
    """
    if max_chars < LEAST_CHARS:
        msg = f"A prompt does not fit in {max_chars} characters; allow {LEAST_CHARS} or more."
        raise ValueError(msg)
    kept = _cut(f"{prompt.style}. {_ended(prompt.scene)}", max_chars)
    avoid = f"No {', no '.join(prompt.avoid)}." if prompt.avoid else ""
    optional = (
        avoid,
        " ".join(_ended(_capital(beat.action)) for beat in prompt.beats),
        f"Light: {prompt.lighting}.",
        f"{prompt.cinematography}.",
        f"Colours {', '.join(prompt.palette)}.",
        f"Mood: {mood_words(prompt.mood)}.",
        f"Sound: {prompt.audio}.",
    )
    for part in optional:
        if part and len(kept) + 1 + len(part) <= max_chars:
            kept = f"{kept} {part}"
    return kept


def negative_prompt(prompt: VideoPrompt) -> str:
    """What to avoid as a comma-separated list, for a provider's own field."""
    return ", ".join(prompt.avoid)


def mood_words(mood: float) -> str:
    """A mood from -1 to 1 in words a video model understands."""
    steps = (
        (-0.6, "a quiet nightmare, tense, never gory"),
        (-0.2, "uneasy and hushed"),
        (0.2, "strange and still"),
        (0.6, "tender and hopeful"),
    )
    return next((words for limit, words in steps if mood < limit), "blissful and weightless")


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
