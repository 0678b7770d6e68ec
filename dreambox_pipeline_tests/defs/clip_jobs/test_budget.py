"""The budget at work: nothing is sent over a cap, what waits for money is seen, and no crash loses a cent."""

import contextlib
import itertools
from datetime import timedelta

import pytest

from dreambox_pipeline.clock import time_zone
from dreambox_pipeline.defs.clips import clips_within_budget, generated_clips
from dreambox_pipeline.defs.prompts import video_prompts
from dreambox_pipeline.defs.work import production
from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.stages.videos.generation import JobProgress, RefusedError
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.stages.videos.waiting import WaitsFor
from dreambox_pipeline.storage.ledger import Ledger, jobs
from dreambox_pipeline_tests.defs.workshop import ReadyMadeGenerator, Workshop

S = JobState
PRICE = 250_000


class Killed(BaseException):
    """The process is gone; nothing of ours may catch it."""


def generate(workshop: Workshop, **kwargs):
    return workshop.run(generated_clips, **kwargs)


def facts_of(result) -> dict[str, object]:
    metadata = result.asset_materializations_for_node("generated_clips")[0].metadata
    return {name: value.value for name, value in metadata.items()}


def planned_jobs(workshop: Workshop, count: int) -> list[jobs.JobRow]:
    for _ in range(count):
        workshop.granted_dream()
    workshop.run(video_prompts)
    workshop.runner().plan(limit=20, ids=None)
    return workshop.open_jobs()


def test_a_clip_is_reserved_before_it_is_sent_and_settled_when_it_came(workshop):
    """At the moment of the request the money is held; afterwards it is spent."""
    job = workshop.clip_job()
    seen = []
    workshop.generator.after_submit = lambda: seen.extend(workshop.bookings())
    facts = facts_of(generate(workshop))
    assert seen == [("reserved", PRICE, None)]
    assert workshop.bookings() == [("settled", PRICE, PRICE)]
    assert workshop.job(job.job_id) == (S.ACCEPTED, PRICE, None)
    assert (facts["spent_today_usd"], facts["left_today_usd"]) == (0.25, 19.75)


def test_a_free_clip_is_known_to_have_cost_nothing(workshop):
    """The offline generator's videos cost 0, not an unknown amount."""
    workshop.generator.price_microusd = 0
    workshop.allow(per_video_usd=0.0, per_day_usd=0.0)
    job = workshop.clip_job()
    generate(workshop)
    assert workshop.job(job.job_id)[:2] == (S.ACCEPTED, 0)
    assert workshop.bookings() == [("settled", 0, 0)]


def test_a_dream_over_its_cap_is_not_sent_and_says_so_once(workshop):
    """One failure a person can read; then it waits, and no run is started for it."""
    workshop.allow(per_video_usd=0.2)
    job = workshop.clip_job()
    for _ in range(3):
        generate(workshop)
    assert workshop.generator.submitted == []
    assert workshop.bookings() == []
    message = workshop.failures()["clips", job.job_id]
    assert "$0.25" in message
    assert "$0.20" in message
    assert "DREAMBOX_BUDGET_PER_VIDEO_USD" in message
    (waiting,) = workshop.open_jobs()
    assert (waiting.state, waiting.waits_for) == (S.PLANNED, WaitsFor.VIDEO_CAP)
    assert waiting.polls == 1, "it was looked at once, not in every run"
    assert production(workshop.ledger, now=workshop.now, budget=workshop.budget).open_jobs == 0

    workshop.allow(per_video_usd=0.25)
    generate(workshop)
    assert workshop.job(job.job_id)[0] == S.ACCEPTED
    assert workshop.failures() == {}


def test_attempts_of_one_dream_share_its_cap(workshop, wide_clip):
    """A clip that was paid and thrown away counts against the next one of the same dream."""
    workshop.allow(per_video_usd=0.4)
    job = workshop.clip_job()
    good, workshop.generator.clip = workshop.generator.clip, wide_clip
    generate(workshop)
    assert workshop.job(job.job_id)[:2] == (S.FAILED, PRICE)
    workshop.generator.clip = good
    again = {"generated_clips": {"ids": [job.job_id]}}
    generate(workshop, config=again)
    assert "of the $0.40" in workshop.failures()["clips", job.job_id]
    assert len(workshop.generator.submitted) == 1

    workshop.allow(per_video_usd=0.5)
    generate(workshop, config=again)
    assert workshop.job(job.job_id)[:2] == (S.ACCEPTED, 2 * PRICE)


