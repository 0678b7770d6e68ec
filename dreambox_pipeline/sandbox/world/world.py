"""The world as the APIs see it: what the seed makes, joined with what clients did.

Everything derivable is made when first asked for and kept; everything else is read from the
state file at start and written there before it counts. One lock keeps a test thread that
advances the clock from meeting a request half-way.
"""

from bisect import insort
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.world import (
    audience,
    crowd,
    engagement,
    personas,
    videos,
    written,
)
from dreambox_pipeline.sandbox.world.accounts import Account, Accounts, open_id_of
from dreambox_pipeline.sandbox.world.clock import SimulatedClock, wall_time
from dreambox_pipeline.sandbox.world.crowd import Comment, Thread
from dreambox_pipeline.sandbox.world.publications import Publications
from dreambox_pipeline.sandbox.world.seeds import snowflake
from dreambox_pipeline.sandbox.world.state import StateFile
from dreambox_pipeline.sandbox.world.videos import Video
from dreambox_pipeline.sandbox.world.written import InjectedComment

PRESENT_DAYS = 90
OWNER_HANDLE = "dreambox.tales"


class World:
    """A seeded world on a state file.

    Args:
        seed: Another seed is another audience. A state file keeps the seed it began with.
        state_path: The one file for what clients did; None keeps it in memory.
        speed: Simulated seconds per real second.
        wall: Answers with the real present, which the clock never passes by itself.
        time_zone: IANA zone in which the audience's hours count.

    Raises:
        StopError: The state file is unreadable or belongs to another seed.
    """

    def __init__(
        self,
        *,
        seed: int,
        state_path: Path | None = None,
        speed: float = 0.0,
        wall: Callable[[], datetime] = wall_time,
        time_zone: str = "UTC",
    ) -> None:
        self.seed = seed
        self.lock = RLock()
        self.state = StateFile(state_path)
        self._state_path = state_path
        self._wall = wall
        self.start = self._begin()
        self.clock = SimulatedClock(
            start=self.start, now=self._last_known_time(), speed=speed, wall=wall
        )
        self._start_s = int(self.start.timestamp())
        self.owner = personas.persona_with_handle(seed, OWNER_HANDLE)
        self.business_id = open_id_of(seed, "business")
        self.accounts = Accounts(seed, self.state, Account(self.business_id, OWNER_HANDLE))
        self.engagement = engagement.Engagement(seed, engagement.hidden_effects(seed, time_zone))
        self.publications = Publications(seed, self.state, self.engagement)
        self._timeline = videos.Timeline(seed, self._start_s)
        self._threads: dict[str, Thread] = {}
        self._by_id: dict[str, Comment] = {}
        self._load()
        self.save_clock()

    def _begin(self) -> datetime:
        known = self.state.get("meta", "world")
        if known is None:
            midnight = (
                self._wall().astimezone(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
            )
            start = midnight - timedelta(days=PRESENT_DAYS)
            self.state.put("meta", "world", {"seed": self.seed, "start": start.isoformat()})
            return start
        if known["seed"] != self.seed:
            self.state.close()
            raise StopError(
                f"The sandbox state {self._state_path} was begun with seed {known['seed']}, "
                f"and seed {self.seed} was asked for. Use the old seed, or another state file."
            )
        return datetime.fromisoformat(known["start"])

    def _last_known_time(self) -> datetime:
        saved = self.state.get("meta", "clock")
        return self.start if saved is None else datetime.fromisoformat(saved["now"])

    def save_clock(self, *, ahead_s: float = 0.0) -> None:
        """Writes the time down; *ahead_s* real seconds ahead, so a crash never turns it back."""
        now = self.clock.now()
        reserved = min(now + timedelta(seconds=ahead_s * self.clock.speed), max(now, self._wall()))
        self.state.put("meta", "clock", {"now": reserved.isoformat()})

    def close(self) -> None:
        """Writes the time down and closes the state file."""
        self.save_clock()
        self.state.close()

    @property
    def now(self) -> int:
        """The simulated present in whole Unix seconds."""
        return self.clock.timestamp()

    # Videos

    def public_videos(self) -> list[Video]:
        """Everything public on the account now, newest first."""
        now = self.now
        found = [*self._timeline.until(now), *self.publications.public_videos(now)]
        return sorted(found, key=lambda video: video.created_at, reverse=True)

    def find_video(self, video_id: str) -> Video | None:
        """The public video with that id, or None."""
        return next((v for v in self.public_videos() if v.video_id == video_id), None)

    def username_of(self, comment: Comment) -> str:
        """The handle of who wrote *comment*, as it is now: an account's name can change."""
        return self.accounts.main.username if comment.is_owner else comment.author.username

    def _every_video(self) -> list[Video]:
        """As `public_videos`, with those that were taken down: they may come back."""
        now = self.now
        return [
            *self._timeline.until(now),
            *self.publications.public_videos(now, with_taken_down=True),
        ]

    # Comments

    def thread(self, video: Video) -> Thread:
        """All comments under *video*, made at the first call; ask `exists` before showing one."""
        with self.lock:
            if video.video_id not in self._threads:
                made = crowd.make_thread(self.seed, video, self.owner, owner_until=self._start_s)
                self._threads[video.video_id] = made
                self._by_id.update((c.comment_id, c) for c in made.comments)
                for replies in made.replies.values():
                    self._by_id.update((c.comment_id, c) for c in replies)
            return self._threads[video.video_id]

    def exists(self, comment: Comment, now: int) -> bool:
        """Whether *comment* and what it hangs under can be seen at *now*."""
        gone_at = self.gone_at(comment)
        if comment.created_at > now or (gone_at is not None and gone_at <= now):
            return False
        parent = self._by_id.get(comment.parent_comment_id or "")
        return parent is None or self.exists(parent, now)

    def comments(self, video: Video) -> list[Comment]:
        """Top-level comments that exist now, oldest first."""
        now, thread = self.now, self.thread(video)
        written = thread.comments[: crowd.count_until(thread.comments, now)]
        return [comment for comment in written if self.exists(comment, now)]

    def replies(self, comment: Comment) -> list[Comment]:
        """Replies to *comment* that exist now, oldest first."""
        now = self.now
        thread = self._threads[comment.video_id]
        return [r for r in thread.replies.get(comment.comment_id, ()) if self.exists(r, now)]

    def find_comment(self, comment_id: str) -> Comment | None:
        """The comment or reply with that id if it exists now, or None."""
        found = self.known_comment(comment_id)
        return found if found is not None and self.exists(found, self.now) else None

    def known_comment(self, comment_id: str) -> Comment | None:
        """The comment with that id even if it was deleted, but never one of the future."""
        with self.lock:
            if comment_id not in self._by_id:
                for video in self._every_video():
                    self.thread(video)
            found = self._by_id.get(comment_id)
        return found if found is not None and found.created_at <= self.now else None

    def is_hidden(self, comment: Comment) -> bool:
        """Whether the owner or the platform hid *comment*."""
        return self._hidden.get(comment.comment_id, comment.is_hidden)

    def is_liked(self, comment: Comment) -> bool:
        """Whether the owner liked *comment*."""
        return comment.comment_id in self._liked

    def comment_count(self, video: Video, moment: int) -> int:
        """Comments and replies under *video* that exist at *moment*."""
        thread = self.thread(video)
        every = [thread.comments, *thread.replies.values()]
        return sum(self.exists(c, moment) for comments in every for c in comments)

    def every_comment(self) -> list[Comment]:
        """All comments and replies under public videos, also deleted ones and ones to come."""
        with self.lock:
            threads = [self.thread(video) for video in self.public_videos()]
        return [
            comment
            for thread in threads
            for comments in (thread.comments, *thread.replies.values())
            for comment in comments
        ]

    def gone_at(self, comment: Comment) -> int | None:
        """When *comment* was or will be deleted, in Unix seconds; None when never."""
        known = [at for at in (comment.deleted_at, self._gone.get(comment.comment_id)) if at]
        return min(known, default=None)

    # What clients do

    def reply(self, asked: Comment, text: str, *, is_hidden: bool = False) -> Comment:
        """Writes a reply of the owner under *asked*; its author reacts in time."""
        with self.lock:
            number = len(self.state.all("reply"))
            now = self.now
            document = {
                "asked": asked.comment_id,
                "text": text,
                "created_at": now,
                "is_hidden": is_hidden,
                "number": number,
            }
            comment_id = snowflake(now, self.seed, "api-reply", number)
            self.state.put("reply", comment_id, document)
            return self._add_reply(comment_id, document)

    def comment_as_owner(self, video: Video, text: str) -> Comment:
        """Writes a comment of the owner under *video* now."""
        said = InjectedComment(text, handle=OWNER_HANDLE, video_id=video.video_id, is_dream=False)
        return self.inject(said)

    def inject(self, injected: InjectedComment) -> Comment:
        """Writes a comment of the audience now.

        Raises:
            LookupError: The video or the parent does not exist.
        """
        with self.lock:
            parent = None
            if injected.parent_comment_id is not None:
                parent = self.find_comment(injected.parent_comment_id)
                if parent is None:
                    raise LookupError(f"The comment {injected.parent_comment_id} does not exist.")
            video = self._video_for(injected, parent)
            document = written.injection(injected, video.video_id, parent, now=self.now)
            number = len(self.state.all("injected"))
            comment_id = snowflake(document["created_at"], self.seed, "injected", number)
            self.state.put("injected", comment_id, document)
            return self._add_injected(comment_id, document)

    def delete_comment(self, comment: Comment) -> None:
        """Makes *comment* and its replies disappear now."""
        with self.lock:
            now = self.now
            self.state.put("deleted", comment.comment_id, {"at": now})
            self._gone[comment.comment_id] = now

    def set_hidden(self, comment: Comment, *, hidden: bool) -> None:
        """Hides *comment* from the public, or shows it again."""
        with self.lock:
            changed = {"hidden": hidden, "at": self.now}
            self.state.put("hidden", comment.comment_id, changed)
            self._hidden[comment.comment_id] = hidden

    def set_liked(self, comment: Comment, *, liked: bool) -> None:
        """Records the owner's like of *comment*, or takes it back."""
        with self.lock:
            if liked:
                self.state.put("liked", comment.comment_id, {"at": self.now})
                self._liked.add(comment.comment_id)
            else:
                self.state.remove("liked", comment.comment_id)
                self._liked.discard(comment.comment_id)

    def recent_reply_texts(self, within_s: int) -> list[str]:
        """Texts the API replied with during the last *within_s* simulated seconds."""
        since = self.now - within_s
        return [d["text"] for _, d in self.state.all("reply") if d["created_at"] >= since]

    def truth(self, comment_id: str) -> dict[str, Any] | None:
        """The hidden truth about one comment, for evaluation only."""
        comment = self.known_comment(comment_id)
        if comment is None:
            return None
        said = comment.utterance
        return {
            "comment_id": comment_id,
            "kind": said.kind,
            "is_dream": said.is_dream,
            "lang": said.lang,
            "theme": said.theme,
            "answer": audience.consent_outcome(self.seed, comment_id, 0) if said.is_dream else None,
        }

    # Joining the state with the seed

    def _load(self) -> None:
        self._gone = {key: int(body["at"]) for key, body in self.state.all("deleted")}
        self._hidden = {key: bool(body["hidden"]) for key, body in self.state.all("hidden")}
        self._liked = {key for key, _ in self.state.all("liked")}
        for comment_id, document in self.state.all("injected"):
            self._add_injected(comment_id, document)
        for comment_id, document in self.state.all("reply"):
            self._add_reply(comment_id, document)

    def _add(self, comment: Comment) -> None:
        every = self._every_video()
        video = next((one for one in every if one.video_id == comment.video_id), None)
        if video is None:
            raise LookupError(f"The video {comment.video_id} does not exist.")
        thread = self.thread(video)
        home = thread.comments
        if comment.parent_comment_id is not None:
            home = thread.replies.setdefault(comment.parent_comment_id, [])
        insort(home, comment, key=lambda one: one.created_at)
        self._by_id[comment.comment_id] = comment

    def _add_reply(self, comment_id: str, document: dict[str, Any]) -> Comment:
        asked = self.known_comment(document["asked"])
        if asked is None:
            raise LookupError(f"The comment {document['asked']} does not exist.")
        parent_id = asked.parent_comment_id or asked.comment_id
        reply = written.owner_reply(self.owner, asked, comment_id, document)
        self._add(reply)
        if not reply.is_hidden:
            self._react(asked, reply, parent_id, document["number"])
        return reply

    def _react(self, asked: Comment, reply: Comment, parent_id: str, number: int) -> None:
        earlier = [
            body
            for _, body in self.state.all("reply")
            if body["asked"] == asked.comment_id
            and not body["is_hidden"]
            and body["number"] < number
        ]
        injected = self.state.get("injected", asked.comment_id) or {}
        reaction = audience.react(
            self.seed,
            asked,
            audience.OwnerReply(reply.comment_id, reply.created_at, len(earlier)),
            parent_id=parent_id,
            chosen=injected.get("answer"),
        )
        for answer in reaction.answers:
            self._add(answer)
        if reaction.deletes_at is not None:
            self._gone.setdefault(asked.comment_id, reaction.deletes_at)

    def _video_for(self, injected: InjectedComment, parent: Comment | None) -> Video:
        video_id = parent.video_id if parent else injected.video_id
        video = self.find_video(video_id) if video_id else self.public_videos()[0]
        if video is None:
            raise LookupError(f"The video {video_id} does not exist.")
        return video

    def _add_injected(self, comment_id: str, document: dict[str, Any]) -> Comment:
        is_owner = document["handle"] == OWNER_HANDLE
        comment = written.injected_comment(self.seed, comment_id, document, is_owner=is_owner)
        self._add(comment)
        return comment
