"""What people wrote under our videos, each comment once."""
