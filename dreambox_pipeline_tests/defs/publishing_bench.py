"""A due video on a scripted platform, for tests of what a worker does with it."""

from typing import Any

from dreambox_pipeline.defs.posts import published_posts
from dreambox_pipeline.defs.publishing import PublicationRunner
from dreambox_pipeline.errors import DreamBoxError
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.storage.ledger import inbox, tasks
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline_tests.defs.scripted_publisher import Killed, ScriptedPublisher
from dreambox_pipeline_tests.defs.workshop import Workshop

S = PublicationState


class Bench:
    """One due video, one scripted platform, and workers that come and go."""

    def __init__(self, workshop: Workshop, route: Route) -> None:
        self.workshop = workshop
        workshop.parts["settings"] = workshop.parts["settings"].model_copy(
            update={
                "posting_route": route.value,
                "post_privacy": "PUBLIC_TO_EVERYONE",
                "missed_slot_hours": 99.0,
            }
        )
        self.report, row = workshop.queued_video()
        self.render_id = row.render_id
        workshop.pass_time_until(row.slot_at)
        self.platform = ScriptedPublisher(route)

    @property
    def row(self) -> PublicationRow:
        return self.workshop.publication(self.render_id)

    def runner(self, **other_parts: Any) -> PublicationRunner:
        names = ("tiktok", "ledger", "media", "keyring", "clock", "settings")
        parts = {name: self.workshop.parts[name] for name in names}
        return PublicationRunner(publishers=self.platform, **parts, **other_parts)

    def step(self, runner: PublicationRunner | None = None) -> PublicationRow:
        """What one run does with the row."""
        runner, row = runner or self.runner(), self.row
        if row.state is S.PLANNED:
            return runner.publish(row)
        return runner.follow_up(row)

    def go_on(self, *, minutes: int = 11, times: int = 12) -> PublicationRow:
        """Run after run, until nothing changes any more; trouble is a run's end, not ours."""
        for _ in range(times):
            self.workshop.sandbox.advance(minutes * 60)
            try:
                self.step()
            except (DreamBoxError, Killed):
                continue
        return self.row

    def tasks(self) -> list[tasks.Task]:
        with self.workshop.ledger.read() as connection:
            return tasks.open_tasks(connection)

    def tell(self, event: str, **payload: Any) -> None:
        """A webhook arrives."""
        now = self.workshop.now
        told = {"publish_id": "p1", "post_id": None, "told_at": now.isoformat()} | payload
        with self.workshop.ledger.write() as connection:
            inbox.receive(connection, f"{event}{told}", event=event, payload=told, now=now)

    def hear(self) -> None:
        """A run that finds the events."""
        self.workshop.run(published_posts, publishers=self.platform)

    def waiting(self) -> int:
        with self.workshop.ledger.read() as connection:
            return len(inbox.pending(connection))
