"""A softened prompt for a generator that refused the first."""

from dataclasses import replace

from dreambox_pipeline.stages.prompts.softening import soften
from dreambox_pipeline.storage.ledger.prompts import PromptRow


def softened_row(row: PromptRow) -> PromptRow | None:
    """*row* with a gentler prompt for the same dream; None when there is nothing to soften."""
    gentler = soften(row.prompt)
    return None if gentler is None or gentler == row.prompt else replace(row, prompt=gentler)
