"""Publishing on the wire: settings, the pull of a video, its status, and URL properties.

A request is acknowledged once it is written down; the file is fetched in the background, so a
server that is asked to serve it while it waits for the answer is no deadlock. When a status is
asked for and the platform would be done, the answer waits for the real fetch.
"""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from dreambox_pipeline.sandbox.accounts import fetching
from dreambox_pipeline.sandbox.accounts.envelope import (
    INVALID_PARTNER,
    NOT_EXIST,
    PARAM_ERROR,
    TOO_MANY_REQUESTS,
    ApiError,
    Params,
)
from dreambox_pipeline.sandbox.accounts.tokens import TokenStore
from dreambox_pipeline.sandbox.posting_switches import BANNED, PostingSwitches
from dreambox_pipeline.sandbox.world.publications import ProbedFile
from dreambox_pipeline.sandbox.world.seeds import digest
from dreambox_pipeline.sandbox.world.videos import DAY
from dreambox_pipeline.sandbox.world.world import World

PER_MINUTE = 6
PER_DAY = 15
_FETCH_WAIT_S = 20.0
_CAPTION_UNITS = 2200
_MENTIONS = 30
_FLAGS = (
    "is_ai_generated", "is_brand_organic", "is_branded_content", "disable_comment",
    "disable_duet", "disable_stitch", "upload_to_draft", "is_ads_only",
)  # fmt: skip


