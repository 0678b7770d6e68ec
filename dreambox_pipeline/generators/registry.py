"""Which generators there are, by the name the settings use."""

from collections.abc import Callable
from pathlib import Path

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.stages.videos.generation import VideoGenerator


def _synthetic(work_dir: Path) -> VideoGenerator:
    # Imported here: it brings OpenCV and FFmpeg, which a listing of names does not need.
    from dreambox_pipeline.generators.synthetic import SyntheticGenerator

    return SyntheticGenerator(work_dir)


GENERATORS: dict[str, Callable[[Path], VideoGenerator]] = {"synthetic": _synthetic}


def generator_for(name: str, *, work_dir: Path) -> VideoGenerator:
    """The generator called *name*, keeping its job files in *work_dir*.

    Raises:
        StopError: There is no such generator.
    """
    if name not in GENERATORS:
        known = ", ".join(sorted(GENERATORS))
        raise StopError(
            f"Looking up the generator {name!r}: there is none of that name. Set DREAMBOX_GENERATOR to one of: {known}."
        )
    return GENERATORS[name](work_dir)
