"""The account's own videos from two of TikTok's hosts: the Accounts API, and the Display API if connected.

The Accounts API leaves out posts that it finds fault with, and either host can be down. So the
lists are united by id; the Accounts API's word counts where both speak, because the Display API
cuts captions after 150 characters. What only one of them names is told.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from dreambox_pipeline.errors import DreamBoxError, ItemError, TransientError
from dreambox_pipeline.stages.comments.invitation import asks_for_dreams
from dreambox_pipeline.stages.comments.model import SourceVideo
from dreambox_pipeline.tiktok.client import AccountsClient
from dreambox_pipeline.tiktok.display import DisplayClient, DisplayVideo
from dreambox_pipeline.tiktok.schemas import VideoObject

VIDEO_FIELDS = ("item_id", "caption", "create_time", "share_url", "comments")

SHOWN = 20
"""Ids of disagreement that are named; the counts are whole."""


@dataclass(frozen=True, slots=True)
class VideoListing:
    """What the sources say together.

    Attributes:
        videos: Each once; the Accounts API's order, then what only the Display API named.
        by_source: How many each source named; a source that failed or is not set is missing.
        only_accounts, only_display: Ids that the other source did not name; empty unless both answered.
        trouble: By source, what went wrong while the other one answered.
    """

    videos: tuple[SourceVideo, ...]
    by_source: Mapping[str, int]
    only_accounts: tuple[str, ...] = ()
    only_display: tuple[str, ...] = ()
    trouble: Mapping[str, str] = field(default_factory=dict)


def list_videos(
    accounts: AccountsClient,
    display: DisplayClient | None,
    *,
    known: Iterable[SourceVideo],
    log: Callable[[str], None],
) -> VideoListing:
    """Ask both sources and unite what they say.

    Args:
        accounts: The first source; its `StopError` is not covered up, a person has to act.
        display: The second source, or None.
        known: What earlier listings said: full captions, where now only a cut one comes.
        log: Told about a source that failed while the other answered.

    Raises:
        TransientError, ItemError: The Accounts API failed and the Display API did not answer either.
        StopError: The account cannot be used.
    """
    trouble: dict[str, DreamBoxError] = {}
    found: dict[str, dict[str, SourceVideo]] = {}
    try:
        videos = map(_from_accounts, accounts.videos(fields=VIDEO_FIELDS))
        found["accounts"] = _by_id(videos)
    except (TransientError, ItemError) as error:
        trouble["accounts"] = error
    if display is not None:
        try:
            found["display"] = _by_id(map(_from_display, display.videos()))
        except DreamBoxError as error:  # also a token that ended: this source is an extra
            trouble["display"] = error
    if not found:
        raise trouble["accounts"]
    for source, what in trouble.items():
        log(f"source_videos: the {source} listing was left out. {what}")
    return _united(found, trouble, {video.source_video_id: video for video in known})


def _united(
    found: Mapping[str, Mapping[str, SourceVideo]],
    trouble: Mapping[str, DreamBoxError],
    known: Mapping[str, SourceVideo],
) -> VideoListing:
    first, second = found.get("accounts", {}), found.get("display", {})
    extra = [_with_full_caption(second[each], known) for each in second if each not in first]
    have_both = len(found) == 2
    return VideoListing(
        videos=(*first.values(), *extra),
        by_source={source: len(videos) for source, videos in found.items()},
        only_accounts=tuple(each for each in first if have_both and each not in second),
        only_display=tuple(each for each in second if have_both and each not in first),
        trouble={source: str(error) for source, error in trouble.items()},
    )


def _by_id(videos: Iterable[SourceVideo | None]) -> dict[str, SourceVideo]:
    return {video.source_video_id: video for video in videos if video is not None}


def _with_full_caption(video: SourceVideo, known: Mapping[str, SourceVideo]) -> SourceVideo:
    before = known.get(video.source_video_id)
    if before is None or not before.caption.startswith(video.caption):
        return video
    return replace(video, caption=before.caption, asks_for_dreams=before.asks_for_dreams)


def _from_accounts(video: VideoObject) -> SourceVideo | None:
    """None without a time: nobody could tell which days its comments are on."""
    if video.create_time is None:
        return None
    return SourceVideo(
        source_video_id=video.item_id,
        caption=video.caption,
        created_at=video.create_time,
        share_url=video.share_url,
        comments=video.comments,
        asks_for_dreams=asks_for_dreams(video.caption),
    )


def _from_display(video: DisplayVideo) -> SourceVideo | None:
    """None without a time, as above."""
    if video.create_time is None:
        return None
    caption = video.video_description or video.title
    return SourceVideo(
        source_video_id=video.id,
        caption=caption,
        created_at=video.create_time,
        share_url=video.share_url,
        comments=video.comment_count,
        asks_for_dreams=asks_for_dreams(caption),
    )
