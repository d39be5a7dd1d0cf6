"""Who is asking: forwarded addresses from trusted proxies alone; links from the settings, never from the request."""

import re

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict
from sqlalchemy import select

from feedsvc.clock import FixedClock
from feedsvc.settings import load
from feedsvc.storage.schema_mail import throttles
from feedsvc.subscribers.join import PER_ADDRESS
from feedsvc.web import keys
from feedsvc.web.asking import client_address, origin_of, prefix_of
from tests.walls import ROOT
from tests.web.rooms import BASE, Pages, serve, settings_for, story


def seen(remote: str | None, *forwarded: str, trusted: tuple[str, ...] = ("10.0.0.0/8", "fd00::/8")) -> str:
    app = web.Application()
    app[keys.SETTINGS] = settings_for("sqlite://", trusted_proxies=list(trusted))
    headers = CIMultiDict([("X-Forwarded-For", value) for value in forwarded])
    request = make_mocked_request("GET", "/", app=app)
    return client_address(request.clone(headers=headers, remote=remote or ""))


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("10.1.1.1", ["198.51.100.7"], "198.51.100.7"),
        ("::ffff:10.1.1.1", ["198.51.100.7"], "198.51.100.7"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
        # From the right: what stands further left, the visitor may have written.
        ("10.1.1.1", ["6.6.6.6, 198.51.100.7"], "198.51.100.7"),
        ("10.1.1.1", ["6.6.6.6, 198.51.100.7, 10.2.2.2"], "198.51.100.7"),
        ("10.1.1.1", ["6.6.6.6", "198.51.100.7"], "198.51.100.7"),
        ("10.1.1.1", ["10.3.3.3, 10.2.2.2"], "10.3.3.3"),
        ("10.1.1.1", ["198.51.100.7, nonsense"], "10.1.1.1"),
        ("10.1.1.1", [", ,"], "10.1.1.1"),
        ("10.1.1.1", [""], "10.1.1.1"),
        ("10.1.1.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
        (None, ["198.51.100.7"], "0.0.0.0"),
    ],
)
def test_the_visitors_address(remote: str | None, forwarded: list[str], address: str) -> None:
    assert seen(remote, *forwarded) == address


@given(st.lists(st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=30), max_size=4))
def test_nobody_but_a_proxy_says_who_they_are(forwarded: list[str]) -> None:
    assert seen("192.0.2.1", *forwarded) == "192.0.2.1"
    assert seen("10.1.1.1", *forwarded, trusted=()) == "10.1.1.1"


async def test_caps_hold_for_the_address_behind_a_trusted_proxy(sqlite_url: str, clock: FixedClock) -> None:
    async with serve(settings_for(sqlite_url, trusted_proxies=["127.0.0.1"]), clock) as pages:
        for number in range(PER_ADDRESS + 1):
            answer = await pages.sign_up(f"r{number}@example.edu", headers={"X-Forwarded-For": "192.0.2.1"})
        assert answer.status == 429
        other = await pages.sign_up("other@example.edu", headers={"X-Forwarded-For": "192.0.2.2"})
        assert other.status == 200


def test_the_compose_file_trusts_the_gateway_of_its_network_and_nobody_outside() -> None:
    said = re.search(r"FEEDSVC_HTTP__TRUSTED_PROXIES: (\S+)", (ROOT / "config" / "compose.yaml").read_text("utf-8"))
    assert said
    trusted = tuple(load(None, {"FEEDSVC_HTTP__TRUSTED_PROXIES": said[1]}).http.trusted_proxies)
    for gateway in ("172.17.0.1", "172.18.0.1", "172.31.0.1", "192.168.16.1"):
        assert seen(gateway, "203.0.113.9", trusted=trusted) == "203.0.113.9"
    for outside in ("203.0.113.1", "172.32.0.1", "10.0.0.1"):
        assert seen(outside, "203.0.113.9", trusted=trusted) == outside


async def test_caps_are_not_escaped_by_a_header(pages: Pages) -> None:
    for number in range(PER_ADDRESS + 1):
        forwarded = {
            "X-Forwarded-For": f"192.0.2.{number}",
            "X-Real-IP": f"192.0.2.{number}",
            "Forwarded": f"for={number}",
        }
        answer = await pages.sign_up(f"r{number}@example.edu", headers=forwarded)
    assert answer.status == 429
    async with pages.db.read() as conn:
        # Nor is an IP address kept as it is.
        assert not [key for key in (await conn.execute(select(throttles.c.key))).scalars() if "127.0.0" in key]


