"""Knobs of one run, shown in Dagster's launchpad."""

import dagster as dg
from pydantic import Field


class BatchConfig(dg.Config):
    """How much a batch asset does in one run, and on which rows."""

    limit: int = Field(default=20, ge=0, description="At most this many new rows in one run.")
    ids: list[str] = Field(
        default_factory=list,
        description="Only these rows (dream, prompt, job, video or publication ids). Empty: whatever is waiting.",
    )


class PromptConfig(BatchConfig):
    """Beside the usual: whether a dream that was made may be made again."""

    remake: bool = Field(
        default=False,
        description="Give the dreams named in ids another prompt, in a style they were not made in yet. "
        "Without ids nothing is remade.",
    )
