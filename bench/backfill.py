"""A million comments of a year backfilled into an empty lake, and the same days a second time.

The pages come from a seeded generator in this file instead of the network, in TikTok's shape
and order. Behind them everything is real: the paging, the checks, the spool, the ledger, the lake and the
`comments` asset with its check, run as one range of 365 partitions. `DREAMBOX_BENCH_COMMENTS`
sets another number for trying it out.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

FIRST, LAST = date(2025, 10, 1), date(2026, 9, 30)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
VIDEOS = 365
COMMENTS = 1_000_000

_TEXT = (
    "last night I dreamt of my old school and a whale swam slowly through every room while the "
    "teacher sang this is so good please do part two where did you film that love the music wow "
    "grandmother's house had a second door behind it the sea was purple and nobody was surprised "
    "first song name anyone else crying at three in the morning no way haha queen soñé que volaba "
    "über den dächern war ein zug ✨ 😭 💀 🐋 mañana je rêve encore dari mimpi semalam"
)
_WORDS = _TEXT.split()


class PageSource:
    """Stands in for the client: comments under a video, page by page, the same at every call."""

    def __init__(self, comments: int) -> None:
        self._per_video = -(-comments // VIDEOS)
        self._left_out = self._per_video * VIDEOS - comments

    def comments(self, video_id: str, *, since: datetime) -> Iterator[Any]:
        """As `AccountsClient.comments`: newest first, down to *since*."""
        from dreambox_pipeline.tiktok.comment_walk import walk_comments
        from dreambox_pipeline.tiktok.listing import read_page
        from dreambox_pipeline.tiktok.schemas import CommentObject

        newest_first = self._entries(int(video_id) - int(_video_id(0)))
        orders = {"desc": _listed(newest_first), "asc": _listed(newest_first[::-1])}

        def fetch(order: str, offset: int, count: int) -> Any:
            entries = orders[order]
            data = {
                "comments": entries[offset : offset + count],
                "cursor": offset + count,
                "has_more": offset + count < len(entries),
            }
            return read_page(data, key="comments", of=CommentObject)

        return walk_comments(fetch, since=since, path="bench")

    def _entries(self, number: int) -> list[Mapping[str, Any]]:
        """Most in the video's first days, newest first."""
        dice = random.Random(number)
        posted = _posted(number).timestamp()
        last = datetime.combine(LAST, datetime.max.time(), UTC).timestamp()
        count = self._per_video - (number < self._left_out)
        times = sorted(
            (posted + dice.expovariate(1 / 200_000) % (last - posted) for _ in range(count)),
            reverse=True,
        )
        return [_entry(dice, number, n, moment) for n, moment in enumerate(times)]


