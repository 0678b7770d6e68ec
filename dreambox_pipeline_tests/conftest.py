"""Guards for every test: a clean environment, loopback only, and no unexpected error in the log."""

import functools
import ipaddress
import logging
import os
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from dreambox_pipeline.media.typesetting.font_installation import undrawn
from dreambox_pipeline.media.typesetting.fonts import use_fonts
from dreambox_pipeline.settings import get_settings


def _refuse_the_outside(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse connections and name look-ups beyond this machine; unix sockets have string addresses."""
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not _is_loopback(str(address[0])):
            raise PermissionError(f"A test tried to reach {address[0]}; tests stay on loopback.")
    if event == "socket.getaddrinfo" and not _is_loopback(str(arguments[0] or "localhost")):
        raise PermissionError(f"A test tried to look up {arguments[0]}; tests stay on loopback.")


def _is_loopback(host: str) -> bool:
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


sys.addaudithook(_refuse_the_outside)

# How long an example takes says how busy the machine is; what has to be fast has a test of its own.
hypothesis.settings.register_profile(
    "dreambox", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("dreambox")


@pytest.fixture(scope="session", autouse=True)
def trust_read_once() -> Iterator[None]:
    """Every HTTP client reads the trusted certificates anew, which takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting and no key of the person who runs the tests leaks in."""
    for name in list(os.environ):  # noqa: TID251 - this is the guard itself
        if name.startswith(("DREAMBOX_", "OPENAI_", "GOOGLE_", "DAGSTER_")):
            monkeypatch.delenv(name)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture(autouse=True)
def no_unexpected_error_log(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """A log line at ERROR fails the test, unless it is marked `expects_error_log`."""
    yield
    if request.node.get_closest_marker("expects_error_log"):
        return
    found = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.ERROR
    ]
    assert not found, f"logged at ERROR: {found}"


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with its tables and no rows, to copy: making the tables takes longer."""
    from dreambox_pipeline.storage.ledger import Ledger

    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite"
    ledger = Ledger(f"sqlite:///{path}")
    ledger.migrate()
    ledger.close()
    return path


@pytest.fixture
def noto() -> Iterator[Path]:
    """Texts are drawn with the installed fonts too. Without it a test has DejaVu alone."""
    folder = Path(__file__).parent.parent / "var" / "fonts"
    if lacking := [writing.name for writing in undrawn(folder)]:
        pytest.fail(f"No font for {', '.join(lacking)} in {folder}. Run `make fonts`, once.")
    use_fonts(folder)
    yield folder
    use_fonts(None)
