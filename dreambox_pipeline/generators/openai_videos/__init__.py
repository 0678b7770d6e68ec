"""The generator for any server with OpenAI-style `/v1/videos`: SGLang-Diffusion, vLLM-Omni, LiteLLM.

generator    the port: estimate, submit, poll, download
dialect      what a family of models takes, and a prompt as the fields of a request
server       the calls;  address: what an address must be like
faults       what a failed call means
statuses     what a server says about a job, in the port's words
"""

from dreambox_pipeline.generators.openai_videos.generator import OpenAIVideosGenerator

__all__ = ["OpenAIVideosGenerator"]
