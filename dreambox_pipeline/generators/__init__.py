"""Adapters behind the `VideoGenerator` port, with their registry."""
