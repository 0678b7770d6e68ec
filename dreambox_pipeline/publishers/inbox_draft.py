"""The inbox's route: the file is uploaded, and a person finishes the post in TikTok's app.

It takes the scope `video.upload` alone. A draft carries no caption, no cover and no AI label: all of
it is the person's to set, within 24 hours, and only five drafts may wait.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from dreambox_pipeline.publishers import uploads
from dreambox_pipeline.publishers.checks import check_order
from dreambox_pipeline.publishers.listing import Listing, no_listing
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.stages.posts.outcomes import ListedVideo, Outcome, interpret_status
from dreambox_pipeline.stages.posts.publisher import Allowance, Begun, PostFile, PostOrder
from dreambox_pipeline.tiktok.errors import ScopeMissing
from dreambox_pipeline.tiktok.posting import PostingClient

LABEL_REMINDER = (
    "A draft comes without the AI label: before posting, open More options in the app and switch "
    "'AI-generated content' on by hand."
)

_ASKING = "video.publish"
"""The scope that opens `creator_info`."""


class InboxDraftPublisher:
    """Puts a video into the account's inbox.

    Args:
        client: Of the account, at the developer host.
        granted: The scopes that the account agreed to.
        listing: Where the account's videos are listed.
    """

    route = Route.INBOX_DRAFT

    def __init__(
        self,
        client: PostingClient,
        *,
        granted: Callable[[], Iterable[str]],
        listing: Listing = no_listing,
    ) -> None:
        self._client = client
        self._granted = granted
        self._listing = listing

    def __repr__(self) -> str:
        return f"InboxDraftPublisher({self._client!r})"

    def allowance(self) -> Allowance:
        """See `Publisher`. Without privacy levels: the person chooses in the app.

        Nothing is asked, and nothing known, where only drafts were granted.
        """
        granted = set(self._granted())
        # Who granted nothing is not connected, and asking says so.
        if granted and _ASKING not in granted:
            return Allowance()
        try:
            creator = self._client.creator_info()
        except ScopeMissing:
            return Allowance()
        return replace(uploads.allowance_of(creator), privacy_levels=())

    def begin(self, order: PostOrder, allowance: Allowance) -> Begun:
        """See `Publisher`."""
        check_order(order, allowance)
        session = self._client.begin_draft(uploads.video_of(order.file))
        return Begun(session.publish_id, session.to_secret())

    def deliver(self, begun: Begun, file: PostFile) -> None:
        """See `Publisher`."""
        uploads.deliver(self._client, begun, file)

    def outcome(self, publish_id: str) -> Outcome:
        """See `Publisher`. A draft in the inbox waits for a person, and its note says for what."""
        found = interpret_status(uploads.Answer.of(self._client.status(publish_id)))
        if found.state is PublicationState.UNCONFIRMED:
            return replace(found, note=f"{found.note} {LABEL_REMINDER}")
        return found

    def posts_since(self, since: datetime) -> Iterable[ListedVideo]:
        """See `Publisher`."""
        return self._listing(since)
