"""What a cue and a language's family of cues are; the cues themselves are data beside this."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """One way to say that a dream follows.

    Attributes:
        code: Stable name; reasons show it as `cue:<code>`.
        weight: Log-odds added when it matches.
        is_own: The wording names the writer as the dreamer, so a third person elsewhere in
            the comment does not count against it.
    """

    code: str
    weight: float
    pattern: re.Pattern[str]
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """The cues of one language, and the stems one of which a comment must contain.

    Attributes:
        stems: Case-folded substrings, with and without accents; the cheap first look.
    """

    lang: str
    stems: tuple[str, ...]
    cues: tuple[Cue, ...]


def cue(code: str, weight: float, pattern: str, *, own: bool = False) -> Cue:
    """A cue with its pattern compiled."""
    return Cue(code, weight, re.compile(pattern), own)
