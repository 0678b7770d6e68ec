"""Which moderation models there are, by the name the settings use.

Settings are not read here: whoever calls hands the values over.
"""

from pydantic import SecretStr

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.safety.moderation import Moderator, NoModerator

MODERATORS = ("none", "openai")


def moderator_for(name: str, *, api_key: SecretStr, base_url: str) -> Moderator:
    """The moderator called *name*. `none` needs nothing but its name.

    Args:
        name: One of `MODERATORS`.
        api_key: Key of the language model's server, which moderates too.
        base_url: Its address, with its version.

    Raises:
        StopError: There is no such moderator, or it lacks its key.
    """
    if name not in MODERATORS:
        raise StopError(
            f"Looking up the moderation model {name!r}: there is none of that name. "
            f"Set DREAMBOX_MODERATION to one of: {', '.join(MODERATORS)}."
        )
    if name == "none":
        return NoModerator()
    if not api_key.get_secret_value().strip():
        raise StopError(
            "Moderation is openai, and DREAMBOX_OPENAI_API_KEY is empty. Set it, or set "
            "DREAMBOX_MODERATION to none."
        )
    # Imported here: the client takes half a second, which nobody else should wait for.
    from dreambox_pipeline.text_engines.openai.moderation import MODEL, OpenAIModerator
    from dreambox_pipeline.text_engines.openai.server import ModelServer

    return OpenAIModerator(
        ModelServer(api_key=api_key, base_url=base_url, model=MODEL, timeout_s=30.0)
    )
