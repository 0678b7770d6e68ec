import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.generators.registry import GENERATORS
from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.review.model import Decision, ReviewEvent
from dreambox_pipeline.stages.videos import stand_in
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.lake import COMMENTS, DATASETS, ENGAGEMENT_SNAPSHOTS, Lake
from dreambox_pipeline.storage.ledger import (
    Ledger,
    accounts,
    consents,
    dreams,
    failures,
    reviews,
    spend,
)
from dreambox_pipeline.storage.marts import mart_specs
from dreambox_pipeline.storage.tables import generation_jobs, metadata, prompts, review_events
from dreambox_pipeline.storage.warehouse import LEDGER_INPUTS, MartBuilt, Warehouse
from dreambox_pipeline_tests.storage import rivals, story
from dreambox_pipeline_tests.storage.limits import run_with_file_limit
from dreambox_pipeline_tests.storage.story import NOON, comment, snapshot

NOW = NOON + timedelta(days=4)


@pytest.fixture
def warehouse(tmp_path: Path, ledger: Ledger, lake: Lake) -> Warehouse:
    return Warehouse(tmp_path / "warehouse.duckdb", ledger=ledger, lake=lake)


def build(warehouse: Warehouse, time_zone: str = "UTC") -> dict[str, MartBuilt]:
    return {mart.name: mart for mart in warehouse.build(now=NOW, time_zone=time_zone)}


def one(warehouse: Warehouse, mart: str) -> dict[str, Any]:
    (row,) = warehouse.read(mart)
    return row


def left_over(warehouse: Warehouse) -> set[str]:
    kept = {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "lake"}
    return {path.name for path in warehouse.path.parent.iterdir()} - kept


def test_marts_have_the_columns_they_declare(warehouse: Warehouse, ledger: Ledger, lake: Lake):
    """Names and order, with rows and without, and the types do not depend on the rows."""
    empty = build(warehouse)
    story.tell(ledger, lake)
    full = build(warehouse)
    for spec in mart_specs():
        assert [name for name, _ in full[spec.name].columns] == list(spec.lineage), spec.name
        assert full[spec.name].columns == empty[spec.name].columns
        assert full[spec.name].inputs == spec.inputs


def test_marts_declare_the_tables_they_read():
    """DuckDB itself says which tables a query touches."""
    with duckdb.connect() as database:
        for name, columns in LEDGER_INPUTS.items():
            kinds = ", ".join(f'"{column}" VARCHAR' for column in columns)
            database.execute(f'CREATE TABLE "{name}" ({kinds})')
        for dataset in DATASETS:
            database.from_arrow(dataset.schema.empty_table()).create(dataset.name)
        for spec in mart_specs():
            code = "\n".join(
                line for line in spec.sql.splitlines() if not line.lstrip().startswith("--")
            )
            found = {table.lower() for table in database.get_table_names(code)}
            assert found == set(spec.inputs), spec.name
            columns = ", ".join(f'NULL AS "{column}"' for column in spec.lineage)
            database.execute(f'CREATE TABLE "{spec.name}" AS SELECT {columns}')


def test_lineage_walks_from_the_comment_to_the_views(
    warehouse: Warehouse, ledger: Ledger, lake: Lake
):
    """One row holds every id, and each of them is there where it belongs."""
    ids = story.tell(ledger, lake)
    build(warehouse)
    row = one(warehouse, "lineage")
    assert row["step"] == "published"
    for name in story.Ids.__dataclass_fields__:
        assert row[name] == getattr(ids, name)
    assert row["views"] == 250
    assert row["question_comment_id"] == "771"
    assert row["answer_comment_id"] == "781"
    resolved = warehouse.read(
        """
        SELECT count(*) AS ways
        FROM lineage
        JOIN dim_source_videos USING (source_video_id)
        JOIN dim_comments USING (comment_id)
        JOIN dim_dreams ON dim_dreams.dream_id = lineage.dream_id
        JOIN dim_videos ON dim_videos.render_id = lineage.render_id
            AND dim_videos.job_id = lineage.job_id AND dim_videos.prompt_id = lineage.prompt_id
        JOIN fct_posts ON fct_posts.publication_id = lineage.publication_id
        JOIN fct_engagement ON fct_engagement.post_id = lineage.post_id
            AND fct_engagement.taken_at = lineage.snapshot_at
        """
    )
    assert resolved == [{"ways": 1}]


