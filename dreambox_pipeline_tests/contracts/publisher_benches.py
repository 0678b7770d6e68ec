"""Every route set up against the sandbox over real HTTP, and what each of them cannot do."""

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from dreambox_pipeline.desk.media import signed_media_url
from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.publishers.accounts_api import AccountsApiPublisher
from dreambox_pipeline.publishers.content_posting import ContentPostingPublisher
from dreambox_pipeline.publishers.inbox_draft import InboxDraftPublisher
from dreambox_pipeline.publishers.listing import accounts_listing
from dreambox_pipeline.publishers.manual_kit import ManualKitPublisher
from dreambox_pipeline.sandbox.models_api.clips import ClipRequest, encode_clip
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.stages.posts.model import PostDraft, Route
from dreambox_pipeline.stages.posts.publisher import Begun, PostFile, PostOrder, Publisher
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.media_store import MediaStore, content_hash
from dreambox_pipeline.tiktok.chunks import MIN_CHUNK_BYTES
from dreambox_pipeline.tiktok.client import AccountsClient
from dreambox_pipeline.tiktok.posting import PostingClient
from dreambox_pipeline.tiktok.tokens import StaticTokens
from dreambox_pipeline.tiktok.transport import Limits
from dreambox_pipeline_tests.sandbox.conftest import HTTP

PUBLICATION = "pub_00000000000000a1"
SCOPES = ("video.publish", "video.upload")
QUICK = Limits(read_s=5.0, answer_s=8.0)
CLIP_BYTES = 16_000_000
CHUNKS = 3
DRAFT = PostDraft(
    caption="A whale over the city.\n\nAI-generated video. #dreams",
    hashtags=("dreams",),
    alt_text="A whale swims between towers.",
    cover_ms=500,
    privacy_level="PUBLIC_TO_EVERYONE",
)


@dataclass(frozen=True)
class Traits:
    """What a route does, as data.

    Attributes:
        begins_at: The request that begins a post; None where none is sent.
        uploads: The file is sent in chunks, to an address that ends.
        carries_text: Caption, cover and AI label reach TikTok.
        offers_privacy: A post chooses who may see it.
        asks_account: TikTok is asked what the account may do, and may say no.
    """

    begins_at: str | None
    uploads: bool = False
    carries_text: bool = True
    offers_privacy: bool = False
    asks_account: bool = True


TRAITS = {
    Route.ACCOUNTS_API: Traits("/open_api/v1.3/business/video/publish/"),
    Route.CONTENT_POSTING: Traits(
        "/v2/post/publish/video/init/", uploads=True, offers_privacy=True
    ),
    Route.INBOX_DRAFT: Traits(
        "/v2/post/publish/inbox/video/init/", uploads=True, carries_text=False
    ),
    Route.MANUAL_KIT: Traits(None, carries_text=False, asks_account=False),
}


@dataclass(frozen=True)
class Bench:
    """One route under test.

    Attributes:
        make: Another publisher of the same account, as another process would have it.
        order: A post that is fine.
        kits_dir: Where kits go.
    """

    sandbox: RunningSandbox
    traits: Traits
    make: Callable[[], Publisher]
    publisher: Publisher
    order: PostOrder
    media: MediaStore
    kits_dir: Path
    secrets: list[str]

    def begin(self, order: PostOrder | None = None) -> Begun:
        """What the runner does: ask, then begin."""
        return self.publisher.begin(order or self.order, self.publisher.allowance())

    def post(self) -> Begun:
        """Begins and delivers."""
        begun = self.begin()
        self.publisher.deliver(begun, self.order.file)
        return begun

    def saying(self, **changes: Any) -> PostOrder:
        """The order with another draft."""
        return replace(self.order, draft=replace(self.order.draft, **changes))

    def with_file(self, path: Path, **changes: Any) -> PostOrder:
        """The order with another file."""
        return replace(self.order, file=post_file(self.media, path, **changes))

    def requests(self, path: str, method: str = "POST") -> int:
        """How often the sandbox was asked for it."""
        return int(self.sandbox.sandbox.counts.as_json()["counts"].get(f"{method} {path}", 0))

    def posts(self) -> list[Any]:
        """What is public by one of TikTok's interfaces."""
        return [video for video in self.sandbox.world.public_videos() if video.published_by_api]

    def switch(self, **switches: object) -> None:
        """Sets what the sandbox's account and app may do."""
        for name, value in switches.items():
            self.sandbox.sandbox.set_switch(name, value)

    def arm(self, kind: str, path_prefix: str, **more: object) -> None:
        """Injects a fault as docs/sandbox.md describes."""
        body = {"kind": kind, "path_prefix": path_prefix, "delay_s": 0.0, **more}
        url = f"{self.sandbox.info['control_url']}/faults"
        assert HTTP.post(url, json=body).status_code == 200

    def change_account(self, **changes: object) -> None:
        """TikTok renames or bans the account."""
        url = f"{self.sandbox.info['control_url']}/accounts/main"
        assert HTTP.post(url, json=changes).status_code == 200

    def finish_draft(self, publish_id: str) -> None:
        """The person posts the draft in the app, with the label."""
        url = f"{self.sandbox.info['control_url']}/drafts/{publish_id}/post"
        assert HTTP.post(url, json={"is_ai_generated": True}).status_code == 200


