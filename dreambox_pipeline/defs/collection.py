"""How far comments were collected: what `new_comments_sensor` found, asked for and remembers.

Asking for a run is not storing a comment: the run may fail, or leave a video out. So what was found
is only noted in the cursor, and becomes the videos' state in the ledger once the runs have
succeeded. Until then the videos stay due and the webhook events wait, and after a while they are
found, and asked for, again. How new comments are found is in `looking`.
"""

import hashlib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import dagster as dg
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from dreambox_pipeline.stages.comments.changes import CommentChange
from dreambox_pipeline.stages.comments.polling import next_look
from dreambox_pipeline.storage.ledger import Ledger, failures, inbox, polls
from dreambox_pipeline.storage.ledger import source_videos as ledger_videos
from dreambox_pipeline.storage.ledger.polls import PollState

ASK_AGAIN_AFTER = timedelta(minutes=10)
"""A run that failed or left a video out is repeated after this; at once would meet the same trouble."""

LIST_EVERY = timedelta(hours=6)
"""How often all videos are listed and their newest days read whole: for comments that TikTok
released late, and for those it hides now."""

FIRST_LOOK = timedelta(days=1)
"""How far back a video's first look goes; what is older is the backfill's."""

RUN_KEY_TAG = "dagster/run_key"

VIDEOS_TAG = "dreambox/videos"
"""Names the videos that a collecting run is about; without it the run is about all of them."""


