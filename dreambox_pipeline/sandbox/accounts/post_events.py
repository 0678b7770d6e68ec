"""What webhooks tell about posts and authorizations, at each of the two hosts.

An app hears of what was asked for through it: publications of the Accounts API reach its VIDEO
webhook, those of the developer host the callback of the portal. The names are those of each host's
documentation; the developer host's exist in two spellings.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dreambox_pipeline.sandbox.accounts.tokens import ACCOUNTS, DEVELOPER, Removal, TokenStore
from dreambox_pipeline.sandbox.world.publications import is_of_accounts_api
from dreambox_pipeline.sandbox.world.videos import DAY
from dreambox_pipeline.sandbox.world.world import World

VIDEO, PORTAL = "VIDEO", "PORTAL"
"""The registrations that hear of posts: an event type of the Accounts API, and the portal's one."""

HOST_OF = {VIDEO: ACCOUNTS, PORTAL: DEVELOPER}
SPELLINGS = ("documented", "publicly", "publicaly")
_PUBLIC, _GONE = "publicly_available", "no_longer_publicly_available"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at *at* (Unix seconds); *key* is unique over the world's life.

    Attributes:
        open_id: Whose account it is about.
        host: Whose app hears of it and signs.
    """

    key: str
    at: int
    name: str
    content: dict[str, Any]
    open_id: str
    host: str = ACCOUNTS
    video_id: str = ""


def post_events(
    world: World, tokens: TokenStore, hook: str, since: int, now: int, *, spelling: str
) -> Iterator[Event]:
    """What happened to the posts and authorizations of one host's app.

    Args:
        world: Where posts are.
        tokens: Where authorizations are.
        hook: `VIDEO` or `PORTAL`.
        since: Unix seconds. What was told before may be told again: its key is the same.
        now: Unix seconds.
        spelling: One of `SPELLINGS`, for the developer host.
    """
    host = HOST_OF[hook]
    for share_id, document in world.publications.settled():
        if is_of_accounts_api(share_id) != (host == ACCOUNTS):
            continue
        open_id = str(document.get("account", world.business_id))
        for what, at, more in _steps(document, since, now):
            content = {"publish_id": share_id, "publish_type": _kind(share_id, document)} | more
            name = f"post.publish.{_spelled(what, host, spelling)}"
            yield Event(_key(what, share_id, at), at, name, content, open_id, host)
    for removal in tokens.removals():
        if removal.host == host and since <= removal.at <= now:
            yield _removed(removal)


def _steps(
    document: dict[str, Any], since: int, now: int
) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """What happened to one publication: the step, when, and what its content says besides."""
    for began, ended in document.get("taken_down", ()):
        post = {"post_id": document["post_id"]}
        for what, at in ((_GONE, began), (_PUBLIC, ended)):
            if at is not None and since <= at <= now:
                yield what, at, post
    # A slow fetch settles after its simulated second was looked at: the key, not the
    # time, keeps an event from being told twice.
    if document["done_at"] > now or document["requested_at"] < since - DAY:
        return
    if document["state"] == "failed":
        yield "failed", document["done_at"], {"reason": document["reason"]}
    elif document["post_info"].get("upload_to_draft"):
        yield "inbox_delivered", document["done_at"], {}
    else:
        yield "complete", document["done_at"], {}
        if document.get("is_public", True) and document["public_at"] <= now:
            yield _PUBLIC, document["public_at"], {"post_id": document["post_id"]}


def _key(what: str, share_id: str, at: int) -> str:
    # Only a post's coming and going can happen more than once.
    return f"{what}-{share_id}-{at}" if what in (_PUBLIC, _GONE) else f"{what}-{share_id}"


def _kind(share_id: str, document: dict[str, Any]) -> str:
    is_draft = document["post_info"].get("upload_to_draft") or share_id.startswith("v_inbox")
    return "INBOX_SHARE" if is_draft else "DIRECT_PUBLISH"


def _spelled(what: str, host: str, spelling: str) -> str:
    if host == ACCOUNTS or what not in (_PUBLIC, _GONE):
        return what
    is_short = spelling == "publicaly" or (spelling == "documented" and what == _GONE)
    return what.replace("publicly", "publicaly") if is_short else what


def _removed(removal: Removal) -> Event:
    return Event(
        f"removed-{removal.host}-{removal.open_id}-{removal.at}",
        removal.at,
        "authorization.removed",
        {"reason": removal.reason},
        removal.open_id,
        removal.host,
    )
