"""A dream that is taken back, or only held back, while a person is to post it."""

import pytest

from dreambox_pipeline.defs.posts import post_queue, published_posts
from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.media import kits
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.stages.posts.outcomes import Outcome
from dreambox_pipeline.storage.erasure import Eraser
from dreambox_pipeline.storage.ledger import dreams, publications, tasks
from dreambox_pipeline_tests.defs.publishing_bench import Bench
from dreambox_pipeline_tests.defs.scripted_publisher import Killed

S = PublicationState
BY_HAND = [Route.INBOX_DRAFT, Route.MANUAL_KIT]
UPLOADS = [Route.CONTENT_POSTING, Route.INBOX_DRAFT]
HIDDEN = "set_to_hidden"


def suspend(bench: Bench) -> None:
    with bench.workshop.ledger.write() as connection:
        dreams.suspend(connection, bench.report.comment_id, reason=HIDDEN, now=bench.workshop.now)


def resume(bench: Bench) -> None:
    with bench.workshop.ledger.write() as connection:
        dreams.resume(connection, bench.report.comment_id, reasons=[HIDDEN])


def stop_before(bench: Bench, seam: str) -> None:
    """A worker dies there."""

    def die(place: str) -> None:
        if place == seam:
            bench.platform.at = lambda _: None
            raise Killed

    bench.platform.at = die
    with pytest.raises(Killed):
        bench.step()


@pytest.mark.parametrize("route", BY_HAND)
def test_nobody_is_asked_to_post_what_was_taken_back_before_it_was_delivered(workshop, route):
    """Between the beginning and the file: a draft is not sent, a kit is called back."""
    bench = Bench(workshop, route)
    stop_before(bench, "before deliver")
    workshop.take_back(bench.report)
    if route is Route.MANUAL_KIT:
        bench.platform.outcomes["p1"] = Outcome(S.UNCONFIRMED, None, "Post it by hand.")
    bench.go_on(times=8)
    kinds = {task.kind for task in bench.tasks()}
    assert not kinds & {tasks.POST_KIT, tasks.FINISH_DRAFT}
    if route is Route.MANUAL_KIT:
        assert kinds == {tasks.TAKEDOWN}
        assert "Do not post it" in (bench.row.error or "")
    else:
        assert bench.platform.delivered == []


@pytest.mark.parametrize("route", BY_HAND)
def test_nobody_is_asked_to_post_what_was_taken_back_after_it_was_delivered(workshop, route):
    """The last step before a person was told."""
    bench = Bench(workshop, route)
    stop_before(bench, "outcome")
    workshop.take_back(bench.report)
    bench.go_on(times=3)
    (task,) = bench.tasks()
    assert (task.kind, task.payload["why"]) == (tasks.TAKEDOWN, "withdrawn")
    workshop.sandbox.advance(50 * 3600)
    bench.hear()
    said = workshop.failures()["posts", bench.row.publication_id]
    assert "shall not be posted now" in said
    assert "post it by hand" not in said


@pytest.mark.parametrize("route", UPLOADS)
def test_an_upload_whose_file_is_erased_is_given_up_all_the_same(workshop, route):
    """Else its row would wait a day for a file that is gone, and then for a person."""
    bench = Bench(workshop, route)
    stop_before(bench, "before deliver")
    parts = [workshop.parts[name] for name in ("ledger", "lake", "media", "warehouse")]
    settings = workshop.settings
    eraser = Eraser(*parts, settings.work_dir, kits_dir=settings.kits_dir)
    eraser.request(bench.report.comment_id, reason="withdrawn", now=workshop.now)
    eraser.finish_all(now=workshop.now)
    workshop.sandbox.advance(71 * 60)
    assert bench.step().state is S.PLANNED
    workshop.run(post_queue)
    assert eraser.finish_all(now=workshop.now)
    assert bench.row.state is S.CANCELLED
    assert bench.platform.delivered == []


@pytest.mark.parametrize("route", BY_HAND)
def test_a_hidden_comment_makes_a_person_wait_until_it_is_shown(workshop, route):
    """Hidden is not taken back: the same task says to wait, and then no longer does."""
    bench = Bench(workshop, route)
    bench.step()
    suspend(bench)
    bench.go_on(minutes=1, times=1)
    (task,) = bench.tasks()
    assert task.kind in (tasks.POST_KIT, tasks.FINISH_DRAFT)
    assert "Do not post it now" in task.payload["held"]
    resume(bench)
    bench.go_on(minutes=1, times=1)
    (task,) = bench.tasks()
    assert "held" not in task.payload
    assert bench.row.state is S.UNCONFIRMED


@pytest.mark.parametrize("route", BY_HAND)
def test_what_is_delivered_while_its_comment_is_hidden_is_asked_for_with_a_wait(workshop, route):
    """It is not called back, which only a person could undo."""
    bench = Bench(workshop, route)
    stop_before(bench, "outcome")
    suspend(bench)
    bench.go_on(minutes=1, times=2)
    (task,) = bench.tasks()
    assert "Do not post it now" in task.payload["held"]


def test_a_file_is_not_sent_while_its_comment_is_hidden(workshop):
    """It waits; and the reason does not say that anything was taken back."""
    bench = Bench(workshop, Route.CONTENT_POSTING)
    stop_before(bench, "before deliver")
    suspend(bench)
    with pytest.raises(TransientError, match="its comment is hidden"):
        bench.step()
    resume(bench)
    assert bench.go_on(minutes=1, times=1).state is S.PUBLISHED


@pytest.mark.expects_error_log
def test_a_kit_that_cannot_be_removed_holds_up_nobody(workshop, monkeypatch):
    """The run fails in the end and says which one, after it has done what it could."""
    bench = Bench(workshop, Route.MANUAL_KIT)
    stuck = workshop.settings.kits_dir / "2026-11-20_pub_of_nobody"
    stuck.mkdir(parents=True)

    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(kits.shutil, "rmtree", refuse)
    result = workshop.run(published_posts, publishers=bench.platform, is_expected_to_fail=True)
    assert not result.success
    assert bench.row.state is S.UNCONFIRMED


def test_a_kit_that_is_handed_out_again_is_asked_for_again(workshop):
    """The old kit could not be removed, so the new attempt has the same id."""
    bench = Bench(workshop, Route.MANUAL_KIT)
    bench.step()
    (first,) = bench.tasks()
    with workshop.ledger.write() as connection:
        failed = publications.settle(connection, bench.row, S.FAILED, now=workshop.now)
        publications.settle(connection, failed, S.PLANNED, now=workshop.now)
    bench.platform.begun.clear()
    bench.platform.delivered.clear()
    bench.go_on(minutes=1, times=2)
    (second,) = bench.tasks()
    assert second.payload["publish_id"] == first.payload["publish_id"]
    assert second.task_id != first.task_id
