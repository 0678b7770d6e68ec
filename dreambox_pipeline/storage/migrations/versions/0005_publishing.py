"""Publishing: connections to both of TikTok's hosts, attempts to publish, and posts' metadata."""

import sqlalchemy as sa
from alembic import op

from dreambox_pipeline.storage.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_connections()
    _make_attempts()
    _make_drafts()
    for column in (
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column("alt_text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("cover_ms", sa.Integer(), server_default="1000", nullable=False),
        sa.Column("privacy_level", sa.Text(), nullable=True),
        sa.Column("is_brand_organic", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_branded_content", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("unavailable_at", UtcDateTime(), nullable=True),
    ):
        op.add_column("publications", column)
    # Everything sent so far went this way.
    op.execute(
        "UPDATE publications SET route = 'accounts_api' WHERE state NOT IN ('planned', 'cancelled')"
    )
    op.execute(
        "INSERT INTO publish_attempts (attempt_id, publication_id, account_id, route, claim, "
        "claimed_at, publish_id) SELECT publication_id || '\\:1', publication_id, account_id, "
        "'accounts_api', claim, coalesce(initiated_at, updated_at), publish_id FROM publications "
        "WHERE claim IS NOT NULL AND state NOT IN ('planned', 'cancelled')"
    )


def _make_connections() -> None:
    """A row per account and host; what was connected stays connected."""
    op.create_table(
        "connections",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("open_id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("access_token_encrypted", sa.Text(), nullable=True),
        sa.Column("refresh_token_encrypted", sa.Text(), nullable=True),
        sa.Column("access_expires_at", UtcDateTime(), nullable=False),
        sa.Column("refresh_expires_at", UtcDateTime(), nullable=False),
        sa.Column("connected_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "host", name=op.f("pk_connections")),
    )
    op.execute(
        "INSERT INTO connections (account_id, host, open_id, username, scopes, "
        "access_token_encrypted, refresh_token_encrypted, access_expires_at, refresh_expires_at, "
        "connected_at, updated_at) SELECT account_id, 'accounts', business_id, username, scopes, "
        "access_token_encrypted, refresh_token_encrypted, access_expires_at, refresh_expires_at, "
        "connected_at, updated_at FROM accounts"
    )
    op.drop_table("accounts")


def _make_attempts() -> None:
    op.create_table(
        "publish_attempts",
        sa.Column("attempt_id", sa.Text(), nullable=False),
        sa.Column("publication_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("publish_id", sa.Text(), nullable=True),
        sa.Column("upload_encrypted", sa.Text(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.publication_id"],
            name=op.f("fk_publish_attempts_publication_id_publications"),
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_publish_attempts")),
        sa.UniqueConstraint("claim", name=op.f("uq_publish_attempts_claim")),
        sa.UniqueConstraint("publish_id", name=op.f("uq_publish_attempts_publish_id")),
    )
    op.create_index(
        op.f("ix_publish_attempts_publication_id"), "publish_attempts", ["publication_id"]
    )
    op.create_index(
        "ix_publish_attempts_account_claimed", "publish_attempts", ["account_id", "claimed_at"]
    )


def _make_drafts() -> None:
    op.create_table(
        "post_drafts",
        sa.Column("render_id", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("hashtags", sa.JSON(), nullable=False),
        sa.Column("alt_text", sa.Text(), nullable=False),
        sa.Column("cover_ms", sa.Integer(), nullable=False),
        sa.Column("privacy_level", sa.Text(), nullable=True),
        sa.Column("is_brand_organic", sa.Boolean(), nullable=False),
        sa.Column("is_branded_content", sa.Boolean(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by", sa.Text(), nullable=True),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["render_id"], ["videos.render_id"], name=op.f("fk_post_drafts_render_id_videos")
        ),
        sa.PrimaryKeyConstraint("render_id", name=op.f("pk_post_drafts")),
    )
