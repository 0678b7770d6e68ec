"""When something breaks, the reviewer reads a calm page and the log has the rest."""

import httpx
import pytest
import structlog

from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.errors import StopError

PAGE = {"Accept": "text/html"}


def desk_with_clock(studio, clock):
    return running_desk(
        ledger=studio.ledger, media=studio.media, keyring=studio.keyring, clock=clock
    )


def test_an_error_raised_on_purpose_is_shown_with_its_remedy(studio) -> None:
    """Its message was written for people: 503, and what to do next."""

    def stopped():
        raise StopError("Asked the sandbox for the time. Start it with `dreambox up`.")

    with structlog.testing.capture_logs() as logs, desk_with_clock(studio, stopped) as address:
        answer = httpx.get(address, headers=PAGE, trust_env=False)
    assert answer.status_code == 503
    assert "Start it with `dreambox up`." in answer.text
    assert [log["log_level"] for log in logs] == ["warning"]


@pytest.mark.expects_error_log
def test_a_bug_is_logged_with_its_traceback_and_hidden_from_the_page(studio) -> None:
    """500, no detail of the inside, and the security headers all the same."""

    def broken():
        raise ZeroDivisionError("secret inside")

    with structlog.testing.capture_logs() as logs, desk_with_clock(studio, broken) as address:
        answer = httpx.get(address, headers=PAGE, trust_env=False)
    assert answer.status_code == 500
    assert "Something broke at the desk" in answer.text
    assert "secret inside" not in answer.text
    assert "content-security-policy" in answer.headers
    (log,) = logs
    assert log["exc_info"]
    assert log["log_level"] == "error"
