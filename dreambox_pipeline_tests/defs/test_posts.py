"""The queue and publishing: approved content only, each video once, whatever TikTok answers."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from dreambox_pipeline.defs.posts import every_post_was_approved, post_queue, published_posts
from dreambox_pipeline.defs.publishing import PublicationRunner
from dreambox_pipeline.defs.work import posting_reason
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.posts.model import PublicationState, Slot, TimingPolicy
from dreambox_pipeline.stages.posts.publishing import PERSON_AFTER
from dreambox_pipeline.stages.review.model import Decision
from dreambox_pipeline.storage.lake import ACCOUNT_METRICS
from dreambox_pipeline.storage.ledger import policies, publications, switches, videos
from dreambox_pipeline.storage.ledger.switches import PausedError
from dreambox_pipeline.storage.tables import review_events
from dreambox_pipeline_tests.defs.workshop import Workshop

S = PublicationState
PARTS = ("publishers", "ledger", "media", "keyring", "clock", "settings")
PUBLISH = "business/video/publish/"


@pytest.fixture
def open_workshop(workshop: Workshop) -> Iterator[Workshop]:
    """TikTok can fetch the videos."""
    with workshop.desk():
        yield workshop


def publish(workshop: Workshop, **kwargs):
    return workshop.run(post_queue, published_posts, every_post_was_approved, **kwargs)


def due_video(workshop: Workshop):
    """A queued video whose slot has just come."""
    report, row = workshop.queued_video()
    workshop.pass_time_until(row.slot_at)
    return report, row


# The queue


def test_an_approved_video_gets_a_slot_with_a_reason(workshop):
    """In the future, at half past, with the caption it will have."""
    _, row = workshop.queued_video()

    assert row.state is S.PLANNED
    assert row.slot_at > workshop.now
    assert row.slot_at.minute == 30
    assert row.slot_why
    assert row.caption


def test_a_video_nobody_approved_is_not_queued(workshop):
    """Finished is not approved."""
    workshop.finished_video()
    workshop.run(post_queue)

    assert workshop.publications() == []


def test_an_approval_of_another_content_queues_nothing(workshop):
    """An approval counts for exactly the file the person saw."""
    _, video = workshop.finished_video()
    workshop.decide(video, Decision.APPROVE, content_hash="f" * 64)
    workshop.run(post_queue)

    assert workshop.publications() == []


def test_a_second_run_queues_nothing_again(workshop):
    """One video, one row, one slot."""
    _, row = workshop.queued_video()
    workshop.run(post_queue)

    assert workshop.publications() == [row]


def test_a_rejection_after_the_approval_takes_the_video_out(workshop):
    """The newest decision holds until the video is sent."""
    _, video = workshop.finished_video()
    workshop.decide(video, Decision.APPROVE)
    workshop.run(post_queue)
    workshop.decide(video, Decision.REJECT)
    workshop.run(post_queue)

    assert workshop.publication(video.render_id).state is S.CANCELLED


def test_a_new_approval_after_the_rejection_takes_the_video_in_again(workshop):
    """Both the schedule and the queue know that it waits for a slot, and only once."""
    _, row = workshop.queued_video()
    with workshop.ledger.read() as connection:
        video = videos.get(connection, row.render_id)
    workshop.decide(video, Decision.REJECT)
    workshop.run(post_queue)
    assert posting_reason(workshop.ledger, now=workshop.now) is None
    workshop.sandbox.advance(60)
    workshop.decide(video, Decision.APPROVE)
    assert posting_reason(workshop.ledger, now=workshop.now) == "1 approved and not in the queue"

    workshop.run(post_queue)
    revived = workshop.publication(row.render_id)
    assert (revived.state, revived.error) == (S.PLANNED, None)
    assert revived.slot_at > workshop.now
    assert posting_reason(workshop.ledger, now=workshop.now) is None


def test_a_withdrawal_takes_the_video_out(workshop):
    """Also when it came without passing through the answers."""
    report, row = workshop.queued_video()
    workshop.take_back(report)
    workshop.run(post_queue)

    assert workshop.publication(row.render_id).state is S.CANCELLED


def pin(workshop: Workshop, row: publications.PublicationRow, at: datetime) -> None:
    """A person put it there."""
    slot = Slot(at, f"{at:%Y-%m-%d %H:%M}", 1.0, "put here by hand")
    with workshop.ledger.write() as connection:
        publications.reschedule(
            connection, row, slot, policy_version=0, now=workshop.now, is_pinned=True
        )


def test_a_slot_chosen_by_hand_survives_replanning(workshop):
    """What was learned since moves the others, not what a person decided; unpinned it moves again."""
    _, row = workshop.queued_video()
    chosen = (workshop.now + timedelta(days=3)).replace(hour=9, minute=5, second=0)
    pin(workshop, row, chosen)
    policy = TimingPolicy(version=1, hour_value={20: 9.0}, evidence_posts=5, note="learned")
    with workshop.ledger.write() as connection:
        policies.save(connection, policy, now=workshop.now)
    workshop.run(post_queue)
    kept = workshop.publication(row.render_id)
    assert (kept.slot_at, kept.is_pinned) == (chosen, True)

    with workshop.ledger.write() as connection:
        assert publications.unpin(connection, row.publication_id, now=workshop.now)
    workshop.run(post_queue)
    moved = workshop.publication(row.render_id)
    assert (moved.slot_at.hour, moved.is_pinned) == (20, False)


def test_a_missed_slot_chosen_by_hand_gets_another_and_is_no_longer_pinned(workshop):
    """Its moment is gone; nobody chose the next one."""
    _, row = workshop.queued_video()
    pin(workshop, row, workshop.now + timedelta(hours=1))
    workshop.sandbox.advance(4 * 3600)
    workshop.run(post_queue)

    moved = workshop.publication(row.render_id)
    assert moved.slot_at > workshop.now
    assert not moved.is_pinned


def test_before_any_post_was_judged_slots_go_by_follower_activity(workshop):
    """And say so; the row keeps the stored policy's version, so it is not moved every day."""
    for ago in range(1, 15):
        day = (workshop.now - timedelta(days=ago)).date()
        counts = [1000 if hour == 15 else 100 for hour in range(24)]
        row = dict.fromkeys(ACCOUNT_METRICS.schema.names) | {
            "day": day.isoformat(),
            "audience_activity": counts,
        }
        workshop.parts["lake"].upsert(ACCOUNT_METRICS, day, [row])
    rows = [workshop.queued_video()[1] for _ in range(3)]
    by_activity = [row for row in rows if "follower activity of the last 14 days" in row.slot_why]
    assert by_activity
    assert any(row.slot_at.hour == 15 for row in by_activity)
    assert {row.policy_version for row in rows} == {0}