async def test_links_never_come_from_the_request(pages: Pages) -> None:
    await story(pages.db, pages.clock.now(), "A treaty is signed")
    forged = {
        "Accept-Encoding": "identity",
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "Forwarded": "host=evil.example",
    }
    for path in (
        "/",
        "/subscribe",
        "/categories/news",
        "/docs",
        "/feeds/all.atom",
        "/feeds.opml",
        "/nothing",
        "/docs/",
    ):
        answer = await pages.ask("GET", path, headers=forged)
        assert "evil.example" not in answer.text + str(answer.headers), path
        assert pages.address not in answer.text


async def test_a_page_opened_under_another_host_name_is_whole(pages: Pages) -> None:
    for name in (pages.address.partition("://")[2], "localhost:1", "evil.example"):
        page = (await pages.ask("GET", "/subscribe", headers={"Host": name})).text
        ours = re.findall(r'<(?:form|script)\b[^>]* (?:action|src)="([^"]*)"', page)
        ours += re.findall(r'<link rel="(?:stylesheet|icon)"[^>]* href="([^"]*)"', page)
        assert len(ours) == 6
        # What the content policy calls 'self', whatever the page's host.
        assert all(re.match("/[a-z]", link) for link in ours)
        assert f'<link rel="canonical" href="{BASE}/subscribe">' in page


async def test_a_base_address_with_a_path(below: Pages) -> None:
    base, prefix = "https://www.example.edu/press/news", "/press/news"
    assert (prefix_of(below.settings.site), origin_of(below.settings.site)) == (prefix, "https://www.example.edu")
    await story(below.db, below.clock.now(), "A treaty is signed")
    home = await below.get(f"{prefix}/")
    assert home.body[:200] == (await below.get(prefix)).body[:200]
    assert f'<link rel="canonical" href="{base}/">' in home.text
    for path in (
        "/categories/news",
        "/subscribe",
        "/feeds/all.rss",
        "/feeds.opml",
        "/static/site.css",
        "/docs",
        "/favicon.ico",
    ):
        assert (await below.get(prefix + path)).status == 200, path
        whole = f'="{base}{path}' if path.startswith("/feeds") else f'="{prefix}{path}'
        assert whole in (await below.get(f"{prefix}/")).text or path == "/docs"
        if path != "/favicon.ico":
            assert (await below.get(path)).status == 404, path
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await below.get(path)).status == (await below.get(prefix + path)).status == 200
    assert (await below.get("/")).status == 404
    moved = await below.get(f"{prefix}/categories/news/?before=0-a")
    assert (moved.status, moved.headers["Location"]) == (301, f"{base}/categories/news?before=0-a")
    union = await below.get(f"{prefix}/feeds/research+news.rss")
    assert union.headers["Location"] == f"{base}/feeds/news+research.rss"
    error = await below.get(f"{prefix}/feeds/none.rss", Accept="application/json")
    assert b'"type":"about:blank"' in error.body


@pytest.mark.parametrize(
    "path", ["/docs/", "/categories/news/", "/subscribe/", "/feeds/all.rss/", "/docs/guide//", "/healthz/"]
)
async def test_a_slash_at_the_end_leads_to_the_address_without(pages: Pages, path: str) -> None:
    for method in ("GET", "HEAD"):
        answer = await pages.ask(method, f"{path}?a=1&b=%20", headers={"Host": "evil.example"})
        assert answer.status == 301
        assert answer.headers["Location"] == f"{BASE}{path.rstrip('/')}?a=1&b=%20"
    assert (await pages.ask("POST", path)).status in (404, 405)


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example/docs/", "///", "/\\evil.example/", "/nothing/", "/%2F/", "//"]
)
async def test_no_slash_leads_anywhere_else(pages: Pages, path: str) -> None:
    answer = await pages.get(path)
    assert answer.status == 404
    assert "Location" not in answer.headers
    links = re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)
    assert not [link for link in links if re.match(r"[/\\\\]{2}", link)]
    assert not [link for link in links if "evil.example" in link and not re.match("/evil|/$", link)]
