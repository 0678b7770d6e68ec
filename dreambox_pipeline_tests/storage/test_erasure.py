"""An erasure that is killed anywhere is found again and ends as if nobody had touched it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from dreambox_pipeline.storage.erasure import Eraser
from dreambox_pipeline.storage.lake import COMMENTS
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline_tests.storage import story, told
from dreambox_pipeline_tests.storage.story import NOON
from dreambox_pipeline_tests.storage.told import Stores

LATER = NOON + timedelta(days=4)
STEPS = (
    "request",
    "_bury_replies",
    "_remove_from_lake",
    "_empty_ledger",
    "_remove_work",
    "_remove_media",
    "_scrub_ledger",
    "_renew_warehouse",
    "_conclude",
)


class KilledError(Exception):
    """The process ends here."""


class DyingEraser(Eraser):
    """Is killed right after one of its steps."""

    def __init__(self, stores: Stores, *, after: str) -> None:
        super().__init__(
            stores.ledger,
            stores.lake,
            stores.media,
            stores.warehouse,
            stores.work_dir,
            kits_dir=stores.kits_dir,
        )
        step = getattr(self, after)

        def die(*arguments: Any, **named: Any) -> None:
            step(*arguments, **named)
            raise KilledError

        setattr(self, after, die)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What is left after an erasure that nobody killed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    ledger = Ledger(f"sqlite:///{folder / 'ledger.sqlite'}")
    stores = told.two_dreams(Stores.under(folder, ledger), folder)
    stores.eraser().erase(story.ids(1).comment_id, reason="withdrawn", now=LATER)
    yield stores.contents()
    ledger.close()


@pytest.mark.parametrize("step", STEPS)
def test_killed_anywhere_and_run_again_it_ends_the_same(ledger, tmp_path, undisturbed, step):
    """A run that finds an unfinished tombstone goes on."""
    stores = told.two_dreams(Stores.under(tmp_path / "var", ledger), tmp_path)
    with pytest.raises(KilledError):
        DyingEraser(stores, after=step).erase(
            story.ids(1).comment_id, reason="withdrawn", now=LATER
        )
    stores.eraser().finish_all(now=LATER)
    assert stores.contents() == undisturbed
    # And once more: nothing is left to do.
    assert stores.eraser().finish_all(now=LATER) == []
    stores.eraser().erase(story.ids(1).comment_id, reason="comment_deleted", now=LATER)
    assert stores.contents() == undisturbed


def test_killed_between_two_removals_from_the_lake_it_ends_the_same(ledger, tmp_path, undisturbed):
    """The comment's author, who tells the dreamer's replies from others, is needed until the end."""
    stores = told.two_dreams(Stores.under(tmp_path / "var", ledger), tmp_path)
    stores.lake.remove(COMMENTS, {story.ids(1).comment_id})
    stores.eraser().erase(story.ids(1).comment_id, reason="withdrawn", now=LATER)
    assert stores.contents() == undisturbed
