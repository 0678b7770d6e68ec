"""The replies under a dream's comment, as TikTok lists them now.

What they mean is in `stages.dreams.answers`, what follows from them in `consent`.
"""

from dataclasses import dataclass

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.comments import comment_from
from dreambox_pipeline.defs.questions import comment_now
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.stages.comments.model import Comment
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import consents
from dreambox_pipeline.tiktok.errors import NotFound
from dreambox_pipeline.tiktok.schemas import CommentObject


@dataclass(frozen=True, slots=True)
class Thread:
    """What stands under a dream's comment; nothing that can be read while the comment is hidden."""

    replies: list[CommentObject]
    is_hidden: bool = False


def thread_of(question: consents.OpenQuestion, tiktok: TikTokAccount) -> Thread | None:
    """What stands under the dream's comment, None when the comment is gone."""
    video_id, comment_id = question.source_video_id, question.comment_id
    try:
        return Thread(list(tiktok.client.replies(video_id, comment_id)))
    except NotFound:
        is_gone = comment_now(video_id, comment_id, tiktok) is None
        return None if is_gone else Thread([], is_hidden=True)


def as_comments(
    replies: list[CommentObject], question: consents.OpenQuestion, keyring: Keyring, clock: Clock
) -> list[Comment]:
    """Other people's replies as comments, with their writers' keyed hashes."""
    read = (
        comment_from(
            reply, row=row, source_video_id=question.source_video_id, keyring=keyring, now=clock()
        )
        for row, reply in enumerate(replies, start=1)
    )
    return [reply for reply in read if isinstance(reply, Comment) and not reply.is_owner]


def handle_of(comment_id: str, replies: list[CommentObject]) -> str | None:
    """The handle of a reply's writer, if TikTok said it."""
    return next((reply.username for reply in replies if reply.comment_id == comment_id), None)
