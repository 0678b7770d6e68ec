"""The inbox: a person finishes the post, and is reminded of the label that no draft carries."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dreambox_pipeline.sandbox.testing import running_sandbox
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.stages.posts.publisher import Allowance
from dreambox_pipeline_tests.contracts.publisher_benches import Bench, bench_of, long_clip

S = PublicationState
ASKING = "/v2/post/publish/creator_info/query/"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return long_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def bench(tmp_path: Path, clip: Path) -> Iterator[Bench]:
    with (
        running_sandbox() as sandbox,
        bench_of(Route.INBOX_DRAFT, sandbox, tmp_path, clip, scopes=("video.upload",)) as made,
    ):
        yield made


def test_uploading_alone_is_enough(bench):
    """What was not granted is not asked for, and nothing is known then."""
    assert bench.publisher.allowance() == Allowance()
    assert bench.requests(ASKING) == 0
    assert bench.post().publish_id.startswith("v_inbox_file~")


def test_a_draft_waits_for_its_person_who_is_told_of_the_label(bench):
    """It is unconfirmed until it is posted; then TikTok tells its id."""
    begun = bench.post()
    bench.publisher.outcome(begun.publish_id)
    bench.sandbox.advance(300)
    waiting = bench.publisher.outcome(begun.publish_id)
    assert waiting.state is S.UNCONFIRMED
    assert "AI-generated content" in waiting.note
    bench.finish_draft(begun.publish_id)
    bench.sandbox.advance(600)
    outcome = bench.publisher.outcome(begun.publish_id)
    (post,) = bench.posts()
    assert (outcome.state, outcome.post_id) == (S.PUBLISHED, post.video_id)
    assert "AI-generated content" not in outcome.note
