"""Clips that were made lately, so that asking twice for one does not encode it twice."""

import asyncio
from collections import OrderedDict
from dataclasses import replace

from dreambox_pipeline.sandbox.models_api.clips import ClipRequest, encode_clip
from dreambox_pipeline.sandbox.models_api.video_behaviour import VideoBehaviour

_KEPT = 8
_LONGER = 10


class ClipCache:
    """The clips of the newest jobs, spoiled in shape as *behaviour* says at the time they are made."""

    def __init__(self, behaviour: VideoBehaviour) -> None:
        self._behaviour = behaviour
        self._clips: OrderedDict[str, bytes] = OrderedDict()
        self._encoding: dict[str, asyncio.Lock] = {}

    async def clip(self, job_id: str, request: ClipRequest) -> bytes:
        """The MP4 of a job."""
        async with self._encoding.setdefault(job_id, asyncio.Lock()):
            if job_id not in self._clips:
                self._clips[job_id] = await asyncio.to_thread(encode_clip, self._shaped(request))
                while len(self._clips) > _KEPT:
                    self._clips.popitem(last=False)
            return self._clips[job_id]

    def drop(self, job_id: str) -> None:
        """Forget a job's clip."""
        self._clips.pop(job_id, None)

    def _shaped(self, request: ClipRequest) -> ClipRequest:
        if self._behaviour.content == "landscape":
            return replace(request, width=request.height, height=request.width)
        if self._behaviour.content == "long":
            return replace(request, seconds=request.seconds * _LONGER)
        return request
