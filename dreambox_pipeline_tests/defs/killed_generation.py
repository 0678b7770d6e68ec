"""Take one generation job on at a real video server, and be killed (SIGKILL) at a chosen moment.

Run as a program of its own: `python -m dreambox_pipeline_tests.defs.killed_generation VAR_DIR
CLOCK SERVER KEY JOB_ID MOMENT`. The moment is `before_submit`, `after_submit`, `before_download` or `never`.
"""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from dreambox_pipeline.clock import clock_for, time_zone
from dreambox_pipeline.defs.clip_jobs.budget import budget_of
from dreambox_pipeline.defs.clip_jobs.runner import JobRunner
from dreambox_pipeline.generators.openai_videos import OpenAIVideosGenerator
from dreambox_pipeline.safety.moderation import NoModerator
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import Ledger, jobs
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline_tests.contracts.video_benches import SIZE


class MortalGenerator(OpenAIVideosGenerator):
    """The real adapter over real HTTP, whose process ends at one moment."""

    moment = "never"

    def submit(self, *args: Any, **kwargs: Any) -> str:
        self._die_at("before_submit")
        answer = super().submit(*args, **kwargs)
        self._die_at("after_submit")
        return answer

    def download(self, *args: Any, **kwargs: Any) -> Path:
        self._die_at("before_download")
        return super().download(*args, **kwargs)

    def _die_at(self, moment: str) -> None:
        if self.moment == moment:
            os.kill(os.getpid(), signal.SIGKILL)


def main(var_dir: Path, clock_url: str, *, server: str, key: str, job_id: str, moment: str) -> None:
    settings = Settings(var_dir=var_dir, clock_url=clock_url)
    generator = MortalGenerator(
        server,
        api_key=SecretStr(key),
        model="wan",
        price_microusd_per_second=50_000,
        size=SIZE,
    )
    generator.moment = moment
    ledger = Ledger(settings.ledger_url)
    runner = JobRunner(
        (generator,),
        ledger=ledger,
        media=MediaStore(settings.media_dir),
        moderator=NoModerator(),
        clock=clock_for(settings.clock_url),
        sleep=time.sleep,
        budget=budget_of(settings, time_zone(settings.time_zone)),
        work_dir=settings.var_dir / "work",
        log=lambda _: None,
    )
    with ledger.read() as connection:
        (job,) = jobs.open_jobs(connection, ids=[job_id])
    runner.finish(job)


if __name__ == "__main__":
    folder, clock, server, key, job_id, moment = sys.argv[1:]
    main(Path(folder), clock, server=server, key=key, job_id=job_id, moment=moment)
