"""The runner, by every route: killed anywhere it never makes a second post, and loses none."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from dreambox_pipeline.defs.posts import published_posts
from dreambox_pipeline.defs.publishing import PublicationRunner
from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.stages.posts.outcomes import Outcome
from dreambox_pipeline.storage.erasure import Eraser
from dreambox_pipeline.storage.ledger import attempts, audit, publications, switches, tasks
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.tiktok import errors
from dreambox_pipeline_tests.defs.publishing_bench import Bench
from dreambox_pipeline_tests.defs.scripted_publisher import (
    ADDRESS,
    Killed,
    Listed,
    ScriptedPublisher,
)

S = PublicationState
ROUTES = list(Route)
UPLOADS = [Route.CONTENT_POSTING, Route.INBOX_DRAFT]
SEAMS = [
    "allowance",
    "before begin",
    "after begin",
    "before deliver",
    "after deliver",
    "outcome",
    "after claimed",
    "after initiated",
    "after uploaded",
]


def kill_at(platform: ScriptedPublisher, runner: PublicationRunner, seam: str) -> None:
    """The process ends there, the first time it comes by."""
    left = [seam]

    def at(place: str) -> None:
        if left and place == left[0]:
            left.clear()
            raise Killed(place)

    platform.at = at
    book = runner._book
    audited = book.audit

    def audit_then_die(connection: Any, row: PublicationRow, **kwargs: Any) -> None:
        audited(connection, row, **kwargs)
        if left == [f"after {row.state}"]:
            # As a kill right after the commit: what stands there must be enough to go on.
            connection.commit()
            left.clear()
            raise Killed(seam)

    book.audit = audit_then_die


@pytest.mark.parametrize("seam", SEAMS)
@pytest.mark.parametrize("route", ROUTES)
def test_a_worker_killed_at_any_seam_leaves_one_post_at_most_and_none_is_lost(
    workshop, route, seam
):
    """Every one ends published, with a person, or unconfirmed; and running on changes nothing."""
    bench = Bench(workshop, route)
    runner = bench.runner()
    kill_at(bench.platform, runner, seam)
    with suppress(Killed):
        bench.step(runner)
    row = bench.go_on()

    assert bench.platform.posts <= 1
    if route.posts_on_begin:
        assert len(bench.platform.begun) <= 1
    is_unknown = route.posts_on_begin and seam in {"before begin", "after begin", "after claimed"}
    expected = S.UNCONFIRMED if route.needs_person or is_unknown else S.PUBLISHED
    assert row.state is expected
    if route.needs_person:
        assert bench.platform.posts == 1
        (task,) = bench.tasks()
        kind = tasks.POST_KIT if route is Route.MANUAL_KIT else tasks.FINISH_DRAFT
        assert (task.kind, task.subject) == (kind, row.publication_id)
        assert "label by hand" in task.payload["ai_label"]
    begun = len(bench.platform.begun)
    bench.go_on(times=2)
    assert (len(bench.platform.begun), bench.row.state) == (begun, expected)


@pytest.mark.parametrize("route", ROUTES)
def test_each_transition_is_audited_with_its_route_and_without_a_secret(workshop, route):
    """Who reads the chain later sees by which way it went; nobody finds the upload's address."""
    bench = Bench(workshop, route)
    bench.step()
    row = bench.go_on(times=2)
    with workshop.ledger.read() as connection:
        chain = [each for each in audit.entries(connection) if each.subject == row.publication_id]
        of_row = attempts.of_publication(connection, row.publication_id)
    said = [each for each in chain if each.action.startswith("publication.")]
    assert [each.action for each in said][:2] == ["publication.claimed", "publication.initiated"]
    assert {each.detail["route"] for each in said} == {route.value}
    assert said[1].detail["publish_id"] == "p1"
    assert ADDRESS not in repr([chain, of_row, row])


@pytest.mark.parametrize(
    ("error", "state", "said"),
    [
        (errors.PrivacyNotOffered("privacy_level_option_mismatch"), S.FAILED, "mismatch"),
        (errors.SpamRisk("spam_risk_text"), S.FAILED, "spam_risk_text"),
        (errors.PostingCapReached("spam_risk_too_many_posts"), S.PLANNED, "too_many_posts"),
        (errors.PostingBanned("spam_risk_user_banned"), S.PLANNED, "banned"),
        (errors.ConsentRequired("the account is disconnected"), S.PLANNED, "disconnected"),
        (errors.Unreachable("broke off", may_have_taken_effect=True), S.PLANNED, "broke off"),
        (errors.UnknownTikTokError("a new word"), S.FAILED, "a new word"),
    ],
)
@pytest.mark.parametrize("route", UPLOADS)
def test_every_no_to_the_request_has_its_state_and_its_words(workshop, route, error, state, said):
    """What a person or time can mend stays planned; what this post got wrong is over."""
    bench = Bench(workshop, route)

    def refuse(place: str) -> None:
        if place == "before begin":
            raise error

    bench.platform.at = refuse
    with pytest.raises((ItemError, TransientError, StopError)):
        bench.step()
    assert bench.row.state is state
    assert said in (bench.row.error or "")
    assert bench.platform.posts == 0


