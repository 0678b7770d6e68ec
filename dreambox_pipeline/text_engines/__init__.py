"""Engines that understand comments, behind the `TextEngine` port, and their registry."""
