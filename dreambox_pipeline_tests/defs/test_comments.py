"""Collecting comments from the sandbox: whole days, each comment once, nobody's name."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import dagster as dg
import pytest

from dreambox_pipeline.defs.comments import (
    comments,
    every_comment_is_stored_once,
    every_video_was_read,
    source_videos,
)
from dreambox_pipeline.defs.tiktok_accounts import TikTokAccounts
from dreambox_pipeline.sandbox.world.world import InjectedComment
from dreambox_pipeline.stages.comments.model import SourceVideo
from dreambox_pipeline.storage.lake import COMMENTS
from dreambox_pipeline.storage.ledger import accounts
from dreambox_pipeline.storage.ledger import source_videos as ledger_videos
from dreambox_pipeline.storage.ledger.accounts import Host
from dreambox_pipeline_tests.defs.workshop import Workshop, events_text

COMMENT_LIST = "business/comment/list/"
LOOKED_AT = (source_videos, comments, every_video_was_read)
ALL = (source_videos, comments, every_comment_is_stored_once)


def collect(workshop: Workshop, *days: date, **kwargs):
    """The days from the first to the last; today when none is given."""
    days = days or (workshop.now.date(),)
    return workshop.run(*ALL, days=(days[0], days[-1]), **kwargs)


def stored(workshop: Workshop, *days: date) -> list[dict]:
    return workshop.parts["lake"].read(COMMENTS, days or (workshop.now.date(),))


def truth(workshop: Workshop, day: date) -> dict[str, str]:
    """Comment id to handle of every top-level comment of a day, as the world has it."""
    world = workshop.sandbox.world
    return {
        comment.comment_id: comment.author.username
        for video in world.public_videos()
        for comment in world.comments(video)
        if date.fromordinal(719163 + comment.created_at // 86400) == day
    }


def test_a_day_is_collected_whole(workshop):
    """Every comment the world has on that day is stored once, on that day, by its own id."""
    yesterday = workshop.now.date() - timedelta(days=1)
    result = collect(workshop, yesterday)

    rows = stored(workshop, yesterday)
    rejected = metadata(result, "comments")["rejected"].value
    assert len(rows) > 20
    assert len(rows) + rejected >= len(truth(workshop, yesterday))
    assert {row["comment_id"] for row in rows} <= set(truth(workshop, yesterday))
    assert {row["created_at"].date() for row in rows} == {yesterday}
    assert workshop.failures() == {}


def test_a_range_is_one_run_and_one_file_a_day(workshop):
    """A backfill reads each video once, however many days it covers."""
    last = workshop.now.date()
    first = last - timedelta(days=2)
    result = collect(workshop, first, last)

    days = [first, first + timedelta(days=1), last]
    assert workshop.parts["lake"].days(COMMENTS) == days
    partitions = [event.partition for event in result.asset_materializations_for_node("comments")]
    assert sorted(partitions) == [day.isoformat() for day in days]


def test_collecting_again_changes_nothing(workshop):
    """The second run finds every comment known, and leaves the file as it is, byte by byte."""
    yesterday = workshop.now.date() - timedelta(days=1)
    collect(workshop, yesterday)
    file = workshop.parts["lake"].path(COMMENTS, yesterday)
    before = {row["comment_id"] for row in stored(workshop, yesterday)}
    result = collect(workshop, yesterday)

    assert metadata(result, "comments")["new"].value == 0
    assert {row["comment_id"] for row in stored(workshop, yesterday)} == before
    assert [path.name for path in file.parent.iterdir()] == ["part.parquet"]


@pytest.mark.parametrize("kind", ["code:50000", "garbage", "close_mid_body", "http_500", "html"])
def test_trouble_with_one_video_leaves_the_others_stored(workshop, kind):
    """The video is recorded as left out, the rest of its day is there, and nothing is half-written."""
    workshop.run(source_videos)
    workshop.arm(kind, COMMENT_LIST, times=4, skip=3)
    result = collect(workshop)

    facts = metadata(result, "comments")
    left_out = [item for stage, item in workshop.failures() if stage == "comments"]
    assert facts["videos_left_out"].value == 1
    assert len(left_out) == 1
    assert facts["videos_read"].value > 10
    rows = stored(workshop)
    assert rows
    assert left_out[0] not in {row["source_video_id"] for row in rows}
    leftovers = [p for p in workshop.settings.lake_dir.rglob("*") if p.name.startswith(".part")]
    assert leftovers == []

    collect(workshop)
    assert workshop.failures() == {}, "the next run takes the video up again"


def test_a_video_left_out_shows_as_a_warning_that_stops_nothing(workshop):
    """Green would hide it; red would throw the other videos' comments away."""
    workshop.run(source_videos)
    workshop.arm("http_500", COMMENT_LIST, times=4)
    today = (workshop.now.date(), workshop.now.date())
    (warned,) = workshop.run(*LOOKED_AT, days=today).get_asset_check_evaluations()
    assert not warned.passed
    assert warned.severity is dg.AssetCheckSeverity.WARN
    assert warned.metadata["videos_left_out"].value == 1

    (fine,) = workshop.run(*LOOKED_AT, days=today).get_asset_check_evaluations()
    assert fine.passed


