"""The queue of approved videos: what it would become, who waits and why, and what people change by hand."""
