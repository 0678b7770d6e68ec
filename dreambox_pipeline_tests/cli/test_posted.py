"""`dreambox posted`: a person's word about a post counts once, for the right video, on record."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from dreambox_pipeline.cli.posted import run_posted
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.kits import kits_in, write_kit
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.storage.ledger import Ledger, audit, publications
from dreambox_pipeline_tests.storage import story
from dreambox_pipeline_tests.storage.story import NOON

S = PublicationState
POST = "7412345678901234567"
LINK = f"https://www.tiktok.com/@dreambox.tales/video/{POST}"
SENT_AT = NOON + timedelta(hours=8)


def yes(_: str) -> bool:
    return True


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    opened: Ledger = resources_from(settings)["ledger"]
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def kit(settings: Settings, ledger: Ledger) -> str:
    """A publication whose kit waits for a person."""
    row = story.queue(ledger, 1)
    with ledger.write() as connection:
        publications.claim(
            connection,
            row.publication_id,
            claim_token="w1",
            now=SENT_AT,
            route=Route.MANUAL_KIT,
        )
        claimed = publications.get(connection, row.publication_id)
        begun = publications.move(
            connection, claimed, S.INITIATED, now=SENT_AT, publish_id="kit:one:two"
        )
        publications.move(connection, begun, S.UNCONFIRMED, now=SENT_AT)
    folder = settings.kits_dir / f"2026-11-22_{row.publication_id}"
    write_kit(folder, texts={"caption.txt": "a whale"}, files={}, replacing=None)
    return row.publication_id


def row_of(ledger: Ledger, publication_id: str) -> publications.PublicationRow:
    with ledger.read() as connection:
        row = publications.get(connection, publication_id)
    assert row is not None
    return row


def test_a_link_confirms_the_post_and_the_kit_goes(settings, ledger, kit, console):
    """On record under the operator's name; said twice, it is one confirmation."""
    for _ in range(2):
        run_posted(kit, LINK, settings, console, confirm=yes)
    row = row_of(ledger, kit)
    assert (row.state, row.post_id) == (S.PUBLISHED, POST)
    assert kits_in(settings.kits_dir) == []
    with ledger.read() as connection:
        events = [each for each in audit.entries(connection) if each.subject == kit]
    assert [(each.action, each.detail["post_id"]) for each in events] == [
        ("publication.published", POST)
    ]
    assert events[0].actor.startswith("operator")
    assert "nothing was changed" in console.export_text()


def test_without_the_ai_label_nothing_is_taken(settings, ledger, kit, console):
    """A hand has posted it, so only the person knows whether it was switched on."""
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    with pytest.raises(ItemError, match="AI label"):
        run_posted(kit, LINK, settings, console, confirm=no)
    assert len(asked) == 1
    assert row_of(ledger, kit).state is S.UNCONFIRMED
    assert kits_in(settings.kits_dir) == [kit]


def test_a_video_names_its_publication(settings, ledger, kit, console):
    """Its id is what other pages show."""
    run_posted(row_of(ledger, kit).render_id, POST, settings, console, confirm=yes)
    assert row_of(ledger, kit).post_id == POST


def test_a_wrong_word_changes_nothing(settings, ledger, kit, console):
    """No post, no such publication, another video's post, or one that waits for nothing."""
    with pytest.raises(ItemError, match="names no post"):
        run_posted(kit, "whale", settings, console, confirm=yes)
    with pytest.raises(ItemError, match="no publication"):
        run_posted("pub_unknown", LINK, settings, console, confirm=yes)
    other = story.queue(ledger, 2)
    with pytest.raises(ItemError, match="is planned"):
        run_posted(other.publication_id, LINK, settings, console, confirm=yes)
    assert row_of(ledger, kit).state is S.UNCONFIRMED
    run_posted(kit, LINK, settings, console, confirm=yes)
    with pytest.raises(ItemError, match=f"belongs to {kit}"):
        run_posted(other.publication_id, LINK, settings, console, confirm=yes)
    with pytest.raises(ItemError, match="is published"):
        run_posted(kit, str(int(POST) + 1), settings, console, confirm=yes)


@pytest.fixture
def connected(settings: Settings, kit: str) -> Iterator[tuple[Settings, RunningSandbox]]:
    """The sandbox's account is connected."""
    assert kit
    with running_sandbox() as sandbox:
        live = settings.model_copy(
            update={
                "tiktok_base_url": sandbox.info["tiktok_base_url"],
                "clock_url": sandbox.info["control_url"] + "/clock",
            }
        )
        resources_from(live)["tiktok"].connect(sandbox.auth_code())
        yield live, sandbox


def test_a_connected_account_is_asked_whether_the_post_is_its_own(connected, ledger, kit, console):
    """A mistyped id would count another account's likes; a private post needs the person's word."""
    live, sandbox = connected
    with pytest.raises(ItemError, match="--unlisted"):
        run_posted(kit, LINK, live, console, confirm=yes)
    assert row_of(ledger, kit).state is S.UNCONFIRMED
    own = sandbox.world.public_videos()[0].video_id
    run_posted(kit, own, live, console, confirm=yes)
    assert row_of(ledger, kit).post_id == own


def test_an_unlisted_post_is_taken_at_the_person_s_word(connected, ledger, kit, console):
    """Without asking."""
    live, _ = connected
    run_posted(kit, LINK, live, console, confirm=yes, is_unlisted=True)
    assert row_of(ledger, kit).post_id == POST


def test_the_command_refuses_a_short_link_with_the_remedy(dreambox):
    """As every command does: a sentence, not a traceback."""
    ended = dreambox("posted", "pub_1", "https://vm.tiktok.com/ZM123/")
    assert ended.returncode == 2
    assert "long link" in ended.stderr
    assert "Traceback" not in ended.stderr
