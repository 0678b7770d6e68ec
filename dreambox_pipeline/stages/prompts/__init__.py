"""What we ask the video model: composed from facts, never from a comment's words."""
