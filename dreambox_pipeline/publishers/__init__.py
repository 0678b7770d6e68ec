"""Adapters behind the `Publisher` port: the routes by which a video reaches an account."""