def _listed(entries: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """TikTok keeps an order for 500 comments; the rest comes by likes."""
    return entries[:500] + sorted(entries[500:], key=lambda entry: -entry["likes"])


def _posted(number: int) -> datetime:
    return datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(days=number, hours=6)


def _video_id(number: int) -> str:
    return str(7_400_000_000_000_000_000 + number)


def _entry(dice: random.Random, video: int, number: int, moment: float) -> Mapping[str, Any]:
    length = 1 + min(60, int(dice.expovariate(1 / 14)))
    return {
        # As TikTok's: the time in the upper half. The lower bits keep two of a second apart.
        "comment_id": str((int(moment) << 32) + (video << 20) + number),
        "video_id": _video_id(video),
        "unique_identifier": f"person/{dice.randrange(300_000)}=",
        "user_id": f"{dice.getrandbits(256):064x}",
        "create_time": str(int(moment)),
        "text": " ".join(dice.choices(_WORDS, k=length)),
        "likes": int(dice.expovariate(0.3)),
        "replies": int(dice.expovariate(2)),
        "owner": False,
        "liked": False,
        "pinned": False,
        "status": "HIDDEN" if dice.random() < 0.01 else "PUBLIC",
        "username": f"user{dice.randrange(300_000)}",
        "display_name": "Somebody",
    }


def measure() -> dict[str, object]:
    """Run both collections, each as a process of its own.

    Returns:
        Figures: seconds, peak resident MB and new rows of each run, bytes of lake a comment.
        Ratios: the second run's time over the first's; time of reading the pages alone over the
        first run's, which is the bench's own share.
    """
    comments = int(os.environ.get("DREAMBOX_BENCH_COMMENTS", COMMENTS))  # noqa: TID251
    with tempfile.TemporaryDirectory(prefix="dreambox-bench-") as folder:
        first, second = _in_a_process(folder, comments), _in_a_process(folder, comments)
        size = sum(file.stat().st_size for file in Path(folder).rglob("part.parquet"))
    assert first["new"] == first["rows"] == comments, first
    assert (second["new"], second["changed"], second["rows"]) == (0, 0, comments), second
    figures = [{"figure": "comments", "value": comments, "unit": "rows"}]
    for name, run in (("first run", first), ("second run", second)):
        figures += [
            {"figure": f"{name}: time", "value": run["seconds"], "unit": "s"},
            {"figure": f"{name}: peak memory", "value": run["peak_mb"], "unit": "MB"},
            {"figure": f"{name}: new", "value": run["new"], "unit": "rows"},
            {"figure": f"{name}: changed", "value": run["changed"], "unit": "rows"},
        ]
    figures += [
        {"figure": "rate", "value": comments / first["seconds"], "unit": "comments/s"},
        {"figure": "lake", "value": size / comments, "unit": "bytes/comment"},
    ]
    ratios = {
        "second run / first run": second["seconds"] / first["seconds"],
        "making the pages / first run": first["page_seconds"] / first["seconds"],
    }
    return {"figures": figures, "ratios": ratios}


def _in_a_process(folder: str, comments: int) -> dict[str, float]:
    code = f"from bench.backfill import collect; collect({folder!r}, {comments})"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def collect(folder: str, comments: int) -> None:
    """Run the asset over the year and print what it took, as JSON."""
    import dagster as dg

    from dreambox_pipeline.defs.comments import comments as asset
    from dreambox_pipeline.defs.comments import every_comment_is_stored_once
    from dreambox_pipeline.storage.keys import load_keyring
    from dreambox_pipeline.storage.lake import Lake
    from dreambox_pipeline.storage.ledger import Ledger

    source = PageSource(comments)
    ledger = Ledger(f"sqlite:///{folder}/ledger.sqlite")
    parts = {
        "tiktok": SimpleNamespace(client=source),
        "clock": lambda: NOW,
        "ledger": ledger,
        "lake": Lake(Path(folder) / "lake"),
        "keyring": load_keyring("", Path(folder) / "secret.key"),
    }
    _remember_videos(ledger)
    job = dg.Definitions(
        assets=[asset], asset_checks=[every_comment_is_stored_once], resources=parts
    ).resolve_implicit_global_asset_job_def()
    tags = {
        "dagster/asset_partition_range_start": FIRST.isoformat(),
        "dagster/asset_partition_range_end": LAST.isoformat(),
    }
    started = time.perf_counter()
    with dg.DagsterInstance.ephemeral() as instance:
        quiet = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
        result = job.execute_in_process(instance=instance, tags=tags, run_config=quiet)
    seconds = time.perf_counter() - started
    metadata = result.asset_materializations_for_node("comments")[0].metadata
    (check,) = result.get_asset_check_evaluations()
    figures = {
        "seconds": seconds,
        "peak_mb": _peak_mb(),
        "new": metadata["new_in_run"].value,
        "changed": metadata["changed_in_run"].value,
        "rows": check.metadata["rows"].value,
        "page_seconds": _page_seconds(source),
    }
    print(json.dumps(figures))


def _remember_videos(ledger: Any) -> None:
    from dreambox_pipeline.stages.comments.model import SourceVideo
    from dreambox_pipeline.storage.ledger import source_videos

    videos = [SourceVideo(_video_id(n), "A dream", _posted(n)) for n in range(VIDEOS)]
    with ledger.write() as connection:
        source_videos.save(connection, videos, now=NOW)


def _page_seconds(source: PageSource) -> float:
    """What the generator and its random texts cost, which the network would do at home."""
    started = time.perf_counter()
    for number in range(VIDEOS):
        source._entries(number)  # noqa: SLF001 - the bench's own
    return time.perf_counter() - started


def _peak_mb() -> float:
    """This process' peak, from the kernel; `ru_maxrss` would begin with the parent's."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmHWM in /proc/self/status: this bench needs Linux")
