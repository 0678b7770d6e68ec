from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from dreambox_pipeline.storage.lake import Lake
from dreambox_pipeline.storage.ledger import Ledger


@pytest.fixture
def ledger_url(tmp_path: Path, empty_ledger: Path) -> str:
    return f"sqlite:///{copyfile(empty_ledger, tmp_path / 'ledger.sqlite')}"


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """A ledger of its own for each test."""
    opened = Ledger(ledger_url)
    yield opened
    opened.close()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")
