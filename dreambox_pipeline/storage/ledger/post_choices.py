"""What people chose and declared about one post, for whoever checks that the post says the same."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.tables import post_drafts, publications


@dataclass(frozen=True, slots=True)
class PostChoices:
    """A person's choices; empty where nobody made any.

    Attributes:
        privacy_level: TikTok's word; None leaves it to the setting.
    """

    privacy_level: str | None = None
    is_brand_organic: bool = False
    is_branded_content: bool = False


def of_video(connection: Connection, render_id: str) -> PostChoices:
    """What was chosen for this video: in its publication, or in its draft before it has one."""
    for table in (publications, post_drafts):
        row = connection.execute(
            sa.select(
                table.c.privacy_level, table.c.is_brand_organic, table.c.is_branded_content
            ).where(table.c.render_id == render_id)
        ).first()
        if row is not None:
            return PostChoices(*row)
    return PostChoices()
