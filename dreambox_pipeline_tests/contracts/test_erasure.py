"""A dreamer who takes a dream back is gone from every store, however often the eraser is killed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from dreambox_pipeline.media.measuring.frame_statistics import perceptual_hash
from dreambox_pipeline.media.references import prepared_reference
from dreambox_pipeline.safety.audit import verify
from dreambox_pipeline.stages.dreams.model import ConsentState, RankedDream
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.lake import COMMENTS, ENGAGEMENT_SNAPSHOTS
from dreambox_pipeline.storage.ledger import (
    Ledger,
    audit,
    consents,
    dreams,
    erasures,
    labels,
    outbox,
    prompts,
    publications,
    tasks,
    videos,
)
from dreambox_pipeline.storage.tables import consents as consents_table
from dreambox_pipeline.storage.tables import metadata
from dreambox_pipeline.storage.tables import provenance as provenance_table
from dreambox_pipeline.storage.tables import series as series_table
from dreambox_pipeline.storage.tables import spend as spend_table
from dreambox_pipeline_tests.storage import story, told
from dreambox_pipeline_tests.storage.story import NOON
from dreambox_pipeline_tests.storage.told import HANDLE, MARKER, Stores

LATER = NOON + timedelta(days=4)
HOUR = timedelta(hours=1)


@pytest.fixture
def stores(ledger: Ledger, tmp_path: Path) -> Stores:
    return Stores.under(tmp_path / "var", ledger)


def words_in(found: dict[str, Any]) -> set[str]:
    return {
        place
        for place, content in found.items()
        if MARKER in str(content) or HANDLE in str(content)
    }


def test_the_words_are_gone_from_every_store(stores, tmp_path):
    """Read back through every store's own reader, because files are compressed."""
    told.two_dreams(stores, tmp_path)
    # Whoever adds a place where words may be adds it to `told` as well.
    assert words_in(stores.contents()) == {
        "consents", "dream_labels", "dreams", "findings", "generation_jobs", "item_failures", "kits", "lake",
        "outbox", "post_drafts", "prompts", "provenance", "publications", "rankings", "review_events", "tasks",
        "source_videos", "videos", "warehouse", "webhook_inbox", "work",
    }  # fmt: skip

    assert stores.eraser().erase(story.ids(1).comment_id, reason="withdrawn", now=LATER)
    left = stores.contents()
    assert words_in(left) == set()
    assert [row["comment_id"] for row in left["lake"]] == [
        story.ids(2).comment_id,
        f"{told.STRANGERS_REPLY}1",
    ]
    assert left["media"] == []
    assert left["work"] == []
    assert left["kits"] == []


def test_no_byte_of_the_folder_tells_it(stores, tmp_path, ledger_url):
    """Not in free pages, not in the write-ahead log, not in an older copy of the warehouse."""
    told.two_dreams(stores, tmp_path)
    for number in range(3, 9):  # so that pages are split, and rows moved
        told.tell(stores, tmp_path, number)
    stores.eraser().erase(story.ids(1).comment_id, reason="withdrawn", now=LATER)
    for number in range(3, 9):
        stores.eraser().request(story.ids(number).comment_id, reason="withdrawn", now=LATER)
    assert len(stores.eraser().finish_all(now=LATER)) == 6

    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert "warehouse.duckdb" in {file.name for file in files}
    if ledger_url.startswith("sqlite"):
        assert any(file.name.startswith("ledger.sqlite") for file in files)
    for file in files:
        content = file.read_bytes()
        assert MARKER.encode() not in content, file.name
        assert HANDLE.encode() not in content, file.name


def test_a_second_erasure_changes_nothing(stores, tmp_path):
    """It is asked for again whenever TikTok tells of the deletion again."""
    told.two_dreams(stores, tmp_path)
    stores.eraser().erase(story.ids(1).comment_id, reason="withdrawn", now=LATER)
    left = stores.contents()
    stores.eraser().erase(story.ids(1).comment_id, reason="comment_deleted", now=LATER + HOUR)
    assert stores.eraser().finish_all(now=LATER + HOUR) == []
    assert stores.contents() == left