def long_clip(folder: Path) -> Path:
    """A real clip, made 16 MB long by an empty box at its end, so that it has three chunks."""
    content = encode_clip(ClipRequest("ocean", 1, 360, 640, 3))
    padding = CLIP_BYTES - len(content)
    path = folder / "whale.mp4"
    path.write_bytes(content + struct.pack(">I4s", padding, b"free") + bytes(padding - 8))
    return path


def post_file(media: MediaStore, path: Path, **changes: Any) -> PostFile:
    """*path* in the media store, as the runner would hand it over."""
    digest = media.put(path)
    stored = PostFile(media.path(digest, ".mp4"), digest, path.stat().st_size, duration_s=3.0)
    return replace(stored, **changes)


def tokens_of(sandbox: RunningSandbox, scopes: tuple[str, ...] | None = None) -> StaticTokens:
    """A fresh consent of the sandbox's account."""
    store = sandbox.sandbox.tokens
    pair = store.exchange(store.new_code(scopes=scopes) if scopes else store.new_code())
    return StaticTokens(pair.access_token, business_id=pair.open_id)


def accounts_client(sandbox: RunningSandbox, tokens: StaticTokens) -> AccountsClient:
    return AccountsClient(
        sandbox.info["tiktok_base_url"],
        app_id=sandbox.info["app_id"],
        app_secret=sandbox.info["app_secret"],
        tokens=tokens,
        now=lambda: sandbox.now,
        sleep=sandbox.advance,
        limits=QUICK,
    )


def posting_client(sandbox: RunningSandbox, tokens: StaticTokens) -> PostingClient:
    return PostingClient(
        sandbox.info["tiktok_developer_base_url"],
        tokens=tokens,
        now=lambda: sandbox.now,
        sleep=sandbox.advance,
        limits=QUICK,
        chunk_bytes=MIN_CHUNK_BYTES,
    )


@contextmanager
def bench_of(
    route: Route,
    sandbox: RunningSandbox,
    folder: Path,
    clip: Path,
    *,
    scopes: tuple[str, ...] = SCOPES,
) -> Iterator[Bench]:
    """*route*, with a real desk that serves the file where TikTok fetches it."""
    media, keyring = MediaStore(folder / "media"), Keyring(Fernet.generate_key().decode())
    ledger = Ledger(f"sqlite:///{folder / 'ledger.sqlite'}")
    own, developer = tokens_of(sandbox), tokens_of(sandbox, scopes)
    cover = folder / "cover.jpg"
    cover.write_bytes(b"a picture")
    digest = content_hash(cover)
    media.put(cover)
    kits_dir = folder / "kits"
    signed: list[str] = [own.access_token(), developer.access_token()]

    with running_desk(
        ledger=ledger, media=media, keyring=keyring, clock=lambda: sandbox.now
    ) as desk:

        def address_of(name: str) -> str:
            url = signed_media_url(f"{desk}/media", f"{name}.mp4", keyring=keyring, now=sandbox.now)
            signed.append(url)
            return url

        def make() -> Publisher:
            client = accounts_client(sandbox, own)
            posting = posting_client(sandbox, developer)
            listing = accounts_listing(client)
            match route:
                case Route.ACCOUNTS_API:
                    return AccountsApiPublisher(client, address_of=address_of)
                case Route.CONTENT_POSTING:
                    return ContentPostingPublisher(posting, listing=listing)
                case Route.INBOX_DRAFT:
                    return InboxDraftPublisher(posting, granted=lambda: scopes, listing=listing)
                case Route.MANUAL_KIT:
                    return ManualKitPublisher(kits_dir, now=lambda: sandbox.now, listing=listing)

        file = post_file(media, clip, cover=media.path(digest, ".jpg"))
        yield Bench(
            sandbox=sandbox,
            traits=TRAITS[route],
            make=make,
            publisher=make(),
            order=PostOrder(PUBLICATION, DRAFT, file),
            media=media,
            kits_dir=kits_dir,
            secrets=signed,
        )
    ledger.close()
