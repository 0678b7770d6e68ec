"""Which parameters a model takes; others are refused with 400, as the real API does."""

import re
from typing import Any

from dreambox_pipeline.sandbox.models_api.errors import ModelApiError, missing

UNKNOWN_MODEL = "no-such-model"
_REASONS = re.compile(r"(o\d|gpt-(?:[5-9]|\d\d))(?!.*chat)")
_FIRST_GPT_5 = re.compile(r"gpt-5(?!\.)")
_SMALLEST_OUTPUT = 16


def check_parameters(body: dict[str, Any]) -> None:
    """Refuses a request its model would not take.

    Raises:
        ModelApiError: With the parameter at fault.
    """
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise missing("model")
    if model == UNKNOWN_MODEL:
        raise ModelApiError(
            404,
            f"The model `{model}` does not exist or you do not have access to it.",
            code="model_not_found",
        )
    effort = (body.get("reasoning") or {}).get("effort")
    reasons = _REASONS.match(model) is not None
    if reasons and body.get("temperature") is not None:
        raise _unsupported("parameter", "temperature")
    if effort is not None and not reasons:
        raise _unsupported("parameter", "reasoning.effort")
    refused = "none" if _FIRST_GPT_5.match(model) or model.startswith("o") else "minimal"
    if effort == refused:
        raise _unsupported("value", "reasoning.effort")
    most = body.get("max_output_tokens")
    if most is not None and (not isinstance(most, int) or most < _SMALLEST_OUTPUT):
        raise ModelApiError(
            400,
            f"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= {_SMALLEST_OUTPUT}.",
            param="max_output_tokens",
            code="integer_below_min_value",
        )


def _unsupported(what: str, param: str) -> ModelApiError:
    return ModelApiError(
        400,
        f"Unsupported {what}: '{param}' is not supported with this model.",
        param=param,
        code=f"unsupported_{what}",
    )