def test_a_new_timing_policy_moves_what_waits(workshop):
    """The queue reads the newest stored policy on its next run; an older one moves nothing."""
    _, row = workshop.queued_video()
    assert row.policy_version == 0
    best = (row.slot_at.hour + 9) % 24
    best = best if best >= 7 else 12
    policy = TimingPolicy(version=1, hour_value={best: 9.0}, evidence_posts=5, note="learned")
    with workshop.ledger.write() as connection:
        policies.save(connection, policy, now=workshop.now)
    workshop.run(post_queue)

    moved = workshop.publication(row.render_id)
    assert moved.policy_version == 1
    assert moved.slot_at.hour == best
    assert moved.slot_at != row.slot_at
    assert "learned" in moved.slot_why


def test_a_missed_slot_is_replaced_rather_than_used_late(workshop):
    """The machine was off: the video waits for the next good moment."""
    _, row = workshop.queued_video()
    workshop.pass_time_until(row.slot_at + timedelta(hours=3))
    publish(workshop)

    moved = workshop.publication(row.render_id)
    assert moved.state is S.PLANNED
    assert moved.slot_at > workshop.now


# Publishing


def test_a_due_video_is_posted_exactly_once(open_workshop):
    """Run after run, until TikTok tells the public id, and after."""
    workshop = open_workshop
    _, row = due_video(workshop)
    assert row.state is S.PLANNED
    since = workshop.now.timestamp()
    for _ in range(4):
        publish(workshop)
        workshop.sandbox.advance(150)

    posted = workshop.publication(row.render_id)
    assert posted.state is S.PUBLISHED
    assert posted.post_id in {v.video_id for v in workshop.sandbox.world.public_videos()}
    assert workshop.publish_requests(row.caption, since) == 1
    assert workshop.failures() == {}