def test_ids_hashes_and_times_stay(stores, tmp_path):
    """The tombstone, the proof of consent, the audit chain, and the way from comment to post."""
    ids = told.tell(stores, tmp_path)
    stores.eraser().erase(ids.comment_id, reason="withdrawn", now=LATER)
    with stores.ledger.read() as connection:
        tombstone = erasures.find(connection, ids.comment_id)
        proof = connection.execute(sa.select(consents_table)).mappings().one()
        chain = audit.entries(connection)
        (row,) = publications.of_dream(connection, ids.dream_id)
        husk = dreams.report(connection, ids.dream_id)
        emptied = prompts.get(connection, ids.prompt_id)
    assert tombstone is not None
    counted = {
        "comments": 3, "dreams": 1, "prompts": 1, "videos": 1, "files": 5, "posts_to_take_down": 1,
    }  # fmt: skip
    assert (tombstone.reason, tombstone.finished_at, tombstone.detail) == (
        "withdrawn",
        LATER,
        counted,
    )
    assert proof["state"] == ConsentState.WITHDRAWN
    assert proof["withdrawn_at"] == LATER
    assert (proof["answer_hash"], proof["wording_version"]) == ("a" * 64, "en-1")
    assert verify(chain) is None
    assert (chain[-1].action, chain[-1].subject) == ("comment.erased", ids.comment_id)
    assert chain[-1].detail == {"dream": ids.dream_id, "reason": "withdrawn", **counted}
    assert (row.post_id, row.state) == (ids.post_id, PublicationState.PUBLISHED)
    assert husk is not None
    assert (husk.text, husk.author_id, husk.facts.motifs) == ("", "", ())
    assert emptied is not None


def test_a_public_post_becomes_a_person_s_task(stores, tmp_path):
    """TikTok lets no program take a post down."""
    ids = told.tell(stores, tmp_path)
    stores.eraser().erase(ids.comment_id, reason="comment_deleted", now=LATER)
    with stores.ledger.read() as connection:
        (task,) = tasks.open_tasks(connection)
    assert (task.kind, task.subject) == (tasks.TAKEDOWN, ids.post_id)
    assert task.payload["post_id"] == ids.post_id
    assert task.payload["why"] == "comment_deleted"


def test_a_video_that_waits_for_its_slot_leaves_the_queue_at_once(ledger, stores):
    """With the tombstone, long before the slow removals."""
    row = story.queue(ledger, 1)
    stores.eraser().request(story.ids(1).comment_id, reason="withdrawn", now=LATER)
    with ledger.read() as connection:
        assert publications.planned(connection) == []
        assert not consents.is_granted(connection, story.ids(1).dream_id)
        cancelled = publications.get(connection, row.publication_id)
    assert cancelled is not None
    assert cancelled.state is PublicationState.CANCELLED


def test_a_post_that_is_on_its_way_keeps_its_caption_until_it_is_known(ledger, stores):
    """It is looked for by its caption; then it is a person's task, and the caption goes as well."""
    row = story.queue(ledger, 1)
    comment_id = story.ids(1).comment_id
    with ledger.write() as connection:
        publications.claim(connection, row.publication_id, claim_token="w", now=LATER)
        claimed = publications.get(connection, row.publication_id)
        assert claimed is not None
        sent = publications.move(connection, claimed, PublicationState.UNCONFIRMED, now=LATER)
    assert not stores.eraser().erase(comment_id, reason="withdrawn", now=LATER)
    assert stores.eraser().finish_all(now=LATER) == []
    with ledger.write() as connection:
        waiting = publications.get(connection, row.publication_id)
        assert waiting is not None
        assert waiting.caption == row.caption
        publications.move(
            connection, sent, PublicationState.PUBLISHED, now=LATER, post_id=story.ids(1).post_id
        )
    assert stores.eraser().finish_all(now=LATER) == [comment_id]
    with ledger.read() as connection:
        public = publications.get(connection, row.publication_id)
        (task,) = tasks.open_tasks(connection, kind=tasks.TAKEDOWN)
    assert public is not None
    assert public.caption == ""
    assert task.subject == story.ids(1).post_id


def test_a_file_that_another_video_uses_stays(stores, tmp_path):
    """Files are named by their content; two videos may share one until both are gone."""
    for number in (1, 2):
        told.tell(stores, tmp_path, number, shared_cover=True)
    stores.eraser().erase(story.ids(1).comment_id, reason="withdrawn", now=LATER)
    # Five of the other video, and two of its that a killed run stored.
    assert len(stores.files()) == 7
    stores.eraser().erase(story.ids(2).comment_id, reason="withdrawn", now=LATER)
    assert stores.files() == []


def test_of_a_provenance_record_its_hashes_stay(stores, tmp_path):
    """They prove which file was made and whether it was signed, and tell nothing of the dream."""
    ids = told.tell(stores, tmp_path)
    stores.eraser().erase(ids.comment_id, reason="withdrawn", now=LATER)
    with stores.ledger.read() as connection:
        row = connection.execute(sa.select(provenance_table)).mappings().one()
    assert row["record"] == {"prompt": {"prose_hash": "b" * 64}, "clip_hash": "c" * 64}
    assert (row["content_hash"], row["unsigned_reason"]) == ("a" * 64, "erased")
    assert row["recorded_at"] == NOON


