"""A decision is about exactly one file, is written once, and leaves a record."""

import threading

import httpx
import pytest
import sqlalchemy as sa

from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.review.model import Decision
from dreambox_pipeline.storage.ledger import reviews
from dreambox_pipeline.storage.tables import audit_log


def decide(desk: httpx.Client, row, decision: str = "approve", **changes: str) -> httpx.Response:
    body = {"decision": decision, "reviewer": "Mira", "content_hash": row.content_hash} | changes
    return desk.post(f"/videos/{row.render_id}/decisions", json=body)


def events(studio) -> list:
    with studio.ledger.read() as connection:
        return reviews.events(connection)


def audit(studio) -> list:
    with studio.ledger.read() as connection:
        return list(connection.execute(sa.select(audit_log).order_by(audit_log.c.seq)).mappings())


def test_an_approval_is_an_event_and_an_audit_entry(studio, desk) -> None:
    """Both name the file; the time is the desk clock's."""
    row = studio.video()
    answer = decide(desk, row).json()
    (event,) = events(studio)
    (entry,) = audit(studio)
    assert answer["is_new"]
    assert answer["event_id"] == event.event_id
    assert (event.decision, event.reviewer) == (Decision.APPROVE, "Mira")
    assert (event.content_hash, event.decided_at) == (row.content_hash, studio.clock.now)
    assert (entry["actor"], entry["action"]) == ("reviewer:Mira", "video.approved")
    assert entry["subject"] == row.render_id
    assert entry["detail"]["content_hash"] == row.content_hash
    assert desk.get("/api/videos?state=approved").json()["videos"][0]["render_id"] == row.render_id


def test_a_double_click_is_one_decision(studio, desk) -> None:
    """The second identical submit is answered like the first and writes nothing."""
    row = studio.video()
    first, second = decide(desk, row), decide(desk, row)
    assert (first.status_code, second.status_code) == (200, 200)
    assert not second.json()["is_new"]
    assert second.json()["event_id"] == first.json()["event_id"]
    assert (len(events(studio)), len(audit(studio))) == (1, 1)


def test_clicks_at_the_same_moment_are_one_decision(studio, desk) -> None:
    """Eight threads, one row: the write transaction is what decides, not the order of arrival."""
    row = studio.video()
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(decide(desk, row).status_code))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8
    assert (len(events(studio)), len(audit(studio))) == (1, 1)


def test_a_second_reviewer_s_opinion_is_kept(studio, desk) -> None:
    """The same verdict by another person is another event."""
    row = studio.video()
    decide(desk, row)
    assert decide(desk, row, reviewer="Noor").json()["is_new"]
    assert [event.reviewer for event in events(studio)] == ["Mira", "Noor"]


def test_a_mind_can_be_changed(studio, desk) -> None:
    """Approve, reject, approve: three events, and the last one holds."""
    row = studio.video()
    decide(desk, row)
    decide(desk, row, "reject", reason="Hard to read")
    assert decide(desk, row).json()["is_new"]
    assert len(events(studio)) == 3
    assert desk.get("/api/videos").json()["counts"] == {
        "open": 0, "approved": 1, "rejected": 0, "posted": 0,
    }  # fmt: skip


def test_another_file_than_the_reviewer_saw_is_not_decided(studio, desk, nothing) -> None:
    """The hash in the form must be the video's."""
    row = studio.video()
    answer = decide(desk, row, content_hash=nothing)
    assert answer.status_code == 409
    assert "not the video you saw" in answer.json()["error"]
    assert events(studio) == []


@pytest.mark.parametrize(
    ("consent", "words"),
    [
        (ConsentState.WITHDRAWN, "took their consent back"),
        (ConsentState.ASKED, "has not agreed"),
        (ConsentState.DECLINED, "has not agreed"),
        (ConsentState.NONE, "has not agreed"),
    ],
)
def test_no_consent_no_approval(studio, desk, consent, words) -> None:
    """Only a granted consent lets a video through; it can still be rejected."""
    row = studio.video(consent=consent)
    answer = decide(desk, row)
    assert answer.status_code == 409
    assert words in answer.json()["detail"]
    assert not desk.get("/api/videos").json()["videos"][0]["can_be_approved"]
    assert events(studio) == []
    assert decide(desk, row, "reject", reason="Withdrawn").status_code == 200