class PublishingApi:
    """The publishing endpoints and the background fetches behind them."""

    def __init__(self, world: World, tokens: TokenStore, *, limits_enabled: bool = True) -> None:
        self._world = world
        self._tokens = tokens
        self._fetches: dict[str, asyncio.Task[None]] = {}
        self.limits_enabled = limits_enabled
        self.switches = PostingSwitches()

    def settings(self, params: Params) -> dict[str, Any]:
        """`GET /business/video/settings/`."""
        del params
        return {
            "privacy_level_options": list(self.switches.privacy_options),
            "comment_disabled": self.switches.comments_disabled,
            "duet_disabled": False,
            "stitch_disabled": False,
            "max_video_post_duration_sec": self.switches.posting_max_duration_s,
        }

    async def publish(self, params: Params) -> dict[str, Any]:
        """`POST /business/video/publish/`."""
        video_url = params.text("video_url")
        post_info = params.mapping("post_info", required=True)
        _check_post_info(post_info)
        self._check_ownership(video_url)
        open_id = params.text("business_id")
        self._check_daily_limit(open_id)
        publications, now = self._world.publications, self._world.now
        share_id = publications.request(
            now=now, video_url=video_url, post_info=post_info, account=open_id
        )
        if self._world.accounts.get(open_id).is_banned:
            publications.refused(share_id, BANNED, now=now + 5)
        else:
            self.start_fetch(share_id, video_url)
        return {"share_id": share_id}

    async def status(self, params: Params) -> dict[str, Any]:
        """`GET /business/publish/status/`."""
        publish_id = params.text("publish_id")
        await self.settle()
        progress = self._world.publications.progress(publish_id, self._world.now)
        if progress is None:
            raise ApiError(NOT_EXIST, f"publish_id: {publish_id} does not exist.")
        answer: dict[str, Any] = {"status": progress.status, "post_ids": list(progress.post_ids)}
        return answer | ({"reason": progress.reason} if progress.reason else {})

    def resume(self) -> None:
        """Starts the fetches that an earlier process acknowledged and did not finish."""
        for share_id, video_url in self._world.publications.pending():
            self.start_fetch(share_id, video_url)

    async def settle(self) -> None:
        """Waits a little for running fetches, so the simulated clock never waits in vain."""
        running = list(self._fetches.values())
        if running:
            await asyncio.wait(running, timeout=_FETCH_WAIT_S)

    async def stop(self) -> None:
        """Ends the fetches; unfinished ones are taken up at the next start."""
        for task in list(self._fetches.values()):
            task.cancel()
        await asyncio.gather(*self._fetches.values(), return_exceptions=True)

    def start_fetch(self, share_id: str, video_url: str) -> None:
        """Fetches the file of a publication in the background."""
        task = asyncio.get_running_loop().create_task(self._fetch(share_id, video_url))
        self._fetches[share_id] = task
        task.add_done_callback(lambda _: self._fetches.pop(share_id, None))

    async def _fetch(self, share_id: str, video_url: str) -> None:
        publications, requested_at = self._world.publications, self._world.now
        try:
            probed = await asyncio.to_thread(_pull_and_probe, video_url)
            self._check_thumbnail(share_id, probed)
        except fetching.PullFailedError as failed:
            publications.refused(share_id, failed.reason, now=requested_at + 5)
            return
        # The platform's download takes its own time; ours is over before the clock moved on.
        publications.fetched(share_id, probed, now=requested_at)

    def _check_thumbnail(self, share_id: str, probed: ProbedFile) -> None:
        info = self._world.publications.post_info(share_id)
        if int(info.get("thumbnail_offset") or 0) > probed.duration_s * 1000:
            raise fetching.PullFailedError("internal")

    def _check_daily_limit(self, open_id: str) -> None:
        midnight = self._world.now // DAY * DAY
        today = self._world.publications.requested_since(midnight, account=open_id)
        if self.limits_enabled and len(today) >= PER_DAY:
            raise ApiError(
                TOO_MANY_REQUESTS,
                f"The daily limit of {PER_DAY} posts is reached. Retry after 00:00 UTC.",
            )

    # URL properties

    def _check_ownership(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ApiError(PARAM_ERROR, "video_url: Not a valid URL.")
        if not self.is_owned(url):
            raise ApiError(PARAM_ERROR, "video_url: url_ownership_unverified")

    def is_owned(self, url: str) -> bool:
        """Whether *url* is on this machine or below a verified property."""
        if fetching.is_loopback(url):
            return True
        host = urlsplit(url).hostname or ""
        for address, body in self._world.state.all("property"):
            if body["property_status"] != 1:
                continue
            by_domain = body["property_type"] == 1
            if (by_domain and f".{host}".endswith(f".{address}")) or url.startswith(address):
                return True
        return False

    def add_property(self, params: Params) -> dict[str, Any]:
        """`POST /business/property/add/`."""
        self._check_app(params)
        meta = _property_meta(params)
        signature = f"{digest(self._world.seed, 'property', meta['url']):016x}"
        info = {
            **meta,
            "property_status": 0,
            "signature": f"tiktok-developers-site-verification={signature}",
            "file_name": f"tiktok{signature}.txt",
        }
        self._world.state.put("property", meta["url"], info)
        return {"url_property_info": info}

    async def verify_property(self, params: Params) -> dict[str, Any]:
        """`POST /business/property/verify/`; really looks for the signature file, on loopback."""
        self._check_app(params)
        meta = _property_meta(params)
        known = self._world.state.get("property", meta["url"])
        if known is None:
            raise ApiError(NOT_EXIST, f"url: {meta['url']} was not added.")
        found = known["property_status"] == 1 or await asyncio.to_thread(_has_signature, known)
        info = {**known, "property_status": 1 if found else 2}
        self._world.state.put("property", meta["url"], info)
        return {"url_property_info": info}

    def delete_property(self, params: Params) -> dict[str, Any]:
        """`POST /business/property/delete/`."""
        self._check_app(params)
        self._world.state.remove("property", _property_meta(params)["url"])
        return {}

    def list_properties(self, params: Params) -> dict[str, Any]:
        """`GET /business/property/list/`."""
        self._check_app(params)
        return {"url_property_info_list": [body for _, body in self._world.state.all("property")]}

    def _check_app(self, params: Params) -> None:
        if not self._tokens.accepts_app(params.text("app_id"), params.text("secret")):
            raise ApiError(INVALID_PARTNER, "The app_id or secret is incorrect.")


def _pull_and_probe(url: str) -> ProbedFile:
    return fetching.probe(fetching.pull(url))


def _has_signature(known: dict[str, Any]) -> bool:
    if known["property_type"] != 2 or not fetching.is_loopback(known["url"]):
        return False
    try:
        found = fetching.pull(known["url"].rstrip("/") + "/" + known["file_name"])
    except fetching.PullFailedError:
        return False
    return str(known["signature"]).encode() in found


def _property_meta(params: Params) -> dict[str, Any]:
    meta = params.mapping("url_property_meta", required=True)
    kind, url = meta.get("property_type"), meta.get("url")
    if kind not in (1, 2) or not isinstance(url, str) or not url:
        raise ApiError(PARAM_ERROR, "url_property_meta: property_type 1 or 2 and url are required.")
    return {"property_type": kind, "url": url}


def _check_post_info(info: dict[str, Any]) -> None:
    caption = info.get("caption", "")
    if not isinstance(caption, str):
        raise ApiError(PARAM_ERROR, "post_info.caption: Not a valid string.")
    if len(caption.encode("utf-16-le")) // 2 > _CAPTION_UNITS:
        raise ApiError(
            PARAM_ERROR, f"post_info.caption: Longer than {_CAPTION_UNITS} UTF-16 units."
        )
    if caption.count("@") > _MENTIONS:
        raise ApiError(PARAM_ERROR, f"post_info.caption: More than {_MENTIONS} mentions.")
    for name in _FLAGS:
        if not isinstance(info.get(name, False), bool):
            raise ApiError(PARAM_ERROR, f"post_info.{name}: Not a valid boolean.")
    offset = info.get("thumbnail_offset", 0)
    if not isinstance(offset, int) or isinstance(offset, bool) or offset < 0:
        raise ApiError(PARAM_ERROR, "post_info.thumbnail_offset: Not a valid integer.")
