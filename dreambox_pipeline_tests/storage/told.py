"""A dream that left its words in every store, for tests that make them disappear.

`MARKER` stands for what the dreamer told, `HANDLE` for who they are.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.kits import write_kit
from dreambox_pipeline.stages.dreams.model import RankedDream
from dreambox_pipeline.stages.learning.model import PostReward
from dreambox_pipeline.storage.erasure import Eraser
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.ledger import (
    Ledger,
    dreams,
    failures,
    inbox,
    labels,
    outbox,
    rewards,
    source_videos,
    tasks,
)
from dreambox_pipeline.storage.ledger.labels import Label
from dreambox_pipeline.storage.media_store import MediaStore, content_hash
from dreambox_pipeline.storage.tables import (
    consents,
    findings,
    generation_jobs,
    metadata,
    post_drafts,
    prompts,
    provenance,
    publications,
    review_events,
    videos,
)
from dreambox_pipeline.storage.warehouse import Warehouse
from dreambox_pipeline_tests.storage import story
from dreambox_pipeline_tests.storage.story import NOON

MARKER = "velvetnarwhal"
HANDLE = "moonsleeper_77"

MARTS = ("dim_comments", "dim_dreams", "dim_videos", "fct_posts", "lineage")
"""Those with a row for each comment, dream, video or post."""

REPLY, OUR_REPLY, STRANGERS_REPLY = (
    "7410000000000000001",
    "7410000000000000002",
    "7410000000000000003",
)


@dataclass(frozen=True)
class Stores:
    """Every place that remembers something."""

    ledger: Ledger
    lake: Lake
    media: MediaStore
    warehouse: Warehouse
    work_dir: Path

    @classmethod
    def under(cls, folder: Path, ledger: Ledger) -> "Stores":
        lake = Lake(folder / "lake")
        warehouse = Warehouse(folder / "warehouse.duckdb", ledger=ledger, lake=lake)
        return cls(ledger, lake, MediaStore(folder / "media"), warehouse, folder / "work")

    @property
    def kits_dir(self) -> Path:
        return self.work_dir.with_name("kits")

    def eraser(self) -> Eraser:
        return Eraser(
            self.ledger,
            self.lake,
            self.media,
            self.warehouse,
            self.work_dir,
            kits_dir=self.kits_dir,
        )

    def build(self) -> None:
        self.warehouse.build(now=NOON + timedelta(days=3), time_zone="Europe/Berlin")

    def files(self) -> list[str]:
        """Names of the stored media."""
        return sorted(file.name for file in self.media.root.rglob("*") if file.is_file())

    def contents(self) -> dict[str, Any]:
        """Everything that can be read back, in an order that does not depend on the database."""
        with self.ledger.read() as connection:
            rows = {
                name: sorted(
                    # The database counts events as it likes.
                    repr({key: row[key] for key in row if key not in {"event_id", "permit_id"}})
                    for row in connection.execute(sa.select(table)).mappings()
                )
                for name, table in metadata.tables.items()
            }
        return {
            **rows,
            "lake": self.lake.read(COMMENTS, self.lake.days(COMMENTS)),
            "media": self.files(),
            "work": [
                (str(file.relative_to(self.work_dir)), file.read_text())
                for file in sorted(self.work_dir.rglob("*"))
                if file.is_file()
            ],
            "kits": [
                (str(file.relative_to(self.kits_dir)), file.read_text())
                for file in sorted(self.kits_dir.rglob("*"))
                if file.is_file()
            ],
            "warehouse": repr([self.warehouse.read(name) for name in MARTS]),
        }


def two_dreams(stores: Stores, folder: Path) -> Stores:
    """The one that is taken back, and another one that stays."""
    tell(stores, folder, 1)
    story.tell(stores.ledger, stores.lake, 2)
    stores.build()
    return stores


def tell(stores: Stores, folder: Path, number: int = 1, *, shared_cover: bool = False) -> story.Ids:
    """The whole story of one dream, with its words wherever words may be."""
    ids = story.tell(stores.ledger, stores.lake, number)
    _tell_lake(stores.lake, number)
    _tell_media(stores, folder, ids, cover=0 if shared_cover else number)
    _tell_work(stores, ids)
    _tell_kit(stores, ids)
    with stores.ledger.write() as connection:
        _tell_draft(connection, ids)
        _tell_dream(connection, ids, number)
        _tell_productions(connection, ids)
        _tell_remarks(connection, ids, number)
    return ids


def _tell_lake(lake: Lake, number: int) -> None:
    words = f"in my dream the {MARKER} of @{HANDLE} sang"
    told = story.comment(number, text=words)
    below = {"parent_comment_id": told["comment_id"], "text": f"{words}, yes"}
    replies = [
        story.comment(number, **below, comment_id=f"{REPLY}{number}"),
        story.comment(
            number, **below, comment_id=f"{OUR_REPLY}{number}", is_owner=True, author_id="us"
        ),
        story.comment(
            number,
            comment_id=f"{STRANGERS_REPLY}{number}",
            author_id="aut_stranger",
            parent_comment_id=told["comment_id"],
            text="me too",
        ),
    ]
    lake.upsert(COMMENTS, NOON.date(), [told])
    # Answers come days later.
    later = NOON + timedelta(days=2)
    lake.upsert(COMMENTS, later.date(), [{**reply, "created_at": later} for reply in replies])


def _tell_kit(stores: Stores, ids: story.Ids) -> None:
    folder = stores.kits_dir / f"2026-11-20_{ids.publication_id}"
    write_kit(folder, texts={"caption.txt": f"the {MARKER} of @{HANDLE}"}, files={}, replacing=None)
    # What a killed run leaves of one.
    draft = folder.with_name(f".{folder.name}.4711.1")
    draft.mkdir()
    (draft / "caption.txt").write_text(f"the {MARKER} of")


def _tell_media(stores: Stores, folder: Path, ids: story.Ids, *, cover: int) -> None:
    names = {
        "clip_hash": f"clip {ids.dream_id}",
        "content_hash": f"video {ids.dream_id}",
        "cover_hash": f"cover {cover}",
        "preview_hash": f"preview {ids.dream_id}",
        "picture_hash": f"finding {ids.dream_id}",
    }
    suffixes = {"cover_hash": ".jpg", "preview_hash": ".webp", "picture_hash": ".webp"}
    hashes: dict[str, str] = {}
    for column, content in names.items():
        file = folder / f"made{suffixes.get(column, '.mp4')}"
        file.write_text(f"{content} of the {MARKER}")
        hashes[column] = stores.media.put(file)
        assert hashes[column] == content_hash(file)
        file.unlink()
    picture = hashes.pop("picture_hash")
    with stores.ledger.write() as connection:
        connection.execute(
            sa.update(videos).where(videos.c.render_id == ids.render_id).values(**hashes)
        )
        connection.execute(
            sa.update(findings)
            .where(findings.c.render_id == ids.render_id, findings.c.check_name == "darkness")
            .values(picture_hash=picture)
        )
        connection.execute(
            sa.update(generation_jobs)
            .where(generation_jobs.c.job_id == ids.job_id)
            .values(clip_hash=hashes["clip_hash"])
        )


def _tell_work(stores: Stores, ids: story.Ids) -> None:
    """What runs leave that are killed: at the prompt, at the clip, and with the video stored but unnamed."""
    for name in (
        f"{ids.job_id}.json",
        f".{ids.job_id}.json.4711.part",
        f"{ids.job_id}.mp4",
        f".{ids.job_id}.mp4.x7k2.part",
        f"finish-{ids.job_id}/video.mp4",
        f"finish-{ids.job_id}/done.json",
    ):
        file = stores.work_dir / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{name} of the {MARKER}")
    stores.media.put(stores.work_dir / f"finish-{ids.job_id}" / "video.mp4")
    stores.media.put(stores.work_dir / f"{ids.job_id}.mp4")


def _tell_draft(connection: sa.Connection, ids: story.Ids) -> None:
    row = {
        "render_id": ids.render_id,
        "caption": f"The {MARKER}, told by @{HANDLE}",
        "hashtags": [MARKER],
        "alt_text": f"A {MARKER}.",
        "cover_ms": 1000,
        "is_brand_organic": False,
        "is_branded_content": False,
        "writer": "embedded",
        "policy_version": 0,
        "written_at": NOON,
    }
    connection.execute(sa.insert(post_drafts).values(row))


def _tell_dream(connection: sa.Connection, ids: story.Ids, number: int) -> None:
    words = f"I saw a {MARKER}"
    facts = story.report(number).facts.model_copy(update={"actions": (f"sang a {MARKER}",)})
    told = story.report(number, text=words, facts=facts, signature=tuple(range(128)))
    # Read twice: what an update leaves behind in the file must go as well.
    dreams.save_reports(connection, [told], now=NOON)
    dreams.save_reports(connection, [replace(told, text=words * 3)], now=NOON)
    place = RankedDream(ids.dream_id, 1, 0.9, {}, f"{MARKER} is vivid", {"quote": words})
    connection.execute(
        sa.update(metadata.tables["rankings"])
        .where(metadata.tables["rankings"].c.dream_id == ids.dream_id)
        .values(why=place.why, record=place.record)
    )
    connection.execute(
        sa.update(consents)
        .where(consents.c.dream_id == ids.dream_id)
        .values(question_text=f"@{HANDLE}, may we film the {MARKER}?", credit=HANDLE)
    )
    see_post(connection, ids)
    payload = {"dream_id": ids.dream_id, "comment_id": ids.comment_id, "text": f"@{HANDLE} {words}"}
    outbox.enqueue(connection, f"q:{ids.dream_id}", kind="question", payload=payload, now=NOON)


def see_post(connection: sa.Connection, ids: story.Ids) -> None:
    """TikTok lists our post among the account's videos, with its caption."""
    caption = f"The {MARKER}, dreamt by @{HANDLE}"
    post = replace(story.SOURCE_VIDEO, source_video_id=ids.post_id, caption=caption)
    source_videos.save(connection, [post], now=NOON)


