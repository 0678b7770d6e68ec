"""The writer that leaves our words alone, and what is noted when another's could not be used."""

from dreambox_pipeline.stages.prompts.styles import STYLES
from dreambox_pipeline.stages.prompts.writer import (
    EmbeddedWriter,
    PromptWriter,
    Written,
    fallen_back,
)
from dreambox_pipeline_tests.stages.prompts.test_composition import compose, report


def test_the_embedded_writer_changes_nothing() -> None:
    """Our words were reviewed by a person already."""
    writer: PromptWriter = EmbeddedWriter()
    dream = report(motifs=("whale",))
    base = compose(dream)
    written = writer.write(base, dream.facts, STYLES["violet_dusk"])
    assert written == Written(base, "embedded")
    assert not written.is_fallback


def test_a_fallback_says_why() -> None:
    """In the column that names the writer, where an operator looks for it."""
    written = fallen_back(compose(report()), "minor")
    assert written.writer == "embedded (fallback: minor)"
    assert written.is_fallback