def test_lineage_has_every_dream_once_with_its_furthest_way(
    warehouse: Warehouse, ledger: Ledger, lake: Lake
):
    """A dream that was made twice counts by the attempt that was posted."""
    story.tell(ledger, lake, 1)
    story.make(ledger, 2)
    story.ask(ledger, 3)
    with ledger.write() as connection:
        dreams.save_reports(connection, [story.report(4)], now=NOON)
        again = dict(connection.execute(sa.select(prompts)).mappings().first() or {})
        again |= {"prompt_id": "prm_again", "dream_id": story.ids(1).dream_id}
        connection.execute(sa.insert(prompts).values(again | {"composed_at": NOW}))
    build(warehouse)
    steps = {row["dream_id"]: row["step"] for row in warehouse.read("lineage")}
    assert steps == {
        story.ids(1).dream_id: "published",
        story.ids(2).dream_id: "finished",
        story.ids(3).dream_id: "asked",
        story.ids(4).dream_id: "told",
    }
    ways = warehouse.read("SELECT prompt_id FROM lineage WHERE step = 'published'")
    assert ways == [{"prompt_id": story.ids(1).prompt_id}]


def test_a_post_shows_its_slot_and_its_newest_numbers(
    warehouse: Warehouse, ledger: Ledger, lake: Lake
):
    """Known numbers are there, unknown ones are NULL and never 0."""
    story.tell(ledger, lake)
    build(warehouse, "America/New_York")
    row = one(warehouse, "fct_posts")
    assert (row["policy_version"], row["style_id"], row["setting"]) == (3, "ink", "school")
    assert (row["motifs"], row["hashtags"]) == (["whale"], ["dream", "whale"])
    assert (row["slot_hour"], row["slot_weekday"]) == (15, 0)  # 20:00 UTC on a Monday
    assert (row["views"], row["likes"], row["age_hours"]) == (250, 20, 48.0)
    for unknown in ("comments", "shares", "reach", "full_video_watched_rate", "reward"):
        assert row[unknown] is None


def test_a_late_reading_without_views_does_not_hide_the_known_ones(
    warehouse: Warehouse, ledger: Ledger, lake: Lake
):
    """TikTok answers NULL first, and sometimes again."""
    ids = story.tell(ledger, lake)
    lake.upsert(ENGAGEMENT_SNAPSHOTS, date(2026, 11, 6), [snapshot(ids.post_id, NOW)])
    build(warehouse)
    assert one(warehouse, "fct_posts")["views"] == 250
    readings = warehouse.read("fct_engagement")
    assert [row["views"] for row in readings] == [None, 250, 100]
    assert [row["is_latest"] for row in readings] == [False, True, False]


def test_a_post_nobody_measured_has_unknown_numbers(warehouse: Warehouse, ledger: Ledger):
    """No snapshot is not zero views."""
    story.queue(ledger, 1)
    build(warehouse)
    row = one(warehouse, "fct_posts")
    assert row["state"] == "planned"
    assert row["views"] is row["age_hours"] is row["snapshot_at"] is row["published_at"] is None


def test_a_snapshot_of_a_foreign_post_is_kept_without_ids(
    warehouse: Warehouse, ledger: Ledger, lake: Lake
):
    """The account may post by hand, too."""
    story.queue(ledger, 1)  # a queued video has no post id, which must not match anything
    lake.upsert(ENGAGEMENT_SNAPSHOTS, NOON.date(), [snapshot("999", NOON, views=3)])
    build(warehouse)
    row = one(warehouse, "fct_engagement")
    assert (row["post_id"], row["views"]) == ("999", 3)
    assert row["publication_id"] is row["age_hours"] is None


