"""A ledger of the version before, with real rows and jobs on their way: nothing is made or paid again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import alembic.command
import alembic.config
import pytest
import sqlalchemy as sa

from dreambox_pipeline.defs.clips import generated_clips
from dreambox_pipeline.defs.prompts import video_prompts
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.storage.database import open_engine
from dreambox_pipeline.storage.ledger import Ledger, costs
from dreambox_pipeline.storage.ledger.ledger import MIGRATIONS
from dreambox_pipeline.storage.tables import generation_jobs, metadata, prompts
from dreambox_pipeline_tests.defs.workshop import Workshop

S = JobState
BEFORE = "0002"
OLD_STATES = (
    S.PLANNED, S.UNKNOWN, S.SUBMITTED, S.RUNNING, S.DOWNLOADED, S.ACCEPTED, S.FAILED, S.REFUSED, S.LOST,
)  # fmt: skip


def make_old(path: Path) -> None:
    """Put the rows of a ledger into tables of the version before, as far as it had their columns."""
    old = path.with_name("old.sqlite")
    engine = open_engine(f"sqlite:///{old}")
    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, BEFORE)
    engine.dispose()
    with closing(sqlite3.connect(old)) as database, database:
        database.execute("ATTACH ? AS new", (str(path),))
        names = [name for name in metadata.tables if _columns(database, name)]
        for name in names:
            columns = ", ".join(_columns(database, name))
            database.execute(
                f"INSERT OR REPLACE INTO main.{name} ({columns}) SELECT {columns} FROM new.{name}"  # noqa: S608
            )
    old.replace(path)
    for leftover in (f"{path}-wal", f"{path}-shm"):
        Path(leftover).unlink(missing_ok=True)


def _columns(database: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in database.execute(f"PRAGMA main.table_info({table})")]


@contextmanager
def away(workshop: Workshop) -> Iterator[Path]:
    """The workshop's ledger as a file nobody has open."""
    path = workshop.settings.var_dir / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    workshop.ledger.close()
    yield path
    Ledger(f"sqlite:///{path}").migrate()


def states(workshop: Workshop) -> dict[str, str]:
    with workshop.ledger.read() as connection:
        rows = connection.execute(sa.select(generation_jobs.c.job_id, generation_jobs.c.state))
        return {job_id: state for job_id, state in rows}  # noqa: C416 - rows are no tuples


@pytest.fixture
def upgraded(workshop) -> tuple[Workshop, dict[JobState, str]]:
    """One job in each state, from before bookings, by the generator's former version."""
    for _ in OLD_STATES:
        workshop.granted_dream()
    workshop.run(video_prompts)
    workshop.runner().plan(limit=20, ids=None)
    digest = workshop.media.put(workshop.generator.clip)
    by_state = dict(zip(OLD_STATES, sorted(states(workshop)), strict=True))
    with workshop.ledger.write() as connection:
        connection.execute(sa.update(prompts).values(template_version="t1"))
        for state, job_id in by_state.items():
            is_sent = state is not S.PLANNED
            connection.execute(
                sa.update(generation_jobs)
                .where(generation_jobs.c.job_id == job_id)
                .values(
                    state=state.value,
                    generator_version="ready-made-0",
                    attempts=int(is_sent),
                    provider_job_id=job_id if is_sent and state is not S.UNKNOWN else None,
                    clip_hash=digest if state in (S.DOWNLOADED, S.ACCEPTED) else None,
                    cost_microusd=9 if state is S.ACCEPTED else None,
                )
            )
    # The provider took all that were sent.
    workshop.generator.submitted = [by_state[state] for state in OLD_STATES[1:]]
    with away(workshop) as path:
        make_old(path)
    return workshop, by_state


def test_jobs_on_their_way_are_brought_to_their_end_and_nothing_is_sent_twice(upgraded):
    """Only what was planned and never sent is sent; what ended stays ended."""
    workshop, by_state = upgraded
    made = len(states(workshop))
    for _ in range(3):
        workshop.run(video_prompts, generated_clips)
    ended = {S.FAILED, S.REFUSED, S.LOST}
    assert states(workshop) == {
        job_id: state.value if state in ended else S.ACCEPTED.value
        for state, job_id in by_state.items()
    }
    assert len(states(workshop)) == made
    assert workshop.generator.submitted.count(by_state[S.PLANNED]) == 1
    assert len(workshop.generator.submitted) == len(OLD_STATES)
    assert workshop.failures() == {}
    assert [state for state, _, _ in workshop.bookings()] == ["settled"], "of the one that was sent"


def test_what_old_clips_cost_is_known_as_far_as_it_was_written_down(upgraded):
    """No booking is made up for what was paid before there were any."""
    workshop, by_state = upgraded
    workshop.run(generated_clips)
    with workshop.ledger.read() as connection:
        found = costs.of_jobs(connection, list(by_state.values()))
    assert found[by_state[S.ACCEPTED]].known_microusd == 9
    assert found[by_state[S.SUBMITTED]].known_microusd == 250_000
    assert found[by_state[S.FAILED]].known_microusd is None


@pytest.mark.parametrize("state", [S.FAILED, S.LOST])
def test_an_old_job_that_ended_badly_can_be_made_again_by_naming_it(upgraded, state):
    """Its clip carries the version that made it."""
    workshop, by_state = upgraded
    job_id = by_state[state]
    workshop.run(generated_clips, config={"generated_clips": {"ids": [job_id]}})
    assert states(workshop)[job_id] == S.ACCEPTED
    with workshop.ledger.read() as connection:
        version = connection.scalar(
            sa.select(generation_jobs.c.generator_version).where(generation_jobs.c.job_id == job_id)
        )
    assert version == workshop.generator.version
