"""The `dreambox` command: parses, calls, prints."""
