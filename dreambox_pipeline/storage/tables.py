"""The ledger's tables: everything that changes row by row.

One foreign-key path runs through them, and the `lineage` mart walks it:

    source_videos -> dreams -> prompts -> generation_jobs -> videos -> publications -> post id

A change here needs a new Alembic version in `migrations/`; a test compares the two.
TikTok's ids are text. Times are aware UTC. Money is integer micro-dollars.
"""

from datetime import datetime

import sqlalchemy as sa

from dreambox_pipeline.storage.database import UtcDateTime

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, *, nullable: bool = False, **kwargs: object) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, **kwargs)  # type: ignore[arg-type] # SQLAlchemy's **kwargs


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, UtcDateTime, nullable=nullable)


connections = sa.Table(
    "connections",
    metadata,
    # The name by which people call the account, and which of TikTok's two hosts it agreed to.
    _text("account_id", primary_key=True),
    _text("host", primary_key=True),
    _text("open_id"),
    _text("username", nullable=True),
    sa.Column("scopes", sa.JSON, nullable=False),
    # Empty once the connection has ended; the row says who it was and why.
    _text("access_token_encrypted", nullable=True),
    _text("refresh_token_encrypted", nullable=True),
    _time("access_expires_at"),
    _time("refresh_expires_at"),
    _time("connected_at"),
    _time("updated_at"),
    _time("ended_at", nullable=True),
    _text("ended_reason", nullable=True),
)

source_videos = sa.Table(
    "source_videos",
    metadata,
    _text("source_video_id", primary_key=True),
    _text("caption"),
    _time("created_at"),
    _text("share_url", nullable=True),
    sa.Column("comments", sa.Integer),
    sa.Column("asks_for_dreams", sa.Boolean, nullable=False),
    _time("seen_at"),
)

