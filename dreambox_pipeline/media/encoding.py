"""The one FFmpeg call of an edit, as a list of arguments.

One pass: shrink or grow to cover the frame, crop, steady frame rate, fades, texts on top,
sound to its gain with a limiter behind, encode. The same inputs give the same bytes: fixed
thread count, `bitexact` everywhere, no times and no tool versions in the tags.

Settings are for a file that TikTok encodes again: H.264 High with room to spare (CRF 19, at
most 12 Mbit/s), a keyframe every 2 s, BT.709 said out loud, the index at the front.
"""

from dataclasses import dataclass
from pathlib import Path

from dreambox_pipeline.media.containers import input_args
from dreambox_pipeline.media.layout import PlacedPicture
from dreambox_pipeline.media.model import Edit

FADE_IN_S, FADE_OUT_S = 0.35, 0.5
ALGORITHMIC_MEDIA = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"

_BT709 = "colorspace=bt709:color_primaries=bt709:color_trc=bt709"
# x264 working on several frames at once gave other bytes at every run (measured, also without
# a bitrate limit); working on slices of one frame it did not. The number is fixed, because
# another number of slices is another file too.
_X264_THREADS = 2
# 2 dB under full scale at the samples keeps the true peak, and AAC's overshoot, under -1 dBTP.
_LIMITER = "alimiter=limit=0.794:attack=3:release=60:level=disabled"


@dataclass(frozen=True, slots=True)
class Source:
    """The clip to edit.

    Attributes:
        has_color_tags: False when its YUV matrix is not named or makes no sense.
    """

    path: Path
    duration_s: float
    has_audio: bool
    has_color_tags: bool


def audio_filter(duration_s: float, gain_db: float) -> str:
    """Filters that make *duration_s* of stereo at 48 kHz, faded, with *gain_db* and a limiter."""
    fade_in, fade_out = _fades(duration_s)
    return (
        "aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo,"
        f"apad=whole_dur={duration_s:.6f},atrim=0:{duration_s:.6f},asetpts=PTS-STARTPTS,"
        f"volume={gain_db:.2f}dB,"
        f"afade=t=in:st=0:d={fade_in:.3f},"
        f"afade=t=out:st={duration_s - fade_out:.3f}:d={fade_out:.3f},{_LIMITER}"
    )


def edit_args(
    source: Source,
    edit: Edit,
    pictures: list[tuple[PlacedPicture, Path]],
    out: Path,
    *,
    gain_db: float,
    digital_source_type: str,
) -> list[str]:
    """Arguments that make *out*, an MP4, from *source* with *pictures* over it.

    Args:
        source: The clip.
        edit: Size and frame rate of the result.
        pictures: What lies over the video, and the PNG file that holds it.
        out: File to write.
        gain_db: For the sound; see `loudness.fit_gain`.
        digital_source_type: IPTC term, written into the file's plain tags.
    """
    duration_s = snapped_duration(source.duration_s, edit.frame_rate)
    args = input_args(source.path)
    for _, png in pictures:
        args += ["-f", "png_pipe", "-i", f"file:{png}"]
    graph = [_base(source, edit, duration_s), *_overlays(pictures, edit, duration_s)]
    graph.append(_sound(source, duration_s, gain_db))
    args += ["-filter_complex", ";".join(graph), "-map", "[video]", "-map", "[sound]"]
    args += ["-t", f"{duration_s:.6f}", *_video_codec(edit), *_audio_codec()]
    return [*args, *_tags(digital_source_type), "-y", f"file:{out}"]


def snapped_duration(duration_s: float, frame_rate: int) -> float:
    """*duration_s* as a whole number of frames, at least one."""
    return max(1, round(duration_s * frame_rate)) / frame_rate


def _fades(duration_s: float) -> tuple[float, float]:
    return min(FADE_IN_S, duration_s / 4), min(FADE_OUT_S, duration_s / 4)