def test_days_are_the_accounts_days(warehouse: Warehouse, lake: Lake):
    """Half past midnight in Berlin is still yesterday in UTC."""
    late = datetime.fromisoformat("2026-11-02T23:30:00+00:00")
    rows = [
        comment(1, created_at=late),
        comment(2, created_at=late, is_owner=True),
        comment(3, created_at=late, parent_comment_id="74", author_id="aut_1", status="HIDDEN"),
    ]
    lake.upsert(COMMENTS, late.date(), rows)
    build(warehouse, "Europe/Berlin")
    row = one(warehouse, "fct_comments_daily")
    assert row["day"] == date(2026, 11, 3)
    assert (row["comments"], row["replies"], row["owner_comments"]) == (2, 1, 1)
    assert (row["hidden_comments"], row["commenters"]) == (1, 1)
    assert (row["dreams"], row["dream_rate"]) == (0, 0.0)


def test_a_day_without_viewers_has_no_rate(warehouse: Warehouse, lake: Lake):
    """0 of 0 is unknown."""
    lake.upsert(COMMENTS, NOON.date(), [comment(1, is_owner=True)])
    build(warehouse)
    assert one(warehouse, "fct_comments_daily")["dream_rate"] is None


def test_a_comment_stored_under_two_days_counts_once(warehouse: Warehouse, lake: Lake):
    """Its newer time wins."""
    lake.upsert(COMMENTS, NOON.date(), [comment(1)])
    lake.upsert(COMMENTS, NOW.date(), [comment(1, created_at=NOW)])
    build(warehouse)
    assert one(warehouse, "dim_comments")["created_at"] == NOW


def test_costs_are_unknown_until_they_are_known(warehouse: Warehouse, ledger: Ledger, lake: Lake):
    """Per accepted clip, failures included, and NULL when an accepted one's price is not known."""
    story.tell(ledger, lake)
    with ledger.write() as connection:
        job = dict(connection.execute(sa.select(generation_jobs)).mappings().one())
        failed = {"job_id": "job_b", "state": "failed", "cost_microusd": 50_000}
        connection.execute(sa.insert(generation_jobs).values(job | failed))
    build(warehouse)
    row = one(warehouse, "fct_costs")
    assert (row["jobs"], row["accepted"], row["failed"]) == (2, 1, 1)
    assert (row["spent_microusd"], row["microusd_per_accepted_video"]) == (300_000, 300_000)
    assert row["jobs_without_cost"] == 0
    with ledger.write() as connection:
        connection.execute(sa.update(generation_jobs).values(cost_microusd=None))
    build(warehouse)
    row = one(warehouse, "fct_costs")
    assert row["spent_microusd"] is row["microusd_per_accepted_video"] is None
    assert row["jobs_without_cost"] == 2


def test_bookings_and_approved_videos_stand_beside_the_jobs(
    warehouse: Warehouse, ledger: Ledger, lake: Lake
):
    """Reserved, settled and given back per day and generator; approved counts for exactly this file."""
    ids = story.tell(ledger, lake)
    with ledger.write() as connection:

        def book(microusd: int) -> None:
            spend.reserve(
                connection,
                ids.job_id,
                dream_id=ids.dream_id,
                generator="synthetic",
                microusd=microusd,
                day="2026-11-02",
                now=NOON,
            )

        book(microusd=300_000)
        spend.settle(connection, ids.job_id, told_microusd=250_000, was_made=True, now=NOON)
        book(microusd=300_000)
        spend.release(connection, ids.job_id, now=NOON)
        book(microusd=200_000)
    build(warehouse)
    row = one(warehouse, "fct_costs")
    assert (row["settled_microusd"], row["released_microusd"]) == (250_000, 300_000)
    assert (row["reserved_microusd"], row["settled_without_amount"]) == (200_000, 0)
    assert (row["approved"], row["microusd_per_approved_video"]) == (1, 250_000)
    with ledger.write() as connection:
        spend.settle(connection, ids.job_id, told_microusd=None, was_made=False, now=NOON)
        connection.execute(sa.update(review_events).values(content_hash="another file"))
    build(warehouse)
    row = one(warehouse, "fct_costs")
    assert (row["settled_microusd"], row["settled_without_amount"]) == (250_000, 1)
    assert (row["approved"], row["microusd_per_approved_video"]) == (0, None)


