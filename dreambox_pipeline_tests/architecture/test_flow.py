"""The asset graph: its shape is reviewed, it never runs against the flow, every asset explains itself."""

from pathlib import Path

import dagster as dg
import pytest

from dreambox_pipeline.definitions import build_defs
from dreambox_pipeline.settings import Settings

FLOW = ["comments", "dreams", "prompts", "videos", "review", "posts", "engagement", "learning"]
REPORTS = {"every_video_was_read", "clips_within_budget", "posts_would_pass_now"}
"""A video left out is read by the next run; what was read of the others need not wait for it. And
clips that cost too much are made: the cap keeps the next one back, finishing these is free. A post
that would fail is looked at again when its slot comes, and then it blocks itself alone."""
SNAPSHOT = Path(__file__).with_name("graph_snapshot.txt")


@pytest.fixture
def defs(tmp_path: Path) -> dg.Definitions:
    return build_defs(Settings(var_dir=tmp_path))


def test_no_asset_depends_on_a_later_group(defs: dg.Definitions) -> None:
    """The learning loop closes through stored policies, never through the graph."""
    graph = defs.resolve_asset_graph()
    backwards = [
        (key.to_user_string(), parent.to_user_string())
        for key in graph.get_all_asset_keys()
        for parent in graph.get(key).parent_keys
        if FLOW.index(graph.get(parent).group_name) > FLOW.index(graph.get(key).group_name)
    ]

    assert backwards == []


def test_graph_is_as_reviewed(defs: dg.Definitions) -> None:
    """An asset, partition, job, sensor or schedule appears, goes or moves only on purpose.

    To accept a change, copy the printed graph into `graph_snapshot.txt`.
    """
    assert describe(defs) == SNAPSHOT.read_text()


def test_every_asset_explains_itself(defs: dg.Definitions) -> None:
    """Description, owner, group and kinds are what a stranger sees first."""
    graph = defs.resolve_asset_graph()
    silent = [
        key.to_user_string()
        for key in graph.get_all_asset_keys()
        if not (
            graph.get(key).description
            and graph.get(key).owners
            and graph.get(key).group_name in FLOW
            and graph.get(key).kinds
        )
    ]

    assert silent == []


def test_gates_are_blocking(defs: dg.Definitions) -> None:
    """A check that does not block is not a gate; the ones that only report are named here."""
    graph = defs.resolve_asset_graph()
    checks = {key.name: graph.get(key).blocking for key in graph.asset_check_keys}

    assert checks
    assert {name for name, is_blocking in checks.items() if not is_blocking} == REPORTS


def describe(defs: dg.Definitions) -> str:
    """The graph as text, one line per thing."""
    graph = defs.resolve_asset_graph()
    lines = []
    for key in sorted(
        graph.get_all_asset_keys(), key=lambda key: (FLOW.index(graph.get(key).group_name), key)
    ):
        node = graph.get(key)
        partitions = "daily" if node.partitions_def else "rows"
        parents = ", ".join(sorted(parent.to_user_string() for parent in node.parent_keys)) or "-"
        lines.append(f"{node.group_name}/{key.to_user_string()} [{partitions}] <- {parents}")
    lines += sorted(
        f"check {key.name} on {key.asset_key.to_user_string()}" for key in graph.asset_check_keys
    )
    lines += sorted(f"job {job.name}" for job in defs.jobs or [])
    lines += sorted(f"sensor {sensor.name}" for sensor in defs.sensors or [])
    lines += sorted(
        f"schedule {schedule.name} {schedule.cron_schedule}" for schedule in defs.schedules or []
    )  # type: ignore[union-attr]
    return "\n".join(lines) + "\n"
