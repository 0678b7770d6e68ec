"""A kit stays for as long as somebody may have to post it, and no longer."""

from datetime import timedelta
from pathlib import Path

import pytest

from dreambox_pipeline.defs.kits import clear_kits
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.media.kits import kits_in, write_kit
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.ledger import Ledger, publications
from dreambox_pipeline_tests.storage import story
from dreambox_pipeline_tests.storage.story import NOON

S = PublicationState
SENT_AT = NOON + timedelta(hours=8)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DREAMBOX_VAR_DIR", str(tmp_path / "var"))
    return Settings()


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    opened = Ledger(settings.ledger_url)
    opened.migrate()
    return opened


def kit_of(settings: Settings, publication_id: str) -> None:
    folder = settings.kits_dir / f"2026-11-22_{publication_id}"
    write_kit(folder, texts={"caption.txt": "a whale"}, files={}, replacing=None)


def unheard(error: StopError) -> None:
    raise AssertionError(error)


def test_a_kit_goes_when_its_post_is_settled(settings, ledger):
    """However that became known; twice is no harm."""
    row = story.queue(ledger, 1)
    with ledger.write() as connection:
        publications.claim(connection, row.publication_id, claim_token="w1", now=SENT_AT)
        claimed = publications.get(connection, row.publication_id)
    kit_of(settings, row.publication_id)
    assert clear_kits(ledger, settings, refused=unheard) == []
    with ledger.write() as connection:
        waiting = publications.move(connection, claimed, S.UNCONFIRMED, now=SENT_AT)
    assert clear_kits(ledger, settings, refused=unheard) == []
    assert kits_in(settings.kits_dir) == [row.publication_id]
    with ledger.write() as connection:
        publications.settle(connection, waiting, S.PUBLISHED, now=SENT_AT, post_id="7412")
    assert clear_kits(ledger, settings, refused=unheard) == [row.publication_id]
    assert clear_kits(ledger, settings, refused=unheard) == []
    assert kits_in(settings.kits_dir) == []


def test_a_kit_of_an_attempt_that_was_given_up_goes(settings, ledger):
    """The next attempt makes its own, and nobody posts the old one meanwhile."""
    kit_of(settings, story.queue(ledger, 1).publication_id)
    kit_of(settings, "pub_of_another_ledger")
    assert len(clear_kits(ledger, settings, refused=unheard)) == 2
