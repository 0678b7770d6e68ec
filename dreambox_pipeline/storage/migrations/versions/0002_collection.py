"""Reading comments at full strength: limits shared by all processes, a webhook inbox, erasures."""

import sqlalchemy as sa
from alembic import op

from dreambox_pipeline.storage.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "collected_videos",
        sa.Column("collection_key", sa.Text(), nullable=False),
        sa.Column("source_video_id", sa.Text(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "collection_key", "source_video_id", name=op.f("pk_collected_videos")
        ),
    )
    op.create_table(
        "dream_labels",
        sa.Column("comment_id", sa.Text(), nullable=False),
        sa.Column("is_dream", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_dream_labels")),
    )
    op.create_table(
        "erasures",
        sa.Column("comment_id", sa.Text(), nullable=False),
        sa.Column("dream_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_erasures")),
    )
    op.create_table(
        "request_locks",
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_request_locks")),
    )
    op.create_table(
        "request_permits",
        sa.Column("permit_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("permit_id", name=op.f("pk_request_permits")),
    )
    op.create_index(
        "ix_request_permits_bucket_at", "request_permits", ["bucket", "at"], unique=False
    )
    op.create_table(
        "tasks",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_kind"), "tasks", ["kind"], unique=False)
    op.create_index(op.f("ix_tasks_state"), "tasks", ["state"], unique=False)
    op.create_index(op.f("ix_tasks_subject"), "tasks", ["subject"], unique=False)
    op.create_table(
        "text_batches",
        sa.Column("batch_key", sa.Text(), nullable=False),
        sa.Column("provider_batch_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("batch_key", name=op.f("pk_text_batches")),
    )
    op.create_index(op.f("ix_text_batches_state"), "text_batches", ["state"], unique=False)
    op.create_table(
        "video_polls",
        sa.Column("source_video_id", sa.Text(), nullable=False),
        sa.Column("polled_at", UtcDateTime(), nullable=False),
        sa.Column("seen_until", UtcDateTime(), nullable=True),
        sa.Column("comments", sa.Integer(), nullable=True),
        sa.Column("new_comments", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source_video_id", name=op.f("pk_video_polls")),
    )
    op.create_table(
        "webhook_inbox",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_webhook_inbox")),
    )
    op.create_index(op.f("ix_webhook_inbox_state"), "webhook_inbox", ["state"], unique=False)
    op.add_column("dreams", sa.Column("mode", sa.Text(), server_default="cue", nullable=False))
    op.add_column(
        "dreams",
        sa.Column("needs_review", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("dreams", sa.Column("signature", sa.JSON(), nullable=True))
    op.add_column("dreams", sa.Column("duplicate_of", sa.Text(), nullable=True))
    op.add_column("dreams", sa.Column("suspended_at", UtcDateTime(), nullable=True))
    op.add_column("dreams", sa.Column("suspended_reason", sa.Text(), nullable=True))
    op.create_index(op.f("ix_dreams_duplicate_of"), "dreams", ["duplicate_of"], unique=False)
    op.add_column("rankings", sa.Column("record", sa.JSON(), nullable=True))