class LookedAt(BaseModel):
    """A look that found something: how far it saw, how much was new, and when."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    seen: AwareDatetime
    new: int
    counted: int | None


class Asked(BaseModel):
    """Runs that were requested, and what is known once they have succeeded.

    Attributes:
        at: When they were requested.
        listed: When our videos were last listed.
        looks: By video id.
        told: Video id to the newest comment that a webhook told of.
        events: The webhook events among the reasons, each with its video.
        attempt: 1 for the first; Dagster starts a run key only once.
    """

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    listed: AwareDatetime
    looks: dict[str, LookedAt]
    told: dict[str, AwareDatetime]
    events: dict[str, str]
    videos: tuple[str, ...]
    attempt: int
    run_keys: tuple[str, ...]

    @property
    def about_videos(self) -> frozenset[str]:
        """Videos with something new."""
        return frozenset({*self.looks, *self.told})

    def about(self, videos: Container[str]) -> "Asked":
        """The part of the request that is about these videos."""
        return self.model_copy(
            update={
                "looks": {each: look for each, look in self.looks.items() if each in videos},
                "told": {each: at for each, at in self.told.items() if each in videos},
                "events": {event: each for event, each in self.events.items() if each in videos},
            }
        )

    def run_keys_that_succeeded(self, instance: dg.DagsterInstance, job_name: str) -> set[str]:
        """Which of the runs are over and well."""
        return {
            key
            for key in self.run_keys
            if instance.get_runs_count(
                dg.RunsFilter(
                    job_name=job_name,
                    statuses=[dg.DagsterRunStatus.SUCCESS],
                    tags={RUN_KEY_TAG: key},
                )
            )
        }


class CommentsCursor(BaseModel):
    """The sensor's memory; what it knows of each video is in the ledger.

    Attributes:
        since: Where the first look at a video begins.
        listed: When our videos were last listed.
        ticked: The last tick that looked at videos.
        asked: The request that is not known to have succeeded, or None.
    """

    model_config = ConfigDict(frozen=True)

    since: AwareDatetime
    listed: AwareDatetime
    ticked: AwareDatetime
    asked: Asked | None = None

    @classmethod
    def read(cls, text: str | None, *, now: datetime) -> "CommentsCursor":
        """The cursor in *text*. An empty one, or one of another version, begins anew a day ago."""
        try:
            return cls.model_validate_json(text or "")
        except ValidationError:
            long_ago = now - LIST_EVERY
            return cls(since=now - FIRST_LOOK, listed=long_ago, ticked=long_ago)

    def after_success(self, left_out: frozenset[str]) -> "CommentsCursor":
        """The request went through: its comments are stored, but for those of the videos left out."""
        if self.asked is None:
            return self
        rest = self.asked.about(left_out) if left_out else None
        return self.model_copy(update={"asked": rest, "listed": self.asked.listed})

    def request(self, findings: "Findings", *, now: datetime) -> "CommentsCursor":
        """The cursor once runs for what was found are requested."""
        attempt = self.asked.attempt + 1 if self.asked else 1
        asked = Asked(
            at=now,
            listed=now if findings.is_list_stale else self.listed,
            looks=findings.looks,
            told=findings.told,
            events={name: change.source_video_id for name, change in findings.inserts.items()},
            videos=findings.videos,
            attempt=attempt,
            run_keys=tuple(
                f"{day}:{findings.digest(listed=self.listed)}:{attempt}"
                for day in findings.days(now)
            ),
        )
        return self.model_copy(update={"asked": asked})


@dataclass
class Findings:
    """What a tick found out.

    Attributes:
        is_list_stale: Our videos have to be listed, and their newest days read whole.
        looks: Video id to a look that found something new.
        from_day: Video id to the oldest day on which something may be new.
        inserts: Event id to a comment that a webhook told of.
        quiet: States of the videos where nothing was new, or that could not be read.
    """

    is_list_stale: bool
    looks: dict[str, LookedAt] = field(default_factory=dict)
    from_day: dict[str, date] = field(default_factory=dict)
    inserts: dict[str, CommentChange] = field(default_factory=dict)
    quiet: list[PollState] = field(default_factory=list)

    def days(self, now: datetime) -> list[str]:
        """The daily partitions to collect, oldest first; empty when nothing is new."""
        found = {day_of(change.at) for change in self.inserts.values()}
        for video_id, look in self.looks.items():
            found |= set(_days_between(self.from_day[video_id], day_of(look.seen)))
        if self.is_list_stale:
            found |= {day_of(now), day_of(now - LIST_EVERY)}
        return [day.isoformat() for day in sorted(found) if day <= day_of(now)]

    @property
    def told(self) -> dict[str, datetime]:
        """Video id to the newest comment that a webhook told of."""
        oldest_first = sorted(self.inserts.values(), key=lambda change: change.at)
        return {change.source_video_id: change.at for change in oldest_first}

    @property
    def videos(self) -> tuple[str, ...]:
        """The only videos to read; none means all."""
        return () if self.is_list_stale else tuple(sorted(self.told.keys() | self.looks.keys()))

    def digest(self, *, listed: datetime) -> str:
        """The same for the same findings, so that a repeated tick asks for the same runs.

        Args:
            listed: When our videos were last listed: a listing that is due again is another one, and
                Dagster starts a run key only once.
        """
        parts = [f"{video_id}@{look.seen}+{look.new}" for video_id, look in self.looks.items()]
        due = listed.isoformat() if self.is_list_stale else ""
        whole = "|".join([*sorted(parts), *sorted(self.inserts), due])
        return hashlib.sha256(whole.encode()).hexdigest()[:12]

    @property
    def reason(self) -> str:
        """Why the runs are asked for, for a person."""
        reasons = {
            f"new comments under {len(self.looks)} videos": self.looks,
            f"{len(self.inserts)} comments told by webhook": self.inserts,
            "the videos' newest days are read whole": self.is_list_stale,
        }
        return ", ".join(text for text, applies in reasons.items() if applies)


def run_requests(
    cursor: CommentsCursor, findings: Findings, *, now: datetime
) -> list[dg.RunRequest]:
    """One run a day, about the videos that were found."""
    if cursor.asked is None:
        return []
    tags = {"dreambox/reason": findings.reason}
    if cursor.asked.videos:
        tags[VIDEOS_TAG] = " ".join(cursor.asked.videos)
    return [
        dg.RunRequest(run_key=key, partition_key=day, tags=tags)
        for key, day in zip(cursor.asked.run_keys, findings.days(now), strict=True)
    ]


def only_videos(tags: Mapping[str, str]) -> frozenset[str] | None:
    """The videos that a run with these tags is about; None means all."""
    named = frozenset(tags.get(VIDEOS_TAG, "").split())
    return named or None


def settle(asked: Asked, *, ledger: Ledger, now: datetime) -> None:
    """It is stored: remember how far each video was seen, and what its next look waits for."""
    with ledger.write() as connection:
        states = polls.states(connection)
        created = {v.source_video_id: v.created_at for v in ledger_videos.everything(connection)}
        for video_id, look in asked.looks.items():
            before = states.get(video_id)
            due_at = next_look(
                created_at=created.get(video_id, look.at),
                polled_at=before.polled_at if before else None,
                now=look.at,
                new_comments=look.new,
            )
            state = PollState(video_id, look.at, look.seen, look.counted, look.new, due_at)
            polls.record(connection, state)
        for video_id, told_at in asked.told.items():
            known = states.get(video_id)
            # Nobody needs to look for what was told and is stored: the run read that whole day.
            if video_id not in asked.looks and known and _is_same_day(known.seen_until, told_at):
                seen = max(known.seen_until or told_at, told_at)
                polls.record(connection, replace(known, seen_until=seen))
        for event_id in asked.events:
            inbox.mark_handled(connection, event_id, now=now)
        inbox.prune(connection, now=now)


def uncollected(
    instance: dg.DagsterInstance, ledger: Ledger, asked: Asked, *, job_name: str
) -> frozenset[str] | None:
    """The videos asked for that the runs left out; None while not all of the runs have succeeded."""
    if asked.run_keys_that_succeeded(instance, job_name) != set(asked.run_keys):
        return None
    with ledger.read() as connection:
        newest = failures.newest(connection, limit=1000)
    failed = {item_id for stage, item_id, _, _ in newest if stage == "comments"}
    return asked.about_videos & failed


def _is_same_day(left: datetime | None, right: datetime) -> bool:
    return left is not None and day_of(left) == day_of(right)


def day_of(moment: datetime) -> date:
    """The day, and so the partition, of a moment: in UTC."""
    return moment.astimezone(UTC).date()


def _days_between(first: date, last: date) -> Iterator[date]:
    for offset in range(max(0, (last - first).days) + 1):
        yield first + timedelta(days=offset)
