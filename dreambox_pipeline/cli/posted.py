"""`dreambox posted`: a person tells which post a publication became, by the post's link or id."""

from collections.abc import Callable
from datetime import datetime

from rich.console import Console
from rich.markup import escape

from dreambox_pipeline.cli.operator import operator
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.defs.tiktok_accounts import TikTokAccounts
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.kits import remove_kit
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.links import post_id_in
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.publishing import decide
from dreambox_pipeline.storage.ledger import Ledger, audit, publications
from dreambox_pipeline.storage.ledger.publications import PublicationRow

S = PublicationState

LABEL_QUESTION = "Does the post on TikTok carry the label 'AI-generated'?"


def run_posted(
    publication: str,
    link: str,
    settings: Settings,
    console: Console,
    *,
    confirm: Callable[[str], bool],
    is_unlisted: bool = False,
) -> None:
    """Write down that *publication* is out as the post that *link* names; twice changes nothing.

    Args:
        publication: Its id, or its video's.
        link: The post's link, or its id.
        settings: Where the ledger is.
        console: Where the outcome is said.
        confirm: Asks the person; only for what a hand has posted.
        is_unlisted: Do not ask the account's video list: the post is private or still checked.

    Raises:
        ItemError: The link names no post, the publication does not wait for one, the post is
            another video's, carries no AI label, or the account does not list it. Nothing was
            written.
    """
    post_id = post_id_in(link)
    resources = resources_from(settings)
    ledger: Ledger = resources["ledger"]
    with ledger.read() as connection:
        row = _find(publications.everything(connection), publication)
        owner = _owner(publications.published(connection), post_id)
    if row.state is S.PUBLISHED and row.post_id == post_id:
        console.print(f"{row.publication_id} is post {post_id} already; nothing was changed.")
        return
    if owner is not None:
        raise ItemError(
            f"Post {post_id} belongs to {owner.publication_id}. Look for this video's own post."
        )
    _check_waits(row)
    if row.sent_by.needs_person and not confirm(LABEL_QUESTION):
        raise ItemError(
            f"Post {post_id} was not taken for {row.publication_id}: TikTok asks for the AI label, and "
            "what is posted by hand carries it only when somebody switched it on. Open the post, "
            "switch it on, then run this again."
        )
    if not is_unlisted:
        _look(resources["tiktok_accounts"], row, post_id)
    _settle(ledger, row, post_id, resources["clock"]())
    remove_kit(settings.kits_dir, row.publication_id)
    console.print(f"[bold]{escape(row.publication_id)} is out as post {post_id}.[/bold]")


def _settle(ledger: Ledger, row: PublicationRow, post_id: str, now: datetime) -> None:
    with ledger.write() as connection:
        publications.settle(connection, row, S.PUBLISHED, now=now, post_id=post_id)
        audit.append(
            connection,
            actor=operator(),
            action=f"publication.{S.PUBLISHED}",
            subject=row.publication_id,
            now=now,
            detail={
                "content_hash": row.content_hash,
                "from": row.state.value,
                "post_id": post_id,
            },
        )


def _check_waits(row: PublicationRow) -> None:
    try:
        decide(row.state, S.PUBLISHED)
    except ValueError as error:
        raise ItemError(
            f"{row.publication_id} is {row.state} and waits for nobody's word about a post. "
            "`dreambox schedule show` and the video's page at the desk say where it stands."
        ) from error


def _find(rows: list[PublicationRow], wanted: str) -> PublicationRow:
    for row in rows:
        if wanted in (row.publication_id, row.render_id):
            return row
    raise ItemError(
        f"There is no publication {wanted}. Its id stands in the kit's folder name and on the "
        "video's page at the desk."
    )


def _owner(published: list[PublicationRow], post_id: str) -> PublicationRow | None:
    return next((row for row in published if row.post_id == post_id), None)


def _look(accounts: TikTokAccounts, row: PublicationRow, post_id: str) -> None:
    """Ask the account, if it is connected, whether the post is its own."""
    if accounts.account(row.account_id).is_connected():
        client = accounts.accounts_client(row.account_id)
        listed = client.videos(fields=("item_id",), filters={"video_ids": [post_id]})
        found = any(video.item_id == post_id for video in listed)
    elif display := accounts.display_client(row.account_id):
        found = any(video.id == post_id for video in display.query([post_id], fields=("id",)))
    else:
        return
    if not found:
        raise ItemError(
            f"The account {row.account_id} does not list post {post_id}. Check the link; while "
            "TikTok still checks the post, or when not everybody may see it, add --unlisted."
        )
