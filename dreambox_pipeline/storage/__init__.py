"""Where data lives: the ledger, the lake, the warehouse and the media store."""
