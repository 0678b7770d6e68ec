"""TikTok's Accounts API, spoken over the seeded world."""
