"""Comments somebody wrote through an API or a test, between their document and the thread.

The seed's own comments come from `crowd`; these come back from the state file, and read the
same on the wire.
"""

from dataclasses import dataclass
from typing import Any

from dreambox_pipeline.sandbox.world.crowd import Comment
from dreambox_pipeline.sandbox.world.personas import Persona, persona_with_handle
from dreambox_pipeline.sandbox.world.utterances import Utterance


@dataclass(frozen=True, slots=True)
class InjectedComment:
    """A comment written by a test instead of the grammar; *answer* fixes its author's reaction."""

    text: str
    handle: str = "visitor"
    video_id: str | None = None
    parent_comment_id: str | None = None
    is_dream: bool | None = None
    answer: str | None = None


def injection(
    injected: InjectedComment, video_id: str, parent: Comment | None, *, now: int
) -> dict[str, Any]:
    """The document of an injected comment; without a word on it, the text says if it is a dream."""
    is_dream = injected.is_dream
    return {
        "text": injected.text,
        "handle": injected.handle,
        "video_id": video_id,
        "parent": (parent.parent_comment_id or parent.comment_id) if parent else None,
        "is_dream": "dream" in injected.text.lower() if is_dream is None else is_dream,
        "answer": injected.answer,
        "created_at": now,
    }


def injected_comment(
    seed: int, comment_id: str, document: dict[str, Any], *, is_owner: bool = False
) -> Comment:
    """The comment of an injection's document."""
    return Comment(
        comment_id=comment_id,
        video_id=document["video_id"],
        parent_comment_id=document["parent"],
        author=persona_with_handle(seed, document["handle"]),
        created_at=document["created_at"],
        utterance=Utterance(document["text"], "injected", "en", document["is_dream"]),
        is_owner=is_owner,
    )


def owner_reply(
    owner: Persona, asked: Comment, comment_id: str, document: dict[str, Any]
) -> Comment:
    """The owner's reply of a document, under the top-level comment of what was asked."""
    return Comment(
        comment_id=comment_id,
        video_id=asked.video_id,
        parent_comment_id=asked.parent_comment_id or asked.comment_id,
        author=owner,
        created_at=document["created_at"],
        utterance=Utterance(document["text"], "owner_reply", "en", is_dream=False),
        is_owner=True,
        is_hidden=document["is_hidden"],
    )
