"""The people of the audience: a handle, a language, and a way of typing.

A persona keeps its identifiers over all comments, because consent is only valid from the same
`unique_identifier` that told the dream.
"""

from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b, sha256
from random import Random

from dreambox_pipeline.sandbox.world.grammar.languages import SHARES
from dreambox_pipeline.sandbox.world.seeds import dice

# A few regulars write a lot, most people once: indexes are drawn with a heavy head.
AUDIENCE_SIZE = 9000

_FIRST_WORDS = (
    "luna nightowl mara theo jules pixel sleepy noodle kiki river sage ash milo nova juno wren otto "
    "bean cleo dani echo fern gus hazel indie jonas kaya lotte max nell olli pia quinn rosie sol "
    "tessa uma vera willow xander yara zeno frankie bambi cosmo toast biscuit mango pepper miso"
)
_LAST_WORDS = (
    "art sky moon dreams cat star lee rose tea blue sings draws reads travels cooks rain 404 wave "
    "fox daily film books vibes world bird oak jones smith garcia silva weber novak kim tan okafor"
)
_FIRST = tuple(_FIRST_WORDS.split())
_LAST = tuple(_LAST_WORDS.split())
_DISPLAY_EXTRA = ("", "", "", "", " 🌙", " ✨", " 🦋", " | art", " ☁️", " (she/her)", " 💫")


@dataclass(frozen=True, slots=True)
class Typing:
    """How someone types, each a probability from 0 to 1 for a comment of theirs."""

    lower_case: float
    drops_periods: float
    typos: float
    short_forms: float
    adds_emoji: float


@dataclass(frozen=True, slots=True)
class Persona:
    """One commenter as the API shows them, and how they write."""

    username: str
    display_name: str
    unique_identifier: str
    user_id: str
    lang: str
    typing: Typing


def persona_for(seed: int, index: int) -> Persona:
    """The *index*-th person of the audience of *seed*."""
    return _persona(seed, f"persona-{index}", None)


def persona_with_handle(seed: int, handle: str) -> Persona:
    """The person behind a chosen *handle*, always the same one."""
    return _persona(seed, f"handle-{handle.lower()}", handle)


@lru_cache(maxsize=20_000)
def _persona(seed: int, name: str, handle: str | None) -> Persona:
    rng = dice(seed, "persona", name)
    lang = rng.choices(list(SHARES), list(SHARES.values()))[0]
    username = handle or _username(rng, name)
    return Persona(
        username=username,
        display_name=_display_name(rng, username),
        unique_identifier=unique_identifier(seed, name),
        user_id=sha256(f"{seed}:user:{name}".encode()).hexdigest(),
        lang="en" if handle else lang,
        typing=_typing(rng),
    )


def unique_identifier(seed: int, name: str) -> str:
    """A commenter id as TikTok writes them: base64 with `+` and `/`, 44 characters."""
    return b64encode(blake2b(f"{seed}:uid:{name}".encode(), digest_size=32).digest()).decode()


def _username(rng: Random, name: str) -> str:
    # Two words from the index and a number from what is left: two people never share a handle.
    index = int(name.rsplit("-", 1)[1]) if name.startswith("persona-") else 0
    first = _FIRST[index % len(_FIRST)]
    last = _LAST[index // len(_FIRST) % len(_LAST)]
    again = index // (len(_FIRST) * len(_LAST))
    number = (
        ("", "", str(1990 + rng.randrange(20)))[rng.randrange(3)]
        if again == 0
        else str(100 * again + rng.randrange(100))
    )
    return f"{first}{rng.choice(('', '', '_', '.', '__'))}{last}{number}"


def _display_name(rng: Random, username: str) -> str:
    if rng.random() < 0.3:
        return username
    word = rng.choice(_FIRST)
    return (word.title() if rng.random() < 0.6 else word) + rng.choice(_DISPLAY_EXTRA)


def _typing(rng: Random) -> Typing:
    careful = rng.random() < 0.35
    return Typing(
        lower_case=0.1 if careful else 0.75,
        drops_periods=0.15 if careful else 0.6,
        typos=0.03 if careful else rng.uniform(0.05, 0.4),
        short_forms=0.05 if careful else rng.uniform(0.1, 0.7),
        adds_emoji=rng.uniform(0.02, 0.35),
    )