def _base(source: Source, edit: Edit, duration_s: float) -> str:
    fade_in, fade_out = _fades(duration_s)
    # Without tags the scaler would assume BT.601 and shift the colors.
    tags = "" if source.has_color_tags else f"setparams={_BT709},"
    return (
        f"[0:v:0]{tags}scale={edit.width}:{edit.height}:force_original_aspect_ratio=increase"
        ":flags=lanczos+accurate_rnd+full_chroma_int+bitexact"
        ":out_color_matrix=bt709:out_range=tv,"
        f"crop={edit.width}:{edit.height},setsar=1,fps={edit.frame_rate},"
        f"tpad=stop_mode=clone:stop_duration=1,format=yuv420p,setparams={_BT709}:range=tv,"
        f"fade=t=in:st=0:d={fade_in:.3f},"
        f"fade=t=out:st={duration_s - fade_out:.3f}:d={fade_out:.3f}[v0]"
    )


def _overlays(
    pictures: list[tuple[PlacedPicture, Path]], edit: Edit, duration_s: float
) -> list[str]:
    chains = []
    for index, (picture, _) in enumerate(pictures, start=1):
        over = f"overlay=x={picture.x}:y={picture.y}:format=yuv420:eof_action=pass"
        chains += [
            f"[{index}:v]{_picture_chain(picture, edit, duration_s)}[p{index}]",
            f"[v{index - 1}][p{index}]{over}[v{index}]",
        ]
    return [*chains, f"[v{len(pictures)}]setparams={_BT709}:range=tv[video]"]


def _picture_chain(picture: PlacedPicture, edit: Edit, duration_s: float) -> str:
    end_s = min(picture.end_s if picture.end_s is not None else duration_s, duration_s)
    frames = max(1, round(end_s * edit.frame_rate))
    # Decoded and converted once, then repeated: looping the file would decode it per frame.
    chain = (
        "format=rgba,scale=out_color_matrix=bt709:out_range=tv:flags=bitexact+accurate_rnd,"
        f"format=yuva420p,setparams={_BT709}:range=tv,"
        f"loop=loop={frames - 1}:size=1:start=0,setpts=N/({edit.frame_rate}*TB)"
    )
    if picture.fade_s:
        chain += f",fade=t=in:st={picture.start_s:.3f}:d={picture.fade_s:.3f}:alpha=1"
        if picture.end_s is not None and picture.end_s < duration_s:
            start = end_s - picture.fade_s
            chain += f",fade=t=out:st={start:.3f}:d={picture.fade_s:.3f}:alpha=1"
    if picture.start_s:
        chain += f",trim=start_frame={round(picture.start_s * edit.frame_rate)}"
    return chain


def _sound(source: Source, duration_s: float, gain_db: float) -> str:
    if source.has_audio:
        return f"[0:a:0]{audio_filter(duration_s, gain_db)}[sound]"
    # Players and TikTok's own editor expect a track, so a silent clip gets silence.
    return f"anullsrc=r=48000:cl=stereo,atrim=0:{duration_s:.6f}[sound]"


def _video_codec(edit: Edit) -> list[str]:
    color = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
    return [
        *("-c:v", "libx264", "-profile:v", "high", "-preset", "veryfast", "-crf", "19"),
        *("-maxrate", "12M", "-bufsize", "24M", "-pix_fmt", "yuv420p"),
        *("-g", str(2 * edit.frame_rate), "-threads:v", str(_X264_THREADS)),
        *("-x264-params", "sliced-threads=1"),
        *(*color, "-color_range", "tv", "-flags:v", "+bitexact"),
    ]


def _audio_codec() -> list[str]:
    return ["-c:a", "aac", "-b:a", "160k", "-ar", "48000", "-ac", "2", "-flags:a", "+bitexact"]


def _tags(digital_source_type: str) -> list[str]:
    comment = f"AI-generated. Digital source type: {digital_source_type}"
    return [
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"),
        *("-metadata", f"comment={comment}"),
        *("-metadata", f"digital_source_type={digital_source_type}"),
        *("-movflags", "+faststart+use_metadata_tags", "-f", "mp4"),
    ]
