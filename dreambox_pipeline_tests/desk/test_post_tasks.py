"""A person finishes what no program may: once, with the AI label confirmed, and with a record."""

import html

import httpx
import pytest
import sqlalchemy as sa

from dreambox_pipeline.stages.posts.model import PublicationState as S
from dreambox_pipeline.stages.posts.model import Route
from dreambox_pipeline.storage.ledger import post_tasks, publications, tasks
from dreambox_pipeline.storage.tables import publications as publication_rows

PAGE = {"Accept": "text/html"}
POST = "7612799248589288803"
LINK = f"https://www.tiktok.com/@dreambox/video/{POST}?lang=en"


def waiting(studio, desk: httpx.Client, route: Route = Route.MANUAL_KIT):
    """A video that was delivered by *route* and waits for a person, and its task's id."""
    row = studio.video()
    body = {"decision": "approve", "reviewer": "Mira", "content_hash": row.content_hash}
    assert desk.post(f"/videos/{row.render_id}/decisions", json=body).status_code == 200
    studio.queue(row)
    now, publication_id = studio.clock.now, f"pub_{row.render_id}"
    with studio.ledger.write() as connection:
        publications.claim(
            connection, publication_id, claim_token=row.render_id, now=now, route=route
        )
        publication = stored(connection, row)
        for state in (S.INITIATED, S.UNCONFIRMED):
            publication = publications.move(
                connection, publication, state, now=now, publish_id=f"kit:{row.render_id}"
            )
        post_tasks.ask(
            connection, publication_id, route=route, render_id=row.render_id,
            dream_id=row.dream_id, publish_id=f"kit:{row.render_id}",
            note="It waits in the folder kits/1.", now=now,
        )  # fmt: skip
        (task,) = tasks.open_tasks(connection, subject=publication_id)
    desk.cookies.clear()
    return row, task.task_id


def stored(connection, row) -> publications.PublicationRow:
    found = publications.get(connection, f"pub_{row.render_id}")
    assert found is not None
    return found


def state_of(studio, row) -> publications.PublicationRow:
    with studio.ledger.read() as connection:
        return stored(connection, row)


def task_of(studio, task_id: str) -> tasks.Task:
    with studio.ledger.read() as connection:
        found = tasks.find(connection, task_id)
    assert found is not None
    return found


def say(desk: httpx.Client, task_id: str, outcome: str, **more: object) -> httpx.Response:
    body = {"outcome": outcome, "reviewer": "Mira"} | more
    return desk.post(f"/tasks/{task_id}/decisions", json=body)


@pytest.mark.parametrize("route", [Route.MANUAL_KIT, Route.INBOX_DRAFT])
@pytest.mark.parametrize("given", [LINK, POST])
def test_a_pasted_link_settles_the_post(studio, desk, route, given) -> None:
    """The row is published as that post, and the task is closed with the person's name."""
    row, task_id = waiting(studio, desk, route)
    answer = say(desk, task_id, "posted", post=given, ai_label=True)
    assert answer.json() == {"task_id": task_id, "outcome": "posted", "is_new": True}
    after = state_of(studio, row)
    assert (after.state, after.post_id) == (S.PUBLISHED, POST)
    closed = task_of(studio, task_id)
    assert (closed.state, closed.done_by) == (tasks.CLOSED, "reviewer:Mira")


def test_saying_it_twice_is_saying_it_once(studio, desk) -> None:
    """But another link under the same task is a contradiction."""
    _row, task_id = waiting(studio, desk)
    said = [say(desk, task_id, "posted", post=LINK, ai_label=True) for _ in range(2)]
    assert [answer.json()["is_new"] for answer in said] == [True, False]
    other = say(desk, task_id, "posted", post="7612799248589288999", ai_label=True)
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"post": LINK}, "AI label"),
        ({"ai_label": True}, "Which post"),
        ({"post": "https://vm.tiktok.com/ZM123/", "ai_label": True}, "short link"),
        ({"post": "done!", "ai_label": True}, "names no post"),
        ({"post": LINK, "ai_label": True, "reviewer": ""}, "Who is deciding"),
    ],
)
def test_posted_needs_the_post_the_label_and_a_name(studio, desk, more, words) -> None:
    """What is missing is said, and nothing is half-written."""
    row, task_id = waiting(studio, desk)
    answer = say(desk, task_id, "posted", **more)
    assert answer.status_code == 422
    assert words in f"{answer.json()['error']} {answer.json()['detail']}"
    assert state_of(studio, row).state is S.UNCONFIRMED
    assert task_of(studio, task_id).state == tasks.OPEN


