"""The Dreams and Tasks pages: what is shown, what a person decides, and what that changes."""

from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.stages.dreams.consent import reply_hash
from dreambox_pipeline.stages.dreams.duplicates import COPIED
from dreambox_pipeline.stages.dreams.model import (
    ConsentState,
    DreamReport,
    RankedDream,
    SelectionPolicy,
)
from dreambox_pipeline.stages.dreams.ranking import rank_dreams
from dreambox_pipeline.storage.ledger import consents, dreams, erasures, labels, tasks
from dreambox_pipeline.storage.tables import audit_log
from dreambox_pipeline.storage.tables import dreams as dream_rows
from dreambox_pipeline_tests.desk.conftest import FACTS, NOON

PAGE = {"Accept": "text/html"}
REPLY = "kinda yes lol, but what about my face?"


def dream_id(number: int) -> str:
    return f"drm_{number:016x}"


def tell(studio, number: int, **changes: object) -> DreamReport:
    """A dream that was found, and the ranking made anew."""
    told = {
        "dream_id": dream_id(number), "comment_id": f"74{number:017d}", "source_video_id": "7300000000000000001",
        "author_id": f"aut_{number}", "told_at": NOON - timedelta(hours=number),
        "text": f"Dream number {number} of <b>whales</b>", "lang": "en", "probability": 0.9,
        "reasons": ("cue:i_dreamt",), "facts": FACTS, "screening": Screening(ScreeningAction.PASS),
        "likes": 3, "engine": "embedded-9",
    }  # fmt: skip
    report = DreamReport(**told | changes)
    with studio.ledger.write() as connection:
        dreams.save_reports(connection, [report], now=NOON)
    rank(studio)
    return report


def rank(studio) -> list[RankedDream]:
    with studio.ledger.write() as connection:
        ranked = rank_dreams(dreams.rankable(connection), policy=SelectionPolicy(), now=NOON)
        dreams.save_ranking(connection, ranked, policy_version=0, now=NOON)
    return ranked


def decide(desk: httpx.Client, number: int, decision: str, reviewer: str = "Mira"):
    body = {"decision": decision, "reviewer": reviewer}
    return desk.post(f"/dreams/{dream_id(number)}/decisions", json=body)


def shown(desk: httpx.Client, pile: str = "ranked") -> str:
    return desk.get("/dreams", params={"state": pile}, headers=PAGE).text


def actions(studio) -> list[tuple[str, str]]:
    with studio.ledger.read() as connection:
        rows = connection.execute(sa.select(audit_log.c.actor, audit_log.c.action))
        return [tuple(row) for row in rows]


def label_of(studio) -> list[bool]:
    with studio.ledger.read() as connection:
        return [label.is_dream for label in labels.everything(connection)]


def test_a_ranked_dream_is_shown_with_its_reasons(studio, desk) -> None:
    """Words, language, scores with parts and the sentence; other people's words are escaped."""
    tell(studio, 1)
    page = shown(desk)
    assert "Dream number 1 of &lt;b&gt;whales&lt;/b&gt;" in page
    for words in ("Why this place", "Picture", "Risk", "embedded-9", "place 1 of 1", "3 likes"):
        assert words in page
    assert "<b>whales</b>" not in page


@pytest.mark.parametrize("pile", ["ranked", "look", "left_out"])
def test_an_empty_pile_says_what_belongs_there(desk, pile) -> None:
    """A page without rows is still a page."""
    answer = desk.get("/dreams", params={"state": pile}, headers=PAGE)
    assert answer.status_code == 200
    assert 'class="empty"' in answer.text


def test_an_unknown_pile_is_not_found(desk) -> None:
    """A mistyped address gets the known ones."""
    assert desk.get("/dreams?state=nonsense").status_code == 404


def test_not_a_dream_is_learned_and_left_out(studio, desk) -> None:
    """One label, one audit entry, no place in the ranking; the second submit changes nothing."""
    tell(studio, 1)
    assert decide(desk, 1, "not_a_dream").json()["is_new"] is True
    assert decide(desk, 1, "not_a_dream").json()["is_new"] is False
    assert label_of(studio) == [False]
    assert actions(studio) == [("reviewer:Mira", "dream.not_a_dream")]
    assert rank(studio) == []
    assert "Dream number 1" not in shown(desk)
    assert "no dream" in shown(desk, "left_out")


