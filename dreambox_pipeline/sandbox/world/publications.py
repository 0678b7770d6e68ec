"""Posts made through the API: from the asked-for download to the public video.

A publication is written down before its request is answered. It becomes complete when the
file was really fetched and probed and the platform's seconds have passed; its post id becomes
public up to three minutes later, as on the real platform.
"""

from dataclasses import asdict, dataclass
from typing import Any

from dreambox_pipeline.sandbox.world.engagement import Engagement
from dreambox_pipeline.sandbox.world.seeds import digest, fraction, snowflake
from dreambox_pipeline.sandbox.world.state import StateFile
from dreambox_pipeline.sandbox.world.videos import StyleMeasure, Video

PROCESSING = "PROCESSING_DOWNLOAD"
COMPLETE = "PUBLISH_COMPLETE"
DRAFTED = "SEND_TO_USER_INBOX"
FAILED = "FAILED"
_KIND = "publication"


@dataclass(frozen=True, slots=True)
class ProbedFile:
    """What the fetched file is: seconds, pixels, bytes and how it looks."""

    duration_s: float
    width: int
    height: int
    frame_rate: float
    size_bytes: int
    sha256: str
    style: StyleMeasure


@dataclass(frozen=True, slots=True)
class Progress:
    """What `publish/status` tells about one publication at one moment."""

    status: str
    post_ids: tuple[str, ...] = ()
    reason: str | None = None


class Publications:
    """All publications of the account, kept in *state*."""

    def __init__(self, seed: int, state: StateFile, engagement: Engagement) -> None:
        self._seed = seed
        self._state = state
        self._engagement = engagement
        self._documents: dict[str, dict[str, Any]] = dict(state.all(_KIND))

    def request(self, *, now: int, video_url: str, post_info: dict[str, Any]) -> str:
        """Writes down that *video_url* shall be posted and returns its share id."""
        number = len(self._documents)
        share_id = f"v_pub_url~v1.{snowflake(now, self._seed, 'share', number)}"
        document = {
            "requested_at": now,
            "video_url": video_url,
            "post_info": post_info,
            "state": "pending",
        }
        self._save(share_id, document)
        return share_id

    def pending(self) -> list[tuple[str, str]]:
        """Share id and address of every file that was not fetched yet."""
        return [
            (share_id, document["video_url"])
            for share_id, document in self._documents.items()
            if document["state"] == "pending"
        ]

    def post_info(self, share_id: str) -> dict[str, Any]:
        """What the client asked for with the post."""
        return dict(self._documents[share_id]["post_info"])

    def fetched(self, share_id: str, probed: ProbedFile, *, now: int) -> None:
        """Records the probed file; the post appears when the platform is done with it."""
        document = self._documents[share_id]
        taken = 15 + int(60 * fraction(self._seed, "processing", share_id))
        done_at = max(now, document["requested_at"] + taken)
        late = int(180 * fraction(self._seed, "late", share_id))
        changed = {
            **document,
            "state": "fetched",
            "file": asdict(probed),
            "done_at": done_at,
            "public_at": done_at + late,
            "post_id": snowflake(done_at, self._seed, "post", share_id),
        }
        self._save(share_id, changed)

    def refused(self, share_id: str, reason: str, *, now: int) -> None:
        """Records why the platform did not take the file."""
        document = self._documents[share_id]
        self._save(share_id, {**document, "state": "failed", "reason": reason, "done_at": now})

    def progress(self, share_id: str, now: int) -> Progress | None:
        """Where the publication is at *now*; None when there is none of that id."""
        document = self._documents.get(share_id)
        if document is None:
            return None
        if document["state"] == "failed":
            return Progress(FAILED, reason=document["reason"])
        if document["state"] == "pending" or document["done_at"] > now:
            return Progress(PROCESSING)
        if document["post_info"].get("upload_to_draft"):
            return Progress(DRAFTED)
        public = document["public_at"] <= now
        return Progress(COMPLETE, (document["post_id"],) if public else ())

    def requested_since(self, moment: int) -> list[int]:
        """When publications were asked for, from *moment* on."""
        times = (int(document["requested_at"]) for document in self._documents.values())
        return [time for time in times if time >= moment]

    def public_videos(self, now: int) -> list[Video]:
        """Posts that are public at *now*."""
        return [
            self._video(share_id, document)
            for share_id, document in self._documents.items()
            if document["state"] == "fetched"
            and document["public_at"] <= now
            and not document["post_info"].get("upload_to_draft")
        ]

    def settled(self) -> list[tuple[str, dict[str, Any]]]:
        """Share id and document of everything fetched or failed."""
        return [(key, body) for key, body in self._documents.items() if body["state"] != "pending"]

    def _save(self, share_id: str, document: dict[str, Any]) -> None:
        self._state.put(_KIND, share_id, document)
        self._documents[share_id] = document

    def _video(self, share_id: str, document: dict[str, Any]) -> Video:
        info, file = document["post_info"], document["file"]
        caption = str(info.get("caption") or "")
        fields: dict[str, Any] = {
            "video_id": document["post_id"],
            "created_at": document["done_at"],
            "public_at": document["public_at"],
            "caption": caption,
            "duration_s": file["duration_s"],
            "width": file["width"],
            "height": file["height"],
            "asks_for_dreams": "tell" in caption.lower() or digest(self._seed, share_id) % 3 == 0,
            "style": StyleMeasure(**file["style"]),
            "is_ai_generated": bool(info.get("is_ai_generated")),
            "published_by_api": True,
            "share_id": share_id,
        }
        expected = 0
        if not info.get("disable_comment"):
            expected = self._engagement.expected_comments(Video(expected_comments=0, **fields))
        return Video(expected_comments=expected, **fields)
