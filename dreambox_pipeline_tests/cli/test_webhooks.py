"""`dreambox webhooks`: TikTok is told where to deliver, and says so."""

from collections.abc import Iterator

import pytest

from dreambox_pipeline.cli import webhooks
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox

HERE = "http://127.0.0.1:9/webhooks/tiktok"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def with_address(settings, sandbox):
    update = {
        "tiktok_base_url": sandbox.info["tiktok_base_url"],
        "webhook_callback_url": HERE,
    }
    return settings.model_copy(update=update)


@pytest.mark.parametrize("url", ["", "https://example.org/", "https://example.org/webhooks"])
def test_without_an_address_nothing_is_registered(settings, console, url):
    """The message says which setting, and what belongs there."""
    with pytest.raises(StopError, match="DREAMBOX_WEBHOOK_CALLBACK_URL"):
        webhooks.register(settings.model_copy(update={"webhook_callback_url": url}), console)


def test_registering_listing_and_removing(with_address, console, sandbox):
    """Both kinds of events; each step twice does no harm."""
    for _ in range(2):
        webhooks.register(with_address, console)
    assert sandbox.world.state.get("webhook", "COMMENT")["callback_url"] == HERE
    webhooks.show(with_address, console)
    for _ in range(2):
        webhooks.remove(with_address, console)
    assert sandbox.world.state.all("webhook") == []
    webhooks.show(with_address, console)

    said = console.export_text()
    assert said.count(HERE) == 6
    assert "was not registered" in said
    assert "nowhere" in said


def test_the_command_says_what_is_missing_instead_of_a_traceback(dreambox):
    """As every command does."""
    ended = dreambox("webhooks", "register")
    assert ended.returncode == 2
    assert "DREAMBOX_WEBHOOK_CALLBACK_URL" in ended.stderr
    assert "Traceback" not in ended.stderr
