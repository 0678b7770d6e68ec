"""What each motif of a dream looks like; `catalogue` maps the vocabulary to it."""
