"""Every `dreambox` command, thin: heavy modules are imported by the command that needs them."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape

from dreambox_pipeline.cli.logs import configure_logs
from dreambox_pipeline.errors import DreamBoxError
from dreambox_pipeline.settings import get_settings

app = typer.Typer(
    help="Dreams told in TikTok comments become short AI videos.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console()
errors = Console(stderr=True)


@app.command()
def demo(
    timings: Annotated[
        Path | None,
        typer.Option(help="Also write seconds and peak memory by stage to this JSON file."),
    ] = None,
) -> None:
    """Take dreams the whole way once, against the sandbox: comment, video, post, views, lesson."""
    from dreambox_pipeline.cli.demo import run_demo

    measured = run_demo(get_settings(), console)
    if timings:
        timings.write_text(json.dumps(asdict(measured)))


@app.command()
def up() -> None:
    """Run the sandbox, Dagster and the desk together until Ctrl-C."""
    from dreambox_pipeline.cli.up import run_up

    run_up(get_settings(), console)


@app.command()
def doctor() -> None:
    """Check everything DreamBox needs, and list all that is missing with its remedy."""
    from dreambox_pipeline.cli.doctor import examine, print_findings

    is_healthy = print_findings(examine(get_settings()), console)
    raise typer.Exit(0 if is_healthy else 1)


@app.command("import-comments")
def import_comments(
    file: Annotated[
        Path, typer.Argument(help="CSV, JSON or JSONL; docs/import-format.md says which columns.")
    ],
    strict: Annotated[
        bool, typer.Option("--strict", help="End with code 1 when a row was rejected.")
    ] = False,
) -> None:
    """Bring comments from a file in, and find the dreams in them. Twice changes nothing."""
    from dreambox_pipeline.cli.importing import run_import

    report = run_import(file, get_settings(), console)
    raise typer.Exit(1 if strict and report.rejections else 0)


@app.command()
def status() -> None:
    """How many comments, dreams, videos and posts there are, what waits, and what failed."""
    from dreambox_pipeline.cli.status import print_status

    print_status(get_settings(), console)


@app.command()
def journey(
    any_id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="A comment, dream, prompt, job, video, publication or post id."
        ),
    ],
) -> None:
    """Print the whole path of one dream, from the comment to its views."""
    from dreambox_pipeline.cli.journey import print_journey

    if not print_journey(any_id, get_settings(), console):
        raise typer.Exit(1)


@app.command()
def connect(
    auth_code: Annotated[
        str,
        typer.Option(
            prompt="Authorization code",
            hide_input=True,
            help="The code from the sandbox's first line; asked for when it is not given here.",
        ),
    ],
) -> None:
    """Connect the sandbox's account with an authorization code; for a real one see `login`."""
    from dreambox_pipeline.defs.resources import resources_from

    business_id = resources_from(get_settings())["tiktok"].connect(auth_code)
    console.print(f"Connected the account [bold]{business_id}[/bold].")


@app.command()
def login(
    account: Annotated[
        str, typer.Option(help="A name for the account; by default DREAMBOX_ACCOUNT.")
    ] = "",
    host: Annotated[
        Literal["accounts", "developer"],
        typer.Option(
            help="accounts (comments, measuring, posting by accounts_api) or developer (uploads, drafts)."
        ),
    ] = "accounts",
    *,
    paste: Annotated[
        bool, typer.Option("--paste", help="Paste the address that comes back, or pipe it in.")
    ] = False,
    browser: Annotated[
        bool, typer.Option("--browser", help="Also try to open this machine's browser.")
    ] = False,
    scopes: Annotated[
        str, typer.Option(help="Scopes with commas between; by default all that is in use.")
    ] = "",
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Let another TikTok account take this name and its posts."),
    ] = False,
) -> None:
    """Connect a TikTok account: its owner agrees on TikTok's page, once a year."""
    from dreambox_pipeline.cli.login import Ways, open_browser, run_login
    from dreambox_pipeline.storage.ledger.accounts import Host

    run_login(
        get_settings(),
        console,
        host=Host(host),
        account_id=account,
        scopes=[scope.strip() for scope in scopes.split(",") if scope.strip()],
        replaces=replace,
        ways=Ways(paste=paste, browser=open_browser if browser else None),
    )


