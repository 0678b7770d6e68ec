"""Every finished video gets one draft; the queue says what the draft says."""

from dataclasses import replace
from datetime import timedelta

from pydantic import SecretStr

from dreambox_pipeline.defs import drafting
from dreambox_pipeline.defs.captions import post_drafts as post_drafts_asset
from dreambox_pipeline.defs.learning import MIN_AGE_HOURS, hashtag_policy, post_rewards
from dreambox_pipeline.defs.posts import post_queue
from dreambox_pipeline.defs.resources import caption_writer
from dreambox_pipeline.defs.work import Production
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.safety.moderation import Moderation
from dreambox_pipeline.stages.posts.caption_writer import CaptionWords
from dreambox_pipeline.stages.posts.draft_rules import check_draft
from dreambox_pipeline.stages.posts.model import HashtagPolicy, PostDraft, TimingPolicy
from dreambox_pipeline.stages.review.model import Decision
from dreambox_pipeline.storage.ledger import (
    dreams,
    policies,
    post_drafts,
    publications,
    rewards,
    videos,
)
from dreambox_pipeline_tests.defs.test_learning import watched_post
from dreambox_pipeline_tests.defs.workshop import Workshop

OTHER_DREAM = "I dreamt I was flying over the desert with a black cat until the moon fell down"


def draft_of(workshop: Workshop, render_id: str) -> post_drafts.StoredDraft | None:
    with workshop.ledger.read() as connection:
        return post_drafts.get(connection, render_id)


def metadata_of(result) -> dict:
    (event,) = result.asset_materializations_for_node("post_drafts")
    return {name: value.value for name, value in event.metadata.items()}


def write_drafts(workshop: Workshop, *ids: str, **parts) -> dict:
    config = {"post_drafts": {"ids": list(ids)}} if ids else None
    return metadata_of(workshop.run(post_drafts_asset, config=config, **parts))


class TooHot:
    """A moderation model that flags every text."""

    name = "too hot"

    def check_text(self, _text: str) -> Moderation:
        return Moderation(True, {"violence": 0.9})

    def check_picture(self, _picture: bytes) -> None:
        return None


class Wordy:
    """A writer whose words pass every rule."""

    name = "wordy"

    def write(self, _brief) -> CaptionWords:
        return CaptionWords("What would you have done here?", "A still scene.", self.name)


def test_a_finished_video_gets_a_draft_that_obeys_every_rule(workshop):
    """Once: the next run has nothing to do."""
    _, video = workshop.finished_video()
    found = write_drafts(workshop)
    assert (found["dagster/row_count"], found["failed"], found["fallbacks"]) == (1, 0, 0)
    assert found["writers"] == {"embedded": 1}
    stored = draft_of(workshop, video.render_id)
    assert check_draft(stored.draft, duration_s=video.duration_s, credit=video.credit) == []
    assert stored.draft.alt_text
    assert write_drafts(workshop)["dagster/row_count"] == 0
    assert draft_of(workshop, video.render_id) == stored


def test_the_preview_names_hashtags_and_why_but_no_caption(workshop):
    """A caption may name a dreamer, and Dagster's events are never erased."""
    _, video = workshop.finished_video()
    with workshop.ledger.write() as connection:
        videos.save(connection, replace(video, render_id="vid_credited", credit="night_owl"), [])
    found = write_drafts(workshop)
    assert "@night_owl" in draft_of(workshop, "vid_credited").draft.caption
    assert "night_owl" not in str(found)
    assert "Nothing learned yet: #" in str(found["preview"])


