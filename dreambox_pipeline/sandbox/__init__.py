"""A local double of TikTok and the model APIs that speaks the real wire formats."""
