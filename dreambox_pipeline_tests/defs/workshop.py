"""A pipeline of its own for each test, against a sandbox that a module shares.

Everything is real: resources made from settings, TikTok over HTTP, SQLite, folders, Dagster on
an ephemeral instance. Only the video generator is a named fake, because drawing takes seconds.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import dagster as dg
import httpx
import sqlalchemy as sa

from dreambox_pipeline.defs import dreams, posts, prompts
from dreambox_pipeline.defs.clip_jobs.budget import Budget, budget_of
from dreambox_pipeline.defs.clip_jobs.runner import JobRunner
from dreambox_pipeline.defs.comments import comment_from
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.defs.routes import Routes
from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.sandbox.world.crowd import Comment as WorldComment
from dreambox_pipeline.sandbox.world.world import InjectedComment
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.comments.model import Comment, SourceVideo
from dreambox_pipeline.stages.dreams.model import ConsentState, DreamReport
from dreambox_pipeline.stages.dreams.reading import read_comments
from dreambox_pipeline.stages.prompts.composition import (
    choose_style,
    compose_prompt,
    prompt_id_for,
)
from dreambox_pipeline.stages.prompts.model import StylePolicy, VideoPrompt
from dreambox_pipeline.stages.review.model import Decision, ReviewEvent
from dreambox_pipeline.stages.videos.generation import JobProgress
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.storage.ledger import (
    Ledger,
    consents,
    failures,
    jobs,
    provenance,
    publications,
    reviews,
    source_videos,
)
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.ledger import prompts as ledger_prompts
from dreambox_pipeline.storage.ledger import videos as ledger_videos
from dreambox_pipeline.storage.ledger.prompts import PromptRow
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.ledger.videos import VideoRow
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.storage.tables import generation_jobs, spend

DREAM = "Last night I dreamt that a huge whale swam slowly through my old school and everybody was singing"
JOBS: dict[tuple[Any, ...], dg.JobDefinition] = {}
CONTROL = httpx.Client(trust_env=False)
QUIET = {"console": {"config": {"log_level": "CRITICAL"}}}


class ReadyMadeGenerator:
    """Hands out one ready-made file, counts what it is asked, and misbehaves when told to."""

    version = "ready-made-1"

    def __init__(self, clip: Path, name: str = "ready_made") -> None:
        self.name = name
        self.clip = clip
        self.submitted: list[str] = []
        self.downloads = 0
        self.remembers = True
        self.progress = JobProgress(JobState.RUNNING, is_ready=True)
        self.after_submit: Callable[[], None] = lambda: None

        self.price_microusd = 250_000
        self.prompts: list[VideoPrompt] = []
        self.references: list[Path | None] = []

    def estimate_microusd(self, _prompt: VideoPrompt) -> int:
        return self.price_microusd

    def submit(self, prompt: VideoPrompt, *, job_id: str, reference: Path | None = None) -> str:
        self.submitted.append(job_id)
        self.prompts.append(prompt)
        self.references.append(reference)
        self.after_submit()
        return job_id

    def poll(self, provider_job_id: str) -> JobProgress:
        is_known = self.remembers and provider_job_id in self.submitted
        return self.progress if is_known else JobProgress(JobState.LOST)

    def download(self, _provider_job_id: str, to: Path) -> Path:
        self.downloads += 1
        copyfile(self.clip, to)
        return to


class Workshop:
    """One pipeline: its settings and resources, and short ways to bring it somewhere."""

    def __init__(
        self,
        folder: Path,
        *,
        sandbox: RunningSandbox,
        clip: Path,
        instance: dg.DagsterInstance,
        empty_ledger: Path,
    ) -> None:
        self.sandbox = sandbox
        # A new minute for the rate limits, and another hour for whoever counts alike replies.
        # Never at night: a day that has just begun holds no comments yet.
        sandbox.advance(3 * 3600)
        sandbox.advance(max(0, 6 - sandbox.now.hour) * 3600)
        self.settings = Settings(
            var_dir=folder / "var",
            tiktok_base_url=sandbox.info["tiktok_base_url"],
            clock_url=sandbox.info["clock_url"],
            clip_seconds=3.0,
        )
        self.settings.var_dir.mkdir()
        copyfile(empty_ledger, self.settings.var_dir / "ledger.sqlite")
        self.generator = ReadyMadeGenerator(clip)
        self.parts = resources_from(self.settings) | {
            "generators": (self.generator,),
            # Waiting moves the sandbox's clock, which stands still by itself.
            "sleep": sandbox.advance,
        }
        self.ledger: Ledger = self.parts["ledger"]
        self.media: MediaStore = self.parts["media"]
        self.tiktok = self.parts["tiktok"]
        self.tiktok.connect(sandbox.auth_code())
        self.instance = self.stored_instance = instance
        self.told: list[str] = []
        self._told = 0

    @property
    def now(self) -> datetime:
        return self.sandbox.now

    def close(self) -> None:
        self.clear_faults()
        self.ledger.close()

    def run(
        self,
        *assets: Any,
        days: tuple[date, date] | None = None,
        config: dict[str, dict[str, Any]] | None = None,
        is_expected_to_fail: bool = False,
        **other_parts: Any,
    ) -> dg.ExecuteInProcessResult:
        """Materialise *assets* as Dagster would, a minute later than the run before."""
        self.sandbox.advance(61)
        ops = {name: {"config": values} for name, values in (config or {}).items()}
        tags = {}
        if days:
            tags = {
                "dagster/asset_partition_range_start": days[0].isoformat(),
                "dagster/asset_partition_range_end": days[1].isoformat(),
            }
        result = self._job_of(assets).execute_in_process(
            resources=self.parts | other_parts,
            instance=self.instance,
            tags=tags,
            run_config={"ops": ops, "loggers": QUIET},
            raise_on_error=not is_expected_to_fail,
        )
        assert result.success is not is_expected_to_fail
        return result

    def _job_of(self, assets: tuple[Any, ...]) -> dg.JobDefinition:
        """A job of exactly these assets and checks; making one takes longer than running it."""
        if assets not in JOBS:
            checks = [each for each in assets if isinstance(each, dg.AssetChecksDefinition)]
            JOBS[assets] = dg.Definitions(
                assets=[each for each in assets if each not in checks],
                asset_checks=checks,
                resources=self.parts,
            ).resolve_implicit_global_asset_job_def()
        return JOBS[assets]

    # Faults

    def arm(self, kind: str, path: str, *, times: int = 1, skip: int = 0) -> None:
        """The sandbox misbehaves on *path*, *times* times, after *skip* good answers."""
        body = {"path_prefix": f"/open_api/v1.3/{path}", "kind": kind, "times": times}
        answer = CONTROL.post(
            f"{self.sandbox.info['control_url']}/faults", json=body | {"skip": skip, "delay_s": 0}
        )
        answer.raise_for_status()

    def clear_faults(self) -> None:
        CONTROL.delete(f"{self.sandbox.info['control_url']}/faults")

    def failures(self) -> dict[tuple[str, str], str]:
        """Stage and item id to message, of everything recorded as left out."""
        with self.ledger.read() as connection:
            found = failures.newest(connection, limit=1000)
        return {(stage, item_id): message for stage, item_id, message, _ in found}

    # The audience

    def tell_dream(
        self, text: str = DREAM, *, handle: str | None = None, answer: str = "silence"
    ) -> DreamReport:
        """Somebody writes a dream under the newest video; it is read as the assets read it."""
        self._told += 1
        handle = handle or f"dreamer{self._told}.{self.now:%d%H%M}"
        said = self.sandbox.world.inject(InjectedComment(text=text, handle=handle, answer=answer))
        found = self.tiktok.client.comment(said.video_id, said.comment_id)
        comment = comment_from(
            found, row=1, source_video_id=said.video_id, keyring=self.parts["keyring"], now=self.now
        )
        assert isinstance(comment, Comment)
        readings = read_comments(
            [comment], engine=self.parts["engine"], asks_for_dreams=frozenset(), now=self.now
        )
        (report,) = readings.reports
        with self.ledger.write() as connection:
            video = SourceVideo(said.video_id, "Tell me your dream", self.now - timedelta(days=1))
            source_videos.save(connection, [video], now=self.now)
            ledger_dreams.save_reports(connection, [report], now=self.now)
        return report

    def comment_of(self, report: DreamReport) -> WorldComment:
        comment = self.sandbox.world.known_comment(report.comment_id)
        assert comment is not None
        return comment

    def say(self, report: DreamReport, text: str, *, handle: str | None = None) -> None:
        """A reply under the dream, a minute later, by its dreamer unless a handle is given."""
        self.sandbox.advance(60)
        own = self.comment_of(report).author.username
        self.sandbox.world.inject(
            InjectedComment(
                text=text, handle=handle or own, parent_comment_id=report.comment_id, is_dream=False
            )
        )

    def hide_comment(self, report: DreamReport, *, hidden: bool = True) -> None:
        self.sandbox.world.set_hidden(self.comment_of(report), hidden=hidden)

    def delete_comment(self, report: DreamReport) -> None:
        self.sandbox.world.delete_comment(self.comment_of(report))

    def own_replies(self, report: DreamReport) -> list[str]:
        """What the account wrote under the dream, as the world has it."""
        replies = self.sandbox.world.replies(self.comment_of(report))
        return [reply.utterance.text for reply in replies if reply.is_owner]

    # Consent

    def ask(self, **config: Any) -> dg.ExecuteInProcessResult:
        """Rank, read answers, ask."""
        settings = {"dream_consents": config} if config else None
        return self.run(dreams.dream_ranking, dreams.dream_consents, config=settings)

    def consent(self, report: DreamReport) -> ConsentState:
        with self.ledger.read() as connection:
            return consents.states(connection).get(report.dream_id, ConsentState.NONE)

    def grant(self, report: DreamReport) -> None:
        """The dreamer was asked and said yes, as far as the ledger is concerned."""
        with self.ledger.write() as connection:
            consents.record_question(
                connection,
                report.dream_id,
                wording_version="2026-11:en:1",
                text="May we?",
                question_comment_id=f"q{report.dream_id}",
                now=self.now,
            )
            self.answer(connection, report, ConsentState.GRANTED)

    def answer(self, connection: Any, report: DreamReport, state: ConsentState) -> None:
        consents.record_answer(
            connection,
            report.dream_id,
            state=state,
            now=self.now,
            answer_comment_id=f"a{report.dream_id}" if state is ConsentState.GRANTED else None,
        )

    def take_back(self, report: DreamReport) -> None:
        with self.ledger.write() as connection:
            self.answer(connection, report, ConsentState.WITHDRAWN)

    # Videos and posts

    def granted_dream(self, text: str = DREAM) -> DreamReport:
        report = self.tell_dream(text)
        self.grant(report)
        return report

    def clip_job(self) -> jobs.JobRow:
        """A planned job of a new granted dream, not yet submitted."""
        self.granted_dream()
        self.run(prompts.video_prompts)
        self.runner().plan(limit=5, ids=None)
        (job,) = self.open_jobs()
        return job

    def use(self, *generators: Any) -> None:
        """These generators instead of the one ready-made, in this order."""
        self.parts["generators"] = generators

    def runner(self) -> JobRunner:
        return JobRunner(
            self.parts["generators"],
            ledger=self.ledger,
            media=self.media,
            moderator=self.parts["moderator"],
            clock=self.parts["clock"],
            sleep=self.parts["sleep"],
            budget=self.budget,
            work_dir=self.settings.var_dir / "work",
            log=self.told.append,
        )

    @property
    def budget(self) -> Budget:
        return budget_of(self.parts["settings"], self.parts["zone"])

    def allow(self, *, per_video_usd: float = 2.0, per_day_usd: float = 20.0) -> None:
        """Other caps from now on."""
        changes = {"budget_per_video_usd": per_video_usd, "budget_per_day_usd": per_day_usd}
        self.parts["settings"] = self.parts["settings"].model_copy(update=changes)

    def bookings(self) -> list[tuple[str, int, int | None]]:
        """State, reserved and settled amount of every booking, in order."""
        columns = (spend.c.state, spend.c.reserved_microusd, spend.c.settled_microusd)
        with self.ledger.read() as connection:
            rows = connection.execute(
                sa.select(*columns).order_by(spend.c.reserved_at, spend.c.spend_id)
            )
            return [tuple(row) for row in rows]

    def open_jobs(self) -> list[jobs.JobRow]:
        with self.ledger.read() as connection:
            return jobs.open_jobs(connection)

    def job(self, job_id: str) -> tuple[str, int | None, str | None]:
        """State, cost and error of a job."""
        table = generation_jobs
        with self.ledger.read() as connection:
            row = connection.execute(
                sa.select(table.c.state, table.c.cost_microusd, table.c.error).where(
                    table.c.job_id == job_id
                )
            ).one()
        return tuple(row)

    def finished_video(self, text: str = DREAM) -> tuple[DreamReport, VideoRow]:
        """A video that waits for review; the ready-made clip stands for the finished file."""
        report = self.granted_dream(text)
        job, title = self._accepted_job(report)
        digest = self.media.put(self.generator.clip)
        facts = probe(self.generator.clip)
        video = VideoRow(
            render_id=f"vid_{job.job_id[4:]}",
            job_id=job.job_id,
            prompt_id=job.prompt_id,
            dream_id=report.dream_id,
            clip_hash=digest,
            content_hash=digest,
            cover_hash=digest,
            preview_hash=digest,
            title=title,
            credit=None,
            edit_version="1",
            width=facts.width,
            height=facts.height,
            duration_s=facts.duration_s,
            frame_rate=float(facts.frame_rate),
            size_bytes=facts.size_bytes,
            frame_hashes=(),
            has_passed=True,
            finished_at=self.now,
        )
        with self.ledger.write() as connection:
            ledger_videos.save(connection, video, [])
            provenance.save(connection, self._provenance_of(connection, video))
        return report, video

    def _provenance_of(self, connection: Any, video: VideoRow) -> provenance.ProvenanceRow:
        """As finishing leaves it, for a clip that no generator of ours made."""
        record = provenance.origin_of(connection, video.job_id) | {
            "content_hash": video.content_hash,
            "edit": {"overlays": ["title", "credit", "ai_label"]},
            "sound": "composed_here",
        }
        reason = "Made for a test."
        return provenance.ProvenanceRow(
            video.render_id, video.content_hash, record, reason, self.now
        )

    def _accepted_job(self, report: DreamReport) -> tuple[jobs.JobRow, str]:
        """A job with its clip, and the title: the rows that prompt and generation leave behind."""
        style = choose_style(StylePolicy(), report, random.Random(1))
        prompt = compose_prompt(report, style=style, seed=1, duration_s=3.0)
        row = PromptRow(
            prompt_id_for(report.dream_id, style.style_id, "1"),
            report.dream_id,
            style.style_id,
            prompt,
        )
        with self.ledger.write() as connection:
            ledger_prompts.save(
                connection,
                row,
                template_version="1",
                policy_version=0,
                prose="made for a test",
                screening=report.screening,
                now=self.now,
            )
        runner = self.runner()
        runner.plan(limit=1, ids=[row.prompt_id])
        (job,) = [job for job in self.open_jobs() if job.prompt_id == row.prompt_id]
        return runner.finish(job), prompt.title

    def decide(self, video: VideoRow, decision: Decision, *, content_hash: str = "") -> None:
        with self.ledger.write() as connection:
            event = ReviewEvent(
                0,
                video.render_id,
                content_hash or video.content_hash,
                decision,
                "mia",
                "",
                self.now,
            )
            reviews.append(connection, event)

    def queued_video(self, text: str = DREAM) -> tuple[DreamReport, PublicationRow]:
        """An approved video with a slot."""
        report, video = self.finished_video(text)
        self.decide(video, Decision.APPROVE)
        self.run(posts.post_queue)
        return report, self.publication(video.render_id)

    def publication(self, render_id: str) -> PublicationRow:
        with self.ledger.read() as connection:
            (row,) = [r for r in publications.everything(connection) if r.render_id == render_id]
        return row

    def publications(self) -> list[PublicationRow]:
        with self.ledger.read() as connection:
            return publications.everything(connection)

    def pass_time_until(self, moment: datetime) -> None:
        seconds = (moment - self.now).total_seconds()
        if seconds > 0:
            self.sandbox.advance(seconds)

    def publish_requests(self, caption: str, since: float) -> int:
        """How many publish requests with this caption TikTok wrote down after *since*."""
        documents = self.sandbox.world.publications._documents.values()
        return sum(
            document["post_info"]["caption"] == caption and document["requested_at"] >= int(since)
            for document in documents
        )

    def wait_for_fetches(self) -> None:
        """TikTok fetches in real time, which a simulated clock does not wait for; its status answer does."""
        for share_id, _ in self.sandbox.world.publications.pending():
            self.tiktok.client.publish_status(share_id)

    def choose(self, **changes: Any) -> None:
        """Other settings from now on, also for the routes, which are made from them."""
        settings = self.parts["settings"].model_copy(update=changes)
        names = ("ledger", "keyring", "clock")
        self.parts["settings"] = settings
        self.parts["publishers"] = Routes(
            settings,
            accounts=self.parts["tiktok_accounts"],
            **{name: self.parts[name] for name in names},
        )

    @contextmanager
    def desk(self) -> Iterator[None]:
        """TikTok can fetch the media while this is open."""
        names = ("ledger", "media", "keyring", "clock")
        with running_desk(**{name: self.parts[name] for name in names}) as address:
            before = self.parts["settings"]
            self.choose(media_base_url=f"{address}/media")
            yield
            self.choose(media_base_url=before.media_base_url)


def events_text(result: dg.ExecuteInProcessResult) -> str:
    """Everything a run left in Dagster's event store, as one text."""
    return "\n".join(dg.serialize_value(event) for event in result.all_events)
