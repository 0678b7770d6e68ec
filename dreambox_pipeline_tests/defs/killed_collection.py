"""Kill a collecting process (SIGKILL) at many of its steps, let another go on, and compare.

Run as a program of its own, because forking a process with threads is not safe:
`python -m dreambox_pipeline_tests.defs.killed_collection FOLDER EMPTY_LEDGER`. Steps are comments handed
out, files opened, renamed or removed under the folder, and commits of the ledger. Prints JSON.
"""

import json
import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copy, copyfile

import sqlalchemy as sa

from dreambox_pipeline.defs import comment_collection
from dreambox_pipeline.storage.keys import load_keyring
from dreambox_pipeline.storage.ledger import collected
from dreambox_pipeline_tests.defs.scripted_comments import (
    FIRST,
    LAST,
    Place,
    ScriptedAccount,
    wire,
)

KILLS = 14
FILE_EVENTS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir"}


def account() -> ScriptedAccount:
    """Four videos over four days; ids repeat within a video, one comment is no comment."""
    dice = random.Random(3)
    under = {}
    for video in range(4):
        numbers = [dice.randrange(30) + 100 * video for _ in range(24)]
        under[f"74{video}"] = [wire(n, day=n % 4) for n in numbers] + [wire(999, text="\u200b")]
    return ScriptedAccount(under)


class Steps:
    """Counts what the process does, and ends it at one of them."""

    def __init__(self, folder: Path, kill_at: int) -> None:
        self.count = 0
        self._folder = str(folder)
        self._kill_at = kill_at

    def step(self, *_: object) -> None:
        self.count += 1
        if self.count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_event(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in FILE_EVENTS and str(arguments[0]).startswith(self._folder):
            self.step()


def collect(folder: Path, kill_at: int = 0) -> None:
    """Collect once, counting steps; writes rows and count beside the lake."""
    steps = Steps(folder, kill_at)
    sys.addaudithook(steps.on_event)
    sa.event.listen(sa.Engine, "commit", steps.step)
    comment_collection.BUFFER = 7
    place = Place(folder)
    scripted = account()
    scripted.before_each = steps.step
    place.collect(scripted)
    needed = steps.count
    with place.ledger.read() as connection:
        marks = collected.done(connection, comment_collection.key_of(FIRST, LAST))
    outcome = {"rows": place.rows(), "left": place.leftovers(), "marks": marks}
    (folder / "outcome.json").write_text(json.dumps(outcome | {"steps": needed}, default=str))


def in_a_fork(work: Callable[[], None]) -> int:
    """Run *work* in a copy of this process; the signal that ended it, or 0."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        raise SystemExit(f"a child failed with {status}")
    return os.WTERMSIG(status)


def outcome_in(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "outcome.json").read_text())
    return found


def new_place(folder: Path, key: Path, ledger: Path) -> Path:
    folder.mkdir()
    copyfile(ledger, folder / "ledger.sqlite")
    copy(key, folder / "secret.key")  # the same pseudonyms everywhere
    return folder


def main(folder: Path, empty_ledger: Path) -> None:
    """Print the undisturbed outcome, and that of each killed and continued collection."""
    key = folder / "secret.key"
    load_keyring("", key)  # made here: whoever makes it takes a step more
    undisturbed = new_place(folder / "undisturbed", key, empty_ledger)
    in_a_fork(lambda: collect(undisturbed))
    wanted = outcome_in(undisturbed)
    steps = int(str(wanted["steps"]))
    chosen = sorted({1, steps - 1, steps, *random.Random(7).sample(range(1, steps), KILLS)})
    others = []
    for kill_at in chosen:
        place = new_place(folder / str(kill_at), key, empty_ledger)
        ended_by = in_a_fork(lambda: collect(place, kill_at))  # noqa: B023 - it is over when the loop goes on
        in_a_fork(lambda: collect(place))  # noqa: B023
        others.append({"kill_at": kill_at, "signal": ended_by, **outcome_in(place)})
    print(json.dumps({"undisturbed": wanted, "killed": others}))  # noqa: T201 - it is a program


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
