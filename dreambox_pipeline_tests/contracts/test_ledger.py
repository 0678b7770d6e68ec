"""The ledger's promises, module by module, on every database it may live in."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from dreambox_pipeline.errors import ItemError, StopError
from dreambox_pipeline.safety.audit import verify
from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.stages.dreams.model import ConsentState, RankedDream
from dreambox_pipeline.stages.learning.model import PostReward
from dreambox_pipeline.stages.posts.model import PublicationState, Slot, TimingPolicy
from dreambox_pipeline.stages.prompts.model import StylePolicy
from dreambox_pipeline.stages.review.model import Decision, ReviewEvent
from dreambox_pipeline.stages.videos.model import Finding, JobState, Severity
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.lake import Lake
from dreambox_pipeline.storage.ledger import (
    Ledger,
    accounts,
    audit,
    consents,
    dreams,
    failures,
    imports,
    jobs,
    outbox,
    policies,
    prompts,
    publications,
    reviews,
    rewards,
    source_videos,
    videos,
)
from dreambox_pipeline.storage.ledger.prompts import PromptRow
from dreambox_pipeline.storage.tables import audit_log, metadata, post_rewards
from dreambox_pipeline.storage.tables import consents as consents_table
from dreambox_pipeline_tests.storage import story
from dreambox_pipeline_tests.storage.story import NOON

HOUR = timedelta(hours=1)


def counts(ledger: Ledger) -> dict[str, int]:
    with ledger.read() as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }


def test_an_account_keeps_its_tokens_unreadable(ledger: Ledger):
    """What is stored is not the token, and only the same key reads it back."""
    keyring = Keyring(Fernet.generate_key().decode())
    account = accounts.Connected(
        "main", "biz", "act.secret", "rft.secret", NOON + HOUR, NOON + 2 * HOUR, ("comment.list",)
    )
    with ledger.write() as connection:
        assert accounts.connected(connection, keyring) is None
        accounts.store(connection, account, keyring, now=NOON)
        accounts.store(connection, replace(account, access_token="act.new"), keyring, now=NOON)
    with ledger.write() as connection:
        found = accounts.connected(connection, keyring)
        stored = str(connection.execute(sa.select(metadata.tables["connections"])).mappings().one())
        with pytest.raises(StopError, match="cannot be read with this secret key"):
            accounts.connected(connection, Keyring(Fernet.generate_key().decode()))
    assert found == replace(account, access_token="act.new")
    assert "secret" not in stored
    assert "act.new" not in stored
    assert "secret" not in repr(found)


def test_an_empty_token_never_replaces_a_stored_one(ledger: Ledger):
    """It would lock the account out."""
    keyring = Keyring(Fernet.generate_key().decode())
    account = accounts.Connected("main", "biz", "act", "", NOON, NOON, ())
    with ledger.write() as connection, pytest.raises(ValueError, match="empty token"):
        accounts.store(connection, account, keyring, now=NOON)


def test_source_videos_come_back_newest_first(ledger: Ledger):
    """A second reading refreshes the count; a count TikTok did not tell stays unknown."""
    older = replace(
        story.SOURCE_VIDEO,
        source_video_id="73",
        created_at=NOON - 99 * HOUR,
        comments=7,
        asks_for_dreams=False,
    )
    with ledger.write() as connection:
        assert source_videos.save(connection, [older, story.SOURCE_VIDEO], now=NOON) == 2
        source_videos.save(connection, [replace(older, comments=9)], now=NOON)
    with ledger.read() as connection:
        assert source_videos.everything(connection) == [
            story.SOURCE_VIDEO,
            replace(older, comments=9),
        ]
        assert source_videos.asking_for_dreams(connection) == {story.SOURCE_VIDEO.source_video_id}


def test_a_dream_read_again_keeps_its_id_and_gets_the_newer_understanding(ledger: Ledger):
    """The first reading counts as new, the second does not, and its facts win."""
    first, better = story.report(1), story.report(1, engine="embedded-2", probability=0.95)
    with ledger.write() as connection:
        assert dreams.save_reports(connection, [first, story.report(2)], now=NOON) == 2
        assert dreams.save_reports(connection, [better], now=NOON + HOUR) == 0
        assert dreams.save_reports(connection, [], now=NOON) == 0
    with ledger.read() as connection:
        assert dreams.report(connection, first.dream_id) == better
        assert dreams.report(connection, "drm_none") is None


def test_more_dreams_than_a_statement_has_variables(ledger: Ledger):
    """A viral video brings thousands of dreams in one batch."""
    many = [story.report(number) for number in range(600)]
    with ledger.write() as connection:
        assert dreams.save_reports(connection, many, now=NOON) == 600
        assert dreams.save_reports(connection, many, now=NOON) == 0


def test_only_dreams_that_may_become_a_video_are_ranked(ledger: Ledger):
    """Blocked, refused and already made dreams are out; asked ones are still in."""
    blocked = story.report(3, screening=Screening(ScreeningAction.BLOCK, ("minor",)))
    story.make(ledger, 1)
    story.ask(ledger, 2)
    story.ask(ledger, 4)
    with ledger.write() as connection:
        dreams.save_reports(connection, [blocked], now=NOON)
        consents.record_answer(
            connection, story.ids(4).dream_id, state=ConsentState.DECLINED, now=NOON
        )
        assert dreams.rankable(connection) == [story.report(2)]
        assert dreams.made_per_author(connection) == {"aut_1": 1}
        assert dreams.recent_facts(connection) == [story.report(1).facts]


def test_a_made_dream_keeps_its_score_for_the_queue(ledger: Ledger):
    """The next ranking is about the others; the queue still orders by what the dream scored."""
    story.make(ledger, 1)
    with ledger.write() as connection:
        dreams.save_reports(connection, [story.report(2)], now=NOON)
        place = RankedDream(story.ids(2).dream_id, 1, 0.5, {"visual": 0.5}, "Fine.")
        for _ in range(2):
            dreams.save_ranking(connection, [place], policy_version=1, now=NOON)
    with ledger.read() as connection:
        assert dreams.ranking(connection) == [place]
        assert dreams.ranking(connection, limit=0) == []
        (item,) = publications.items(connection, {story.ids(1).render_id: NOON})
    assert item.score == 0.8
    assert item.motifs == ("whale",)


def test_an_empty_ranking_clears_the_old_one(ledger: Ledger):
    """Nothing to rank is a result too."""
    story.ask(ledger, 1)
    with ledger.write() as connection:
        dreams.save_ranking(connection, [], policy_version=1, now=NOON)
        assert dreams.ranking(connection) == []


def test_consent_goes_from_question_to_answer_to_withdrawal(ledger: Ledger):
    """The handle is known while the dreamer agrees, and forgotten with the withdrawal."""
    dream_id = story.ask(ledger, 1).dream_id
    with ledger.write() as connection:
        (question,) = consents.open_questions(connection, now=NOON)
        assert question.dream_id == dream_id
        assert question.state is ConsentState.ASKED
        assert question.asked_at == NOON + 2 * HOUR
        assert not consents.is_granted(connection, dream_id)
        consents.record_answer(
            connection,
            dream_id,
            state=ConsentState.GRANTED,
            now=NOON,
            answer_comment_id="78",
            answer_hash="a" * 64,
            credit="@anna",
        )
        assert consents.is_granted(connection, dream_id)
        assert consents.credit_of(connection, dream_id) == "@anna"
        assert [row.state for row in consents.open_questions(connection, now=NOON)] == [
            ConsentState.GRANTED
        ]
        consents.record_answer(connection, dream_id, state=ConsentState.WITHDRAWN, now=NOON)
        assert consents.credit_of(connection, dream_id) is None
        assert consents.states(connection) == {dream_id: ConsentState.WITHDRAWN}
        assert consents.open_questions(connection, now=NOON) == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ([], ConsentState.WITHDRAWN),
        ([ConsentState.DECLINED], ConsentState.GRANTED),
        ([ConsentState.EXPIRED], ConsentState.GRANTED),
        ([ConsentState.GRANTED], ConsentState.GRANTED),
        ([ConsentState.GRANTED, ConsentState.WITHDRAWN], ConsentState.GRANTED),
    ],
)
def test_a_consent_moves_along_its_machine_only(ledger: Ledger, path, wrong):
    """Whoever calls: a no stays a no, and nothing is written."""
    dream_id = story.ask(ledger, 1).dream_id
    with ledger.write() as connection:
        for state in path:
            consents.record_answer(connection, dream_id, state=state, now=NOON)
        before = connection.execute(sa.select(consents_table)).all()
        with pytest.raises(ItemError, match="cannot go"):
            consents.record_answer(
                connection, dream_id, state=wrong, now=NOON + HOUR, answer_comment_id="79"
            )
        assert connection.execute(sa.select(consents_table)).all() == before


def test_a_dream_nobody_was_asked_about_cannot_be_answered(ledger: Ledger):
    """There is no row to write to, and silence would look like success."""
    with ledger.write() as connection, pytest.raises(ItemError, match="cannot go"):
        consents.record_answer(connection, "drm_none", state=ConsentState.GRANTED, now=NOON)


def test_a_request_in_the_outbox_goes_out_at_most_once(ledger: Ledger):
    """Pending, unknown and refused for now stay visible; sent and refused for good do not."""
    with ledger.write() as connection:
        for key in ("a", "b", "c", "d"):
            assert outbox.enqueue(connection, key, kind="reply", payload={"text": "ñ"}, now=NOON)
        assert not outbox.enqueue(connection, "a", kind="reply", payload={"other": 1}, now=NOON)
        for row in outbox.unsent(connection, "reply")[1:]:
            assert outbox.claim(connection, row, now=NOON)
            assert not outbox.claim(connection, row, now=NOON), "another worker read it before"
        assert outbox.mark_sent(connection, "b", result="77", now=NOON)
        assert not outbox.mark_sent(connection, "b", result="78", now=NOON)
        outbox.mark_failed(connection, "c", error="comments are closed", now=NOON)
        assert [(row.key, row.state) for row in outbox.unsent(connection, "reply")] == [
            ("a", "pending"),
            ("d", "unknown"),
        ]
        outbox.mark_not_sent(connection, "d", error="rate limit", now=NOON)
        (first, last) = outbox.unsent(connection, "reply")
        assert last.updated_at == NOON
        assert first.payload == {"text": "ñ"}
        assert (last.state, last.attempts) == ("pending", 1)
        assert outbox.unsent(connection, "other") == []


def test_a_prompt_is_stored_once_and_waits_for_its_job(ledger: Ledger):
    """The same dream, style and template never make a second one."""
    ids = story.ask(ledger, 1)
    row = PromptRow(ids.prompt_id, ids.dream_id, "ink", story.video_prompt())

    def save() -> bool:
        return prompts.save(
            connection,
            row,
            template_version="1",
            policy_version=0,
            prose="A whale.",
            screening=Screening(ScreeningAction.PASS),
            now=NOON,
        )

    with ledger.write() as connection:
        assert prompts.dreams_without_prompt(connection) == []
        consents.record_answer(connection, ids.dream_id, state=ConsentState.GRANTED, now=NOON)
        assert prompts.dreams_without_prompt(connection) == [ids.dream_id]
        assert prompts.dreams_without_prompt(connection, ids=["drm_other"]) == []
        assert save()
        assert not save()
        assert prompts.dreams_without_prompt(connection) == []
        assert prompts.get(connection, ids.prompt_id) == row
        assert prompts.get(connection, "prm_none") is None
        assert prompts.without_job(connection, ids=[ids.dream_id]) == [row]
        consents.record_answer(connection, ids.dream_id, state=ConsentState.WITHDRAWN, now=NOON)
        assert prompts.without_job(connection) == []


def test_a_blocked_prompt_gets_no_job(ledger: Ledger):
    """Screening of the prompt is a gate, not a note."""
    ids = story.ask(ledger, 1)
    with ledger.write() as connection:
        consents.record_answer(connection, ids.dream_id, state=ConsentState.GRANTED, now=NOON)
        prompts.save(
            connection,
            PromptRow(ids.prompt_id, ids.dream_id, "ink", story.video_prompt()),
            template_version="1",
            policy_version=0,
            prose="A whale.",
            screening=Screening(ScreeningAction.BLOCK, ("weapon",)),
            now=NOON,
        )
        assert prompts.without_job(connection) == []


def test_a_job_follows_its_machine_and_remembers_what_it_learned(ledger: Ledger):
    """Known facts are kept when a later step does not repeat them, and planning twice is once."""
    ids = story.make(ledger, 1)
    with ledger.write() as connection:
        assert jobs.open_jobs(connection) == []
        assert not story.plan_job(connection, ids, now=NOON)
        row = connection.execute(sa.select(metadata.tables["generation_jobs"])).mappings().one()
    assert row["state"] == "accepted"
    assert row["provider_job_id"] == "p1"
    assert row["cost_microusd"] == 250_000
    assert row["attempts"] == 1


def test_a_job_somebody_else_moved_is_not_moved_again(ledger: Ledger):
    """Two workers that hold the same row: the slower one learns that it is too late."""
    ids = story.make(ledger, 1)
    with ledger.write() as connection:
        connection.execute(sa.delete(metadata.tables["findings"]))
        connection.execute(sa.delete(metadata.tables["videos"]))
        (job,) = jobs.accepted_without_video(connection, ids=[ids.prompt_id])
        assert job.job_id == ids.job_id
        stale = replace(job, state=JobState.DOWNLOADED)
        with pytest.raises(ItemError, match="no longer downloaded"):
            jobs.move(connection, stale, JobState.FAILED, now=NOON)
        with pytest.raises(ValueError, match="cannot go"):
            jobs.move(connection, job, JobState.PLANNED, now=NOON)
        assert [row.state for row in jobs.accepted_without_video(connection)] == [JobState.ACCEPTED]


def test_a_video_comes_back_with_its_findings(ledger: Ledger):
    """Saving again adds nothing and takes the newer findings."""
    story.make(ledger, 1)
    row = story.video(1)
    better = Finding("darkness", True, Severity.WARN, None, "light enough")
    with ledger.write() as connection:
        assert not videos.save(connection, row, [better])
        assert videos.get(connection, row.render_id) == row
        assert videos.get(connection, "vid_none") is None
        assert videos.newest(connection, limit=1) == [row]
        assert [finding.check for finding in videos.findings_of(connection, row.render_id)] == [
            "darkness",
            "duration",
        ]
        assert better in videos.findings_of(connection, row.render_id)
        assert videos.hash_is_known(connection, row.content_hash)
        assert not videos.hash_is_known(connection, "0" * 64)


def test_review_events_keep_their_order_and_never_change(ledger: Ledger):
    """A cursor over event ids sees each decision exactly once."""
    ids = story.make(ledger, 1)
    event = ReviewEvent(
        0, ids.render_id, story.video(1).content_hash, Decision.COMMENT, "mia", "too dark", NOON
    )
    with ledger.write() as connection:
        first = reviews.append(connection, event)
        second = reviews.append(connection, replace(event, decision=Decision.REJECT))
        assert [row.event_id for row in reviews.events(connection)] == [first, second]
        assert reviews.events(connection, after=first) == [
            replace(event, event_id=second, decision=Decision.REJECT)
        ]
        assert reviews.events(connection, render_id="vid_none") == []


def test_a_publication_goes_its_whole_way(ledger: Ledger, lake: Lake):
    """From the queue to the public post, with what became known on the way."""
    ids = story.tell(ledger, lake, 1)
    with ledger.read() as connection:
        (row,) = publications.published(connection)
        assert publications.planned(connection) == []
        assert publications.in_flight(connection) == []
        assert publications.count_since(connection, NOON) == 1
        assert publications.count_since(connection, NOON + 9 * HOUR) == 0
        assert publications.everything(connection) == [row]
    assert row.post_id == ids.post_id
    assert row.publish_id == "v_pub~1"
    assert row.hashtags == ("dream", "whale")
    assert row.published_at == row.initiated_at == NOON + 8 * HOUR


def test_the_queue_knows_what_is_due(ledger: Ledger):
    """A slot in the future waits; a planned row can move, a claimed one cannot."""
    row = story.queue(ledger, 1)
    later = Slot(NOON + 30 * HOUR, "Tue 3 Nov 19:00", 1.3, "learned")
    with ledger.write() as connection:
        assert publications.due(connection, now=row.slot_at - HOUR) == []
        assert publications.due(connection, now=row.slot_at) == [row]
        assert publications.due(connection, now=row.slot_at, ids=[row.render_id]) == [row]
        assert publications.due(connection, now=row.slot_at, ids=["pub_other"]) == []
        assert publications.reschedule(connection, row, later, policy_version=4, now=NOON)
        (moved,) = publications.planned(connection)
        assert moved.slot_at == later.at
        assert publications.claim(connection, row.publication_id, claim_token="a", now=NOON)
        assert not publications.claim(connection, row.publication_id, claim_token="b", now=NOON)
        assert not publications.reschedule(connection, row, later, policy_version=5, now=NOON)
        assert [row.state for row in publications.in_flight(connection)] == [
            PublicationState.CLAIMED
        ]
        with pytest.raises(ItemError, match="no longer planned"):
            publications.move(connection, row, PublicationState.CANCELLED, now=NOON)


def test_the_newest_policy_is_found_and_no_version_is_overwritten(ledger: Ledger):
    """Without a stored one it is the prior; a version is written once and stays."""
    learned = TimingPolicy(1, {20: 1.4}, {0: 0.9}, 12, "from 12 posts")
    with ledger.write() as connection:
        assert policies.newest(connection, TimingPolicy) == TimingPolicy()
        assert policies.save(connection, learned, now=NOON)
        assert not policies.save(connection, replace(learned, note="other"), now=NOON)
        assert policies.save(connection, StylePolicy(7, {"ink": (2.0, 3.0)}), now=NOON)
    with ledger.read() as connection:
        assert policies.newest(connection, TimingPolicy) == learned
        assert policies.newest(connection, StylePolicy) == StylePolicy(7, {"ink": (2.0, 3.0)})


def test_a_posts_newer_reward_replaces_the_older(ledger: Ledger):
    """Rewards are recomputed from snapshots, so running twice keeps one row."""
    reward = PostReward(
        "75", "vid", 0.5, 100, 24.0, NOON, 13, 0, "ink", "school", ("whale", "moon")
    )
    with ledger.write() as connection:
        rewards.save(connection, [reward], now=NOON)
        rewards.save(connection, [replace(reward, reward=0.75)], now=NOON)
        (row,) = connection.execute(sa.select(post_rewards)).mappings()
    assert row["reward"] == 0.75
    assert row["motifs"] == ["whale", "moon"]


def test_a_file_is_recognised_by_its_content(ledger: Ledger):
    """Importing it again updates what was found and adds no row."""
    with ledger.write() as connection:
        assert not imports.was_imported(connection, "h")
        for duplicates in (0, 3):
            imports.record(
                connection,
                "h",
                file_name="c.csv",
                rows=3,
                accepted=3 - duplicates,
                duplicates=duplicates,
                rejected={"empty_text": 1},
                now=NOON,
            )
        assert imports.was_imported(connection, "h")
    assert counts(ledger)["imports"] == 1


def test_a_failure_is_counted_until_it_is_cleared(ledger: Ledger):
    """The newest message is kept, and not all of a very long one."""
    with ledger.write() as connection:
        for message in ("first", "x" * 9000):
            error = ValueError(message)
            failures.record(connection, stage="dreams", item_id="1", error=error, now=NOON)
        ((stage, item_id, message, times),) = failures.newest(connection)
        assert (stage, item_id, times) == ("dreams", "1", 2)
        assert message == "x" * 2000
        failures.clear(connection, stage="dreams", item_id="1")
        assert failures.newest(connection) == []


def test_the_audit_chain_is_whole_and_shows_tampering(ledger: Ledger):
    """Whoever changes or removes a line breaks every link after it."""
    with ledger.write() as connection:
        for number in range(4):
            audit.append(
                connection,
                actor="mia",
                action="video.approved",
                subject=f"vid_{number}",
                now=NOON + timedelta(microseconds=number),
                detail={"hash": "é", "n": number, "share": 0.1},
            )
        assert verify(audit.entries(connection)) is None
    with ledger.write() as connection:
        connection.execute(
            sa.update(audit_log).where(audit_log.c.seq == 2).values(detail={"hash": "e", "n": 1})
        )
        assert verify(audit.entries(connection)) == 2
    with ledger.write() as connection:
        connection.execute(sa.delete(audit_log).where(audit_log.c.seq == 1))
        assert verify(audit.entries(connection)) == 1


def test_a_naive_time_is_refused(ledger: Ledger):
    """Nobody can say which hour it means."""
    naive = datetime(2026, 11, 2, 12)  # noqa: DTZ001 - what the test is about
    with (
        pytest.raises(sa.exc.StatementError, match="naive"),
        ledger.write() as connection,
    ):
        outbox.enqueue(connection, "k", kind="reply", payload={}, now=naive)
    assert counts(ledger)["outbox"] == 0


def test_a_time_of_another_zone_comes_back_as_the_same_moment_in_utc(ledger: Ledger):
    """Microseconds and all."""
    local = datetime(2026, 11, 2, 14, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with ledger.write() as connection:
        outbox.enqueue(connection, "k", kind="reply", payload={}, now=local)
        found = connection.scalar(sa.select(metadata.tables["outbox"].c.created_at))
    assert found == local
    assert found is not None
    assert found.utcoffset() == timedelta(0)


def test_a_row_never_points_to_nothing(ledger: Ledger):
    """Foreign keys are enforced, also by SQLite, which does not do so by itself."""
    with pytest.raises(sa.exc.IntegrityError), ledger.write() as connection:
        videos.save(connection, story.video(1), [])
    assert counts(ledger)["videos"] == 0


def test_ids_and_texts_come_back_as_they_were(ledger: Ledger):
    """19 digits, leading zeros, quotes and emoji survive."""
    texts = ["0007312345678901234", 'it\'s "mine"; DROP TABLE dreams', "🐋 夢 حلم", ""]
    with ledger.write() as connection:
        for number, text in enumerate(texts):
            dreams.save_reports(connection, [story.report(number, text=text)], now=NOON)
        assert [
            found.text
            for number in range(len(texts))
            if (found := dreams.report(connection, story.ids(number).dream_id))
        ] == texts


def test_a_second_telling_of_the_same_story_adds_no_row(ledger: Ledger):
    """Everything that may run again may run again."""
    ids = story.make(ledger, 1)
    before = counts(ledger)
    with ledger.write() as connection:
        source_videos.save(connection, [story.SOURCE_VIDEO], now=NOON)
        dreams.save_reports(connection, [story.report(1)], now=NOON)
        story.plan_job(connection, ids, now=NOON)
        videos.save(connection, story.video(1), [])
    assert counts(ledger) == before
