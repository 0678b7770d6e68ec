"""A kit holds all that a person needs, whole or not at all, and says what to do with it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.media.kits import find_kit, kits_in, remove_kit
from dreambox_pipeline.publishers.manual_kit import ManualKitPublisher
from dreambox_pipeline.stages.posts.model import PostDraft, PublicationState
from dreambox_pipeline.stages.posts.publisher import Allowance, PostFile, PostOrder
from dreambox_pipeline_tests.storage.limits import run_with_file_limit

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PUBLICATION = "pub_00000000000000a1"
CAPTION = "A whale 🐋 über der Stadt\n\n@night_owl\n#dreams"

FILL = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.publishers.manual_kit import ManualKitPublisher
from dreambox_pipeline.stages.posts.model import PostDraft
from dreambox_pipeline.stages.posts.publisher import Allowance, PostFile, PostOrder
kits, video = Path(sys.argv[1]), Path(sys.argv[2])
file = PostFile(video, "a" * 64, video.stat().st_size, 3.0)
order = PostOrder("pub_00000000000000a1", PostDraft("a whale", ()), file)
try:
    ManualKitPublisher(kits, now=lambda: datetime(2026, 11, 22, tzinfo=UTC)).begin(order, Allowance())
except StopError as error:
    print(error)
"""


@pytest.fixture
def order(tmp_path: Path) -> PostOrder:
    video, cover = tmp_path / "stored.mp4", tmp_path / "stored.jpg"
    video.write_bytes(b"a video" * 1000)
    cover.write_bytes(b"a picture")
    draft = PostDraft(CAPTION, ("dreams",), alt_text="A whale over a town.", cover_ms=1500)
    return PostOrder(PUBLICATION, draft, PostFile(video, "a" * 64, 7000, 3.0, cover))


class Hand:
    """A publisher whose clock can be moved."""

    def __init__(self, kits: Path) -> None:
        self.kits, self.now = kits, NOON

    def begin(self, order: PostOrder) -> str:
        return self.publisher().begin(order, Allowance()).publish_id

    def publisher(self) -> ManualKitPublisher:
        return ManualKitPublisher(
            self.kits, now=lambda: self.now, page_of=lambda name: f"http://127.0.0.1:1/{name}"
        )


@pytest.fixture
def hand(tmp_path: Path) -> Hand:
    return Hand(tmp_path / "kits")


def checklist_of(hand: Hand) -> str:
    folder = find_kit(hand.kits, PUBLICATION)
    return (folder / "CHECKLIST.md").read_text("utf-8")


def test_a_kit_holds_everything_to_post_a_video(hand, order):
    """The file itself, and texts exactly as they are to be pasted."""
    assert hand.begin(order).startswith(f"kit:{PUBLICATION}:")
    folder = hand.kits / f"2026-11-22_{PUBLICATION}"
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".md"} == {
        "video.mp4": order.file.path.read_bytes(),
        "cover.jpg": b"a picture",
        "caption.txt": CAPTION.encode(),
        "alt_text.txt": b"A whale over a town.",
    }
    assert list(hand.kits.iterdir()) == [folder]


def test_the_file_of_a_kit_is_a_copy(hand, order):
    """A program that a person opens it with may write into it; what was approved stays."""
    hand.begin(order)
    (find_kit(hand.kits, PUBLICATION) / "video.mp4").write_bytes(b"cut")
    assert order.file.path.read_bytes() == b"a video" * 1000


def test_the_checklist_names_every_step_in_order(hand, order):
    """From the upload to the link; nothing that the law or TikTok asks for is left out."""
    hand.begin(order)
    steps = checklist_of(hand)
    wanted = (
        "1. [ ] Upload `video.mp4`", "2. [ ] Paste all of `caption.txt`", "3. [ ] As the cover",
        "1.5 seconds", "4. [ ] Switch **AI-generated content** on", "5. [ ] Choose who may see it",
        "6. [ ] Leave *Disclose post content* off", "7. [ ] Keep the original sound",
        "8. [ ] Where TikTok asks for alternative text", "9. [ ] Post it.",
        f"http://127.0.0.1:1/{PUBLICATION}", f"`dreambox posted {PUBLICATION} LINK`",
    )  # fmt: skip
    places = [steps.find(words) for words in wanted]
    assert places == sorted(places)
    assert -1 not in places


