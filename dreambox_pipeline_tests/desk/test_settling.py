"""What no program can know about a post, a person says on its page: once, and with a record."""

from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.posts.model import PublicationState as S
from dreambox_pipeline.stages.posts.publishing import ABSENT_AFTER, PERSON_AFTER
from dreambox_pipeline.storage.ledger import consents, publications
from dreambox_pipeline.storage.tables import audit_log

POST = "7612799248589288803"
PAGE = {"Accept": "text/html"}
WAYS = {
    S.UNCONFIRMED: (S.CLAIMED, S.UNCONFIRMED),
    S.FAILED: (S.CLAIMED, S.FAILED),
    S.PROCESSING: (S.CLAIMED, S.INITIATED, S.PROCESSING),
    S.INITIATED: (S.CLAIMED, S.INITIATED),
    S.PLANNED: (),
    S.CANCELLED: (S.CANCELLED,),
    S.PUBLISHED: (S.CLAIMED, S.INITIATED, S.PUBLISHED),
}


def brought_to(studio, desk: httpx.Client, state: S, *, ago: timedelta = ABSENT_AFTER):
    """An approved video whose publication stands in *state* for a while."""
    row = studio.video()
    body = {"decision": "approve", "reviewer": "Mira", "content_hash": row.content_hash}
    assert desk.post(f"/videos/{row.render_id}/decisions", json=body).status_code == 200
    studio.queue(row, *WAYS[state])
    assert publication(studio, row).state is state
    studio.clock.now += ago
    return row


def say(desk: httpx.Client, row, seen: str, to: str, **changes: str) -> httpx.Response:
    body = {"seen": seen, "to": to, "reviewer": "Mira"} | changes
    return desk.post(f"/videos/{row.render_id}/post", json=body)


def publication(studio, row) -> publications.PublicationRow:
    with studio.ledger.read() as connection:
        return publications.get(connection, f"pub_{row.render_id}")


def last_entry(studio):
    with studio.ledger.read() as connection:
        newest = sa.select(audit_log).order_by(audit_log.c.seq.desc())
        return connection.execute(newest).mappings().first()


@pytest.mark.parametrize(
    "given", [POST, f"https://www.tiktok.com/@dreambox/video/{POST}?lang=en", f"  {POST} "]
)
def test_a_post_a_person_found_is_published(studio, desk, given) -> None:
    """By its id or its link; measuring can then begin."""
    row = brought_to(studio, desk, S.UNCONFIRMED)
    answer = say(desk, row, "unconfirmed", "published", post_id=given)

    assert answer.json() == {"render_id": row.render_id, "state": "published", "is_new": True}
    found = publication(studio, row)
    assert (found.state, found.post_id, found.error) == (S.PUBLISHED, POST, None)
    assert found.published_at == found.initiated_at
    entry = last_entry(studio)
    assert (entry["actor"], entry["action"]) == ("reviewer:Mira", "publication.published")
    assert entry["subject"] == found.publication_id
    assert entry["detail"]["post_id"] == POST


def test_a_post_that_is_not_there_can_be_planned_again(studio, desk) -> None:
    """Two steps, each a person's; nothing of the old request is left to be asked for."""
    row = brought_to(studio, desk, S.UNCONFIRMED)
    assert say(desk, row, "unconfirmed", "failed").status_code == 200
    assert publication(studio, row).state is S.FAILED
    assert "A person looked" in (publication(studio, row).error or "")

    assert say(desk, row, "failed", "planned").status_code == 200
    again = publication(studio, row)
    assert (again.state, again.error) == (S.PLANNED, None)
    assert (again.publish_id, again.initiated_at) == (None, None)
    assert last_entry(studio)["action"] == "publication.planned"


def test_nobody_can_say_too_early_that_a_post_is_not_there(studio, desk) -> None:
    """TikTok may still be fetching it, and planned again it would be posted twice."""
    row = brought_to(studio, desk, S.UNCONFIRMED, ago=ABSENT_AFTER - timedelta(minutes=1))
    answer = say(desk, row, "unconfirmed", "failed")
    assert answer.status_code == 409
    assert "may be posted twice" in answer.text
    assert publication(studio, row).state is S.UNCONFIRMED
    with studio.ledger.write() as connection, pytest.raises(ItemError, match="may still appear"):
        publications.settle(connection, publication(studio, row), S.FAILED, now=studio.clock.now)
    assert say(desk, row, "unconfirmed", "published", post_id=POST).status_code == 200


def test_a_double_click_is_one_answer(studio, desk) -> None:
    """The second changes nothing and is answered calmly."""
    row = brought_to(studio, desk, S.UNCONFIRMED)
    first, second = (say(desk, row, "unconfirmed", "failed") for _ in range(2))
    assert (first.json()["is_new"], second.json()["is_new"]) == (True, False)


