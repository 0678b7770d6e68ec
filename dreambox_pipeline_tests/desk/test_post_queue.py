"""The Queue page: what goes out when and why, and a person's changes, each said before it is done."""

import html
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
import sqlalchemy as sa

from dreambox_pipeline.desk.post_rules import PostRules
from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.stages.posts.model import PublicationState as S
from dreambox_pipeline.stages.posts.model import Slot
from dreambox_pipeline.storage.ledger import audit, publications
from dreambox_pipeline.storage.tables import publications as publication_rows

PAGE = {"Accept": "text/html"}
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2027, 3, 22, 9, tzinfo=UTC)
"""A Monday; on the Sunday after, clocks in Berlin go from 2:00 to 3:00."""


@pytest.fixture(scope="module")
def one_berlin_client(one_studio) -> Iterator[httpx.Client]:
    with (
        running_desk(
            ledger=one_studio.ledger, media=one_studio.media, keyring=one_studio.keyring,
            clock=one_studio.clock, post_rules=PostRules(zone=BERLIN),
        ) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):  # fmt: skip
        yield client


@pytest.fixture
def desk(studio, one_berlin_client: httpx.Client) -> httpx.Client:
    """A desk of an account in Berlin, in the week before the clocks change."""
    studio.clock.now = NOW
    one_berlin_client.cookies.clear()
    return one_berlin_client


def queued(studio, desk: httpx.Client, at: datetime, title: str = "The whale", *states: S):
    """An approved video with a slot."""
    row = studio.video(title=title)
    body = {"decision": "approve", "reviewer": "Mira", "content_hash": row.content_hash}
    assert desk.post(f"/videos/{row.render_id}/decisions", json=body).status_code == 200
    studio.queue(row)
    with studio.ledger.write() as connection:
        slot = Slot(at, f"{at.astimezone(BERLIN):%a %Y-%m-%d %H:%M}", 1.1, "planned in a test")
        publications.reschedule(
            connection, row_of(connection, row), slot, policy_version=0, now=NOW
        )
        publication = row_of(connection, row)
        if states:
            publications.claim(
                connection, publication.publication_id, claim_token=row.render_id, now=NOW
            )
            publication = row_of(connection, row)
        for state in states[1:]:
            post_id = "7612799248589288803" if state is S.PUBLISHED else None
            publication = publications.move(
                connection, publication, state, now=NOW, publish_id=row.render_id, post_id=post_id
            )
    return row


def row_of(connection, row) -> publications.PublicationRow:
    found = publications.get(connection, f"pub_{row.render_id}")
    assert found is not None
    return found


def stored(studio, row) -> publications.PublicationRow:
    with studio.ledger.read() as connection:
        return row_of(connection, row)


def change(studio, desk: httpx.Client, row, decision: str, **more: str) -> httpx.Response:
    body = {
        "decision": decision, "seen": stored(studio, row).slot_at.isoformat(), "reviewer": "Mira",
    } | more  # fmt: skip
    return desk.post(f"/queue/pub_{row.render_id}/decisions", json=body)


TOMORROW = datetime(2027, 3, 23, 18, tzinfo=UTC)


def test_the_calendar_shows_when_what_and_why(studio, desk) -> None:
    """By local day, with its value and its reason; and when clocks jump."""
    row = queued(studio, desk, TOMORROW)
    text = html.unescape(desk.get("/queue", headers=PAGE).text)
    for words in ("The whale", "Tue 23 Mar", "19:00", "1.10×", "planned in a test", "UTC+01:00"):
        assert words in text
    assert "Clocks go forward 1 h" in text
    assert f"/media/{row.cover_hash}.jpg?" in text
    state = desk.get("/api/queue").json()
    assert (state["planned"], state["time_zone"]) == (1, "Europe/Berlin")
    day = next(day for day in state["days"] if day["lines"])
    assert day["day"] == "2027-03-23"
    assert day["lines"][0]["publication_id"] == f"pub_{row.render_id}"


def test_the_navigation_counts_what_is_planned(studio, desk) -> None:
    """On every page."""
    queued(studio, desk, TOMORROW)
    text = desk.get("/tasks", headers=PAGE).text
    assert '<a href="/queue">Queue <span class="count">1</span></a>' in text


