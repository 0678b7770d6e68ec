"""Named fakes for what an engine leans on, and a look at the wire."""

import json
from typing import Any

import httpx2

from dreambox_pipeline.sandbox.faults import Fault
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.stages.dreams.engine import CommentIn
from dreambox_pipeline.stages.dreams.extraction import extract_facts
from dreambox_pipeline.stages.dreams.model import Detection, Extraction
from dreambox_pipeline.text_engines.batch_store import RememberedBatch
from dreambox_pipeline.text_engines.openai.server import ModelServer


class WordGate:
    """An embedded engine with probabilities a reader can foresee: `dreamt` .9, `dream` .2, else .01."""

    name = "embedded"
    version = "embedded-fake"

    def detect(self, texts: list[CommentIn]) -> list[Detection]:
        return [self._verdict(comment.text) for comment in texts]

    def extract(self, texts: list[str]) -> list[Extraction]:
        return [Extraction(extract_facts(text), self.version) for text in texts]

    def _verdict(self, text: str) -> Detection:
        if "dreamt" in text:
            return Detection(True, 0.9, "cue", ("cue:i_dreamt",), "en", self.version)
        probability = 0.2 if "dream" in text else 0.01
        return Detection(False, probability, "cue", ("no_cue",), "und", self.version)


class Killed(BaseException):
    """The process ends here; nothing may catch it."""


class MemoryBatches:
    """A `BatchStore` in memory; the process ends before its call number *dies_at*, if given."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Any]] = {}
        self.dies_at: int | None = None
        self.calls = 0

    def find(self, batch_key: str) -> RememberedBatch | None:
        self._count()
        row = self.rows.get(batch_key)
        return RememberedBatch(batch_key, row[0]) if row else None

    def remember(self, batch_key: str, *, items: int) -> None:
        self._count()
        self.rows.setdefault(batch_key, [None, "planned", items])

    def set_provider_id(self, batch_key: str, provider_batch_id: str) -> None:
        self._count()
        self.rows[batch_key][0] = provider_batch_id

    def set_state(self, batch_key: str, state: str) -> None:
        self._count()
        self.rows[batch_key][1] = state

    def _count(self) -> None:
        if self.calls == self.dies_at:
            raise Killed
        self.calls += 1


class Wire:
    """What a server is sent, request by request; the process can end when an answer arrives."""

    def __init__(self, server: ModelServer) -> None:
        self.requests: list[httpx2.Request] = []
        self.dies_after: int | None = None
        hooks = server.client._client.event_hooks
        hooks["request"].append(self.requests.append)
        hooks["response"].append(self._arrived)
        server.client._client.event_hooks = hooks

    def bodies(self, path: str = "/responses") -> list[dict[str, Any]]:
        """The JSON bodies sent to a path."""
        return [json.loads(r.content) for r in self.requests if r.url.path.endswith(path)]

    def _arrived(self, response: httpx2.Response) -> None:
        del response
        if self.dies_after is not None and len(self.requests) > self.dies_after:
            raise Killed


def armed(world: RunningSandbox) -> list[Fault]:
    """The list of armed faults."""
    return world.sandbox.app.user_middleware[0].kwargs["faults"]