def test_a_person_may_change_their_mind(studio, desk) -> None:
    """It is a dream after all: it is ranked again."""
    tell(studio, 1)
    decide(desk, 1, "not_a_dream")
    decide(desk, 1, "dream")
    assert label_of(studio) == [True]
    assert [ranked.dream_id for ranked in rank(studio)] == [dream_id(1)]


def test_what_needs_a_look_waits_for_fine(studio, desk) -> None:
    """Before that it has no place, and afterwards it has one."""
    tell(studio, 1, needs_review=True)
    assert rank(studio) == []
    assert "Dream number 1" in shown(desk, "look")
    assert decide(desk, 1, "fine").json()["is_new"] is True
    assert decide(desk, 1, "fine").json()["is_new"] is False
    assert [ranked.dream_id for ranked in rank(studio)] == [dream_id(1)]
    assert "Dream number 1" not in shown(desk, "look")


def test_what_is_left_out_is_no_lesson(studio, desk) -> None:
    """It is a dream, only not for a video: the detector must not learn otherwise."""
    tell(studio, 1, needs_review=True)
    decide(desk, 1, "leave_out")
    decide(desk, 1, "leave_out")
    assert label_of(studio) == []
    assert actions(studio) == [("reviewer:Mira", "dream.leave_out")]
    assert rank(studio) == []
    decide(desk, 1, "fine")
    assert len(rank(studio)) == 1


def test_a_copy_says_whose_it_is(studio, desk) -> None:
    """Why it has no place, in words."""
    tell(studio, 1)
    tell(studio, 2, duplicate_of=dream_id(1), reasons=("cue:i_dreamt", COPIED))
    assert f"nearly repeats {dream_id(1)}, which another person told earlier" in shown(
        desk, "left_out"
    )


def test_a_dream_taken_out_of_use_cannot_be_brought_back_here(studio, desk) -> None:
    """Its comment was hidden or its dreamer said no: that is not ours to overrule."""
    report = tell(studio, 1)
    with studio.ledger.write() as connection:
        dreams.suspend(connection, report.comment_id, reason="declined", now=NOON)
    assert decide(desk, 1, "dream").status_code == 409
    assert label_of(studio) == []


def test_a_decision_needs_a_name_and_a_dream(studio, desk) -> None:
    """Nothing is written without both."""
    tell(studio, 1)
    assert decide(desk, 1, "dream", reviewer="").status_code == 422
    assert decide(desk, 9, "dream").status_code == 404
    assert decide(desk, 1, "burn it").status_code == 422
    assert actions(studio) == []


def test_a_form_from_elsewhere_is_refused(studio, desk) -> None:
    """The guards of the review list hold here too."""
    tell(studio, 1)
    for path in (f"/dreams/{dream_id(1)}/decisions", "/tasks/x/decisions"):
        answer = desk.post(
            path, data={"decision": "not_a_dream", "outcome": "done", "reviewer": "Eve"},
            headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        )  # fmt: skip
        assert answer.status_code == 403
    assert label_of(studio) == []


def test_a_form_comes_back_to_its_own_pile(studio, desk) -> None:
    """Without JavaScript; and a forged address leads nowhere else."""
    tell(studio, 1)
    for back, pile in (("look", "look"), ("https://evil.example", "ranked")):
        form = {"decision": "dream", "reviewer": "Mira", "back": back}
        answer = desk.post(f"/dreams/{dream_id(1)}/decisions", data=form, headers=PAGE)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/dreams?state={pile}&done=dream"


# Tasks


def ask(studio, number: int = 1) -> DreamReport:
    report = tell(studio, number)
    with studio.ledger.write() as connection:
        consents.record_question(
            connection, report.dream_id, wording_version="2026-11:en:1", text="May we make a video?",
            question_comment_id="77", now=NOON - timedelta(hours=2),
        )  # fmt: skip
    return report


