"""The Content Posting API on the wire: creator info, uploads, pulls, drafts, status, cancelling.

A publication is the world's, whichever API asked for it, so its post appears and is counted like
any other. Caps count 24 simulated hours back. What the account and the app may do can be switched:
`posting_refusal` answers any documented code, `posting_fail_reason` lets publications fail.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from sqlite3 import OperationalError
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from dreambox_pipeline.sandbox.accounts import fetching
from dreambox_pipeline.sandbox.accounts.publishing import PublishingApi
from dreambox_pipeline.sandbox.developer_door import DeveloperDoor, DeveloperError
from dreambox_pipeline.sandbox.developer_rules import Source, read_post_info, read_source
from dreambox_pipeline.sandbox.developer_uploads import LIFETIME_S, Uploads
from dreambox_pipeline.sandbox.posting_switches import BANNED
from dreambox_pipeline.sandbox.world.publications import FAILED, Progress
from dreambox_pipeline.sandbox.world.videos import DAY
from dreambox_pipeline.sandbox.world.world import World

POSTS_PER_DAY = 15
PENDING_DRAFTS = 5
_PREFIX = "/v2/post/publish"
_PROBE_WAIT_S = 20.0
_PUBLISH = frozenset({"video.publish"})
_UPLOAD = frozenset({"video.upload"})

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A post or a draft (*kind*) that an account asks for, in the world's own words."""

    kind: str
    open_id: str
    info: Body
    is_public: bool