def test_after_tiktok_s_own_cap_nobody_asks_again_for_an_hour(workshop):
    """It was counted over all apps; asking every minute would only be more of the same."""
    bench = Bench(workshop, Route.CONTENT_POSTING)
    asked = []

    def refuse(place: str) -> None:
        if place == "before begin":
            asked.append(place)
            raise errors.PostingCapReached("spam_risk_too_many_posts")

    bench.platform.at = refuse
    for _ in range(3):
        with pytest.raises(TransientError):
            bench.step()
    assert len(asked) == 1
    bench.platform.at = lambda _: None
    assert bench.go_on(minutes=31, times=3).state is S.PUBLISHED


@pytest.mark.parametrize("route", UPLOADS)
def test_an_upload_whose_address_is_over_is_begun_again_when_nothing_can_arrive(workshop, route):
    """TikTok has to have refused it, and an hour and a margin must have gone by."""
    bench = Bench(workshop, route)
    places = []

    def expire(place: str) -> None:
        places.append(place)
        if place == "before deliver" and len(bench.platform.begun) == 1:
            raise errors.UploadExpired("HTTP 403 in the middle")

    bench.platform.at = expire
    with pytest.raises(TransientError, match="planned again at"):
        bench.step()
    assert bench.row.state is S.INITIATED
    row = bench.go_on()
    assert len(bench.platform.begun) == 2
    assert bench.platform.delivered == ["p2"]
    assert row.state is (S.UNCONFIRMED if route.needs_person else S.PUBLISHED)


def test_an_upload_that_may_be_whole_is_never_begun_again(workshop):
    """Its last chunk may have arrived: its status tells, or a person."""
    bench = Bench(workshop, Route.CONTENT_POSTING)

    def break_off(place: str) -> None:
        if place == "before deliver":
            raise errors.UploadExpired("403", may_have_taken_effect=True)

    bench.platform.at = break_off
    bench.go_on(minutes=240, times=8)
    assert len(bench.platform.begun) == 1
    assert bench.row.state is S.UNCONFIRMED


def test_a_worker_that_sleeps_through_its_claim_delivers_nothing(workshop):
    """Another one has begun meanwhile; the first one's answer comes too late to count."""
    bench = Bench(workshop, Route.CONTENT_POSTING)
    awake: list[PublicationRow] = []

    def sleep(place: str) -> None:
        if place == "before begin" and not awake:
            awake.append(bench.row)
            bench.workshop.sandbox.advance(11 * 60)
            bench.step()
            bench.step()

    bench.platform.at = sleep
    with pytest.raises(ItemError):
        bench.step()
    assert bench.platform.posts == 1
    assert bench.go_on(times=2).state is S.PUBLISHED


def test_a_late_answer_of_the_accounts_api_is_taken_and_nothing_is_sent_twice(workshop):
    """The claim was given up as unconfirmed; then its publish id came after all."""
    bench = Bench(workshop, Route.ACCOUNTS_API)

    def sleep(place: str) -> None:
        if place == "after begin":
            bench.workshop.sandbox.advance(11 * 60)
            bench.platform.at = lambda _: None
            assert bench.step().state is S.UNCONFIRMED

    bench.platform.at = sleep
    assert bench.step().state is S.INITIATED
    assert bench.go_on(times=2).state is S.PUBLISHED
    assert len(bench.platform.begun) == 1


@pytest.mark.parametrize("route", ROUTES)
def test_a_pause_stops_every_route_before_its_request_and_before_its_file(workshop, route):
    """What was begun waits; what was not is not claimed."""
    bench = Bench(workshop, route)

    def pause(place: str) -> None:
        if place == "after begin":
            with workshop.ledger.write() as connection:
                switches.pause_posting(connection, reason="", by="operator", now=workshop.now)

    bench.platform.at = pause
    bench.step()
    bench.go_on(minutes=1, times=2)
    assert bench.platform.delivered == []
    with workshop.ledger.write() as connection:
        switches.resume_posting(connection, by="operator", now=workshop.now)
    bench.platform.at = lambda _: None
    bench.go_on(times=2)
    assert bench.platform.posts == 1


@pytest.mark.parametrize("route", UPLOADS)
def test_a_dream_taken_back_before_its_file_is_sent_is_never_sent(workshop, route):
    """The row goes back to the queue, which lets go of it."""
    bench = Bench(workshop, route)

    def die(place: str) -> None:
        if place == "before deliver":
            raise Killed

    bench.platform.at = die
    with pytest.raises(Killed):
        bench.step()
    workshop.take_back(bench.report)
    bench.platform.at = lambda _: None
    row = bench.go_on(minutes=40, times=2)
    assert row.state is S.PLANNED
    assert bench.platform.delivered == []