def _tell_productions(connection: sa.Connection, ids: story.Ids) -> None:
    body = story.video_prompt().model_copy(update={"scene": MARKER, "title": f"The {MARKER}"})
    for table, where, values in (
        (prompts, prompts.c.prompt_id == ids.prompt_id,
         {"prose": f"A {MARKER}", "prompt": body.model_dump(mode="json")}),
        (generation_jobs, generation_jobs.c.job_id == ids.job_id, {"error": f"no {MARKER}", "refusal": f"no {MARKER}"}),
        (videos, videos.c.render_id == ids.render_id,
         {"title": f"The {MARKER}", "credit": HANDLE}),
        (findings, findings.c.render_id == ids.render_id, {"message": f"{MARKER} is dark"}),
        (review_events, review_events.c.render_id == ids.render_id, {"reason": f"{MARKER}!"}),
        (publications, publications.c.publication_id == ids.publication_id,
         {"caption": f"The {MARKER}, dreamt by @{HANDLE}", "hashtags": [MARKER], "error": MARKER,
          "alt_text": f"A {MARKER}."}),
    ):  # fmt: skip
        connection.execute(sa.update(table).where(where).values(**values))
    connection.execute(sa.insert(provenance).values(_record(ids)))


def _record(ids: story.Ids) -> dict[str, Any]:
    document = {
        "dream_id": ids.dream_id,
        "credit": HANDLE,
        "prompt": {"prose": f"A {MARKER}", "prose_hash": "b" * 64},
        "steps": [f"drew a {MARKER}"],
        "clip_hash": "c" * 64,
    }
    return {
        "render_id": ids.render_id,
        "content_hash": "a" * 64,
        "record": document,
        "unsigned_reason": f"could not sign The {MARKER}",
        "recorded_at": NOON,
    }


