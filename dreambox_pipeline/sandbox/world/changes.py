"""What changed about comments in a stretch of time, as webhooks tell it."""

from collections.abc import Iterator

from dreambox_pipeline.sandbox.world.crowd import Comment
from dreambox_pipeline.sandbox.world.world import World


def comment_changes(world: World, since: int, now: int) -> Iterator[tuple[Comment, str, int]]:
    """Comments written, deleted, hidden or shown after *since* and up to *now*, with the second."""
    switched = {key: body for key, body in world.state.all("hidden") if since < body["at"] <= now}
    for comment in world.every_comment():
        if since < comment.created_at <= now:
            yield comment, "insert", comment.created_at
        gone_at = world.gone_at(comment)
        if gone_at is not None and since < gone_at <= now and comment.created_at < gone_at:
            yield comment, "delete", gone_at
        if change := switched.get(comment.comment_id):
            yield comment, "set_to_hidden" if change["hidden"] else "set_to_public", change["at"]
