"""What a model lets its caller set: families refuse each other's parameters with HTTP 400.

State of November 2026. From GPT-5.1 on reasoning can be turned off; the first GPT-5 thinks at
least a little; o-models think and take no temperature; older models and other makers' models
take a temperature and know nothing of reasoning.
"""

import re
from typing import Any

_GPT = re.compile(r"gpt-(\d+)(?:\.(\d+))?")
_O_MODEL = re.compile(r"o\d")
# Their efforts differ from their family's; they are left at their own defaults.
_SPECIAL = re.compile(r"-(?:chat|pro|codex)\b")
# Thoughts count as output, and an answer cut off by them is paid for and lost.
_ROOM_TO_THINK = 2_000


def parameters_for(model: str, *, answer_tokens: int) -> dict[str, Any]:
    """The parameters to send to *model*.

    Args:
        model: As the server names it; `ft:` and a maker's prefix are seen through.
        answer_tokens: The longest answer, without thoughts.
    """
    name = model.split(":")[1] if model.startswith("ft:") else model.rsplit("/", 1)[-1]
    effort = _effort(name)
    thinks = effort not in ("none", None) or _SPECIAL.search(name)
    chosen: dict[str, Any] = {"max_output_tokens": answer_tokens + _ROOM_TO_THINK * bool(thinks)}
    if effort is not None:
        chosen["reasoning"] = {"effort": effort}
    elif not thinks:
        # The same comment should get the same answer as often as the model can manage.
        chosen["temperature"] = 0
    return chosen


def _effort(name: str) -> str | None:
    if _SPECIAL.search(name):
        return None
    if found := _GPT.match(name):
        version = (int(found[1]), int(found[2] or 0))
        if version >= (5, 0):
            return "minimal" if version == (5, 0) else "none"
        return None
    return "low" if _O_MODEL.match(name) else None
