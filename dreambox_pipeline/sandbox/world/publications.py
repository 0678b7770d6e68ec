"""Posts made through the API: from the asked-for download to the public video.

A publication is written down before its request is answered. It becomes complete when the
file was really fetched, or uploaded, and probed and the platform's seconds have passed; its post id
becomes public up to three minutes later, as on the real platform. A draft waits until its person
posts it. An upload that is not complete when its address expires has failed.
"""

from dataclasses import asdict, dataclass
from typing import Any

from dreambox_pipeline.sandbox.world.engagement import Engagement
from dreambox_pipeline.sandbox.world.seeds import digest, fraction, snowflake
from dreambox_pipeline.sandbox.world.state import StateFile
from dreambox_pipeline.sandbox.world.videos import StyleMeasure, Video

PROCESSING = "PROCESSING_DOWNLOAD"
UPLOADING = "PROCESSING_UPLOAD"
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
    bytes_held: int = 0


class Publications:
    """All publications of the account, kept in *state*."""

    def __init__(self, seed: int, state: StateFile, engagement: Engagement) -> None:
        self._seed = seed
        self._state = state
        self._engagement = engagement
        self._documents: dict[str, dict[str, Any]] = dict(state.all(_KIND))
        self.moderation_s: int | None = None
        """How long post ids take, in seconds; None draws up to three minutes for each post."""

    def request(
        self,
        *,
        now: int,
        video_url: str,
        post_info: dict[str, Any],
        prefix: str = "v_pub_url~v1.",
        is_public: bool = True,
    ) -> str:
        """Writes down that *video_url* shall be posted and returns its share id."""
        wanted = {"video_url": video_url, "state": "pending"}
        return self._begin(prefix, now, post_info, is_public=is_public, wanted=wanted)

    def request_upload(
        self,
        *,
        now: int,
        size: int,
        until: int,
        post_info: dict[str, Any],
        prefix: str,
        is_public: bool = True,
    ) -> str:
        """Writes down that *size* bytes will be uploaded *until* then, and returns the share id."""
        wanted = {"state": "uploading", "size": size, "until": until, "received": 0}
        return self._begin(prefix, now, post_info, is_public=is_public, wanted=wanted)

    def _begin(
        self,
        prefix: str,
        now: int,
        post_info: dict[str, Any],
        *,
        is_public: bool,
        wanted: dict[str, Any],
    ) -> str:
        number = len(self._documents)
        share_id = f"{prefix}{snowflake(now, self._seed, 'share', number)}"
        known = {"requested_at": now, "post_info": post_info, "is_public": is_public}
        self._save(share_id, known | wanted)
        return share_id

    def received(self, share_id: str, count: int, *, now: int) -> None:
        """Writes down that *count* bytes of an upload have arrived."""
        document = self._documents[share_id]
        self._save(share_id, {**document, "received": count, "uploaded_at": now})

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
        if document["state"] == "failed":  # cancelled meanwhile
            return
        taken = 15 + int(60 * fraction(self._seed, "processing", share_id))
        began_at = document.get("uploaded_at", document["requested_at"])
        done_at = max(now, began_at + taken)
        settled = {**document, "state": "fetched", "file": asdict(probed)}
        self._save(share_id, settled | self._appearance(share_id, done_at))

    def _appearance(self, share_id: str, done_at: int) -> dict[str, Any]:
        late = int(180 * fraction(self._seed, "late", share_id))
        return {
            "done_at": done_at,
            "public_at": done_at + (late if self.moderation_s is None else self.moderation_s),
            "post_id": snowflake(done_at, self._seed, "post", share_id),
        }

    def post_draft(self, share_id: str, *, is_ai_generated: bool, now: int) -> None:
        """The person finishes a draft in the app and posts it.

        Raises:
            LookupError: There is no such draft in the inbox.
        """
        progress = self.progress(share_id, now)
        if progress is None or progress.status != DRAFTED:
            raise LookupError(f"The draft {share_id} is not in the inbox.")
        document = self._documents[share_id]
        info = {
            **document["post_info"],
            "upload_to_draft": False,
            "is_ai_generated": is_ai_generated,
        }
        posted = {**document, "post_info": info} | self._appearance(share_id, now)
        self._save(share_id, posted)

    def refused(self, share_id: str, reason: str, *, now: int) -> None:
        """Records why the platform did not take the file."""
        document = self._documents[share_id]
        self._save(share_id, {**document, "state": "failed", "reason": reason, "done_at": now})

    def progress(self, share_id: str, now: int) -> Progress | None:
        """Where the publication is at *now*; None when there is none of that id."""
        document = self._documents.get(share_id)
        if document is None:
            return None
        held = int(document.get("received", document.get("file", {}).get("size_bytes", 0)))
        if document["state"] == "failed":
            return Progress(FAILED, reason=document["reason"], bytes_held=held)
        if document["state"] == "uploading" and held < document["size"] and now > document["until"]:
            return Progress(FAILED, reason="internal", bytes_held=held)
        if document["state"] in ("pending", "uploading") or document["done_at"] > now:
            return Progress(UPLOADING if "size" in document else PROCESSING, bytes_held=held)
        if document["post_info"].get("upload_to_draft"):
            return Progress(DRAFTED, bytes_held=held)
        is_public = _is_public(document) and document["public_at"] <= now
        return Progress(COMPLETE, (document["post_id"],) if is_public else (), bytes_held=held)

    def in_state(self, state: str) -> list[tuple[str, dict[str, Any]]]:
        """Share id and document of everything in *state*."""
        return [(key, body) for key, body in self._documents.items() if body["state"] == state]

    def taken_since(self, moment: int, *, drafts: bool) -> int:
        """How many direct posts, or waiting drafts, were asked for from *moment* on and not refused."""
        return sum(
            document["requested_at"] >= moment
            and document["state"] != "failed"
            and bool(document["post_info"].get("upload_to_draft")) == drafts
            for document in self._documents.values()
        )

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
            and _is_public(document)
        ]

    def settled(self) -> list[tuple[str, dict[str, Any]]]:
        """Share id and document of everything fetched or failed."""
        return [*self.in_state("fetched"), *self.in_state("failed")]

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


def _is_public(document: dict[str, Any]) -> bool:
    """Whether everybody may see it; the owner chose otherwise, or it is a draft."""
    return bool(document.get("is_public", True)) and not document["post_info"].get(
        "upload_to_draft"
    )