def test_one_bad_video_does_not_stop_the_others(workshop):
    """It is written down and stays waiting; the reason for another run comes every few minutes only."""
    _, bad = workshop.finished_video()
    _, good = workshop.finished_video(OTHER_DREAM)

    class Choosy(Wordy):
        """Fails for one video."""

        def write(self, brief):
            if brief.seed == bad.render_id:
                raise ItemError("No words for this one.")
            return super().write(brief)

    found = write_drafts(workshop, caption_writer=Choosy())
    assert (found["dagster/row_count"], found["failed"]) == (1, 1)
    assert draft_of(workshop, good.render_id).writer == "wordy"
    assert workshop.failures()[("post_drafts", bad.render_id)] == "No words for this one."
    waiting = Production(0, 0, 0, 0, 0, 0, without_draft=1)
    assert waiting.reason(since_last=timedelta(minutes=1)) is None
    assert (
        waiting.reason(since_last=timedelta(minutes=5)) == "1 finished videos have no caption yet"
    )


def test_the_queue_says_what_the_draft_says(workshop):
    """All of it, and an edit before approval is what gets queued."""
    _, video = workshop.finished_video()
    write_drafts(workshop)
    mine = replace(
        draft_of(workshop, video.render_id).draft, cover_ms=700, privacy_level="SELF_ONLY"
    )
    with workshop.ledger.write() as connection:
        post_drafts.edit(connection, video.render_id, mine, by="reviewer:mia", now=workshop.now)
    workshop.decide(video, Decision.APPROVE)
    workshop.run(post_queue)
    row = workshop.publication(video.render_id)
    assert (row.caption, row.hashtags) == (mine.caption, mine.hashtags)
    with workshop.ledger.read() as connection:
        found = publications.get(connection, row.publication_id)
    assert (found.alt_text, found.cover_ms, found.privacy_level) == (
        mine.alt_text,
        700,
        "SELF_ONLY",
    )


def test_a_video_queued_without_a_draft_gets_our_own_words(workshop):
    """A slot waits for nobody; the draft is there for the reviewer afterwards."""
    _, row = workshop.queued_video()
    stored = draft_of(workshop, row.render_id)
    assert stored.writer == "embedded"
    assert (stored.draft.caption, stored.draft.hashtags) == (row.caption, row.hashtags)


def test_a_draft_written_for_its_slot_has_the_covers_own_moment(workshop, monkeypatch):
    """TikTok shows the frame that the reviewer saw as the cover, whoever wrote the draft."""
    monkeypatch.setattr(drafting, "cover_moment", lambda *_args, **_kwargs: 2.5)
    _, row = workshop.queued_video()
    assert row.cover_ms == draft_of(workshop, row.render_id).draft.cover_ms == 2500


def test_a_person_may_have_it_written_again_but_never_over_their_own_words(workshop):
    """Named in ids, with another writer; what was edited stays."""
    _, video = workshop.finished_video()
    write_drafts(workshop)
    assert write_drafts(workshop, caption_writer=Wordy())["dagster/row_count"] == 0
    assert write_drafts(workshop, video.render_id, caption_writer=Wordy())["dagster/row_count"] == 1
    stored = draft_of(workshop, video.render_id)
    assert stored.draft.caption.startswith("What would you have done here?")
    mine = PostDraft("Mine. AI-generated.", ())
    with workshop.ledger.write() as connection:
        post_drafts.edit(connection, video.render_id, mine, by="reviewer:mia", now=workshop.now)
    assert write_drafts(workshop, video.render_id)["dagster/row_count"] == 0
    assert draft_of(workshop, video.render_id).draft == mine


def test_moderation_has_the_last_word_on_other_peoples_words(workshop):
    """Ours were reviewed by a person; a model's were not."""
    _, video = workshop.finished_video()
    found = write_drafts(workshop, caption_writer=Wordy(), moderator=TooHot())
    assert found["fallbacks"] == 1
    assert (
        draft_of(workshop, video.render_id).writer
        == "embedded (fallback: moderation moderation: violence)"
    )


def test_a_language_model_words_it_when_one_is_set(workshop):
    """From the settings to the stored draft, over real HTTP."""
    _, video = workshop.finished_video()
    info = workshop.sandbox.info
    settings = workshop.settings.model_copy(
        update={
            "caption_writer": "openai",
            "openai_api_key": SecretStr(info["api_key"]),
            "openai_base_url": info["openai_base_url"],
            "openai_model": "gpt-6-luna",
        }
    )
    found = write_drafts(workshop, caption_writer=caption_writer(settings))
    assert found["fallbacks"] == 0
    assert draft_of(workshop, video.render_id).writer.startswith("openai:gpt-6-luna+caption-")