def test_what_is_out_and_what_is_on_its_way_is_shown(studio, desk) -> None:
    """With its link; a post that TikTok no longer shows is marked."""
    queued(studio, desk, NOW - timedelta(hours=1), "On its way", S.CLAIMED, S.INITIATED)
    out = queued(
        studio, desk, NOW - timedelta(hours=6), "It is out", S.CLAIMED, S.INITIATED, S.PUBLISHED
    )
    state = desk.get("/api/queue").json()
    assert [line["title"] for line in state["in_flight"]] == ["On its way"]
    assert state["posted"][0]["link"].endswith("/video/7612799248589288803")
    assert state["posted"][0]["is_available"]
    with studio.ledger.write() as connection:
        connection.execute(
            sa.update(publication_rows)
            .where(publication_rows.c.render_id == out.render_id)
            .values(unavailable_at=NOW)
        )
    assert not desk.get("/api/queue").json()["posted"][0]["is_available"]
    assert "gone from TikTok" in desk.get("/queue", headers=PAGE).text


def test_a_free_time_is_taken_at_once(studio, desk) -> None:
    """The video is pinned there, and the audit chain says who put it there."""
    row = queued(studio, desk, TOMORROW)
    answer = change(studio, desk, row, "move", to="2027-03-25T19:30")
    assert answer.json()["is_new"] is True
    after = stored(studio, row)
    assert (after.slot_at, after.is_pinned) == (datetime(2027, 3, 25, 18, 30, tzinfo=UTC), True)
    assert "by hand by Mira" in after.slot_why
    with studio.ledger.read() as connection:
        last = audit.entries(connection)[-1]
    assert (last.actor, last.action) == ("reviewer:Mira", "publication.moved")


def test_moving_twice_is_one_move(studio, desk) -> None:
    """The second click still names the slot of the page before."""
    row = queued(studio, desk, TOMORROW)
    body = {
        "decision": "move", "seen": TOMORROW.isoformat(), "to": "2027-03-25T19:30",
        "reviewer": "Mira",
    }  # fmt: skip
    answers = [desk.post(f"/queue/pub_{row.render_id}/decisions", json=body) for _ in range(2)]
    assert [answer.json()["is_new"] for answer in answers] == [True, False]


def test_a_time_that_clocks_skip_is_said_first(studio, desk) -> None:
    """The next valid time is named, and only a second answer takes it."""
    row = queued(studio, desk, TOMORROW)
    form = {
        "decision": "move", "seen": TOMORROW.isoformat(), "to": "2027-03-28T02:30",
        "reviewer": "Mira",
    }  # fmt: skip
    page = desk.post(f"/queue/pub_{row.render_id}/decisions", data=form, headers=PAGE)
    text = html.unescape(page.text)
    assert page.status_code == 200
    assert "02:30 does not exist" in text
    assert "Sun 2027-03-28 03:00" in text
    assert stored(studio, row).slot_at == TOMORROW
    accepted = text.partition('name="accepted" value="')[2].partition('"')[0]
    done = desk.post(
        f"/queue/pub_{row.render_id}/decisions", data=form | {"accepted": accepted}, headers=PAGE
    )
    assert done.status_code == 303
    assert stored(studio, row).slot_at == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_who_has_to_make_room_is_named_first(studio, desk) -> None:
    """And exactly what was accepted is done: another page's acceptance counts for nothing."""
    there = queued(studio, desk, datetime(2027, 3, 25, 18, 30, tzinfo=UTC), "The lighthouse")
    row = queued(studio, desk, TOMORROW)
    asked = change(studio, desk, row, "move", to="2027-03-25T19:00")
    assert asked.status_code == 409
    body = asked.json()
    assert [each["render_id"] for each in body["displaced"]] == [there.render_id]
    assert stored(studio, row).slot_at == TOMORROW
    wrong = change(studio, desk, row, "move", to="2027-03-25T19:00", accepted="something else")
    assert wrong.status_code == 409
    form = {
        "decision": "move", "seen": TOMORROW.isoformat(), "to": "2027-03-25T19:00",
        "reviewer": "Mira",
    }  # fmt: skip
    text = desk.post(f"/queue/pub_{row.render_id}/decisions", data=form, headers=PAGE).text
    assert "The lighthouse" in text
    done = change(studio, desk, row, "move", to="2027-03-25T19:00", accepted=body["accepted"])
    assert done.status_code == 200
    assert stored(studio, row).slot_at == datetime(2027, 3, 25, 18, tzinfo=UTC)
    assert stored(studio, there).slot_local == body["displaced"][0]["to"]


def test_the_past_is_refused_with_the_time_it_is(studio, desk) -> None:
    """Nothing is changed, and it is said what to choose."""
    row = queued(studio, desk, TOMORROW)
    answer = change(studio, desk, row, "move", to="2027-03-21T19:00")
    assert answer.status_code == 409
    assert "in the past" in answer.json()["detail"]
    assert stored(studio, row).slot_at == TOMORROW


def test_two_people_who_move_at_once(studio, desk) -> None:
    """The second sees where the first has put it, and decides again."""
    row = queued(studio, desk, TOMORROW)
    assert change(studio, desk, row, "move", to="2027-03-25T19:30").status_code == 200
    late = change(studio, desk, row, "move", to="2027-03-26T19:30", seen=TOMORROW.isoformat())
    assert late.status_code == 409
    assert "2027-03-25 19:30" in late.json()["detail"]


