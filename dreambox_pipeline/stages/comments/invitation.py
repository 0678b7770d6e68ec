"""Whether a video asks its viewers for dreams.

Under such a video a bare story is more likely to be a dream, so detection may also accept
comments that never say so (its `context` mode). Only the account's own caption counts.
"""

import re

_INVITATIONS = (
    r"\b(?:tell|share|describe|write|drop|comment)\b.{0,40}\bdreams?\b",
    r"\b(?:what|which)\b.{0,40}\b(?:you|u)\b.{0,30}\bdream(?:t|ed|ing)?\b",
    r"\byour\b.{0,25}\b(?:dreams?|nightmares?)\b.{0,40}(?:\bbelow\b|\bcomments?\b|\?|👇)",
    r"\b(?:cuéntame|cuéntanos|comparte)\b.{0,40}\bsueños?\b",
    r"\b(?:conte|conta|compartilhe)\b.{0,40}\bsonhos?\b",
    r"\b(?:erzähl\w*|schreib\w*)\b.{0,40}\btr[aä]um\w*",
    r"\b(?:racont\w*|partag\w*)\b.{0,40}\brêves?\b",
    r"\b(?:ceritakan|cerita)\b.{0,40}\bmimpi\b",
)
_PATTERN = re.compile("|".join(_INVITATIONS), re.IGNORECASE | re.DOTALL)


def asks_for_dreams(caption: str) -> bool:
    """The caption invites viewers to tell a dream, in one of six languages."""
    return _PATTERN.search(caption) is not None