def test_nothing_is_sent_before_its_slot(workshop):
    """A planned moment is a promise."""
    _, row = workshop.queued_video()
    since = workshop.now.timestamp()
    publish(workshop)

    assert workshop.publication(row.render_id).state is S.PLANNED
    assert workshop.publish_requests(row.caption, since) == 0


@pytest.mark.parametrize("kind", ["timeout_after", "close_mid_body"])
def test_a_post_without_an_answer_is_found_in_the_list_and_never_sent_again(open_workshop, kind):
    """TikTok posted it and the answer was lost: the account's own videos are the witness."""
    workshop = open_workshop
    _, row = due_video(workshop)
    since = workshop.now.timestamp()
    workshop.arm(kind, PUBLISH)
    publish(workshop)
    assert workshop.publication(row.render_id).state is S.UNCONFIRMED
    assert ("posts", row.publication_id) in workshop.failures()
    workshop.wait_for_fetches()

    for _ in range(2):
        workshop.sandbox.advance(300)
        publish(workshop)
    found = workshop.publication(row.render_id)
    assert found.state is S.PUBLISHED
    assert found.post_id in {v.video_id for v in workshop.sandbox.world.public_videos()}
    assert workshop.publish_requests(row.caption, since) == 1
    assert workshop.failures() == {}


@pytest.mark.parametrize("kind", ["timeout_before", "html"])
def test_a_post_that_nobody_knows_of_waits_for_a_person(workshop, kind):
    """Nothing was posted, but that cannot be known: no program sends it again."""
    _, row = due_video(workshop)
    since = workshop.now.timestamp()
    workshop.arm(kind, PUBLISH)
    publish(workshop)
    publish(workshop)
    assert workshop.publication(row.render_id).state is S.UNCONFIRMED

    workshop.sandbox.advance(PERSON_AFTER.total_seconds())
    publish(workshop)
    advice = workshop.failures()["posts", row.publication_id]
    assert f"http://127.0.0.1:8702/videos/{row.render_id}" in advice, "a page that has the buttons"
    assert workshop.publication(row.render_id).state is S.UNCONFIRMED
    assert workshop.publish_requests(row.caption, since) == 0


@pytest.mark.parametrize("kind", ["code:40100", "code:40202"])
def test_a_post_that_was_surely_not_taken_goes_out_later(open_workshop, kind):
    """TikTok said "not now", so the row is planned again and the next run sends it."""
    workshop = open_workshop
    _, row = due_video(workshop)
    since = workshop.now.timestamp()
    workshop.arm(kind, PUBLISH)
    publish(workshop)
    assert workshop.publication(row.render_id).state is S.PLANNED
    assert workshop.publish_requests(row.caption, since) == 0

    for _ in range(3):
        # After a 40100 nobody asks that endpoint for five minutes.
        workshop.sandbox.advance(310)
        publish(workshop)
    assert workshop.publication(row.render_id).state is S.PUBLISHED
    assert workshop.publish_requests(row.caption, since) == 1


def test_a_post_that_tiktok_refuses_is_over(workshop):
    """A bad parameter does not get better by repeating it."""
    _, row = due_video(workshop)
    workshop.arm("code:40002", PUBLISH)
    for _ in range(2):
        publish(workshop)

    failed = workshop.publication(row.render_id)
    assert failed.state is S.FAILED
    assert "40002" in (failed.error or "")


def test_a_file_tiktok_cannot_fetch_is_a_failure_with_a_remedy(workshop):
    """No desk serves it, so the pull fails; nothing is posted and the row says what to check."""
    _, row = due_video(workshop)
    for _ in range(3):
        publish(workshop)

    failed = workshop.publication(row.render_id)
    assert failed.state is S.FAILED
    assert "reachable" in (failed.error or "")


