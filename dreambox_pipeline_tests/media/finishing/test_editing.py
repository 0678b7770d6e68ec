import hashlib
import itertools
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from dreambox_pipeline.errors import ItemError, StopError
from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.media.finishing.editing import _save_pictures, _stills, apply_edit
from dreambox_pipeline.media.finishing.encoding import Pieces, Source, edit_args
from dreambox_pipeline.media.finishing.layout import lay_out
from dreambox_pipeline.media.finishing.stills import draw_preview
from dreambox_pipeline.media.frames import frames_at, spread_frames
from dreambox_pipeline.media.measuring.measure import measure
from dreambox_pipeline.media.model import Edit, EditedFiles, EndCard, OverlayText
from dreambox_pipeline.media.typesetting.fonts import MissingGlyphs

ClipMaker = Callable[..., Path]
GRAY = "color=0x808080:s=180x320:r=30"


def small_edit(*overlays: OverlayText) -> Edit:
    return Edit(overlays=overlays, width=270, height=480)


FULL = small_edit(
    OverlayText("title", "The flying house", 0.2, 1.4),
    OverlayText("credit", "dreamt by @lena", 0.8),
    OverlayText("ai_label", "AI-generated"),
)


@pytest.fixture(scope="module")
def finished(make_clip: ClipMaker, tmp_path_factory: pytest.TempPathFactory) -> EditedFiles:
    """A finished two-second clip with every text."""
    return apply_edit(make_clip(), FULL, tmp_path_factory.mktemp("finished"))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_video_is_what_the_edit_says(finished: EditedFiles) -> None:
    """Size, rate, length, codecs, loudness."""
    seen = measure(finished.video)
    facts = seen.facts
    assert (facts.width, facts.height, facts.frame_rate) == (270, 480, 30)
    assert (facts.video_codec, facts.audio_codec, facts.container) == ("h264", "aac", "mp4")
    assert facts.duration_s == pytest.approx(2.0, abs=0.01)
    assert seen.loudness_lufs == pytest.approx(-14.0, abs=1.0)
    assert seen.peak_dbtp is not None
    assert seen.peak_dbtp <= -1.0


def test_the_video_is_ready_for_streaming_and_says_its_colors(finished: EditedFiles) -> None:
    """Index in front, BT.709 in TV range, High profile, stereo at 48 kHz."""
    head = finished.video.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")
    with av.open(str(finished.video)) as opened:
        video, audio = opened.streams.video[0], opened.streams.audio[0]
        context = video.codec_context
        assert (context.profile, context.pix_fmt) == ("High", "yuv420p")
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)
        assert context.color_range == 1
        assert (audio.sample_rate, audio.layout.name) == (48_000, "stereo")


def test_the_file_says_that_it_is_algorithmic_media(finished: EditedFiles) -> None:
    """Plain tags any tool can read; nothing of the maker's machine."""
    with av.open(str(finished.video)) as opened:
        tags = opened.metadata
    assert tags["digital_source_type"].endswith("/algorithmicMedia")
    assert "AI-generated" in tags["comment"]
    assert "creation_time" not in tags


def test_the_same_inputs_give_the_same_bytes(
    finished: EditedFiles, make_clip: ClipMaker, tmp_path: Path
) -> None:
    """An approval is of one content hash, so making a video again must not change it."""
    again = apply_edit(make_clip(), FULL, tmp_path)
    for first, second in zip(
        (finished.video, finished.cover, finished.preview),
        (again.video, again.cover, again.preview),
        strict=True,
    ):
        assert digest(first) == digest(second)


def test_cover_and_preview_have_their_sizes(finished: EditedFiles) -> None:
    """A JPEG for TikTok, a small moving WebP for pages."""
    with Image.open(finished.cover) as cover:
        assert (cover.format, cover.size) == ("JPEG", (1080, 1920))
    with Image.open(finished.preview) as preview:
        assert (preview.format, preview.size) == ("WEBP", (216, 384))
        assert getattr(preview, "n_frames", 1) >= 4
    assert finished.preview.stat().st_size <= 30_000


def test_only_the_finished_files_are_left(finished: EditedFiles) -> None:
    """No overlay pictures, no folders."""
    names = {path.name for path in finished.video.parent.iterdir()}
    assert names == {"video.mp4", "cover.jpg", "preview.webp"}


