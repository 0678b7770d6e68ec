"""Every account has one publisher per route, which asks nobody anything before it is used."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import Route

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DREAMBOX_VAR_DIR", str(tmp_path / "var"))
    return Settings()


def test_every_route_has_a_publisher_of_its_name(settings):
    """One for each account, made once."""
    publishers = resources_from(settings)["publishers"]
    made = {
        (name, route): publishers.of(name, route) for name in ("main", "two") for route in Route
    }
    assert {route for _, route in made} == {one.route for one in made.values()}
    assert len(set(map(id, made.values()))) == len(made)
    assert all(publishers.of(*key) is one for key, one in made.items())


def test_a_kit_needs_no_account_and_no_ledger(settings, tmp_path):
    """Nobody is connected and nothing answers: still nobody is asked."""
    kit = resources_from(settings)["publishers"].of("main", Route.MANUAL_KIT)
    assert kit.allowance().privacy_levels == ()
    assert str(tmp_path / "var" / "kits") in repr(kit)


def test_without_the_developer_host_its_routes_stop(settings):
    """With the setting that is missing."""
    without = settings.model_copy(update={"tiktok_developer_base_url": ""})
    publishers = resources_from(without)["publishers"]
    for route in (Route.CONTENT_POSTING, Route.INBOX_DRAFT):
        with pytest.raises(StopError, match="DREAMBOX_TIKTOK_DEVELOPER_BASE_URL"):
            publishers.of("main", route)


def test_an_account_that_is_not_connected_stops_when_it_is_asked(settings):
    """And lists nothing."""
    parts = resources_from(settings)
    parts["ledger"].migrate()
    publishers = parts["publishers"]
    for route in Route:
        if route is not Route.MANUAL_KIT:
            with pytest.raises(StopError, match="dreambox login"):
                publishers.of("main", route).allowance()
    kit = publishers.of("main", Route.MANUAL_KIT)
    assert list(kit.posts_since(NOW)) == []
