"""`dreambox webhooks`: have TikTok tell us what happens, and see or end what it was told to tell."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.desk.webhooks import PATH
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.tiktok.app_calls import AppCalls, WebhookEvent
from dreambox_pipeline.tiktok.errors import NotFound

EVENTS: tuple[WebhookEvent, ...] = ("COMMENT", "VIDEO")
"""What the inbox understands: comments come and go, posts come out."""


def register(settings: Settings, console: Console) -> None:
    """Have both kinds of events delivered to our address.

    Raises:
        StopError: No address is set, or it cannot be ours.
    """
    url = settings.webhook_callback_url
    if not url.endswith(PATH):
        raise StopError(
            f"DREAMBOX_WEBHOOK_CALLBACK_URL is {url or 'empty'}, so TikTok cannot be told where to deliver. Set it to "
            f"the public https address that leads to the desk, ending in {PATH}, and run this again."
        )
    app = _app(settings)
    for event in EVENTS:
        app.register_webhook(event, url)
        console.print(f"{event}: TikTok delivers to {escape(url)}.", highlight=False)


def show(settings: Settings, console: Console) -> None:
    """Print where TikTok delivers what."""
    app = _app(settings)
    table = Table("events", "delivered to", "videos")
    for event in EVENTS:
        found = app.webhook(event)
        videos = (
            "all" if found and not found.item_list else str(len(found.item_list) if found else "–")
        )
        table.add_row(event, escape(found.callback_url) if found else "nowhere", videos)
    console.print(table)


def remove(settings: Settings, console: Console) -> None:
    """Have nothing delivered any more; what is not registered is fine."""
    app = _app(settings)
    for event in EVENTS:
        try:
            app.delete_webhook(event)
        except NotFound:
            console.print(f"{event}: was not registered.")
        else:
            console.print(f"{event}: TikTok delivers nothing any more.")


def _app(settings: Settings) -> AppCalls:
    calls: AppCalls = resources_from(settings)["tiktok"].client.app
    return calls