dreams = sa.Table(
    "dreams",
    metadata,
    _text("dream_id", primary_key=True),
    _text("comment_id", unique=True),
    _text("source_video_id", index=True),
    _text("author_id", index=True),
    _time("told_at"),
    _text("text"),
    _text("lang"),
    sa.Column("probability", sa.Float, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    _text("screening"),
    sa.Column("screening_reasons", sa.JSON, nullable=False),
    sa.Column("likes", sa.Integer),
    _text("engine"),
    _time("reported_at"),
    _text("mode", server_default="cue"),
    sa.Column("needs_review", sa.Boolean, nullable=False, server_default=sa.false()),
    # MinHash values, for finding a dream told twice; JSON because they are only ever read whole.
    sa.Column("signature", sa.JSON),
    _text("duplicate_of", nullable=True, index=True),
    _time("suspended_at", nullable=True),
    _text("suspended_reason", nullable=True),
)

rankings = sa.Table(
    "rankings",
    metadata,
    sa.Column("dream_id", sa.Text, sa.ForeignKey("dreams.dream_id"), primary_key=True),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("parts", sa.JSON, nullable=False),
    _text("why"),
    sa.Column("policy_version", sa.Integer, nullable=False),
    _time("ranked_at"),
    sa.Column("record", sa.JSON),
)

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("dream_id", sa.Text, sa.ForeignKey("dreams.dream_id"), primary_key=True),
    _text("state", index=True),
    _text("wording_version"),
    _text("question_text"),
    _text("question_comment_id", nullable=True),
    _time("asked_at", nullable=True),
    _text("answer_comment_id", nullable=True),
    _text("answer_hash", nullable=True),
    _time("answered_at", nullable=True),
    _text("credit", nullable=True),
    _time("withdrawn_at", nullable=True),
    _time("updated_at"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _text("key", primary_key=True),
    _text("kind"),
    sa.Column("payload", sa.JSON, nullable=False),
    _text("state", index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    _text("result", nullable=True),
    _text("error", nullable=True),
    _time("created_at"),
    _time("updated_at"),
)

prompts = sa.Table(
    "prompts",
    metadata,
    _text("prompt_id", primary_key=True),
    sa.Column("dream_id", sa.Text, sa.ForeignKey("dreams.dream_id"), nullable=False, index=True),
    _text("style_id"),
    _text("template_version"),
    sa.Column("policy_version", sa.Integer, nullable=False),
    sa.Column("prompt", sa.JSON, nullable=False),
    _text("prose"),
    _text("screening"),
    sa.Column("screening_reasons", sa.JSON, nullable=False),
    # Who wrote the prose: `embedded`, or a language model's name.
    _text("writer", nullable=True),
    _text("series_id", nullable=True, index=True),
    _time("composed_at"),
)

series = sa.Table(
    "series",
    metadata,
    _text("series_id", primary_key=True),
    _text("name", unique=True),
    _text("style_id"),
    sa.Column("seed", sa.BigInteger),
    _text("reference_hash", nullable=True),
    _time("started_at"),
    # Empty for the one that is running.
    _time("ended_at", nullable=True),
)

generation_jobs = sa.Table(
    "generation_jobs",
    metadata,
    _text("job_id", primary_key=True),
    sa.Column("prompt_id", sa.Text, sa.ForeignKey("prompts.prompt_id"), nullable=False, index=True),
    _text("generator"),
    _text("generator_version"),
    _text("state", index=True),
    _text("provider_job_id", nullable=True),
    sa.Column("estimate_microusd", sa.BigInteger, nullable=False),
    sa.Column("cost_microusd", sa.BigInteger),
    sa.Column("attempts", sa.Integer, nullable=False),
    _text("clip_hash", nullable=True),
    _text("error", nullable=True),
    # Refused once, and asked for again with a softened prompt.
    sa.Column("is_softened", sa.Boolean, nullable=False, server_default=sa.false()),
    # Why it was refused last, in the provider's words; it stays when the softened prompt is taken.
    _text("refusal", nullable=True),
    sa.Column("polls", sa.Integer, nullable=False, server_default="0"),
    # Nobody asks the provider again before.
    _time("poll_after", nullable=True),
    # Why a planned job is not sent: a cap, or no generator that takes it. See `stages.videos.waiting`.
    _text("waits_for", nullable=True),
    # The generator that makes this prompt's clip in its place.
    _text("passed_on_to", nullable=True),
    _time("created_at"),
    _time("updated_at"),
)

spend = sa.Table(
    "spend",
    metadata,
    # The job and which of its submits this is: `job_…:1`.
    _text("spend_id", primary_key=True),
    sa.Column(
        "job_id", sa.Text, sa.ForeignKey("generation_jobs.job_id"), nullable=False, index=True
    ),
    _text("dream_id", index=True),
    _text("generator"),
    # reserved, settled or released
    _text("state"),
    sa.Column("reserved_microusd", sa.BigInteger, nullable=False),
    sa.Column("settled_microusd", sa.BigInteger),
    # The account's local day, as YYYY-MM-DD: what the daily cap counts.
    _text("day", index=True),
    _time("reserved_at"),
    _time("settled_at", nullable=True),
)

generator_circuits = sa.Table(
    "generator_circuits",
    metadata,
    _text("generator", primary_key=True),
    # closed, open or half_open
    _text("state"),
    sa.Column("failures", sa.Integer, nullable=False),
    _time("open_until", nullable=True),
    _text("reason", nullable=True),
    _time("updated_at"),
)

videos = sa.Table(
    "videos",
    metadata,
    _text("render_id", primary_key=True),
    sa.Column("job_id", sa.Text, sa.ForeignKey("generation_jobs.job_id"), nullable=False),
    sa.Column("prompt_id", sa.Text, sa.ForeignKey("prompts.prompt_id"), nullable=False),
    sa.Column("dream_id", sa.Text, sa.ForeignKey("dreams.dream_id"), nullable=False, index=True),
    _text("clip_hash"),
    _text("content_hash", index=True),
    _text("cover_hash"),
    _text("preview_hash"),
    _text("title"),
    _text("credit", nullable=True),
    _text("edit_version"),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("duration_s", sa.Float, nullable=False),
    sa.Column("frame_rate", sa.Float, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("frame_hashes", sa.JSON, nullable=False),
    sa.Column("has_passed", sa.Boolean, nullable=False),
    # Colour and texture statistics, and how far they lie from the style's last videos.
    sa.Column("look", sa.JSON),
    sa.Column("drift", sa.Float),
    _time("finished_at"),
)

provenance = sa.Table(
    "provenance",
    metadata,
    sa.Column("render_id", sa.Text, sa.ForeignKey("videos.render_id"), primary_key=True),
    _text("content_hash"),
    sa.Column("record", sa.JSON, nullable=False),
    # Why there are no Content Credentials in the file, if there are none.
    _text("unsigned_reason", nullable=True),
    _time("recorded_at"),
)

findings = sa.Table(
    "findings",
    metadata,
    sa.Column("render_id", sa.Text, sa.ForeignKey("videos.render_id"), primary_key=True),
    _text("check_name", primary_key=True),
    sa.Column("passed", sa.Boolean, nullable=False),
    _text("severity"),
    sa.Column("value", sa.Float),
    _text("message"),
    _text("picture_hash", nullable=True),
)

review_events = sa.Table(
    "review_events",
    metadata,
    sa.Column("event_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("render_id", sa.Text, sa.ForeignKey("videos.render_id"), nullable=False, index=True),
    _text("content_hash"),
    _text("decision"),
    _text("reviewer"),
    _text("reason"),
    _time("decided_at"),
    # Never reuse an erased event's id: the review sensor's cursor would skip the next decision.
    sqlite_autoincrement=True,
)

publications = sa.Table(
    "publications",
    metadata,
    _text("publication_id", primary_key=True),
    sa.Column("render_id", sa.Text, sa.ForeignKey("videos.render_id"), nullable=False, unique=True),
    _text("account_id"),
    _text("content_hash"),
    _text("caption"),
    sa.Column("hashtags", sa.JSON, nullable=False),
    _time("slot_at"),
    _text("slot_local"),
    sa.Column("slot_value", sa.Float, nullable=False),
    _text("slot_why"),
    sa.Column("policy_version", sa.Integer, nullable=False),
    _text("state", index=True),
    _text("claim", nullable=True),
    _text("publish_id", nullable=True),
    _text("post_id", nullable=True, unique=True),
    _time("initiated_at", nullable=True),
    _time("published_at", nullable=True),
    _text("error", nullable=True),
    # A person chose this slot: replanning leaves it alone.
    sa.Column("is_pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    # The route it was claimed for; its outcome is asked there.
    _text("route", nullable=True),
    _text("alt_text", server_default=sa.text("''")),
    sa.Column("cover_ms", sa.Integer, nullable=False, server_default="1000"),
    # Who may see it, as a person chose; None leaves it to the setting.
    _text("privacy_level", nullable=True),
    sa.Column("is_brand_organic", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("is_branded_content", sa.Boolean, nullable=False, server_default=sa.false()),
    # TikTok says that the post is no longer public.
    _time("unavailable_at", nullable=True),
    _time("created_at"),
    _time("updated_at"),
)

publish_attempts = sa.Table(
    "publish_attempts",
    metadata,
    # The publication and which of its attempts this is: `pub_…:1`.
    _text("attempt_id", primary_key=True),
    sa.Column(
        "publication_id",
        sa.Text,
        sa.ForeignKey("publications.publication_id"),
        nullable=False,
        index=True,
    ),
    _text("account_id"),
    _text("route"),
    # Who may go on with it: a worker's own token.
    _text("claim", unique=True),
    # What the limits per minute and day count, because a request may leave at any time after it.
    _time("claimed_at"),
    _text("publish_id", nullable=True, unique=True),
    _text("upload_encrypted", nullable=True),
    _time("ended_at", nullable=True),
    _text("outcome", nullable=True),
    sa.Index("ix_publish_attempts_account_claimed", "account_id", "claimed_at"),
)

post_drafts = sa.Table(
    "post_drafts",
    metadata,
    sa.Column("render_id", sa.Text, sa.ForeignKey("videos.render_id"), primary_key=True),
    _text("caption"),
    sa.Column("hashtags", sa.JSON, nullable=False),
    _text("alt_text"),
    sa.Column("cover_ms", sa.Integer, nullable=False),
    _text("privacy_level", nullable=True),
    sa.Column("is_brand_organic", sa.Boolean, nullable=False),
    sa.Column("is_branded_content", sa.Boolean, nullable=False),
    # `embedded`, or a language model's name.
    _text("writer"),
    # Of the policy that hashtags were chosen by.
    sa.Column("policy_version", sa.Integer, nullable=False),
    _time("written_at"),
    # A person changed it: no program writes it again.
    _text("edited_by", nullable=True),
    _time("edited_at", nullable=True),
)

switches = sa.Table(
    "switches",
    metadata,
    # See storage.ledger.switches for the names.
    _text("name", primary_key=True),
    sa.Column("is_on", sa.Boolean, nullable=False),
    _text("reason"),
    _text("set_by"),
    _time("set_at"),
)

post_rewards = sa.Table(
    "post_rewards",
    metadata,
    _text("post_id", primary_key=True),
    _text("render_id"),
    sa.Column("reward", sa.Float, nullable=False),
    sa.Column("views", sa.BigInteger, nullable=False),
    sa.Column("age_hours", sa.Float, nullable=False),
    _time("posted_at"),
    sa.Column("local_hour", sa.Integer, nullable=False),
    sa.Column("local_weekday", sa.Integer, nullable=False),
    _text("style_id"),
    _text("setting"),
    sa.Column("motifs", sa.JSON, nullable=False),
    _time("computed_at"),
)

policies = sa.Table(
    "policies",
    metadata,
    _text("kind", primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.JSON, nullable=False),
    _time("created_at"),
)

imports = sa.Table(
    "imports",
    metadata,
    _text("file_hash", primary_key=True),
    _text("file_name"),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("accepted", sa.Integer, nullable=False),
    sa.Column("duplicates", sa.Integer, nullable=False),
    sa.Column("rejected", sa.JSON, nullable=False),
    _time("imported_at"),
)

item_failures = sa.Table(
    "item_failures",
    metadata,
    _text("stage", primary_key=True),
    _text("item_id", primary_key=True),
    _text("error"),
    _text("message"),
    sa.Column("times", sa.Integer, nullable=False),
    _time("first_at"),
    _time("last_at"),
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    _time("at"),
    _text("actor"),
    _text("action"),
    _text("subject"),
    sa.Column("detail", sa.JSON, nullable=False),
    _text("previous_hash"),
    _text("hash"),
)

request_permits = sa.Table(
    "request_permits",
    metadata,
    sa.Column("permit_id", sa.Integer, primary_key=True, autoincrement=True),
    # An account and an endpoint, or the whole app.
    _text("bucket"),
    _time("at"),
    sa.Index("ix_request_permits_bucket_at", "bucket", "at"),
)

request_locks = sa.Table(
    "request_locks",
    metadata,
    _text("bucket", primary_key=True),
    _time("until"),
)

webhook_inbox = sa.Table(
    "webhook_inbox",
    metadata,
    _text("event_id", primary_key=True),
    _text("event"),
    # Ids, action and times only: no text and no commenter's identity waits here.
    sa.Column("payload", sa.JSON, nullable=False),
    _text("state", index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    _text("error", nullable=True),
    _time("received_at"),
    _time("handled_at", nullable=True),
)

video_polls = sa.Table(
    "video_polls",
    metadata,
    _text("source_video_id", primary_key=True),
    _time("polled_at"),
    # How far its comments are stored; None until a run has stored some.
    _time("seen_until", nullable=True),
    sa.Column("comments", sa.Integer),
    sa.Column("new_comments", sa.Integer, nullable=False),
    _time("due_at"),
)

collected_videos = sa.Table(
    "collected_videos",
    metadata,
    # One collection of a range of days: its key outlives the run that a crash ended.
    _text("collection_key", primary_key=True),
    _text("source_video_id", primary_key=True),
    sa.Column("comments", sa.Integer, nullable=False),
    _time("read_at"),
)

tasks = sa.Table(
    "tasks",
    metadata,
    _text("task_id", primary_key=True),
    _text("kind", index=True),
    _text("subject", index=True),
    sa.Column("payload", sa.JSON, nullable=False),
    _text("state", index=True),
    _text("outcome", nullable=True),
    _text("done_by", nullable=True),
    _time("created_at"),
    _time("done_at", nullable=True),
)

erasures = sa.Table(
    "erasures",
    metadata,
    # The tombstone: this comment is never stored again.
    _text("comment_id", primary_key=True),
    _text("dream_id", nullable=True),
    _text("reason"),
    _time("requested_at"),
    _time("finished_at", nullable=True),
    # What was removed from where, in counts.
    sa.Column("detail", sa.JSON, nullable=False),
)

text_batches = sa.Table(
    "text_batches",
    metadata,
    # A hash of the requests and the model: the same work is never paid for twice.
    _text("batch_key", primary_key=True),
    _text("provider_batch_id", nullable=True),
    _text("state", index=True),
    sa.Column("items", sa.Integer, nullable=False),
    _time("created_at"),
    _time("updated_at"),
)

dream_labels = sa.Table(
    "dream_labels",
    metadata,
    _text("comment_id", primary_key=True),
    sa.Column("is_dream", sa.Boolean, nullable=False),
    # Redacted; what the account's own detector learns from.
    _text("text"),
    _text("lang"),
    _text("decided_by"),
    _time("decided_at"),
)
