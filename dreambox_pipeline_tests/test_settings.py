"""Settings: read from the environment, clear when they cannot be used, silent about secrets."""

from datetime import date
from pathlib import Path
from traceback import format_exception

import pytest
from pydantic import ValidationError

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings, get_settings


def test_with_nothing_set_everything_stays_on_this_machine():
    """The newcomer's profile: loopback, SQLite, no key."""
    settings = Settings(_env_file=None)

    for url in (settings.tiktok_base_url, settings.clock_url, settings.media_base_url):
        assert url.startswith("http://127.0.0.1:")
    assert settings.ledger_url.startswith("sqlite:///")
    assert settings.secret_key.get_secret_value() == ""


def test_a_variable_is_read_with_its_prefix_only(monkeypatch):
    """Another program's TIME_ZONE is not ours."""
    monkeypatch.setenv("TIME_ZONE", "Asia/Tokyo")
    monkeypatch.setenv("DREAMBOX_CLIP_SECONDS", "12.5")
    settings = Settings(_env_file=None)

    assert settings.time_zone == "UTC"
    assert settings.clip_seconds == 12.5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLIP_SECONDS", "2"),
        ("CLIP_SECONDS", "61"),
        ("CLIP_SECONDS", "nan"),
        ("CLIP_SECONDS", "long"),
        ("DESK_PORT", "eighty"),
        ("DESK_PORT", "0"),
        ("DESK_PORT", "-1"),
        ("SANDBOX_PORT", "65536"),
        ("MISSED_SLOT_HOURS", "0"),
        ("SANDBOX_SPEED", "-1"),
        ("HISTORY_START", "yesterday"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_setting(monkeypatch, name, value):
    """Under Dagster too, where nothing of ours stands between the error and the reader."""
    monkeypatch.setenv(f"DREAMBOX_{name}", value)

    with pytest.raises(StopError) as caught:
        get_settings()
    assert f"\n  DREAMBOX_{name}: " in str(caught.value)
    assert ".env.example" in str(caught.value)
    assert caught.value.__cause__ is None


def test_every_bad_value_is_named_at_once_and_none_is_shown(monkeypatch):
    """Not one per attempt; and a message may end in a log that others read."""
    monkeypatch.setenv("DREAMBOX_CLIP_SECONDS", "hunter2-very-secret")
    monkeypatch.setenv("DREAMBOX_DESK_PORT", "hunter2-very-secret")
    monkeypatch.setenv("DREAMBOX_SECRET_KEY", "hunter2-very-secret")

    with pytest.raises(StopError) as caught:
        Settings(_env_file=None)
    assert "DREAMBOX_CLIP_SECONDS" in str(caught.value)
    assert "DREAMBOX_DESK_PORT" in str(caught.value)
    assert "hunter2" not in "".join(format_exception(caught.value))


def test_addresses_follow_the_ports(monkeypatch):
    """One variable moves a server; whoever calls it finds it."""
    monkeypatch.setenv("DREAMBOX_SANDBOX_PORT", "9101")
    monkeypatch.setenv("DREAMBOX_DESK_PORT", "9102")
    settings = Settings(_env_file=None)

    assert settings.clock_url == "http://127.0.0.1:9101/__sandbox__/clock"
    assert settings.tiktok_base_url == "http://127.0.0.1:9101/open_api/v1.3"
    assert settings.media_base_url == "http://127.0.0.1:9102/media"


def test_an_address_that_is_set_stays_as_it_is(monkeypatch):
    """And an empty clock is this machine's, not the sandbox's."""
    monkeypatch.setenv("DREAMBOX_SANDBOX_PORT", "9101")
    monkeypatch.setenv("DREAMBOX_CLOCK_URL", "")
    monkeypatch.setenv("DREAMBOX_MEDIA_BASE_URL", "https://videos.example/dreams")
    settings = Settings(_env_file=None)

    assert settings.clock_url == ""
    assert settings.media_base_url == "https://videos.example/dreams"


def test_secrets_are_hidden_wherever_settings_are_shown():
    """In repr, in text and in a dump."""
    secret = "hunter2-very-secret"
    settings = Settings(
        secret_key=secret, tiktok_app_secret=secret, database_url=f"postgresql://u:{secret}@h/d"
    )

    assert secret not in repr(settings) + str(settings) + str(settings.model_dump())


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p@h/d", "postgresql+psycopg2://u:p@h/d"),
        ("postgresql+psycopg2://u:p@h/d", "postgresql+psycopg2://u:p@h/d"),
    ],
)
def test_a_postgres_address_names_the_driver_dagster_ships(given, used):
    """SQLAlchemy may pick another one for the short form."""
    assert Settings(database_url=given).ledger_url == used


def test_everything_written_is_under_the_var_folder(tmp_path: Path):
    """One folder to back up, move or delete."""
    settings = Settings(var_dir=tmp_path)

    for path in (settings.lake_dir, settings.media_dir, settings.warehouse_path):
        assert path.is_relative_to(tmp_path)
    assert str(tmp_path) in settings.ledger_url


def test_settings_do_not_change_while_running():
    """Read once; a change needs a restart, and a typo in code is an error."""
    settings = Settings(history_start=date(2025, 1, 1))

    with pytest.raises(ValidationError):
        settings.desk_port = 1
    assert get_settings() is get_settings()
