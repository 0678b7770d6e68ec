"""Posting: slots that a person chose, and switches such as the one that pauses all posting."""

import sqlalchemy as sa
from alembic import op

from dreambox_pipeline.storage.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "switches",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switches")),
    )
    op.add_column(
        "publications",
        sa.Column("is_pinned", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