def test_the_checklist_says_what_was_chosen(hand, order):
    """Privacy and brands as a person declared them."""
    draft = replace(
        order.draft, privacy_level="SELF_ONLY", is_branded_content=True, is_brand_organic=True
    )
    hand.begin(replace(order, draft=draft))
    steps = checklist_of(hand)
    assert "**Only you**" in steps
    assert "**Your brand** and **Branded content**" in steps


def test_begun_again_it_is_the_same_kit(hand, order):
    """Also on another day."""
    first = hand.begin(order)
    hand.now = NOON.replace(day=23)
    assert hand.begin(order) == first
    assert [path.name for path in hand.kits.iterdir()] == [f"2026-11-22_{PUBLICATION}"]


def test_an_edited_draft_is_another_kit_in_place_of_the_first(hand, order):
    """Nobody may paste the old caption."""
    first = hand.begin(order)
    hand.now = NOON.replace(day=23)
    edited = replace(order, draft=replace(order.draft, caption="Another one"))
    assert hand.begin(edited) != first
    (folder,) = hand.kits.iterdir()
    assert (folder / "caption.txt").read_text() == "Another one"


def test_a_later_attempt_has_an_id_of_its_own(hand, order):
    """No two attempts share one."""
    first = hand.begin(order)
    assert remove_kit(hand.kits, PUBLICATION)
    hand.now = NOON.replace(hour=13)
    assert hand.begin(order) != first


def test_a_kit_waits_for_a_person(hand, order):
    """Its outcome is nobody's but the person's, with or without the folder."""
    publish_id = hand.begin(order)
    outcome = hand.publisher().outcome(publish_id)
    assert (outcome.state, outcome.post_id) == (PublicationState.UNCONFIRMED, None)
    assert str(find_kit(hand.kits, PUBLICATION)) in outcome.note
    assert f"dreambox posted {PUBLICATION} LINK" in outcome.note
    remove_kit(hand.kits, PUBLICATION)
    assert "gone" in hand.publisher().outcome(publish_id).note


def test_a_full_disk_leaves_nothing_half_written(tmp_path):
    """The error says what to do, and no folder looks like a kit."""
    video = tmp_path / "video.mp4"
    video.write_bytes(bytes(50_000))
    kits = tmp_path / "kits"
    said = run_with_file_limit(FILL, [str(kits), str(video)], limit_bytes=20_000)
    assert "Free some space" in said
    assert list(kits.iterdir()) == []


def test_a_missing_file_stops_without_a_kit(hand, order):
    """Such a kit would look complete."""
    order.file.path.unlink()
    with pytest.raises(StopError, match="put the kit"):
        hand.begin(order)
    assert list(hand.kits.iterdir()) == []


def test_what_a_killed_run_left_is_removed_with_the_next(hand, order):
    """It never looks like a kit either."""
    half = hand.kits / f".2026-11-22_{PUBLICATION}.4711.1"
    half.mkdir(parents=True)
    assert kits_in(hand.kits) == []
    hand.begin(order)
    assert not half.exists()
    half.mkdir()
    assert remove_kit(hand.kits, PUBLICATION)
    assert list(hand.kits.iterdir()) == []
    assert not remove_kit(hand.kits, PUBLICATION)


def test_other_folders_are_nobodys_kit(hand):
    """A person may keep something there."""
    (hand.kits / "my own notes").mkdir(parents=True)
    assert kits_in(hand.kits) == []
    assert find_kit(hand.kits, "notes") is None
