"""An HTTP client for TikTok's Accounts API that has never heard of DreamBox."""
