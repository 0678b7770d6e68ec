"""Which generators there are, by the name the settings use, and what each of them can do.

Settings are not read here: whoever calls hands the values over. To add a generator: an adapter in
a folder of its own, an entry here, and a bench in `contracts/`; `docs/adding-a-generator.md` tells how.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import SecretStr

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.generators import refusal_signals
from dreambox_pipeline.safety import sound_rights
from dreambox_pipeline.stages.videos.generation import VideoGenerator

NO_KEY = SecretStr("")

# https://cv.iptc.org/newscodes/digitalsourcetype/
ALGORITHMIC_MEDIA = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
TRAINED_ALGORITHMIC_MEDIA = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a generator takes and makes.

    Attributes:
        longest_s: Longest clip, in whole seconds.
        sizes: Upright sizes as `WIDTHxHEIGHT`; the first one is asked for.
        has_sound: Clips come with sound of their own. None: it depends on the model.
        takes_seed: The same seed gives the same or a like clip. None: it depends on the model.
        takes_negative_prompt: What to avoid has a field of its own. None: it depends on the model.
        takes_reference_image: A picture can be sent along. Gemini Omni takes its look from it; most
            models behind `openai_videos` begin the clip with it, and some take none and are asked
            without.
        shortest_s: Shortest clip, in whole seconds.
    """

    longest_s: int
    sizes: tuple[str, ...]
    has_sound: bool | None
    takes_seed: bool | None
    takes_negative_prompt: bool | None
    takes_reference_image: bool
    shortest_s: int = 1


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a generator's server is and what it costs; the synthetic one needs only *work_dir*."""

    work_dir: Path
    base_url: str = ""
    api_key: SecretStr = NO_KEY
    model: str = ""
    price_microusd_per_second: int = 0


@dataclass(frozen=True, slots=True)
class GeneratorEntry:
    """One generator.

    Attributes:
        title: For people.
        price_microusd_per_second: Fixed price; None when the operator says it.
        latency_s: Usual wait for a clip of six seconds, in seconds.
        sunset: The day from which the provider makes nothing any more.
        refusal_signals: Error codes that are a "no" to the content; their words count as well.
        digital_source_type: IPTC term for how its pictures come about.
        sound_origin: Key into `safety.sound_rights.SOUND_ORIGINS`: why its sound may be posted.
            Empty: nobody wrote it down, and what it makes with sound is not posted.
    """

    title: str
    make: Callable[[Provider], VideoGenerator]
    capabilities: Capabilities
    price_microusd_per_second: int | None
    latency_s: float
    sunset: date | None = None
    refusal_signals: frozenset[str] = field(default_factory=frozenset)
    digital_source_type: str = TRAINED_ALGORITHMIC_MEDIA
    sound_origin: str = ""


def _synthetic(provider: Provider) -> VideoGenerator:
    # Imported here: it brings OpenCV and FFmpeg, which a listing of names does not need.
    from dreambox_pipeline.generators.synthetic import SyntheticGenerator

    return SyntheticGenerator(provider.work_dir)


def _gemini_omni(provider: Provider) -> VideoGenerator:
    # Imported here: its client is an extra, and the slowest to load of all.
    from dreambox_pipeline.generators.gemini_omni import GeminiOmniGenerator

    return GeminiOmniGenerator(
        provider.base_url,
        api_key=provider.api_key,
        model=provider.model,
        price_microusd_per_second=provider.price_microusd_per_second,
    )


def _openai_videos(provider: Provider) -> VideoGenerator:
    # Imported here: the client takes half a second, which nobody else should wait for.
    from dreambox_pipeline.generators.openai_videos import OpenAIVideosGenerator

    return OpenAIVideosGenerator(
        provider.base_url,
        api_key=provider.api_key,
        model=provider.model,
        price_microusd_per_second=provider.price_microusd_per_second,
    )


GENERATORS: dict[str, GeneratorEntry] = {
    "synthetic": GeneratorEntry(
        title="drawn on this machine, a stand-in for a video model",
        make=_synthetic,
        capabilities=Capabilities(
            longest_s=60,
            sizes=("720x1280",),
            has_sound=True,
            takes_seed=True,
            takes_negative_prompt=False,
            takes_reference_image=False,
        ),
        price_microusd_per_second=0,
        latency_s=6.0,
        # Drawn by rules, learned from nothing.
        digital_source_type=ALGORITHMIC_MEDIA,
        sound_origin=sound_rights.COMPOSED_HERE.name,
    ),
    "openai_videos": GeneratorEntry(
        title="a server with OpenAI-style /v1/videos",
        make=_openai_videos,
        capabilities=Capabilities(
            longest_s=60,
            sizes=("720x1280",),
            has_sound=None,
            takes_seed=None,
            takes_negative_prompt=None,
            takes_reference_image=True,
        ),
        price_microusd_per_second=None,
        latency_s=300.0,
        refusal_signals=refusal_signals.OPENAI_VIDEOS,
        sound_origin=sound_rights.OPERATORS_MODEL.name,
    ),
    "gemini_omni": GeneratorEntry(
        title="Google's Gemini Omni",
        make=_gemini_omni,
        capabilities=Capabilities(
            longest_s=15,
            sizes=("720x1280", "1080x1920", "360x640"),
            has_sound=True,
            # Taken; how like two clips of one seed are is not documented.
            takes_seed=True,
            takes_negative_prompt=False,
            takes_reference_image=True,
            shortest_s=3,
        ),
        # Google's own price page was not seen, so the operator's setting has the last word.
        price_microusd_per_second=None,
        latency_s=90.0,
        refusal_signals=refusal_signals.GEMINI_OMNI,
        sound_origin=sound_rights.GEMINI.name,
    ),
}


def entry_of(name: str) -> GeneratorEntry:
    """The registry's entry for the generator called *name*.

    Raises:
        StopError: There is no such generator.
    """
    if name not in GENERATORS:
        known = ", ".join(sorted(GENERATORS))
        raise StopError(
            f"Looking up the generator {name!r}: there is none of that name. Set DREAMBOX_GENERATOR to one or more of: {known}."
        )
    return GENERATORS[name]


def generators_for(
    names: Sequence[str], providers: Mapping[str, Provider]
) -> tuple[VideoGenerator, ...]:
    """The generators called *names*, in that order.

    Args:
        names: Keys of `GENERATORS`; the first is used as long as it works.
        providers: By name, where each of them is.

    Raises:
        StopError: There is no such generator, it lacks its address, its key or its model, or
            *names* is empty.
    """
    if not names:
        raise StopError(
            "DREAMBOX_GENERATOR is '', which names no generator. Set it to synthetic, or unset it."
        )
    return tuple(entry_of(name).make(providers[name]) for name in names)
