"""How loud a clip is, and the gain that brings it to a target.

Loudness is EBU R 128's integrated value, read from FFmpeg's own meter. A gain alone can push
peaks over full scale, so a limiter follows it, and because a limiter takes some loudness away
again the gain is corrected by measuring the result. All of it decodes only the sound.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dreambox_pipeline.media.containers import input_args
from dreambox_pipeline.media.ffmpeg import run_ffmpeg

# EBU R 128 gates at -70 LUFS: the meter says this for silence and for less than 0.4 s of sound.
SILENCE_LUFS = -70.0
_LOWEST_PEAK_DBTP = -120.0
# More gain than this lifts only the noise floor of a nearly silent clip.
_MOST_GAIN_DB = 30.0
_CLOSE_ENOUGH_LU = 0.3
_SUMMARY = re.compile(r"Integrated loudness:.*?I:\s+(\S+) LUFS.*?Peak:\s+(\S+) dBFS", re.DOTALL)
_SILENCE = re.compile(r"silence_duration: (\d+(?:\.\d+)?)")
_STATS = re.compile(
    r"Peak level dB: (\S+).*?Peak count: (\S+).*?Number of samples: (\S+)", re.DOTALL
)
# One step of 16 bits below full scale, in dB; 32767 is as loud as a sample gets.
_FULL_SCALE_DB = -0.0003
_LOG_PREFIX = re.compile(r"^\[[^\n]*?\] ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Loudness:
    """What the meter said about a clip's sound.

    Attributes:
        integrated_lufs: At least -70.
        peak_dbtp: True peak, at least -120.
        silent_s: Seconds below -50 dB in stretches of 0.3 s or more.
    """

    integrated_lufs: float
    peak_dbtp: float
    silent_s: float


CLIPPING_METER = (
    "volume=0.3dB,aformat=sample_fmts=s16,"
    "astats=measure_perchannel=none:measure_overall=Peak_level+Peak_count+Number_of_samples"
)
"""Counts the samples within 0.3 dB of full scale: lifted by that, and put into 16 bits, they are at
the highest level that there is. A lossy codec rounds the corners of what was cut off before it, so
fewer lie at full scale exactly; sound that was limited to -1 dB has none in either."""

METER = "ebur128=peak=true:framelog=quiet,silencedetect=noise=-50dB:duration=0.3"


def parse_meter(log: str) -> Loudness:
    """Read `METER`'s lines from FFmpeg's *log*.

    Raises:
        ValueError: The log has no summary: no meter ran.
    """
    found = _SUMMARY.search(_LOG_PREFIX.sub("", log))
    if found is None:
        raise ValueError("FFmpeg's log has no loudness summary.")
    return Loudness(
        integrated_lufs=max(float(found[1]), SILENCE_LUFS),
        peak_dbtp=max(float(found[2]), _LOWEST_PEAK_DBTP),
        silent_s=sum(float(seconds) for seconds in _SILENCE.findall(log)),
    )


def parse_clipping(log: str) -> float:
    """Share of the samples within 0.3 dB of full scale, 0 to 1, from `CLIPPING_METER`'s lines in FFmpeg's *log*.

    Raises:
        ValueError: The log has no statistics: no meter ran.
    """
    found = _STATS.search(_LOG_PREFIX.sub("", log))
    if found is None:
        raise ValueError("FFmpeg's log has no statistics of the samples.")
    if float(found[1]) < _FULL_SCALE_DB or float(found[3]) <= 0:
        return 0.0
    return round(float(found[2]) / float(found[3]), 6)


def measure_loudness(clip: Path, *, audio_filter: str = "anull", timeout_s: float) -> Loudness:
    """Loudness of *clip*'s first audio stream after *audio_filter*.

    Raises:
        ItemError: The clip has no audio stream or it cannot be decoded.
    """
    args = [*input_args(clip), "-map", "0:a:0", "-vn", "-af", f"{audio_filter},{METER}"]
    log = run_ffmpeg(
        [*args, "-f", "null", "-"], timeout_s=timeout_s, what=f"measure the sound of {clip.name}"
    )
    return parse_meter(log)


def fit_gain(target_lufs: float, measure: Callable[[float], Loudness]) -> float:
    """The gain in dB after which *measure* reads *target_lufs*, or the nearest that helps.

    Silence stays silence: its gain is 0.

    Args:
        target_lufs: Integrated loudness to reach.
        measure: Loudness of the finished sound for a gain in dB. Called at most 6 times.
    """
    gain = 0.0
    for _ in range(6):
        heard = measure(gain).integrated_lufs
        if heard <= SILENCE_LUFS:
            return 0.0
        missing = target_lufs - heard
        if abs(missing) <= _CLOSE_ENOUGH_LU:
            break
        gain = round(min(gain + missing, _MOST_GAIN_DB), 2)
    return gain
