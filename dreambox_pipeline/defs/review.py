"""Review: decisions come from people at the desk; a sensor reports each batch of them.

`review_decisions` is external: Dagster never makes it. The real gate is in the queue's query (an
approval of exactly this content) and in `every_post_was_approved`.
"""

import dagster as dg

from dreambox_pipeline.defs.videos import finished_videos

GROUP = "review"

review_decisions = dg.AssetSpec(
    key="review_decisions",
    group_name=GROUP,
    deps=[finished_videos],
    kinds={"sqlite"},
    owners=["team:dreambox"],
    description=(
        "What people decided at the desk, appended event by event. An approval counts for exactly the file the "
        "person saw. Reported by review_sensor."
    ),
)
