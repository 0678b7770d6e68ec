"""Two people at the desk at the same moment, on each database: the second sees what the first did."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from dreambox_pipeline.defs.placement import place
from dreambox_pipeline.desk.drafts import DraftForm, DraftProblem, save_draft
from dreambox_pipeline.desk.errors import Refusal
from dreambox_pipeline.desk.moving import Foreseen, QueueForm, change
from dreambox_pipeline.desk.post_rules import PostRules
from dreambox_pipeline.stages.posts.model import PostDraft, Slot, TimingPolicy
from dreambox_pipeline.stages.review.model import Decision, ReviewEvent
from dreambox_pipeline.storage.ledger import Ledger, audit, post_drafts, publications, reviews
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.post_queue import hand_moves
from dreambox_pipeline_tests.storage import story

T = TypeVar("T")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
RULES = PostRules(zone=BERLIN)
WISH = datetime(2026, 11, 28, 19, 30)  # noqa: DTZ001 - wall time
CAPTION = "{}\n\nA dream told by @dreamer.\nAI-generated video.\n\n#dreams"


def overlapping(
    ledger: Ledger, first: Callable[[Connection], T], second: Callable[[Connection], T]
) -> tuple[T, T]:
    """Both transactions at once: *first* has done its work but not committed when *second* begins."""
    done, answered = Event(), Event()

    def ahead() -> T:
        with ledger.write() as connection:
            answer = first(connection)
            done.set()
            # Whoever does not wait for us answers within this time, and from what was before us.
            answered.wait(timeout=0.3)
        return answer

    def behind() -> T:
        assert done.wait(timeout=20)
        with ledger.write() as connection:
            answer = second(connection)
            answered.set()
        return answer

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(ahead), pool.submit(behind)
        return one.result(timeout=30), other.result(timeout=30)


def queued(ledger: Ledger, number: int) -> PublicationRow:
    """Video *number* waits, a week and *number* days away."""
    row = story.queue(ledger, number)
    with ledger.write() as connection:
        slot = Slot(NOW + timedelta(days=7 + number), "then", 1.0, "planned")
        publications.reschedule(connection, row, slot, policy_version=0, now=NOW)
        found = publications.get(connection, row.publication_id)
    assert found is not None
    return found


def test_two_people_who_word_one_post_do_not_overwrite_each_other(ledger: Ledger) -> None:
    """The second is shown the first one's words, and the post says them until somebody chooses."""
    row = queued(ledger, 1)
    with ledger.write() as connection:
        post_drafts.write(
            connection,
            row.render_id,
            PostDraft(CAPTION.format("Before"), ("dreams",)),
            writer="embedded",
            policy_version=0,
            now=NOW,
        )

    def saying(words: str, reviewer: str) -> Callable[[Connection], bool | DraftProblem]:
        form = DraftForm(seen=NOW, caption=CAPTION.format(words), cover_s=1, reviewer=reviewer)
        later = NOW + timedelta(minutes=1)
        return lambda connection: save_draft(connection, row.render_id, form, later)

    first, second = overlapping(ledger, saying("Mine", "Mira"), saying("Yours", "Noor"))
    assert first is True
    assert isinstance(second, DraftProblem)
    assert second.status == 409
    assert second.newer is not None
    assert second.newer.edited_by == "reviewer:Mira"
    with ledger.read() as connection:
        stored = post_drafts.get(connection, row.render_id)
        waiting = publications.get(connection, row.publication_id)
        edits = [each for each in audit.entries(connection) if each.action == post_drafts.EDITED]
    assert stored is not None
    assert waiting is not None
    assert stored.draft.caption == waiting.caption == CAPTION.format("Mine")
    assert [each.actor for each in edits] == ["reviewer:Mira"]


def test_two_people_who_move_one_post_do_not_both_succeed(ledger: Ledger) -> None:
    """The second page shows a slot that is gone."""
    row = queued(ledger, 1)

    def moving(day: int) -> Callable[[Connection], bool | Foreseen | str]:
        form = QueueForm(
            decision="move", seen=row.slot_at, to=WISH.replace(day=day), reviewer="Mira"
        )

        def work(connection: Connection) -> bool | Foreseen | str:
            try:
                return change(connection, row.publication_id, form, RULES, NOW)
            except Refusal as refusal:
                return refusal.title

        return work

    first, second = overlapping(ledger, moving(28), moving(29))
    assert first is True
    assert second == "It has moved since"


def test_two_people_who_want_one_slot_do_not_both_get_it(ledger: Ledger) -> None:
    """Two videos, one evening: the second person is told who would have to make room."""
    rows = [queued(ledger, number) for number in (1, 2)]

    def moving(row: PublicationRow) -> Callable[[Connection], bool | Foreseen]:
        form = QueueForm(decision="move", seen=row.slot_at, to=WISH, reviewer="Mira")
        return lambda connection: change(connection, row.publication_id, form, RULES, NOW)

    first, second = overlapping(ledger, *(moving(row) for row in rows))
    assert first is True
    assert isinstance(second, Foreseen)
    assert second.moved.warnings


def test_the_command_line_waits_its_turn_too(ledger: Ledger) -> None:
    """Who was moved a moment ago is pinned, so the second move says how close it comes."""
    rows = [queued(ledger, number) for number in (1, 2)]

    def moving(row: PublicationRow) -> Callable[[Connection], hand_moves.Moved]:
        return lambda connection: hand_moves.move(
            connection,
            row.publication_id,
            WISH,
            policy=TimingPolicy(),
            zone=BERLIN,
            now=NOW,
            by="operator:mia",
        )

    first, second = overlapping(ledger, *(moving(row) for row in rows))
    assert first.warnings == ()
    assert rows[0].publication_id in " ".join(second.warnings)


def test_what_is_queued_while_it_is_worded_says_the_new_words(ledger: Ledger) -> None:
    """A plan that begins before the change is committed does not post what stood there before."""
    made = story.make(ledger, 1)
    draft = PostDraft(CAPTION.format("Before"), ("dreams",))
    mine = PostDraft(CAPTION.format("Mine"), ("dreams",))
    approval = ReviewEvent(
        0, made.render_id, story.video(1).content_hash, Decision.APPROVE, "mia", "", NOW
    )
    with ledger.write() as connection:
        reviews.append(connection, approval)
        post_drafts.write(
            connection, made.render_id, draft, writer="embedded", policy_version=0, now=NOW
        )

    def edit(connection: Connection) -> object:
        return post_drafts.edit(connection, made.render_id, mine, by="reviewer:mia", now=NOW)

    def plan(connection: Connection) -> object:
        grace = timedelta(hours=2)
        return place(
            connection, TimingPolicy(), BERLIN, NOW, missed_after=grace, language="en"
        ).added

    assert overlapping(ledger, edit, plan) == (True, 1)
    with ledger.read() as connection:
        (row,) = publications.everything(connection)
    assert row.caption == mine.caption
