"""Judging what was measured: limits with reasons, one finding for each check."""