@app.command()
def logout(
    account: Annotated[
        str, typer.Option(help="The account's name; by default DREAMBOX_ACCOUNT.")
    ] = "",
    host: Annotated[
        Literal["accounts", "developer"] | None,
        typer.Option(help="Only on this host; by default on both."),
    ] = None,
    *,
    forget: Annotated[
        bool,
        typer.Option("--forget", help="Forget the tokens also when TikTok cannot be reached."),
    ] = False,
) -> None:
    """End an account's consent at TikTok, and forget its tokens. Planned posts wait."""
    from dreambox_pipeline.cli.accounts import run_logout
    from dreambox_pipeline.storage.ledger.accounts import Host

    run_logout(
        get_settings(),
        console,
        account_id=account,
        host=Host(host) if host else None,
        forgets=forget,
    )


@app.command()
def accounts() -> None:
    """Which TikTok accounts are connected, what they allow, and for how long."""
    from dreambox_pipeline.cli.accounts import print_accounts

    print_accounts(get_settings(), console)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 picks a free one.")],
    seed: Annotated[int, typer.Option(help="Another seed is another world.")] = 7,
    speed: Annotated[float, typer.Option(help="Simulated seconds per real second.")] = 1.0,
    state: Annotated[
        Path | None, typer.Option(help="File that keeps the world between runs.")
    ] = None,
) -> None:
    """Run the TikTok and model-API double alone. Its first line is a JSON object with all addresses."""
    from dreambox_pipeline.sandbox.server import serve

    serve(port=port, seed=seed, speed=speed, state_path=state)


@app.command()
def desk() -> None:
    """Run the desk alone: the reviewers' web app."""
    from dreambox_pipeline.desk.server import serve

    serve(get_settings())


@app.command("evaluate")
def evaluate_engine(
    file: Annotated[
        Path | None, typer.Argument(help="JSONL with text, is_dream, lang and kind.")
    ] = None,
    stream: Annotated[
        Path | None,
        typer.Option(help="An unlabelled CSV or JSONL instead: print what would be accepted."),
    ] = None,
    engine: Annotated[str, typer.Option(help="embedded or openai.")] = "embedded",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how well dreams are found: in a labelled file, or in a raw stream with --stream."""
    from dreambox_pipeline.cli.evaluate import run_evaluation, run_stream

    if (file is None) == (stream is None):
        raise typer.BadParameter("Give either a labelled FILE or --stream with an unlabelled one.")
    given = {"engine": engine, "as_json": as_json, "settings": get_settings(), "console": console}
    if stream is not None:
        run_stream(stream, **given)  # type: ignore[arg-type] # the four keywords both take
    elif file is not None:
        run_evaluation(file, **given)  # type: ignore[arg-type] # the four keywords both take


@app.command("train-detector")
def train_detector(
    negatives: Annotated[
        list[Path] | None, typer.Option(help="JSONL of comments that tell no dream.")
    ] = None,
    positives: Annotated[
        list[Path] | None, typer.Option(help="JSONL of further dreams, beside the written ones.")
    ] = None,
    leave_out: Annotated[
        list[Path] | None, typer.Option(help="JSONL whose texts must not be learned from.")
    ] = None,
    with_decisions: Annotated[
        bool, typer.Option("--with-decisions", help="Also learn from this account's decisions.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Where the weights go.")] = None,
) -> None:
    """Learn the embedded detector's weights again; docs/model-card.md says from what."""
    from dreambox_pipeline.cli.train_detector import run_training

    run_training(
        negatives=negatives or [],
        positives=positives or [],
        leave_out=leave_out or [],
        with_decisions=with_decisions,
        out=out,
        settings=get_settings(),
        console=console,
    )


webhooks = typer.Typer(
    help="Have TikTok tell us at once when comments and posts change.", no_args_is_help=True
)
app.add_typer(webhooks, name="webhooks")


@webhooks.command("register")
def register_webhooks() -> None:
    """Have TikTok deliver to DREAMBOX_WEBHOOK_CALLBACK_URL."""
    from dreambox_pipeline.cli.webhooks import register

    register(get_settings(), console)


@webhooks.command("list")
def list_webhooks() -> None:
    """Where TikTok delivers what."""
    from dreambox_pipeline.cli.webhooks import show

    show(get_settings(), console)


@webhooks.command("remove")
def remove_webhooks() -> None:
    """Have TikTok deliver nothing any more; comments are then found by polling alone."""
    from dreambox_pipeline.cli.webhooks import remove

    remove(get_settings(), console)


@app.command()
def backfill(
    first: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day (UTC), included.")
    ],
    last: Annotated[
        datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day (UTC), included.")
    ],
) -> None:
    """Read the comments of a range of days and find the dreams in them. Stopped, it can go on."""
    from dreambox_pipeline.cli.backfill import run_backfill

    run_backfill(get_settings(), console, first=first.date(), last=last.date())


