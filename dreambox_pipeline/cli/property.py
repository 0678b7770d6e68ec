"""`dreambox property`: prove to TikTok that the address it fetches videos from is ours.

    add ─> TikTok names a file and its text ─> the desk serves it ─> verify ─> TikTok looks for it

A whole domain is proven by a DNS record instead, which a person has to set.
"""

from ipaddress import ip_address
from typing import Literal, get_args
from urllib.parse import urlsplit

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.url_proofs import UrlProofs
from dreambox_pipeline.tiktok.app_calls import AppCalls, PropertyKind
from dreambox_pipeline.tiktok.schemas import UrlProperty

KINDS: tuple[PropertyKind, ...] = get_args(PropertyKind)
_KIND_BY_TYPE: dict[int, Literal["domain", "prefix"]] = {1: "domain", 2: "prefix"}
_STATES = {0: "not verified yet", 1: "verified", 2: "verification failed"}


def run_add(url: str, settings: Settings, console: Console, *, kind: str) -> None:
    """Claim an address, and have the desk serve the file that proves it.

    Args:
        url: Empty means `DREAMBOX_MEDIA_BASE_URL`.
        settings: Which app, and where the desk's media are.
        console: Where the next step is said.
        kind: `prefix`, or `domain`.
    """
    claimed = _kind(kind)
    address = _address(url, settings, claimed)
    found = _app(settings).add_url_property(claimed, address)
    if claimed == "domain":
        console.print(
            f"Claimed the domain {escape(address)}. Set this TXT record for it, wait until it is "
            f"seen, then run `dreambox property verify {escape(address)} --kind domain`:\n"
            f"{escape(found.signature)}",
            highlight=False,
            soft_wrap=True,
        )
        return
    UrlProofs(settings.media_dir).put(found.file_name, found.signature)
    console.print(
        f"Claimed {escape(address)}. The desk serves {escape(found.file_name)} under its /media now; "
        f"with the desk running, run `dreambox property verify {escape(address)}`.",
        highlight=False,
        soft_wrap=True,
    )
    if not covers(found, settings.media_base_url):
        console.print(
            f"DREAMBOX_MEDIA_BASE_URL ({escape(settings.media_base_url)}) is not under that address. "
            f"If the desk does not answer there, put a file {escape(found.file_name)} with this text "
            f"there yourself: {escape(found.signature)}",
            highlight=False,
            soft_wrap=True,
        )


def run_verify(url: str, settings: Settings, console: Console, *, kind: str) -> bool:
    """Have TikTok look for the proof now; False when it did not find it."""
    claimed = _kind(kind)
    address = _address(url, settings, claimed)
    found = _app(settings).verify_url_property(claimed, address)
    if found.is_verified:
        console.print(f"{escape(address)} is verified: TikTok fetches videos from there.")
        return True
    missing = (
        f"the TXT record {found.signature}"
        if claimed == "domain"
        else f"{_beneath(address)}{found.file_name} with the text {found.signature}"
    )
    console.print(
        f"{escape(address)} is not verified: TikTok did not find {escape(missing)}. See that it can be "
        "reached from outside without a redirect, then run this again.",
        highlight=False,
        soft_wrap=True,
    )
    return False


def run_list(settings: Settings, console: Console) -> None:
    """Print every claim of the app, and whether it covers the address of the media."""
    table = Table("kind", "address", "state", "covers DREAMBOX_MEDIA_BASE_URL")
    for found in _app(settings).url_properties():
        table.add_row(
            _KIND_BY_TYPE.get(found.property_type, str(found.property_type)),
            escape(found.url),
            _STATES.get(found.property_status, str(found.property_status)),
            "yes" if covers(found, settings.media_base_url) else "no",
        )
    console.print(table)


def run_remove(url: str, settings: Settings, console: Console, *, kind: str) -> None:
    """Give a claim up; the desk stops serving its file."""
    claimed = _kind(kind)
    address = _address(url, settings, claimed)
    app, proofs = _app(settings), UrlProofs(settings.media_dir)
    for found in app.url_properties():
        if found.url == address and _KIND_BY_TYPE.get(found.property_type) == claimed:
            proofs.remove(found.file_name)
    app.delete_url_property(claimed, address)
    console.print(f"{escape(address)} is given up: TikTok fetches nothing from there any more.")


def covers(found: UrlProperty, url: str) -> bool:
    """Whether *url* lies under a claimed address, verified or not."""
    if _KIND_BY_TYPE.get(found.property_type) == "domain":
        host = urlsplit(url).hostname or ""
        return f".{host}".endswith(f".{found.url.lower()}")
    return _beneath(url).startswith(_beneath(found.url))


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine only."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _beneath(url: str) -> str:
    return f"{url.rstrip('/')}/"


def _kind(text: str) -> PropertyKind:
    for kind in KINDS:
        if kind == text:
            return kind
    raise StopError(f"{text!r} is no kind of address. Give --kind {' or --kind '.join(KINDS)}.")


def _address(url: str, settings: Settings, kind: PropertyKind) -> str:
    if kind == "prefix":
        return _beneath(url or settings.media_base_url)
    # A domain is given by its name; an address names it as well.
    given = url or settings.media_base_url
    return (urlsplit(given).hostname or given).lower() if "://" in given else given.lower()


def _app(settings: Settings) -> AppCalls:
    calls: AppCalls = resources_from(settings)["tiktok"].client.app
    return calls
