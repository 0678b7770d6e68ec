"""Codes by which providers refuse the content of a prompt, by generator."""

OPENAI_VIDEOS = frozenset(
    {
        "moderation_blocked",
        "content_policy_violation",
        "content_filter",
        "sentinel_block",
        "safety_violation",
    }
)
"""Servers behind the OpenAI shape; SGLang and vLLM-Omni send no code, so their words count too."""