class DeveloperPosting:
    """The posting endpoints.

    Args:
        world: The world that posts appear in.
        door: Checks who calls.
        publishing: The Accounts API's publishing, which fetches addresses for both hosts.
        base_url: Of the server, without a slash at the end.
    """

    def __init__(
        self, world: World, door: DeveloperDoor, publishing: PublishingApi, *, base_url: str
    ) -> None:
        self._world, self._door, self._publishing = world, door, publishing
        self._uploads = Uploads(world, base_url=base_url, on_complete=self._complete)
        self._probes: set[asyncio.Task[None]] = set()
        self.switches = publishing.switches
        self.limits_enabled = publishing.limits_enabled

    def routes(self) -> list[Route]:
        """All routes, the upload address among them."""
        both = _PUBLISH | _UPLOAD
        return [
            self._uploads.route(),
            self._route("creator_info/query", self.creator_info, _PUBLISH, 20),
            self._route("video/init", self.direct, _PUBLISH, 6),
            self._route("inbox/video/init", self.draft, _UPLOAD, 6),
            self._route("status/fetch", self.status, both, 30),
            self._route("cancel", self.cancel, both, 30),
        ]

    def set_switch(self, name: str, value: Any) -> bool:
        """Sets *name* if it is a switch of this API and *value* fits."""
        if name == "posting_moderation_s":
            if not (value is None or (type(value) is int and value >= 0)):
                return False
            self._world.publications.moderation_s = value
            return True
        known = getattr(self.switches, name, None)
        if known is None or type(known) is not type(value):
            return False
        setattr(self.switches, name, value)
        return True

    def resume(self) -> None:
        """Fails the complete uploads whose file an earlier process took with it."""
        for share_id, document in self._world.publications.in_state("uploading"):
            if document["received"] == document["size"]:
                self._world.publications.refused(share_id, "internal", now=self._world.now)

    async def stop(self) -> None:
        """Waits for the files that are looked at just now."""
        await asyncio.gather(*self._probes, return_exceptions=True)

    # Endpoints

    async def creator_info(self, body: Body, open_id: str) -> Body:
        """`POST creator_info/query/`; refusals come with HTTP 200 here, on purpose."""
        del body
        self._check_may_post(open_id, status=200)
        account, switches = self._world.accounts.get(open_id), self.switches
        return {
            "creator_avatar_url": "https://p16-sign.example/owner.jpeg",
            "creator_username": account.username,
            "creator_nickname": "DreamBox Tales",
            "privacy_level_options": list(switches.privacy_options),
            "comment_disabled": switches.comments_disabled,
            "duet_disabled": False,
            "stitch_disabled": False,
            "max_video_post_duration_sec": switches.posting_max_duration_s,
        }

    async def direct(self, body: Body, open_id: str) -> Body:
        """`POST video/init/`: posted at once."""
        info, source = read_post_info(body), read_source(body)
        if info["privacy_level"] not in self.switches.privacy_options:
            message = "The privacy level is not among the creator's options."
            raise DeveloperError(403, "privacy_level_option_mismatch", message)
        is_hidden = self.switches.account_private and info["privacy_level"] == "SELF_ONLY"
        if not self.switches.app_audited and not is_hidden:
            message = "Please make the account private and post with SELF_ONLY, or get audited."
            code = "unaudited_client_can_only_post_to_private_accounts"
            raise DeveloperError(403, code, message)
        self._check_may_post(open_id, status=403)
        is_public = info["privacy_level"] == "PUBLIC_TO_EVERYONE"
        wanted = _Wanted("v_pub", open_id, _world_info(info), is_public=is_public)
        return self._begin(wanted, source)

    async def draft(self, body: Body, open_id: str) -> Body:
        """`POST inbox/video/init/`: a person finishes it in the app."""
        source = read_source(body)
        self._check_refusal(open_id, 403)
        since = self._world.now - DAY + 1
        waiting = self._world.publications.taken_since(since, drafts=True, account=open_id)
        if self.limits_enabled and waiting >= PENDING_DRAFTS:
            message = "Too many drafts are waiting in the inbox."
            raise DeveloperError(403, "spam_risk_too_many_pending_share", message)
        wanted = _Wanted("v_inbox", open_id, {"upload_to_draft": True}, is_public=True)
        return self._begin(wanted, source)

    async def status(self, body: Body, open_id: str) -> Body:
        """`POST status/fetch/`; post ids are numbers under a misspelt name, as on the platform."""
        del open_id
        await self._publishing.settle()
        if self._probes:
            await asyncio.wait(self._probes, timeout=_PROBE_WAIT_S)
        share_id, progress = self._known(body)
        kind = "uploaded_bytes" if "_file~" in share_id else "downloaded_bytes"
        answer: Body = {"status": progress.status, kind: progress.bytes_held}
        if progress.status == FAILED:
            answer["fail_reason"] = progress.reason
        if progress.post_ids:
            answer["publicaly_available_post_id"] = [int(one) for one in progress.post_ids]
        return answer

    async def cancel(self, body: Body, open_id: str) -> Body:
        """`POST cancel/`: only what is still being fetched from an address."""
        del open_id
        share_id, progress = self._known(body)
        if progress.status != "PROCESSING_DOWNLOAD":
            message = "The publication can no longer be cancelled, or is an upload."
            raise DeveloperError(400, "publish_not_cancellable", message)
        self._world.publications.refused(share_id, "publish_cancelled", now=self._world.now)
        return {}

    # Beginning and completing

    def _begin(self, wanted: _Wanted, source: Source) -> Body:
        publications, now = self._world.publications, self._world.now
        if source.video_url:
            if not self._publishing.is_owned(source.video_url):
                message = "Please review our URL ownership verification rules."
                raise DeveloperError(403, "url_ownership_unverified", message)
            share_id = publications.request(
                now=now,
                video_url=source.video_url,
                post_info=wanted.info,
                prefix=f"{wanted.kind}_url~v2.",
                is_public=wanted.is_public,
                account=wanted.open_id,
            )
            if not self._fail_if_switched(share_id):
                self._publishing.start_fetch(share_id, source.video_url)
            return {"publish_id": share_id}
        share_id = publications.request_upload(
            now=now,
            size=source.size,
            until=now + LIFETIME_S,
            post_info=wanted.info,
            prefix="v_pub_file~v2-1." if wanted.kind == "v_pub" else "v_inbox_file~v2.",
            is_public=wanted.is_public,
            account=wanted.open_id,
        )
        return {"publish_id": share_id, "upload_url": self._uploads.open(share_id, source)}

    def _complete(self, share_id: str, content: bytes) -> None:
        """Looks at an uploaded file in the background."""
        if not self._fail_if_switched(share_id):
            task = asyncio.get_running_loop().create_task(self._probe(share_id, content))
            self._probes.add(task)
            task.add_done_callback(self._probes.discard)

    async def _probe(self, share_id: str, content: bytes) -> None:
        publications, now = self._world.publications, self._world.now
        try:
            probed = await asyncio.to_thread(fetching.probe, content)
        except fetching.PullFailedError as failed:
            publications.refused(share_id, failed.reason, now=now + 5)
            return
        if probed.duration_s > self.switches.posting_max_duration_s:
            publications.refused(share_id, "duration_check_failed", now=now + 5)
        else:
            publications.fetched(share_id, probed, now=now)

    def _fail_if_switched(self, share_id: str) -> bool:
        reason = self.switches.posting_fail_reason
        if reason:
            self._world.publications.refused(share_id, reason, now=self._world.now + 5)
        return bool(reason)

    # Rules

    def _check_may_post(self, open_id: str, *, status: int) -> None:
        self._check_refusal(open_id, status)
        since = self._world.now - DAY + 1
        posted = self._world.publications.taken_since(since, drafts=False, account=open_id)
        if self.limits_enabled and posted >= POSTS_PER_DAY:
            message = "The daily post cap of the creator is reached."
            raise DeveloperError(status, "spam_risk_too_many_posts", message)

    def _check_refusal(self, open_id: str, status: int) -> None:
        if self._world.accounts.get(open_id).is_banned:
            message = "The user is banned from making new posts."
            raise DeveloperError(status, BANNED, message)
        if self.switches.posting_refusal:
            raise DeveloperError(status, self.switches.posting_refusal, "Switched on.")

    def _known(self, body: Body) -> tuple[str, Progress]:
        share_id = body.get("publish_id")
        progress = (
            self._world.publications.progress(share_id, self._world.now)
            if isinstance(share_id, str)
            else None
        )
        if progress is None:
            raise DeveloperError(400, "invalid_publish_id", "The publish_id does not exist.")
        return str(share_id), progress

    def _route(
        self,
        path: str,
        handler: Callable[[Body, str], Awaitable[Body]],
        scopes: frozenset[str],
        per_minute: int,
    ) -> Route:
        async def endpoint(request: Request) -> JSONResponse:
            try:
                open_id = self._door.admit(request, scopes=scopes, per_minute=per_minute)
                return self._door.ok(await handler(await _body(request), open_id))
            except DeveloperError as failed:
                return self._door.error(failed)
            except OperationalError as failed:  # the state file's disk is full or locked
                message = f"System error: {failed}"
                return self._door.error(DeveloperError(500, "internal_error", message))

        return Route(f"{_PREFIX}/{path}/", endpoint, methods=["POST"])


async def _body(request: Request) -> Body:
    try:
        body = await request.json() if await request.body() else {}
    except ClientDisconnect as gone:
        raise DeveloperError(400, "invalid_params", "The body did not arrive whole.") from gone
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise DeveloperError(400, "invalid_params", "The body is not a JSON object.")
    return body


def _world_info(info: Body) -> Body:
    """The post in the world's own words, which are the Accounts API's."""
    return {
        "caption": info.get("title", ""),
        "is_ai_generated": info.get("is_aigc", False),
        "disable_comment": info.get("disable_comment", False),
        "is_branded_content": info.get("brand_content_toggle", False),
        "is_brand_organic": info.get("brand_organic_toggle", False),
        "privacy_level": info["privacy_level"],
    }
