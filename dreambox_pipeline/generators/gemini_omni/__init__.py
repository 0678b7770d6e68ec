"""The generator for Google's Gemini Omni, through the Interactions API of the `google-genai` package.

generator    the port: estimate, submit, poll, download
request      a prompt as the body of one request
server       the calls;  links: fetching a clip that lies at an address
faults       what a failed call means
statuses     what the provider says about a job, in the port's words
"""

from dreambox_pipeline.generators.gemini_omni.generator import GeminiOmniGenerator

__all__ = ["GeminiOmniGenerator"]
