"""The `dreambox` command: parses, calls, prints."""

from dreambox_pipeline.cli.app import main

__all__ = ["main"]
