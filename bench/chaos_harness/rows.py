"""Approved videos in a ledger, each with its dream, its dreamer's yes, its prompt and its file."""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import Connection

from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.safety.sound_rights import COMPOSED_HERE
from dreambox_pipeline.stages.comments.model import SourceVideo
from dreambox_pipeline.stages.dreams.model import (
    ConsentState,
    DreamFacts,
    DreamReport,
    Emotion,
    Motif,
    Setting,
)
from dreambox_pipeline.stages.posts.model import PostDraft, QueueItem, Route, Slot
from dreambox_pipeline.stages.prompts.model import Beat, VideoPrompt
from dreambox_pipeline.stages.review.model import Decision, ReviewEvent
from dreambox_pipeline.stages.videos.model import Finding, JobState, Severity
from dreambox_pipeline.storage.ledger import (
    Ledger,
    consents,
    dreams,
    jobs,
    post_drafts,
    prompts,
    provenance,
    publications,
    reviews,
    source_videos,
    videos,
)
from dreambox_pipeline.storage.ledger.prompts import PromptRow
from dreambox_pipeline.storage.ledger.videos import VideoRow
from dreambox_pipeline.storage.media_store import MediaStore

PER_DAY = 15
"""As many as TikTok takes of one account, and faster than it takes them: the limits shall have work."""
UNSIGNED = "Made for a measurement."
SCREENING = Screening(ScreeningAction.PASS)
LONG_AGO = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Told:
    """A dream's comment, as the sandbox has it."""

    comment_id: str
    video_id: str


@dataclass(frozen=True, slots=True)
class Seeded:
    """One publication as it was planned.

    Attributes:
        caption: No other one has it.
        content_hash: Of its file, which is its own too: a draft has no caption yet.
        size_bytes: Likewise unlike all others.
    """

    number: int
    publication_id: str
    render_id: str
    dream_id: str
    comment_id: str
    caption: str
    content_hash: str
    size_bytes: int


def make_clip(path: Path) -> Path:
    """Three upright seconds with sound, as small as TikTok takes them."""
    picture = "color=c=teal:s=360x640:r=24,format=yuv420p"
    sound = "sine=f=330:r=48000,volume=0.3"
    args = [part for source in (picture, sound) for part in ("-f", "lavfi", "-i", source)]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "12", "-c:a", "aac", "-b:a", "48k"]
    run_ffmpeg([*args, *coding, "-t", "3.0", str(path)], timeout_s=60, what="make a small clip")
    return path


def video_of(clip: bytes, number: int) -> bytes:
    """The clip with an empty box at its end, whose length and words are *number*'s own."""
    words = f"dreambox chaos {number:06d}".encode() + bytes(number)
    return clip + struct.pack(">I4s", 8 + len(words), b"free") + words


def caption_of(number: int) -> str:
    """What publication *number* says."""
    return (
        f"The whale at school, night {number:06d}\n\nA dream told in the comments.\n"
        "AI-generated video.\n\n#dreams #aigenerated #whale"
    )


def number_in(caption: str) -> int | None:
    """Which publication says this."""
    _, found, rest = caption.partition("The whale at school, night ")
    return int(rest[:6]) if found else None


def seed(
    ledger: Ledger,
    media: MediaStore,
    clip: bytes,
    told: Sequence[Told],
    *,
    routes: Sequence[Route],
    now: datetime,
    folder: Path,
) -> list[Seeded]:
    """Write one approved video with a slot for each of *told*."""
    made = [_place_file(media, clip, number, each, folder) for number, each in enumerate(told)]
    with ledger.write() as connection:
        ids = dict.fromkeys(each.video_id for each in told)
        sources = [SourceVideo(video_id, "Tell me", now - timedelta(days=9)) for video_id in ids]
        source_videos.save(connection, sources, now=now)
        for each, where, route in zip(made, told, routes, strict=True):
            _dream(connection, each, where.video_id, now=now - LONG_AGO)
            _video(connection, each, now=now - LONG_AGO)
            _publication(connection, each, route, now=now)
    return made


def _place_file(media: MediaStore, clip: bytes, number: int, told: Told, folder: Path) -> Seeded:
    content = video_of(clip, number)
    digest = hashlib.sha256(content).hexdigest()
    draft = folder / "draft.mp4"
    draft.write_bytes(content)
    media.put(draft)
    media.put_beside(digest, ".jpg", b"\xff\xd8\xff\xd9")
    name = f"{number:016x}"
    return Seeded(
        number,
        f"pub_{name}",
        f"vid_{name}",
        f"drm_{name}",
        told.comment_id,
        caption_of(number),
        digest,
        len(content),
    )


