"""The Dagster project: one thin file per stage. Load, call a stage, store, report counts."""
