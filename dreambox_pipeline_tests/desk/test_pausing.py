"""The kill switch at the desk: one form on every page, a banner while it is on, a name and a reason."""

import pytest

from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.ledger import audit, publications
from dreambox_pipeline.storage.ledger.switches import PausedError, pause_of_posting

PAGES = ["/", "/dreams", "/tasks"]
HTML = {"accept": "text/html"}


def pause(desk, **more):
    fields = {"decision": "pause", "reason": "the sound is wrong", "reviewer": "mia"}
    return desk.post("/posting", data=fields | more, headers=HTML, follow_redirects=False)


def in_force(studio):
    with studio.ledger.read() as connection:
        return pause_of_posting(connection)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_can_stop_posting_and_says_when_it_is_stopped(desk, page):
    """Whoever sees trouble must not have to look for the switch."""
    before = desk.get(page, headers=HTML).text
    assert "Pause all posting" in before
    assert "Posting is paused" not in before

    answer = pause(desk, back=page)
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    after = desk.get(page, headers=HTML).text
    assert "Posting is paused" in after
    assert "the sound is wrong" in after
    assert "<bdi>mia</bdi>" in after
    assert "Resume posting" in after
    assert "Pause all posting" not in after


def test_a_videos_page_has_it_too(desk, studio):
    """And leads back to itself."""
    row = studio.video()
    page = f"/videos/{row.render_id}"
    assert pause(desk, back=page).headers["location"] == page
    assert "Posting is paused" in desk.get(page, headers=HTML).text


def test_a_paused_queue_cannot_be_claimed_until_it_is_resumed(desk, studio):
    """The banner is no decoration, and what is on its way is said."""
    waits, sent = studio.video(), studio.video()
    studio.queue(waits)
    studio.queue(sent, PublicationState.CLAIMED)
    pause(desk)
    assert "1 post was sent before" in desk.get("/", headers=HTML).text
    with pytest.raises(PausedError), studio.ledger.write() as connection:
        publications.claim(
            connection, f"pub_{waits.render_id}", claim_token="w", now=studio.clock.now
        )
    desk.post("/posting", json={"decision": "resume", "reviewer": "ben"})
    with studio.ledger.write() as connection:
        assert publications.claim(
            connection, f"pub_{waits.render_id}", claim_token="w", now=studio.clock.now
        )


def test_both_turns_are_written_down_with_their_person(desk, studio):
    """Twice is once; a script gets JSON."""
    first = desk.post("/posting", json={"decision": "pause", "reason": "x", "reviewer": "mia"})
    again = desk.post("/posting", json={"decision": "pause", "reason": "y", "reviewer": "ben"})
    assert (first.json()["is_new"], again.json()["is_new"]) == (True, False)
    assert desk.post("/posting", json={"decision": "resume"}).json()["is_new"], "the cookie knows"
    with studio.ledger.read() as connection:
        chain = audit.entries(connection)
    assert [(entry.actor, entry.action) for entry in chain] == [
        ("reviewer:mia", "posting.paused"),
        ("reviewer:ben", "posting.resumed"),
    ]


def test_nobody_pauses_without_a_name(desk, studio):
    """Whoever finds it paused has to know whom to ask."""
    assert desk.post("/posting", json={"decision": "pause"}).status_code == 422
    assert desk.post("/posting", json={"decision": "stop", "reviewer": "mia"}).status_code == 422
    assert in_force(studio) is None


def test_another_site_cannot_turn_it(desk, studio):
    """The same guard as for every write."""
    answer = desk.post(
        "/posting",
        data={"decision": "pause", "reviewer": "mia"},
        headers={"origin": "https://elsewhere.example"},
    )
    assert answer.status_code == 403
    assert in_force(studio) is None


@pytest.mark.parametrize("back", ["https://elsewhere.example", "//elsewhere.example", "/x\n", ""])
def test_the_form_leads_back_to_our_own_pages_only(desk, back):
    """A link with a form behind it could send people elsewhere."""
    assert pause(desk, back=back).headers["location"] == "/"


def test_a_reason_is_words_and_not_markup(desk):
    """It is shown on every page."""
    pause(desk, reason="<script>alert(1)</script>")
    shown = desk.get("/", headers=HTML).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown
