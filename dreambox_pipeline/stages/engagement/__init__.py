"""What happened after a post went out."""
