from datetime import timedelta

import pytest
import sqlalchemy as sa

from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.videos import stand_in
from dreambox_pipeline.storage.journeys import Journey, Step, StepKind, find_journey
from dreambox_pipeline.storage.lake import COMMENTS, ENGAGEMENT_SNAPSHOTS, Lake
from dreambox_pipeline.storage.ledger import Ledger, consents, dreams, failures
from dreambox_pipeline.storage.tables import generation_jobs, prompts, provenance, series
from dreambox_pipeline_tests.storage import story
from dreambox_pipeline_tests.storage.story import NOON, comment, snapshot

K = StepKind
WHOLE_WAY = [
    K.COMMENT,
    K.DREAM,
    K.RANKING,
    K.QUESTION,
    K.ANSWER,
    K.PROMPT,
    K.JOB,
    K.VIDEO,
    K.FINDING,
    K.FINDING,
    K.REVIEW,
    K.SLOT,
    K.PUBLICATION,
    K.ENGAGEMENT,
]


def find(ledger: Ledger, any_id: str, lake: Lake | None = None) -> Journey:
    with ledger.read() as connection:
        journey = find_journey(connection, any_id, lake=lake)
    assert journey is not None
    return journey


def step(journey: Journey, kind: StepKind) -> Step:
    (found,) = (step for step in journey.steps if step.kind is kind)
    return found


def test_any_id_on_the_way_finds_the_whole_way(ledger: Ledger, lake: Lake):
    """From the comment to the views, and nobody else's steps."""
    story.tell(ledger, lake, 1)
    story.tell(ledger, lake, 2)
    ids = story.ids(1)
    wanted = find(ledger, ids.comment_id, lake)
    assert [step.kind for step in wanted.steps] == WHOLE_WAY
    assert (wanted.comment_id, wanted.dream_id) == (ids.comment_id, ids.dream_id)
    for name in story.Ids.__dataclass_fields__:
        assert find(ledger, getattr(ids, name), lake) == wanted, name


def test_steps_say_what_happened_and_when(ledger: Ledger, lake: Lake):
    """Each from its own row, with what a person asks first in its headline."""
    ids = story.tell(ledger, lake)
    journey = find(ledger, ids.post_id, lake)
    assert [step.at for step in journey.steps] == sorted(step.at for step in journey.steps)
    assert step(journey, K.QUESTION).details["question_text"] == "May we make a video of it?"
    assert step(journey, K.QUESTION).id == "771"
    assert step(journey, K.ANSWER).id == "781"
    assert step(journey, K.ANSWER).headline == "Consent was granted."
    assert step(journey, K.RANKING).headline == "Ranked 1 with a score of 0.80. Much to see."
    assert step(journey, K.JOB).details["cost_microusd"] == 250_000
    assert step(journey, K.REVIEW).headline == "mia said approve: lovely"
    assert step(journey, K.SLOT).headline == "Queued for Mon 2 Nov 21:00: evenings do well"
    assert step(journey, K.PUBLICATION).headline.endswith(f"published as post {ids.post_id}.")
    assert step(journey, K.PUBLICATION).details["publish_id"] == "v_pub~1"
    assert step(journey, K.ENGAGEMENT).headline == "Seen 250 times."
    assert step(journey, K.ENGAGEMENT).at == NOON + timedelta(hours=8, days=2)
    failed = [s for s in journey.steps if s.kind is K.FINDING and not s.details["passed"]]
    assert [s.headline for s in failed] == ["The check darkness failed: dark for 0.9 of its time"]


def test_unknown_views_are_not_called_zero(ledger: Ledger, lake: Lake):
    """The newest reading is shown as it is."""
    ids = story.tell(ledger, lake)
    later = NOON + timedelta(days=5)
    lake.upsert(ENGAGEMENT_SNAPSHOTS, later.date(), [snapshot(ids.post_id, later)])
    newest = step(find(ledger, ids.post_id, lake), K.ENGAGEMENT)
    assert newest.headline == "Its views are not known yet."
    assert newest.details["views"] is None


