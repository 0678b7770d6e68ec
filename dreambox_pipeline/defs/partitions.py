"""Partitions: days in UTC, today included. Dreams, videos and posts are rows, not partitions.

An asset with daily partitions reads its whole window (`context.partition_time_window`), so a
backfill of a year is one run.
"""

from datetime import date, timedelta

import dagster as dg

from dreambox_pipeline.settings import get_settings

# end_offset=1: today's partition exists although today is not over; it is collected again and again.
DAILY = dg.DailyPartitionsDefinition(
    start_date=get_settings().history_start.isoformat(), end_offset=1
)

SINGLE_RUN = dg.BackfillPolicy.single_run()


def days_of(context: dg.AssetExecutionContext) -> list[date]:
    """Every day the run was asked for, oldest first."""
    window = context.partition_time_window
    count = (window.end - window.start).days
    return [window.start.date() + timedelta(days=offset) for offset in range(count)]
