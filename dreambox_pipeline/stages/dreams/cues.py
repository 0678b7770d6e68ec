"""What people write when they tell a dream, by language, as data.

Patterns match text folded without accents, so one spelling serves the careful and the hasty.
A cue's weight is in log-odds: about 4 is enough to accept alone, 2 needs a story around it,
below 1 says only that the word occurs. Word boundaries matter: Indonesian *pemimpin*
(leader) holds *mimpi* (dream), and loose stems cost more than a better model gains.

To teach another language: add a family here, its other uses to `figurative.py`, and tests.
"""

from dreambox_pipeline.stages.dreams.cue_types import Cue, Family
from dreambox_pipeline.stages.dreams.cues_english import ENGLISH
from dreambox_pipeline.stages.dreams.cues_other import DUTCH, GERMAN, INDONESIAN, TURKISH
from dreambox_pipeline.stages.dreams.cues_romance import FRENCH, ITALIAN, PORTUGUESE, SPANISH
from dreambox_pipeline.stages.dreams.cues_scripts import OTHERS

__all__ = ["FAMILIES", "Cue", "Family"]

FAMILIES = (
    ENGLISH,
    GERMAN,
    SPANISH,
    PORTUGUESE,
    FRENCH,
    ITALIAN,
    INDONESIAN,
    DUTCH,
    TURKISH,
    OTHERS,
)