def test_a_video_that_failed_a_blocking_check_cannot_be_approved(studio, desk) -> None:
    """A person may not wave through what the platform would refuse."""
    row = studio.video(has_passed=False)
    assert decide(desk, row).status_code == 409
    assert events(studio) == []


def test_a_planned_video_can_still_be_rejected(studio, desk) -> None:
    """Nothing was sent yet; the publisher looks at the verdict again before it sends."""
    row = studio.video()
    decide(desk, row)
    studio.queue(row)
    assert decide(desk, row, "reject", reason="Second thoughts").json()["is_new"]


@pytest.mark.parametrize("is_out", [False, True])
def test_a_video_on_its_way_cannot_be_decided_any_more(studio, desk, is_out) -> None:
    """A rejection that changes nothing would be a lie; a note is welcome."""
    row = studio.video()
    decide(desk, row)
    if is_out:
        studio.posted(row)
    else:
        studio.queue(row, PublicationState.CLAIMED)
    assert decide(desk, row, "reject", reason="Too late").status_code == 409
    assert decide(desk, row, "comment", reason="Too late").status_code == 200
    assert [event.decision for event in events(studio)] == [Decision.APPROVE, Decision.COMMENT]


def test_a_note_changes_no_verdict_and_is_written_once(studio, desk) -> None:
    """The same words by the same person right after each other are one note."""
    row = studio.video()
    assert decide(desk, row, "comment", reason="Lovely").json()["is_new"]
    assert not decide(desk, row, "comment", reason="Lovely").json()["is_new"]
    assert decide(desk, row, "comment", reason="Really").json()["is_new"]
    assert desk.get("/api/videos").json()["counts"]["open"] == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"decision": "reject"}, 422),
        ({"decision": "reject", "reason": " \u202e\u0000 "}, 422),
        ({"reviewer": "  "}, 422),
        ({"reviewer": "x" * 61}, 422),
        ({"reason": "x" * 501}, 422),
        ({"decision": "publish"}, 422),
        ({"content_hash": "0" * 63}, 422),
        ({"content_hash": "0" * 64 + "\n"}, 422),
    ],
)
def test_what_does_not_fit_is_refused_in_words(studio, desk, changes, status) -> None:
    """Each refusal says what is missing or too long, and writes nothing."""
    answer = decide(desk, studio.video(), **changes)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert events(studio) == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"decision=\xff", "application/x-www-form-urlencoded", 400),
        (b"a=1&" * 50, "application/x-www-form-urlencoded", 400),
        (b"decision=approve", "text/plain", 415),
        (b"x" * 70_000, "application/json", 413),
    ],
)
def test_bodies_that_are_not_what_they_say_are_refused(studio, desk, body, kind, status) -> None:
    """Garbage gets a 4xx and an explanation, never a crash."""
    row = studio.video()
    address = f"/videos/{row.render_id}/decisions"
    answer = desk.post(
        address, content=body, headers={"Content-Type": kind, "Accept": "application/json"}
    )
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_an_unknown_video_is_not_found(studio, desk) -> None:
    """Nothing is decided about something that is not there."""
    row = studio.video()
    body = {"decision": "approve", "reviewer": "Mira", "content_hash": row.content_hash}
    assert desk.post("/videos/vid_none/decisions", json=body).status_code == 404


def test_direction_tricks_are_taken_out_of_names_and_reasons(studio, desk) -> None:
    """A name cannot turn the words around it, nor bring a second line into the log."""
    decide(desk, studio.video(), reviewer=" Mi\u202era\n\x1b[31m ")
    assert events(studio)[0].reviewer == "Mi ra [31m"
