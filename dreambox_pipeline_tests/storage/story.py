"""One dream's whole way through the ledger and the lake, for tests that need rows.

`tell(ledger, lake, number)` writes the story of one dreamer with the ledger's own functions, as
the assets would: comment, dream, question, yes, prompt, clip, video, approval, slot, post, views.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

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
from dreambox_pipeline.stages.review.model import Decision, ReviewEvent
from dreambox_pipeline.stages.videos.model import Finding, JobState, Severity
from dreambox_pipeline.storage.lake import COMMENTS, ENGAGEMENT_SNAPSHOTS, Lake
from dreambox_pipeline.storage.ledger import (
    Ledger,
    consents,
    dreams,
    jobs,
    prompts,
    publications,
    reviews,
    source_videos,
    videos,
)
from dreambox_pipeline.storage.ledger.prompts import PromptRow
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.ledger.videos import VideoRow

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
"""When every story begins."""

SOURCE_VIDEO = SourceVideo(
    "7300000000000000001", "Tell me your dream", NOON - timedelta(days=1), None, None, True
)


@dataclass(frozen=True)
class Ids:
    """The ids along one story, in its order."""

    comment_id: str
    dream_id: str
    prompt_id: str
    job_id: str
    render_id: str
    publication_id: str
    post_id: str


def ids(number: int) -> Ids:
    return Ids(
        f"740000000000000{number:04d}",
        f"drm_{number:016x}",
        f"prm_{number:016x}",
        f"job_{number:016x}",
        f"vid_{number:016x}",
        f"pub_{number:016x}",
        f"750000000000000{number:04d}",
    )


def comment(number: int, **changes: Any) -> dict[str, Any]:
    """A row of the lake's comments."""
    row = {
        "comment_id": ids(number).comment_id,
        "source_video_id": SOURCE_VIDEO.source_video_id,
        "parent_comment_id": None,
        "author_id": f"aut_{number}",
        "text": f"I dreamt of a whale in my school, says Anna {number}",
        "created_at": NOON + timedelta(minutes=number),
        "likes": None,
        "replies": 0,
        "is_owner": False,
        "status": "PUBLIC",
        "origin": "accounts_api",
    }
    return row | changes


def report(number: int, **changes: Any) -> DreamReport:
    """The dream told in comment *number*."""
    dream = DreamReport(
        dream_id=ids(number).dream_id,
        comment_id=ids(number).comment_id,
        source_video_id=SOURCE_VIDEO.source_video_id,
        author_id=f"aut_{number}",
        told_at=NOON + timedelta(minutes=number),
        text="I dreamt of a whale in my school, says [name]",
        lang="en",
        probability=0.9,
        reasons=("cue:i_dreamt",),
        facts=DreamFacts(
            setting=Setting.SCHOOL,
            motifs=(Motif.WHALE,),
            emotions=(Emotion.HAPPINESS,),
            mood=0.5,
            visual_detail=0.75,
        ),
        screening=Screening(ScreeningAction.PASS),
        likes=None,
        engine="embedded-1",
    )
    return replace(dream, **changes)


