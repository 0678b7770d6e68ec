"""The Accounts API's route: TikTok fetches the video from our address and posts it in public.

The address must lie under a URL property that TikTok verified (`dreambox property`), answer without
a redirect and stay good for half an hour and more. Whoever serves the file signs it: the desk's
`/media`, or an object store whose pre-signed address (GET, two hours, no redirect, `Content-Type:
video/mp4`) is under a verified prefix. The request that begins such a post is all it takes, so
after an unknown outcome the post may exist.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from dreambox_pipeline.publishers.checks import MAX_PULL_BYTES, check_order
from dreambox_pipeline.publishers.listing import accounts_listing
from dreambox_pipeline.stages.posts.model import PostDraft, Route
from dreambox_pipeline.stages.posts.outcomes import ListedVideo, Outcome, interpret_status
from dreambox_pipeline.stages.posts.publisher import Allowance, Begun, PostFile, PostOrder
from dreambox_pipeline.tiktok.client import AccountsClient
from dreambox_pipeline.tiktok.schemas import PostInfo


class AccountsApiPublisher:
    """Posts by having TikTok fetch the file.

    Args:
        client: Of the account.
        address_of: Content hash of a video to an address that TikTok may fetch it from, whole and
            for at least an hour. The address is a secret: whoever has it can fetch the file.
    """

    route = Route.ACCOUNTS_API

    def __init__(self, client: AccountsClient, *, address_of: Callable[[str], str]) -> None:
        self._client = client
        self._address_of = address_of
        self._listing = accounts_listing(client)

    def __repr__(self) -> str:
        return f"AccountsApiPublisher({self._client!r})"

    def allowance(self) -> Allowance:
        """See `Publisher`. Without privacy levels: this route offers no choice."""
        settings = self._client.video_settings()
        longest = settings.max_video_post_duration_sec
        return Allowance(
            comment_disabled=settings.comment_disabled,
            duet_disabled=settings.duet_disabled,
            stitch_disabled=settings.stitch_disabled,
            max_duration_s=None if longest is None else float(longest),
        )

    def begin(self, order: PostOrder, allowance: Allowance) -> Begun:
        """See `Publisher`."""
        check_order(order, allowance, max_bytes=MAX_PULL_BYTES)
        info = post_info(order.draft, allowance)
        return Begun(self._client.publish(self._address_of(order.file.content_hash), info))

    def deliver(self, begun: Begun, file: PostFile) -> None:
        """See `Publisher`. Nothing to do: TikTok fetches the file."""

    def outcome(self, publish_id: str) -> Outcome:
        """See `Publisher`."""
        return interpret_status(self._client.publish_status(publish_id))

    def posts_since(self, since: datetime) -> Iterable[ListedVideo]:
        """See `Publisher`."""
        return self._listing(since)


def post_info(draft: PostDraft, allowance: Allowance) -> PostInfo:
    """What is sent about a post: always that AI made it, and what the account disables is disabled."""
    return PostInfo(
        caption=draft.caption,
        is_ai_generated=True,
        is_brand_organic=draft.is_brand_organic,
        is_branded_content=draft.is_branded_content,
        disable_comment=allowance.comment_disabled or None,
        disable_duet=allowance.duet_disabled or None,
        disable_stitch=allowance.stitch_disabled or None,
        thumbnail_offset=draft.cover_ms,
    )
