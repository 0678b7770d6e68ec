"""`dreambox compliance VIDEO_ID`: every compliance rule on one video, sending nothing."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.defs.post_outlook import Outlook, outlook
from dreambox_pipeline.safety.compliance_model import Judgement, Verdict
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import Ledger, videos
from dreambox_pipeline.storage.media_store import MediaStore

_SIGNS = {
    Judgement.PASSED: "[green]pass[/green]",
    Judgement.FAILED: "[bold red]FAIL[/bold red]",
    Judgement.NOT_ASKED: "[dim]asked later[/dim]",
    Judgement.NOT_CONCERNED: "[dim]not this route[/dim]",
}


def print_compliance(render_id: str, settings: Settings, console: Console) -> bool:
    """Print what every rule says about a video; False when one blocks it or nobody knows its id.

    Raises:
        ItemError: The video's dream is gone.
    """
    ledger = Ledger(settings.ledger_url)
    try:
        with ledger.read() as connection:
            video = videos.get(connection, render_id)
            if video is None:
                console.print(
                    f"No video has the id {escape(repr(render_id))}. `dreambox status` lists the newest."
                )
                return False
            found = outlook(
                connection, video, media=MediaStore(settings.media_dir), settings=settings
            )
    finally:
        ledger.close()
    console.print(_table(render_id, found))
    _print_end(found, console)
    return not found.broken


def _table(render_id: str, found: Outlook) -> Table:
    table = Table(title=f"{render_id} by {found.route.value}", title_justify="left")
    for column in ("rule", "", "says", "source", "read on"):
        table.add_column(column, overflow="fold")
    for verdict in found.verdicts:
        rule = verdict.rule
        table.add_row(
            rule.rule_id,
            _SIGNS[verdict.judgement],
            escape(_said(verdict)),
            escape(rule.source),
            rule.read_on.isoformat(),
        )
    return table


def _said(verdict: Verdict) -> str:
    return f"{verdict.rule.text} {verdict.message}".strip()


def _print_end(found: Outlook, console: Console) -> None:
    waiting = sum(v.judgement is Judgement.NOT_ASKED for v in found.verdicts)
    if waiting:
        console.print(
            f"{waiting} rules need what the account allows; it is asked for right before posting."
        )
    if found.broken:
        names = ", ".join(verdict.rule.rule_id for verdict in found.broken)
        console.print(f"[bold]It would not be posted now[/bold]: {escape(names)}.")
    else:
        console.print(
            "No rule looked at here blocks it. Approval, consent, the comment and the pause switch are "
            "asked for besides, when its slot comes."
        )
