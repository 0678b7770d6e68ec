"""A person at the sandbox's consent page, who needs no browser.

It asks with the standard library, which logs nothing: what a test finds in a log is the product's.
"""

from collections.abc import Callable, Iterable
from http.client import HTTPConnection
from queue import Queue
from threading import Thread
from urllib.parse import parse_qsl, urlencode, urlsplit

from dreambox_pipeline.sandbox.testing import RunningSandbox

TIMEOUT_S = 10.0


def fetch(url: str) -> tuple[int, str]:
    """The status of a GET, and where it sends to."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("location", "")
    finally:
        connection.close()


def agree(url: str, *, grant: Iterable[str] | None = None, decision: str = "allow") -> str:
    """The address the page sends its person to; all scopes are granted unless *grant* says which."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query)
    asked = dict(query)["scope"].split(",")
    chosen = [("grant", scope) for scope in (asked if grant is None else grant)]
    whole = urlencode([*query, ("decision", decision), *chosen])
    status, address = fetch(f"{parts.scheme}://{parts.netloc}/v2/auth/authorize/decide?{whole}")
    assert status == 302
    return address


class Browser:
    """Does what a person's browser does with the address, while the login waits.

    Args:
        visit: What to do with it.

    Attributes:
        seen: The status codes of what was asked for at the redirect address.
    """

    def __init__(self, visit: Callable[[str], list[str]]) -> None:
        self._visit = visit
        self.seen: Queue[int] = Queue()
        self.urls: list[str] = []
        self._threads: list[Thread] = []

    def __call__(self, url: str) -> bool:
        self.urls.append(url)
        thread = Thread(target=self._go, args=(url,), daemon=True)
        thread.start()
        self._threads.append(thread)
        return True

    def _go(self, url: str) -> None:
        for address in self._visit(url):
            self.seen.put(fetch(address)[0])

    def statuses(self) -> list[int]:
        """All of them, once it is done."""
        for thread in self._threads:
            thread.join(TIMEOUT_S)
        return [self.seen.get_nowait() for _ in range(self.seen.qsize())]


def secrets_of(sandbox: RunningSandbox) -> list[str]:
    """Every token and code the sandbox has given to anybody."""
    state = sandbox.world.state
    refresh = [grant["refresh_token"] for _, grant in state.all("grant")]
    codes = [code for code, _ in state.all("auth_code")]
    return [*codes, *(token for token, _ in state.all("access")), *refresh]