@pytest.mark.parametrize("route", [Route.INBOX_DRAFT, Route.MANUAL_KIT])
def test_a_dream_taken_back_calls_back_what_waits_for_a_person(workshop, route):
    """They are told not to post it; if it is out all the same, it is taken down."""
    bench = Bench(workshop, route)
    bench.step()
    names = ("ledger", "lake", "media", "warehouse")
    settings = workshop.settings
    eraser = Eraser(
        *(workshop.parts[name] for name in names), settings.work_dir, kits_dir=settings.kits_dir
    )
    eraser.request(bench.report.comment_id, reason="withdrawn", now=workshop.now)
    (task,) = bench.tasks()
    assert (task.kind, task.subject) == (tasks.TAKEDOWN, bench.row.publication_id)
    assert "Do not post it" in task.payload["do"]

    bench.platform.listed = [Listed("7599", bench.row.caption)]
    assert bench.go_on(times=1).post_id == "7599"
    eraser.finish_all(now=workshop.now)
    (task,) = bench.tasks()
    assert (task.kind, task.subject) == (tasks.TAKEDOWN, "7599")


@pytest.mark.parametrize("route", [Route.INBOX_DRAFT, Route.MANUAL_KIT])
def test_what_a_person_posted_is_found_in_the_list(workshop, route):
    """Exactly one of its caption; the task closes itself."""
    bench = Bench(workshop, route)
    bench.step()
    row = bench.row
    bench.platform.listed = [Listed("7501", row.caption), Listed("7502", row.caption)]
    assert bench.go_on(times=1).state is S.UNCONFIRMED
    bench.platform.listed = bench.platform.listed[:1]
    row = bench.go_on(times=1)
    assert (row.state, row.post_id) == (S.PUBLISHED, "7501")
    assert bench.tasks() == []


@pytest.mark.parametrize("state", [S.PROCESSING, S.UNCONFIRMED])
def test_a_failure_that_the_poll_has_just_told_is_not_reconciled(workshop, state):
    """Failed is failed; what nobody confirmed may be found in the list, whatever an old id says."""
    bench = Bench(workshop, Route.ACCOUNTS_API)
    row = bench.step()
    with workshop.ledger.write() as connection:
        publications.move(connection, row, state, now=workshop.now)
    bench.platform.outcomes["p1"] = Outcome(S.FAILED, None, "internal")
    bench.platform.listed = [Listed("7501", row.caption)]
    assert bench.go_on(times=1).state is (S.FAILED if state is S.PROCESSING else S.PUBLISHED)


# What TikTok tells


@pytest.mark.parametrize(
    "events",
    [
        ["complete", "publicly_available"],
        ["publicly_available", "complete"],
        ["publicaly_available", "publicaly_available"],
    ],
)
def test_events_in_any_order_and_spelling_end_in_one_published_row(workshop, events):
    """And none of them takes it back."""
    bench = Bench(workshop, Route.ACCOUNTS_API)
    bench.step()
    bench.platform.outcomes["p1"] = Outcome(S.UPLOADED, None, "")
    for event in events:
        bench.tell(f"post.publish.{event}", post_id="75" if "avail" in event else None)
        bench.hear()
    assert (bench.row.state, bench.row.post_id) == (S.PUBLISHED, "75")
    assert bench.waiting() == 0


def test_a_failure_that_is_told_late_is_a_task_and_takes_nothing_back(workshop):
    """The post is public; somebody should look."""
    bench = Bench(workshop, Route.ACCOUNTS_API)
    bench.step()
    bench.go_on(times=1)
    bench.tell("post.publish.failed", reason="internal")
    bench.hear()
    assert bench.row.state is S.PUBLISHED
    (task,) = bench.tasks()
    assert (task.kind, task.payload["publication_id"]) == (
        tasks.POST_GONE,
        bench.row.publication_id,
    )


def test_a_failure_says_why_and_what_to_do(workshop):
    """As the status answer would have."""
    bench = Bench(workshop, Route.ACCOUNTS_API)
    bench.step()
    bench.tell("post.publish.failed", reason="spam_risk_text")
    bench.hear()
    assert bench.row.state is S.FAILED
    assert "takes the caption for spam" in (bench.row.error or "")


