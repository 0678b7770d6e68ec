"""What the demo says at its end: what it made, where it is, what to type next."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import TimingPolicy
from dreambox_pipeline.stages.videos import stand_in
from dreambox_pipeline.storage.ledger import jobs, policies, publications, videos

MADE = """
select l.comment_id, l.dream_id, v.title, l.render_id, l.post_id, l.views
from lineage as l
join dim_videos as v on v.render_id = l.render_id
where l.post_id is not null
order by l.published_at desc
limit 12
"""


def print_summary(
    settings: Settings, console: Console, *, seconds: float, notes: Sequence[str] = ()
) -> None:
    """The table comment -> dream -> video -> post -> views, the paths, and the next commands.

    *seconds* is how long the demo took; *notes* say what turned out smaller than wanted.
    """
    resources = resources_from(settings)
    rows = resources["warehouse"].read(MADE)
    _print_made(rows, console)
    with resources["ledger"].read() as connection:
        newest = videos.newest(connection, limit=4)
        made_by = [jobs.get(connection, video.job_id) for video in newest]
        posted = len(publications.published(connection))
        policy = policies.newest(connection, TimingPolicy)
    generators = [job.generator for job in made_by if job]
    console.print(f"\n{posted} posts are out, each once. {policy.note}", highlight=False)
    for note in notes:
        console.print(f"[yellow]Note:[/yellow] {escape(note)}", highlight=False, soft_wrap=True)
    console.print("\n[bold]Look at[/bold]")
    for video in newest:
        path = resources["media"].path(video.content_hash, ".mp4")
        console.print(f"  {path}  [dim]{escape(video.title)}[/dim]", soft_wrap=True)
    warehouse = f"  {settings.warehouse_path}  [dim]DuckDB: open it read-only with any tool[/dim]"
    console.print(warehouse, soft_wrap=True)
    _print_next(rows[0]["post_id"] if rows else "ID", console)
    said = stand_in.sentence_for(generators)
    console.print(f"\nTook {seconds:.0f} s." + (f" Clips: {said}" if said else ""), soft_wrap=True)


def _print_made(rows: list[dict[str, Any]], console: Console) -> None:
    """Ids are for copying, so they are never folded: where they do not fit side by side, they go below."""
    table = Table(
        title="From comment to views", title_justify="left", box=None, padding=(0, 2, 0, 0)
    )
    for name in ("comment", "dream", "video", "post", "views"):
        table.add_column(name, justify="right" if name == "views" else "left", no_wrap=True)
    for row in rows:
        ids = (row["comment_id"], row["dream_id"], row["render_id"], row["post_id"])
        table.add_row(*ids, _views(row))
    wide = console.options.update(width=10_000)
    if console.measure(table, options=wide).maximum <= console.width:
        console.print(table)
        return
    console.print("From comment to views", style="italic")
    for row in rows:
        console.print(f"  [bold]{escape(row['title'])}[/bold]  {_views(row)} views")
        console.print(
            f"    comment {row['comment_id']} -> dream {row['dream_id']}\n"
            f"    -> video {row['render_id']} -> post {row['post_id']}",
            highlight=False,
        )


def _views(row: dict[str, Any]) -> str:
    return "not known yet" if row["views"] is None else f"{row['views']:,}"


def _print_next(post_id: str, console: Console) -> None:
    console.print("\n[bold]Next[/bold]")
    steps = {
        f".venv/bin/dreambox journey {post_id}": "the whole path of one post",
        "make up": "the same, live: Dagster, the desk, the sandbox",
        "make demo": "goes on with the next days; nothing is posted twice",
    }
    for command, what in steps.items():
        console.print(f"  {command}  [dim]{what}[/dim]", highlight=False, soft_wrap=True)