def test_a_deleted_video_is_no_trouble(workshop):
    """It has no comments and never will; a record of it would stay for ever."""
    workshop.run(source_videos)
    workshop.arm("code:40007", COMMENT_LIST, skip=2)
    result = collect(workshop)

    facts = metadata(result, "comments")
    assert (facts["videos_gone"].value, facts["videos_left_out"].value) == (1, 0)
    assert workshop.failures() == {}


def test_a_single_stumble_is_not_worth_a_record(workshop):
    """Reads are repeated, so one bad answer costs nothing."""
    workshop.arm("http_500", COMMENT_LIST, times=1)
    result = collect(workshop)

    assert metadata(result, "comments")["videos_left_out"].value == 0
    assert workshop.failures() == {}


def test_strange_comments_are_counted_and_do_not_stop_the_day(workshop):
    """Zero-width text is rejected with a reason; its neighbours are stored."""
    world = workshop.sandbox.world
    empty = world.inject(InjectedComment(text="\u200b\u200d\u2060" * 40, handle="ghost"))
    hostile = world.inject(
        InjectedComment(text="Ignore all rules; <script>alert(1)</script>", handle="mallory")
    )
    result = collect(workshop)

    ids = {row["comment_id"] for row in stored(workshop)}
    assert metadata(result, "comments")["rejected"].value >= 1
    assert empty.comment_id not in ids
    assert hostile.comment_id in ids


def test_commenters_are_pseudonyms_everywhere(workshop):
    """No handle reaches the lake or an event that Dagster keeps for ever."""
    name = "zebra.quixotic.handle"
    workshop.sandbox.world.inject(InjectedComment(text="I dreamt of nothing", handle=name))
    result = collect(workshop)

    handles = [
        handle for handle in truth(workshop, workshop.now.date()).values() if len(handle) > 6
    ]
    assert name in handles
    lake = b"".join(p.read_bytes() for p in workshop.settings.lake_dir.rglob("*.parquet"))
    rows = stored(workshop)
    authors = {row["author_id"] for row in rows}
    assert not authors & set(handles)
    assert name.encode() not in lake
    said = events_text(result)
    assert "videos_read" in said, "the text really holds the metadata"
    assert [handle for handle in handles if handle in said] == []
    assert [row["text"] for row in rows if len(row["text"]) > 20 and row["text"] in said] == []


def test_one_commenter_is_one_pseudonym(workshop):
    """Two comments of one person belong together; another's do not."""
    world = workshop.sandbox.world
    ids = [
        world.inject(InjectedComment(text=f"hello {n}", handle=handle)).comment_id
        for n, handle in enumerate(["same.person", "same.person", "other.person"])
    ]
    collect(workshop)

    author = {row["comment_id"]: row["author_id"] for row in stored(workshop)}
    assert author[ids[0]] == author[ids[1]] != author[ids[2]]


def test_the_uniqueness_check_passes_on_what_was_collected(workshop):
    """And says how much it looked at."""
    result = collect(workshop)

    (check,) = result.get_asset_check_evaluations()
    assert check.passed
    assert check.metadata["rows"].value == len(stored(workshop))


@pytest.mark.expects_error_log
def test_the_uniqueness_check_fails_on_a_planted_duplicate(workshop):
    """One comment on two days is one too many, and blocks what comes after."""
    today = workshop.now.date()
    collect(workshop)
    row = stored(workshop)[0]
    workshop.parts["lake"].upsert(COMMENTS, today - timedelta(days=1), [row])
    result = collect(workshop, is_expected_to_fail=True)

    (check,) = result.get_asset_check_evaluations()
    assert not check.passed
    assert check.metadata["repeated"].value == 1


@pytest.mark.expects_error_log
def test_no_connected_account_fails_the_run_with_the_remedy(workshop):
    """Nothing is retried and nothing is guessed: a person has to connect the account."""
    from dreambox_pipeline.storage.tables import connections

    with workshop.ledger.write() as connection:
        connection.execute(connections.delete())
    result = workshop.run(source_videos, is_expected_to_fail=True)

    assert "dreambox login" in events_text(result)


def test_source_videos_are_listed_once_each(workshop):
    """Twice listed is the same list."""
    workshop.run(source_videos)
    result = workshop.run(source_videos)

    with workshop.ledger.read() as connection:
        known = Counter(v.source_video_id for v in ledger_videos.everything(connection))
    assert set(known.values()) == {1}
    assert len(known) == metadata(result, "source_videos")["dagster/row_count"].value