def test_without_the_lake_only_the_views_are_missing(ledger: Ledger, lake: Lake):
    """The ledger alone knows the rest."""
    ids = story.tell(ledger, lake)
    assert [step.kind for step in find(ledger, ids.dream_id).steps] == WHOLE_WAY[:-1]


@pytest.mark.parametrize("any_id", ["", "drm_none", "7400000000000009999", "' OR 1=1 --"])
def test_an_unknown_id_finds_nothing(ledger: Ledger, lake: Lake, any_id: str):
    """With rows around and without, and whatever was typed."""
    story.tell(ledger, lake)
    with ledger.read() as connection:
        assert find_journey(connection, any_id) is None
        assert find_journey(connection, any_id, lake=lake) is None


def test_a_comment_without_a_dream_is_found_in_the_lake(ledger: Ledger, lake: Lake):
    """So the operator learns that it came in; its words are not repeated."""
    lake.upsert(COMMENTS, NOON.date(), [comment(7, text="my dream job")])
    journey = find(ledger, comment(7)["comment_id"], lake)
    assert journey.dream_id is None
    (only,) = journey.steps
    assert only.details["characters"] == len("my dream job")
    assert "dream job" not in str(journey)


def test_an_early_dream_has_a_short_way(ledger: Ledger):
    """Only what happened is told."""
    with ledger.write() as connection:
        dreams.save_reports(connection, [story.report(1)], now=NOON + timedelta(hours=1))
    journey = find(ledger, story.ids(1).dream_id)
    assert [step.kind for step in journey.steps] == [K.COMMENT, K.DREAM]


@pytest.mark.parametrize("state", [ConsentState.DECLINED, ConsentState.GRANTED])
def test_an_answer_is_told_as_it_was_given(ledger: Ledger, state: ConsentState):
    """Yes or no, with the comment that says so."""
    dream_id = story.ask(ledger, 1).dream_id
    with ledger.write() as connection:
        consents.record_answer(
            connection, dream_id, state=state, now=NOON, answer_comment_id="79", answer_hash="a"
        )
    answer = step(find(ledger, dream_id), K.ANSWER)
    assert answer.headline == f"Consent was {state}."
    assert answer.id == "79"


def test_a_withdrawal_comes_after_the_yes(ledger: Ledger):
    """Both happened; the handle is gone."""
    dream_id = story.make(ledger, 1).dream_id
    later = NOON + timedelta(days=1)
    with ledger.write() as connection:
        consents.record_answer(connection, dream_id, state=ConsentState.WITHDRAWN, now=later)
    journey = find(ledger, dream_id)
    assert step(journey, K.ANSWER).details["state"] == "granted"
    assert step(journey, K.ANSWER).details["credit"] is None
    assert step(journey, K.WITHDRAWAL).at == later


def test_silence_is_an_answer_too(ledger: Ledger):
    """An expired question ends the way."""
    dream_id = story.ask(ledger, 1).dream_id
    later = NOON + timedelta(days=14)
    with ledger.write() as connection:
        consents.record_answer(connection, dream_id, state=ConsentState.EXPIRED, now=later)
    answer = step(find(ledger, dream_id), K.ANSWER)
    assert answer.headline == "Nobody answered; the question expired."
    assert answer.at == later


def test_a_later_id_shows_its_own_branch_only(ledger: Ledger, lake: Lake):
    """A dream made twice has two ways; its own id shows both."""
    ids = story.tell(ledger, lake)
    with ledger.write() as connection:
        prompt = dict(connection.execute(sa.select(prompts)).mappings().one())
        job = dict(connection.execute(sa.select(generation_jobs)).mappings().one())
        connection.execute(sa.insert(prompts).values(prompt | {"prompt_id": "prm_2"}))
        again = {"prompt_id": "prm_2", "job_id": "job_2", "state": "failed", "error": "refused"}
        connection.execute(sa.insert(generation_jobs).values(job | again))

    def ways(any_id: str) -> list[str]:
        steps = find(ledger, any_id, lake).steps
        return [s.id for s in steps if s.kind in {K.PROMPT, K.JOB, K.VIDEO}]

    assert sorted(ways(ids.dream_id)) == sorted(
        [ids.prompt_id, "prm_2", ids.job_id, "job_2", ids.render_id]
    )
    assert ways("prm_2") == ways("job_2") == ["prm_2", "job_2"]
    assert ways(ids.post_id) == [ids.prompt_id, ids.job_id, ids.render_id]