def test_what_a_clip_cost_stays(stores, tmp_path):
    """The account has to add up; an amount and ids tell nothing of the dream."""
    ids = told.tell(stores, tmp_path)
    paid = {
        "spend_id": f"{ids.job_id}:1", "job_id": ids.job_id, "dream_id": ids.dream_id,
        "generator": "gemini_omni", "state": "settled", "reserved_microusd": 420_000,
        "settled_microusd": 400_000, "day": "2026-11-02", "reserved_at": NOON, "settled_at": NOON,
    }  # fmt: skip
    with stores.ledger.write() as connection:
        connection.execute(sa.insert(spend_table).values(paid))
    stores.eraser().erase(ids.comment_id, reason="withdrawn", now=LATER)
    with stores.ledger.read() as connection:
        assert dict(connection.execute(sa.select(spend_table)).mappings().one()) == paid


def picture_of(seed: int, folder: Path) -> Path:
    """A picture with some structure, another one for each seed."""
    cells = np.random.default_rng(seed).integers(0, 255, (16, 9, 3), np.uint8)
    path = folder / f"picture-{seed}.jpg"
    Image.fromarray(cells).resize((720, 1280), Image.Resampling.BICUBIC).save(path, quality=95)
    return path


@pytest.mark.parametrize("is_theirs", [True, False])
def test_a_series_goes_on_without_a_picture_that_had_to_go(stores, tmp_path, is_theirs):
    """Its reference may be the cover of a dream that was taken back."""
    ids = told.tell(stores, tmp_path)
    with stores.ledger.write() as connection:
        cover = connection.scalar(sa.select(metadata.tables["videos"].c.cover_hash))
        reference = cover if is_theirs else stores.media.put(picture_of(3, tmp_path))
        row = {
            "series_id": "ser_1", "name": "November", "style_id": "ink", "reference_hash": reference,
            "started_at": NOON,
        }  # fmt: skip
        connection.execute(sa.insert(series_table).values(row))
    stores.eraser().erase(ids.comment_id, reason="withdrawn", now=LATER)
    with stores.ledger.read() as connection:
        left = connection.scalar(sa.select(series_table.c.reference_hash))
    assert left == (None if is_theirs else reference)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_series_picture_taken_from_the_video_goes(stores, tmp_path, seed):
    """`dreambox series start --reference` writes the picture anew, so its hash is nobody's."""
    ids = told.tell(stores, tmp_path)
    shown = Image.open(picture_of(1, tmp_path)).convert("L").resize((270, 480))
    reference = tmp_path / "reference.jpg"
    reference.write_bytes(prepared_reference(picture_of(seed, tmp_path)))
    digest = stores.media.put(reference)
    row = {
        "series_id": "ser_1", "name": "November", "style_id": "ink", "reference_hash": digest,
        "started_at": NOON,
    }  # fmt: skip
    with stores.ledger.write() as connection:
        frames = ["0" * 16, perceptual_hash(np.asarray(shown))]
        connection.execute(sa.update(metadata.tables["videos"]).values(frame_hashes=frames))
        connection.execute(sa.insert(series_table).values(row))
    stores.eraser().erase(ids.comment_id, reason="withdrawn", now=LATER)
    with stores.ledger.read() as connection:
        left = connection.scalar(sa.select(series_table.c.reference_hash))
    assert (left, stores.files()) == ((None, []) if seed == 1 else (digest, [f"{digest}.jpg"]))


def test_the_post_s_caption_does_not_come_back(stores, tmp_path):
    """TikTok lists the post, with title and handle, until a person has taken it down."""
    told.two_dreams(stores, tmp_path)
    ids = story.ids(1)
    stores.eraser().erase(ids.comment_id, reason="withdrawn", now=LATER)
    with stores.ledger.write() as connection:
        told.see_post(connection, ids)
    assert words_in(stores.contents()) == set()


def test_another_s_work_stays(stores, tmp_path):
    """A run may be at it now."""
    told.tell(stores, tmp_path)
    other = story.ids(2).job_id
    (stores.work_dir / f"{other}.json").write_text("{}")
    stores.eraser().erase(story.ids(1).comment_id, reason="withdrawn", now=LATER)
    assert [path.name for path in stores.work_dir.iterdir()] == [f"{other}.json"]


def test_a_finding_s_picture_that_another_video_shows_stays(stores, tmp_path):
    """Two black frames are one file."""
    first, second = (told.tell(stores, tmp_path, number) for number in (1, 2))
    findings_table = metadata.tables["findings"]
    with stores.ledger.write() as connection:
        of_first = sa.select(findings_table.c.picture_hash).where(
            findings_table.c.render_id == first.render_id,
            findings_table.c.picture_hash.is_not(None),
        )
        picture = connection.scalar(of_first)
        connection.execute(
            sa.update(findings_table)
            .where(findings_table.c.render_id == second.render_id)
            .values(picture_hash=picture)
        )
    stores.eraser().erase(first.comment_id, reason="withdrawn", now=LATER)
    assert f"{picture}.webp" in stores.files()
    stores.eraser().erase(second.comment_id, reason="withdrawn", now=LATER)
    assert f"{picture}.webp" not in stores.files()


