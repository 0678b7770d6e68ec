"""Drafts and the publications made of them say the same, on both databases, until something was sent."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.safety.audit import verify
from dreambox_pipeline.stages.posts.model import PostDraft, PublicationState
from dreambox_pipeline.storage.ledger import Ledger, audit, post_drafts
from dreambox_pipeline.storage.tables import publications as publications_table
from dreambox_pipeline_tests.storage import story
from dreambox_pipeline_tests.storage.story import NOON

LATER = NOON + timedelta(days=1)
FIRST = PostDraft("First, by @night_owl", ("dreams", "whale"), "A whale.", 2300)
SECOND = PostDraft("Second, by @night_owl", ("dreams", "door"), "A door.", 4100)
EDITED = PostDraft(
    "Mine, by @night_owl", ("dreams",), "Both.", 500, "SELF_ONLY", is_brand_organic=True
)


def write(ledger: Ledger, draft: PostDraft, render_id: str, writer: str = "embedded") -> bool:
    with ledger.write() as connection:
        return post_drafts.write(
            connection, render_id, draft, writer=writer, policy_version=2, now=NOON
        )


def edit(ledger: Ledger, draft: PostDraft, render_id: str) -> bool:
    with ledger.write() as connection:
        return post_drafts.edit(connection, render_id, draft, by="reviewer:mia", now=LATER)


def stored(ledger: Ledger, render_id: str) -> post_drafts.StoredDraft | None:
    with ledger.read() as connection:
        return post_drafts.get(connection, render_id)


def queued(ledger: Ledger, render_id: str) -> PostDraft:
    """What the publication of a video says, as a draft."""
    names = [field.name for field in fields(PostDraft)]
    with ledger.read() as connection:
        row = (
            connection.execute(
                sa.select(*(publications_table.c[name] for name in names)).where(
                    publications_table.c.render_id == render_id
                )
            )
            .mappings()
            .one()
        )
    return PostDraft(**{**row, "hashtags": tuple(row["hashtags"])})


def send(ledger: Ledger, publication_id: str, state: PublicationState) -> None:
    with ledger.write() as connection:
        connection.execute(
            sa.update(publications_table)
            .where(publications_table.c.publication_id == publication_id)
            .values(state=state.value)
        )


@pytest.fixture
def video(ledger: Ledger) -> str:
    """A video in the queue."""
    return story.queue(ledger, 1).render_id


def test_what_is_written_is_read(ledger: Ledger, video: str) -> None:
    """And a program may write it better."""
    assert stored(ledger, video) is None
    assert write(ledger, FIRST, video)
    assert stored(ledger, video) == post_drafts.StoredDraft(video, FIRST, "embedded", 2, NOON)
    assert write(ledger, SECOND, video, writer="openai:x")
    found = stored(ledger, video)
    assert found is not None
    assert (found.draft, found.writer) == (SECOND, "openai:x")


def test_a_planned_publication_says_what_its_draft_says(ledger: Ledger, video: str) -> None:
    """Every field of it."""
    write(ledger, FIRST, video)
    assert queued(ledger, video) == FIRST
    assert edit(ledger, EDITED, video)
    assert queued(ledger, video) == EDITED


def test_no_program_writes_over_a_person(ledger: Ledger, video: str) -> None:
    """Neither into the draft nor into the queue."""
    write(ledger, FIRST, video)
    edit(ledger, EDITED, video)
    assert not write(ledger, SECOND, video)
    found = stored(ledger, video)
    assert found is not None
    assert found.draft == queued(ledger, video) == EDITED
    assert (found.edited_by, found.edited_at) == ("reviewer:mia", LATER)


def test_an_edit_is_audited_without_its_words(ledger: Ledger, video: str) -> None:
    """The chain can never be changed, and a caption may hold a handle that must be forgotten."""
    write(ledger, FIRST, video)
    edit(ledger, EDITED, video)
    with ledger.read() as connection:
        chain = audit.entries(connection)
    last = chain[-1]
    assert (last.actor, last.action, last.subject) == ("reviewer:mia", post_drafts.EDITED, video)
    assert set(last.detail["fields"]) == {
        "caption", "hashtags", "alt_text", "cover_ms", "privacy_level", "is_brand_organic"
    }  # fmt: skip
    assert not any("night_owl" in str(entry) for entry in chain)
    assert verify(chain) is None


def test_an_edit_that_changes_nothing_is_none(ledger: Ledger, video: str) -> None:
    """Saving twice says nothing twice."""
    write(ledger, FIRST, video)
    assert edit(ledger, EDITED, video)
    with ledger.read() as connection:
        before = len(audit.entries(connection))
    assert not edit(ledger, EDITED, video)
    with ledger.read() as connection:
        assert len(audit.entries(connection)) == before


@pytest.mark.parametrize(
    "state",
    [state for state in PublicationState if state.value not in post_drafts.CHANGEABLE],
)
def test_what_was_sent_cannot_be_changed(
    ledger: Ledger, video: str, state: PublicationState
) -> None:
    """The person is told, the program lets it be, and draft and post go on saying the same."""
    write(ledger, FIRST, video)
    send(ledger, story.ids(1).publication_id, state)
    with pytest.raises(ItemError, match="Nothing was changed"):
        edit(ledger, EDITED, video)
    assert not write(ledger, SECOND, video)
    found = stored(ledger, video)
    assert found is not None
    assert found.draft == queued(ledger, video) == FIRST


@pytest.mark.parametrize("state", [PublicationState.CANCELLED, PublicationState.FAILED])
def test_what_may_be_planned_again_can_be_changed(
    ledger: Ledger, video: str, state: PublicationState
) -> None:
    """It would come back with its old words otherwise."""
    write(ledger, FIRST, video)
    send(ledger, story.ids(1).publication_id, state)
    assert edit(ledger, EDITED, video)
    assert queued(ledger, video) == EDITED


def test_there_must_be_a_draft_to_edit(ledger: Ledger, video: str) -> None:
    """And the message says how to get one."""
    with pytest.raises(ItemError, match="post_drafts"):
        edit(ledger, EDITED, video)


def test_what_waits_for_a_draft(ledger: Ledger, video: str) -> None:
    """Each video once; named ones again, but none that a person changed or that was sent."""

    def waiting(ids: list[str] | None = None) -> list[str]:
        with ledger.read() as connection:
            return post_drafts.without_draft(connection, ids=ids)

    assert waiting() == [video]
    assert waiting(["vid_other"]) == []
    write(ledger, FIRST, video)
    assert waiting() == []
    assert waiting([video]) == waiting([story.ids(1).dream_id]) == [video]
    edit(ledger, replace(FIRST, caption="Mine"), video)
    assert waiting([video]) == []


def test_a_crash_between_draft_and_queue_leaves_neither(ledger: Ledger, video: str) -> None:
    """They are one transaction."""
    write(ledger, FIRST, video)

    class Killed(BaseException):
        """The process ends here."""

    def killed_in_the_middle() -> None:
        with ledger.write() as connection:
            assert post_drafts.edit(connection, video, EDITED, by="reviewer:mia", now=LATER)
            raise Killed

    with pytest.raises(Killed):
        killed_in_the_middle()
    found = stored(ledger, video)
    assert found is not None
    assert found.draft == queued(ledger, video) == FIRST
