"""Run the measurements, print a table each, and write `var/bench/NAME.json`."""

import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

import bench


def main() -> None:
    """Run what was named on the command line, or everything."""
    # Names have dashes on the command line, as commands do; modules cannot.
    known = sorted(
        module.name.replace("_", "-")
        for module in pkgutil.iter_modules(bench.__path__)
        # A package is what benches share.
        if module.name != "__main__" and not module.ispkg
    )
    wanted = sys.argv[1:] or known
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        sys.exit(f"There is no bench {', '.join(unknown)}; known are {', '.join(known)}.")
    faults = []
    for name in wanted:
        result = importlib.import_module(f"bench.{name.replace('-', '_')}").measure()
        report(name, result)
        faults += [f"{name}: {fault}" for fault in result.get("faults", ())]
    if faults:
        sys.exit("\n".join(["What must not happen did:", *faults]))


def report(name: str, result: dict[str, object]) -> None:
    """Print *result* as a table and store it."""
    record = {"name": name, "commit": commit(), **result}
    folder = Path("var/bench")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(record, indent=2) + "\n")
    table = Table(title=f"bench {name} at {record['commit']}", title_justify="left")
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("unit")
    for figure in result["figures"]:
        table.add_row(figure["figure"], f"{figure['value']:,.2f}", figure["unit"])
    for ratio, value in result["ratios"].items():
        table.add_row(ratio, f"{value:,.2f}", "ratio")
    Console().print(table)
    print(f"written to {path}")


def commit() -> str:
    """The commit measured, marked when files differ from it."""
    command = ["git", "describe", "--always", "--dirty"]
    return (
        subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        or "unknown"
    )


if __name__ == "__main__":
    main()
