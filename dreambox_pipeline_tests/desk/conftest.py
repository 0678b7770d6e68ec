"""A desk on loopback over a real ledger in a temporary folder, and rows to fill it."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.stages.comments.model import SourceVideo
from dreambox_pipeline.stages.dreams.model import (
    ConsentState,
    DreamFacts,
    DreamReport,
    Emotion,
    Motif,
    RankedDream,
    Setting,
)
from dreambox_pipeline.stages.posts.model import PostDraft, PublicationState, QueueItem, Slot
from dreambox_pipeline.stages.prompts.model import Beat, VideoPrompt
from dreambox_pipeline.stages.videos.model import Finding, JobState, Severity
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import (
    Ledger,
    consents,
    dreams,
    jobs,
    prompts,
    publications,
    source_videos,
    videos,
)
from dreambox_pipeline.storage.ledger.prompts import PromptRow
from dreambox_pipeline.storage.ledger.videos import VideoRow
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.storage.tables import metadata

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PASSED = (Finding("duration", True, Severity.ERROR, 6.0, "6.0 s is between 3 s and 60 s."),)
FACTS = DreamFacts(
    setting=Setting.OCEAN,
    motifs=(Motif.WHALE, Motif.MOON),
    emotions=(Emotion.HAPPINESS,),
    mood=0.5,
    visual_detail=0.75,
)


@dataclass
class StudioClock:
    """A clock that stands where it is put."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Studio:
    """A ledger and a media store with the functions that make rows in them, as the assets do."""

    folder: Path
    clock: StudioClock = field(default_factory=StudioClock)
    keyring: Keyring = field(default_factory=lambda: Keyring(Fernet.generate_key().decode()))
    made: int = 0

    def __post_init__(self) -> None:
        self.ledger = Ledger(f"sqlite:///{self.folder / 'ledger.sqlite'}")
        self.media = MediaStore(self.folder / "media")

    def clear(self) -> None:
        """No rows, no files, noon again."""
        with self.ledger.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(sa.delete(table))
        shutil.rmtree(self.media.root, ignore_errors=True)
        self.clock.now, self.made = NOON, 0

    def file(self, suffix: str, content: bytes) -> str:
        draft = self.folder / f"draft{suffix}"
        draft.write_bytes(content)
        return self.media.put(draft)

    def video(
        self,
        *,
        title: str = "The whale above the lake",
        text: str = "I dreamt a whale swam across the moon.",
        why: str | None = "A lot to see, and it was told today.",
        credit: str | None = "@sleepy.sol",
        consent: ConsentState = ConsentState.GRANTED,
        has_passed: bool = True,
        found: tuple[Finding, ...] = PASSED,
        generator: str = "synthetic",
        facts: DreamFacts = FACTS,
        style_id: str = "moonlit_gouache",
        palette: tuple[str, ...] = ("#14122b", "#6a4bd0", "#ffc39d"),
        files: tuple[str, str, str] | None = None,
        lang: str = "en",
    ) -> VideoRow:
        """A finished video with everything before it; each call makes another, a minute newer."""
        self.made += 1
        number = self.made
        at = NOON - timedelta(hours=3) + timedelta(minutes=number)
        mp4, jpg, webp = files or (
            self.file(".mp4", f"film {number} ".encode() * 100),
            self.file(".jpg", f"cover {number}".encode()),
            self.file(".webp", f"preview {number}".encode()),
        )
        dream_id, prompt_id, job_id = f"drm_{number:016x}", f"prm_{number}", f"job_{number}"
        source = SourceVideo("7300000000000000001", "Tell me your dream", at, None, 10, True)
        report = DreamReport(
            dream_id, f"74{number:017d}", source.source_video_id, f"aut_{number}", at, text, lang,
            0.93, ("cue:i_dreamt",), facts, Screening(ScreeningAction.PASS), 12, "embedded-1",
        )  # fmt: skip
        prompt = VideoPrompt(
            style_id=style_id, style=style_id.replace("_", " "), scene="a lake", cinematography="wide",
            camera="drift", lighting="dusk", palette=palette, beats=(Beat(at_s=0, action="a whale passes"),),
            mood=0.5, audio="waves", avoid=("text",), setting=facts.setting, motifs=facts.motifs, title="Whale",
        )  # fmt: skip
        row = VideoRow(
            f"vid_{number:016x}", job_id, prompt_id, dream_id, mp4, mp4, jpg, webp, title, credit, "1",
            1080, 1920, 6.0, 30.0, 2_400_000, ("0f",), has_passed, at + timedelta(hours=1),
        )  # fmt: skip
        with self.ledger.write() as connection:
            source_videos.save(connection, [source], now=at)
            dreams.save_reports(connection, [report], now=at)
            ranking = [dream for dream in dreams.ranking(connection) if dream.dream_id != dream_id]
            if why is not None:
                ranking.append(RankedDream(dream_id, number, 0.8, {"visual": 0.75}, why))
            dreams.save_ranking(connection, ranking, policy_version=0, now=at)
            self._consent(connection, dream_id, consent, at)
            prompts.save(
                connection, PromptRow(prompt_id, dream_id, style_id, prompt), template_version="1",
                policy_version=0, prose=f"A dream: {text[:60]}", screening=report.screening, now=at,
            )  # fmt: skip
            jobs.plan(
                connection, job_id, prompt_id=prompt_id, generator=generator, generator_version="1",
                estimate_microusd=0, now=at,
            )  # fmt: skip
            job = jobs.open_jobs(connection, ids=[job_id])[0]
            for state in (JobState.SUBMITTED, JobState.DOWNLOADED, JobState.ACCEPTED):
                job = jobs.move(connection, job, state, now=at, clip_hash=mp4)
            videos.save(connection, row, found)
        return row

    def _consent(self, connection, dream_id: str, state: ConsentState, at: datetime) -> None:
        if state is ConsentState.NONE:
            return
        consents.record_question(
            connection, dream_id, wording_version="en-1", text="May we make a video of your dream?",
            question_comment_id="77", now=at,
        )  # fmt: skip
        path = {ConsentState.ASKED: (), ConsentState.WITHDRAWN: (ConsentState.GRANTED, state)}
        for answer in path.get(state, (state,)):
            consents.record_answer(
                connection, dream_id, state=answer, now=at, answer_comment_id="78"
            )

    def queue(self, row: VideoRow, *states: PublicationState) -> None:
        """Put the video into the queue, and move it along *states*."""
        with self.ledger.write() as connection:
            publications.enqueue(
                connection, f"pub_{row.render_id}",
                item=QueueItem(row.render_id, row.content_hash, self.clock.now, 0.8, "ink"),
                slot=Slot(NOON + timedelta(hours=8), "Sun 22 Nov, 20:00", 1.2, "Evenings do well."),
                draft=PostDraft("A whale above a lake #dream", ("dream",)), account_id="main",
                policy_version=1, now=self.clock.now,
            )  # fmt: skip
            publication = publications.get(connection, f"pub_{row.render_id}")
            for state in states:
                if state is PublicationState.CLAIMED:
                    publications.claim(
                        connection,
                        publication.publication_id,
                        claim_token=f"w_{row.render_id}",
                        now=NOON,
                    )
                    publication = publications.get(connection, publication.publication_id)
                else:
                    is_out = state is PublicationState.PUBLISHED
                    post_id = f"75{self.made:017d}" if is_out else None
                    publication = publications.move(
                        connection,
                        publication,
                        state,
                        now=NOON,
                        publish_id=f"v_pub~{self.made}",
                        post_id=post_id,
                    )

    def posted(self, row: VideoRow) -> None:
        """Queue the video and let it be posted."""
        state = PublicationState
        self.queue(row, state.CLAIMED, state.INITIATED, state.PROCESSING, state.PUBLISHED)

    def signed(self, name: str, *, valid_s: int = 600) -> str:
        """An address of a media file, signed by hand and not by the code under test."""
        expires = int(self.clock.now.timestamp()) + valid_s
        return f"/media/{name}?expires={expires}&signature={self.keyring.media_signature(name, expires)}"


@pytest.fixture(scope="session")
def one_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Migrating takes longer than a test does, so one ledger is emptied again and again."""
    studio = Studio(tmp_path_factory.mktemp("studio"))
    yield studio
    studio.ledger.close()


@pytest.fixture
def studio(one_studio: Studio) -> Studio:
    one_studio.clear()
    return one_studio


@pytest.fixture(scope="session")
def one_client(one_studio: Studio) -> Iterator[httpx.Client]:
    with (
        running_desk(
            ledger=one_studio.ledger,
            media=one_studio.media,
            keyring=one_studio.keyring,
            clock=one_studio.clock,
        ) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        yield client


@pytest.fixture
def desk(studio: Studio, one_client: httpx.Client) -> httpx.Client:  # noqa: ARG001 - empties the ledger first
    """A client of the running desk; it speaks JSON unless a test asks for a page."""
    one_client.cookies.clear()
    return one_client


@pytest.fixture
def nothing() -> str:
    """A content hash that belongs to no file."""
    return hashlib.sha256(b"another file").hexdigest()
