"""Turn a clip and an `Edit` into the finished files: video, cover and preview.

Everything is written to a hidden folder beside its destination and moved in place at the end,
so a reader never sees half a file, and a crash or a full disk leaves what was there before.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.media.containers import container_of
from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.media.finishing.encoding import (
    ALGORITHMIC_MEDIA,
    LIMIT_DBFS,
    Pieces,
    Source,
    Stills,
    audio_filter,
    edit_args,
    lengths,
)
from dreambox_pipeline.media.finishing.end_card import make_end_card
from dreambox_pipeline.media.finishing.layout import PlacedPicture, lay_out
from dreambox_pipeline.media.finishing.stills import (
    COVER_MOMENTS,
    PREVIEW_FRAMES,
    PREVIEW_SIZE,
    draw_cover,
    draw_preview,
    read_best,
    read_rgb,
)
from dreambox_pipeline.media.frames import frames_at
from dreambox_pipeline.media.measuring.loudness import Loudness, fit_gain, measure_loudness
from dreambox_pipeline.media.model import Edit, EditedFiles
from dreambox_pipeline.media.probe import probe

VIDEO_NAME, COVER_NAME, PREVIEW_NAME = "video.mp4", "cover.jpg", "preview.webp"
_YUV_MATRICES = {1, 4, 5, 6, 7, 9, 10}
_TIMEOUT_S = 900.0
_LAST_S = (0.0, 0.5, 1.0)
# Peaks this far below the limiter pass it untouched, so that loudness moves with the gain exactly.
_CLEAR_OF_LIMITER_DB = 1.0


def apply_edit(
    clip: Path,
    edit: Edit,
    out_dir: Path,
    *,
    digital_source_type: str = ALGORITHMIC_MEDIA,
    timeout_s: float = _TIMEOUT_S,
) -> EditedFiles:
    """Make the finished video, its cover and its preview in *out_dir*.

    The same clip and edit give the same bytes. Files of an earlier edit are replaced, each
    whole; on an error they stay as they were.

    Args:
        clip: The generator's clip.
        edit: What to draw and how to encode.
        out_dir: Folder of this one video; made when it is missing.
        digital_source_type: IPTC term for how the pictures were made.
        timeout_s: Seconds for the encode.

    Raises:
        ItemError: The clip is no whole video, or a text cannot be drawn (`MissingGlyphs`).
        StopError: The disk is full or the folder cannot be written.
    """
    facts = probe(clip)
    placed = lay_out(edit)
    source = Source(clip, facts.duration_s, facts.audio_codec is not None, _has_color_tags(clip))
    with _workshop(out_dir) as work:
        pieces = Pieces(
            pictures=tuple(_save_pictures(placed, work)),
            card=_card(source, edit, work),
            gain_db=_gain_db(source, edit, timeout_s),
            digital_source_type=digital_source_type,
        )
        stills = _stills(source, edit, work)
        args = edit_args(source, edit, pieces, stills, work / VIDEO_NAME)
        run_ffmpeg(args, timeout_s=timeout_s, what=f"finish {clip.name}")
        best = read_best(stills.clean_to, (edit.width, edit.height))
        (work / COVER_NAME).write_bytes(draw_cover(best, edit, placed))
        shown = read_rgb(stills.shown_to, PREVIEW_SIZE)
        (work / PREVIEW_NAME).write_bytes(draw_preview(shown))
        return _publish(work, out_dir, gain_db=pieces.gain_db)


def _card(source: Source, edit: Edit, work: Path) -> Path | None:
    if edit.end_card is None:
        return None
    # Some generators fade out by themselves; the brightest of the last pictures is before that.
    last = frames_at(source.path, [source.duration_s - back_s for back_s in _LAST_S])
    picture = max(last, key=lambda frame: float(np.asarray(frame.convert("L")).mean()))
    return make_end_card(edit.end_card, picture, edit, work / "card.mp4")


def _stills(source: Source, edit: Edit, work: Path) -> Stills:
    clip_s, whole_s = lengths(source, edit)
    clip, whole = round(clip_s * edit.frame_rate), round(whole_s * edit.frame_rate)
    moments = ((index + 0.5) / PREVIEW_FRAMES for index in range(PREVIEW_FRAMES))
    return Stills(
        clean_at=tuple(dict.fromkeys(int(clip * moment) for moment in COVER_MOMENTS)),
        clean_to=work / "clean.yuv",
        shown_at=tuple(dict.fromkeys(int(whole * moment) for moment in moments)),
        shown_to=work / "shown.rgb",
        shown_size=PREVIEW_SIZE,
    )


def _gain_db(source: Source, edit: Edit, timeout_s: float) -> float:
    if not source.has_audio:
        return 0.0
    measured: dict[float, Loudness] = {}

    def heard(gain_db: float) -> Loudness:
        # Below the limiter, more gain is as much more loudness: nothing to measure again.
        for before_db, loudness in measured.items():
            more_db = gain_db - before_db
            highest_db = loudness.peak_dbtp + max(more_db, 0)
            if highest_db <= LIMIT_DBFS - _CLEAR_OF_LIMITER_DB:
                lufs, peak = loudness.integrated_lufs + more_db, loudness.peak_dbtp + more_db
                return Loudness(lufs, peak, loudness.silent_s)
        chain = audio_filter(source, edit, gain_db)
        measured[gain_db] = measure_loudness(source.path, audio_filter=chain, timeout_s=timeout_s)
        return measured[gain_db]

    return fit_gain(edit.loudness_lufs, heard)


def _has_color_tags(clip: Path) -> bool:
    with av.open(str(clip), format=container_of(clip).demuxer) as opened:
        for frame in opened.decode(video=0):
            return int(frame.colorspace) in _YUV_MATRICES
    return False


def _save_pictures(placed: list[PlacedPicture], work: Path) -> list[tuple[PlacedPicture, Path]]:
    pictures = []
    for index, picture in enumerate(placed):
        png = work / f"overlay-{index}.png"
        picture.image.save(png, compress_level=1)
        pictures.append((picture, png))
    return pictures


@contextmanager
def _workshop(out_dir: Path) -> Iterator[Path]:
    """A folder on the destination's own disk, gone afterwards, with disk trouble explained."""
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".edit-", dir=out_dir))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            remedy = "The disk is full. Free some space, then run again."
        else:
            remedy = "Make the folder writable for this user, then run again."
        raise StopError(f"Wrote finished files to {out_dir} and got: {error}. {remedy}") from error


def _publish(work: Path, out_dir: Path, *, gain_db: float) -> EditedFiles:
    """Move the files in place, the video last: where it is, the others are too."""
    names = (COVER_NAME, PREVIEW_NAME, VIDEO_NAME)
    for name in names:
        # On the disk before it has its name, or a power cut could leave a name with nothing.
        with (work / name).open("rb") as file:
            os.fsync(file.fileno())
    for name in names:
        (work / name).replace(out_dir / name)
    return EditedFiles(
        out_dir / VIDEO_NAME, out_dir / COVER_NAME, out_dir / PREVIEW_NAME, gain_db=gain_db
    )
