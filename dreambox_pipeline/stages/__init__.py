"""The flow, in order, as plain Python: values in, values out.

    1. comments     what people wrote under our posts
    2. dreams       the dream inside a comment, its rank, its dreamer's consent
    3. prompts      what we ask the video model
    4. videos       the clip, its quality, its finished form
    5. review       a person decides
    6. posts        queue, caption, publishing
    7. engagement   what happened then
    8. learning     what to do differently

A stage may import the stages before it, `safety`, and the tools in `text`, `media` and
`tiktok`. It may not import Dagster, storage, HTTP or the environment, and it reads no clock
and rolls no dice: `now` and `rng` are arguments. The import contracts in `pyproject.toml`
hold this in place.
"""
