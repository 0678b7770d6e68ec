"""One video's draft: facts and policy from the ledger, words from a writer, checked, stored.

    ledger -> the writer's words -> rules -> moderation -> credit, hashtags, cover -> ledger

The writer and the moderation model are asked outside of any transaction. What changed while they
thought is seen at the end: a dream that was withdrawn gets no draft.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.media.finishing.cover_moment import cover_moment
from dreambox_pipeline.media.model import EndCard
from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.safety.moderation import Moderator, NoModerator, judged
from dreambox_pipeline.stages.dreams.model import DreamReport
from dreambox_pipeline.stages.posts.caption_writer import (
    CaptionBrief,
    CaptionWords,
    CaptionWriter,
    EmbeddedCaptionWriter,
    fallen_back,
)
from dreambox_pipeline.stages.posts.cover import cover_ms_for
from dreambox_pipeline.stages.posts.drafting import Drafted, caption_language, make_draft
from dreambox_pipeline.stages.posts.model import HashtagPolicy
from dreambox_pipeline.stages.videos.assembly import title_fades
from dreambox_pipeline.stages.videos.overlays import OverlayKind
from dreambox_pipeline.storage.ledger import (
    Ledger,
    dreams,
    policies,
    post_drafts,
    provenance,
    videos,
)
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.storage.post_queue.proposal import approved_videos


@dataclass(frozen=True, slots=True)
class Written:
    """A stored draft, as a run reports it."""

    render_id: str
    drafted: Drafted

    @property
    def is_fallback(self) -> bool:
        """A language model was asked, and its words were not used."""
        return "(" in self.drafted.writer

    def row(self) -> dict[str, object]:
        """For a table a person reads: no caption, because it may hold a handle."""
        draft = self.drafted.draft
        return {
            "video": self.render_id,
            "hashtags": " ".join(f"#{tag}" for tag in draft.hashtags),
            "why": self.drafted.why,
            "cover at": f"{draft.cover_ms / 1000:.1f} s",
            "writer": self.drafted.writer,
        }


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a draft is made of, as the ledger had it."""

    video: videos.VideoRow
    report: DreamReport
    policy: HashtagPolicy
    drawn: tuple[str, ...]
    lang: str

    @property
    def brief(self) -> CaptionBrief:
        return CaptionBrief(
            self.video.title, self.report.facts, self.lang, seed=self.video.render_id
        )

    @property
    def card_s(self) -> float:
        """How long the end card is seen, in seconds; the clip lasts until it is whole."""
        return EndCard("", "").duration_s if OverlayKind.END_CARD.value in self.drawn else 0.0

    @property
    def clip_s(self) -> float:
        """Length of the clip, the end card's crossfade included, in seconds."""
        crossfade_s = EndCard("", "").crossfade_s if self.card_s else 0.0
        return self.video.duration_s - self.card_s + crossfade_s

    def drafted(self, words: CaptionWords, picture_at_s: float | None) -> Drafted:
        has_title = OverlayKind.TITLE.value in self.drawn
        return make_draft(
            words,
            self.report.facts,
            title=self.video.title,
            credit=self.video.credit,
            policy=self.policy,
            seed=self.video.render_id,
            lang=self.lang,
            cover_ms=cover_ms_for(
                picture_at_s,
                duration_s=self.video.duration_s - self.card_s,
                fades=title_fades(self.clip_s) if has_title else (),
            ),
        )


