"""What slots are worth now: the stored policy, or follower activity until posts have earned anything."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.posts.activity import LOOK_BACK_DAYS, Activity, policy_in_force
from dreambox_pipeline.stages.posts.model import TimingPolicy
from dreambox_pipeline.storage.lake import ACCOUNT_METRICS, Lake
from dreambox_pipeline.storage.ledger import policies


def policy_now(connection: Connection, lake: Lake, zone: ZoneInfo, now: datetime) -> TimingPolicy:
    """The timing policy in force; the lake is read only while no post was judged."""
    stored = policies.newest(connection, TimingPolicy)
    if stored.evidence_posts:
        return stored
    return policy_in_force(stored, follower_activity(lake, now), zone)


def follower_activity(lake: Lake, now: datetime) -> Activity:
    """Active followers by UTC hour on the last days that are stored."""
    since = now.date() - timedelta(days=LOOK_BACK_DAYS)
    days = [day for day in lake.days(ACCOUNT_METRICS) if since <= day <= now.date()]
    return {
        date.fromisoformat(row["day"]): row["audience_activity"]
        for row in lake.read(ACCOUNT_METRICS, days)
    }
