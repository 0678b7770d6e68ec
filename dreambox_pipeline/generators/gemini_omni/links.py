"""Fetching a clip from the address a job names: the key goes to the provider's own host only.

The client package would follow a redirect with the key in its header, wherever it leads, and read
the whole file into memory; so redirects are followed here, one by one, and the file is streamed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx2
from pydantic import SecretStr

from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.generators.addresses import origin_of, without_login
from dreambox_pipeline.generators.downloads import write_all
from dreambox_pipeline.generators.gemini_omni.faults import answer_of, call_fault
from dreambox_pipeline.generators.provider_words import Clean

_MOST_REDIRECTS = 5


class ClipLinks:
    """Addresses of clips, fetched with or without the key.

    Args:
        http: Follows no redirect by itself.
        base_url: The provider's own address; only its scheme, host and port are given the key.
        api_key: Goes into the header `x-goog-api-key`.
        clean: Takes the key out of a text.
    """

    def __init__(
        self, http: httpx2.Client, *, base_url: str, api_key: SecretStr, clean: Clean
    ) -> None:
        self._http = http
        self._base_url = base_url
        self._secret = api_key
        self._clean = clean

    def fetch(self, uri: str, part: Path, *, tried: str) -> str:
        """Writes what is at *uri* into *part* and returns its content type.

        Raises:
            TransientError: It broke off, or nobody answered, or the file is not there yet.
            ItemError: It is no address that may be fetched.
            StopError: The provider takes no key.
        """
        url = download_url(uri, base_url=self._base_url)
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                self._require_safe(url, tried)
                with self._opened(url) as response:
                    if not response.is_redirect:
                        return self._write(response, part, tried=tried)
                    url = urljoin(url, response.headers["location"])
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise TransientError(
                f"{tried} and it broke off ({type(error).__name__}). The next run asks again."
            ) from None
        raise ItemError(
            f"{tried}: it was sent on more than {_MOST_REDIRECTS} times. Look at the job at the provider."
        )

    @contextmanager
    def _opened(self, url: str) -> Iterator[httpx2.Response]:
        is_own = origin_of(url) == origin_of(self._base_url)
        headers = {"x-goog-api-key": self._secret.get_secret_value()} if is_own else {}
        with self._http.stream("GET", url, headers=headers) as response:
            yield response

    def _write(self, response: httpx2.Response, part: Path, *, tried: str) -> str:
        if response.is_success:
            # A signed address is a key of its own, so its query is not repeated.
            name = without_login(str(response.url))
            write_all(response.iter_bytes(), part, name=name)
            return response.headers.get("content-type", "")
        response.read()
        if origin_of(str(response.url)) == origin_of(self._base_url):
            raise call_fault(answer_of(response), tried=tried, clean=self._clean)
        raise TransientError(
            f"{tried} and its link gave HTTP {response.status_code}. The next run asks again."
        )

    def _require_safe(self, url: str, tried: str) -> None:
        if origin_of(url) == origin_of(self._base_url) or urlsplit(url).scheme == "https":
            return
        raise ItemError(
            f"{tried}: it lies at {without_login(url)[:200]}, which is no https address. Look at the job at the provider."
        )


def download_url(uri: str, *, base_url: str) -> str:
    """*uri* as an address that gives the bytes.

    A file of the Files API may be named without its host (`files/abc`), and by itself gives its
    description; its bytes are at `:download?alt=media`.
    """
    if uri.startswith("files/"):
        uri = f"{base_url.rstrip('/')}/v1beta/{uri}"
    parts = urlsplit(uri)
    if "/files/" not in parts.path or origin_of(uri) != origin_of(base_url):
        return uri
    path = parts.path if parts.path.endswith(":download") else f"{parts.path}:download"
    query = urlencode(dict(parse_qsl(parts.query)) | {"alt": "media"})
    return parts._replace(path=path, query=query).geturl()