def test_captions_may_be_in_the_accounts_language(workshop):
    """Or in each dream's own, where we have words in it."""
    _, video = workshop.finished_video()
    settings = workshop.settings.model_copy(update={"caption_language": "de"})
    write_drafts(workshop, settings=settings)
    assert (
        "KI-generiertes Video (AI-generated)." in draft_of(workshop, video.render_id).draft.caption
    )
    auto = workshop.settings.model_copy(update={"caption_language": "auto"})
    write_drafts(workshop, video.render_id, settings=auto)
    assert "\nAI-generated video." in draft_of(workshop, video.render_id).draft.caption


def test_a_dream_withdrawn_while_its_caption_was_written_gets_none(workshop):
    """Nobody is credited who does not want to be."""
    report, video = workshop.finished_video()

    class Slow(Wordy):
        """Thinks while the dreamer says no."""

        def write(self, brief):
            workshop.take_back(report)
            return super().write(brief)

    found = write_drafts(workshop, caption_writer=Slow())
    assert (found["dagster/row_count"], found["failed"]) == (0, 1)
    assert draft_of(workshop, video.render_id) is None
    with workshop.ledger.read() as connection:
        assert post_drafts.without_draft(connection) == []
        assert dreams.report(connection, report.dream_id) is not None


def test_hashtags_go_by_what_posts_with_them_earned(workshop):
    """From the first post's counters to the next caption's reasons."""
    watched_post(workshop, "7500000000000000011", views=9000)
    workshop.sandbox.advance(3 * 3600)
    watched_post(workshop, "7500000000000000012", views=100)
    workshop.sandbox.advance((MIN_AGE_HOURS + 2) * 3600)
    workshop.run(post_rewards, hashtag_policy)
    with workshop.ledger.read() as connection:
        policy = policies.newest(connection, HashtagPolicy)
        tags = rewards.hashtags(connection)
    assert policy.version == 1
    assert policy.evidence_posts == 2
    assert set(policy.posts) == {tag for found in tags.values() for tag in found[2:]}
    workshop.run(post_rewards, hashtag_policy)
    with workshop.ledger.read() as connection:
        assert policies.newest(connection, HashtagPolicy) == policy
    _, video = workshop.finished_video()
    found = write_drafts(workshop, video.render_id)
    assert "Learned: #" in str(found["preview"])
    assert draft_of(workshop, video.render_id).policy_version == 1


def test_a_reviewers_words_survive_whatever_happens_until_the_slot(workshop):
    """New policies, a new plan, a run that names the video, the same video rendered again."""
    report, video = workshop.finished_video()
    write_drafts(workshop)
    workshop.decide(video, Decision.APPROVE)
    workshop.run(post_queue)
    mine = PostDraft("Mine. AI-generated.", (), "A whale.", 900, "SELF_ONLY")
    with workshop.ledger.write() as connection:
        post_drafts.edit(connection, video.render_id, mine, by="reviewer:mia", now=workshop.now)
        hashtags = HashtagPolicy(version=1, value={"whale": 2.0}, posts={"whale": 9})
        policies.save(connection, hashtags, now=workshop.now)
        timing = TimingPolicy(version=1, hour_value={7: 3.0})
        policies.save(connection, timing, now=workshop.now)
        videos.save(connection, replace(video, title="Another title"), [])
    before = workshop.publication(video.render_id)
    write_drafts(workshop)
    write_drafts(workshop, video.render_id, report.dream_id)
    workshop.run(post_queue)
    assert draft_of(workshop, video.render_id).draft == mine
    after = workshop.publication(video.render_id)
    assert after.draft == mine
    assert (before.policy_version, after.policy_version) == (0, 1)