def unclear(studio, number: int = 1, *, handle: str | None = "sleepy.sol") -> str:
    """A question was asked and answered in a way that no rule reads; the task's id."""
    report = ask(studio, number)
    payload = {
        "dream_id": report.dream_id, "comment_id": report.comment_id, "source_video_id": "73",
        "answer_comment_id": "79", "answered_at": (NOON - timedelta(hours=1)).isoformat(),
        "reply": REPLY, "reply_sha256": reply_hash(REPLY), "handle": handle,
        "said_before": ["sure, go on"],
    }  # fmt: skip
    with studio.ledger.write() as connection:
        tasks.open_task(
            connection, tasks.UNCLEAR_ANSWER, report.dream_id, key="79", payload=payload, now=NOON
        )
    return f"{tasks.UNCLEAR_ANSWER}:{report.dream_id}:79"


def close(desk: httpx.Client, task_id: str, outcome: str, reviewer: str = "Mira"):
    return desk.post(f"/tasks/{task_id}/decisions", json={"outcome": outcome, "reviewer": reviewer})


def consent(studio, number: int = 1) -> tuple[ConsentState, str | None]:
    with studio.ledger.read() as connection:
        state = consents.states(connection)[dream_id(number)]
        return state, consents.credit_of(connection, dream_id(number))


def test_an_unclear_answer_is_shown_with_its_question(studio, desk) -> None:
    """The dream, what we asked, what came back and from whom."""
    unclear(studio)
    page = desk.get("/tasks", headers=PAGE).text
    for words in (
        "Dream number 1",
        "May we make a video?",
        "kinda yes lol",
        "@sleepy.sol",
        "sure, go on",
        "Yes, credit them",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("outcome", "state", "credit"),
    [
        ("granted_by_handle", ConsentState.GRANTED, "sleepy.sol"),
        ("granted_anonymously", ConsentState.GRANTED, None),
        ("declined", ConsentState.DECLINED, None),
        ("no_answer", ConsentState.ASKED, None),
    ],
)
def test_a_person_says_what_an_answer_means(studio, desk, outcome, state, credit) -> None:
    """Once, with the dreamer's reply as proof and the person's name in the audit chain."""
    task_id = unclear(studio)
    assert close(desk, task_id, outcome).json()["is_new"] is True
    assert close(desk, task_id, outcome).json()["is_new"] is False
    assert consent(studio) == (state, credit)
    said = [action for actor, action in actions(studio) if actor == "reviewer:Mira"]
    assert said == [f"task.{outcome}"] + ([] if outcome == "no_answer" else [f"consent.{state}"])
    with studio.ledger.read() as connection:
        task = tasks.find(connection, task_id)
    assert task.outcome == outcome
    assert REPLY not in str(task.payload)
    assert "sure, go on" not in str(task.payload)
    assert "sleepy.sol" not in str(task.payload)
    assert "kinda yes" not in desk.get("/tasks", headers=PAGE).text


def test_a_persons_no_lets_go_of_the_words(studio, desk) -> None:
    """The dreamer does not want it used, so nothing of it is kept to be used."""
    close(desk, unclear(studio), "declined")
    with studio.ledger.read() as connection:
        text, reason = connection.execute(
            sa.select(dream_rows.c.text, dream_rows.c.suspended_reason)
        ).one()
    assert (text, reason) == ("", "declined")


