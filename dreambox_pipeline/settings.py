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
from typing import Any, Self

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from dreambox_pipeline.errors import StopError

AUTO = "auto"
"""An address with this value is that of our own sandbox or desk, on the port which is set."""

_OWN_ADDRESS = {
    "clock_url": ("sandbox_port", "/__sandbox__/clock"),
    "tiktok_base_url": ("sandbox_port", "/open_api/v1.3"),
    "tiktok_authorize_url": ("sandbox_port", "/v2/auth/authorize/"),
    "tiktok_developer_base_url": ("sandbox_port", "/v2"),
    "media_base_url": ("desk_port", "/media"),
}


class Settings(BaseSettings):
    """DreamBox's settings. Environment variables are `DREAMBOX_` and the upper-case name.

    Raises:
        StopError: A value cannot be used; the message names every such variable, and no value.
    """

    # Inputs stay out of pydantic's messages: one of them may be a secret.
    model_config = SettingsConfigDict(
        env_prefix="DREAMBOX_",
        env_file=".env",
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
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
    # The ports come before the addresses, which follow them.
    desk_port: int = Field(8702, description="Port of the desk, on 127.0.0.1.", ge=1, le=65535)
    dagster_port: int = Field(
        3000, description="Port of Dagster's pages, on 127.0.0.1.", ge=1, le=65535
    )
    sandbox_port: int = Field(
        8701, description="Port of the sandbox, on 127.0.0.1.", ge=1, le=65535
    )

    clock_url: str = Field(
        AUTO,
        description="Where to ask for the time. auto: our sandbox, on its port. Empty: this machine's clock (use that live).",
        validate_default=True,
    )
    time_zone: str = Field(
        "UTC", description="The account's IANA time zone; slots are local wall time in it."
    )
    history_start: date = Field(
        date(2025, 1, 1),
        description="First day of the daily partitions; older comments are kept but not shown as partitions.",
    )

    account: str = Field(
        "main",
        description="Name of the account whose comments are read and for which posts are planned; what `dreambox login --account` was given.",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$",
    )
    tiktok_base_url: str = Field(
        AUTO,
        description="Address of TikTok's Accounts API, or of a sandbox. auto: our sandbox, on its port.",
        validate_default=True,
    )
    tiktok_app_id: str = Field("sandbox_app", description="App id from TikTok's developer portal.")
    tiktok_app_secret: SecretStr = Field(
        SecretStr("sandbox_secret"),
        description="App secret from TikTok's developer portal. The default opens the sandbox only.",
    )
    tiktok_redirect_uri: str = Field(
        "https://dreambox.invalid/callback/", description="Redirect address registered for the app."
    )

    tiktok_authorize_url: str = Field(
        AUTO,
        description="TikTok's consent page; live: https://www.tiktok.com/v2/auth/authorize/. auto: our sandbox, on its port.",
        validate_default=True,
    )

    tiktok_developer_base_url: str = Field(
        AUTO,
        description="Address of TikTok's developer host (Display API, Content Posting API). auto: our sandbox, on its port. Empty: not used.",
        validate_default=True,
    )
    tiktok_developer_client_key: str = Field(
        "sandbox_app", description="Client key of the app on TikTok's developer host."
    )
    tiktok_developer_client_secret: SecretStr = Field(
        SecretStr("sandbox_secret"),
        description="Client secret of the app on TikTok's developer host. The default opens the sandbox only.",
    )
    tiktok_developer_redirect_uri: str = Field(
        "http://127.0.0.1:8703/callback/",
        description="Redirect address registered for that app; on 127.0.0.1, `dreambox login` takes the answer there by itself.",
    )
    tiktok_queries_per_minute: int = Field(
        40, description="Requests per minute, account and endpoint that TikTok allows.", ge=1
    )
    tiktok_app_queries_per_minute: int = Field(
        600,
        description="Requests per minute over all endpoints that TikTok allows our app (Basic: 600, Advanced: 1000).",
        ge=1,
    )
    webhook_callback_url: str = Field(
        "",
        description="Public https address that leads to the desk's /webhooks/tiktok. Empty: comments are found by polling alone.",
    )

    text_engine: str = Field(
        "embedded", description="What reads comments: embedded (offline) or openai."
    )
    openai_api_key: SecretStr = Field(
        SecretStr(""), description="Key of the language model's server. Needed by openai only."
    )
    openai_base_url: str = Field(
        "https://api.openai.com/v1",
        description="Address of an OpenAI-compatible server with the Responses API.",
    )
    openai_model: str = Field(
        "gpt-6-luna", description="Model that understands comments when the text engine is openai."
    )
    openai_batch_from: int = Field(
        200,
        description="From this many likely dreams in one run the Batch API is used, at half the price and hours later. 0: never.",
        ge=0,
    )
    moderation: str = Field(
        "none",
        description="What looks at prompts and frames besides our own rules: none, or openai (omni-moderation at the language model's server, with its key).",
    )
    prompt_writer: str = Field(
        "embedded",
        description="What words the prompts: embedded (offline), or openai (the language model, from the dream's facts only).",
    )
    generator: str = Field(
        "synthetic",
        description="What makes clips: synthetic (offline), openai_videos (a server with OpenAI-style /v1/videos) or gemini_omni (Google). Several with commas between are tried in this order when one is down.",
    )
    video_base_url: str = Field(
        "",
        description="Address of the video server with its version, e.g. http://127.0.0.1:30010/v1 of SGLang-Diffusion. Needed by openai_videos only.",
    )
    video_api_key: SecretStr = Field(
        SecretStr(""), description="Key of the video server. Empty: it needs none."
    )
    video_model: str = Field(
        "", description="Model of the video server, e.g. Wan-AI/Wan2.2-T2V-A14B-Diffusers."
    )
    video_price_microusd_per_second: int = Field(
        0,
        description="What one second of a clip costs at the video server, in millionths of a US dollar (100000 is 10 cents). 0: it is free.",
        ge=0,
    )
    gemini_api_key: SecretStr = Field(
        SecretStr(""), description="Key of Google's Gemini API. Needed by gemini_omni only."
    )
    gemini_base_url: str = Field(
        "https://generativelanguage.googleapis.com",
        description="Address of the Gemini API, without its version.",
    )
    gemini_model: str = Field(
        "gemini-omni-1.2-flash", description="Model that makes the clips when gemini_omni does."
    )
    gemini_price_microusd_per_second: int = Field(
        70_000,
        description="What one second of a clip costs there, in millionths of a US dollar (7 cents is the price seen for 720p).",
        ge=0,
    )
    video_webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret by which the video provider signs its webhooks (whsec_...), sent to the desk's /webhooks/videos. Empty: clips are found by polling alone.",
    )
    budget_per_video_usd: float = Field(
        2.0,
        description="The most that may be spent on one dream's video with all its attempts, in US dollars.",
        ge=0,
    )
    budget_per_day_usd: float = Field(
        20.0,
        description="The most that may be spent on clips in one day of the account's time zone, in US dollars.",
        ge=0,
    )
    subtitles: bool = Field(
        True, description="Whether the dream's beats are written on the video as they happen."
    )
    end_card: bool = Field(
        False, description="Whether a video ends with a card that names the dreamer."
    )
    content_credentials: bool = Field(
        True,
        description="Whether finished videos are signed with Content Credentials (C2PA). The key is made once, in var/keys, unless the next two are set.",
    )
    signing_certificate: str = Field(
        "", description="PEM file with the certificate chain that signs videos. Empty: our own."
    )
    signing_key: str = Field(
        "", description="PEM file with the private key (PKCS 8) of that certificate."
    )
    clip_seconds: float = Field(
        6.0, description="Length of a generated clip, in seconds (3 to 60).", ge=3, le=60
    )

    posting_route: str = Field(
        "accounts_api",
        description="How videos reach the account: accounts_api (TikTok fetches them), content_posting (uploaded and posted), inbox_draft (uploaded; a person finishes it in the app) or manual_kit (a folder; a person posts it).",
        pattern="^(accounts_api|content_posting|inbox_draft|manual_kit)$",
    )
    post_privacy: str = Field(
        "",
        description="Who may see posts of content_posting where nobody chose for the video: PUBLIC_TO_EVERYONE, MUTUAL_FOLLOW_FRIENDS, FOLLOWER_OF_CREATOR or SELF_ONLY. Empty: such a post waits until somebody chooses. accounts_api always posts in public.",
        pattern="^(|PUBLIC_TO_EVERYONE|MUTUAL_FOLLOW_FRIENDS|FOLLOWER_OF_CREATOR|SELF_ONLY)$",
    )
    post_stand_ins: bool = Field(
        False,
        description="Whether clips of the offline stand-in may be posted outside of this machine. They may always go to a sandbox on it.",
    )
    caption_writer: str = Field(
        "embedded",
        description="What writes captions: embedded (offline), or openai (the language model, from the dream's facts only).",
        pattern="^(embedded|openai)$",
    )
    caption_language: str = Field(
        "en",
        description="The captions' language: en, de, es, fr, it, pt, id, or auto for each dream's own where we have words in it.",
        pattern="^(auto|en|de|es|fr|it|pt|id)$",
    )
    missed_slot_hours: float = Field(
        2.0,
        description="A slot this many hours old (machine was off) is not used any more; the video gets a new one. `make up` allows 24, because its world runs fast.",
        gt=0,
    )

    sandbox_seed: int = Field(
        7, description="Seed of the sandbox's world; another seed is another audience."
    )
    sandbox_speed: float = Field(
        120.0, description="How many simulated seconds pass in the sandbox per real second.", ge=0
    )
    media_base_url: str = Field(
        AUTO,
        description="Public address under which TikTok fetches a video; must be a verified URL property when live. auto: our desk, on its port.",
        validate_default=True,
    )

    @field_validator(*_OWN_ADDRESS)
    @classmethod
    def _follow_the_port(cls, value: str, info: ValidationInfo) -> str:
        port, path = _OWN_ADDRESS[str(info.field_name)]
        # A port that cannot be used is missing here, and has its own finding.
        if value != AUTO or port not in info.data:
            return value
        return f"http://127.0.0.1:{info.data[port]}{path}"

    @model_validator(mode="wrap")
    @classmethod
    def _speak_in_sentences(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Dagster loads this by itself, so the message has to be ready when it leaves here."""
        try:
            return handler(values)
        except ValidationError as error:
            raise StopError(_complaint(error)) from None

    @property
    def ledger_url(self) -> str:
        """SQLAlchemy address of the ledger."""
        url = self.database_url.get_secret_value()
        if not url:
            return f"sqlite:///{(self.var_dir / 'ledger.sqlite').absolute()}"
        # SQLAlchemy below 2.1 with psycopg2 is the pair Dagster works with; say so explicitly.
        return url.replace("postgresql://", "postgresql+psycopg2://", 1)

    @property
    def generator_names(self) -> tuple[str, ...]:
        """The generators in the order in which they are tried, each once."""
        names = (name.strip() for name in self.generator.split(","))
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def budget_per_video_microusd(self) -> int:
        """In millionths of a US dollar."""
        return round(self.budget_per_video_usd * 1_000_000)

    @property
    def budget_per_day_microusd(self) -> int:
        """In millionths of a US dollar."""
        return round(self.budget_per_day_usd * 1_000_000)

    @property
    def lake_dir(self) -> Path:
        """Folder of the Parquet lake."""
        return self.var_dir / "lake"

    @property
    def media_dir(self) -> Path:
        """Folder of clips, videos, covers and previews."""
        return self.var_dir / "media"

    @property
    def work_dir(self) -> Path:
        """Folder in which clips and videos lie while they are made."""
        return self.var_dir / "work"

    @property
    def kits_dir(self) -> Path:
        """Folder of the kits that people post by hand."""
        return self.var_dir / "kits"

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file analysts open."""
        return self.var_dir / "warehouse.duckdb"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        StopError: A value cannot be used; the message names every such variable, and no value.
    """
    return Settings()


def _complaint(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        name = "_".join(map(str, problem["loc"])).lower().removeprefix("dreambox_")
        lines.append(f"  DREAMBOX_{name.upper()}: {problem['msg']}.")
    listed = "\n".join(lines)
    return (
        f"Read the settings from the environment and .env, and cannot use {len(lines)} of them:\n{listed}\n"
        "Correct or unset what is named; .env.example explains every setting."
    )