def _dream(connection: Connection, row: Seeded, video_id: str, *, now: datetime) -> None:
    facts = DreamFacts(
        setting=Setting.SCHOOL,
        motifs=(Motif.WHALE,),
        emotions=(Emotion.HAPPINESS,),
        mood=0.5,
        visual_detail=0.75,
    )
    report = DreamReport(
        dream_id=row.dream_id,
        comment_id=row.comment_id,
        source_video_id=video_id,
        author_id=f"aut_{row.number:024x}",
        told_at=now,
        text="I dreamt of a whale in my school",
        lang="en",
        probability=0.9,
        reasons=("cue:i_dreamt",),
        facts=facts,
        screening=SCREENING,
        likes=None,
        engine="embedded-1",
    )
    dreams.save_reports(connection, [report], now=now)
    consents.record_question(
        connection,
        row.dream_id,
        wording_version="2026-11:en:1",
        text="May we?",
        question_comment_id=f"77{row.number:012d}",
        now=now,
    )
    consents.record_answer(
        connection,
        row.dream_id,
        state=ConsentState.GRANTED,
        now=now,
        answer_comment_id=f"78{row.number:012d}",
        answer_hash="a" * 64,
    )


def _video(connection: Connection, row: Seeded, *, now: datetime) -> None:
    prompt = VideoPrompt(
        style_id="ink",
        style="ink",
        scene="a school full of water",
        cinematography="wide",
        camera="drift",
        lighting="dusk",
        palette=("#000000", "#336699", "#ffffff"),
        beats=(Beat(at_s=0, action="a whale passes"),),
        mood=0.5,
        audio="waves",
        avoid=("text",),
        setting=Setting.SCHOOL,
        motifs=(Motif.WHALE,),
        title="The whale at school",
    )
    prompt_id, job_id = f"prm_{row.number:016x}", f"job_{row.number:016x}"
    prompts.save(
        connection,
        PromptRow(prompt_id, row.dream_id, "ink", prompt),
        template_version="1",
        policy_version=0,
        prose="A whale in a school.",
        screening=SCREENING,
        now=now,
    )
    jobs.plan(
        connection,
        job_id,
        prompt_id=prompt_id,
        generator="synthetic",
        generator_version="1",
        estimate_microusd=0,
        now=now,
    )
    (job,) = jobs.open_jobs(connection, ids=[job_id])
    job = jobs.move(connection, job, JobState.SUBMITTED, now=now, provider_job_id=job_id)
    job = jobs.move(connection, job, JobState.RUNNING, now=now)
    job = jobs.move(connection, job, JobState.DOWNLOADED, now=now, clip_hash=row.content_hash)
    jobs.move(connection, job, JobState.ACCEPTED, now=now, cost_microusd=0)
    video = VideoRow(
        render_id=row.render_id,
        job_id=job_id,
        prompt_id=prompt_id,
        dream_id=row.dream_id,
        clip_hash=row.content_hash,
        content_hash=row.content_hash,
        cover_hash=row.content_hash,
        preview_hash=row.content_hash,
        title="The whale at school",
        credit=None,
        edit_version="1",
        width=360,
        height=640,
        duration_s=3.0,
        frame_rate=24.0,
        size_bytes=row.size_bytes,
        frame_hashes=(),
        has_passed=True,
        finished_at=now,
    )
    videos.save(connection, video, [Finding("duration", True, Severity.ERROR, 3.0, "3.0 s")])
    record = provenance.origin_of(connection, job_id) | {
        "edit": {"overlays": ["title", "credit", "ai_label"]},
        "sound": COMPOSED_HERE.name,
    }
    provenance.save(
        connection,
        provenance.ProvenanceRow(row.render_id, row.content_hash, record, UNSIGNED, now),
    )


def _publication(connection: Connection, row: Seeded, route: Route, *, now: datetime) -> None:
    approved_at = now - timedelta(hours=1)
    event = ReviewEvent(
        0, row.render_id, row.content_hash, Decision.APPROVE, "mia", "", approved_at
    )
    reviews.append(connection, event)
    privacy = "PUBLIC_TO_EVERYONE" if route is not Route.ACCOUNTS_API else None
    draft = PostDraft(row.caption, ("dreams", "aigenerated", "whale"), privacy_level=privacy)
    post_drafts.write(
        connection, row.render_id, draft, writer="embedded", policy_version=0, now=approved_at
    )
    day, place = divmod(row.number, PER_DAY)
    at = now + timedelta(days=day, minutes=place / 8)
    slot = Slot(at, f"{at:%Y-%m-%d %H:%M}", 1.0, "chaos")
    item = QueueItem(row.render_id, row.content_hash, approved_at, 0.8, "ink", ("whale",))
    publications.enqueue(
        connection,
        row.publication_id,
        item=item,
        slot=slot,
        draft=draft,
        account_id="main",
        policy_version=0,
        now=now,
    )
    (planned,) = (publications.get(connection, row.publication_id),)
    assert planned is not None
    # Put there by hand: our own rule of three posts a day is not what is tried here.
    publications.reschedule(connection, planned, slot, policy_version=0, now=now, is_pinned=True)