def doubted(studio) -> str:
    """A yes, and second thoughts; the task's id."""
    report = ask(studio, 1)
    payload = {
        "dream_id": report.dream_id, "comment_id": report.comment_id, "source_video_id": "73",
        "answer_comment_id": "80", "answered_at": NOON.isoformat(), "reply": "hmm maybe not",
        "reply_sha256": reply_hash("hmm maybe not"), "handle": None, "said_before": [],
    }  # fmt: skip
    with studio.ledger.write() as connection:
        consents.record_answer(
            connection,
            report.dream_id,
            state=ConsentState.GRANTED,
            now=NOON,
            answer_comment_id="79",
        )
        tasks.open_task(
            connection, tasks.DOUBTED_YES, report.dream_id, key="80", payload=payload, now=NOON
        )
    return f"{tasks.DOUBTED_YES}:{report.dream_id}:80"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("stays", ConsentState.GRANTED), ("withdrawn", ConsentState.WITHDRAWN)],
)
def test_a_person_decides_about_second_thoughts(studio, desk, outcome, state) -> None:
    """Taken back, the tombstone is written at once; the words go with it."""
    task_id = doubted(studio)
    page = desk.get("/tasks", headers=PAGE).text
    assert "Do they take it back?" in page
    assert "hmm maybe not" in page
    assert close(desk, task_id, outcome).json()["is_new"] is True
    assert close(desk, task_id, outcome).json()["is_new"] is False
    assert consent(studio)[0] is state
    with studio.ledger.read() as connection:
        waiting = [each.dream_id for each in erasures.unfinished(connection)]
    assert waiting == ([dream_id(1)] if outcome == "withdrawn" else [])


def test_two_people_cannot_say_two_things(studio, desk) -> None:
    """The first decides; the second is told."""
    task_id = unclear(studio)
    close(desk, task_id, "granted_anonymously")
    assert close(desk, task_id, "declined").status_code == 409
    assert consent(studio)[0] is ConsentState.GRANTED


def test_the_dreamers_own_answer_counts_more_than_a_persons(studio, desk) -> None:
    """It came while the page was open: nothing of the person's reading is written."""
    task_id = unclear(studio)
    with studio.ledger.write() as connection:
        consents.record_answer(
            connection, dream_id(1), state=ConsentState.DECLINED, now=NOON, answer_comment_id="80"
        )
    assert close(desk, task_id, "granted_by_handle").status_code == 409
    assert consent(studio)[0] is ConsentState.DECLINED
    with studio.ledger.read() as connection:
        assert tasks.find(connection, task_id).state == tasks.OPEN


def test_nobody_is_credited_whose_handle_is_unknown(studio, desk) -> None:
    """The button is not there, and a script is refused."""
    task_id = unclear(studio, handle=None)
    assert "Yes, credit them" not in desk.get("/tasks", headers=PAGE).text
    assert close(desk, task_id, "granted_by_handle").status_code == 422
    assert consent(studio)[0] is ConsentState.ASKED


@pytest.mark.parametrize(
    ("kind", "outcome", "words"),
    [
        (tasks.HIDDEN_QUESTION, "done", "TikTok hides our question"),
        (tasks.TAKEDOWN, "taken_down", "The dreamer took their dream back"),
    ],
)
def test_other_tasks_are_shown_and_closed(studio, desk, kind, outcome, words) -> None:
    """With a way to TikTok; only their own outcomes are taken."""
    ask(studio)
    payload = {"dream_id": dream_id(1), "post_id": "7555", "why": "withdrawn"}
    with studio.ledger.write() as connection:
        tasks.open_task(connection, kind, "7555", payload=payload, now=NOON)
    page = desk.get("/tasks", headers=PAGE).text
    assert words in page
    assert "/video/7555" in page
    assert close(desk, f"{kind}:7555:", "granted_by_handle").status_code == 422
    assert close(desk, f"{kind}:7555:", outcome).json()["is_new"] is True
    assert words not in desk.get("/tasks", headers=PAGE).text


def test_a_task_needs_a_name_and_has_to_be_there(studio, desk) -> None:
    """Nothing is written without both."""
    task_id = unclear(studio)
    assert close(desk, task_id, "declined", reviewer="").status_code == 422
    assert close(desk, "unclear_answer:drm_0:0", "declined").status_code == 404
    assert consent(studio)[0] is ConsentState.ASKED


def test_every_page_counts_what_waits(studio, desk) -> None:
    """Review, Dreams and Tasks, wherever one is."""
    studio.video()
    unclear(studio, 7)
    for address in ("/", "/dreams", "/tasks"):
        page = " ".join(desk.get(address, headers=PAGE).text.split())
        for name in ("Review", "Dreams", "Tasks"):
            assert f'{name} <span class="count">1</span>' in page
