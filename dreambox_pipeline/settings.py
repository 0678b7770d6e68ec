"""Every setting, its default and its meaning, read from the environment once.

With nothing set, everything stays on this machine: the sandbox on loopback plays TikTok and
the model APIs, SQLite and folders under `var/` hold the data, the embedded text engine and the
synthetic generator do the work, and no key is needed. Local, sandbox and live differ in the
addresses, credentials and limits set here, in nothing else.

Only the edges read this (`cli`, `definitions`, `desk`, `sandbox`); the rest is handed values.
`.env.example` lists the same settings and a test holds the two together.
"""

from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """DreamBox's settings. Environment variables are `DREAMBOX_` and the upper-case name."""

    model_config = SettingsConfigDict(
        env_prefix="DREAMBOX_", env_file=".env", frozen=True, extra="ignore"
    )

    var_dir: Path = Field(Path("var"), description="Folder for everything DreamBox writes.")
    database_url: SecretStr = Field(
        SecretStr(""),
        description="PostgreSQL address for the ledger and for Dagster's own state. Empty: SQLite under the var folder.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Fernet key that encrypts tokens and keys the hashes of commenters. Empty: made once, in var/keys/secret.key, readable by its owner only.",
    )
    clock_url: str = Field(
        "http://127.0.0.1:8701/__sandbox__/clock",
        description="Where to ask for the time. Empty: this machine's clock (use that live).",
    )
    time_zone: str = Field(
        "UTC", description="The account's IANA time zone; slots are local wall time in it."
    )
    history_start: date = Field(
        date(2025, 1, 1),
        description="First day of the daily partitions; older comments are kept but not shown as partitions.",
    )

    tiktok_base_url: str = Field(
        "http://127.0.0.1:8701/open_api/v1.3",
        description="Address of TikTok's Accounts API, or of the sandbox.",
    )
    tiktok_app_id: str = Field("sandbox_app", description="App id from TikTok's developer portal.")
    tiktok_app_secret: SecretStr = Field(
        SecretStr("sandbox_secret"),
        description="App secret from TikTok's developer portal. The default opens the sandbox only.",
    )
    tiktok_redirect_uri: str = Field(
        "https://dreambox.invalid/callback/", description="Redirect address registered for the app."
    )

    text_engine: str = Field("embedded", description="What reads comments: embedded (offline).")
    generator: str = Field("synthetic", description="What makes clips: synthetic (offline).")
    clip_seconds: float = Field(
        6.0, description="Length of a generated clip, in seconds (3 to 60).", ge=3, le=60
    )

    missed_slot_hours: float = Field(
        2.0,
        description="A slot this many hours old (machine was off) is not used any more; the video gets a new one. `make up` allows 24, because its world runs fast.",
        gt=0,
    )

    desk_port: int = Field(8702, description="Port of the desk, on 127.0.0.1.")
    dagster_port: int = Field(3000, description="Port of Dagster's pages, on 127.0.0.1.")
    sandbox_port: int = Field(8701, description="Port of the sandbox, on 127.0.0.1.")
    sandbox_seed: int = Field(
        7, description="Seed of the sandbox's world; another seed is another audience."
    )
    sandbox_speed: float = Field(
        120.0, description="How many simulated seconds pass in the sandbox per real second.", ge=0
    )
    media_base_url: str = Field(
        "http://127.0.0.1:8702/media",
        description="Public address under which TikTok fetches a video; must be a verified URL property when live.",
    )

    @property
    def ledger_url(self) -> str:
        """SQLAlchemy address of the ledger."""
        url = self.database_url.get_secret_value()
        if not url:
            return f"sqlite:///{(self.var_dir / 'ledger.sqlite').absolute()}"
        # SQLAlchemy below 2.1 with psycopg2 is the pair Dagster works with; say so explicitly.
        return url.replace("postgresql://", "postgresql+psycopg2://", 1)

    @property
    def lake_dir(self) -> Path:
        """Folder of the Parquet lake."""
        return self.var_dir / "lake"

    @property
    def media_dir(self) -> Path:
        """Folder of clips, videos, covers and previews."""
        return self.var_dir / "media"

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file analysts open."""
        return self.var_dir / "warehouse.duckdb"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