@app.command("import-archive")
def import_archive(
    file: Annotated[
        Path, typer.Argument(help="What TikTok sent for `Download your data`: .zip, or its .json.")
    ],
) -> None:
    """Bring own videos and own replies in from TikTok's data download. Twice changes nothing."""
    from dreambox_pipeline.cli.archive import run_archive

    run_archive(file, get_settings(), console)


@app.command()
def why(
    dream_id: Annotated[str, typer.Argument(metavar="DREAM_ID", help="The id of a dream.")],
) -> None:
    """Print why a dream has its place in the ranking: scores, parts, what holds it back."""
    from dreambox_pipeline.cli.why import print_why

    if not print_why(dream_id, get_settings(), console):
        raise typer.Exit(1)


@app.command()
def gallery(
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another composition.")] = 7,
    *,
    motifs: Annotated[bool, typer.Option("--motifs", help="A sheet of all motifs too.")] = False,
) -> None:
    """Render one sheet of all settings of the offline renderer, the stand-in, into var/gallery/."""
    from dreambox_pipeline.cli.gallery import run_gallery

    run_gallery(get_settings(), console, seed=seed, has_motifs=motifs)


@app.command()
def provenance(
    video: Annotated[
        str, typer.Argument(metavar="VIDEO_ID_OR_FILE", help="A video's id, or a file.")
    ],
) -> None:
    """Print where a video comes from: its Content Credentials, and the ledger's record."""
    from dreambox_pipeline.cli.provenance import print_provenance

    if not print_provenance(video, get_settings(), console):
        raise typer.Exit(1)


@app.command()
def compliance(
    video: Annotated[str, typer.Argument(metavar="VIDEO_ID", help="A video's id.")],
) -> None:
    """Print what every compliance rule says about a video now, with its source; nothing is sent."""
    from dreambox_pipeline.cli.compliance import print_compliance

    if not print_compliance(video, get_settings(), console):
        raise typer.Exit(1)


series = typer.Typer(help="Give the coming videos one look.", no_args_is_help=True)
app.add_typer(series, name="series")


@series.command("start")
def start_series(
    name: Annotated[str, typer.Argument(help="What people call it; the same name goes on.")],
    style: Annotated[str, typer.Option(help="A house style, such as violet_dusk.")],
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**31 - 1, help="One seed for all; otherwise each dream's own."),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(help="A picture of the look for providers that take one: upright, 9:16."),
    ] = None,
) -> None:
    """Make every new prompt in one style until the series ends; another series ends."""
    from dreambox_pipeline.cli.series import run_start

    run_start(name, get_settings(), console, style_id=style, seed=seed, reference=reference)


@series.command("end")
def end_series() -> None:
    """End the running series; styles are chosen by what was learned again."""
    from dreambox_pipeline.cli.series import run_end

    run_end(get_settings(), console)


@series.command("list")
def list_series() -> None:
    """Every series with its look and how many prompts it has."""
    from dreambox_pipeline.cli.series import run_list

    run_list(get_settings(), console)


fonts = typer.Typer(help="Typefaces for every script on the videos.", no_args_is_help=True)
app.add_typer(fonts, name="fonts")


@fonts.command("install")
def install_fonts() -> None:
    """Fetch Noto (about 80 MB) with apt-get, or npm, into var/fonts. Twice changes nothing."""
    from dreambox_pipeline.cli.fonts import run_install

    raise typer.Exit(0 if run_install(get_settings(), console) else 1)


@fonts.command("list")
def list_fonts() -> None:
    """Which script is drawn by which typeface, and which lack one."""
    from dreambox_pipeline.cli.fonts import print_fonts

    print_fonts(get_settings(), console)


@fonts.command("sheet")
def show_fonts() -> None:
    """Draw titles and credits in every script on one sheet, into var/gallery/."""
    from dreambox_pipeline.cli.font_sheet import run_sheet

    run_sheet(get_settings(), console)


@app.command()
def pause(
    reason: Annotated[str, typer.Option(help="Why, for whoever finds it paused.")] = "",
) -> None:
    """Stop all posting at once, until `dreambox resume`. Making and reviewing go on."""
    from dreambox_pipeline.cli.pausing import run_pause

    run_pause(get_settings(), console, reason=reason)