def test_money_of_a_day_without_new_jobs_has_a_row(
    warehouse: Warehouse, ledger: Ledger, lake: Lake
):
    """Planned in the evening, sent after midnight: both days are there, and unknown is not 0."""
    ids = story.tell(ledger, lake)
    with ledger.write() as connection:
        spend.reserve(
            connection,
            ids.job_id,
            dream_id=ids.dream_id,
            generator="synthetic",
            microusd=300_000,
            day="2026-11-03",
            now=NOON,
        )
        spend.settle(connection, ids.job_id, told_microusd=None, was_made=False, now=NOON)
    build(warehouse)
    later, first = warehouse.read("fct_costs")
    assert (later["day"], later["jobs"], later["settled_microusd"]) == (date(2026, 11, 3), 0, None)
    assert (first["jobs"], first["settled_microusd"]) == (1, None)


def test_the_funnel_counts_every_step(warehouse: Warehouse, ledger: Ledger, lake: Lake):
    """Blocked dreams do not pass screening; a rate of nothing is unknown."""
    story.tell(ledger, lake, 1)
    story.ask(ledger, 2)
    story.ask(ledger, 3)
    lake.upsert(COMMENTS, NOON.date(), [comment(n) for n in range(2, 9)])
    lake.upsert(COMMENTS, NOON.date(), [comment(9, is_owner=True)])
    blocked = story.report(4, screening=Screening(ScreeningAction.BLOCK, ("minor",)))
    with ledger.write() as connection:
        dreams.save_reports(connection, [blocked], now=NOON)
        consents.record_answer(
            connection,
            story.ids(2).dream_id,
            state=ConsentState.DECLINED,
            now=NOON,
            answer_comment_id="79",
        )
    build(warehouse)
    funnel = {row["step"]: (row["items"], row["rate"]) for row in warehouse.read("funnel")}
    assert funnel == {
        "comments": (8, None),
        "dreams": (4, 0.5),
        "screened": (3, 0.75),
        "asked": (3, 1.0),
        "granted": (1, 1 / 3),
        "declined": (1, 1 / 3),
        "prompts": (1, 1.0),
        "clips": (1, 1.0),
        "finished": (1, 1.0),
        "approved": (1, 1.0),
        "queued": (1, 1.0),
        "published": (1, 1.0),
    }


def test_an_empty_funnel_has_counts_and_no_rates(warehouse: Warehouse):
    """Nothing came in yet, and that much is known."""
    build(warehouse)
    rows = warehouse.read("funnel")
    assert {row["items"] for row in rows} == {0}
    assert {row["rate"] for row in rows} == {None}


def test_health_is_measured_and_unknown_health_is_null(warehouse: Warehouse, ledger: Ledger):
    """Waiting reviews have an age; without any, or without answers to divide, there is none."""
    build(warehouse)
    before = {
        (row["metric"], row["label"]): row["value"] for row in warehouse.read("system_metrics")
    }
    assert before["open_reviews", None] == 0
    for unknown in ("oldest_open_review_age", "consent_answer_rate", "spent", "newest_comment_age"):
        assert before[unknown, None] is None
    story.make(ledger, 1)
    story.ask(ledger, 2)
    with ledger.write() as connection:
        for _ in range(3):
            error = ValueError("no")
            failures.record(connection, stage="videos", item_id="x", error=error, now=NOON)
    build(warehouse)
    after = {
        (row["metric"], row["label"]): row["value"] for row in warehouse.read("system_metrics")
    }
    assert after["oldest_open_review_age", None] == 4 * 24 - 5
    assert after["consent_answer_rate", None] == 0.5
    assert after["failures", "videos"] == 3
    assert after["failed_items", "videos"] == 1
    assert after["jobs", "accepted"] == 1
    assert after["spent", None] == 250_000


