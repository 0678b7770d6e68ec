"""`dreambox doctor`: everything DreamBox needs, checked at once, each problem with its remedy."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape

from dreambox_pipeline.cli.children import answers
from dreambox_pipeline.cli.ports import is_free
from dreambox_pipeline.cli.project import project_root
from dreambox_pipeline.errors import DreamBoxError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import Route

MIN_FREE_GB = 2.0
"""A finished video and its clip take about 10 MB; below this a day's work may not fit."""


UPLOADING = (Route.CONTENT_POSTING, Route.INBOX_DRAFT)
"""Routes by the developer host, which an account is connected to apart."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """One thing that was looked at.

    Attributes:
        is_needed: False for what only some commands need.
        remedy: What to do when it is not fine.
    """

    what: str
    is_fine: bool
    seen: str
    remedy: str = ""
    is_needed: bool = True


def examine(settings: Settings) -> list[Checkup]:
    """Look at everything; a problem never hides the next one."""
    checks: list[Callable[[Settings], Checkup]] = [
        _python,
        _project_files,
        _disk,
        _ffmpeg,
        _fonts,
        _more_fonts,
        _time_zone,
        _key,
        _ledger,
        _engine,
        _moderation,
        _prompt_writer,
        _caption_writer,
        _generator,
        _clock,
        _tiktok,
        video_address,
        _consents,
    ]
    return [*(check(settings) for check in checks), *_ports(settings)]


def print_findings(found: list[Checkup], console: Console) -> bool:
    """Print the findings; True when nothing that is needed is missing."""
    for checkup in found:
        style = "green" if checkup.is_fine else "red" if checkup.is_needed else "yellow"
        mark = "ok" if checkup.is_fine else "missing" if checkup.is_needed else "off"
        console.print(
            f"[{style}]{mark:>7}[/{style}]  [bold]{escape(checkup.what)}[/bold]: {escape(checkup.seen)}",
            soft_wrap=True,
        )
        if not checkup.is_fine:
            console.print(f"         {escape(checkup.remedy)}", soft_wrap=True)
    missing = [checkup for checkup in found if checkup.is_needed and not checkup.is_fine]
    console.print(
        f"Missing: {', '.join(checkup.what for checkup in missing)}."
        if missing
        else "Everything that is needed is here.",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    return not missing


def _python(_settings: Settings) -> Checkup:
    version = sys.version_info
    return Checkup(
        "Python 3.11 to 3.13",
        (3, 11) <= version[:2] < (3, 14),
        sys.version.split()[0],
        "Run `make clean` and then `make PYTHON=python3.11 install`.",
    )


def _project_files(_settings: Settings) -> Checkup:
    try:
        return Checkup("dagster.yaml, workspace.yaml", is_fine=True, seen=str(project_root()))
    except DreamBoxError as error:
        return Checkup(
            "dagster.yaml, workspace.yaml",
            is_fine=False,
            seen=str(error),
            remedy="Change into the checkout.",
        )


def _disk(settings: Settings) -> Checkup:
    folder = settings.var_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_text("")
        probe.unlink()
        free_gb = shutil.disk_usage(folder).free / 1e9
    except OSError as error:
        return Checkup(
            "var folder",
            is_fine=False,
            seen=str(error),
            remedy="Make it writable, or set DREAMBOX_VAR_DIR.",
        )
    return Checkup(
        "var folder",
        free_gb >= MIN_FREE_GB,
        f"{folder.absolute()}, {free_gb:.0f} GB free",
        f"Free some space: less than {MIN_FREE_GB:g} GB is not enough for a day's videos.",
    )


def _ffmpeg(_settings: Settings) -> Checkup:
    from dreambox_pipeline.media.ffmpeg import ffmpeg_path

    try:
        return Checkup("ffmpeg", is_fine=True, seen=str(ffmpeg_path()))
    except DreamBoxError as error:
        return Checkup("ffmpeg", is_fine=False, seen=str(error), remedy="Run `make clean install`.")


def _fonts(_settings: Settings) -> Checkup:
    from dreambox_pipeline.media.typesetting.lettering import can_draw

    return Checkup(
        "fonts (Latin, Cyrillic, Greek, Hebrew)",
        can_draw("Dream мечта όνειρο חלום"),
        "DejaVu from its Python package",
        "Run `make clean install`.",
    )


def _more_fonts(settings: Settings) -> Checkup:
    from dreambox_pipeline.media.typesetting.font_installation import undrawn
    from dreambox_pipeline.media.typesetting.fonts import INSTALL_COMMAND

    missing = [writing.name for writing in undrawn(settings.var_dir / "fonts")]
    return Checkup(
        "fonts (every other script, and emoji)",
        not missing,
        f"none for {', '.join(missing)}" if missing else "Noto",
        f"Run `{INSTALL_COMMAND}`; until then such texts are left out, with a finding.",
        is_needed=False,
    )


def _time_zone(settings: Settings) -> Checkup:
    from dreambox_pipeline.clock import time_zone

    try:
        time_zone(settings.time_zone)
    except DreamBoxError as error:
        return Checkup("time zone", is_fine=False, seen=settings.time_zone, remedy=str(error))
    return Checkup("time zone", is_fine=True, seen=settings.time_zone)


def _key(settings: Settings) -> Checkup:
    from dreambox_pipeline.storage.keys import load_keyring

    try:
        load_keyring(
            settings.secret_key.get_secret_value(), settings.var_dir / "keys" / "secret.key"
        )
    except DreamBoxError as error:
        return Checkup("secret key", is_fine=False, seen="not usable", remedy=str(error))
    return Checkup("secret key", is_fine=True, seen="there, and only for its owner")


def _ledger(settings: Settings) -> Checkup:
    from dreambox_pipeline.storage.ledger import Ledger

    try:
        ledger = Ledger(settings.ledger_url)
        try:
            ledger.migrate()
        finally:
            ledger.close()
    except DreamBoxError as error:
        return Checkup("ledger", is_fine=False, seen="not usable", remedy=str(error))
    return Checkup(
        "ledger",
        is_fine=True,
        seen="PostgreSQL" if settings.database_url.get_secret_value() else "SQLite",
    )


def _engine(settings: Settings) -> Checkup:
    from dreambox_pipeline.defs.resources import text_engine

    try:
        text_engine(settings)
    except DreamBoxError as error:
        return Checkup("text engine", is_fine=False, seen="unknown", remedy=str(error))
    return Checkup("text engine", is_fine=True, seen=settings.text_engine)


def _moderation(settings: Settings) -> Checkup:
    from dreambox_pipeline.defs.resources import moderator

    try:
        # Asking costs nothing, and a key that does not work is better found here.
        moderator(settings).check_text("a calm sea under the moon")
    except DreamBoxError as error:
        return Checkup("moderation", is_fine=False, seen="not usable", remedy=str(error))
    seen = "our own rules alone" if settings.moderation == "none" else settings.moderation
    return Checkup("moderation", is_fine=True, seen=seen)


def _prompt_writer(settings: Settings) -> Checkup:
    from dreambox_pipeline.defs.resources import prompt_writer

    try:
        writer = prompt_writer(settings)
    except DreamBoxError as error:
        return Checkup("prompt writer", is_fine=False, seen="unknown", remedy=str(error))
    return Checkup("prompt writer", is_fine=True, seen=writer.name)


def _caption_writer(settings: Settings) -> Checkup:
    from dreambox_pipeline.defs.resources import caption_writer

    try:
        writer = caption_writer(settings)
    except DreamBoxError as error:
        return Checkup("caption writer", is_fine=False, seen="unknown", remedy=str(error))
    return Checkup("caption writer", is_fine=True, seen=writer.name)


def _generator(settings: Settings) -> Checkup:
    from dreambox_pipeline.defs.resources import video_generators
    from dreambox_pipeline.generators.registry import entry_of

    seen = []
    try:
        for made in video_generators(settings):
            # Only those with a server have something to look at.
            if look := getattr(made, "look", None):
                look()
            entry = entry_of(made.name)
            ends = f", ends on {entry.sunset}" if entry.sunset else ""
            seen.append(f"{made.name} ({made.version}), {entry.title}{ends}")
    except DreamBoxError as error:
        return Checkup("generator", is_fine=False, seen="not usable", remedy=str(error))
    return Checkup("generator", is_fine=True, seen="; then ".join(seen))


def _clock(settings: Settings) -> Checkup:
    from dreambox_pipeline.clock import clock_for

    try:
        now = clock_for(settings.clock_url)()
    except DreamBoxError as error:
        return Checkup("clock", is_fine=False, seen="no answer", remedy=str(error), is_needed=False)
    return Checkup("clock", is_fine=True, seen=f"{now:%Y-%m-%d %H:%M} UTC")


def _tiktok(settings: Settings) -> Checkup:
    from dreambox_pipeline.defs.resources import resources_from
    from dreambox_pipeline.storage.ledger import endings
    from dreambox_pipeline.storage.ledger.accounts import Host

    name, is_upload = settings.account, settings.posting_route in UPLOADING
    try:
        tiktok = resources_from(settings)["tiktok_accounts"]
        is_connected = tiktok.account(name).is_connected()
        lacks_upload = is_upload and not tiktok.developer(name).is_connected()
    except DreamBoxError as error:
        return Checkup(
            "TikTok account", is_fine=False, seen="cannot tell", remedy=str(error), is_needed=False
        )
    if is_connected and lacks_upload:
        return Checkup(
            "TikTok account",
            is_fine=False,
            seen=f"not connected on the developer host, by which {settings.posting_route} posts",
            remedy=f"Run `{endings.login_command(name, Host.DEVELOPER)}`.",
            is_needed=False,
        )
    return Checkup(
        "TikTok account",
        is_connected,
        settings.tiktok_base_url if is_connected else "none connected",
        "`make demo` and `make up` connect the sandbox's; for another, `dreambox login`.",
        is_needed=False,
    )


def _consents(settings: Settings) -> Checkup:
    from dreambox_pipeline.cli.accounts import consent_troubles, now_or_here
    from dreambox_pipeline.defs.resources import resources_from

    try:
        parts = resources_from(settings)
        found = consent_troubles(settings, parts["ledger"], now_or_here(parts["clock"]))
    except DreamBoxError as error:
        return Checkup(
            "TikTok consents",
            is_fine=False,
            seen="cannot tell",
            remedy=str(error),
            is_needed=False,
        )
    return Checkup(
        "TikTok consents",
        not found,
        "; ".join(found) or "none ends within 30 days",
        "A consent lasts a year from the day it was given; then nothing is read or posted any more.",
        is_needed=False,
    )


def video_address(settings: Settings) -> Checkup:
    """Whether TikTok may fetch videos from where they are served; asks it only if that matters."""
    from dreambox_pipeline.cli.property import covers, is_loopback
    from dreambox_pipeline.defs.resources import resources_from

    what, url = "address TikTok fetches videos from", settings.media_base_url
    if settings.posting_route != Route.ACCOUNTS_API:
        return Checkup(what, is_fine=True, seen=f"not needed by {settings.posting_route}")
    if is_loopback(url):
        return Checkup(
            what,
            is_loopback(settings.tiktok_base_url),
            f"{url}, on this machine",
            "TikTok cannot reach it: set DREAMBOX_MEDIA_BASE_URL to the public https address that "
            "leads to the desk's /media, then run `dreambox property add` and `verify`.",
        )
    try:
        claims = resources_from(settings)["tiktok"].glance.app.url_properties()
    except DreamBoxError as error:
        seen = f"{url}, and TikTok cannot be asked whether it is verified"
        return Checkup(what, is_fine=False, seen=seen, remedy=str(error), is_needed=False)
    is_verified = any(claim.is_verified and covers(claim, url) for claim in claims)
    return Checkup(
        what,
        is_verified,
        f"{url}, {'verified' if is_verified else 'not verified as ours'}",
        "TikTok fetches no video from there: run `dreambox property add`, then `dreambox property verify`.",
    )


def _ports(settings: Settings) -> Iterator[Checkup]:
    for name, port, setting, health in (
        ("the sandbox", settings.sandbox_port, "DREAMBOX_SANDBOX_PORT", "/__sandbox__/clock"),
        ("the desk", settings.desk_port, "DREAMBOX_DESK_PORT", "/healthz"),
        ("Dagster", settings.dagster_port, "DREAMBOX_DAGSTER_PORT", "/server_info"),
    ):
        is_ours = answers(f"http://127.0.0.1:{port}{health}")
        yield Checkup(
            f"port {port} for {name}",
            is_ours or is_free(port),
            "running" if is_ours else "free" if is_free(port) else "taken by another program",
            f"Stop that program, or set {setting}.",
        )
