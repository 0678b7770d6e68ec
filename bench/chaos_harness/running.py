"""A campaign in a fresh process: it forks, and must have neither threads nor open databases."""

import multiprocessing
import signal
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

from bench.chaos_harness.fates import Plan
from bench.chaos_harness.verdict import Verdict


def run(plan: Plan) -> Verdict:
    """Carry *plan* out.

    Raises:
        RuntimeError: The campaign itself broke; its traceback is on standard error.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_carry_out, args=(plan, theirs))
    process.start()
    theirs.close()
    try:
        found: Verdict = ours.recv()
    except EOFError as error:
        raise RuntimeError("The campaign broke; see its traceback above.") from error
    except BaseException:
        # Somebody lost patience with it.
        process.terminate()
        raise
    finally:
        process.join()
    return found


def _carry_out(plan: Plan, answer: Connection) -> None:
    # Here, so that whoever asks for a campaign does not import all of the pipeline.
    from bench.chaos_harness.campaign import Campaign

    # Its own children must not outlive it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="dreambox-chaos-") as folder:
        answer.send(Campaign(plan, Path(folder)).run())
