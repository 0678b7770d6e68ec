"""`dreambox train-detector`: what it learns from, what it leaves out, and where it writes."""

import json
from datetime import UTC, datetime

import pytest

from dreambox_pipeline.cli.train_detector import run_training
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.ledger import Ledger, labels
from dreambox_pipeline.text_engines import examples, weights_file

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def few_written_examples(tmp_path, monkeypatch):
    """Every eighth of the written examples, so that training takes a moment only."""
    folder = tmp_path / "written"
    folder.mkdir()
    for path in examples.written():
        lines = path.read_text().splitlines()[::8]
        (folder / path.name).write_text("\n".join(lines))
    monkeypatch.setattr(examples, "WRITTEN", folder)


def run(settings, console, **changes):
    given = {
        "negatives": [],
        "positives": [],
        "leave_out": [],
        "with_decisions": False,
        "out": None,
    }
    run_training(**{**given, **changes}, settings=settings, console=console)


def card(path):
    return json.loads(weights_file.card_path(path).read_text())


def test_texts_for_measuring_are_left_out(settings, console, tmp_path):
    """Whatever file they also stand in."""
    rows = [
        f"I woke up and somehow number {n} was on the roof of the bus, asleep" for n in range(12)
    ]
    negatives, kept = tmp_path / "negatives.jsonl", tmp_path / "kept.jsonl"
    negatives.write_text("\n".join(json.dumps({"text": row}) for row in rows))
    kept.write_text(
        "\n".join(json.dumps({"text": row.upper(), "is_dream": False}) for row in rows[:5])
    )
    out = tmp_path / "w.npz"
    run(settings, console, negatives=[negatives], leave_out=[kept], out=out)
    assert card(out)["by_source"]["negatives"] == 7
    assert card(out)["left_out"] == 5
    assert weights_file.load(out).digest == card(out)["sha256"][:8]
    assert "Left out 5 texts" in console.export_text()


def test_an_unlabelled_dream_word_is_not_taken_for_a_negative(settings, console, tmp_path):
    """Nobody said that it tells no dream."""
    negatives = tmp_path / "negatives.jsonl"
    negatives.write_text(
        '{"text": "I dreamt of a door"}\n{"text": "my dream job", "is_dream": 0}\n{"text": "nice"}\n'
    )
    run(settings, console, negatives=[negatives], out=tmp_path / "w.npz")
    assert card(tmp_path / "w.npz")["by_source"]["negatives"] == 2


def test_an_accounts_decisions_make_its_own_weights(settings, console):
    """Written to the var folder, never over the shipped ones."""
    shipped = weights_file.SHIPPED.read_bytes()
    ledger = Ledger(settings.ledger_url)
    ledger.migrate()
    with ledger.write() as connection:
        labels.record(
            connection, labels.Label("1", True, "dreamt we sold the sea", "en", "ana", NOW)
        )
    run(settings, console, with_decisions=True)
    own = settings.var_dir / weights_file.OWN_NAME
    assert card(own)["own_decisions"] == 1
    assert card(own)["by_source"]["own decisions"] == 1
    assert weights_file.SHIPPED.read_bytes() == shipped


def test_no_decisions_yet_is_said(settings, console):
    """With where to make some."""
    Ledger(settings.ledger_url).migrate()
    with pytest.raises(StopError, match="Judge some"):
        run(settings, console, with_decisions=True)
