"""The Making page: money against its caps, generators, series and jobs, in words and as JSON."""

import html
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from dreambox_pipeline.desk.job_lines import MOST_SHOWN
from dreambox_pipeline.desk.making import MakingRules
from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.videos.budget import Caps
from dreambox_pipeline.storage.ledger import dreams
from dreambox_pipeline.storage.ledger.videos import VideoRow
from dreambox_pipeline.storage.tables import (
    generation_jobs,
    generator_circuits,
    prompts,
    series,
    spend,
)
from dreambox_pipeline_tests.desk.conftest import NOON, Studio

PAGE = {"Accept": "text/html"}
RULES = MakingRules(("gemini_omni", "synthetic"), Caps(2_000_000, 20_000_000), "Pacific/Kiritimati")


@pytest.fixture(scope="module")
def one_priced_client(one_studio: Studio) -> Iterator[httpx.Client]:
    with (
        running_desk(
            ledger=one_studio.ledger,
            media=one_studio.media,
            keyring=one_studio.keyring,
            clock=one_studio.clock,
            rules=RULES,
        ) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        yield client


@pytest.fixture
def desk(studio: Studio, one_priced_client: httpx.Client) -> httpx.Client:
    """A desk that was told caps and an order of generators, with no bookings of fixtures."""
    with studio.ledger.write() as connection:
        connection.execute(sa.delete(spend))
    one_priced_client.cookies.clear()
    return one_priced_client


def page(desk: httpx.Client) -> str:
    return html.unescape(desk.get("/making", headers=PAGE).text)


def state(desk: httpx.Client) -> dict[str, Any]:
    body: dict[str, Any] = desk.get("/api/making").json()
    return body


def book(
    studio: Studio, row: VideoRow, microusd: int | None, *, day: str = "2026-11-23", number: int = 9
) -> None:
    """A settled booking, or a reserved one where no amount is given."""
    with studio.ledger.write() as connection:
        connection.execute(
            sa.insert(spend).values(
                spend_id=f"{row.job_id}:{day}:{number}", job_id=row.job_id, dream_id=row.dream_id,
                generator="gemini_omni", state="reserved" if microusd is None else "settled",
                reserved_microusd=420_000, settled_microusd=microusd, day=day, reserved_at=NOON,
            )
        )  # fmt: skip


def add_job(studio: Studio, row: VideoRow, job_id: str, **changes: Any) -> None:
    body = {
        "job_id": job_id, "prompt_id": row.prompt_id, "generator": "gemini_omni",
        "generator_version": "1", "state": "planned", "estimate_microusd": 420_000, "attempts": 0,
        "created_at": NOON, "updated_at": NOON,
    }  # fmt: skip
    with studio.ledger.write() as connection:
        connection.execute(sa.insert(generation_jobs).values(body | changes))


def test_an_empty_workshop_says_so(desk) -> None:
    """Nobody has to guess whether something is broken."""
    text = page(desk)
    for words in (
        "$0.00 of $20.00", "$0.00 of $2.00", "No clip was asked for yet.",
        "Nothing is on its way, and nothing is held up.", "None is running",
    ):  # fmt: skip
        assert words in text.replace('</b> <span class="quiet">', " "), words


def test_money_stands_beside_both_caps(studio, desk) -> None:
    """Of the account's own day: it is already tomorrow on Kiritimati."""
    first, second = studio.video(), studio.video()
    book(studio, first, 300_000)
    book(studio, first, 700_000, day="2026-11-22")
    book(studio, second, None)
    found = state(desk)
    assert found["day"] == "2026-11-23"
    assert found["day_money"] == {"microusd": 720_000, "cap_microusd": 20_000_000}
    assert found["video_money"] == {"microusd": 1_000_000, "cap_microusd": 2_000_000}
    assert found["dearest_dream_id"] == first.dream_id
    assert found["today"]["reserved_microusd"] == 420_000
    text = page(desk)
    assert 'aria-label="Dearest video today: 50 % of the cap"' in text
    assert "Reserved for clips on their way: $0.42." in text


@pytest.mark.parametrize(
    ("microusd", "kind"), [(15_000_000, "money"), (16_000_000, "money near"), (21_000_000, "money full")]
)  # fmt: skip
def test_a_cap_that_is_near_looks_different(studio, desk, microusd, kind) -> None:
    """In colour, and in figures for who sees no colour."""
    book(studio, studio.video(), microusd)
    first = page(desk).split('<div class="money')[1]
    assert f"money{first}".startswith(f'{kind}">')


def test_what_a_video_costs_counts_failures_in(studio, desk) -> None:
    """By accepted clip and by approved video; the stand-in is called one."""
    paid, free = studio.video(generator="gemini_omni"), studio.video()
    studio.video(generator="gemini_omni")
    with studio.ledger.write() as connection:
        connection.execute(
            sa.update(generation_jobs)
            .where(generation_jobs.c.generator == "gemini_omni")
            .values(cost_microusd=400_000)
        )
        connection.execute(
            sa.update(generation_jobs)
            .where(generation_jobs.c.job_id == free.job_id)
            .values(cost_microusd=0)
        )
    add_job(studio, paid, "job_x", state="failed", attempts=1, cost_microusd=100_000)
    add_job(studio, paid, "job_y", state="refused", attempts=1)
    body = {"decision": "approve", "reviewer": "Mira", "content_hash": paid.content_hash}
    desk.post(f"/videos/{paid.render_id}/decisions", json=body)
    omni, drawn = state(desk)["costs"]
    assert (omni["accepted"], omni["approved"], omni["untold"]) == (2, 1, 1)
    assert (omni["per_accepted_microusd"], omni["per_approved_microusd"]) == (450_000, 900_000)
    assert (drawn["is_stand_in"], drawn["known_microusd"]) == (True, 0)
    assert "1 untold" in page(desk)


def test_an_accepted_clip_of_unknown_cost_makes_the_average_unknown(studio, desk) -> None:
    """A mean over what happens to be known would look cheap."""
    studio.video(generator="gemini_omni")
    with studio.ledger.write() as connection:
        connection.execute(sa.update(generation_jobs).values(cost_microusd=None))
    assert state(desk)["costs"][0]["per_accepted_microusd"] is None
    assert "unknown <span" in page(desk)


def test_every_job_says_why_it_is_where_it_is_and_what_to_do(studio, desk) -> None:
    """In the provider's words and in ours."""
    row = studio.video()
    add_job(studio, row, "job_run", state="running", attempts=1)
    add_job(studio, row, "job_plan")
    add_job(studio, row, "job_day", waits_for="day_cap", error="It would be $20.21 today.")
    add_job(studio, row, "job_video", waits_for="video_cap")
    add_job(studio, row, "job_gen", waits_for="generator")
    add_job(studio, row, "job_no", state="refused", refusal="No <b>blood</b>.", error="other")
    add_job(studio, row, "job_bad", state="failed", error="A page of HTML came.")
    add_job(studio, row, "job_on", state="refused", passed_on_to="synthetic")
    groups = {group["name"]: group for group in state(desk)["jobs"]}
    assert {name: group["count"] for name, group in groups.items()} == {
        "on_its_way": 1, "waiting": 1, "held_up": 3, "ended": 3,
    }  # fmt: skip
    lines = {line["job_id"]: line for group in groups.values() for line in group["lines"]}
    assert lines["job_day"]["reason"] == "It would be $20.21 today."
    assert "DREAMBOX_BUDGET_PER_DAY_USD" in lines["job_day"]["advice"]
    assert "DREAMBOX_BUDGET_PER_VIDEO_USD" in lines["job_video"]["advice"]
    assert "when a generator takes clips again" in lines["job_gen"]["advice"]
    assert lines["job_no"]["reason"] == "No <b>blood</b>."
    assert lines["job_no"]["advice"].startswith("No other generator is asked.")
    assert "give job_bad to generated_clips" in lines["job_bad"]["advice"]
    assert lines["job_on"]["advice"] == "Nothing to do: synthetic makes it in its place."
    raw = desk.get("/making", headers=PAGE).text
    assert "No &lt;b&gt;blood&lt;/b&gt;." in raw
    assert "cap per day" in raw


def test_the_navigation_counts_open_jobs(studio, desk) -> None:
    """What ended is no work any more."""
    row = studio.video()
    add_job(studio, row, "job_plan")
    add_job(studio, row, "job_no", state="refused")
    assert 'Making <span class="count">1</span>' in desk.get("/", headers=PAGE).text


def test_more_jobs_than_a_page_s_worth_are_counted(studio, desk) -> None:
    """A long queue must not make a page nobody can load."""
    row = studio.video()
    for number in range(MOST_SHOWN + 3):
        add_job(studio, row, f"job_{number:03}")
    assert "… and 3 more." in page(desk)


def test_jobs_of_an_erased_dream_are_not_shown(studio, desk) -> None:
    """There is nothing to do about them."""
    row = studio.video(consent=ConsentState.WITHDRAWN)
    add_job(studio, row, "job_plan")
    with studio.ledger.write() as connection:
        comment_id = connection.scalar(sa.text("SELECT comment_id FROM dreams"))
        dreams.suspend(connection, comment_id, reason=dreams.ERASED, now=NOON)
    assert "job_plan" not in page(desk)


def test_a_generator_that_is_left_alone_says_until_when_and_why(studio, desk) -> None:
    """One that is in no list any more is told of as well while its circuit is open."""
    values = {"failures": 3, "open_until": NOON + timedelta(minutes=5), "updated_at": NOON}
    with studio.ledger.write() as connection:
        for name, now in (("gemini_omni", "open"), ("openai_videos", "half_open")):
            connection.execute(
                sa.insert(generator_circuits).values(
                    generator=name, state=now, reason="It said 503.", **values
                )
            )
    found = {line["name"]: line for line in state(desk)["generators"]}
    assert [line["place"] for line in found.values()] == [1, 2, None]
    assert found["gemini_omni"]["circuit"]["open_until"] == "2026-11-22T12:05:00+00:00"
    text = page(desk)
    for words in ("left alone", "on trial", "22 Nov, 12:05 UTC", "It said 503.", "in use"):
        assert words in text, words


def test_the_running_series_shows_its_palette_and_its_picture(studio, desk) -> None:
    """An ended one does not, and an erased picture is left out."""
    studio.video()
    picture = studio.file(".jpg", b"reference")
    with studio.ledger.write() as connection:
        for name, ended in (("October", NOON), ("November", None)):
            connection.execute(
                sa.insert(series).values(
                    series_id=f"ser_{name}", name=name, style_id="teal_moonlight", seed=77,
                    reference_hash=picture, started_at=NOON, ended_at=ended,
                )
            )  # fmt: skip
        connection.execute(sa.update(prompts).values(series_id="ser_November"))
    found = state(desk)
    assert (found["series"]["name"], found["series"]["videos"]) == ("November", 1)
    assert len(found["series"]["palette"]) == 5
    assert desk.get(found["reference_url"]).headers["content-type"] == "image/jpeg"
    text = page(desk)
    assert "1 video since <time" in text
    assert "22 Nov 2026</time>, seed 77." in text
    assert found["series"]["palette"][0] in text
    studio.media.remove(picture)
    assert state(desk)["reference_url"] is None
    assert "No reference picture." in page(desk)


def test_nothing_can_be_changed_here(desk) -> None:
    """The page only reads; what it can send is what every page can: the pause of all posting."""
    for path in ("/making", "/api/making"):
        assert desk.post(path, json={}).status_code == 405
    text = desk.get("/making", headers=PAGE).text
    assert text.count('method="post"') == text.count('method="post" action="/posting"') == 1