def _tell_remarks(connection: sa.Connection, ids: story.Ids, number: int) -> None:
    words = f"the {MARKER} of @{HANDLE}"
    error = ItemError(f"{ids.dream_id} says {words}")
    for stage, item_id in (("prompts", ids.dream_id), ("consents", f"question:{ids.dream_id}")):
        failures.record(connection, stage=stage, item_id=item_id, error=error, now=NOON)
    failures.record(connection, stage="videos", item_id=ids.job_id, error=error, now=NOON)
    labels.record(connection, Label(ids.comment_id, True, words, "en", "mia", NOON))
    for kind in (tasks.UNCLEAR_ANSWER, tasks.DOUBTED_YES):
        payload = {"comment_id": ids.comment_id, "text": words}
        tasks.open_task(connection, kind, ids.dream_id, payload=payload, now=NOON)
    event = {"comment_id": ids.comment_id, "comment_action": "delete"}
    inbox.receive(connection, f"e{number}", event="comment.update", payload=event, now=NOON)
    inbox.mark_failed(connection, f"e{number}", error=words, now=NOON, give_up=False)
    reward = PostReward(
        ids.post_id, ids.render_id, 0.5, 250, 48.0, NOON, 21, 0, "ink", "school", ("whale",)
    )
    rewards.save(connection, [reward], now=NOON)
