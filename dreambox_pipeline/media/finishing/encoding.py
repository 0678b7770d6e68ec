"""The one FFmpeg call of an edit, as a list of arguments.

One pass: shrink or grow to cover the frame, crop, steady frame rate, the end card, fades, texts
on top, sound to its gain with a limiter behind, encode. The frames that the cover and the preview
are made of leave the same pass, so nothing is decoded twice. The same inputs give the same bytes:
fixed thread count, `bitexact` everywhere, no times and no tool versions in the tags.

Settings are for a file that TikTok encodes again: H.264 High with room to spare (CRF 19, at
most 12 Mbit/s), a keyframe every 2 s, BT.709 said out loud, the index at the front.
"""

from dataclasses import dataclass
from pathlib import Path

from dreambox_pipeline.media.containers import input_args
from dreambox_pipeline.media.finishing.layout import PlacedPicture
from dreambox_pipeline.media.model import Edit

FADE_IN_S, FADE_OUT_S = 0.35, 0.5
ALGORITHMIC_MEDIA = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
LIMIT_DBFS = -2.0
"""Where the limiter holds the samples: AAC's overshoot stays below -1 dB of true peak."""

_BT709 = "colorspace=bt709:color_primaries=bt709:color_trc=bt709"
# x264 working on several frames at once gave other bytes at every run (measured, also without
# a bitrate limit); working on slices of one frame it did not. The number is fixed, because
# another number of slices is another file too.
_X264_THREADS = 2
_LIMITER = f"alimiter=limit={10 ** (LIMIT_DBFS / 20):.3f}:attack=3:release=60:level=disabled"
# The sound leaves more slowly when a silent card follows it, and the card more quickly than a
# clip: it is short, and meant to be read.
_FADE_TO_CARD_S, _CARD_FADE_OUT_S = 1.0, 0.25


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


