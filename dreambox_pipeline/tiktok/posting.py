"""The Content Posting API of TikTok's developer host: uploads, direct posts and inbox drafts.

    creator_info -> begin_upload -> upload -> status … post_ids        posted at once
                    begin_draft  -> upload -> status SEND_TO_USER_INBOX a person posts it in the app
                    begin_pull / begin_draft_pull                       TikTok fetches an address

A request that begins a publication is sent exactly once: after an unknown outcome
(`may_have_taken_effect`) the post may exist, and only the account's videos tell. Drafts carry no
AI label; a person has to set it in the app. Nothing here decides what is posted.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self, TypeVar

import httpx
from pydantic import SecretStr

from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.chunk_upload import ChunkUpload
from dreambox_pipeline.tiktok.chunks import CHUNK_BYTES, ChunkPlan, plan_chunks
from dreambox_pipeline.tiktok.fields import TikTokId
from dreambox_pipeline.tiktok.limits import SAFE_WINDOW_S, RequestLimiter, SlidingWindowLimiter
from dreambox_pipeline.tiktok.oauth import read_object
from dreambox_pipeline.tiktok.posting_endpoints import (
    CANCEL,
    CREATOR_INFO,
    DIRECT_INIT,
    INBOX_INIT,
    QUERIES_PER_MINUTE,
    STATUS,
    UPLOAD_URL_LIFETIME,
    check_upload_url,
    open_posting_envelope,
)
from dreambox_pipeline.tiktok.posting_objects import (
    CreatorInfo,
    DirectPost,
    PostingStatus,
    UploadSession,
    VideoFile,
    check_post,
)
from dreambox_pipeline.tiktok.schemas import WireObject
from dreambox_pipeline.tiktok.tokens import TokenSource
from dreambox_pipeline.tiktok.transport import Limits, Transport, http_client

Answer = TypeVar("Answer")


class _Receipt(WireObject):
    publish_id: TikTokId


class _UploadReceipt(_Receipt):
    upload_url: SecretStr


class PostingClient:
    """The Content Posting API, for one account.

    Args:
        base_url: `https://open.tiktokapis.com`, with `/v2` at the end or without.
        tokens: Gives the developer host's access token, and another one when TikTok refuses it.
        now: The clock TikTok counts with; live, the machine's.
        sleep: Waits before a request that would breach a limit, in that clock's seconds.
        http: Given by tests; otherwise one with timeouts is made.
        limiter: Shared by all processes; without one, this client counts alone.
        chunk_bytes: How large the chunks of an upload shall be.
    """

    def __init__(
        self,
        base_url: str,
        *,
        tokens: TokenSource,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        http: httpx.Client | None = None,
        limits: Limits | None = None,
        limiter: RequestLimiter | None = None,
        chunk_bytes: int = CHUNK_BYTES,
    ) -> None:
        self._tokens, self._now = tokens, now
        self._limits, self._http, self._chunk_bytes = limits or Limits(), http, chunk_bytes
        self._transport = Transport(
            base_url.rstrip("/").removesuffix("/v2"),
            http=http,
            limits=limits,
            limiter=limiter
            or SlidingWindowLimiter(
                now=now, sleep=sleep, limits=QUERIES_PER_MINUTE, window_s=SAFE_WINDOW_S
            ),
            now=now,
            opener=open_posting_envelope,
        )

    def __repr__(self) -> str:
        return f"PostingClient({self._transport!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def creator_info(self) -> CreatorInfo:
        """What the account allows now.

        Raises:
            PostingCapReached: It may not post now; TikTok says so here before a post is begun.
            PostingBanned: It may not post at all.
        """
        return read_object(
            self._read(CREATOR_INFO, {}), CreatorInfo, path=CREATOR_INFO, was_write=False
        )

    def begin_upload(
        self, post: DirectPost, video: VideoFile, *, creator: CreatorInfo
    ) -> UploadSession:
        """Ask for a place to upload *video*, to be posted as *post* once it is there. Sent once.

        Args:
            post: How it is posted.
            video: The file.
            creator: Just asked for with `creator_info`.

        Raises:
            PrivacyNotOffered: The privacy level is none of *creator*'s. Nothing was sent.
            InvalidParams: The title or the cover breaks a limit. Nothing was sent, or TikTok says so.
            MediaRejected: Too long for the account, or not 1 byte to 4 GB. Nothing was sent.
            TikTokError: Without the file nothing is posted, so even after an unknown outcome a
                second request cannot post twice; it counts against the caps.
        """
        check_post(post, creator, video.duration_s, path=DIRECT_INIT)
        return self._begin_upload(DIRECT_INIT, video, {"post_info": post.wire(creator)})

    def begin_draft(self, video: VideoFile) -> UploadSession:
        """Ask for a place to upload *video*, to appear in the account's inbox. Sent once.

        A person finishes it in the app, within 24 hours, and must set the AI label there.

        Raises:
            PostingCapReached: Five drafts are waiting already.
            TikTokError: See `begin_upload`.
        """
        return self._begin_upload(INBOX_INIT, video, {})

    def begin_pull(
        self, post: DirectPost, video_url: str, *, duration_s: float, creator: CreatorInfo
    ) -> str:
        """Have TikTok fetch *video_url* and post it. Returns the publish id. Sent once.

        Args:
            post: How it is posted.
            video_url: https, without redirects, verified as ours, reachable for an hour.
            duration_s: Of the video, in seconds.
            creator: Just asked for with `creator_info`.

        Raises:
            UrlNotVerified: The address is not proven to be ours.
            TikTokError: With `may_have_taken_effect` the post may appear: look in the account's
                videos before any second request, and let a person decide.
        """
        check_post(post, creator, duration_s, path=DIRECT_INIT)
        return self._begin_pull(DIRECT_INIT, video_url, {"post_info": post.wire(creator)})

    def begin_draft_pull(self, video_url: str) -> str:
        """Have TikTok fetch *video_url* into the account's inbox; see `begin_draft`, `begin_pull`."""
        return self._begin_pull(INBOX_INIT, video_url, {})

    def upload(
        self,
        path: Path,
        session: UploadSession,
        on_progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Send the file at *path*, from wherever TikTok says it broke off. May be called again.

        Returns at once when TikTok has the whole file or is done with the publication, even if
        that failed: `status` tells.

        Args:
            path: The file *session* was made for.
            session: From `begin_upload` or `begin_draft`, perhaps by another process.
            on_progress: Told the number of bytes TikTok holds, after each chunk.

        Raises:
            UploadExpired: The hour is over. See its `may_have_taken_effect`.
            NotFound: TikTok knows no such upload (any more).
            UploadOutOfStep: TikTok holds bytes that we cannot continue from.
            MediaRejected: *path* is not the file that was announced.
            TransientError: The network or TikTok failed for long; call again with the same session.
        """
        held = self._held(session)
        if held == session.size_bytes:
            return
        http = self._http or http_client(session.upload_url.get_secret_value(), self._limits)
        sending = ChunkUpload(
            http,
            session,
            limits=self._limits,
            ask=lambda: self.status(session.publish_id).uploaded_bytes,
            on_progress=on_progress,
            is_end_unknown=held is None,
        )
        try:
            with _opened(path, session.size_bytes) as file:
                sending.send(file, held or 0)
        finally:
            if http is not self._http:
                http.close()

    def _held(self, session: UploadSession) -> int | None:
        """How many bytes TikTok has; None when it does not say. All of them once it is settled."""
        try:
            status = self.status(session.publish_id)
        except (TransientError, errors.NotFound):
            return None
        if status.is_settled:
            return session.size_bytes
        held = status.uploaded_bytes
        return held if held is not None and session.plan.is_boundary(held) else None

    def status(self, publish_id: str) -> PostingStatus:
        """Where a publication is. Post ids may come minutes after completion, or never.

        Raises:
            NotFound: No such publication, or another account's.
        """
        data = self._read(STATUS, {"publish_id": publish_id})
        return read_object(data, PostingStatus, path=STATUS, was_write=False)

    def cancel(self, publish_id: str) -> None:
        """Stop a publication that TikTok is still fetching; uploads cannot be cancelled.

        Raises:
            NotCancellable: It is too late, or was an upload.
        """
        self._write(CANCEL, {"publish_id": publish_id})

    def _begin_upload(
        self, path: str, video: VideoFile, body: Mapping[str, object]
    ) -> UploadSession:
        plan = plan_chunks(video.size_bytes, chunk_bytes=self._chunk_bytes)
        asked_at = self._now()
        data = self._write(path, {**body, "source_info": _announced(plan)})
        receipt = read_object(data, _UploadReceipt, path=path)
        check_upload_url(receipt.upload_url, path)
        return UploadSession(
            publish_id=receipt.publish_id,
            upload_url=receipt.upload_url,
            size_bytes=plan.size,
            chunk_size=plan.chunk_size,
            mime_type=video.mime_type,
            expires_at=asked_at + UPLOAD_URL_LIFETIME,
        )

    def _begin_pull(self, path: str, video_url: str, body: Mapping[str, object]) -> str:
        source = {"source": "PULL_FROM_URL", "video_url": video_url}
        data = self._write(path, {**body, "source_info": source})
        return read_object(data, _Receipt, path=path).publish_id

    def _read(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        def call(token: str) -> dict[str, Any]:
            return self._transport.query(path, params={}, body=body, headers=_headers(token))

        try:
            return self._with_token(call)
        except errors.TikTokError as error:
            error.may_have_taken_effect = False  # a POST that only reads
            raise

    def _write(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        def call(token: str) -> dict[str, Any]:
            return self._transport.post(path, body=body, headers=_headers(token))

        return self._with_token(call)

    def _with_token(self, call: Callable[[str], Answer]) -> Answer:
        """A refused call was not carried out, so repeating it with a new token is safe."""
        token = self._tokens.access_token()
        try:
            return call(token)
        except errors.AccessTokenRejected:
            return call(self._tokens.refreshed(token))


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _announced(plan: ChunkPlan) -> dict[str, object]:
    return {
        "source": "FILE_UPLOAD",
        "video_size": plan.size,
        "chunk_size": plan.chunk_size,
        "total_chunk_count": plan.total_chunk_count,
    }


@contextmanager
def _opened(path: Path, size_bytes: int) -> Iterator[BinaryIO]:
    """The file at *path*, if it is still *size_bytes* long."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise errors.MediaRejected(
            f"The video {path.name} could not be read ({type(error).__name__}). Nothing was "
            "posted. Make or fetch the file again."
        ) from error
    with file:
        found = path.stat().st_size
        if found != size_bytes:
            raise errors.MediaRejected(
                f"The video {path.name} has {found} bytes and {size_bytes} were announced. Nothing "
                "was posted. Begin again with the file as it is."
            )
        yield file