def test_texts_appear_and_leave_at_their_times(make_clip: ClipMaker, tmp_path: Path) -> None:
    """Title for its time, credit from its start, label always; at the end they go with the picture."""
    files = apply_edit(make_clip(GRAY, sound=None, seconds=2), FULL, tmp_path)
    at = {t: brightest(files.video, t) for t in (0.5, 0.9, 1.4, 1.97)}
    # Bands of the 480-pixel frame, from `layout`.
    title, credit, label = slice(80, 160), slice(355, 385), slice(40, 57)
    assert at[0.9][title].max() > 220
    assert at[1.4][title].max() < 150
    assert at[0.5][credit].max() < 150
    assert at[1.4][credit].max() > 170
    assert all(at[t][label].max() > 180 for t in (0.5, 0.9, 1.4))
    assert at[1.97].max() < 60


CARD = Edit(
    (
        OverlayText("title", "The flying house", 0.2, 1.4),
        OverlayText("credit", "dreamt by @lena", 0.8, 1.4),
        OverlayText("ai_label", "AI-generated"),
    ),
    end_card=EndCard("The flying house", "dreamt by @lena"),
    width=270,
    height=480,
)


@pytest.fixture(scope="module")
def with_card(make_clip: ClipMaker, tmp_path_factory: pytest.TempPathFactory) -> EditedFiles:
    return apply_edit(make_clip(GRAY), CARD, tmp_path_factory.mktemp("card"))


def test_an_end_card_makes_the_video_longer_by_what_it_adds(with_card: EditedFiles) -> None:
    """In the same pass, with sound of the same length, and to the same promises."""
    seen = measure(with_card.video)
    assert CARD.length_s(2.0) == pytest.approx(2.9)
    assert seen.facts.duration_s == pytest.approx(2.9, abs=0.04)
    assert (seen.facts.frame_rate, seen.facts.audio_codec) == (30, "aac")
    assert seen.loudness_lufs == pytest.approx(-14.0, abs=1.0)
    with av.open(str(with_card.video)) as opened:
        audio = opened.streams.audio[0]
        assert float(audio.duration * audio.time_base) == pytest.approx(2.9, abs=0.05)
        context = opened.streams.video[0].codec_context
        assert (context.colorspace, context.color_range) == (1, 1)


def test_the_card_is_the_last_picture_dimmed_with_the_texts_in_the_middle(
    with_card: EditedFiles,
) -> None:
    """Without moviepy's color shift: gray stays gray."""
    frame = np.asarray(frames_at(with_card.video, [2.55])[0]).astype(int)
    assert frame[400, 20] == pytest.approx(np.array([54, 54, 54]), abs=4)
    assert frame[190:230].max() > 200
    assert frame[40:57, :100].max() > 180, "the AI label stays to the end"
    assert frame[355:385].max() < 100, "the credit of the clip has left"


def test_the_same_card_gives_the_same_bytes(
    with_card: EditedFiles, make_clip: ClipMaker, tmp_path: Path
) -> None:
    """Moviepy is asked for one thread and no times."""
    again = apply_edit(make_clip(GRAY), CARD, tmp_path)
    assert digest(again.video) == digest(with_card.video)
    assert {path.name for path in tmp_path.iterdir()} == {"video.mp4", "cover.jpg", "preview.webp"}


def test_frames_come_at_a_constant_rate(finished: EditedFiles) -> None:
    """Each a thirtieth of a second after the one before."""
    with av.open(str(finished.video)) as opened:
        times = [frame.time for frame in opened.decode(video=0)]
    steps = {round(later - earlier, 4) for earlier, later in itertools.pairwise(times)}
    assert steps == {0.0333}
    assert len(times) == 60


def test_the_cover_is_a_frame_of_the_clip_with_title_and_label_only(
    make_clip: ClipMaker, tmp_path: Path
) -> None:
    """A credit or half a subtitle on a cover reads as a mistake."""
    edit = small_edit(*FULL.overlays, OverlayText("subtitle", "The sea lies still", 0.2, 1.9))
    with Image.open(apply_edit(make_clip(GRAY), edit, tmp_path).cover) as cover:
        rows = np.asarray(cover.convert("L"))[:, :900].max(axis=1)
    assert rows[330:640].max() > 220
    assert rows[164:222].max() > 180
    assert rows[1200:1520].max() < 150


