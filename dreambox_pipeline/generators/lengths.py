"""Which of the clip lengths a model makes to ask for."""

from collections.abc import Sequence

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.videos.generation import is_length_as_asked


def nearest_length(wanted_s: float, lengths_s: Sequence[int], *, known: str) -> int:
    """The length nearest to *wanted_s*, the shorter of two that are equally near.

    Args:
        wanted_s: Seconds the prompt asks for.
        lengths_s: Whole seconds to choose from; at least one.
        known: What lengths there are, for a person.

    Raises:
        ItemError: The nearest length is so far off that the clip would be thrown away.
    """
    nearest = min(lengths_s, key=lambda length: (abs(length - wanted_s), length))
    if not is_length_as_asked(nearest, wanted_s):
        raise ItemError(
            f"The prompt asks for {wanted_s:g} s and the model makes clips of {known} s. Nothing was sent. "
            "Set DREAMBOX_CLIP_SECONDS to such a length and make the prompt again."
        )
    return nearest
