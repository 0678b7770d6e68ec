"""What TikTok says became of a publication, and where to look when it says nothing.

A status answer is TikTok's view in TikTok's words; here it becomes one of our states and a note
for people. Where no answer came, the account's own video list is the witness. What may follow
from that is the machine's business, in `publishing`.
"""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dreambox_pipeline.stages.posts.model import PublicationState

S = PublicationState


class StatusAnswer(Protocol):
    """What TikTok says about a publish id; `tiktok.schemas.PublishStatus` is one."""

    @property
    def status(self) -> str:
        """TikTok's word."""

    @property
    def post_ids(self) -> Sequence[str]:
        """Public ids, often empty at first."""

    @property
    def reason(self) -> str | None:
        """Why it failed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a status answer means.

    Attributes:
        state: Where the publication is, seen from TikTok.
        post_id: When *state* is `published`.
        note: For people: TikTok's word, and what to do next.
    """

    state: PublicationState
    post_id: str | None
    note: str


_CHECK_FILE = "The same file would fail again; reject the video at the desk."
_PLAN_AGAIN = "plan it again on the video's page at the desk."
_LEAVE_IT = "Do not repeat it; post less often and vary the text."
FAILURE_ADVICE = {
    "file_format_check_failed": _CHECK_FILE,
    "duration_check_failed": _CHECK_FILE,
    "frame_rate_check_failed": _CHECK_FILE,
    "picture_size_check_failed": _CHECK_FILE,
    "internal": f"TikTok failed inside; {_PLAN_AGAIN}",
    "video_pull_failed": f"Check that the video's address is reachable from outside, then {_PLAN_AGAIN}",
    "photo_pull_failed": f"Check that the cover's address is reachable from outside, then {_PLAN_AGAIN}",
    "publish_cancelled": f"Somebody cancelled it in TikTok; if it shall go out all the same, {_PLAN_AGAIN}",
    "auth_removed": f"Connect the account again with `dreambox login`, then {_PLAN_AGAIN}",
    "spam_risk_too_many_posts": _LEAVE_IT,
    "spam_risk_user_banned_from_posting": "TikTok banned the account from posting; a person must appeal.",
    "spam_risk_text": "TikTok takes the caption for spam, and it would be the same one again; reject the video at the desk.",
    "spam_risk": _LEAVE_IT,
}
"""TikTok's reasons for a failed publication, and what a person does about each."""


INBOX_NOTE = (
    "It landed in the account's inbox as a draft. Finish it in the app, then write its "
    "post id on the video's page at the desk."
)


def interpret_status(answer: StatusAnswer) -> Outcome:
    """What TikTok's *answer* means for the publication; a word we do not know means: ask again."""
    match answer.status:
        case "PUBLISH_COMPLETE" if answer.post_ids:
            return Outcome(S.PUBLISHED, answer.post_ids[0], "Posted and public.")
        case "PUBLISH_COMPLETE":
            return Outcome(S.PROCESSING, None, "Posted; TikTok has not given the public id yet.")
        case "FAILED":
            reason = answer.reason or "no reason given"
            advice = FAILURE_ADVICE.get(reason, "Look the reason up in TikTok's documentation.")
            return Outcome(S.FAILED, None, f"TikTok says it failed: {reason}. {advice}")
        case "SEND_TO_USER_INBOX":
            return Outcome(S.UNCONFIRMED, None, INBOX_NOTE)
        case "PROCESSING_DOWNLOAD" | "PROCESSING_UPLOAD":
            return Outcome(S.UPLOADED, None, "TikTok is working on the file.")
        case other:
            return Outcome(
                S.UPLOADED, None, f"TikTok says {other[:40]!r}, which is new; asking again."
            )


class ListedVideo(Protocol):
    """A video of the account's list; `tiktok.schemas.VideoObject` is one."""

    @property
    def item_id(self) -> str:
        """The public post's id."""

    @property
    def caption(self) -> str:
        """As posted."""

    @property
    def create_time(self) -> datetime | None:
        """When it was posted; aware."""


LISTED_CHARACTERS = 150
"""The Display API lists this much of a caption (`video_description`), the Accounts API all of it."""


def reconcile(
    unconfirmed_caption: str,
    videos_since: Iterable[ListedVideo],
    *,
    known_post_ids: Collection[str] = (),
    other_captions: Collection[str] = (),
) -> str | None:
    """The id of the post that an unconfirmed request made, if the account's list shows exactly one.

    None means no answer, not that it was not posted: moderation can hide a post for hours, and two
    posts of one caption, or two captions for one post, need a person.

    Args:
        unconfirmed_caption: As sent.
        videos_since: The account's videos from shortly before the request on.
        known_post_ids: Posts that other publications made.
        other_captions: Of the other publications that are looked for.
    """
    wanted = _comparable(unconfirmed_caption)
    others = [_comparable(caption) for caption in other_captions]
    found = {
        video.item_id: video.caption
        for video in videos_since
        if video.item_id not in known_post_ids and _is_of(wanted, video.caption)
    }
    if len(found) != 1 or not wanted:
        return None
    ((post_id, caption),) = found.items()
    return None if any(_is_of(other, caption) for other in others) else post_id


def _is_of(wanted: str, listed: str) -> bool:
    told = _comparable(listed)
    is_cut = len(listed) >= LISTED_CHARACTERS
    return told == wanted or (is_cut and wanted.startswith(told))


def _comparable(caption: str) -> str:
    """Platforms normalise text and trim white space; neither makes it another caption."""
    return " ".join(unicodedata.normalize("NFC", caption).split())