def test_picture_and_sound_fade(make_clip: ClipMaker, tmp_path: Path) -> None:
    """The first frame is dark, the middle as the clip, the last nearly dark."""
    files = apply_edit(make_clip(GRAY), small_edit(), tmp_path)
    first, middle, last = (
        f.convert("L").getpixel((9, 9)) for f in frames_at(files.video, [0, 1, 9])
    )
    assert first < 5  # type: ignore[operator]
    assert middle == pytest.approx(128, abs=3)
    assert last < 25  # type: ignore[operator]


def test_colors_do_not_shift(make_clip: ClipMaker, tmp_path: Path) -> None:
    """Untagged clips mean BT.709; a BT.601 guess would turn this green by a dozen levels."""
    green = make_clip("color=0x20a040:s=180x320:r=30,scale=out_color_matrix=bt709", sound=None)
    files = apply_edit(green, small_edit(), tmp_path)
    pixel = frames_at(files.video, [1.0])[0].getpixel((135, 240))
    assert pixel == pytest.approx((0x20, 0xA0, 0x40), abs=6)


@pytest.mark.parametrize("size", ["320x180", "200x200", "90x320"])
def test_any_shape_covers_the_frame(make_clip: ClipMaker, tmp_path: Path, size: str) -> None:
    """Cropped, never with bars or stretched."""
    files = apply_edit(make_clip(f"color=white:s={size}:r=24", sound=None), small_edit(), tmp_path)
    frame = np.asarray(frames_at(files.video, [1.0])[0])
    assert frame.shape == (480, 270, 3)
    assert frame.min() > 240


def test_a_silent_clip_gets_a_silent_track(make_clip: ClipMaker, tmp_path: Path) -> None:
    """Platforms expect a track."""
    seen = measure(apply_edit(make_clip(sound=None), small_edit(), tmp_path).video)
    assert (seen.facts.audio_codec, seen.silent_share) == ("aac", 1)


@pytest.mark.parametrize(
    "sound",
    ["sine=f=440:d=2,volume=0.15", "aevalsrc='0.9*exp(-30*mod(t,0.4))*sin(2000*t)':c=mono"],
)
def test_quiet_and_peaky_sound_reach_the_target(
    make_clip: ClipMaker, tmp_path: Path, sound: str
) -> None:
    """Within 1 LU, without clipping."""
    seen = measure(apply_edit(make_clip(sound=sound, seconds=2), small_edit(), tmp_path).video)
    assert seen.loudness_lufs == pytest.approx(-14.0, abs=1.0)
    assert seen.peak_dbtp is not None
    assert seen.peak_dbtp <= -0.5


def test_short_sound_is_filled_up_with_silence(make_clip: ClipMaker, tmp_path: Path) -> None:
    """Sound and picture end together."""
    video = apply_edit(make_clip(sound="sine=d=0.6", seconds=2), small_edit(), tmp_path).video
    with av.open(str(video)) as opened:
        audio = opened.streams.audio[0]
        assert float(audio.duration * audio.time_base) == pytest.approx(2.0, abs=0.05)


HOSTILE = (
    'it\'s: "quoted", [b]{c} %{pts} \\n',
    "a;b,c=d|e @#$&<>*?!^~`",
    "drawtext=textfile=/etc/passwd:x=0",
    "../../../tmp/evil",
    "Ḩ̷̛͇e͎̿l̶͍̀l̸̰̈o",
    "\u202egnp.exe",
    "אבג abc אבג",
)


