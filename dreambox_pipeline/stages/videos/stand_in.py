"""The offline stand-in for a video model, and the words that say so wherever its work is shown.

A clip drawn by rules must never pass for a model's: not on a card, not in a journey, not in
Dagster. Everyone who shows a clip to a person takes the sentence from here.
"""

from collections.abc import Iterable

NAME = "synthetic"
"""What jobs call the generator that stands in; the registry's key."""

SENTENCE = "Drawn by the offline stand-in, not by a video model."
"""For one video or clip."""


def is_stand_in(generator: str) -> bool:
    """Whether *generator*, as a job names it, is the offline stand-in."""
    return generator == NAME


def sentence_for(generators: Iterable[str]) -> str | None:
    """What has to be said beside clips made by *generators*: None when no stand-in is among them."""
    flags = [is_stand_in(name) for name in generators]
    if not any(flags):
        return None
    if all(flags):
        return SENTENCE
    drawn = sum(flags)
    return f"{drawn} of {len(flags)} drawn by the offline stand-in, not by a video model."
