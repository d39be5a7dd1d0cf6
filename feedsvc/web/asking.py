"""Who is asking, and for what: the visitor's address, the kind of answer they want, what stands around their page."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import web

from feedsvc.pages import addresses
from feedsvc.pages.chrome import Chrome
from feedsvc.settings import Site
from feedsvc.web import keys

NOBODY = "0.0.0.0"  # noqa: S104 (a word for "unknown", nothing is bound)


def prefix_of(site: Site) -> str:
    """The path of the base address, below which everything lies: empty, or with a slash at its beginning alone."""
    return urlsplit(site.base_url).path


def origin_of(site: Site) -> str:
    """The base address without its path."""
    return site.base_url.removesuffix(prefix_of(site))


def wants_json(request: web.Request) -> bool:
    """Does the caller want problem+json: under /api, or where JSON is accepted and HTML is not?"""
    accept = request.headers.get("Accept", "").lower()
    prefix = prefix_of(request.config_dict[keys.SETTINGS].site)
    return request.path.startswith(f"{prefix}/api/") or ("json" in accept and "html" not in accept)


def chrome(request: web.Request, path: str | None = None) -> Chrome:
    """What stands around the page that answers this request; its language comes from `?language=`."""
    site = request.config_dict[keys.SETTINGS].site
    version = request.config_dict[keys.STATIC_VERSION]
    return addresses.chrome_for(site, path or site_path(request), request.query.get("language"), version)


def site_path(request: web.Request) -> str:
    """The request's path below the base address, with the part of its query that chooses what is shown."""
    path = request.rel_url.raw_path.removeprefix(prefix_of(request.config_dict[keys.SETTINGS].site)) or "/"
    return addresses.with_query(path, before=request.query.get("before") or None)


def client_address(request: web.Request) -> str:
    """The IP address of whoever asks: X-Forwarded-For is read from the right, past trusted proxies only."""
    trusted = request.config_dict[keys.SETTINGS].http.trusted_proxies
    hops = [part.strip() for value in request.headers.getall("X-Forwarded-For", []) for part in value.split(",")]
    address = _read(request.remote or NOBODY)
    while hops and address is not None and _within(address, trusted):
        nearer = _read(hops.pop())
        if nearer is None:
            break
        address = nearer
    return str(address) if address else NOBODY


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    # A socket that listens on both families names IPv4 visitors ::ffff:192.0.2.1.
    return (found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found


def _within(address: IPv4Address | IPv6Address, networks: Sequence[str]) -> bool:
    return any(address in ip_network(network, strict=False) for network in networks)
