"""How single values of TikTok's objects are read: ids, times, counts, rates.

Ids become text, also where a webhook sends a 19-digit JSON number; one that arrives as a float
has already lost digits and is refused. A metric that is missing or unreadable is None, never 0:
it must not cost us the object around it. The objects themselves are in `schemas`.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

MILLISECONDS_FROM = 100_000_000_000
"""Unix times from here on are milliseconds: as seconds this is the year 5138."""


def _id_text(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("an id arrived as a float and has lost digits")  # noqa: TRY004 - pydantic
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else value


def _moment(value: object) -> object:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    seconds = int(str(value))
    seconds = seconds // 1000 if seconds >= MILLISECONDS_FROM else seconds
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("not a Unix time") from error


def or_none(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """Read *value*, or None when it cannot be read."""
    try:
        return read(value)
    except ValidationError:
        return None


def _none_is_empty(value: object) -> object:
    return [] if value is None else value


def or_empty(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """Read *value*, or an empty list when it cannot be read."""
    try:
        return read(_none_is_empty(value))
    except ValidationError:
        return ()


TikTokId = Annotated[str, BeforeValidator(_id_text), Field(min_length=1, max_length=128)]
"""A TikTok id as text. Ids of other people's objects are opaque: nothing is parsed out of them."""

UnixTime = Annotated[datetime | None, BeforeValidator(_moment)]
"""Aware UTC from Unix seconds or milliseconds, as text or number; None when not sent."""

Count = Annotated[int | None, Field(default=None, ge=0), WrapValidator(or_none)]
Change = Annotated[int | None, Field(default=None), WrapValidator(or_none)]
Seconds = Annotated[
    float | None, Field(default=None, ge=0, allow_inf_nan=False), WrapValidator(or_none)
]
Rate = Annotated[
    float | None, Field(default=None, ge=0, le=1, allow_inf_nan=False), WrapValidator(or_none)
]
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
Flag = Annotated[bool, BeforeValidator(lambda value: False if value is None else value)]
NoneIsEmpty = BeforeValidator(_none_is_empty)
"""TikTok writes an empty list as `null` in places."""


def _scopes(value: object) -> object:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


Scopes = Annotated[
    frozenset[str], Field(default_factory=frozenset, alias="scope"), BeforeValidator(_scopes)
]