def test_hostile_text_is_only_text(make_clip: ClipMaker, tmp_path: Path) -> None:
    """No character of a title is syntax of anything; all of them on one video."""
    edit = small_edit(*(OverlayText("title", text, 0.0, 0.9) for text in HOSTILE))
    files = apply_edit(make_clip(sound=None, seconds=1), edit, tmp_path / "out")
    assert measure(files.video).facts.duration_s == pytest.approx(1.0, abs=0.04)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_no_letter_of_a_text_is_in_the_arguments(tmp_path: Path) -> None:
    """Texts are pictures by then: another text changes nothing that FFmpeg is told."""

    def told(text: str) -> list[str]:
        edit = Edit(
            tuple(OverlayText(kind, text, 0.0, 0.9) for kind in ("title", "credit", "subtitle")),
            end_card=EndCard(text, text),
        )
        source = Source(tmp_path / "clip.mp4", 2.0, has_audio=True, has_color_tags=True)
        pieces = Pieces(
            tuple(_save_pictures(lay_out(edit), tmp_path)), tmp_path / "clip.mp4", 1.0, "x"
        )
        return edit_args(source, edit, pieces, _stills(source, edit, tmp_path), tmp_path / "o.mp4")

    (tmp_path / "clip.mp4").write_bytes(b"\x00\x00\x00\x18ftypisom")
    signs = "'\"{}%$;|`<>?!~@"
    for hostile in ("Zqj " + signs, *HOSTILE):
        arguments = " ".join(told(hostile))
        assert hostile not in arguments
        assert "Zqj" not in arguments
        assert not set('"{}%$|`<>?!~@') & set(arguments)


def test_emoji_families_are_refused_by_name(make_clip: ClipMaker, tmp_path: Path) -> None:
    """Before anything is written."""
    with pytest.raises(MissingGlyphs, match="man"):
        apply_edit(make_clip(), small_edit(OverlayText("title", "👨‍👩‍👧 home")), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "content", [b"", b"<html>502 Bad Gateway</html>", b"\x00\x00\x00\x18ftypisom"]
)
def test_what_is_no_video_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    """An item error, and no half file."""
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(content)
    with pytest.raises(ItemError):
        apply_edit(clip, small_edit(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


FULL_DISK = """
import resource, sys
from pathlib import Path
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.media.finishing.editing import _save_pictures, _stills, apply_edit
from dreambox_pipeline.media.model import Edit
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    apply_edit(Path(sys.argv[1]), Edit((), width=270, height=480), Path(sys.argv[2]))
except StopError as error:
    print(error)
"""


def test_a_full_disk_leaves_the_earlier_files_whole(make_clip: ClipMaker, tmp_path: Path) -> None:
    """A limit on file size stands in for a disk that fills up during the encode."""
    (tmp_path / "video.mp4").write_bytes(b"the earlier video")
    child = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(make_clip()), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "The disk is full" in child.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["video.mp4"]
    assert (tmp_path / "video.mp4").read_bytes() == b"the earlier video"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 20_000


def test_a_folder_that_is_a_file_stops_the_run(make_clip: ClipMaker, tmp_path: Path) -> None:
    """Nothing works there until a person acts."""
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(StopError, match="out"):
        apply_edit(make_clip(), small_edit(), tmp_path / "out")


def test_a_clip_that_is_pure_noise_still_gets_a_small_preview(make_clip: ClipMaker) -> None:
    """Quality and detail give way until it fits."""
    noise = make_clip("nullsrc=s=216x384:r=30,geq=random(1)*255:128:128", sound=None, seconds=1)
    preview = draw_preview(spread_frames(noise, 8))
    assert len(preview) <= 30_000


def test_a_webm_clip_can_be_finished(make_clip: ClipMaker, tmp_path: Path) -> None:
    """Some open-weights servers answer with WebM, whatever the name says."""
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(make_clip(sound=None, seconds=1, suffix=".webm").read_bytes())
    assert measure(apply_edit(clip, small_edit(), tmp_path / "out").video).facts.container == "mp4"


def test_a_clip_shorter_than_its_fades_is_finished(make_clip: ClipMaker, tmp_path: Path) -> None:
    """Fades shrink with it."""
    clip = tmp_path / "short.mp4"
    args = ["-i", str(make_clip()), "-frames:v", "3", "-an", str(clip)]
    run_ffmpeg(args, timeout_s=20, what="shorten")
    assert measure(
        apply_edit(clip, FULL, tmp_path / "out").video
    ).facts.duration_s == pytest.approx(0.1)


def brightest(video: Path, at_s: float) -> np.ndarray:
    """The brightest pixel of every row at a moment, left of the right margin."""
    frame = frames_at(video, [at_s])[0].convert("L")
    return np.asarray(frame)[:, :240].max(axis=1)