@pytest.mark.parametrize(
    ("outcome", "state"), [("not_posted", S.FAILED), ("plan_again", S.PLANNED)]
)
def test_what_was_not_posted_ends_or_waits_again(studio, desk, outcome, state) -> None:
    """A person's word decides which."""
    row, task_id = waiting(studio, desk)
    assert say(desk, task_id, outcome).json()["is_new"] is True
    assert state_of(studio, row).state is state
    assert task_of(studio, task_id).outcome == outcome
    assert say(desk, task_id, outcome).json()["is_new"] is False


def test_one_post_belongs_to_one_video(studio, desk) -> None:
    """The link of another video's post is refused, and the task stays open."""
    _row, first = waiting(studio, desk)
    assert say(desk, first, "posted", post=LINK, ai_label=True).status_code == 200
    row, second = waiting(studio, desk)
    assert say(desk, second, "posted", post=LINK, ai_label=True).status_code == 409
    assert state_of(studio, row).state is S.UNCONFIRMED
    assert task_of(studio, second).state == tasks.OPEN


def test_the_video_s_own_page_asks_for_the_label_too(studio, desk) -> None:
    """There are two ways in and one rule."""
    row, task_id = waiting(studio, desk)
    body = {"seen": "unconfirmed", "to": "published", "post_id": LINK, "reviewer": "Mira"}
    address = f"/videos/{row.render_id}/post"
    assert desk.post(address, json=body).status_code == 422
    assert 'name="ai_label"' in desk.get(f"/videos/{row.render_id}", headers=PAGE).text
    assert desk.post(address, json=body | {"ai_label": True}).status_code == 200
    assert state_of(studio, row).state is S.PUBLISHED
    assert task_of(studio, task_id).state == tasks.CLOSED


def test_the_page_says_what_to_do_and_works_without_scripts(studio, desk) -> None:
    """Steps, the caption to paste, the folder, and a form of plain fields."""
    row, task_id = waiting(studio, desk)
    text = html.unescape(desk.get("/tasks", headers=PAGE).text)
    for words in ("AI-generated content", "A whale above a lake #dream", "kits/1", row.title):
        assert words in text
    form = {"outcome": "posted", "post": LINK, "ai_label": "true", "reviewer": "Mira"}
    answer = desk.post(f"/tasks/{task_id}/decisions", data=form, headers=PAGE)
    assert answer.status_code == 303
    assert "Noted: it is posted" in desk.get(answer.headers["location"], headers=PAGE).text


def test_a_post_that_is_gone_is_acknowledged_with_what_happened(studio, desk) -> None:
    """The row stays published: it was."""
    row = studio.video()
    studio.posted(row)
    publication = state_of(studio, row)
    with studio.ledger.write() as connection:
        tasks.open_task(
            connection, tasks.POST_GONE, publication.publication_id,
            payload={"publication_id": publication.publication_id, "post_id": publication.post_id},
            now=studio.clock.now,
        )  # fmt: skip
    task_id = f"post_gone:{publication.publication_id}:"
    text = desk.get("/tasks", headers=PAGE).text
    assert "TikTok no longer shows a post" in text
    assert f"/video/{publication.post_id}" in text
    assert say(desk, task_id, "removed_by_tiktok").status_code == 200
    assert task_of(studio, task_id).outcome == "removed_by_tiktok"
    assert state_of(studio, row) == publication


def test_what_is_called_back_ends_when_a_person_says_it_is_not_out(studio, desk) -> None:
    """The dreamer took it back while it lay in the kit."""
    row, task_id = waiting(studio, desk)
    with studio.ledger.write() as connection:
        post_tasks.call_back(
            connection, f"pub_{row.render_id}", render_id=row.render_id, dream_id=row.dream_id,
            why="withdrawn", now=studio.clock.now,
        )  # fmt: skip
    assert say(desk, task_id, "posted", post=LINK, ai_label=True).status_code == 409
    assert "This one must not go out" in desk.get("/tasks", headers=PAGE).text
    assert say(desk, f"takedown:pub_{row.render_id}:", "taken_down").status_code == 200
    assert state_of(studio, row).state is S.FAILED


def test_a_post_found_meanwhile_needs_nobody(studio, desk) -> None:
    """A run found it in the account's list while the page stood open."""
    row, task_id = waiting(studio, desk)
    with studio.ledger.write() as connection:
        publications.move(
            connection, stored(connection, row), S.PUBLISHED, now=studio.clock.now, post_id=POST
        )
    answer = say(desk, task_id, "not_posted")
    assert answer.status_code == 409
    assert state_of(studio, row).state is S.PUBLISHED


def test_an_erased_dream_s_task_shows_no_words(studio, desk) -> None:
    """The title and the caption are gone; the task still says what to do."""
    row, _task_id = waiting(studio, desk)
    with studio.ledger.write() as connection:
        connection.execute(
            sa.update(publication_rows)
            .where(publication_rows.c.render_id == row.render_id)
            .values(caption="")
        )
    text = desk.get("/tasks", headers=PAGE).text
    assert "A whale above a lake" not in text
    assert "AI-generated content" in text
