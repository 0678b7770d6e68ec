"""The seeded world behind the sandbox: its clock, its videos, its audience and what they do."""
