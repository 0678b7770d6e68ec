"""One dream goes the whole way over real HTTP, twice; the second time nothing is posted again."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest
import sqlalchemy as sa

from dreambox_pipeline.cli.demo import Demo, Scope
from dreambox_pipeline.cli.demo_reviewer import REVIEWER
from dreambox_pipeline.cli.timings import Timings
from dreambox_pipeline.cli.world import World
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.safety.audit import AuditEntry, verify
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import Ledger, publications, reviews
from dreambox_pipeline.storage.tables import audit_log

SCOPE = Scope(videos=1, questions=5, first_days=3, watched_days=3)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[RunningSandbox]:
    # In this world nobody who grants takes it back within the test's few days.
    with running_sandbox(state_path=tmp_path / "world.sqlite", seed=11) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, sandbox: RunningSandbox) -> Iterator[Settings]:
    base = Settings(
        var_dir=tmp_path / "var",
        tiktok_base_url=sandbox.info["tiktok_base_url"],
        clock_url=sandbox.info["clock_url"],
        clip_seconds=3.0,
    )
    parts = resources_from(base)
    names = ("ledger", "media", "keyring", "clock")
    with running_desk(**{name: parts[name] for name in names}) as desk:
        yield base.model_copy(update={"media_base_url": f"{desk}/media"})


def test_a_comment_becomes_a_post_with_views_and_nothing_is_posted_twice(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    """The main job, and the promise that a second run is free of damage."""
    ledger: Ledger = resources_from(settings)["ledger"]
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            Demo(World(sandbox.info, settings), instance, _silent, Timings(), SCOPE).run()

    with ledger.read() as connection:
        posts = publications.published(connection)
        approvals = reviews.events(connection)
    listed = resources_from(settings)["tiktok"].client.videos(fields=("item_id", "caption"))
    captions = [video.caption for video in listed]
    assert len(posts) == 2
    assert len({post.post_id for post in posts}) == 2
    assert [captions.count(post.caption) for post in posts] == [1, 1]
    assert {event.reviewer for event in approvals} == {REVIEWER}
    _assert_lineage_leads_to_views(settings)
    _assert_files_are_to_spec(settings, posts)
    _assert_audit_chain_is_whole(ledger)


def _silent(_step: str) -> None:
    """The test reads results, not progress."""


def _assert_lineage_leads_to_views(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as warehouse:
        rows = warehouse.sql(
            "select comment_id, dream_id, prompt_id, job_id, render_id, post_id, views from lineage where post_id is not null"
        ).fetchall()
    assert len(rows) == 2
    assert all(value is not None for row in rows[:1] for value in row[:-1])
    assert any(row[-1] for row in rows), "at least the first post has been watched for days"


def _assert_files_are_to_spec(settings: Settings, posts: list[publications.PublicationRow]) -> None:
    media = resources_from(settings)["media"]
    for post in posts:
        facts = probe(media.get(post.content_hash, ".mp4"))
        assert (facts.width, facts.height, facts.video_codec, facts.audio_codec) == (
            1080,
            1920,
            "h264",
            "aac",
        )


def _assert_audit_chain_is_whole(ledger: Ledger) -> None:
    with ledger.read() as connection:
        rows = connection.execute(sa.select(audit_log).order_by(audit_log.c.seq)).mappings().all()
    entries = [AuditEntry(**row) for row in rows]
    assert entries
    assert verify(entries) is None
