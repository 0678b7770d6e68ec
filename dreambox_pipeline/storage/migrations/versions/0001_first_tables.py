"""The ledger's first tables."""

import sqlalchemy as sa
from alembic import op

from dreambox_pipeline.storage.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("access_token_encrypted", sa.Text(), nullable=False),
        sa.Column("refresh_token_encrypted", sa.Text(), nullable=False),
        sa.Column("access_expires_at", UtcDateTime(), nullable=False),
        sa.Column("refresh_expires_at", UtcDateTime(), nullable=False),
        sa.Column("connected_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "audit_log",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_log")),
    )
    op.create_table(
        "dreams",
        sa.Column("dream_id", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.Text(), nullable=False),
        sa.Column("source_video_id", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("screening", sa.Text(), nullable=False),
        sa.Column("screening_reasons", sa.JSON(), nullable=False),
        sa.Column("likes", sa.Integer(), nullable=True),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("dream_id", name=op.f("pk_dreams")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_dreams_comment_id")),
    )
    op.create_index(op.f("ix_dreams_author_id"), "dreams", ["author_id"])
    op.create_index(op.f("ix_dreams_source_video_id"), "dreams", ["source_video_id"])

    op.create_table(
        "imports",
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.JSON(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("file_hash", name=op.f("pk_imports")),
    )
    op.create_table(
        "item_failures",
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("stage", "item_id", name=op.f("pk_item_failures")),
    )
    op.create_table(
        "outbox",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_state"), "outbox", ["state"])

    op.create_table(
        "policies",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "version", name=op.f("pk_policies")),
    )
    op.create_table(
        "post_rewards",
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("render_id", sa.Text(), nullable=False),
        sa.Column("reward", sa.Float(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.Column("age_hours", sa.Float(), nullable=False),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.Column("local_hour", sa.Integer(), nullable=False),
        sa.Column("local_weekday", sa.Integer(), nullable=False),
        sa.Column("style_id", sa.Text(), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("motifs", sa.JSON(), nullable=False),
        sa.Column("computed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post_rewards")),
    )
    op.create_table(
        "source_videos",
        sa.Column("source_video_id", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("share_url", sa.Text(), nullable=True),
        sa.Column("comments", sa.Integer(), nullable=True),
        sa.Column("asks_for_dreams", sa.Boolean(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source_video_id", name=op.f("pk_source_videos")),
    )
    op.create_table(
        "consents",
        sa.Column("dream_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("wording_version", sa.Text(), nullable=False),
        sa.Column("question_text", sa.Text(), nullable=False),
        sa.Column("question_comment_id", sa.Text(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("answer_comment_id", sa.Text(), nullable=True),
        sa.Column("answer_hash", sa.Text(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("credit", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dream_id"], ["dreams.dream_id"], name=op.f("fk_consents_dream_id")
        ),
        sa.PrimaryKeyConstraint("dream_id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_state"), "consents", ["state"])

    op.create_table(
        "prompts",
        sa.Column("prompt_id", sa.Text(), nullable=False),
        sa.Column("dream_id", sa.Text(), nullable=False),
        sa.Column("style_id", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.JSON(), nullable=False),
        sa.Column("prose", sa.Text(), nullable=False),
        sa.Column("screening", sa.Text(), nullable=False),
        sa.Column("screening_reasons", sa.JSON(), nullable=False),
        sa.Column("composed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dream_id"], ["dreams.dream_id"], name=op.f("fk_prompts_dream_id")
        ),
        sa.PrimaryKeyConstraint("prompt_id", name=op.f("pk_prompts")),
    )
    op.create_index(op.f("ix_prompts_dream_id"), "prompts", ["dream_id"])

    op.create_table(
        "rankings",
        sa.Column("dream_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("ranked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dream_id"], ["dreams.dream_id"], name=op.f("fk_rankings_dream_id")
        ),
        sa.PrimaryKeyConstraint("dream_id", name=op.f("pk_rankings")),
    )
    op.create_table(
        "generation_jobs",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("prompt_id", sa.Text(), nullable=False),
        sa.Column("generator", sa.Text(), nullable=False),
        sa.Column("generator_version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("provider_job_id", sa.Text(), nullable=True),
        sa.Column("estimate_microusd", sa.BigInteger(), nullable=False),
        sa.Column("cost_microusd", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("clip_hash", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["prompts.prompt_id"], name=op.f("fk_generation_jobs_prompt_id")
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_generation_jobs")),
    )
    op.create_index(op.f("ix_generation_jobs_prompt_id"), "generation_jobs", ["prompt_id"])
    op.create_index(op.f("ix_generation_jobs_state"), "generation_jobs", ["state"])

    op.create_table(
        "videos",
        sa.Column("render_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("prompt_id", sa.Text(), nullable=False),
        sa.Column("dream_id", sa.Text(), nullable=False),
        sa.Column("clip_hash", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("cover_hash", sa.Text(), nullable=False),
        sa.Column("preview_hash", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=True),
        sa.Column("edit_version", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("frame_rate", sa.Float(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("frame_hashes", sa.JSON(), nullable=False),
        sa.Column("has_passed", sa.Boolean(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["dream_id"], ["dreams.dream_id"], name=op.f("fk_videos_dream_id")),
        sa.ForeignKeyConstraint(
            ["job_id"], ["generation_jobs.job_id"], name=op.f("fk_videos_job_id")
        ),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["prompts.prompt_id"], name=op.f("fk_videos_prompt_id")
        ),
        sa.PrimaryKeyConstraint("render_id", name=op.f("pk_videos")),
    )
    op.create_index(op.f("ix_videos_content_hash"), "videos", ["content_hash"])
    op.create_index(op.f("ix_videos_dream_id"), "videos", ["dream_id"])

    op.create_table(
        "findings",
        sa.Column("render_id", sa.Text(), nullable=False),
        sa.Column("check_name", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["render_id"], ["videos.render_id"], name=op.f("fk_findings_render_id")
        ),
        sa.PrimaryKeyConstraint("render_id", "check_name", name=op.f("pk_findings")),
    )
    op.create_table(
        "publications",
        sa.Column("publication_id", sa.Text(), nullable=False),
        sa.Column("render_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("hashtags", sa.JSON(), nullable=False),
        sa.Column("slot_at", UtcDateTime(), nullable=False),
        sa.Column("slot_local", sa.Text(), nullable=False),
        sa.Column("slot_value", sa.Float(), nullable=False),
        sa.Column("slot_why", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("publish_id", sa.Text(), nullable=True),
        sa.Column("post_id", sa.Text(), nullable=True),
        sa.Column("initiated_at", UtcDateTime(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["render_id"], ["videos.render_id"], name=op.f("fk_publications_render_id")
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_publications")),
        sa.UniqueConstraint("post_id", name=op.f("uq_publications_post_id")),
        sa.UniqueConstraint("render_id", name=op.f("uq_publications_render_id")),
    )
    op.create_index(op.f("ix_publications_state"), "publications", ["state"])

    op.create_table(
        "review_events",
        sa.Column("event_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("render_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["render_id"], ["videos.render_id"], name=op.f("fk_review_events_render_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_review_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_review_events_render_id"), "review_events", ["render_id"])