@pytest.mark.parametrize("state", list(WAYS))
@pytest.mark.parametrize("to", list(S))
def test_only_a_persons_arrows_can_be_taken(studio, desk, state, to) -> None:
    """No form, true or forged, moves a post anywhere else."""
    row = brought_to(studio, desk, state)
    before = publication(studio, row)
    answer = say(desk, row, state, to, post_id=POST)
    allowed = {
        (S.UNCONFIRMED, S.PUBLISHED), (S.UNCONFIRMED, S.FAILED), (S.FAILED, S.PLANNED),
    }  # fmt: skip
    assert answer.status_code == (200 if (state, to) in allowed else 409)
    assert (publication(studio, row) == before) is ((state, to) not in allowed)


def test_a_page_from_before_is_refused(studio, desk) -> None:
    """The post was found by a run while the page stood open."""
    row = brought_to(studio, desk, S.PUBLISHED)
    answer = say(desk, row, "unconfirmed", "failed")
    assert answer.status_code == 409
    assert "published" in answer.json()["detail"]
    assert publication(studio, row).state is S.PUBLISHED


def test_one_post_belongs_to_one_video(studio, desk) -> None:
    """A pasted link of another video would count its views twice."""
    other = brought_to(studio, desk, S.UNCONFIRMED)
    assert say(desk, other, "unconfirmed", "published", post_id=POST).status_code == 200
    row = brought_to(studio, desk, S.UNCONFIRMED)
    answer = say(desk, row, "unconfirmed", "published", post_id=POST)
    assert answer.status_code == 409
    assert other.render_id in answer.json()["detail"]


@pytest.mark.parametrize(
    "changes", [{"post_id": ""}, {"post_id": "yes"}, {"post_id": "12"}, {"reviewer": ""}]
)
def test_a_name_and_an_id_are_needed(studio, desk, changes) -> None:
    """Nothing is guessed."""
    row = brought_to(studio, desk, S.UNCONFIRMED)
    desk.cookies.clear()
    answer = say(desk, row, "unconfirmed", "published", **{"post_id": POST} | changes)
    assert answer.status_code == 422
    assert publication(studio, row).state is S.UNCONFIRMED


def test_a_dream_taken_back_is_not_planned_again(studio, desk) -> None:
    """The dreamer's word stands above a second try."""
    row = brought_to(studio, desk, S.FAILED)
    with studio.ledger.write() as connection:
        consents.record_answer(
            connection, row.dream_id, state=ConsentState.WITHDRAWN, now=studio.clock.now
        )
    assert say(desk, row, "failed", "planned").status_code == 409
    assert publication(studio, row).state is S.FAILED


@pytest.mark.parametrize("render_id", ["vid_none", "unqueued"])
def test_what_was_never_queued_cannot_be_settled(studio, desk, render_id) -> None:
    """Neither an unknown video nor one without a post."""
    row = studio.video()
    name = row.render_id if render_id == "unqueued" else render_id
    body = {"seen": "unconfirmed", "to": "failed", "reviewer": "Mira"}
    assert desk.post(f"/videos/{name}/post", json=body).status_code == 404


@pytest.mark.parametrize(
    ("state", "buttons"),
    [(S.UNCONFIRMED, {"published", "failed"}), (S.FAILED, {"planned"}), (S.INITIATED, set()),
     (S.PROCESSING, set()), (S.PLANNED, set()), (S.PUBLISHED, set()), (S.CANCELLED, set())],
)  # fmt: skip
def test_the_page_offers_what_can_be_said(studio, desk, state, buttons) -> None:
    """And nothing where a program will find out by itself."""
    row = brought_to(studio, desk, state)
    text = desk.get(f"/videos/{row.render_id}", headers=PAGE).text
    found = {
        way for way in ("published", "failed", "planned") if f'name="to" value="{way}"' in text
    }
    assert found == buttons
    assert ('id="settle"' in text) is bool(buttons)


def test_a_post_that_never_gets_its_id_is_a_persons_too(studio, desk) -> None:
    """After two days no program asks any more."""
    row = brought_to(studio, desk, S.PROCESSING, ago=PERSON_AFTER - timedelta(seconds=1))
    assert say(desk, row, "processing", "published", post_id=POST).status_code == 409
    studio.clock.now += timedelta(seconds=1)
    assert 'name="to" value="published"' in desk.get(f"/videos/{row.render_id}", headers=PAGE).text
    assert say(desk, row, "processing", "published", post_id=POST).status_code == 200
    assert publication(studio, row).post_id == POST


def test_the_form_works_without_scripts(studio, desk) -> None:
    """Back to the video's page, which says what was noted."""
    row = brought_to(studio, desk, S.UNCONFIRMED)
    fields = {"seen": "unconfirmed", "to": "failed"}
    answer = desk.post(f"/videos/{row.render_id}/post", data=fields, headers=PAGE)
    assert answer.status_code == 303
    assert "it is not posted" in desk.get(answer.headers["location"], headers=PAGE).text


def test_another_site_cannot_settle_anything(studio, desk) -> None:
    """The same guard as for decisions."""
    row = brought_to(studio, desk, S.UNCONFIRMED)
    answer = desk.post(
        f"/videos/{row.render_id}/post",
        data={"seen": "unconfirmed", "to": "failed", "reviewer": "Mira"},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert publication(studio, row).state is S.UNCONFIRMED
