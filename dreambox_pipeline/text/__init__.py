"""Text tools that have never heard of DreamBox: cleaning, language, personal data."""