def test_the_daily_cap_stops_paid_clips_until_the_next_day(workshop):
    """No failure: a summary in the run, and the rest is made tomorrow by itself."""
    workshop.allow(per_day_usd=0.6)
    planned_jobs(workshop, 3)
    facts = facts_of(generate(workshop))
    assert (facts["dagster/row_count"], facts["failed"], facts["blocked_by_a_cap"]) == (2, 0, 1)
    assert "$0.50 of the $0.60" in str(facts["budget"])
    assert "DREAMBOX_BUDGET_PER_DAY_USD" in str(facts["budget"])
    (blocked,) = workshop.open_jobs()
    assert blocked.waits_for is WaitsFor.DAY_CAP
    assert workshop.failures() == {}
    assert production(workshop.ledger, now=workshop.now, budget=workshop.budget).open_jobs == 0

    generate(workshop)
    assert len(workshop.generator.submitted) == 2
    workshop.pass_time_until(blocked.poll_after)
    assert production(workshop.ledger, now=workshop.now, budget=workshop.budget).open_jobs == 1
    facts = facts_of(generate(workshop))
    assert (facts["dagster/row_count"], facts["blocked_by_a_cap"]) == (1, 0)


def test_the_day_is_the_accounts_own(workshop):
    """Midnight is where the account is, not in Greenwich."""
    workshop.parts["settings"] = workshop.settings.model_copy(update={"time_zone": "Asia/Tokyo"})
    workshop.parts["zone"] = time_zone("Asia/Tokyo")
    midnight = workshop.budget.next_day(workshop.now)
    assert midnight.hour == 15
    assert timedelta(0) < midnight - workshop.now <= timedelta(days=1)
    assert workshop.budget.day(midnight) > workshop.budget.day(midnight - timedelta(seconds=1))


def test_a_raised_cap_lets_todays_jobs_go_on(workshop):
    """The next run asks again, without a person naming anything."""
    workshop.allow(per_day_usd=0.1)
    job = workshop.clip_job()
    generate(workshop)
    workshop.allow(per_day_usd=1.0)
    generate(workshop)
    assert workshop.job(job.job_id)[0] == S.ACCEPTED


def test_free_generators_go_on_when_the_day_is_spent(workshop, clip):
    """The cap is about money: a free clip is made on the same day."""
    workshop.allow(per_day_usd=0.0)
    paid = workshop.clip_job()
    generate(workshop)
    free = ReadyMadeGenerator(clip, "free")
    free.price_microusd = 0
    workshop.use(free, workshop.generator)
    workshop.granted_dream()
    workshop.run(video_prompts, generated_clips)
    assert len(free.submitted) == 1
    assert workshop.generator.submitted == []
    assert workshop.job(paid.job_id)[0] == S.PLANNED, "a cap is no reason to use another generator"


def test_a_price_that_rose_since_the_plan_is_checked_again(workshop):
    """What is reserved is today's price, and the caps are asked about that one."""
    job = workshop.clip_job()
    workshop.generator.price_microusd = 1_900_000
    workshop.runner().finish(job)
    assert workshop.bookings() == [("settled", 1_900_000, 1_900_000)]
    assert "was planned for $0.25 and costs $1.90 now" in workshop.told[0]

    other = workshop.clip_job()
    workshop.generator.price_microusd = 2_100_000
    with pytest.raises(ItemError, match=r"costs \$2.10"):
        workshop.runner().finish(other)
    assert len(workshop.generator.submitted) == 1