def video_prompt() -> VideoPrompt:
    return VideoPrompt(
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


def video(number: int, **changes: Any) -> VideoRow:
    """A finished video of dream *number*."""
    row = VideoRow(
        render_id=ids(number).render_id,
        job_id=ids(number).job_id,
        prompt_id=ids(number).prompt_id,
        dream_id=ids(number).dream_id,
        clip_hash=f"{number:064x}",
        content_hash=f"c{number:063x}",
        cover_hash=f"d{number:063x}",
        preview_hash=f"e{number:063x}",
        title="The whale at school",
        credit="@dreamer",
        edit_version="1",
        width=1080,
        height=1920,
        duration_s=6.0,
        frame_rate=30.0,
        size_bytes=1_000_000,
        frame_hashes=("f0", "0f"),
        has_passed=True,
        finished_at=NOON + timedelta(hours=5),
    )
    return replace(row, **changes)


def snapshot(post_id: str, taken_at: datetime, **changes: Any) -> dict[str, Any]:
    """A row of the lake's engagement snapshots; every metric is unknown unless given."""
    unknown = dict.fromkeys(ENGAGEMENT_SNAPSHOTS.schema.names)
    return unknown | {"post_id": post_id, "taken_at": taken_at} | changes


def ask(ledger: Ledger, number: int, *, rank: int = 1) -> Ids:
    """The dream is known, ranked, and its dreamer asked."""
    story = ids(number)
    with ledger.write() as connection:
        source_videos.save(connection, [SOURCE_VIDEO], now=NOON)
        dreams.save_reports(connection, [report(number)], now=NOON + timedelta(hours=1))
        place = RankedDream(story.dream_id, rank, 0.8, {"visual": 0.75}, "Much to see.")
        dreams.save_ranking(connection, [place], policy_version=0, now=NOON + timedelta(hours=1))
        consents.record_question(
            connection,
            story.dream_id,
            wording_version="en-1",
            text="May we make a video of it?",
            question_comment_id=f"77{number}",
            now=NOON + timedelta(hours=2),
        )
    return story


def make(ledger: Ledger, number: int) -> Ids:
    """The dreamer said yes, and a video was made."""
    story = ask(ledger, number)
    hours = [NOON + timedelta(hours=hour) for hour in range(6)]
    with ledger.write() as connection:
        consents.record_answer(
            connection,
            story.dream_id,
            state=ConsentState.GRANTED,
            now=hours[3],
            answer_comment_id=f"78{number}",
            answer_hash="a" * 64,
            credit="@dreamer",
        )
        prompts.save(
            connection,
            PromptRow(story.prompt_id, story.dream_id, "ink", video_prompt()),
            template_version="1",
            policy_version=0,
            prose="A whale in a school.",
            screening=Screening(ScreeningAction.PASS),
            now=hours[4],
        )
        plan_job(connection, story, now=hours[4])
        (job,) = jobs.open_jobs(connection, ids=[story.job_id])
        job = jobs.move(
            connection, job, JobState.SUBMITTED, now=hours[4], provider_job_id=f"p{number}"
        )
        job = jobs.move(connection, job, JobState.RUNNING, now=hours[4])
        job = jobs.move(
            connection, job, JobState.DOWNLOADED, now=hours[4], clip_hash=f"{number:064x}"
        )
        jobs.move(connection, job, JobState.ACCEPTED, now=hours[4], cost_microusd=250_000)
        checks = [
            Finding("duration", True, Severity.ERROR, 6.0, "6.0 s of at most 60 s"),
            Finding("darkness", False, Severity.WARN, 0.9, "dark for 0.9 of its time"),
        ]
        videos.save(connection, video(number), checks)
    return story


def plan_job(connection: Any, story: Ids, *, now: datetime) -> bool:
    return jobs.plan(
        connection,
        story.job_id,
        prompt_id=story.prompt_id,
        generator="synthetic",
        generator_version="1",
        estimate_microusd=300_000,
        now=now,
    )


def queue(ledger: Ledger, number: int) -> PublicationRow:
    """A person approved the video and it waits for its slot."""
    story = make(ledger, number)
    approved_at = NOON + timedelta(hours=6)
    content_hash = video(number).content_hash
    with ledger.write() as connection:
        event = ReviewEvent(
            0, story.render_id, content_hash, Decision.APPROVE, "mia", "lovely", approved_at
        )
        reviews.append(connection, event)
        publications.enqueue(
            connection,
            story.publication_id,
            item=QueueItem(story.render_id, content_hash, approved_at, 0.8, "ink", ("whale",)),
            slot=Slot(NOON + timedelta(hours=8), "Mon 2 Nov 21:00", 1.2, "evenings do well"),
            draft=PostDraft("The whale at school", ("dream", "whale")),
            account_id="main",
            policy_version=3,
            now=NOON + timedelta(hours=7),
        )
        row = publications.get(connection, story.publication_id)
    assert row is not None
    return row


def tell(ledger: Ledger, lake: Lake, number: int = 1) -> Ids:
    """The whole story: the video is public and was looked at twice."""
    row = queue(ledger, number)
    story = ids(number)
    lake.upsert(COMMENTS, NOON.date(), [comment(number)])
    sent_at = NOON + timedelta(hours=8)
    with ledger.write() as connection:
        # Each at a time of its own: an account takes six in a minute, and fifteen in a day.
        claimed_at = sent_at + timedelta(hours=2 * number)
        assert publications.claim(
            connection, row.publication_id, claim_token=f"w{number}", now=claimed_at
        )
        claimed = publications.get(connection, row.publication_id)
        assert claimed is not None
        moved = publications.move(
            connection,
            claimed,
            PublicationState.INITIATED,
            now=sent_at,
            publish_id=f"v_pub~{number}",
        )
        for state in (PublicationState.UPLOADED, PublicationState.PROCESSING):
            moved = publications.move(connection, moved, state, now=sent_at)
        publications.move(
            connection,
            moved,
            PublicationState.PUBLISHED,
            now=sent_at + timedelta(minutes=5),
            post_id=story.post_id,
        )
    for day, views in ((1, 100), (2, 250)):
        taken_at = sent_at + timedelta(days=day)
        row_now = snapshot(story.post_id, taken_at, views=views, likes=10 * day)
        lake.upsert(ENGAGEMENT_SNAPSHOTS, taken_at.date(), [row_now])
    return story
