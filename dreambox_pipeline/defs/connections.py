"""Watching the consents of connected accounts: a person is asked in time to renew them."""

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.storage.ledger import Ledger, endings

EVERY_S = 3_600


@dg.sensor(
    minimum_interval_seconds=EVERY_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Opens a task for every account whose consent ends within 30 days; a year after it was given, TikTok takes "
        "nothing from us any more. `dreambox login` renews it and closes the task."
    ),
)
def connections_sensor(
    context: dg.SensorEvaluationContext,
    ledger: dg.ResourceParam[Ledger],
    clock: dg.ResourceParam[Clock],
) -> dg.SkipReason:
    """Once per consent; asking again changes nothing."""
    now = clock()
    with ledger.write() as connection:
        asked = endings.ask_in_time(connection, now=now)
    for row in asked:
        context.log.warning(
            "The consent of %s (%s) ends on %s. Run `%s`.",
            row.account_id,
            row.host.label,
            row.refresh_expires_at.date(),
            endings.login_command(row.account_id, row.host),
        )
    if asked:
        return dg.SkipReason(f"{len(asked)} accounts have to be connected again soon.")
    return dg.SkipReason("No consent ends soon, or somebody was asked already.")