@dataclass(frozen=True, slots=True)
class Stills:
    """Single frames that leave the pass on the side, as raw pictures one after the other.

    Attributes:
        clean_at: Numbers of the frames without fades and texts, rising; for the cover.
        clean_to: File for these, YUV 4:2:0 in the edit's size.
        shown_at: Numbers of the finished frames, rising; for the preview.
        shown_to: File for these, RGB in `shown_size`.
    """

    clean_at: tuple[int, ...]
    clean_to: Path
    shown_at: tuple[int, ...]
    shown_to: Path
    shown_size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Everything that is put together, beside the source.

    Attributes:
        pictures: What lies over the video, and the PNG file that holds it.
        card: The end card's file, if there is one.
        gain_db: For the sound; see `loudness.fit_gain`.
        digital_source_type: IPTC term, written into the file's plain tags.
    """

    pictures: tuple[tuple[PlacedPicture, Path], ...]
    card: Path | None
    gain_db: float
    digital_source_type: str


def audio_filter(source: Source, edit: Edit, gain_db: float) -> str:
    """Filters that make the finished stereo sound at 48 kHz: faded, with *gain_db* and a limiter."""
    clip_s, whole_s = lengths(source, edit)
    fade_in, fade_out = _fades(clip_s)
    if edit.end_card:
        fade_out = min(_FADE_TO_CARD_S, clip_s / 4)
    return (
        "aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo,"
        f"apad=whole_dur={whole_s:.6f},atrim=0:{whole_s:.6f},asetpts=PTS-STARTPTS,"
        f"volume={gain_db:.2f}dB,"
        f"afade=t=in:st=0:d={fade_in:.3f},"
        f"afade=t=out:st={clip_s - fade_out:.3f}:d={fade_out:.3f},{_LIMITER}"
    )


def edit_args(source: Source, edit: Edit, pieces: Pieces, stills: Stills, out: Path) -> list[str]:
    """Arguments that make *out*, an MP4, and the files of *stills* from *source*."""
    _, whole_s = lengths(source, edit)
    args = input_args(source.path)
    for _, png in pieces.pictures:
        args += ["-f", "png_pipe", "-i", f"file:{png}"]
    if pieces.card:
        args += input_args(pieces.card)
    graph = _graph(source, edit, pieces, stills)
    args += ["-filter_complex", ";".join(graph), "-map", "[video]", "-map", "[sound]"]
    args += ["-t", f"{whole_s:.6f}", *_video_codec(edit), *_audio_codec()]
    args += [*_tags(pieces.digital_source_type), "-y", f"file:{out}"]
    for name, file in (("clean", stills.clean_to), ("shown", stills.shown_to)):
        args += ["-map", f"[{name}]", "-fps_mode", "passthrough", "-f", "rawvideo"]
        args += ["-y", f"file:{file}"]
    return args


def lengths(source: Source, edit: Edit) -> tuple[float, float]:
    """Seconds of the clip and of the finished video, each a whole number of frames."""
    clip_s = snapped_duration(source.duration_s, edit.frame_rate)
    return clip_s, snapped_duration(edit.length_s(clip_s), edit.frame_rate)


def snapped_duration(duration_s: float, frame_rate: int) -> float:
    """*duration_s* as a whole number of frames, at least one."""
    return max(1, round(duration_s * frame_rate)) / frame_rate


def _fades(duration_s: float) -> tuple[float, float]:
    return min(FADE_IN_S, duration_s / 4), min(FADE_OUT_S, duration_s / 4)


def _graph(source: Source, edit: Edit, pieces: Pieces, stills: Stills) -> list[str]:
    _, whole_s = lengths(source, edit)
    fade_in, fade_out = _fades(whole_s)
    fade_out = _CARD_FADE_OUT_S if edit.end_card else fade_out
    # The texts go with the picture: words on black are no picture of a dream.
    leave = f"fade=t=out:st={whole_s - fade_out:.3f}:d={fade_out:.3f}"
    count = len(pieces.pictures)
    # Picked before the scaling to RGB, so that only these few frames are converted.
    # In step with the finished frames: on its own this branch would run ahead to its next frame,
    # and everything before it would wait in memory, a hundred megabytes of it.
    clean = (
        f"[pace][side]streamselect=inputs=2:map=1,{_picked(stills.clean_at)},format=yuv420p[clean]"
    )
    shown = (
        f"[last]{_picked(stills.shown_at)},scale={stills.shown_size[0]}:{stills.shown_size[1]}"
        ":force_original_aspect_ratio=increase:flags=area+accurate_rnd+bitexact"
        f",crop={stills.shown_size[0]}:{stills.shown_size[1]},format=rgb24[shown]"
    )
    return [
        f"{_base(source, edit)},split[side][main]",
        clean,
        *_with_card(source, edit, pieces, f"fade=t=in:st=0:d={fade_in:.3f}[v0]"),
        *_overlays(pieces.pictures, edit, whole_s),
        f"[v{count}]{leave},setparams={_BT709}:range=tv,split=3[last][pace][video]",
        shown,
        _sound(source, edit, pieces.gain_db),
    ]


def _base(source: Source, edit: Edit) -> str:
    # Without tags the scaler would assume BT.601 and shift the colors.
    tags = "" if source.has_color_tags else f"setparams={_BT709},"
    return (
        f"[0:v:0]{tags}scale={edit.width}:{edit.height}:force_original_aspect_ratio=increase"
        ":flags=lanczos+accurate_rnd+full_chroma_int+bitexact"
        ":out_color_matrix=bt709:out_range=tv,"
        f"crop={edit.width}:{edit.height},setsar=1,fps={edit.frame_rate},"
        f"tpad=stop_mode=clone:stop_duration=1,format=yuv420p,setparams={_BT709}:range=tv"
    )


def _with_card(source: Source, edit: Edit, pieces: Pieces, fade_in: str) -> list[str]:
    if edit.end_card is None or pieces.card is None:
        return [f"[main]{fade_in}"]
    clip_s, _ = lengths(source, edit)
    number = len(pieces.pictures) + 1
    rate = f"fps={edit.frame_rate},settb=1/{edit.frame_rate},format=yuv420p"
    cross_s = edit.end_card.crossfade_s
    cross = f"xfade=transition=fade:duration={cross_s:.3f}:offset={clip_s - cross_s:.3f}"
    return [
        f"[main]trim=end={clip_s:.6f},settb=1/{edit.frame_rate}[clip]",
        f"[{number}:v:0]{rate},setsar=1,setparams={_BT709}:range=tv[card]",
        f"[clip][card]{cross},{fade_in}",
    ]


def _picked(numbers: tuple[int, ...]) -> str:
    wanted = "+".join(f"eq(n\\,{number})" for number in numbers)
    return f"select={wanted}"


def _overlays(
    pictures: tuple[tuple[PlacedPicture, Path], ...], edit: Edit, duration_s: float
) -> list[str]:
    chains = []
    for index, (picture, _) in enumerate(pictures, start=1):
        over = f"overlay=x={picture.x}:y={picture.y}:format=yuv420:eof_action=pass"
        chains += [
            f"[{index}:v]{_picture_chain(picture, edit, duration_s)}[p{index}]",
            f"[v{index - 1}][p{index}]{over}[v{index}]",
        ]
    return chains


def _picture_chain(picture: PlacedPicture, edit: Edit, duration_s: float) -> str:
    end_s = min(picture.end_s if picture.end_s is not None else duration_s, duration_s)
    first = round(picture.start_s * edit.frame_rate)
    frames = max(1, round(end_s * edit.frame_rate) - first)
    # Decoded and converted once, then repeated: looping the file would decode it per frame.
    chain = (
        "format=rgba,scale=out_color_matrix=bt709:out_range=tv:flags=bitexact+accurate_rnd,"
        f"format=yuva420p,setparams={_BT709}:range=tv,"
        # Only while it is seen: overlay passes the video through before and after.
        f"loop=loop={frames - 1}:size=1:start=0,settb=1/{edit.frame_rate},setpts=N+{first}"
    )
    if picture.fade_s:
        chain += f",fade=t=in:st={picture.start_s:.3f}:d={picture.fade_s:.3f}:alpha=1"
        if picture.end_s is not None and picture.end_s < duration_s:
            start = end_s - picture.fade_s
            chain += f",fade=t=out:st={start:.3f}:d={picture.fade_s:.3f}:alpha=1"
    return chain


def _sound(source: Source, edit: Edit, gain_db: float) -> str:
    if source.has_audio:
        return f"[0:a:0]{audio_filter(source, edit, gain_db)}[sound]"
    # Players and TikTok's own editor expect a track, so a silent clip gets silence.
    _, whole_s = lengths(source, edit)
    return f"anullsrc=r=48000:cl=stereo,atrim=0:{whole_s:.6f}[sound]"


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
