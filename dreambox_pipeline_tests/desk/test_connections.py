"""Who DreamBox may act for, and until when: said early, on every page, and never with a token."""

import html
from datetime import timedelta

import httpx
import pytest

from dreambox_pipeline.storage.ledger import accounts, endings, tasks
from dreambox_pipeline.storage.ledger.accounts import Connected, Host

PAGE = {"Accept": "text/html"}
PAGES = ("/", "/dreams", "/making", "/queue", "/tasks", "/accounts")


def connect(studio, *, days: float, host: Host = Host.ACCOUNTS) -> None:
    """An account whose consent lasts for so many days more."""
    now = studio.clock.now
    with studio.ledger.write() as connection:
        accounts.store(
            connection,
            Connected(
                "main", "open-1", "secret-access", "secret-refresh", now + timedelta(days=1),
                now + timedelta(days=days), ("video.publish", "comment.list", "new.scope"), host,
                "dreambox.tells",
            ),
            studio.keyring,
            now=now,
        )  # fmt: skip


def page(desk: httpx.Client, path: str) -> str:
    return html.unescape(desk.get(path, headers=PAGE).text)


@pytest.mark.parametrize("path", PAGES)
def test_a_consent_that_ends_soon_is_said_on_every_page(studio, desk, path) -> None:
    """Renewing needs the account's owner, who has to be found first."""
    connect(studio, days=12)
    assert "The consent of @dreambox.tells on the Accounts API ends in 12 days." in page(desk, path)


@pytest.mark.parametrize(
    ("days", "words"),
    [(29.9, "ends in 30 days"), (1, "ends in a day"), (0.2, "ends in a day"), (0, "has ended")],
)
def test_the_days_are_counted_down(studio, desk, days, words) -> None:
    """Until nothing is left."""
    connect(studio, days=days)
    assert words in page(desk, "/queue")


def test_nothing_is_said_while_all_is_well(studio, desk) -> None:
    """A warning that always stands is read by nobody."""
    connect(studio, days=200)
    assert "connection-warning" not in page(desk, "/queue")


def test_an_ended_connection_is_said_with_its_reason(studio, desk) -> None:
    """And the command that mends it; its task can be put away."""
    connect(studio, days=200)
    with studio.ledger.write() as connection:
        endings.end(
            connection, "main", Host.ACCOUNTS, reason="its owner took it back", by="tiktok",
            now=studio.clock.now,
        )  # fmt: skip
        (task,) = tasks.open_tasks(connection, kind=tasks.RECONNECT)
    text = page(desk, "/accounts")
    assert "is no longer connected (its owner took it back)" in text
    assert "dreambox login --account main --host accounts" in text
    assert "dreambox login --account main --host accounts" in page(desk, "/tasks")
    body = {"outcome": "not_needed", "reviewer": "Mira"}
    assert desk.post(f"/tasks/{task.task_id}/decisions", json=body).status_code == 200


def test_the_page_shows_what_was_agreed_to_and_no_token(studio, desk) -> None:
    """Scopes in words; one that is new is shown as it is."""
    connect(studio, days=200)
    text = page(desk, "/accounts")
    for words in ("@dreambox.tells", "post videos", "read comments", "new.scope", "Accounts API"):
        assert words in text
    for path in (*PAGES, "/api/queue"):
        assert "secret" not in desk.get(path).text
        assert "secret" not in page(desk, path)


def test_no_account_is_a_page_too(desk) -> None:
    """It says how to begin."""
    assert "dreambox login" in page(desk, "/accounts")
