"""The model APIs as one list of routes behind one API key."""

from collections.abc import Awaitable, Callable
from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dreambox_pipeline.sandbox.models_api.batches import BatchesApi
from dreambox_pipeline.sandbox.models_api.behaviour import Behaviour
from dreambox_pipeline.sandbox.models_api.errors import ModelApiError
from dreambox_pipeline.sandbox.models_api.files import FilesApi
from dreambox_pipeline.sandbox.models_api.interactions import InteractionsApi
from dreambox_pipeline.sandbox.models_api.moderations import ModerationsApi
from dreambox_pipeline.sandbox.models_api.responses import ResponsesApi
from dreambox_pipeline.sandbox.models_api.videos import FLAVOURS, VideosApi
from dreambox_pipeline.sandbox.world.world import World

Handler = Callable[[Request], Awaitable[Response]]


class ModelsApi:
    """All `/v1` endpoints over one world."""

    def __init__(self, world: World, *, api_key: str) -> None:
        self._api_key = api_key
        self.videos = VideosApi(world)
        self.interactions = InteractionsApi(world, self.videos.behaviour, api_key=api_key)
        self._moderations = ModerationsApi(world.seed)
        self.behaviour = Behaviour()
        self._responses = ResponsesApi(world, self.behaviour)
        self._files = FilesApi(world)
        self._batches = BatchesApi(world, self._files, self._responses, self.behaviour)

    def routes(self) -> list[Route]:
        """Every route; unknown paths under `/v1` answer 404 in OpenAI's style."""
        videos, files, batches = self.videos, self._files, self._batches
        return [
            self._route("POST", "/v1/videos", videos.create),
            self._route("GET", "/v1/videos", videos.list_jobs),
            self._route("GET", "/v1/videos/{video_id}", videos.retrieve),
            self._route("DELETE", "/v1/videos/{video_id}", videos.delete),
            self._route("GET", "/v1/videos/{video_id}/content", videos.content),
            Route("/outputs/{video_id}.mp4", videos.output, methods=["GET"]),
            *self.interactions.routes(),
            self._route("POST", "/v1/moderations", self._moderations.create),
            self._route("POST", "/v1/responses", self._responses.create),
            self._route("POST", "/v1/files", files.create),
            self._route("GET", "/v1/files/{file_id}", files.retrieve),
            self._route("DELETE", "/v1/files/{file_id}", files.delete),
            self._route("GET", "/v1/files/{file_id}/content", files.content),
            self._route("POST", "/v1/batches", batches.create),
            self._route("GET", "/v1/batches", batches.list_batches),
            self._route("GET", "/v1/batches/{batch_id}", batches.retrieve),
            self._route("POST", "/v1/batches/{batch_id}/cancel", batches.cancel),
            self._route("GET", "/v1/{rest:path}", _unknown),
            self._route("POST", "/v1/{rest:path}", _unknown),
        ]

    def set_switch(self, name: str, value: object) -> bool:
        """Sets one switch of the models'; False when there is none of that name.

        Raises:
            ValueError: The switch does not take this value.
        """
        return self.behaviour.set(name, value) or self.videos.behaviour.set(name, value)

    def set_flavour(self, flavour: str) -> None:
        """Imitates another server's failures.

        Raises:
            ValueError: There is no such flavour.
        """
        if flavour not in FLAVOURS:
            raise ValueError(f"video_flavour is {flavour!r}; choose one of {', '.join(FLAVOURS)}.")
        self.videos.flavour = flavour

    def _route(self, method: str, path: str, handler: Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                self._check_key(request)
                return await handler(request)
            except ModelApiError as failed:
                return failed.answer()

        return Route(path, endpoint, methods=[method])

    def _check_key(self, request: Request) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not key:
            raise ModelApiError(401, "You didn't provide an API key.", code="invalid_api_key")
        if not compare_digest(key.encode(), self._api_key.encode()):
            raise ModelApiError(401, "Incorrect API key provided.", code="invalid_api_key")


async def _unknown(request: Request) -> Response:
    message = f"Invalid URL ({request.method} {request.url.path})"
    return ModelApiError(404, message, code="unknown_url").answer()