def test_a_verdict_on_another_file_leaves_the_review_open(warehouse: Warehouse, ledger: Ledger):
    """The newest verdict on exactly this content counts, and a remark is none."""
    ids = story.make(ledger, 1)
    event = ReviewEvent(0, ids.render_id, "0" * 64, Decision.APPROVE, "mia", "", NOON)

    def state_after(content_hash: str, decision: Decision) -> str:
        seen = ReviewEvent(0, event.render_id, content_hash, decision, "mia", "", NOON)
        with ledger.write() as connection:
            reviews.append(connection, seen)
        build(warehouse)
        return str(one(warehouse, "dim_videos")["review_state"])

    right = story.video(1).content_hash
    assert state_after("0" * 64, Decision.APPROVE) == "open"
    assert state_after(right, Decision.APPROVE) == "approved"
    assert state_after(right, Decision.COMMENT) == "approved"
    assert state_after(right, Decision.REJECT) == "rejected"


def test_a_video_shows_who_made_it_and_how_it_looks(warehouse: Warehouse, ledger: Ledger):
    """A stand-in is told from a model, unknown from no, and one series from another."""
    ids = story.make(ledger, 1)
    build(warehouse)
    before = one(warehouse, "dim_videos")
    assert (before["drift"], before["is_signed"], before["series_name"]) == (None, None, None)
    with ledger.write() as connection:
        connection.execute(
            sa.insert(metadata.tables["series"]).values(
                series_id="ser_1", name="November", style_id="ink", started_at=NOON
            )
        )
        connection.execute(sa.update(prompts).values(series_id="ser_1", writer="gpt-6-luna"))
        connection.execute(
            sa.update(generation_jobs).values(generator="synthetic", is_softened=True)
        )
        connection.execute(sa.update(metadata.tables["videos"]).values(drift=1.4))
        connection.execute(
            sa.insert(metadata.tables["provenance"]).values(
                render_id=ids.render_id,
                content_hash=story.video(1).content_hash,
                record={},
                recorded_at=NOON,
            )
        )
    build(warehouse)
    row = one(warehouse, "dim_videos")
    assert (row["series_id"], row["series_name"], row["writer"]) == (
        "ser_1",
        "November",
        "gpt-6-luna",
    )
    assert (row["is_stand_in"], row["is_softened"], row["drift"]) == (True, True, 1.4)
    assert row["is_signed"] is True


@pytest.mark.parametrize("about", ["this file", "an earlier file"])
def test_a_signature_counts_for_exactly_one_file(warehouse: Warehouse, ledger: Ledger, about: str):
    """What was recorded about an earlier file says nothing of the one that is there now."""
    ids = story.make(ledger, 1)
    content = story.video(1).content_hash if about == "this file" else "0" * 64
    row = {
        "render_id": ids.render_id, "content_hash": content, "record": {},
        "unsigned_reason": "no key", "recorded_at": NOON,
    }  # fmt: skip
    with ledger.write() as connection:
        connection.execute(sa.insert(metadata.tables["provenance"]).values(row))
    build(warehouse)
    expected = False if about == "this file" else None
    assert one(warehouse, "dim_videos")["is_signed"] is expected


