"""`dreambox fonts`: typefaces for every script, fetched once; and which script is drawn by what."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.media.typesetting.font_catalog import LICENCE, WRITINGS
from dreambox_pipeline.media.typesetting.font_installation import (
    SOURCES,
    FontSource,
    install_fonts,
    read_manifest,
    undrawn,
)
from dreambox_pipeline.media.typesetting.fonts import INSTALL_COMMAND, Family, shelf_in
from dreambox_pipeline.media.typesetting.scripts import letters, printable, region_of
from dreambox_pipeline.settings import Settings


def run_install(
    settings: Settings, console: Console, *, sources: tuple[FontSource, ...] = SOURCES
) -> bool:
    """Install what lacks and say what there is now; True when every script can be drawn."""
    folder = settings.var_dir / "fonts"

    def say(sentence: str) -> None:
        console.print(escape(sentence), highlight=False, soft_wrap=True)

    done = install_fonts(folder, sources=sources, say=say)
    for problem in done.problems:
        say(f"Did not work: {problem}")
    files = read_manifest(folder)
    megabytes = sum(int(str(facts["bytes"])) for facts in files.values()) / 1e6
    state = f"{len(files)} files, {megabytes:.0f} MB, {LICENCE}, in {folder.absolute()}"
    if done.undrawn:
        say(f"Still no font for {', '.join(done.undrawn)} ({state}).")
        say(f"Run `{INSTALL_COMMAND}` again where apt-get or npm can reach their registries.")
    elif done.fetched:
        say(f"Every script is drawn now: {state}.")
    else:
        say(f"Nothing to do: {state}.")
    return not done.undrawn


def print_fonts(settings: Settings, console: Console) -> None:
    """Print for every script which file draws it in titles and in small text."""
    folder = settings.var_dir / "fonts"
    shelf = shelf_in(folder)
    lacking = {writing.name for writing in undrawn(folder)}
    table = Table("script", "title", "text")
    for writing in WRITINGS:
        if writing.name in lacking:
            table.add_row(writing.name, "[yellow]missing[/yellow]", "")
            continue
        sample = printable(writing.sample)
        region = region_of(sample, writing.language)
        names = []
        for family in (Family.SERIF_BOLD, Family.SANS):
            face, _ = shelf.face_for(letters(sample)[0], family, region)
            names.append(escape(face.path.name) if face else "")
        table.add_row(writing.name, *names)
    console.print(table)
    if lacking:
        console.print(f"`{INSTALL_COMMAND}` brings the missing ones.", highlight=False)