def test_a_post_that_vanishes_is_a_task_until_it_is_back(workshop):
    """The newest of TikTok's times counts, whatever comes last."""
    bench = Bench(workshop, Route.ACCOUNTS_API)
    bench.step()
    bench.go_on(times=1)
    post_id = bench.row.post_id
    gone_at = workshop.now
    bench.tell("post.publish.no_longer_publicaly_available", post_id=post_id)
    bench.hear()
    assert bench.row.unavailable_at == gone_at
    (task,) = bench.tasks()
    assert (task.kind, task.subject) == (tasks.POST_GONE, post_id)

    bench.tell("post.publish.publicly_available", post_id=post_id)
    earlier = (gone_at - timedelta(minutes=5)).isoformat()
    bench.tell("post.publish.no_longer_publicly_available", post_id=post_id, told_at=earlier)
    bench.hear()
    assert bench.row.unavailable_at is None
    assert bench.tasks() == []


def test_a_post_that_was_to_be_taken_down_and_vanishes_closes_that_task(workshop):
    """Nobody is asked twice."""
    bench = Bench(workshop, Route.ACCOUNTS_API)
    bench.step()
    bench.go_on(times=1)
    post_id = bench.row.post_id
    with workshop.ledger.write() as connection:
        tasks.open_task(
            connection, tasks.TAKEDOWN, post_id, payload={"post_id": post_id}, now=workshop.now
        )
    bench.tell("post.publish.no_longer_publicly_available", post_id=post_id)
    bench.hear()
    assert bench.tasks() == []
    with workshop.ledger.read() as connection:
        task = tasks.find(connection, f"takedown:{post_id}:")
    assert (task.outcome, task.done_by) == ("taken_down", "tiktok")


def test_an_event_that_nobody_knows_waits_a_while_and_is_dropped(workshop):
    """It may have come before our own row knew its id."""
    bench = Bench(workshop, Route.ACCOUNTS_API)
    bench.tell("post.publish.complete", publish_id="unheard")
    bench.hear()
    assert bench.waiting() == 1
    workshop.sandbox.advance(31 * 60)
    bench.hear()
    assert bench.waiting() == 0


def test_an_event_that_came_before_the_row_knew_its_id_is_not_lost(workshop):
    """TikTok was faster than our own answer."""
    bench = Bench(workshop, Route.ACCOUNTS_API)
    bench.platform.outcomes["p1"] = Outcome(S.UPLOADED, None, "")
    bench.tell("post.publish.publicly_available", post_id="75")
    bench.hear()
    assert bench.row.state is S.INITIATED
    bench.hear()
    assert (bench.row.state, bench.row.post_id) == (S.PUBLISHED, "75")


def test_an_earlier_attempt_that_made_a_post_after_all_stops_the_next_one(workshop):
    """Given up for certain, and TikTok says otherwise: TikTok is right."""
    bench = Bench(workshop, Route.CONTENT_POSTING)

    def expire(place: str) -> None:
        if place == "before deliver":
            raise errors.UploadExpired("403")

    bench.platform.at = expire
    with pytest.raises(TransientError):
        bench.step()
    workshop.sandbox.advance(71 * 60)
    assert bench.step().state is S.PLANNED
    bench.platform.at = lambda _: None
    bench.tell("post.publish.publicly_available", post_id="75")
    bench.hear()
    assert (bench.row.state, bench.row.post_id) == (S.PUBLISHED, "75")
    assert len(bench.platform.begun) == 1


def test_a_claim_from_the_future_is_not_waited_for(workshop):
    """Its clock was wrong by days; it counts as lost, and is safe to."""
    bench = Bench(workshop, Route.CONTENT_POSTING)
    ahead = workshop.now + timedelta(days=3)
    with workshop.ledger.write() as connection:
        publications.claim(
            connection,
            bench.row.publication_id,
            claim_token="ahead",
            now=ahead,
            route=Route.CONTENT_POSTING,
        )
    assert bench.step().state is S.PLANNED
    assert bench.go_on(times=3).state is S.PUBLISHED
    assert bench.platform.posts == 1


@pytest.mark.expects_error_log
def test_an_account_that_is_banned_does_not_hold_up_another_route(workshop):
    """The run fails in the end and says why, after it has done what it could."""
    other = Bench(workshop, Route.MANUAL_KIT)
    by_hand = workshop.parts["settings"]
    bench = Bench(workshop, Route.ACCOUNTS_API)
    bench.step()
    first = bench.row
    workshop.parts["settings"] = by_hand

    class Both:
        def of(self, account_id: str, route: Route) -> ScriptedPublisher:
            return (bench if route is Route.ACCOUNTS_API else other).platform.of(account_id, route)

    def banned(place: str) -> None:
        raise errors.PostingBanned(f"banned at {place}")

    bench.platform.at = banned
    result = workshop.run(published_posts, publishers=Both(), is_expected_to_fail=True)
    assert not result.success
    assert other.row.state is S.UNCONFIRMED
    assert workshop.publication(first.render_id).state is S.INITIATED
    assert "banned" in workshop.failures()["posts", first.publication_id]
