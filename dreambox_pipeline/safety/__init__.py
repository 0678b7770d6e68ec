"""Rules that protect people: moderation, redaction, compliance, consent wording, the audit chain."""
