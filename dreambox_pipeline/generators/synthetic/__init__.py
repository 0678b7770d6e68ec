"""The `synthetic` generator: dreams drawn by this machine, without a model and without a key.

A prompt's closed vocabularies (setting, motifs, camera, palette, mood, figures) and its seed
become a layered picture that is baked once and composed for every frame, with quiet music to it.
`generator` is the way in; nothing here knows of ledgers, reviews or TikTok.
"""

from dreambox_pipeline.generators.synthetic.encode import NOTICE
from dreambox_pipeline.generators.synthetic.generator import SyntheticGenerator

__all__ = ["NOTICE", "SyntheticGenerator"]