def test_a_worker_that_died_with_a_claim_is_not_imitated(workshop):
    """Only the dead worker knew whether its request had left: unconfirmed, not sent."""
    _, row = due_video(workshop)
    since = workshop.now.timestamp()
    with workshop.ledger.write() as connection:
        publications.claim(connection, row.publication_id, claim_token="dead", now=workshop.now)
    publish(workshop)
    assert workshop.publication(row.render_id).state is S.CLAIMED

    workshop.sandbox.advance(11 * 60)
    publish(workshop)
    assert workshop.publication(row.render_id).state is S.UNCONFIRMED
    assert workshop.publish_requests(row.caption, since) == 0


def test_a_comment_deleted_just_before_cancels_the_post(workshop):
    """Asked right before the request, because it can vanish after planning."""
    report, row = due_video(workshop)
    since = workshop.now.timestamp()
    workshop.delete_comment(report)
    publish(workshop)

    assert workshop.publication(row.render_id).state is S.CANCELLED
    assert workshop.publish_requests(row.caption, since) == 0


def test_a_consent_taken_back_just_before_is_not_sent(workshop):
    """Even when the queue was not planned again in between."""
    report, row = due_video(workshop)
    since = workshop.now.timestamp()
    workshop.take_back(report)
    workshop.run(published_posts)

    assert "consent" in workshop.failures()["posts", row.publication_id]
    assert workshop.publish_requests(row.caption, since) == 0


@pytest.mark.parametrize(
    "said", ["I changed my mind, please don't use my dream", "please delete the video"]
)
def test_a_withdrawal_nobody_has_read_yet_cancels_the_post(workshop, said):
    """The thread is read right before the request: no production run ran in between."""
    report, row = due_video(workshop)
    since = workshop.now.timestamp()
    workshop.say(report, said)
    workshop.run(published_posts)

    assert workshop.consent(report) is ConsentState.WITHDRAWN
    assert workshop.publication(row.render_id).state is S.CANCELLED
    assert "took the dream back" in workshop.failures()["posts", row.publication_id]
    assert workshop.publish_requests(row.caption, since) == 0


def test_second_thoughts_hold_the_post_back_until_a_person_has_read_them(workshop):
    """A doubt is no withdrawal, and no permission either."""
    report, row = due_video(workshop)
    since = workshop.now.timestamp()
    workshop.say(report, "hmm maybe not")
    workshop.run(published_posts)

    assert "until a person has read it" in workshop.failures()["posts", row.publication_id]
    assert workshop.publication(row.render_id).state is S.PLANNED
    assert workshop.publish_requests(row.caption, since) == 0


def test_a_thread_that_cannot_be_read_holds_the_post_back(workshop):
    """A hidden comment or a silent TikTok is no withdrawal, and no permission either."""
    report, row = due_video(workshop)
    since = workshop.now.timestamp()
    workshop.hide_comment(report)
    workshop.run(published_posts)
    assert "hidden" in workshop.failures()["posts", row.publication_id]
    assert workshop.publication(row.render_id).state is S.PLANNED

    workshop.hide_comment(report, hidden=False)
    workshop.arm("http_500", "business/comment/reply/list/", times=4)
    workshop.run(published_posts)
    assert workshop.publication(row.render_id).state is S.PLANNED
    assert workshop.consent(report) is ConsentState.GRANTED
    assert workshop.publish_requests(row.caption, since) == 0


def test_an_unreachable_tiktok_leaves_the_post_planned(workshop):
    """Its settings could not be asked for, so nothing was claimed."""
    _, row = due_video(workshop)
    workshop.arm("http_500", "business/video/settings/", times=4)
    publish(workshop)

    assert workshop.publication(row.render_id).state is S.PLANNED


