"""The demo from an empty var folder: seconds and peak memory by stage, and each stage's share."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def measure() -> dict[str, object]:
    """Run `dreambox demo` once in a new folder, as a process of its own.

    Returns:
        Figures: seconds of wall time and peak resident MB (the command and its children) by
        stage. Ratios: each stage's share of the whole.
    """
    with tempfile.TemporaryDirectory(prefix="dreambox-bench-") as folder:
        timings = Path(folder) / "timings.json"
        subprocess.run(
            [sys.executable, "-m", "dreambox_pipeline.cli", "demo", "--timings", str(timings)],
            check=True,
            # The one setting that differs: the process writes into the new folder.
            env={**os.environ, "DREAMBOX_VAR_DIR": folder},  # noqa: TID251
        )
        measured = json.loads(timings.read_text())
    whole = sum(measured["seconds"].values())
    figures = [{"figure": "whole", "value": whole, "unit": "s"}]
    for stage, seconds in measured["seconds"].items():
        figures += [
            {"figure": f"{stage}: wall time", "value": seconds, "unit": "s"},
            {"figure": f"{stage}: peak memory", "value": measured["peak_mb"][stage], "unit": "MB"},
        ]
    ratios = {f"{stage} / whole": seconds / whole for stage, seconds in measured["seconds"].items()}
    return {"figures": figures, "ratios": ratios}
