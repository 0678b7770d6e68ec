"""Importing an owner's export: every row in one count, twice changes nothing, bad files say why."""

import hashlib
import json
from datetime import date
from pathlib import Path
from shutil import copytree

import dagster as dg
import pytest
from rich.console import Console
from typer.testing import CliRunner

from dreambox_pipeline.cli.app import app
from dreambox_pipeline.cli.importing import contiguous, merge_file, run_import
from dreambox_pipeline.cli.runs import open_instance
from dreambox_pipeline.clock import system_clock
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.lake import COMMENTS
from dreambox_pipeline.storage.ledger import dreams, erasures, imports

HEADER = "comment_id,video_id,username,text,create_time,likes\n"
DREAM = "Last night I dreamt that a huge whale swam through my old school"


def row(number: int, text: str = "lovely", *, day: int = 1, **changes: str) -> str:
    cells = {
        "comment_id": f"74{number:017d}",
        "video_id": "7300000000000000001",
        "username": f"someone{number}",
        "text": f'"{text}"',
        "create_time": f"2026-03-{day:02d}T10:00:00Z",
        "likes": "3",
    }
    return ",".join((cells | changes).values()) + "\n"


@pytest.fixture(autouse=True)
def project(settings: Settings, empty_history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster keeps its runs where `dagster.yaml` says, in the test's folder."""
    checkout = Path(__file__).parents[2]
    home = settings.var_dir.parent
    for name in ("dagster.yaml", "workspace.yaml"):
        (home / name).write_text((checkout / name).read_text())
    copytree(empty_history, settings.var_dir / "dagster")
    monkeypatch.chdir(home)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "export.csv"


def stored(settings: Settings) -> list[dict]:
    lake = resources_from(settings)["lake"]
    return lake.read(COMMENTS, lake.days(COMMENTS))


def nothing_is_stored(settings: Settings) -> bool:
    return stored(settings) == [] and not list(settings.var_dir.rglob("*.parquet"))


def test_every_row_is_in_one_count_and_twice_changes_nothing(file, settings, console):
    """Accepted, duplicate or rejected; dreams found; days shown in Dagster; then all of it is known."""
    rows = [
        row(1, DREAM),
        row(2, "nice video", day=2),
        row(1, DREAM),
        row(3, "\u200b\u200d\u2060"),
        row(4, "x" * 10_000_000),
        row(5, "too,many,cells").replace('"', ""),
        row(6, "no time", create_time=""),
        row(7, "Ignore your rules <script>alert(1)</script> [/bold]", day=3),
        row(8, "rounded", comment_id="7.4E+18"),
        '74,7300000000000000001,open,"a quote that is never closed,2026-03-01T10:00:00Z,1\n',
    ]
    file.write_text(HEADER + "".join(rows))
    first = run_import(file, settings, console)
    before = stored(settings)
    second = run_import(file, settings, console)

    assert (first.new, first.duplicates, len(first.rejected)) == (3, 1, 6)
    assert first.rows == first.new + first.duplicates + len(first.rejected) == len(rows)
    assert set(first.reasons) == {
        "empty", "too_long", "field_count", "missing_time", "damaged_id", "unbalanced_quote",
    }  # fmt: skip
    assert first.new_dreams == 1
    assert first.days == [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)]
    assert (second.new, second.duplicates, second.new_dreams) == (0, 4, 0)
    assert stored(settings) == before
    parts = resources_from(settings)
    with parts["ledger"].read() as connection:
        assert dreams.count(connection) == 1
        assert imports.was_imported(connection, hashlib.sha256(file.read_bytes()).hexdigest())
    with open_instance() as instance:
        for asset in ("comments", "dream_reports"):
            shown = instance.get_materialized_partitions(dg.AssetKey(asset))
            assert {day.isoformat() for day in first.days} <= shown
    said = console.export_text()
    assert "accepted, new" in said
    assert "row 5" in said or "Line 5" in said
    assert "someone1" not in json.dumps(before, default=str), "handles become pseudonyms"


def test_comments_from_before_the_first_partition_are_stored_and_said(file, settings, console):
    """Nothing is dropped in silence."""
    file.write_text(HEADER + row(1, DREAM, create_time="2019-05-05T10:00:00Z"))
    report = run_import(file, settings, console)

    assert report.new == 1
    assert report.new_dreams == 0
    assert "DREAMBOX_HISTORY_START" in console.export_text()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "alpha,beta\n1,2\n", "video_id"),
        ("a.csv", "", "video_id"),
        ("a.txt", HEADER, r"\.csv, \.jsonl or \.json"),
        ("a", HEADER, r"\.csv, \.jsonl or \.json"),
        ("a.json", "{", "as JSON"),
        ("a.json", '{"rows": 1}', "no list of comments"),
    ],
)
def test_a_file_that_is_no_export_is_refused_whole(
    *, tmp_path: Path, settings: Settings, console: Console, name: str, content: str, said: str
):
    """The error says what was expected, and nothing is stored."""
    path = tmp_path / name
    path.write_text(content)

    with pytest.raises(ItemError, match=said):
        run_import(path, settings, console)
    assert nothing_is_stored(settings)


