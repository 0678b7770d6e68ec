"""The model APIs: videos, moderations and structured responses in OpenAI's wire format."""