def test_failures_of_any_of_its_items_are_part_of_the_way(ledger: Ledger):
    """What went wrong, and how often."""
    ids = story.make(ledger, 1)
    with ledger.write() as connection:
        for _ in range(2):
            error = ValueError("the disk was full")
            failures.record(connection, stage="videos", item_id=ids.job_id, error=error, now=NOON)
        other = ValueError("not ours")
        failures.record(connection, stage="videos", item_id="job_other", error=other, now=NOON)
    failure = step(find(ledger, ids.dream_id), K.FAILURE)
    assert failure.headline == "videos failed, 2 in all: the disk was full"


def test_a_prompt_says_who_worded_it_and_for_which_series(ledger: Ledger):
    """So that a person can tell a language model's work from our own."""
    ids = story.make(ledger, 1)
    with ledger.write() as connection:
        connection.execute(
            sa.insert(series).values(
                series_id="ser_1", name="November", style_id="ink", started_at=NOON
            )
        )
        connection.execute(sa.update(prompts).values(writer="gpt-6-luna", series_id="ser_1"))
    told = step(find(ledger, ids.dream_id), K.PROMPT)
    assert "composed by gpt-6-luna for the series “November”" in told.headline
    assert (told.details["writer"], told.details["series"]) == ("gpt-6-luna", "November")


def test_a_clip_says_what_it_cost_and_why_it_was_softened(ledger: Ledger):
    """The provider's words, and the money that is settled."""
    ids = story.make(ledger, 1)
    with ledger.write() as connection:
        connection.execute(
            sa.update(generation_jobs).values(
                generator="synthetic", is_softened=True, refusal="Blood is not shown."
            )
        )
    headline = step(find(ledger, ids.dream_id), K.JOB).headline
    assert stand_in.SENTENCE in headline
    assert "It was refused (Blood is not shown.) and asked for again in softer words." in headline
    assert headline.endswith("Cost: $0.25.")


def test_a_model_s_clip_is_not_called_a_stand_in(ledger: Ledger):
    """Nor one that was never sent a price."""
    ids = story.make(ledger, 1)
    with ledger.write() as connection:
        connection.execute(
            sa.update(generation_jobs).values(
                generator="omni", state="refused", attempts=0, passed_on_to="synthetic"
            )
        )
    headline = step(find(ledger, ids.dream_id), K.JOB).headline
    assert "stand-in" not in headline
    assert "Cost" not in headline
    assert "It was passed on to synthetic." in headline


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (None, "The file was signed with Content Credentials."),
        ("no key", "The file carries no Content Credentials: no key"),
    ],
)
def test_a_file_says_whether_it_is_signed(ledger: Ledger, reason: str | None, words: str):
    """And why not, so that somebody can put it right."""
    ids = story.make(ledger, 1)
    with ledger.write() as connection:
        connection.execute(
            sa.insert(provenance).values(
                render_id=ids.render_id,
                content_hash=story.video(1).content_hash,
                record={"prose": "words"},
                unsigned_reason=reason,
                recorded_at=NOON + timedelta(hours=5),
            )
        )
    recorded = step(find(ledger, ids.dream_id), K.PROVENANCE)
    assert recorded.headline == words
    assert "prose" not in str(recorded.details)


def test_a_video_names_the_checks_it_did_not_pass(ledger: Ledger):
    """In its own step, for who reads no further."""
    ids = story.make(ledger, 1)
    assert "worth a look: darkness." in step(find(ledger, ids.dream_id), K.VIDEO).headline
