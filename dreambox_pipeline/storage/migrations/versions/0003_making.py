"""Making videos: money reserved before it is spent, circuits, series, drift, provenance."""

import sqlalchemy as sa
from alembic import op

from dreambox_pipeline.storage.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "generator_circuits",
        sa.Column("generator", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("generator", name=op.f("pk_generator_circuits")),
    )
    op.create_table(
        "series",
        sa.Column("series_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("style_id", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("reference_hash", sa.Text(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("series_id", name=op.f("pk_series")),
        sa.UniqueConstraint("name", name=op.f("uq_series_name")),
    )
    op.create_table(
        "spend",
        sa.Column("spend_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("dream_id", sa.Text(), nullable=False),
        sa.Column("generator", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reserved_microusd", sa.BigInteger(), nullable=False),
        sa.Column("settled_microusd", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("reserved_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["generation_jobs.job_id"], name=op.f("fk_spend_job_id")
        ),
        sa.PrimaryKeyConstraint("spend_id", name=op.f("pk_spend")),
    )
    op.create_index(op.f("ix_spend_day"), "spend", ["day"], unique=False)
    op.create_index(op.f("ix_spend_dream_id"), "spend", ["dream_id"], unique=False)
    op.create_index(op.f("ix_spend_job_id"), "spend", ["job_id"], unique=False)
    op.create_table(
        "provenance",
        sa.Column("render_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("unsigned_reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["render_id"], ["videos.render_id"], name=op.f("fk_provenance_render_id")
        ),
        sa.PrimaryKeyConstraint("render_id", name=op.f("pk_provenance")),
    )
    op.add_column("findings", sa.Column("picture_hash", sa.Text(), nullable=True))
    op.add_column(
        "generation_jobs",
        sa.Column("is_softened", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "generation_jobs", sa.Column("polls", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("generation_jobs", sa.Column("poll_after", UtcDateTime(), nullable=True))
    op.add_column("generation_jobs", sa.Column("refusal", sa.Text(), nullable=True))
    op.add_column("generation_jobs", sa.Column("waits_for", sa.Text(), nullable=True))
    op.add_column("generation_jobs", sa.Column("passed_on_to", sa.Text(), nullable=True))
    op.add_column("prompts", sa.Column("writer", sa.Text(), nullable=True))
    op.add_column("prompts", sa.Column("series_id", sa.Text(), nullable=True))
    op.create_index(op.f("ix_prompts_series_id"), "prompts", ["series_id"], unique=False)
    op.add_column("videos", sa.Column("look", sa.JSON(), nullable=True))
    op.add_column("videos", sa.Column("drift", sa.Float(), nullable=True))
