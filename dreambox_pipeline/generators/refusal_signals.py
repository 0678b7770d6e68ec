"""Codes by which providers refuse the content of a prompt, by generator, in lower case."""

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

GEMINI_OMNI = frozenset(
    {
        "safety",
        "image_safety",
        "video_safety",
        "prohibited_content",
        "image_prohibited_content",
        "blocklist",
        "spii",
        "recitation",
        "image_recitation",
        "jailbreak",
        "model_armor",
        "content_blocked",
        "content_filter",
    }
)
"""Google documents none for video; these are `FinishReason` and `BlockedReason` of its SDK (3.4.0)."""
