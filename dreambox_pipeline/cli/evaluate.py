"""`dreambox evaluate`: how well an engine finds dreams in a labelled file or in a raw stream."""

import json
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.dreams.engine import TextEngine
from dreambox_pipeline.text.normalize import clean
from dreambox_pipeline.text_engines.embedded import EmbeddedEngine
from dreambox_pipeline.text_engines.evaluation import (
    Evaluation,
    Figures,
    Judged,
    Share,
    evaluate,
    judge,
)
from dreambox_pipeline.text_engines.examples import BadLine, read_comments, read_examples
from dreambox_pipeline.text_engines.registry import engine_for
from dreambox_pipeline.text_engines.weights_file import OWN_NAME

_BAD_LINES_SHOWN = 20
_WIDTH = 140


def run_evaluation(
    file: Path, *, engine: str, as_json: bool, settings: Settings, console: Console
) -> None:
    """Print figures over a file of `{text, is_dream, lang, kind}` rows.

    Raises:
        StopError: The file holds no labelled comment, or the engine cannot be had.
    """
    examples, bad = read_examples(file)
    labelled = [example for example in examples if example.is_dream is not None]
    if not labelled:
        raise StopError(
            f"Read {file}: none of its {len(examples) + len(bad)} rows has `text` and `is_dream`. "
            "Give a file of labelled comments, or use --stream for an unlabelled one."
        )
    judging = _engine(engine, settings)
    result = evaluate(judge(labelled, judging), engine=judging.version)
    unlabelled = len(examples) - len(labelled)
    if as_json:
        lines = [{"line": one.number, "problem": one.problem} for one in bad]
        found = {**result.as_json(), "bad_lines": lines, "unlabelled": unlabelled}
        print(json.dumps(found, indent=2))
        return
    _print_bad(bad, unlabelled, console)
    _print(result, console)


def run_stream(
    file: Path, *, engine: str, as_json: bool, settings: Settings, console: Console
) -> None:
    """Print every comment of an unlabelled file that would be accepted, for a person to judge.

    Raises:
        StopError: The file holds no comment, or the engine cannot be had.
    """
    comments, bad = read_comments(file)
    if not comments:
        raise StopError(
            f"Read {file}: none of its rows has a text. A CSV needs a header with `text`, a JSONL "
            "file objects with `text`."
        )
    judging = _engine(engine, settings)
    accepted = [one for one in judge(comments, judging) if one.verdict.is_dream]
    rate = 1_000 * len(accepted) / len(comments)
    if as_json:
        found = {
            "engine": judging.version,
            "comments": len(comments),
            "accepted": [_as_json(one) for one in accepted],
            "accepted_per_thousand": round(rate, 3),
            "bad_lines": len(bad),
        }
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    _print_bad(bad, 0, console)
    for one in accepted:
        why = ", ".join(one.verdict.reasons)
        console.print(f"[bold]{one.verdict.probability:.2f}[/bold] [dim]{escape(why)}[/dim]")
        # As an engine reads it: a stranger's control characters have no business in a terminal.
        console.print(f"     {escape(clean(one.example.text))}", highlight=False)
    console.print(
        f"{judging.version}: accepted {len(accepted)} of {len(comments):,} comments, "
        f"{rate:.2f} per thousand."
    )


def _engine(name: str, settings: Settings) -> TextEngine:
    return engine_for(
        name,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        model=settings.openai_model,
        embedded=EmbeddedEngine(settings.var_dir / OWN_NAME),
    )


def _as_json(one: Judged) -> dict[str, object]:
    return {
        "text": one.example.text,
        "probability": one.verdict.probability,
        "reasons": one.verdict.reasons,
    }


def _print_bad(bad: list[BadLine], unlabelled: int, console: Console) -> None:
    for one in bad[:_BAD_LINES_SHOWN]:
        console.print(f"[yellow]line {one.number}[/yellow] {escape(one.problem)}; left out")
    if len(bad) > _BAD_LINES_SHOWN:
        console.print(f"[yellow]and {len(bad) - _BAD_LINES_SHOWN} more lines left out[/yellow]")
    if unlabelled:
        console.print(f"[yellow]{unlabelled} rows without `is_dream` left out[/yellow]")


def _print(result: Evaluation, console: Console) -> None:
    # A figure cut off at the terminal's edge is worse than a wrapped line.
    console.width = max(console.width, _WIDTH)
    named = " and ".join(result.headline_kinds)
    console.print(f"Engine {result.engine}; in brackets 95 % intervals (Wilson).")
    if set(result.judged_by) != {result.engine}:
        counts = (f"{judged:,} by {name}" for name, judged in result.judged_by.items())
        console.print(f"Judged: {', '.join(counts)}.", soft_wrap=True)
    console.print(f"Headline: {named} against all others.", soft_wrap=True)
    overall = _table("All together")
    _row(overall, "headline", result.headline)
    _row(overall, "every labelled comment", result.everything)
    kinds = _table("By kind (recall of dreams, false positives of others)")
    for kind, figures in result.by_kind.items():
        _row(kinds, kind, figures)
    langs = _table("By language (headline)")
    for lang, figures in result.by_lang.items():
        _row(langs, lang, figures)
    for table in (overall, kinds, langs, _reliability(result)):
        console.print(table)


def _table(title: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("comments", no_wrap=True)
    for column in ("dreams", "others", "precision", "recall", "false positives", "F1", "AP"):
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _row(table: Table, name: str, figures: Figures) -> None:
    table.add_row(
        name,
        str(figures.dreams),
        str(figures.others),
        _share(figures.precision) if figures.dreams and figures.others else "",
        _share(figures.recall),
        _share(figures.false_positive_rate),
        _number(figures.f1) if figures.others else "",
        _number(figures.average_precision),
    )


def _reliability(result: Evaluation) -> Table:
    table = Table(
        title=f"Stated against observed; calibration error {result.expected_calibration_error:.3f}",
        title_justify="left",
    )
    for column in ("probability", "comments", "mean stated", "dreams among them"):
        table.add_column(column, justify="right")
    for one in result.reliability:
        table.add_row(
            f"{one.low:.1f}-{one.high:.1f}",
            str(one.comments),
            f"{one.mean_probability:.3f}",
            f"{one.dreams_share:.3f}",
        )
    return table


def _share(share: Share) -> str:
    if share.value is None:
        return ""
    return f"{share.value:.3f} ({share.low:.2f}-{share.high:.2f})"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
