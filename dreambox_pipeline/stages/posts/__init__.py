"""The queue, the caption, and publishing once."""