def test_a_provider_that_charges_more_than_was_reserved_is_booked_as_it_is_and_flagged(workshop):
    """The books say what was paid; the run, the log and the check say that it was too much."""
    workshop.allow(per_day_usd=0.5)
    workshop.clip_job()
    workshop.generator.progress = JobProgress(S.RUNNING, is_ready=True, cost_microusd=700_000)
    result = workshop.run(generated_clips, clips_within_budget)
    assert workshop.bookings() == [("settled", PRICE, 700_000)]
    assert facts_of(result)["cost_more_than_reserved"] == 1
    assert facts_of(result)["left_today_usd"] == 0.0
    (check,) = result.get_asset_check_evaluations()
    assert not check.passed
    assert check.severity.value == "ERROR"


@pytest.mark.parametrize(("cap_usd", "is_fine"), [(0.32, True), (0.31, False)])
def test_the_check_warns_before_the_cap_is_reached(workshop, cap_usd, is_fine):
    """From four fifths of it, while there is time to raise it."""
    workshop.allow(per_day_usd=cap_usd)
    workshop.clip_job()
    (check,) = workshop.run(generated_clips, clips_within_budget).get_asset_check_evaluations()
    assert check.passed is is_fine
    assert check.severity.value == "WARN"


def test_a_refusal_at_the_door_costs_nothing_and_one_later_counts_in_full(workshop):
    """Some providers charge for what they refuse after they looked at the frames."""
    job = workshop.clip_job()

    def refuse() -> None:
        workshop.generator.after_submit = lambda: None
        raise RefusedError("The prompt breaks rule 7.")

    workshop.generator.after_submit = refuse
    workshop.generator.progress = JobProgress(S.REFUSED, detail="rule 8")
    generate(workshop)
    assert workshop.bookings() == [("released", PRICE, None), ("settled", PRICE, None)]
    assert workshop.job(job.job_id)[:2] == (S.REFUSED, None)


SEAMS = range(1, 13)


@pytest.mark.parametrize("seam", SEAMS)
def test_killed_anywhere_a_job_is_sent_at_most_once_and_its_money_is_neither_lost_nor_doubled(
    workshop, seam, monkeypatch
):
    """Ended at each commit and each call to the provider in turn, then run again until nothing is due."""
    job = workshop.clip_job()
    counter = itertools.count(1)
    generator = workshop.generator

    def maybe_die() -> None:
        if next(counter) == seam:
            raise Killed

    def dying(call):
        def called(*args, **kwargs):
            maybe_die()  # before the provider heard of it
            answer = call(*args, **kwargs)
            maybe_die()  # it heard, and we never did
            return answer

        return called

    original = Ledger.write

    def write(ledger: Ledger):
        maybe_die()
        return original(ledger)

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "write", write)
        for name in ("submit", "poll", "download"):
            patch.setattr(generator, name, dying(getattr(generator, name)))
        with contextlib.suppress(Killed):
            workshop.runner().finish(job)
    for _ in range(3):
        generate(workshop)
    state, cost, _ = workshop.job(job.job_id)
    booked = workshop.bookings()
    assert len(generator.submitted) <= 1
    if state == S.LOST:
        # Killed between the row and the request: nobody can know, so a person decides.
        assert booked == [("reserved", PRICE, None)]
        assert generator.submitted == []
    else:
        assert (state, cost, booked) == (S.ACCEPTED, PRICE, [("settled", PRICE, PRICE)])


def test_a_lost_job_planned_again_by_a_person_counts_twice(workshop):
    """Nobody knows whether the first one was paid, so the caps assume it was."""
    job = workshop.clip_job()

    def interrupt() -> None:
        workshop.generator.submitted.clear()
        raise TransientError("no answer came")

    workshop.generator.after_submit = interrupt
    with pytest.raises(TransientError):
        workshop.runner().finish(job)
    generate(workshop)
    assert workshop.bookings() == [("reserved", PRICE, None)]
    workshop.generator.after_submit = lambda: None
    generate(workshop, config={"generated_clips": {"ids": [job.job_id]}})
    assert workshop.bookings() == [("settled", PRICE, None), ("settled", PRICE, PRICE)]
    assert workshop.job(job.job_id)[:2] == (S.ACCEPTED, None)
    with workshop.ledger.read() as connection:
        assert workshop.budget.today(connection, now=workshop.now).counted_microusd == 2 * PRICE
