"""The route of hands: a folder with the video and all that belongs to it, for a person to post.

Nothing is sent anywhere. A person follows the checklist in TikTok's app or on its page and then
tells the post's link; when the account is connected, its video list may tell it sooner.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from dreambox_pipeline.media.kits import CHECKLIST, find_kit, write_kit
from dreambox_pipeline.publishers.checks import check_order
from dreambox_pipeline.publishers.listing import Listing, no_listing
from dreambox_pipeline.stages.posts.model import PostDraft, PublicationState, Route
from dreambox_pipeline.stages.posts.outcomes import ListedVideo, Outcome
from dreambox_pipeline.stages.posts.publisher import Allowance, Begun, PostFile, PostOrder

VIDEO, COVER, CAPTION, ALT_TEXT = "video.mp4", "cover.jpg", "caption.txt", "alt_text.txt"

_UPLOAD_PAGE = "https://www.tiktok.com/tiktokstudio/upload"

_PRIVACY = {
    "PUBLIC_TO_EVERYONE": "Everyone",
    "MUTUAL_FOLLOW_FRIENDS": "Friends",
    "FOLLOWER_OF_CREATOR": "Followers",
    "SELF_ONLY": "Only you",
}
"""TikTok's words in the API, and in the app."""


class ManualKitPublisher:
    """Posts by asking a person.

    Args:
        kits_dir: The folder that kits are put into.
        now: The clock; a kit carries its day (UTC).
        page_of: Publication id to the address of the page that takes the post's link; it may be
            empty.
        listing: Where the account's videos are listed, if it is connected.
    """

    route = Route.MANUAL_KIT

    def __init__(
        self,
        kits_dir: Path,
        *,
        now: Callable[[], datetime],
        page_of: Callable[[str], str] = lambda _: "",
        listing: Listing = no_listing,
    ) -> None:
        self._kits_dir = kits_dir
        self._now = now
        self._page_of = page_of
        self._listing = listing

    def __repr__(self) -> str:
        return f"ManualKitPublisher({str(self._kits_dir)!r})"

    def allowance(self) -> Allowance:
        """See `Publisher`. Nobody is asked: the app tells the person."""
        return Allowance()

    def begin(self, order: PostOrder, allowance: Allowance) -> Begun:
        """See `Publisher`. While its kit is there, the same order finds the same kit again.

        Raises:
            StopError: The disk is full or not writable. Nothing half-written stays.
        """
        check_order(order, allowance)
        wanted = _hash_of(order)
        existing = find_kit(self._kits_dir, order.publication_id)
        publish_id = existing and _publish_id_in(existing, wanted)
        if not publish_id:
            # A later attempt of the same order is another one, and no two share an id.
            made = hashlib.sha256(f"{wanted} {self._now().isoformat()}".encode()).hexdigest()
            publish_id = f"kit:{order.publication_id}:{made[:12]}"
            self._write(order, f"Kit {publish_id} of {wanted}", existing)
        return Begun(publish_id)

    def deliver(self, begun: Begun, file: PostFile) -> None:
        """See `Publisher`. Nothing to do: the file lies in the kit."""

    def outcome(self, publish_id: str) -> Outcome:
        """See `Publisher`. Only a person, or the account's video list, can tell."""
        publication_id = publish_id.removeprefix("kit:").rpartition(":")[0]
        folder = find_kit(self._kits_dir, publication_id)
        what_to_do = (
            "Its kit is gone."
            if folder is None
            else f"It waits in {folder.absolute()}: post it by hand as {CHECKLIST} says."
        )
        return Outcome(
            PublicationState.UNCONFIRMED,
            None,
            f"{what_to_do} If it is out, run `dreambox posted {publication_id} LINK` with the "
            "post's link, or paste the link on the video's page at the desk.",
        )

    def posts_since(self, since: datetime) -> Iterable[ListedVideo]:
        """See `Publisher`."""
        return self._listing(since)

    def _write(self, order: PostOrder, signature: str, existing: Path | None) -> None:
        draft, file = order.draft, order.file
        folder = self._kits_dir / f"{self._now():%Y-%m-%d}_{order.publication_id}"
        cover = {} if file.cover is None else {COVER: file.cover}
        steps = checklist(
            order, has_cover=file.cover is not None, page=self._page_of(order.publication_id)
        )
        texts = {
            CAPTION: draft.caption,
            ALT_TEXT: draft.alt_text,
            CHECKLIST: f"{steps}\n{signature}\n",
        }
        write_kit(folder, texts=texts, files={VIDEO: file.path} | cover, replacing=existing)


def checklist(order: PostOrder, *, has_cover: bool, page: str) -> str:
    """What a person does with a kit, step by step, as Markdown.

    Args:
        order: The post.
        has_cover: A picture of the cover lies in the kit.
        page: Address of the page that takes the post's link; may be empty.
    """
    steps = [
        f"Upload `{VIDEO}` in TikTok's app or at {_UPLOAD_PAGE}. Change nothing: it was approved so.",
        f"Paste all of `{CAPTION}` as the description. Its mentions and hashtags belong to it.",
        _cover_step(order.draft.cover_ms, has_cover=has_cover),
        "Switch **AI-generated content** on, under More options. This is not optional.",
        _privacy_step(order.draft.privacy_level),
        _brand_step(order.draft),
        "Keep the original sound at full volume, and add no music: no rights to any are cleared.",
    ]
    if order.draft.alt_text:
        steps.append(f"Where TikTok asks for alternative text, paste `{ALT_TEXT}`.")
    steps.append("Post it. Then copy the post's link and tell DreamBox:")
    told = [f"`dreambox posted {order.publication_id} LINK`"]
    if page:
        told.insert(0, f"paste it at {page}, or run")
    numbered = "\n".join(f"{number}. [ ] {step}" for number, step in enumerate(steps, 1))
    return f"# Post this video by hand, once\n\n{numbered}\n   {' '.join(told)}\n"


def _cover_step(cover_ms: int, *, has_cover: bool) -> str:
    shown = f"; it looks like `{COVER}`" if has_cover else ""
    return f"As the cover choose the frame at {cover_ms / 1000:.1f} seconds{shown}."


def _privacy_step(privacy_level: str | None) -> str:
    if privacy_level is None:
        return "Choose who may see it: nobody has chosen that here."
    words = _PRIVACY.get(privacy_level, privacy_level)
    return f"Who can watch this video: **{words}**, as was chosen."


def _brand_step(draft: PostDraft) -> str:
    kinds = []
    if draft.is_brand_organic:
        kinds.append("**Your brand**")
    if draft.is_branded_content:
        kinds.append("**Branded content**")
    if not kinds:
        return "Leave *Disclose post content* off: no promotion was declared."
    return f"Switch *Disclose post content* on and tick {' and '.join(kinds)}, as was declared."


def _hash_of(order: PostOrder) -> str:
    """Of the file and of what is said about it: an edited draft is another kit."""
    said = f"{order.file.content_hash}\n{order.draft!r}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _publish_id_in(folder: Path, wanted: str) -> str | None:
    """By which id a kit is known, if it was made of the order with that hash."""
    try:
        signature = (folder / CHECKLIST).read_text("utf-8").splitlines()[-1]
    except (OSError, IndexError):
        return None
    match signature.split():
        case ["Kit", publish_id, "of", found] if found == wanted:
            return publish_id
    return None