def test_one_troubled_post_does_not_hold_up_the_next(open_workshop):
    """The batch goes on behind a refused video."""
    workshop = open_workshop
    rows = [workshop.queued_video(), workshop.queued_video()]
    slots = sorted(row.slot_at for _, row in rows)
    grace = {"settings": workshop.parts["settings"].model_copy(update={"missed_slot_hours": 99.0})}
    workshop.pass_time_until(slots[-1])
    workshop.arm("code:40002", PUBLISH)
    workshop.run(published_posts, **grace)

    states = sorted(workshop.publication(row.render_id).state for _, row in rows)
    assert states == [S.FAILED, S.INITIATED]


# The kill switch


def pause(workshop: Workshop) -> None:
    with workshop.ledger.write() as connection:
        switches.pause_posting(
            connection, reason="the sound is wrong", by="operator:mia", now=workshop.now
        )


def test_a_paused_pipeline_sends_nothing_and_records_no_failures(workshop):
    """A pause is a decision, not trouble with each of the videos; what is resumed goes out."""
    _, row = due_video(workshop)
    since = workshop.now.timestamp()
    pause(workshop)
    result = workshop.run(published_posts)

    (event,) = result.asset_materializations_for_node("published_posts")
    assert "by operator:mia: the sound is wrong" in event.metadata["paused"].value
    assert workshop.publication(row.render_id).state is S.PLANNED
    assert workshop.failures() == {}
    assert workshop.publish_requests(row.caption, since) == 0

    with workshop.ledger.write() as connection:
        switches.resume_posting(connection, by="operator:mia", now=workshop.now)
    workshop.run(published_posts)
    assert workshop.publish_requests(row.caption, since) == 1


def test_a_pause_between_the_checks_and_the_claim_stops_the_post(workshop):
    """Checked under lock at the last moment, whatever the checks before have read."""
    _, row = due_video(workshop)
    since = workshop.now.timestamp()
    runner = PublicationRunner(
        tiktok=workshop.tiktok, **{name: workshop.parts[name] for name in PARTS}
    )
    checked = runner._orders.checked

    def check_then_pause(*arguments):
        order = checked(*arguments)
        pause(workshop)
        return order

    runner._orders.checked = check_then_pause
    with pytest.raises(PausedError):
        runner.publish(row)
    assert workshop.publication(row.render_id).state is S.PLANNED
    assert workshop.publish_requests(row.caption, since) == 0


def test_a_slot_chosen_by_hand_may_be_the_third_of_a_day(open_workshop):
    """Two a day is our own wish; the person who put it there was told."""
    workshop = open_workshop
    _, row = workshop.queued_video()
    pin(workshop, row, workshop.now + timedelta(hours=1))
    for _ in range(2):
        _, other = workshop.queued_video()
        with workshop.ledger.write() as connection:
            publications.claim(
                connection, other.publication_id, claim_token=other.publication_id, now=workshop.now
            )
            claimed = publications.get(connection, other.publication_id)
            publications.move(connection, claimed, S.INITIATED, now=workshop.now, publish_id="v~1")
    workshop.pass_time_until(workshop.publication(row.render_id).slot_at)
    workshop.run(published_posts)

    assert workshop.publication(row.render_id).state is S.INITIATED


# The gate


@pytest.mark.parametrize("kind", [None, "timeout_after"])
def test_the_gate_passes_when_a_person_approved_what_was_sent(open_workshop, kind):
    """It counts what went out, also what went out without an answer."""
    workshop = open_workshop
    due_video(workshop)
    if kind:
        workshop.arm(kind, PUBLISH)
    (check,) = publish(workshop).get_asset_check_evaluations()

    assert check.passed
    assert check.metadata["sent"].value == 1


@pytest.mark.expects_error_log
@pytest.mark.parametrize("kind", [None, "timeout_after"])
def test_the_gate_fails_on_a_post_that_nobody_approved(open_workshop, kind):
    """A planted row without its approval fails the run, answered or not."""
    workshop = open_workshop
    _, row = due_video(workshop)
    if kind:
        workshop.arm(kind, PUBLISH)
    publish(workshop)
    with workshop.ledger.write() as connection:
        connection.execute(sa.delete(review_events))
    result = publish(workshop, is_expected_to_fail=True)

    (check,) = result.get_asset_check_evaluations()
    assert not check.passed
    assert check.metadata["unapproved"].value == row.publication_id
