"""Which hashtags a dream may have: common forms of its closed vocabularies, and a few that never go.

A concept's forms say the same, the best one first: the usual one, unless strangers look there for
something else (houses for sale, a flood on the news). A caption has one form of each, so that no two
of its hashtags repeat each other.
"""

from collections.abc import Mapping
from typing import Final

from dreambox_pipeline.stages.dreams.model import Motif, Setting

S, M = Setting, Motif

ALWAYS: Final = ("dreams", "aigenerated")
"""On every post: what it is, and that AI made it."""

SETTING_FORMS: Final[Mapping[Setting, tuple[str, ...]]] = {
    S.OCEAN: ("ocean", "sea"),
    S.FOREST: ("forest", "woods"),
    S.CORRIDOR: ("corridor", "liminalspace"),
    S.CITY: ("city", "cityatnight"),
    S.SKY: ("sky", "clouds"),
    S.SPACE: ("space", "universe"),
    S.DESERT: ("desert", "dunes"),
    S.UNDERWATER: ("underwater", "deepsea"),
    S.HOUSE: ("oldhouse", "house"),
    S.SCHOOL: ("emptyschool", "school"),
    S.MOUNTAIN: ("mountain", "mountains"),
    S.MEADOW: ("meadow", "nature"),
}
MOTIF_FORMS: Final[Mapping[Motif, tuple[str, ...]]] = {
    **{motif: (motif.value,) for motif in Motif},
    M.WHALE: ("whale", "whales"),
    M.TEETH: ("teethdream", "teeth"),
    M.DOOR: ("door", "doors"),
    M.STAIRS: ("stairs", "staircase"),
    M.CLOCK: ("clock", "time"),
    M.CAT: ("cat", "cats"),
    M.DOG: ("dog", "dogs"),
    M.BIRD: ("bird", "birds"),
    M.SNAKE: ("snake", "snakedream"),
    M.SPIDER: ("spider", "spiders"),
    M.HORSE: ("horse", "horses"),
    M.FALLING: ("falling", "fallingdream"),
    M.FLYING: ("flying", "flyingdream"),
    M.CHASE: ("chase", "chasedream"),
    M.MOON: ("moon", "moonlight"),
    M.STARS: ("stars", "starrynight"),
    M.FIRE: ("flames", "fire"),
    M.FLOOD: ("waterdream", "flood"),
    M.TREE: ("tree", "trees"),
    M.FLOWER: ("flower", "flowers"),
    M.LANTERN: ("lantern", "lanterns"),
}
NIGHTMARE_FORMS: Final = ("nightmare", "nightmares")
BLISS_FORMS: Final = ("sweetdreams", "gooddream")
FILLERS: Final = ("dreamtelling", "surreal")
"""True of every dream; used when it is known to hold little else."""

_REASONS: Final[Mapping[str, str]] = {
    """
    fyp foryou foryoupage fy fypage fypシ parati pourtoi fürdich perte viral viralvideo goviral blowup xyzbca
    trending trend tiktok follow followme followforfollow f4f like4like l4l likeforlike liketiktok duet
    """: "It asks the feed for reach instead of saying what is seen; piles of it read as spam.",
    "challenge celebrity famous giveaway": (
        "It promises a trend, a person or a prize that the video has nothing to do with."
    ),
    "ad sponsored paidpartnership": (
        "It declares a promotion. Declare one with the brand switches, which TikTok requires."
    ),
    "sh selfharm proana thinspo ana suicide": (
        "It leads to communities around self-harm or disordered eating."
    ),
}
DENIED: Final[Mapping[str, str]] = {
    tag: reason for tags, reason in _REASONS.items() for tag in tags.split()
}
"""Hashtags no post of ours carries, with the reason."""