@app.command()
def resume() -> None:
    """Let posts go out again."""
    from dreambox_pipeline.cli.pausing import run_resume

    run_resume(get_settings(), console)


@app.command()
def posted(
    publication: Annotated[str, typer.Argument(help="A publication's id, or its video's.")],
    link: Annotated[str, typer.Argument(help="The post's link, or its id.")],
    *,
    labelled: Annotated[
        bool, typer.Option("--labelled", help="It carries the AI label; do not ask.")
    ] = False,
    unlisted: Annotated[
        bool,
        typer.Option("--unlisted", help="Do not look for it in the account's list of videos."),
    ] = False,
) -> None:
    """Tell which post a video became that was posted by hand, or whose outcome nobody knew."""
    from dreambox_pipeline.cli.posted import run_posted

    run_posted(
        publication,
        link,
        get_settings(),
        console,
        confirm=lambda question: labelled or typer.confirm(question),
        is_unlisted=unlisted,
    )


url_property = typer.Typer(
    help="Prove to TikTok that the address it fetches videos from is ours.", no_args_is_help=True
)
app.add_typer(url_property, name="property")

PropertyUrl = Annotated[
    str, typer.Argument(help="An address, or a domain's name; DREAMBOX_MEDIA_BASE_URL if empty.")
]
PropertyKindOption = Annotated[
    str, typer.Option("--kind", help="prefix (proven by a file) or domain (by a DNS record).")
]


@url_property.command("add")
def add_property(url: PropertyUrl = "", kind: PropertyKindOption = "prefix") -> None:
    """Claim an address; the desk then serves the file that proves it."""
    from dreambox_pipeline.cli.property import run_add

    run_add(url, get_settings(), console, kind=kind)


@url_property.command("verify")
def verify_property(url: PropertyUrl = "", kind: PropertyKindOption = "prefix") -> None:
    """Have TikTok look for the proof now."""
    from dreambox_pipeline.cli.property import run_verify

    raise typer.Exit(0 if run_verify(url, get_settings(), console, kind=kind) else 1)


@url_property.command("list")
def list_properties() -> None:
    """Every claimed address, and whether it is verified."""
    from dreambox_pipeline.cli.property import run_list

    run_list(get_settings(), console)


@url_property.command("remove")
def remove_property(url: PropertyUrl = "", kind: PropertyKindOption = "prefix") -> None:
    """Give a claim up; TikTok fetches nothing from there any more."""
    from dreambox_pipeline.cli.property import run_remove

    run_remove(url, get_settings(), console, kind=kind)


schedule = typer.Typer(
    help="When what is posted, and why; and slots chosen by hand.", no_args_is_help=True
)
app.add_typer(schedule, name="schedule")


@schedule.command("show")
def show_schedule(
    days: Annotated[int, typer.Option(min=1, max=60, help="How many days, today included.")] = 14,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the coming days with every slot, its value and why. A dry run: changes nothing."""
    from dreambox_pipeline.cli.schedule import run_show

    run_show(get_settings(), console, days=days, as_json=as_json)


@schedule.command("move")
def move_in_schedule(
    publication: Annotated[str, typer.Argument(help="A publication's id, or its video's.")],
    local_time: Annotated[
        datetime,
        typer.Argument(
            formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"],
            help='The account\'s wall time, such as "2026-11-28 19:30".',
        ),
    ],
) -> None:
    """Put a video at a time of your choice; it stays there, and who was in the way moves."""
    from dreambox_pipeline.cli.schedule import run_move

    run_move(publication, local_time, get_settings(), console)


@schedule.command("unpin")
def unpin_in_schedule(
    publication: Annotated[str, typer.Argument(help="A publication's id, or its video's.")],
) -> None:
    """Let plans move a video again that was put somewhere by hand."""
    from dreambox_pipeline.cli.schedule import run_unpin

    run_unpin(publication, get_settings(), console)


@schedule.command("remove")
def remove_from_schedule(
    publication: Annotated[str, typer.Argument(help="A publication's id, or its video's.")],
) -> None:
    """Take a video out of the queue; approving it again at the desk brings it back."""
    from dreambox_pipeline.cli.schedule import run_remove

    run_remove(publication, get_settings(), console)


def main(command: Callable[[], object] = app) -> None:
    """Run the command; an error on purpose ends in its message, not in a traceback."""
    configure_logs()
    try:
        command()
    except DreamBoxError as error:
        errors.print(
            f"[bold red]dreambox:[/bold red] {escape(str(error))}", highlight=False, soft_wrap=True
        )
        sys.exit(2)
