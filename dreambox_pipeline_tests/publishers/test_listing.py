"""The account's videos as a witness: only as far back as asked, by either host."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from dreambox_pipeline.publishers.listing import accounts_listing, display_listing, no_listing
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.tiktok.display import DisplayClient
from dreambox_pipeline_tests.contracts.publisher_benches import accounts_client, tokens_of


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


def test_both_hosts_list_the_same_posts_and_stop_in_time(sandbox):
    """A page or two, not the whole account."""
    tokens = tokens_of(sandbox)
    client = accounts_client(sandbox, tokens)
    display = DisplayClient(
        sandbox.info["tiktok_developer_base_url"],
        tokens=tokens,
        now=lambda: sandbox.now,
        sleep=sandbox.advance,
    )
    newest = max(video.created_at for video in sandbox.world.public_videos())
    age = sandbox.now.timestamp() - newest
    since = sandbox.now - timedelta(seconds=age, days=7)
    one = list(accounts_listing(client)(since))
    other = list(display_listing(display)(since))
    assert 0 < len(one) < len(sandbox.world.public_videos())
    assert [video.item_id for video in one] == [video.item_id for video in other]
    assert [video.caption[:150] for video in one] == [video.caption for video in other]
    counts = sandbox.sandbox.counts.as_json()["counts"]
    assert counts["GET /open_api/v1.3/business/video/list/"] == 1
    assert list(no_listing(since)) == []
