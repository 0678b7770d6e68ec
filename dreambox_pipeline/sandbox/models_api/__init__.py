"""The model APIs: videos, moderations, structured responses and batches in OpenAI's wire format."""
