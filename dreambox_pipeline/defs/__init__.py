"""The Dagster project: one thin file per stage. Load, call a stage, store, report counts."""

import warnings

import dagster as dg

# `backfill_policy` has been marked beta for years. Dagster is pinned and a test runs a range in one
# run, so the warning would only teach operators to ignore warnings.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
