"""How far comments were collected, as the sensor that collects them remembers it.

Asking for a run is not storing a comment: the run may fail, or leave a video out. So a request
is only noted, and counts once its runs have succeeded and no fresh video was left out. Until
then its comments are new, and after a while they are asked for again.
"""

from datetime import datetime, timedelta

import dagster as dg
from pydantic import AwareDatetime, BaseModel, ConfigDict

from dreambox_pipeline.stages.comments.model import SourceVideo
from dreambox_pipeline.storage.ledger import Ledger, failures

ASK_AGAIN_AFTER = timedelta(minutes=10)
"""A run that failed or left a video out is repeated after this; at once would meet the same trouble."""

RUN_KEY_TAG = "dagster/run_key"


class Asked(BaseModel):
    """Runs that were requested, and how far they bring us if they succeed.

    Attributes:
        at: When they were requested.
        seen, listed: What the cursor becomes.
        attempt: 1 for the first; Dagster starts a run key only once.
    """

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    seen: AwareDatetime
    listed: AwareDatetime
    attempt: int
    run_keys: tuple[str, ...]

    def run_keys_that_succeeded(self, instance: dg.DagsterInstance, job_name: str) -> set[str]:
        """Which of the runs are over and well."""
        return {
            key
            for key in self.run_keys
            if instance.get_runs_count(
                dg.RunsFilter(
                    job_name=job_name,
                    statuses=[dg.DagsterRunStatus.SUCCESS],
                    tags={RUN_KEY_TAG: key},
                )
            )
        }


class CommentsCursor(BaseModel):
    """The sensor's memory.

    Attributes:
        seen: Newest comment that is stored.
        listed: When our videos were last listed.
        asked: The request that is not known to have succeeded, or None.
    """

    model_config = ConfigDict(frozen=True)

    seen: AwareDatetime
    listed: AwareDatetime
    asked: Asked | None = None

    def after_success(self) -> "CommentsCursor":
        """The request went through: its comments are stored."""
        if self.asked is None:
            return self
        return CommentsCursor(seen=self.asked.seen, listed=self.asked.listed)

    def request(
        self, days: set[str], *, seen: datetime, listed: datetime, now: datetime
    ) -> "CommentsCursor":
        """The cursor once runs for *days* are requested."""
        attempt = self.asked.attempt + 1 if self.asked else 1
        asked = Asked(
            at=now,
            seen=seen,
            listed=listed,
            attempt=attempt,
            run_keys=tuple(
                f"{day}:{seen.isoformat()}:{listed.isoformat()}:{attempt}" for day in sorted(days)
            ),
        )
        return self.model_copy(update={"asked": asked})


def has_collected(
    instance: dg.DagsterInstance,
    ledger: Ledger,
    asked: Asked,
    *,
    job_name: str,
    videos: list[SourceVideo],
) -> bool:
    """All requested runs succeeded and left none of *videos* out."""
    if asked.run_keys_that_succeeded(instance, job_name) != set(asked.run_keys):
        return False
    with ledger.read() as connection:
        newest = failures.newest(connection, limit=1000)
    left_out = {item_id for stage, item_id, _, _ in newest if stage == "comments"}
    return left_out.isdisjoint(video.source_video_id for video in videos)
