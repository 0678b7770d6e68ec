"""A video as a page or a program is shown it: its card, signed addresses, and what may be done."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from dreambox_pipeline.desk.cards import Card
from dreambox_pipeline.desk.decisions import approval_obstacle, posting_obstacle, was_taken_out
from dreambox_pipeline.desk.media import signed_media_url
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import post_drafts


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card with what only the page knows: signed addresses and what may be done.

    Attributes:
        pictures: Content hash of a finding's picture to its address.
        caption: What the post says or would say; empty before it is written.
    """

    card: Card
    video_url: str
    cover_url: str
    preview_url: str
    pictures: Mapping[str, str]
    approval_obstacle: str | None
    posting_obstacle: str | None
    caption: str

    @property
    def is_taken_out(self) -> bool:
        """A person took it out of the queue after it was approved; approving again brings it back."""
        return was_taken_out(self.card)

    @property
    def record_text(self) -> str:
        """The provenance record for people who read JSON; empty when there is none."""
        record = self.card.production.provenance
        return json.dumps(record.record, indent=2, ensure_ascii=False) if record else ""


def shown_card(connection: Connection, card: Card, keyring: Keyring, now: datetime) -> ShownCard:
    """*card* with addresses that are good for a while from *now*."""

    def signed(digest: str, suffix: str) -> str:
        return signed_media_url("/media", digest + suffix, keyring=keyring, now=now)

    pictures = [each.picture_hash for each in card.findings if each.picture_hash]
    return ShownCard(
        card=card,
        video_url=signed(card.video.content_hash, ".mp4"),
        cover_url=signed(card.video.cover_hash, ".jpg"),
        preview_url=signed(card.video.preview_hash, ".webp"),
        pictures={digest: signed(digest, ".webp") for digest in pictures},
        approval_obstacle=approval_obstacle(card),
        posting_obstacle=posting_obstacle(card),
        caption=_caption(connection, card),
    )


def _caption(connection: Connection, card: Card) -> str:
    stored = post_drafts.get(connection, card.video.render_id)
    if stored is not None:
        return stored.draft.caption
    return card.publication.caption if card.publication else ""


def as_json(item: ShownCard) -> dict[str, Any]:
    """For `GET /api/videos`."""
    card, video, publication = item.card, item.card.video, item.card.publication
    made, record = card.production, card.production.provenance
    return {
        "render_id": video.render_id,
        "dream_id": video.dream_id,
        "content_hash": video.content_hash,
        "title": video.title,
        "caption": item.caption,
        "credit": video.credit,
        "state": card.shelf.value,
        "style_id": card.prompt.style_id,
        "style_name": made.style_name,
        "series_name": made.series_name,
        "writer": made.writer,
        "generator": card.generator,
        "is_stand_in": card.stand_in is not None,
        "is_softened": made.is_softened,
        "refusal": made.refusal,
        "cost_microusd": made.cost.known_microusd,
        "drift": made.look.drift if made.look else None,
        "is_signed": record.unsigned_reason is None if record else None,
        "failed_checks": [
            {
                "check": each.check,
                "severity": each.severity.value,
                "message": each.message,
                "picture_url": item.pictures.get(each.picture_hash or ""),
            }
            for each in card.failed
        ],
        "duration_s": video.duration_s,
        "has_passed": video.has_passed,
        "consent": card.consent.value,
        "is_erased": card.is_erased,
        "can_be_approved": item.approval_obstacle is None and item.posting_obstacle is None,
        "finished_at": video.finished_at.isoformat(),
        "video_url": item.video_url,
        "cover_url": item.cover_url,
        "preview_url": item.preview_url,
        "publication_state": publication.state.value if publication else None,
        "slot_local": publication.slot_local if publication else None,
        "post_id": publication.post_id if publication else None,
    }
