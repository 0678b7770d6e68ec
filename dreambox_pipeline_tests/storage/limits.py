"""A full disk, without filling one: a process that may not write files beyond a size."""

import resource
import subprocess
import sys
from collections.abc import Sequence


def run_with_file_limit(code: str, arguments: Sequence[str], *, limit_bytes: int) -> str:
    """Run *code* in a Python process whose files may not grow past *limit_bytes*.

    Returns:
        What it printed. Its own failure fails the test.
    """

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    done = subprocess.run(
        [sys.executable, "-B", "-c", code, *arguments],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
