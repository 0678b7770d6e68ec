"""What the webhook inbox knows about single comments, whether it was dealt with or not.

Events come in any order, so what a new one means depends on the older ones: a comment shown again
yesterday is not hidden by an event of last week that comes today.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.comments.changes import Change, CommentChange
from dreambox_pipeline.storage.tables import webhook_inbox

COMMENT_UPDATE = "comment.update"
"""TikTok's name of the event; readings that notice a change use it too."""

_AT_ONCE = 500


def changes_of(connection: Connection, comment_ids: Sequence[str]) -> list[CommentChange]:
    """Every change of these comments that was ever told, in no order."""
    comment_id = webhook_inbox.c.payload["comment_id"].as_string()
    found: list[CommentChange] = []
    for start in range(0, len(comment_ids), _AT_ONCE):  # SQLite allows 999 variables
        payloads = connection.scalars(
            sa.select(webhook_inbox.c.payload).where(
                webhook_inbox.c.event == COMMENT_UPDATE,
                comment_id.in_(comment_ids[start : start + _AT_ONCE]),
            )
        )
        found += [change for payload in payloads if (change := change_in(payload))]
    return found


def payload_of(
    change: CommentChange, *, comment_type: str = "comment", parent_comment_id: str | None = None
) -> dict[str, Any]:
    """A change as the inbox keeps it: ids, action and time, and nothing anybody wrote."""
    return {
        "comment_id": change.comment_id,
        "video_id": change.source_video_id,
        "comment_action": change.change.value,
        "comment_type": comment_type,
        "parent_comment_id": parent_comment_id,
        "timestamp": change.at.isoformat(),
    }


def change_in(payload: dict[str, Any]) -> CommentChange | None:
    """The change in a payload; None when it is of a kind that a later TikTok invented."""
    try:
        change = Change(payload["comment_action"])
    except ValueError:
        return None
    at = datetime.fromisoformat(payload["timestamp"])
    return CommentChange(payload["comment_id"], payload["video_id"], change, at)
