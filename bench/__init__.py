"""Measurements: `make bench` runs all, `make bench ONLY=name` one.

Each module here has `measure() -> dict` of figures by name; figures carry their unit in the name.
Tables go to the terminal and JSON to `var/bench/NAME.json`, with the commit.
"""
