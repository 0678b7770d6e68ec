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
_ACCOUNTS_API = "v_pub_url~"


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
        self._videos: dict[str, tuple[dict[str, Any], Video]] = {}
        self.moderation_s: int | None = None
        """How long post ids take, in seconds; None draws up to three minutes for each post."""

    def request(
        self,
        *,
        now: int,
        video_url: str,
        post_info: dict[str, Any],
        prefix: str = f"{_ACCOUNTS_API}v1.",
        is_public: bool = True,
        account: str = "",
    ) -> str:
        """Writes down that *video_url* shall be posted and returns its share id."""
        wanted = {"video_url": video_url, "state": "pending"}
        if account:
            wanted["account"] = account
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
        account: str = "",
    ) -> str:
        """Writes down that *size* bytes will be uploaded *until* then, and returns the share id."""
        wanted: dict[str, Any] = {"state": "uploading", "size": size, "until": until, "received": 0}
        if account:
            wanted["account"] = account
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
        is_public = (
            _is_public(document) and document["public_at"] <= now and not _is_down(document, now)
        )
        return Progress(COMPLETE, (document["post_id"],) if is_public else (), bytes_held=held)

    def in_state(self, state: str) -> list[tuple[str, dict[str, Any]]]:
        """Share id and document of everything in *state*."""
        return [(key, body) for key, body in self._documents.items() if body["state"] == state]

    def take_down(self, post_id: str, *, now: int) -> None:
        """The platform hides a public post.

        Raises:
            LookupError: No post of that id, made through an API, is public.
        """
        share_id, document = self._post(post_id)
        if document["public_at"] > now or _is_down(document, now) or not _is_public(document):
            raise LookupError(f"The post {post_id} is not public.")
        spans = [*document.get("taken_down", ()), [now, None]]
        self._save(share_id, {**document, "taken_down": spans})

    def bring_back(self, post_id: str, *, now: int) -> None:
        """A post that was taken down is public again.

        Raises:
            LookupError: No post of that id is down.
        """
        share_id, document = self._post(post_id)
        if not _is_down(document, now):
            raise LookupError(f"The post {post_id} was not taken down.")
        spans = document["taken_down"]
        self._save(share_id, {**document, "taken_down": [*spans[:-1], [spans[-1][0], now]]})

    def _post(self, post_id: str) -> tuple[str, dict[str, Any]]:
        for share_id, document in self.in_state("fetched"):
            if document["post_id"] == post_id:
                return share_id, document
        raise LookupError(f"No post of the API has the id {post_id}.")

    def taken_since(self, moment: int, *, drafts: bool, account: str) -> int:
        """How many direct posts, or waiting drafts, *account* asked for from *moment* on and were not refused."""
        return sum(
            document["requested_at"] >= moment
            and document.get("account", account) == account
            and document["state"] != "failed"
            and bool(document["post_info"].get("upload_to_draft")) == drafts
            for document in self._documents.values()
        )

    def requested_since(self, moment: int, *, account: str) -> list[int]:
        """When *account* asked for publications, from *moment* on."""
        times = (
            int(document["requested_at"])
            for document in self._documents.values()
            if document.get("account", account) == account
        )
        return [time for time in times if time >= moment]

    def public_videos(self, now: int, *, with_taken_down: bool = False) -> list[Video]:
        """Posts that are public at *now*, or were before the platform took them down."""
        return [
            self._video(share_id, document)
            for share_id, document in self._documents.items()
            if document["state"] == "fetched"
            and document["public_at"] <= now
            and _is_public(document)
            and (with_taken_down or not _is_down(document, now))
        ]

    def settled(self) -> list[tuple[str, dict[str, Any]]]:
        """Share id and document of everything fetched or failed."""
        return [*self.in_state("fetched"), *self.in_state("failed")]

    def _save(self, share_id: str, document: dict[str, Any]) -> None:
        self._state.put(_KIND, share_id, document)
        self._documents[share_id] = document

    def _video(self, share_id: str, document: dict[str, Any]) -> Video:
        """Made anew when the document was replaced; lists are asked for often, and grow."""
        made_of, video = self._videos.get(share_id, ({}, None))
        if video is None or made_of is not document:
            video = self._made_video(share_id, document)
            self._videos[share_id] = document, video
        return video

    def _made_video(self, share_id: str, document: dict[str, Any]) -> Video:
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


def is_of_accounts_api(share_id: str) -> bool:
    """Whether a publication was asked for at the Accounts API, and not at the developer host."""
    return share_id.startswith(f"{_ACCOUNTS_API}v1.")


def _is_down(document: dict[str, Any], now: int) -> bool:
    """Whether the platform hides it at *now*."""
    spans = document.get("taken_down", ())
    return any(since <= now and (until is None or now < until) for since, until in spans)


def _is_public(document: dict[str, Any]) -> bool:
    """Whether everybody may see it; the owner chose otherwise, or it is a draft."""
    return bool(document.get("is_public", True)) and not document["post_info"].get(
        "upload_to_draft"
    )
