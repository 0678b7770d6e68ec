"""Processes that DreamBox starts: what they said last, and that none is left behind."""

import os
import signal
import sys
import threading
import time

import psutil
import pytest

from dreambox_pipeline.cli.children import (
    Children,
    answers,
    children,
    first_json_line,
    wait_until,
)
from dreambox_pipeline.errors import StopError

SLEEPER = "import time\nprint('awake', flush=True)\ntime.sleep(60)"
PARENT = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {SLEEPER!r}]).wait()"


def python(code: str) -> tuple[str, str, str]:
    return (sys.executable, "-c", code)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_process_that_dies_early_is_reported_with_its_last_words(tmp_path):
    """Its code, its log and its last lines, and everything else is stopped."""
    sleepers = []

    def start_both() -> None:
        with children(tmp_path, {}) as started:
            sleepers.append(started.start("sleeper", *python(SLEEPER)))
            code = "print('no disk left'); raise SystemExit(3)"
            doomed = started.start("doomed", *python(code))
            wait_until(doomed, lambda: False, timeout_s=20, what="answer")

    with pytest.raises(StopError, match="ended with code 3") as caught:
        start_both()

    assert "no disk left" in str(caught.value)
    assert str(tmp_path / "doomed.log") in str(caught.value)
    assert sleepers[0].process.poll() is not None


def test_a_process_that_never_gets_ready_is_given_up(tmp_path):
    """With what it said meanwhile."""
    with children(tmp_path, {}) as started:
        child = started.start("sleeper", *python(SLEEPER))
        wait_until(child, lambda: "awake" in child.last_words(), timeout_s=20, what="wake")
        with pytest.raises(StopError, match=r"did not answer within 0 s(.|\n)*awake"):
            wait_until(child, lambda: False, timeout_s=0.05, what="answer")


def test_the_children_of_children_end_too(tmp_path):
    """Dagster starts processes of its own."""
    with children(tmp_path, {}) as started:
        child = started.start("parent", *python(PARENT))
        wait_until(child, lambda: "awake" in child.last_words(), timeout_s=20, what="wake")
        pids = [p.pid for p in psutil.Process(child.process.pid).children(recursive=True)]
        assert len(pids) == 1

    deadline = time.monotonic() + 5
    while not all(map(is_gone, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert all(map(is_gone, pids))


def test_the_newest_process_is_stopped_first(tmp_path):
    """The sandbox outlives whoever still talks to it."""
    order = tmp_path / "order"
    # Whoever runs the tests in the background may have SIGINT ignored, which a child inherits.
    code = "import sys, time, signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\nprint('awake', flush=True)\ntry:\n    time.sleep(60)\nfinally:\n    open(sys.argv[1], 'a').write(sys.argv[2])"
    with children(tmp_path, {}) as started:
        for name in "abc":
            child = started.start(name, *python(code), str(order), name)
            wait_until(
                child, lambda child=child: "awake" in child.last_words(), timeout_s=20, what="wake"
            )

    assert order.read_text() == "cba"


def test_children_get_our_variables_and_later_ones(tmp_path):
    """The desk must know where the sandbox came up."""
    code = "import os; print('{\"seen\": \"' + os.environ['FIRST'] + os.environ.get('LATER', '-') + '\"}')"
    with children(tmp_path, {"FIRST": "1"}) as started:
        before = first_json_line(
            started.start("before", *python(code + "\nimport time; time.sleep(9)"))
        )
        started.set(LATER="2")
        after = first_json_line(
            started.start("after", *python(code + "\nimport time; time.sleep(9)"))
        )

    assert (before, after) == ({"seen": "1-"}, {"seen": "12"})
    assert "FIRST" not in os.environ  # noqa: TID251 - the guard of this test


def test_the_first_object_is_found_behind_other_lines(tmp_path):
    """A warning before it, or half of it so far, does not confuse the reader."""
    code = "import time\nprint('a warning')\nprint('{not json}')\nprint('{\"port\": 1}', flush=True)\ntime.sleep(60)"
    with children(tmp_path, {}) as started:
        assert first_json_line(started.start("talker", *python(code))) == {"port": 1}


def test_an_address_where_nothing_listens_does_not_answer():
    """False, not an error: it may only be early."""
    assert not answers("http://127.0.0.1:9/")


STUBBORN = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('awake', flush=True)\ntime.sleep(60)"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_ctrl_c_kills_what_is_still_stopping(tmp_path, number):
    """At once, all of them, without an exception that would leave one behind."""
    before = signal.getsignal(number)
    started = Children(tmp_path, {})
    for name in "ab":
        child = started.start(name, *python(STUBBORN))
        wait_until(child, lambda child=child: "awake" in child.last_words(), timeout_s=20, what="")
    running = list(started.running)
    impatient = threading.Timer(0.1, os.kill, (os.getpid(), number))
    impatient.start()
    begun = time.monotonic()
    started.stop()
    impatient.join()

    assert time.monotonic() - begun < 5
    assert [child.process.returncode for child in running] == [-signal.SIGKILL] * 2
    assert signal.getsignal(number) is before