class Drafter:
    """Writes drafts.

    Args:
        ledger: Where facts come from and drafts go.
        media: Has the finished videos and their covers.
        writer: Words the first line and the alternative text.
        moderator: Looks at another writer's words besides our own rules.
        clock: The time.
        language: ISO 639-1, or `auto` for each dream's own.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        media: MediaStore,
        writer: CaptionWriter,
        moderator: Moderator,
        clock: Clock,
        language: str,
    ) -> None:
        self._ledger = ledger
        self._media = media
        self._writer = writer
        self._moderator = moderator
        self._clock = clock
        self._language = language

    def write(self, render_id: str) -> Written:
        """Make and store the draft of one video.

        Raises:
            ItemError: The video is gone or may not be posted any more, or a person changed its
                draft meanwhile.
            StopError: The key or the address of the writer is wrong.
        """
        with self._ledger.read() as connection:
            plan = _plan(connection, render_id, self._language)
        words = self._moderated(self._writer.write(plan.brief), plan.brief)
        drafted = plan.drafted(words, self._picture_at(plan))
        with self._ledger.write() as connection:
            # Asked by name: with a draft or without, as long as nobody withdrew or edited it.
            is_wanted = render_id in post_drafts.without_draft(connection, ids=[render_id])
            if not (is_wanted and save(connection, render_id, drafted, self._clock)):
                raise ItemError(
                    f"{render_id} got no draft: its dream was withdrawn, its post was sent or a person "
                    "changed the draft while it was written. Nothing was stored, nothing is to do."
                )
        return Written(render_id, drafted)

    def _moderated(self, words: CaptionWords, brief: CaptionBrief) -> CaptionWords:
        """*words*, if the moderation model has nothing against them; ours were reviewed by a person."""
        if words.writer.startswith(EmbeddedCaptionWriter.name):
            return words
        try:
            verdict = judged(f"{words.hook}\n{words.alt_text}", moderator=self._moderator)
        except TransientError:
            return fallen_back(brief, "moderation unreachable")
        if verdict.action is ScreeningAction.PASS:
            return words
        return fallen_back(brief, f"moderation {verdict.reasons[0]}")

    def _picture_at(self, plan: _Plan) -> float | None:
        """Where the cover was taken from; None when its file cannot say, which stops no post."""
        cover = self._media.path(plan.video.cover_hash, ".jpg")
        file = self._media.path(plan.video.content_hash, ".mp4")
        try:
            return cover_moment(file, cover, clip_s=plan.clip_s)
        except (ItemError, OSError):
            return None


def draft_what_is_due(ledger: Ledger, *, media: MediaStore, clock: Clock, language: str) -> None:
    """Our own words, with the cover's moment, for approved videos whose turn comes without a draft.

    A slot waits for no language model, and a cover needs the files, which no transaction should
    wait for.

    Args:
        ledger: Where drafts go.
        media: Has the videos and their covers.
        clock: The time.
        language: As for `Drafter`.
    """
    drafter = Drafter(
        ledger,
        media=media,
        writer=EmbeddedCaptionWriter(),
        moderator=NoModerator(),
        clock=clock,
        language=language,
    )
    with ledger.read() as connection:
        approved = approved_videos(connection)
        due = [each for each in post_drafts.without_draft(connection) if each in approved]
    for render_id in due:
        # What was withdrawn or erased meanwhile needs no words.
        with suppress(ItemError):
            drafter.write(render_id)


def embedded_draft(connection: Connection, render_id: str, *, language: str) -> Drafted:
    """A draft that needs nothing but the ledger, for a video that was approved this moment.

    Its cover is at the moment that is usual, because the files are not looked at.

    Raises:
        ItemError: The video is gone.
    """
    plan = _plan(connection, render_id, language)
    return plan.drafted(EmbeddedCaptionWriter().write(plan.brief), None)


def save(connection: Connection, render_id: str, drafted: Drafted, clock: Clock) -> bool:
    """Store a draft; False when a person changed it or its post was sent."""
    return post_drafts.write(
        connection,
        render_id,
        drafted.draft,
        writer=drafted.writer,
        policy_version=drafted.policy_version,
        now=clock(),
    )


def _plan(connection: Connection, render_id: str, language: str) -> _Plan:
    video = videos.get(connection, render_id)
    report = dreams.report(connection, video.dream_id) if video else None
    if video is None or report is None:
        raise ItemError(
            f"{render_id} has no video or no dream in the ledger any more. Nothing was written; if it "
            "should be there, run finished_videos for its job again."
        )
    return _Plan(
        video,
        report,
        policies.newest(connection, HashtagPolicy),
        _drawn(connection, render_id),
        caption_language(language, of_dream=report.lang),
    )


def _drawn(connection: Connection, render_id: str) -> tuple[str, ...]:
    """What was drawn over the clip, as its provenance says; a title, where nothing is known."""
    found = provenance.of_video(connection, render_id)
    kinds: Sequence[str] | None = found.record.get("edit", {}).get("overlays") if found else None
    return tuple(kinds) if kinds is not None else (OverlayKind.TITLE.value,)


def summary(written: Sequence[Written]) -> dict[str, Any]:
    """Counts for a run's metadata."""
    writers: dict[str, int] = {}
    for each in written:
        writers[each.drafted.writer] = writers.get(each.drafted.writer, 0) + 1
    return {"fallbacks": sum(each.is_fallback for each in written), "writers": writers}