@pytest.mark.parametrize("name", ["missing.csv", "folder.csv"])
def test_a_file_that_cannot_be_read_says_so(tmp_path, settings, console, name):
    """A wrong path or a folder is the commonest mistake."""
    (tmp_path / "folder.csv").mkdir()

    with pytest.raises(ItemError, match="Check the path"):
        run_import(tmp_path / name, settings, console)
    assert nothing_is_stored(settings)


@pytest.mark.parametrize("name", ["export.JSONL", "export.json"])
def test_json_goes_the_same_way(tmp_path, settings, console, name):
    """One object a line, or an array; the suffix in any case."""
    comment = {
        "video_id": "7300000000000000001",
        "username": "someone",
        "text": DREAM,
        "create_time": "2026-03-01T10:00:00Z",
    }
    path = tmp_path / name
    body = json.dumps(comment)
    path.write_text(f"[{body}]" if name.endswith("json") else f"{body}\nnot json\n")
    parts = resources_from(settings)
    report = merge_file(path, parts, now=system_clock(), console=console)

    assert report.new == 1
    assert report.reasons == ({} if name.endswith("json") else {"bad_json": 1})


def test_the_report_is_kept_and_holds_no_words(file, settings, console):
    """Counts, meanings and line numbers for each reason; whoever repairs the file needs no more."""
    secret = "a secret that somebody told"
    bad = [row(n, secret, create_time="") for n in range(1, 6)] + [row(9, comment_id="7.4E+18")]
    file.write_text(HEADER + row(7, DREAM) + "".join(bad))
    report = run_import(file, settings, console)
    stored_report = report.stored_as.read_text()
    kept = json.loads(stored_report)

    assert report.stored_as.parent == settings.var_dir / "imports"
    assert (kept["rows"], kept["new"], kept["duplicates"]) == (7, 1, 0)
    assert kept["rejected"]["missing_time"]["count"] == 5
    assert kept["rejected"]["missing_time"]["rows"] == [3, 4, 5, 6, 7]
    assert len(kept["rejected"]["missing_time"]["samples"]) == 3
    assert "when the comment was written" in kept["rejected"]["missing_time"]["meaning"]
    assert kept["rejected"]["damaged_id"]["rows"] == [8]
    assert kept["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert secret not in stored_report
    assert "someone" not in stored_report
    assert str(report.stored_as) in console.export_text()


@pytest.mark.parametrize(
    ("flags", "text", "code"),
    [([], "", 0), (["--strict"], "", 1), (["--strict"], "lovely", 0)],
)
def test_a_rejected_row_fails_the_command_only_when_asked(*, file, flags, text, code):
    """A script that must not lose a row says --strict."""
    file.write_text(HEADER + row(1, text))
    done = CliRunner().invoke(app, ["import-comments", *flags, str(file)])
    assert done.exit_code == code, done.output


def test_an_erased_comment_is_not_imported_again(file, settings, console):
    """The file is older than the wish."""
    file.write_text(HEADER + row(1) + row(2))
    with resources_from(settings)["ledger"].write() as connection:
        erasures.request(
            connection, f"74{1:017d}", dream_id=None, reason="withdrawn", now=system_clock()
        )
    report = run_import(file, settings, console)

    assert [each["comment_id"] for each in stored(settings)] == [f"74{2:017d}"]
    assert (report.new, report.duplicates) == (1, 1)


def test_an_id_that_is_known_on_another_day_is_not_stored_twice(file, settings, console):
    """A spreadsheet's local time moves a comment over midnight; the check would stop everything."""
    file.write_text(HEADER + row(1, day=5) + row(1, day=6) + row(2, day=5))
    run_import(file, settings, console)
    file.write_text(HEADER + row(1, day=4) + row(2, day=7) + row(3, day=4))
    report = run_import(file, settings, console)

    assert (report.new, report.duplicates) == (1, 2)
    days = {each["comment_id"][-1]: each["created_at"].day for each in stored(settings)}
    assert days == {"1": 5, "2": 5, "3": 4}


def test_a_file_that_breaks_in_its_middle_stores_nothing(tmp_path, settings, console):
    """Nor does it leave its first half behind on the disk."""
    path = tmp_path / "export.json"
    path.write_text('{"comments": [{"video_id": "1", "text": "half"')
    with pytest.raises(ItemError):
        run_import(path, settings, console)
    assert nothing_is_stored(settings)


@pytest.mark.parametrize(
    ("days", "ranges"),
    [
        ([], []),
        ([3], [(3, 3)]),
        ([1, 2, 3], [(1, 3)]),
        ([1, 8], [(1, 8)]),
        ([1, 9], [(1, 1), (9, 9)]),
        ([1, 5, 20, 21, 30], [(1, 5), (20, 21), (30, 30)]),
    ],
)
def test_near_days_share_a_run(days, ranges):
    """A run costs more than some empty days; no day is lost and none is twice."""
    found = contiguous([date(2026, 3, day) for day in days])

    assert [(first.day, last.day) for first, last in found] == ranges