def with_display(workshop: Workshop, token: str | None = None) -> Workshop:
    """The account is connected on the second host, too; the sandbox' two hosts share their tokens."""
    url = workshop.sandbox.info["tiktok_developer_base_url"]
    settings = workshop.settings.model_copy(update={"tiktok_developer_base_url": url})
    parts = {name: workshop.parts[name] for name in ("ledger", "keyring", "clock")}
    workshop.parts["tiktok_accounts"] = TikTokAccounts(settings, **parts)
    with workshop.ledger.write() as connection:
        held = accounts.connected(connection, workshop.parts["keyring"])
        assert held is not None
        twin = replace(
            held,
            host=Host.DEVELOPER,
            access_token=token or held.access_token,
            refresh_token="rft.another",
        )
        accounts.store(connection, twin, workshop.parts["keyring"], now=workshop.now)
    return workshop


def known_videos(workshop: Workshop) -> dict[str, SourceVideo]:
    with workshop.ledger.read() as connection:
        return {v.source_video_id: v for v in ledger_videos.everything(connection)}


def test_two_sources_that_agree_are_one_list(workshop):
    """Each video once, with the Accounts API's full caption, and nothing to tell."""
    workshop.run(source_videos)
    alone = known_videos(workshop)
    facts = metadata(with_display(workshop).run(source_videos), "source_videos")

    assert facts["named_by_accounts"].value == facts["named_by_display"].value == len(alone)
    assert known_videos(workshop) == alone


def test_without_the_accounts_listing_the_display_api_goes_on(workshop):
    """And it says so. Captions that are known in full stay full."""
    workshop.run(source_videos)
    full = known_videos(workshop)
    workshop.arm("http_500", "business/video/list/", times=4)
    facts = metadata(with_display(workshop).run(source_videos), "source_videos")

    assert "named_by_accounts" not in facts
    assert facts["named_by_display"].value == len(full)
    assert "accounts" in str(facts["sources_left_out"].value)
    kept = known_videos(workshop)
    assert {each: video.caption for each, video in kept.items()} == {
        each: video.caption for each, video in full.items()
    }


def test_a_display_token_that_ended_costs_nothing(workshop):
    """It is an extra: the Accounts API's list is stored, and the trouble is told."""
    facts = metadata(with_display(workshop, "nonsense").run(source_videos), "source_videos")

    assert "named_by_display" not in facts
    assert facts["named_by_accounts"].value == len(known_videos(workshop)) > 0
    assert "display" in str(facts["sources_left_out"].value)
    assert "nonsense" not in str(facts)


def test_each_partition_shows_its_own_rows(workshop):
    """A backfill of three days is three different counts on three partitions' pages."""
    last = workshop.now.date()
    days = [last - timedelta(days=n) for n in (2, 1, 0)]
    result = collect(workshop, days[0], last)

    shown = {
        event.partition: event.metadata["dagster/partition_row_count"].value
        for event in result.asset_materializations_for_node("comments")
    }
    new = {
        event.partition: event.metadata["new"].value
        for event in result.asset_materializations_for_node("comments")
    }
    assert shown == new == {day.isoformat(): len(stored(workshop, day)) for day in days}
    assert len(set(shown.values())) > 1
    facts = metadata(result, "comments")
    assert facts["new_in_run"].value == sum(shown.values())


def test_a_quiet_day_shows_what_was_there(workshop):
    """No comment was found on it, and its partition does not claim that it is empty."""
    long_ago = date(2025, 1, 5)
    collect(workshop)
    row = stored(workshop)[0]
    workshop.parts["lake"].upsert(COMMENTS, long_ago, [row | {"comment_id": "imported"}])
    result = collect(workshop, long_ago)

    assert metadata(result, "comments")["dagster/partition_row_count"].value == 1
    assert metadata(result, "comments")["new"].value == 0


def test_a_long_range_may_take_longer_than_a_days_work(workshop, monkeypatch):
    """Dagster ends other runs after half an hour; TikTok's limits make a year take many."""
    monkeypatch.setattr("dreambox_pipeline.defs.comments.DAYS_IN_A_NORMAL_RUN", 1)
    last = workshop.now.date()
    ranges = [(last - timedelta(days=1), last), (last,)]
    long, short = (collect(workshop, *days).run_id for days in ranges)

    assert int(workshop.instance.get_run_by_id(long).tags["dagster/max_runtime"]) > 86_400
    assert "dagster/max_runtime" not in workshop.instance.get_run_by_id(short).tags


def metadata(result, asset: str):
    return result.asset_materializations_for_node(asset)[0].metadata
