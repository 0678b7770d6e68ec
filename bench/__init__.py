"""Measurements: `make bench` runs all, `make bench ONLY=name` one.

Each module here has `measure()`, which returns `figures` (name, value, unit) and `ratios` measured side
by side in the same run.
Tables go to the terminal and JSON to `var/bench/NAME.json`, with the commit.
"""