def test_generators_have_the_registry_s_titles(warehouse: Warehouse, ledger: Ledger):
    """A query cannot ask the registry, so its words are held together with it here."""
    for number, name in enumerate((*GENERATORS, "gone_one"), start=1):
        ids = story.make(ledger, number)
        with ledger.write() as connection:
            connection.execute(
                sa.update(generation_jobs)
                .where(generation_jobs.c.job_id == ids.job_id)
                .values(generator=name)
            )
    build(warehouse)
    titles = {row["generator"]: row["generator_title"] for row in warehouse.read("dim_videos")}
    assert titles == {name: entry.title for name, entry in GENERATORS.items()} | {
        "gone_one": "gone_one"
    }
    stand_ins = {row["generator"] for row in warehouse.read("dim_videos") if row["is_stand_in"]}
    assert stand_ins == {stand_in.NAME}


def test_nothing_private_reaches_the_file(warehouse: Warehouse, ledger: Ledger, lake: Lake):
    """Raw comments, tokens, handles, and dreams of people who said no."""
    story.tell(ledger, lake, 1)
    story.ask(ledger, 2)
    lake.upsert(COMMENTS, NOON.date(), [comment(n, text=f"rawtext{n} " * 20) for n in (1, 2, 3)])
    keyring = Keyring(Fernet.generate_key().decode())
    account = accounts.Connected("main", "b", "act.x", "rft.x", NOON, NOON, ())
    with ledger.write() as connection:
        accounts.store(connection, account, keyring, now=NOON)
        refused = story.report(2, text="refusedtext")
        blocked = story.report(
            5, text="blockedtext", screening=Screening(ScreeningAction.BLOCK, ("x",))
        )
        dreams.save_reports(connection, [refused, blocked], now=NOON)
        consents.record_answer(connection, refused.dream_id, state=ConsentState.DECLINED, now=NOON)
        stored = connection.execute(sa.select(metadata.tables["connections"])).mappings().one()
    build(warehouse)
    everything = warehouse.path.read_bytes()
    rows = "".join(str(warehouse.read(spec.name)) for spec in mart_specs())
    assert "[name]" in rows
    for secret in ("rawtext", "refusedtext", "blockedtext", "@dreamer"):
        assert secret not in rows
        assert secret.encode() not in everything
    for column in ("access_token_encrypted", "refresh_token_encrypted"):
        assert stored[column] not in rows
        assert stored[column].encode() not in everything
    tables = warehouse.read("SELECT table_name FROM information_schema.tables")
    assert {row["table_name"] for row in tables} == {spec.name for spec in mart_specs()}


def test_a_build_tells_what_it_made(warehouse: Warehouse, lake: Lake):
    """Row counts and a preview of at most eight rows, for Dagster's pages."""
    lake.upsert(COMMENTS, NOON.date(), [comment(n) for n in range(20)])
    built = build(warehouse)
    assert built["dim_comments"].rows == 20
    assert len(built["dim_comments"].preview) == 8
    assert built["dim_comments"].preview[0]["comment_id"] == comment(0)["comment_id"]
    assert dict(built["dim_comments"].columns)["comment_id"] == "VARCHAR"
    assert dict(built["dim_comments"].columns)["created_at"] == "TIMESTAMP WITH TIME ZONE"


def test_building_again_from_the_same_rows_gives_the_same_marts(
    warehouse: Warehouse, ledger: Ledger, lake: Lake
):
    """It is derived data: deleting it loses nothing."""
    story.tell(ledger, lake)
    first = build(warehouse)
    rows = {name: warehouse.read(name) for name in first}
    warehouse.path.unlink()
    assert build(warehouse) == first
    assert {name: warehouse.read(name) for name in first} == rows
    assert left_over(warehouse) == {"warehouse.duckdb", ".warehouse.lock"}


