"""Labelled comments as files hold them: one JSON object a line, with `text` and `is_dream`.

Used to train the detector and to evaluate any engine. A bad line is reported with its number
and the others are read. `written()` are the examples that were written for this project.
"""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dreambox_pipeline.errors import StopError

WRITTEN = Path(__file__).parent / "training"
"""Examples written for this project; see the model card."""
_NOT_LETTERS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled comment.

    Attributes:
        is_dream: None where a file does not say.
        kind: What sort of comment, in the file's own words.
        source: Where it was collected; groups of one source are kept together when validating.
    """

    text: str
    is_dream: bool | None
    lang: str = "und"
    kind: str = ""
    source: str = ""

    @property
    def key(self) -> str:
        """The same for two texts that differ in case, spacing and punctuation only."""
        return _NOT_LETTERS.sub(" ", self.text.casefold()).strip()


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no example: its 1-based number and what is wrong, without its text."""

    number: int
    problem: str


def read_examples(path: Path) -> tuple[list[Example], list[BadLine]]:
    """All examples of a JSONL file, in order, and the lines that are none.

    Raises:
        StopError: The file cannot be read at all.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise StopError(
            f"Read {path} as UTF-8 text and got {error}. Give a JSONL file with one object a line."
        ) from error
    examples: list[Example] = []
    bad: list[BadLine] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            examples.append(_example(json.loads(line), default_source=path.stem))
        except (ValueError, TypeError) as error:
            bad.append(BadLine(number, str(error)))
    return examples, bad


def written() -> Iterator[Path]:
    """Files of examples written for this project, in a fixed order."""
    return iter(sorted(WRITTEN.glob("*.jsonl")))


def _example(row: object, *, default_source: str) -> Example:
    if not isinstance(row, dict):
        raise TypeError(f"is a {type(row).__name__}, not an object")
    text = row.get("text")
    if not isinstance(text, str):
        raise TypeError("has no `text`, or one that is no string")
    label = row.get("is_dream")
    if label is not None and label not in (0, 1, True, False):
        raise ValueError("has an `is_dream` that is neither true, false, 1 nor 0")
    return Example(
        text=text,
        is_dream=None if label is None else bool(label),
        lang=str(row.get("lang") or "und"),
        kind=str(row.get("kind") or ""),
        source=str(row.get("source") or default_source),
    )


def read_comments(path: Path) -> tuple[list[Example], list[BadLine]]:
    """All texts of an unlabelled CSV (with a `text` column) or JSONL file.

    Raises:
        StopError: The file cannot be read, or a CSV has no `text` column.
    """
    if path.suffix.lower() != ".csv":
        return read_examples(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if "text" not in (rows.fieldnames or ()):
                raise StopError(
                    f"Read {path}: its header has no `text` but {rows.fieldnames}. Rename the "
                    "column that holds the comments to `text`."
                )
            found = [(rows.line_num, row["text"]) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StopError(
            f"Read {path} as a CSV file in UTF-8 and got {error}. Save it as such, with a header."
        ) from error
    texts = [Example(text, None, source=path.stem) for _, text in found if text]
    return texts, [BadLine(number, "has no text") for number, text in found if not text]
