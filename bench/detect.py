"""The embedded detector: comments a second from comment to stored report, memory, and quality.

Comments are made here, as a raw stream is: mostly short and ordinary, one in a hundred tells a
dream. The floor is a plain keyword regex over the same texts in the same run. The evaluation's
figures are added when its files lie beside the checkout, in `../shared/data`.
"""

import random
import re
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import psutil

from dreambox_pipeline.stages.comments.model import Comment
from dreambox_pipeline.stages.dreams.reading import read_comments
from dreambox_pipeline.storage.ledger import Ledger, dreams
from dreambox_pipeline.text_engines.embedded import EmbeddedEngine
from dreambox_pipeline.text_engines.evaluation import evaluate, judge
from dreambox_pipeline.text_engines.examples import read_comments as read_stream
from dreambox_pipeline.text_engines.examples import read_examples

COMMENTS = 60_000
PROCESSES = 2
SEED = 7
NOW = datetime(2026, 5, 1, tzinfo=UTC)
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
KEYWORDS = re.compile(
    r"dream|nightmare|traum|träum|sonh|pesadelo|sueñ|soñ|pesadilla|rêv|cauchemar|mimpi|sogn|incubo",
    re.IGNORECASE,
)
_ORDINARY = (
    "this is so good {w}",
    "first",
    "{w} {w} {w} 😂😂",
    "who is watching this in {n}",
    "i need the {w} from {n}, where did you get it",
    "no way he really said {w} lol",
    "my sister has the same {w} and she loves it",
    "I went to the {w} yesterday and it was closed, I waited for an hour and went home",
    "part {n} please",
    "i woke up to this and now i want {w}",
    "sangat bagus {w} kak",
    "que lindo {w} amiga",
    "das ist ja {w}",
    "this {w} is my dream job honestly",
    "traffic in {w} is a nightmare",
)
_TOLD = (
    "last night i dreamt that a {w} chased me through my old school and i could not scream",
    "had the weirdest dream, my {w} could talk and my grandma was flying it over the ocean",
    "soñé que mi {w} flotaba sobre el mar y yo no podía bajar",
    "ich habe geträumt, dass ein {w} im Flur stand und niemand ihn sah",
)
_WORDS = ("lamp", "dress", "song", "city", "cat", "train", "recipe", "game", "coat", "river")


def measure() -> dict[str, object]:
    """Read the same stream with one process and with two, each from comment to ledger row.

    Returns:
        Figures: comments a second and peak resident MB, and the evaluation's where its files
        are. Ratios: against the keyword floor, and two processes against one.
    """
    comments = _stream(COMMENTS)
    floor = _floor(comments)
    with tempfile.TemporaryDirectory(prefix="dreambox-bench-") as folder:
        one = _run(comments, Path(folder) / "one.sqlite", processes=1)
        two = _run(comments, Path(folder) / "two.sqlite", processes=PROCESSES)
    figures = [
        {"figure": "keyword regex alone, 1 process", "value": floor, "unit": "comments/s"},
        {"figure": "to stored report, 1 process", "value": one["rate"], "unit": "comments/s"},
        {"figure": "to stored report, 2 processes", "value": two["rate"], "unit": "comments/s"},
        {"figure": "reports stored", "value": one["reports"], "unit": "of " + f"{COMMENTS:,}"},
        {"figure": "peak memory, 1 process", "value": one["peak_mb"], "unit": "MB"},
        {"figure": "peak memory, 2 processes and parent", "value": two["peak_mb"], "unit": "MB"},
        *_quality(),
    ]
    ratios = {
        "1 process / keyword floor": one["rate"] / floor,
        "2 processes / 1": two["rate"] / one["rate"],
    }
    return {"figures": figures, "ratios": ratios}


def _stream(size: int) -> list[Comment]:
    dice = random.Random(SEED)
    return [
        Comment(
            comment_id=str(number),
            source_video_id="81",
            author_id=f"a{number}",
            text=_text(dice),
            created_at=NOW - timedelta(hours=1),
        )
        for number in range(size)
    ]


def _text(dice: random.Random) -> str:
    pattern = dice.choice(_TOLD if dice.random() < 0.01 else _ORDINARY)
    return re.sub(
        r"\{(\w)\}",
        lambda slot: str(dice.randrange(2_030)) if slot[1] == "n" else dice.choice(_WORDS),
        pattern,
    )


def _floor(comments: list[Comment]) -> float:
    started = time.perf_counter()
    for comment in comments:
        KEYWORDS.search(comment.text)
    return len(comments) / (time.perf_counter() - started)


def _run(comments: list[Comment], path: Path, *, processes: int) -> dict[str, float]:
    """Read in portions, store in this process; seconds count from the first comment on."""
    ledger = Ledger(f"sqlite:///{path}")
    ledger.migrate()
    portions = [comments[at : at + 2_000] for at in range(0, len(comments), 2_000)]
    stored = 0
    # Spawned, so that every process pays for its own memory, as a run's workers do.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        list(pool.map(_warm, range(processes * 4)))
        peak = _resident_mb()
        started = time.perf_counter()
        for reports in pool.map(_read, portions):
            with ledger.write() as connection:
                stored += dreams.save_reports(connection, reports, now=NOW)
            peak = max(peak, _resident_mb())
        seconds = time.perf_counter() - started
    return {"rate": len(comments) / seconds, "reports": stored, "peak_mb": peak}


_ENGINE: list[EmbeddedEngine] = []


def _warm(_number: int) -> None:
    if not _ENGINE:
        _ENGINE.append(EmbeddedEngine())
    _read(_stream(20))


def _read(comments: list[Comment]) -> list[object]:
    readings = read_comments(comments, engine=_ENGINE[0], asks_for_dreams=frozenset(), now=NOW)
    return [*readings.reports]


def _resident_mb() -> float:
    parent = psutil.Process()
    return sum(p.memory_info().rss for p in (parent, *parent.children(recursive=True))) / 1e6


def _quality() -> list[dict[str, object]]:
    labelled, stream = DATA / "dream-eval.jsonl", DATA / "tiktok-comments-real.csv"
    if not (labelled.exists() and stream.exists()):
        print(f"No evaluation files in {DATA}; quality is not measured in this run.")
        return []
    engine = EmbeddedEngine()
    result = evaluate(judge(read_examples(labelled)[0], engine), engine=engine.version)
    raw = judge(read_stream(stream)[0], engine)
    accepted = 1_000 * sum(one.verdict.is_dream for one in raw) / len(raw)
    told = result.by_kind["social_dream_told"].recall.value or 0.0
    stories = result.by_kind["narrative_comment"].false_positive_rate.value or 0.0
    return [
        {"figure": "precision", "value": result.headline.precision.value or 0.0, "unit": "of 1"},
        {"figure": "recall", "value": result.headline.recall.value or 0.0, "unit": "of 1"},
        {"figure": "recall, told on social media", "value": told, "unit": "of 1"},
        {"figure": "false positives, stories", "value": 100 * stories, "unit": "%"},
        {"figure": "accepted of a raw stream", "value": accepted, "unit": "per 1,000"},
    ]
