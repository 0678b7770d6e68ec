"""Which text engines there are, by the name the settings use.

Settings are not read here: whoever calls hands the values over.
"""

import time
from collections.abc import Callable, Sequence

from pydantic import SecretStr

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.stages.dreams.engine import TextEngine
from dreambox_pipeline.stages.posts.caption_writer import CaptionWriter, EmbeddedCaptionWriter
from dreambox_pipeline.stages.prompts.writer import EmbeddedWriter, PromptWriter
from dreambox_pipeline.text_engines.batch_store import BatchStore
from dreambox_pipeline.text_engines.embedded import EmbeddedEngine

ENGINES = ("embedded", "openai")
PROMPT_WRITERS = ("embedded", "openai")
CAPTION_WRITERS = ("embedded", "openai")
NO_KEY = SecretStr("")


def engine_for(
    name: str,
    *,
    api_key: SecretStr = NO_KEY,
    base_url: str = "https://api.openai.com/v1",
    model: str = "",
    batch_from: int = 0,
    batches: BatchStore | None = None,
    embedded: TextEngine | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> TextEngine:
    """The engine called *name*. The embedded one needs nothing but its name.

    Args:
        name: One of `ENGINES`.
        api_key: Key of the language model's server.
        base_url: Address of a server with the Responses API, with its version.
        model: Name of the language model.
        batch_from: From this many likely dreams in one call the Batch API is used; 0 is never.
        batches: Remembers batches over the end of a process. Without one there are none.
        embedded: Judges first, and whenever the language model does not; made when missing.
        sleep: Waits between looks at a batch, in seconds.

    Raises:
        StopError: There is no such engine, or it lacks its key or its model.
    """
    _check_known(name, ENGINES, "text engine", "DREAMBOX_TEXT_ENGINE")
    first = embedded or EmbeddedEngine()
    if name == "embedded":
        return first
    _check_complete("text engine", "DREAMBOX_TEXT_ENGINE", api_key=api_key, model=model)
    # Imported here: the client takes half a second, which nobody else should wait for.
    from dreambox_pipeline.text_engines.openai.batches import BatchRuns
    from dreambox_pipeline.text_engines.openai.engine import OpenAIEngine
    from dreambox_pipeline.text_engines.openai.server import ModelServer

    server = ModelServer(api_key=api_key, base_url=base_url, model=model)
    runs = BatchRuns(server, batches, sleep=sleep) if batches and batch_from else None
    return OpenAIEngine(server, embedded=first, batches=runs, batch_from=batch_from)


def prompt_writer_for(
    name: str,
    *,
    api_key: SecretStr = NO_KEY,
    base_url: str = "https://api.openai.com/v1",
    model: str = "",
) -> PromptWriter:
    """The writer of prompts called *name*. The embedded one needs nothing but its name.

    Args:
        name: One of `PROMPT_WRITERS`.
        api_key: Key of the language model's server.
        base_url: Address of a server with the Responses API, with its version.
        model: Name of the language model.

    Raises:
        StopError: There is no such writer, or it lacks its key or its model.
    """
    _check_known(name, PROMPT_WRITERS, "prompt writer", "DREAMBOX_PROMPT_WRITER")
    if name == "embedded":
        return EmbeddedWriter()
    _check_complete("prompt writer", "DREAMBOX_PROMPT_WRITER", api_key=api_key, model=model)
    from dreambox_pipeline.text_engines.openai.prompt_writer import OpenAIPromptWriter
    from dreambox_pipeline.text_engines.openai.server import ModelServer

    return OpenAIPromptWriter(ModelServer(api_key=api_key, base_url=base_url, model=model))


def caption_writer_for(
    name: str,
    *,
    api_key: SecretStr = NO_KEY,
    base_url: str = "https://api.openai.com/v1",
    model: str = "",
) -> CaptionWriter:
    """The writer of captions called *name*. The embedded one needs nothing but its name.

    Args:
        name: One of `CAPTION_WRITERS`.
        api_key: Key of the language model's server.
        base_url: Address of a server with the Responses API, with its version.
        model: Name of the language model.

    Raises:
        StopError: There is no such writer, or it lacks its key or its model.
    """
    _check_known(name, CAPTION_WRITERS, "caption writer", "DREAMBOX_CAPTION_WRITER")
    if name == "embedded":
        return EmbeddedCaptionWriter()
    _check_complete("caption writer", "DREAMBOX_CAPTION_WRITER", api_key=api_key, model=model)
    from dreambox_pipeline.text_engines.openai.caption_writer import OpenAICaptionWriter
    from dreambox_pipeline.text_engines.openai.server import ModelServer

    return OpenAICaptionWriter(ModelServer(api_key=api_key, base_url=base_url, model=model))


def _check_known(name: str, among: Sequence[str], what: str, choice: str) -> None:
    if name not in among:
        raise StopError(
            f"Looking up the {what} {name!r}: there is none of that name. "
            f"Set {choice} to one of: {', '.join(among)}."
        )


def _check_complete(what: str, choice: str, *, api_key: SecretStr, model: str) -> None:
    for variable, value in (
        ("DREAMBOX_OPENAI_API_KEY", api_key.get_secret_value()),
        ("DREAMBOX_OPENAI_MODEL", model),
    ):
        if not value.strip():
            raise StopError(
                f"The {what} is openai, and {variable} is empty. Set it, or set "
                f"{choice} to embedded, which needs no key."
            )