def test_an_unknown_comment_is_never_stored_afterwards(ledger, stores):
    """Its deletion may be told before its text was read."""
    comment_id = story.ids(1).comment_id
    assert stores.eraser().erase(comment_id, reason="comment_deleted", now=LATER)
    with ledger.write() as connection:
        assert dreams.save_reports(connection, [story.report(1)], now=LATER) == 0
        label = labels.Label(comment_id, True, "words", "en", "mia", LATER)
        labels.record(connection, label)
        assert dreams.report(connection, story.ids(1).dream_id) is None
        assert labels.everything(connection) == []
        assert erasures.erased_ids(connection) == {comment_id}
    erased = erasures_of(ledger)
    merge = stores.lake.upsert(
        COMMENTS, NOON.date(), [story.comment(1)], leaving_out=lambda: erased
    )
    assert merge.total == 0


def erasures_of(ledger: Ledger) -> frozenset[str]:
    with ledger.read() as connection:
        return erasures.erased_ids(connection)


@pytest.mark.parametrize("work", ["prompt", "video", "question", "ranking"])
def test_a_worker_that_writes_after_the_erasure_is_cleaned_up_after(ledger, stores, work):
    """It had read the dream before; the tombstone opens again, and the next run removes it all."""
    ids = story.ids(1)
    if work == "video":
        story.make(ledger, 1)
    elif work == "prompt":
        story.ask(ledger, 1)
    else:
        with ledger.write() as connection:
            dreams.save_reports(connection, [story.report(1)], now=NOON)
    stores.eraser().erase(ids.comment_id, reason="withdrawn", now=LATER)
    with ledger.write() as connection:
        if work == "prompt":
            row = prompts.PromptRow(ids.prompt_id, ids.dream_id, "ink", story.video_prompt())
            prompts.save(
                connection,
                row,
                template_version="1",
                policy_version=0,
                prose=MARKER,
                screening=story.report(1).screening,
                now=LATER,
            )
        elif work == "video":
            second = story.video(1, render_id="vid_late", title=MARKER, credit=HANDLE)
            videos.save(connection, second, [])
        elif work == "question":
            consents.record_question(
                connection,
                ids.dream_id,
                wording_version="en-1",
                text=MARKER,
                question_comment_id="771",
                now=LATER,
            )
        else:
            place = RankedDream(ids.dream_id, 1, 0.8, {}, MARKER)
            dreams.save_ranking(connection, [place], policy_version=0, now=LATER)

    finished = stores.eraser().finish_all(now=LATER)
    assert finished == ([] if work == "ranking" else [ids.comment_id])
    with ledger.read() as connection:
        rows = [
            str(row)
            for table in metadata.sorted_tables
            for row in connection.execute(table.select())
        ]
    assert not any(MARKER in row or HANDLE in row for row in rows)


def test_a_question_that_was_not_sent_is_never_sent(ledger, stores):
    """There is nobody left to ask."""
    story.ask(ledger, 1)
    ids = story.ids(1)
    payload = {"dream_id": ids.dream_id, "comment_id": ids.comment_id, "text": "May we?"}
    with ledger.write() as connection:
        outbox.enqueue(connection, f"q:{ids.dream_id}", kind="q", payload=payload, now=NOON)
    stores.eraser().erase(ids.comment_id, reason="comment_deleted", now=LATER)
    with ledger.read() as connection:
        assert outbox.unsent(connection, "q") == []
        assert consents.states(connection) == {ids.dream_id: ConsentState.DECLINED}


def test_what_the_platform_counted_stays(stores, tmp_path):
    """Views are the account's own figures and tell nothing of the dreamer."""
    ids = told.tell(stores, tmp_path)
    stores.eraser().erase(ids.comment_id, reason="withdrawn", now=LATER)
    days = stores.lake.days(ENGAGEMENT_SNAPSHOTS)
    assert {row["post_id"] for row in stores.lake.read(ENGAGEMENT_SNAPSHOTS, days)} == {ids.post_id}


def test_marts_built_afterwards_show_that_a_dream_was_there_and_nothing_of_it(stores, tmp_path):
    """Counts stay right; the words are not there."""
    ids = told.tell(stores, tmp_path)
    stores.eraser().erase(ids.comment_id, reason="withdrawn", now=LATER)
    stores.build()
    (dream,) = stores.warehouse.read("dim_dreams")
    assert (dream["dream_id"], dream["suspended"], dream["suspended_reason"]) == (
        ids.dream_id,
        True,
        "erased",
    )
    assert dream["text"] is None
    assert (dream["setting"], dream["motifs"]) == ("unknown", [])
