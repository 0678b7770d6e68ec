"""A worker that is held up, or answered late, makes no second post, whatever happened meanwhile."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dreambox_pipeline.defs.posts import published_posts
from dreambox_pipeline.errors import DreamBoxError, ItemError, TransientError
from dreambox_pipeline.stages.posts.model import PublicationState, Route, Slot
from dreambox_pipeline.stages.posts.outcomes import Outcome
from dreambox_pipeline.stages.posts.publishing import ABSENT_AFTER, SEND_WITHIN_S
from dreambox_pipeline.storage.ledger import attempts, post_drafts, publications
from dreambox_pipeline.tiktok import errors
from dreambox_pipeline_tests.defs.publishing_bench import Bench
from dreambox_pipeline_tests.defs.scripted_publisher import Listed

S = PublicationState


def plan_again(bench: Bench) -> None:
    """A person says that it is not there, and wants it sent once more."""
    now = bench.workshop.now
    with bench.workshop.ledger.write() as connection:
        publications.settle(connection, bench.row, S.FAILED, now=now)
        row = publications.get(connection, bench.row.publication_id)
        assert row is not None
        publications.settle(connection, row, S.PLANNED, now=now)


@pytest.mark.parametrize("route", list(Route))
def test_a_machine_that_stood_still_after_the_claim_sends_nothing(workshop, route):
    """Nobody knows what people and other workers have decided meanwhile."""
    bench = Bench(workshop, route)
    seconds = iter([100.0, 100.0 + SEND_WITHIN_S + 1])
    with pytest.raises(TransientError, match="stood still for 61 s"):
        bench.step(bench.runner(uptime=lambda: next(seconds)))
    assert bench.platform.begun == []
    assert bench.row.state is S.PLANNED
    bench.step()
    assert len(bench.platform.begun) == 1


@pytest.mark.parametrize("is_planned_again", [True, False])
def test_an_answer_after_a_person_gave_up_takes_the_row_up_again(workshop, is_planned_again):
    """The worker slept for hours with its request on the wire: it is out, and sent no second time."""
    bench = Bench(workshop, Route.ACCOUNTS_API)

    def sleep(place: str) -> None:
        if place == "after begin":
            bench.platform.at = lambda _: None
            workshop.sandbox.advance(11 * 60)
            bench.step()
            workshop.sandbox.advance(ABSENT_AFTER.total_seconds())
            plan_again(bench)
            if not is_planned_again:
                with workshop.ledger.write() as connection:
                    publications.move(connection, bench.row, S.CANCELLED, now=workshop.now)

    bench.platform.at = sleep
    row = bench.step()
    assert (row.state, row.publish_id, row.route) == (S.INITIATED, "p1", Route.ACCOUNTS_API)
    assert bench.go_on(times=3).state is S.PUBLISHED
    assert len(bench.platform.begun) == 1


def test_an_answer_that_comes_while_another_worker_has_claimed_keeps_it_from_sending(workshop):
    """The claim is taken away before its request is sent."""
    bench = Bench(workshop, Route.ACCOUNTS_API)
    late = bench.runner()

    def sleep(place: str) -> None:
        if place == "after begin":
            bench.platform.at = lambda _: None
            workshop.sandbox.advance(11 * 60)
            bench.step()
            workshop.sandbox.advance(ABSENT_AFTER.total_seconds())
            plan_again(bench)
            with workshop.ledger.write() as connection:
                publications.claim(
                    connection, bench.row.publication_id, claim_token="other", now=workshop.now
                )

    bench.platform.at = sleep
    with pytest.raises(ItemError, match="claimed again meanwhile"):
        bench.step(late)
    other = replace(bench.row, state=S.CLAIMED)
    assert not bench.runner()._book.is_still_ours(other)
    assert bench.go_on(times=3).state is S.PUBLISHED
    assert len(bench.platform.begun) == 1


def test_words_that_were_changed_while_they_were_checked_are_not_sent_as_they_were(workshop):
    """What goes out is what the row says, also for a batch that was read minutes ago."""
    bench = Bench(workshop, Route.ACCOUNTS_API)

    def edit(place: str) -> None:
        if place == "allowance":
            bench.platform.at = lambda _: None
            draft = replace(bench.row.draft, caption=f"{bench.row.caption} ✨")
            with workshop.ledger.write() as connection:
                post_drafts.edit(
                    connection, bench.render_id, draft, by="reviewer:mia", now=workshop.now
                )

    bench.platform.at = edit
    with pytest.raises(TransientError, match="was changed while it was checked"):
        bench.step()
    assert bench.platform.begun == []
    bench.step()
    assert [order.draft.caption[-1] for order in bench.platform.begun] == ["✨"]


def test_a_slot_that_a_person_moved_after_the_batch_was_read_is_kept(workshop):
    """It is sent tomorrow, as they said."""
    bench = Bench(workshop, Route.ACCOUNTS_API)
    read = bench.row
    slot = Slot(workshop.now + timedelta(days=1), "tomorrow", 1.0, "by hand")
    with workshop.ledger.write() as connection:
        publications.reschedule(connection, read, slot, policy_version=0, now=workshop.now)
    with pytest.raises(TransientError, match="was moved to tomorrow"):
        bench.runner().publish(read)
    assert bench.row.claim is None


def test_a_machine_that_was_off_for_a_day_asks_tiktok_before_it_gives_up(workshop):
    """TikTok knows what became of it; no person has to look."""
    bench = Bench(workshop, Route.ACCOUNTS_API)
    bench.step()
    bench.platform.outcomes["p1"] = Outcome(S.FAILED, None, "TikTok says it failed: internal.")
    assert bench.go_on(minutes=25 * 60, times=1).state is S.FAILED


def test_a_draft_that_is_finished_after_days_is_still_noticed(workshop):
    """Its caption was typed by hand, so only its status tells."""
    bench = Bench(workshop, Route.INBOX_DRAFT)
    bench.step()
    workshop.sandbox.advance(50 * 3600)
    with pytest.raises(ItemError, match="waits for a person"):
        bench.step()
    bench.platform.outcomes["p1"] = Outcome(S.PUBLISHED, "7533", "")
    row = bench.step()
    assert (row.state, row.post_id) == (S.PUBLISHED, "7533")


def test_a_post_that_is_another_s_is_not_taken(workshop):
    """One post belongs to one video; the run goes on and says what is odd."""
    bench, other = Bench(workshop, Route.ACCOUNTS_API), Bench(workshop, Route.ACCOUNTS_API)
    bench.step()
    bench.go_on(times=1)
    other.step()
    other.platform.outcomes["p1"] = Outcome(S.PUBLISHED, bench.row.post_id, "")
    with pytest.raises(ItemError, match=f"is the post of {bench.row.publication_id}"):
        other.step()
    assert other.row.state is S.INITIATED


def test_an_old_attempt_that_made_the_post_names_its_own_route(workshop):
    """The route of the settings may be another one by now, and the audit chain goes by the row."""
    bench = Bench(workshop, Route.CONTENT_POSTING)

    def expire(place: str) -> None:
        if place == "before deliver":
            raise errors.UploadExpired("403")

    bench.platform.at = expire
    bench.go_on(minutes=71, times=2)
    with workshop.ledger.read() as connection:
        (attempt, *_) = attempts.of_publication(connection, bench.row.publication_id)
    bench.platform.at = lambda _: None
    workshop.sandbox.advance(71 * 60)
    with workshop.ledger.write() as connection:
        if bench.row.state is S.INITIATED:
            publications.move(connection, bench.row, S.PLANNED, now=workshop.now)
    bench.tell("post.publish.complete", publish_id=attempt.publish_id)
    bench.hear()
    row = bench.row
    assert (row.state, row.route, row.publish_id) == (
        S.UNCONFIRMED,
        Route.CONTENT_POSTING,
        attempt.publish_id,
    )


# The account's list


def test_the_list_is_read_once_for_all_who_wait(workshop):
    """TikTok takes 40 requests a minute, and fifty kits may lie with people."""
    benches = [Bench(workshop, Route.MANUAL_KIT) for _ in range(2)]
    platform = benches[0].platform
    asked: list[str] = []
    for bench in benches:
        bench.platform = platform
        bench.step()
    platform.at = lambda place: asked.append(place) if place == "posts_since" else None
    workshop.run(published_posts, publishers=platform)
    workshop.run(published_posts, publishers=platform)
    assert len(asked) == 2
    assert {bench.row.state for bench in benches} == {S.UNCONFIRMED}


def test_a_draft_that_nobody_posts_makes_no_run_list_the_whole_account(workshop):
    """What is older than two weeks was seen by earlier runs, or is asked of a person."""
    bench = Bench(workshop, Route.MANUAL_KIT)
    bench.step()
    asked: list[timedelta] = []

    def listed(since: datetime) -> list[Listed]:
        asked.append(workshop.now - since)
        return []

    bench.platform.posts_since = listed
    for _ in range(2):
        workshop.sandbox.advance(timedelta(days=10).total_seconds())
        with suppress(ItemError):
            bench.step()
    within = [timedelta(days=10), timedelta(days=14)]
    for age, days in zip(asked, within, strict=True):
        assert days <= age < days + timedelta(hours=2)


def test_a_list_that_cannot_be_read_is_not_asked_for_every_row(workshop):
    """The rest of the run goes without."""
    benches = [Bench(workshop, Route.MANUAL_KIT) for _ in range(2)]
    platform = benches[0].platform
    asked: list[str] = []
    for bench in benches:
        bench.platform = platform
        bench.step()

    def refuse(place: str) -> None:
        if place == "posts_since":
            asked.append(place)
            raise errors.Unreachable("no route to host", may_have_taken_effect=False)

    platform.at = refuse
    runner = benches[0].runner()
    for bench in benches:
        with pytest.raises(DreamBoxError):
            bench.step(runner)
    assert len(asked) == 1


def test_a_post_that_is_another_video_s_is_nobody_else_s(workshop):
    """Two dreams may be told in the same words."""
    first, second = (Bench(workshop, Route.MANUAL_KIT) for _ in range(2))
    second.platform = first.platform
    first.step()
    second.step()
    with workshop.ledger.write() as connection:
        publications.settle(connection, first.row, S.PUBLISHED, now=workshop.now, post_id="7501")
    first.platform.listed = [Listed("7501", second.row.caption, workshop.now)]
    assert second.go_on(times=1).state is S.UNCONFIRMED
    first.platform.listed = [Listed("7502", second.row.caption, workshop.now)]
    assert second.go_on(times=1).post_id == "7502"


def test_a_post_from_before_the_request_is_not_its_post(workshop):
    """The list is read from the oldest row on; each row looks only at what came after its own."""
    bench = Bench(workshop, Route.MANUAL_KIT)
    bench.step()
    before = workshop.now - timedelta(hours=2)
    bench.platform.listed = [Listed("7501", bench.row.caption, before)]
    assert bench.go_on(times=1).state is S.UNCONFIRMED
    bench.platform.listed = [Listed("7501", bench.row.caption, workshop.now)]
    assert bench.go_on(times=1).state is S.PUBLISHED
