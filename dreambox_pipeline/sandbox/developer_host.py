"""The developer host's style: HTTP statuses, string error codes, flat OAuth answers.

What a client of the Display API needs: tokens, user info, the video list and the query by ids,
600 calls a minute per endpoint, then 429. OAuth failures arrive with HTTP 200, as recorded on
the live host. The consent page and the Content Posting API stand beside it on the same host.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dreambox_pipeline.sandbox.accounts import metrics
from dreambox_pipeline.sandbox.accounts.envelope import request_id
from dreambox_pipeline.sandbox.accounts.limits import DeveloperLimits
from dreambox_pipeline.sandbox.accounts.publishing import PublishingApi
from dreambox_pipeline.sandbox.accounts.tokens import DEVELOPER, TokenError, TokenPair, TokenStore
from dreambox_pipeline.sandbox.developer_consent import ConsentPage
from dreambox_pipeline.sandbox.developer_door import DeveloperDoor, DeveloperError
from dreambox_pipeline.sandbox.developer_posting import DeveloperPosting
from dreambox_pipeline.sandbox.world.videos import Video
from dreambox_pipeline.sandbox.world.world import World

_USER_FIELDS = frozenset(
    {"open_id", "union_id", "avatar_url", "avatar_url_100", "avatar_large_url", "display_name",
     "bio_description", "profile_deep_link", "profile_web_link", "is_verified", "username",
     "follower_count", "following_count", "likes_count", "video_count"}
)  # fmt: skip
_VIDEO_FIELDS = frozenset(
    {"id", "create_time", "cover_image_url", "share_url", "video_description", "duration",
     "height", "width", "title", "embed_html", "embed_link", "like_count", "comment_count",
     "share_count", "view_count", "is_aigc"}
)  # fmt: skip
_QUERIED_IDS = 20


class DeveloperHost:
    """The `/v2` endpoints over the same world and tokens."""

    def __init__(
        self,
        world: World,
        tokens: TokenStore,
        *,
        publishing: PublishingApi,
        base_url: str,
        limits_enabled: bool = True,
    ) -> None:
        self._world = world
        self._tokens = tokens
        self.limits = DeveloperLimits(world.clock, enabled=limits_enabled)
        self._door = DeveloperDoor(world, tokens, self.limits)
        self._consent = ConsentPage(tokens)
        self.posting = DeveloperPosting(world, self._door, publishing, base_url=base_url)

    def routes(self) -> list[Route]:
        """The routes of this host; the last one answers unknown paths in its style."""
        return [
            *self._consent.routes(),
            *self.posting.routes(),
            Route("/v2/oauth/token/", self.token, methods=["POST"]),
            Route("/v2/oauth/revoke/", self.revoke, methods=["POST"]),
            Route("/v2/user/info/", self.user_info, methods=["GET"]),
            Route("/v2/video/list/", self.video_list, methods=["POST"]),
            Route("/v2/video/query/", self.video_query, methods=["POST"]),
            Route("/v2/{rest:path}", self.unknown, methods=["GET", "POST"]),
        ]

    async def token(self, request: Request) -> JSONResponse:
        """Exchange and refresh; a flat body, and HTTP 200 for refusals too."""
        form = await request.form()
        values = {key: value for key, value in form.items() if isinstance(value, str)}
        app = (values.get("client_key", ""), values.get("client_secret", ""))
        if not self._tokens.accepts_developer_app(*app):
            return self._oauth_error("invalid_client", "Client key or secret is incorrect.")
        try:
            pair = self._grant(values)
        except TokenError as refused:
            return self._oauth_error("invalid_grant", f"The {refused.reason} is not accepted.")
        if pair is None:
            return self._oauth_error("unsupported_grant_type", "The grant type is not supported.")
        return JSONResponse(
            {
                "access_token": pair.access_token,
                "expires_in": pair.expires_in,
                "open_id": pair.open_id,
                "refresh_token": pair.refresh_token,
                "refresh_expires_in": pair.refresh_expires_in,
                "scope": pair.scope,
                "token_type": "Bearer",
            }
        )

    async def revoke(self, request: Request) -> Response:
        """Ends a consent; the answer is empty, and refusals are flat with HTTP 200."""
        form = await request.form()
        values = {key: value for key, value in form.items() if isinstance(value, str)}
        app = (values.get("client_key", ""), values.get("client_secret", ""))
        if not self._tokens.accepts_developer_app(*app):
            return self._oauth_error("invalid_client", "Client key or secret is incorrect.")
        try:
            self._tokens.revoke(values.get("token", ""))
        except TokenError as refused:
            return self._oauth_error("invalid_grant", f"The token is {refused.reason}.")
        return Response(status_code=200)

    def _grant(self, values: Mapping[str, str]) -> TokenPair | None:
        grant_type = values.get("grant_type")
        if grant_type == "authorization_code":
            return self._tokens.exchange(
                values.get("code", ""),
                redirect_uri=values.get("redirect_uri", ""),
                verifier=values.get("code_verifier", ""),
                host=DEVELOPER,
            )
        if grant_type == "refresh_token":
            return self._tokens.refresh(values.get("refresh_token", ""))
        return None

    async def user_info(self, request: Request) -> JSONResponse:
        """`GET /v2/user/info/`."""
        try:
            open_id = self._door.admit(request)
            fields = _fields(request, _USER_FIELDS)
        except DeveloperError as failed:
            return self._door.error(failed)
        known = self._user(open_id)
        return self._door.ok({"user": {name: known[name] for name in fields}})

    async def video_list(self, request: Request) -> JSONResponse:
        """`POST /v2/video/list/`; the cursor is a UTC millisecond, newest first."""
        try:
            self._door.admit(request)
            fields = _fields(request, _VIDEO_FIELDS)
            cursor, count = await self._paging(request)
        except DeveloperError as failed:
            return self._door.error(failed)
        older = [v for v in self._world.public_videos() if v.created_at * 1000 < cursor]
        taken = older[:count]
        objects = [self._video(video) for video in taken]
        data = {
            "videos": [{name: known[name] for name in fields} for known in objects],
            "cursor": taken[-1].created_at * 1000 if taken else cursor,
            "has_more": len(older) > len(taken),
        }
        return self._door.ok(data)

    async def video_query(self, request: Request) -> JSONResponse:
        """`POST /v2/video/query/`; up to 20 ids, and only the account's own are answered."""
        try:
            self._door.admit(request)
            fields = _fields(request, _VIDEO_FIELDS)
            ids = await _queried_ids(request)
        except DeveloperError as failed:
            return self._door.error(failed)
        found = [self._video(v) for v in self._world.public_videos() if v.video_id in ids]
        return self._door.ok(
            {"videos": [{name: known[name] for name in fields} for known in found]}
        )

    async def unknown(self, request: Request) -> JSONResponse:
        """Any other path of the host."""
        message = f"Unsupported path {request.url.path}"
        return self._door.error(DeveloperError(404, "invalid_params", message))

    async def _paging(self, request: Request) -> tuple[int, int]:
        now_ms = self._world.now * 1000 + 999
        if not await request.body():
            return now_ms, 10
        try:
            body = await request.json()
            cursor, count = int(body.get("cursor", now_ms)), int(body.get("max_count", 10))
        except (ValueError, TypeError, AttributeError) as error:
            raise DeveloperError(400, "invalid_params", "The body is not valid JSON.") from error
        if not 1 <= count <= 20:
            raise DeveloperError(400, "invalid_params", "max_count must be between 1 and 20")
        return cursor, count

    def _user(self, open_id: str) -> dict[str, Any]:
        world = self._world
        username = world.accounts.get(open_id).username
        posts = world.public_videos()
        avatar = "https://p16-sign.example/owner.jpeg"
        return {
            "open_id": open_id,
            "union_id": world.owner.user_id[:36],
            "avatar_url": avatar,
            "avatar_url_100": avatar,
            "avatar_large_url": avatar,
            "display_name": "DreamBox Tales",
            "bio_description": "You tell a dream. We show it. 🌙",
            "profile_deep_link": f"https://www.tiktok.com/@{username}",
            "profile_web_link": f"https://www.tiktok.com/@{username}",
            "is_verified": False,
            "username": username,
            "follower_count": world.engagement.followers_at(
                world.now, int(world.start.timestamp())
            ),
            "following_count": 148,
            "likes_count": sum(world.engagement.performance(v, world.now).likes for v in posts),
            "video_count": len(posts),
        }

    def _video(self, video: Video) -> dict[str, Any]:
        world = self._world
        wire = metrics.video_object(world, video, ["thumbnail_url", "share_url", "embed_url"])
        numbers = world.engagement.performance(video, world.now)
        return {
            "id": video.video_id,
            "create_time": video.created_at,
            "cover_image_url": wire["thumbnail_url"],
            "share_url": wire["share_url"],
            "video_description": video.caption[:150],
            "duration": int(video.duration_s),
            "height": video.height,
            "width": video.width,
            "title": video.caption[:150],
            "embed_html": f'<iframe src="{wire["embed_url"]}"></iframe>',
            "embed_link": wire["embed_url"],
            "like_count": numbers.likes,
            "comment_count": world.comment_count(video, world.now),
            "share_count": numbers.shares,
            "view_count": numbers.views,
            "is_aigc": video.is_ai_generated,
        }

    def _oauth_error(self, code: str, description: str) -> JSONResponse:
        log_id = request_id(self._world.clock.now())
        return JSONResponse({"error": code, "error_description": description, "log_id": log_id})


def _fields(request: Request, known: frozenset[str]) -> list[str]:
    """The `fields` of the query, which this host wants even on POST."""
    fields = [name for name in request.query_params.get("fields", "").split(",") if name]
    if not fields or set(fields) - known:
        raise DeveloperError(400, "invalid_params", "Fields is missing or has unknown names.")
    return fields


async def _queried_ids(request: Request) -> list[str]:
    try:
        ids = (await request.json())["filters"]["video_ids"]
    except (ValueError, TypeError, KeyError) as error:
        raise DeveloperError(400, "invalid_params", "filters.video_ids is required.") from error
    if not isinstance(ids, list) or not 1 <= len(ids) <= _QUERIED_IDS:
        message = f"filters.video_ids must hold 1 to {_QUERIED_IDS} ids."
        raise DeveloperError(400, "invalid_params", message)
    return [str(video_id) for video_id in ids]
