"""Styles, scripts, the favicon and robots.txt: kept for long under an address that changes with them."""

import re
from importlib.resources import files
from xml.dom import minidom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.web.public.assets import TYPES, YEAR, icon_svg, static_version
from tests.web.rooms import BASE, Pages

NAMES = [
    item.name for item in files("feedsvc.web").joinpath("static").iterdir() if item.name.rpartition(".")[2] in TYPES
]


async def test_what_a_page_names_is_there_and_may_be_kept_for_a_year(pages: Pages) -> None:
    page = (await pages.get("/")).text
    named = re.findall(r'(?:href|src)="(/static/[^"]*)"', page)
    assert len(named) >= 4
    for path in named:
        answer = await pages.get(path)
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == YEAR


@pytest.mark.parametrize("name", [*NAMES, "accent.css"])
async def test_without_the_version_it_is_asked_for_again_soon(pages: Pages, name: str) -> None:
    for query in ("", "?v=old", "?v="):
        answer = await pages.get(f"/static/{name}{query}")
        assert answer.headers["Cache-Control"] == "public, max-age=300"
    kind = TYPES[name.rpartition(".")[2]]
    assert answer.headers["Content-Type"] == (f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
    tag = answer.headers["ETag"]
    for asked in (tag, f"W/{tag}", "*", f'"x", {tag}'):
        again = await pages.get(f"/static/{name}", If_None_Match=asked)
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert (await pages.get(f"/static/{name}", If_None_Match='"x"')).status == 200


async def test_nothing_else_is_given_out(pages: Pages) -> None:
    for name in (
        "",
        "..",
        "../routes.py",
        "..%2froutes.py",
        "%2e%2e%2fkeys.py",
        "site.css%00",
        "__init__.py",
        "nothing.css",
    ):
        assert (await pages.get(f"/static/{name}")).status in (400, 404), name


def test_the_version_follows_the_accent() -> None:
    assert static_version("#0b4f8a") == static_version("#0b4f8a") != static_version("#8a0b0b")


async def test_the_favicon(pages: Pages) -> None:
    answer = await pages.get("/favicon.ico")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert ">U</text>" in answer.text
    assert '<link rel="icon" type="image/svg+xml" href="/favicon.ico">' in (await pages.get("/")).text


@given(st.text(), st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_the_favicon_is_xml_whatever_the_title(title: str, accent: str) -> None:
    assert minidom.parseString(icon_svg(title, accent).encode()).documentElement is not None


async def test_robots_are_kept_from_personal_links_alone(pages: Pages, below: Pages) -> None:
    answer = await pages.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "User-agent: *",
        "Disallow: /confirm/",
        "Disallow: /preferences/",
        "Disallow: /unsubscribe/",
        "",
        f"Sitemap: {BASE}/sitemap.xml",
    ]
    # Crawlers ask for it at the root of the host alone.
    for path in ("/robots.txt", "/press/news/robots.txt"):
        text = (await below.get(path)).text
        assert "Disallow: /press/news/confirm/" in text
        assert text.endswith("\nSitemap: https://www.example.edu/press/news/sitemap.xml\n")
