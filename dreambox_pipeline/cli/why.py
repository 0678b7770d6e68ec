"""`dreambox why DREAM_ID`: one dream's "why this dream" record, for reading."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.engine import Connection

from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.dreams.explaining import explain_repeat
from dreambox_pipeline.stages.dreams.model import DreamReport, RankedDream
from dreambox_pipeline.storage.ledger import dreams, tellings

BAR = 20
"""Characters of a full bar."""

SCORES = {
    "visual": "Picture",
    "engagement": "Liking",
    "freshness": "Freshness",
    "policy_risk": "Risk",
}


def print_why(dream_id: str, settings: Settings, console: Console) -> bool:
    """Print why a dream has its place, or why it has none; False when nobody knows the id."""
    ledger = resources_from(settings)["ledger"]
    with ledger.read() as connection:
        report = dreams.report(connection, dream_id)
        place = dreams.place(connection, dream_id)
        reason = _why_no_place(connection, report) if report else ""
    if report is None:
        console.print(
            f"No dream has the id {escape(repr(dream_id))}. `dreambox journey ID` finds a dream by "
            "its comment's, video's or post's id."
        )
        return False
    if place is None or reason:
        console.print(f"[bold]{dream_id}[/bold] has no place in the ranking. {escape(reason)}")
    if place is not None:
        _print_place(place, console)
    return True


def _why_no_place(connection: Connection, report: DreamReport) -> str:
    if report.duplicate_of:
        return explain_repeat(report.reasons, report.duplicate_of)
    reason = tellings.suspended_because(connection, report.dream_id)
    if reason:
        return f"It is out of use: {reason.replace('_', ' ')}."
    if report.screening.action == "block":
        return f"Screening blocks it: {', '.join(report.screening.reasons)}."
    if report.needs_review and not tellings.is_labelled_dream(connection, report.comment_id):
        return "A person has to look at it first, on the desk's page Dreams."
    if dreams.place(connection, report.dream_id) is None:
        return "It was not ranked since it was found, or its dreamer said no."
    return ""


def _print_place(place: RankedDream, console: Console) -> None:
    record = place.record
    console.print(
        f"[bold]{place.dream_id}[/bold] is number [bold]{place.rank}[/bold]"
        + (f" of {record['candidates']}" if record else "")
        + f" with a score of [bold]{place.score:.2f}[/bold]."
    )
    console.print(escape(place.why))
    if not record:
        console.print("It was ranked by an older version, which kept no record.")
        return
    console.print(_scores(record["scores"]))
    for line in _rest(record):
        console.print(escape(line))


def _scores(scores: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, title in SCORES.items():
        score = scores[name]
        weight = f"counts {score['weight']:.0%}"
        table.add_row(
            f"[bold]{title}[/bold]", _bar(score["value"]), f"{score['value']:.2f}", weight
        )
        for part, value in score.get("parts", {}).items():
            table.add_row(f"  {escape(part)}", f"[dim]{_bar(value)}[/dim]", f"{value:.2f}", "")
    return table


def _rest(record: Mapping[str, Any]) -> list[str]:
    learned = record["learned"]["motifs"]
    diversity, fairness = record["discounts"]["diversity"], record["discounts"]["fairness"]
    lines = [
        f"Told {record['scores']['freshness']['age_days']} days ago; understood by {record['engine']}.",
        "Learned: "
        + (", ".join(f"{motif} x {lift:.2f}" for motif, lift in learned.items()) or "nothing yet")
        + f" (selection policy {record['policy_version']}).",
    ]
    if diversity["times"]:
        lines.append(
            f"Held back x {diversity['factor']:.2f}: {diversity['repeated']} comes "
            f"{diversity['times']} times before it."
        )
    if fairness["turns"]:
        lines.append(
            f"Held back x {fairness['factor']:.2f}: its dreamer has had {fairness['turns']} turns."
        )
    lines += [
        f"Would raise it: {each['what']} (+{each['by']:.2f})." for each in record["would_raise"]
    ]
    return lines


def _bar(value: float) -> str:
    full = round(value * BAR)
    return "█" * full + "·" * (BAR - full)
