"""Our videos from two hosts: what one of them leaves unsaid stops nothing."""

from collections.abc import Iterator

from dreambox_pipeline.defs.video_listing import list_videos
from dreambox_pipeline.tiktok.schemas import VideoObject


class ListedVideos:
    """Stands in for the Accounts API's client, of which only the listing is used."""

    def __init__(self, *videos: VideoObject) -> None:
        self._videos = videos

    def videos(self, *, fields: tuple[str, ...]) -> Iterator[VideoObject]:
        assert "create_time" in fields
        return iter(self._videos)


def test_a_video_without_a_time_is_left_out_and_the_others_are_listed():
    """Nobody could tell which days its comments are on; TikTok may leave out any field."""
    whole = VideoObject.model_validate({"item_id": "741", "create_time": "1763794929"})
    timeless = VideoObject.model_validate({"item_id": "742"})
    accounts = ListedVideos(timeless, whole)
    listing = list_videos(accounts, None, known=(), log=lambda _: None)  # type: ignore[arg-type]
    assert [video.source_video_id for video in listing.videos] == ["741"]
    assert listing.by_source == {"accounts": 1}
