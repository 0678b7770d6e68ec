"""`dreambox train-detector`: learn the embedded detector's weights again, and print how good they are."""

from pathlib import Path

from rich.console import Console

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.dreams.rules import families_in
from dreambox_pipeline.stages.dreams.spelling import read_through
from dreambox_pipeline.storage.ledger import Ledger, labels
from dreambox_pipeline.text_engines import weights_file
from dreambox_pipeline.text_engines.examples import Example, read_examples, written


def run_training(
    *,
    negatives: list[Path],
    positives: list[Path],
    leave_out: list[Path],
    with_decisions: bool,
    out: Path | None,
    settings: Settings,
    console: Console,
) -> None:
    """Train on the project's written examples and the given files; write weights and their card.

    Args:
        negatives: Files of comments that tell no dream. Rows without a label count as such,
            unless they hold a dream word.
        positives: Files with further dreams; each row is a dream unless it says otherwise.
        leave_out: Files whose texts must not be learned from, because they are for measuring.
        with_decisions: Also learn from this account's reviewed comments, in the ledger.
        out: Where the weights go; without it the shipped ones, or the var folder's with decisions.
        settings: Where the ledger and the var folder are.
        console: Where figures and bad lines are printed.

    Raises:
        StopError: A file cannot be read, or there is too little to learn from.
    """
    # scikit-learn takes a second to import; no other command should wait for it.
    from dreambox_pipeline.text_engines.detector_training import digest_of, train

    decided = _decisions(settings) if with_decisions else []
    examples = [*_from_files(negatives, positives, console), *decided]
    kept_back = {example.key for path in leave_out for example in _read(path, console)}
    learned = [example for example in examples if example.key not in kept_back]
    result = train(learned)
    path = out or (
        settings.var_dir / weights_file.OWN_NAME if with_decisions else weights_file.SHIPPED
    )
    card = {
        **result.figures,
        "left_out": len(examples) - len(learned),
        "left_out_sha256": digest_of([Example(key, None) for key in kept_back]),
        "own_decisions": len(decided),
    }
    digest = weights_file.save(path, result.classifier, card)
    _print(result.figures, console)
    console.print(f"Left out {len(examples) - len(learned)} texts that are kept for measuring.")
    console.print(f"Wrote {path} ({digest[:8]}) and its card.")


def _from_files(negatives: list[Path], positives: list[Path], console: Console) -> list[Example]:
    """The written examples and the given ones, each with its label."""
    examples = [example for path in written() for example in _read(path, console)]
    for path in negatives:
        examples += _as_negatives(_read(path, console))
    for path in positives:
        examples += [_labelled(example, is_dream=True) for example in _read(path, console)]
    return examples


def _read(path: Path, console: Console) -> list[Example]:
    examples, bad = read_examples(path)
    for line in bad:
        console.print(f"[yellow]{path.name} line {line.number}[/yellow] {line.problem}; left out")
    return examples


def _as_negatives(examples: list[Example]) -> list[Example]:
    """Where nobody said that a comment with a dream word tells no dream, it teaches nothing."""
    return [
        _labelled(example, is_dream=False)
        for example in examples
        if example.is_dream is not None or not families_in(read_through(example.text))
    ]


def _labelled(example: Example, *, is_dream: bool) -> Example:
    if example.is_dream is not None:
        return example
    return Example(example.text, is_dream, example.lang, example.kind, example.source)


def _decisions(settings: Settings) -> list[Example]:
    """Comments of this account that a person has judged.

    Raises:
        StopError: There are none yet.
    """
    ledger = Ledger(settings.ledger_url)
    with ledger.read() as connection:
        found = labels.everything(connection)
    if not found:
        raise StopError(
            "Looked for reviewed comments in the ledger and found none. Judge some on the desk's "
            "dreams page first, or train without --with-decisions."
        )
    return [
        Example(label.text, label.is_dream, label.lang, "decision", "own decisions")
        for label in found
    ]


def _print(figures: dict[str, object], console: Console) -> None:
    for name in ("examples", "dreams", "passed_cheap_look", "threshold"):
        console.print(f"{name.replace('_', ' ')}: {figures[name]}")
    found = figures["out_of_fold"]
    if isinstance(found, dict):
        console.print(
            f"out of fold: precision {found['precision']}, recall {found['recall']}, Brier {found['brier']}"
        )
        for kind, counts in found["by_kind"].items():
            console.print(f"  {kind}: accepted {counts}")
