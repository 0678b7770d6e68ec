"""The Content Posting API's route: the file is uploaded and posted at once.

It takes an app that TikTok audited, the scope `video.publish`, and a privacy level that a person
chose among those the account offers. Until its file is delivered nothing can be posted.
"""

from collections.abc import Iterable
from datetime import datetime

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.publishers import uploads
from dreambox_pipeline.publishers.checks import check_order
from dreambox_pipeline.publishers.listing import Listing, no_listing
from dreambox_pipeline.stages.posts.model import PostDraft, Route
from dreambox_pipeline.stages.posts.outcomes import ListedVideo, Outcome, interpret_status
from dreambox_pipeline.stages.posts.publisher import Allowance, Begun, PostFile, PostOrder
from dreambox_pipeline.tiktok.posting import PostingClient
from dreambox_pipeline.tiktok.posting_objects import DirectPost


class ContentPostingPublisher:
    """Posts by uploading.

    Args:
        client: Of the account, at the developer host.
        listing: Where the account's videos are listed.
    """

    route = Route.CONTENT_POSTING

    def __init__(self, client: PostingClient, *, listing: Listing = no_listing) -> None:
        self._client = client
        self._listing = listing

    def __repr__(self) -> str:
        return f"ContentPostingPublisher({self._client!r})"

    def allowance(self) -> Allowance:
        """See `Publisher`."""
        return uploads.allowance_of(self._client.creator_info())

    def begin(self, order: PostOrder, allowance: Allowance) -> Begun:
        """See `Publisher`.

        Raises:
            ItemError: Nobody chose who may see the post. Nothing was sent.
        """
        check_order(order, allowance)
        if not order.draft.privacy_level:
            offered = ", ".join(allowance.privacy_levels) or "nothing"
            raise ItemError(
                f"{order.publication_id} was not sent: nobody chose who may see it. The account "
                f"offers {offered}; choose at the desk, or set DREAMBOX_POST_PRIVACY."
            )
        session = self._client.begin_upload(
            direct_post(order.draft),
            uploads.video_of(order.file),
            creator=uploads.creator_of(allowance),
        )
        return Begun(session.publish_id, session.to_secret())

    def deliver(self, begun: Begun, file: PostFile) -> None:
        """See `Publisher`."""
        uploads.deliver(self._client, begun, file)

    def outcome(self, publish_id: str) -> Outcome:
        """See `Publisher`."""
        return interpret_status(uploads.Answer.of(self._client.status(publish_id)))

    def posts_since(self, since: datetime) -> Iterable[ListedVideo]:
        """See `Publisher`."""
        return self._listing(since)


def direct_post(draft: PostDraft) -> DirectPost:
    """What is sent about a post: always that AI made it. What the account disables comes to it there."""
    return DirectPost(
        privacy_level=draft.privacy_level or "",
        title=draft.caption,
        is_aigc=True,
        brand_content_toggle=draft.is_branded_content,
        brand_organic_toggle=draft.is_brand_organic,
        video_cover_timestamp_ms=draft.cover_ms,
    )
