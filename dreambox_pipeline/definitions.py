"""The composition root: everything Dagster knows about DreamBox, in the order of the flow."""

from collections.abc import Mapping

import dagster as dg

from dreambox_pipeline.defs import (
    automation,
    captions,
    clips,
    comment_changes,
    comments,
    connections,
    dreams,
    engagement,
    learning,
    post_outlook,
    posts,
    prompts,
    review,
    videos,
)
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.settings import Settings, get_settings

STAGES = [
    comments,
    comment_changes,
    dreams,
    prompts,
    clips,
    videos,
    review,
    captions,
    posts,
    post_outlook,
    engagement,
    learning,
]


def build_defs(
    settings: Settings | None = None, *, resources: Mapping[str, object] | None = None
) -> dg.Definitions:
    """DreamBox's definitions.

    Args:
        settings: Where everything is; by default what the environment says.
        resources: Resources to use instead of the settings' own, by name.
    """
    chosen = {**resources_from(settings or get_settings()), **(resources or {})}
    return dg.Definitions(
        assets=dg.load_assets_from_modules(STAGES, include_specs=True),
        asset_checks=dg.load_asset_checks_from_modules(STAGES),
        jobs=automation.JOBS,
        sensors=[*automation.SENSORS, connections.connections_sensor],
        schedules=automation.SCHEDULES,
        resources=chosen,
        # One process per run: a process per step would pay seconds of imports for each.
        executor=dg.in_process_executor,
    )


defs = build_defs()
