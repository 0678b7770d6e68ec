"""A person decides. Decisions are append-only events; the state is derived from them."""