def test_a_pin_can_be_taken_out(studio, desk) -> None:
    """Plans may move it again; twice changes nothing."""
    row = queued(studio, desk, TOMORROW)
    change(studio, desk, row, "move", to="2027-03-25T19:30")
    assert change(studio, desk, row, "unpin").json()["is_new"] is True
    assert stored(studio, row).is_pinned is False
    assert change(studio, desk, row, "unpin").json()["is_new"] is False


def test_what_is_taken_out_comes_back_by_approving_it_again(studio, desk) -> None:
    """Nothing is lost: the approval is older than the taking out, so it counts no more."""
    row = queued(studio, desk, TOMORROW)
    assert change(studio, desk, row, "take_out").json()["is_new"] is True
    assert change(studio, desk, row, "take_out").json()["is_new"] is False
    assert stored(studio, row).state is S.CANCELLED
    state = desk.get("/api/queue").json()
    assert [each["render_id"] for each in state["waiting"]] == [row.render_id]
    assert "approving it again" in state["waiting"][0]["why"]
    assert 'value="approve"' in desk.get(f"/videos/{row.render_id}", headers=PAGE).text

    studio.clock.now = NOW + timedelta(minutes=1)
    body = {"decision": "approve", "reviewer": "Mira", "content_hash": row.content_hash}
    again = desk.post(f"/videos/{row.render_id}/decisions", json=body)
    assert again.json()["is_new"] is True
    state = desk.get("/api/queue").json()
    assert state["waiting"] == []
    assert any(line["render_id"] == row.render_id for day in state["days"] for line in day["lines"])


@pytest.mark.parametrize("decision", ["move", "unpin", "take_out"])
@pytest.mark.parametrize(
    "states", [(S.CLAIMED,), (S.CLAIMED, S.INITIATED), (S.CLAIMED, S.INITIATED, S.PUBLISHED)]
)
def test_what_was_sent_stays_where_it_is(studio, desk, decision, states) -> None:
    """The reason is said."""
    row = queued(studio, desk, TOMORROW, "The whale", *states)
    before = stored(studio, row)
    answer = change(studio, desk, row, decision, to="2027-03-25T19:30")
    assert answer.status_code == 409
    assert answer.json()["error"] == "It waits no longer"
    assert stored(studio, row) == before


@pytest.mark.parametrize(
    ("more", "status"),
    [({"reviewer": ""}, 422), ({"to": ""}, 422), ({"to": "soon"}, 422), ({"seen": "x"}, 422)],
)
def test_nothing_is_guessed(studio, desk, more, status) -> None:
    """Who, when and what the page showed are all needed."""
    row = queued(studio, desk, TOMORROW)
    desk.cookies.clear()
    assert (
        change(studio, desk, row, "move", **({"to": "2027-03-25T19:30"} | more)).status_code
        == status
    )
    assert stored(studio, row).slot_at == TOMORROW


def test_what_is_not_in_the_queue_is_not_found(desk) -> None:
    """An erased dream's post, or a mistyped id."""
    body = {"decision": "unpin", "seen": TOMORROW.isoformat(), "reviewer": "Mira"}
    assert desk.post("/queue/pub_none/decisions", json=body).status_code == 404


def test_another_site_cannot_move_anything(studio, desk) -> None:
    """The same guard as for decisions."""
    row = queued(studio, desk, TOMORROW)
    answer = desk.post(
        f"/queue/pub_{row.render_id}/decisions",
        data={"decision": "take_out", "seen": TOMORROW.isoformat(), "reviewer": "Mira"},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert stored(studio, row).state is S.PLANNED


def test_other_people_s_words_are_only_words(studio, desk) -> None:
    """A title is shown and never run."""
    queued(studio, desk, TOMORROW, "<script>alert(1)</script>")
    assert "<script>alert" not in desk.get("/queue", headers=PAGE).text


def test_a_post_without_an_end_is_in_one_place_only(studio, desk) -> None:
    """A failed one waits for a person below the calendar, with its reason."""
    row = queued(studio, desk, TOMORROW, "It failed", S.CLAIMED, S.FAILED)
    with studio.ledger.write() as connection:
        connection.execute(
            sa.update(publication_rows)
            .where(publication_rows.c.render_id == row.render_id)
            .values(error="TikTok says it failed: spam_risk.")
        )
    state = desk.get("/api/queue").json()
    assert all(not day["lines"] for day in state["days"])
    assert state["in_flight"] == []
    assert "spam_risk" in state["waiting"][0]["why"]