def test_more_rows_than_one_batch_are_all_loaded(
    warehouse: Warehouse, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    """Ledger tables are streamed; the last, short batch counts too."""
    monkeypatch.setattr("dreambox_pipeline.storage.warehouse._BATCH_ROWS", 3)
    with ledger.write() as connection:
        dreams.save_reports(connection, [story.report(n) for n in range(8)], now=NOON)
    assert build(warehouse)["dim_dreams"].rows == 8


def test_a_naive_now_is_refused(warehouse: Warehouse):
    """Ages would be wrong by hours."""
    with pytest.raises(ValueError, match="naive"):
        warehouse.build(now=datetime(2026, 11, 2), time_zone="UTC")  # noqa: DTZ001 - the test's subject
    assert left_over(warehouse) == set()


READER = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as database:
    for line in sys.stdin:
        print(database.execute("SELECT count(*) FROM dim_dreams").fetchone()[0], flush=True)
"""


def test_an_analysts_open_session_is_neither_blocked_nor_blocking(
    warehouse: Warehouse, ledger: Ledger
):
    """Another process holds the file open through a build and keeps its own, whole state."""
    story.ask(ledger, 1)
    build(warehouse)
    analyst = subprocess.Popen(
        [sys.executable, "-c", READER, str(warehouse.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert analyst.stdin is not None
    assert analyst.stdout is not None

    def ask() -> str:
        analyst.stdin.write("\n")
        analyst.stdin.flush()
        return str(analyst.stdout.readline().strip())

    try:
        assert ask() == "1"
        story.ask(ledger, 2)
        build(warehouse)
        assert ask() == "1"
        assert len(warehouse.read("dim_dreams")) == 2
    finally:
        analyst.communicate()
    assert analyst.returncode == 0


def test_a_new_build_is_seen_beside_an_open_session_of_ones_own(
    warehouse: Warehouse, ledger: Ledger
):
    """DuckDB would hand the same process the file it opened first."""
    story.ask(ledger, 1)
    build(warehouse)
    with duckdb.connect(warehouse.path, read_only=True) as session:
        story.ask(ledger, 2)
        build(warehouse)
        assert len(warehouse.read("dim_dreams")) == 2
        assert session.execute("SELECT count(*) FROM dim_dreams").fetchone() == (1,)


def test_builders_of_two_processes_take_turns(
    warehouse: Warehouse, ledger: Ledger, ledger_url: str
):
    """Each publishes a whole file and neither removes the other's draft."""
    story.ask(ledger, 1)
    calls = [(warehouse.path, ledger_url, warehouse._lake.root)] * 3
    assert rivals.at_once(rivals.build_warehouse, calls) == [1, 1, 1]
    assert len(warehouse.read("dim_dreams")) == 1
    assert left_over(warehouse) == {"warehouse.duckdb", ".warehouse.lock"}


FILL = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.lake import Lake
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.warehouse import Warehouse
path, url, lake = sys.argv[1:]
warehouse = Warehouse(Path(path), ledger=Ledger(url), lake=Lake(Path(lake)))
try:
    warehouse.build(now=datetime(2026, 11, 9, tzinfo=UTC), time_zone="UTC")
except StopError as error:
    print(error)
"""


def test_a_full_disk_leaves_the_published_file_and_no_draft(
    warehouse: Warehouse, ledger: Ledger, ledger_url: str
):
    """Analysts go on with yesterday's numbers."""
    story.ask(ledger, 1)
    build(warehouse)
    before = warehouse.path.read_bytes()
    ledger.close()
    arguments = [str(warehouse.path), ledger_url, str(warehouse._lake.root)]
    said = run_with_file_limit(FILL, arguments, limit_bytes=100_000)
    assert "Free some space" in said
    assert warehouse.path.read_bytes() == before
    assert left_over(warehouse) == {"warehouse.duckdb", ".warehouse.lock"}


def test_a_killed_builders_draft_is_cleared_away(warehouse: Warehouse):
    """With its log and its spill folder."""
    parent = warehouse.path.parent
    (parent / ".warehouse.123.duckdb").write_text("half")
    (parent / ".warehouse.123.duckdb.wal").write_text("half")
    (parent / ".warehouse.123.duckdb.tmp").mkdir()
    (parent / ".warehouse.123.duckdb.tmp" / "spilled").write_text("half")
    build(warehouse)
    assert left_over(warehouse) == {"warehouse.duckdb", ".warehouse.lock"}


def test_a_damaged_lake_file_is_named(warehouse: Warehouse, lake: Lake):
    """So a person can restore it; the published file stays."""
    lake.upsert(COMMENTS, NOON.date(), [comment(1)])
    build(warehouse)
    lake.path(COMMENTS, NOON.date()).write_bytes(b"not parquet" * 100)
    with pytest.raises(StopError, match=r"part\.parquet"):
        build(warehouse)
    assert len(warehouse.read("dim_comments")) == 1
    assert left_over(warehouse) == {"warehouse.duckdb", ".warehouse.lock"}


def test_a_folder_nobody_can_make_stops_with_a_remedy(tmp_path: Path, ledger: Ledger, lake: Lake):
    """A file is in the way."""
    (tmp_path / "var").write_text("")
    warehouse = Warehouse(tmp_path / "var" / "warehouse.duckdb", ledger=ledger, lake=lake)
    with pytest.raises(StopError, match="make the folder writable"):
        build(warehouse)


def test_reading_before_the_first_build_says_what_to_do(warehouse: Warehouse):
    """Instead of making an empty file."""
    with pytest.raises(StopError, match="Materialise the marts"):
        warehouse.read("lineage")
    assert left_over(warehouse) == set()


def test_a_damaged_warehouse_says_what_to_do(warehouse: Warehouse):
    """It can be deleted without loss."""
    warehouse.path.write_bytes(os.urandom(5000))
    with pytest.raises(StopError, match="delete it"):
        warehouse.read("lineage")


def test_reading_takes_parameters_and_changes_nothing(
    warehouse: Warehouse, ledger: Ledger, tmp_path: Path
):
    """Read-only means the file, and the rest of the disk as well."""
    story.ask(ledger, 1)
    build(warehouse)
    wanted = story.ids(1).dream_id
    query = "SELECT dream_id FROM dim_dreams WHERE dream_id = ?"
    assert warehouse.read(query, [wanted]) == [{"dream_id": wanted}]
    assert warehouse.read(query, ["drm_none"]) == []
    (tmp_path / "secret.csv").write_text("a\n1\n")
    for forbidden in (
        "DROP TABLE dim_dreams",
        f"FROM read_csv('{tmp_path / 'secret.csv'}')",
        f"COPY dim_dreams TO '{tmp_path / 'out.csv'}'",
    ):
        with pytest.raises(duckdb.Error):
            warehouse.read(forbidden)
    assert len(warehouse.read("dim_dreams")) == 1


def test_the_file_says_which_time_zone_it_was_built_for(ledger, lake, tmp_path):
    """Analysts may ask, and a rebuild uses the same one."""
    story.tell(ledger, lake)
    warehouse = Warehouse(tmp_path / "w.duckdb", ledger=ledger, lake=lake)
    warehouse.rebuild(now=story.NOON)
    assert not warehouse.path.exists()
    warehouse.build(now=story.NOON, time_zone="Asia/Tokyo")
    first = warehouse.path.stat().st_ino
    warehouse.rebuild(now=story.NOON)
    assert warehouse.path.stat().st_ino != first
    assert warehouse.read("SELECT account_time_zone() AS zone") == [{"zone": "Asia/Tokyo"}]


def test_a_file_that_cannot_be_rebuilt_is_taken_away(ledger, lake, tmp_path):
    """Somebody in it has to disappear, and a damaged file may still hold their words."""
    warehouse = Warehouse(tmp_path / "w.duckdb", ledger=ledger, lake=lake)
    warehouse.path.write_bytes(b"words of somebody" * 1000)
    warehouse.rebuild(now=story.NOON)
    assert not warehouse.path.exists()
