"""Feeds over HTTP: RFC 9110's conditional requests, content negotiation and redirects, as conversations."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime

import pytest

from feedsvc.publish.prepared import Encoding
from feedsvc.web.middleware import SECURITY_HEADERS
from tests.publish.test_prepared import UNPACK
from tests.web.rooms import Pages, story

TYPES = {
    "/feeds/news.rss": "application/rss+xml; charset=utf-8",
    "/feeds/news.atom": "application/atom+xml; charset=utf-8",
    "/feeds/news.json": "application/feed+json",
    "/feeds/news/archive/1.rss": "application/rss+xml; charset=utf-8",
    "/feeds/news/archive/1.atom": "application/atom+xml; charset=utf-8",
    "/feeds/news/archive/1.json": "application/feed+json",
    "/feeds.opml": "text/x-opml; charset=utf-8",
}
KEPT = "public, max-age=300, stale-while-revalidate=300, stale-if-error=86400"
OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Feedsvc-Stale"}
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
OF_THE_SERVER = {name.lower() for name in ("Date", "Server", "Content-Length", *SECURITY_HEADERS)}


def of_the_feed(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that are about the feed, by lower-case name."""
    return {name.lower(): value for name, value in headers.items() if name.lower() not in OF_THE_SERVER}


@pytest.mark.parametrize("path", TYPES)
async def test_a_feed_says_what_it_is_and_how_long_it_may_be_kept(both: Pages, path: str) -> None:
    await story(both.db, both.clock.now(), "A treaty is signed")
    answer = await both.get(path, Accept_Encoding="identity")
    assert answer.status == 200
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert of_the_feed(answer.headers) == {
        "content-type": TYPES[path],
        "cache-control": KEPT,
        "etag": answer.headers["ETag"],
        "last-modified": "Mon, 08 Jun 2020 00:00:00 GMT",
        "vary": "Accept-Encoding" if path == "/feeds.opml" else "Accept, Accept-Encoding",
        **of_the_feed(OPEN),
    }
    assert b"<" in answer.body or json.loads(answer.body)


@pytest.mark.parametrize("path", TYPES)
async def test_head_is_get_without_its_body(pages: Pages, path: str) -> None:
    await story(pages.db, pages.clock.now(), "A treaty is signed")
    for encoding in Encoding:
        got, head = [await pages.ask(m, path, headers={"Accept-Encoding": encoding}) for m in ("GET", "HEAD")]
        assert head.body == b""
        assert (head.status, {**head.headers, "Date": ""}) == (got.status, {**got.headers, "Date": ""})


@pytest.mark.parametrize("path", TYPES)
async def test_304_bears_what_its_section_asks_for_and_no_more(pages: Pages, path: str) -> None:
    await story(pages.db, pages.clock.now(), "A treaty is signed")
    for encoding in Encoding:
        whole = await pages.get(path, Accept_Encoding=encoding)
        for method in ("GET", "HEAD"):
            asked = {"Accept-Encoding": encoding, "If-None-Match": whole.headers["ETag"]}
            answer = await pages.ask(method, path, headers=asked)
            assert (answer.status, answer.body) == (304, b"")
            expected = {name: whole.headers[name] for name in ("ETag", "Cache-Control", "Vary", *OPEN)}
            assert of_the_feed(answer.headers) == of_the_feed(expected)
            assert {"Date", "Server"} <= set(answer.headers)


@dataclass(frozen=True)
class Talk:
    """What is asked of /feeds/news.atom and what comes back. In header values, `{identity}`, `{gzip}` ... are its tags,
    `{date}` its Last-Modified, `{before}` and `{after}` a second less and more. `encoding` None: no body."""

    name: str
    status: int
    encoding: str | None = "identity"
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)


def asks(name: str, status: int, encoding: str | None = "identity", method: str = "GET", **headers: str) -> Talk:
    """A line of the table; `If_None_Match` stands for `If-None-Match`."""
    return Talk(name, status, encoding, method, {key.replace("_", "-"): value for key, value in headers.items()})


TABLE = [
    asks("plain", 200),
    asks("head", 200, None, "HEAD"),
    # Content coding (section 12.5.3). All of its rules: tests/publish/test_conditional.py.
    asks("gzip", 200, "gzip", Accept_Encoding="gzip"),
    asks("x-gzip", 200, "gzip", Accept_Encoding="x-gzip"),
    asks("br", 200, "br", Accept_Encoding="br"),
    asks("zstd", 200, "zstd", Accept_Encoding="zstd"),
    asks("a browser", 200, "br", Accept_Encoding="gzip, deflate, br, zstd", Accept="*/*"),
    asks("weights", 200, "gzip", Accept_Encoding="br;q=0.5, gzip;q=0.8, identity;q=0.1"),
    asks("refused coding", 200, "zstd", Accept_Encoding="br;q=0, *"),
    asks("unknown coding", 200, Accept_Encoding="lzma"),
    asks("identity refused", 200, "gzip", Accept_Encoding="identity;q=0"),
    asks("all refused", 200, Accept_Encoding="*;q=0"),
    # If-None-Match (section 13.1.2): weak comparison, lists, any.
    asks("the tag", 304, None, If_None_Match="{identity}"),
    asks("the tag, head", 304, None, "HEAD", If_None_Match="{identity}"),
    asks("the tag, weak", 304, None, If_None_Match="W/{identity}"),
    asks("a list", 304, None, If_None_Match='"a", {identity}'),
    asks("a list of weak ones", 304, None, If_None_Match='W/"a",W/{identity} , "b"'),
    asks("any", 304, None, If_None_Match="*"),
    asks("another tag", 200, If_None_Match='"a"'),
    asks("a tag without quotes", 200, If_None_Match="a"),
    asks("an empty tag", 200, If_None_Match=""),
    asks("commas", 200, If_None_Match=",,,"),
    asks("the tag of another coding", 200, "gzip", Accept_Encoding="gzip", If_None_Match="{identity}"),
    asks("the tag of this coding", 304, None, Accept_Encoding="gzip", If_None_Match="{gzip}"),
    asks("tags of all codings", 304, None, Accept_Encoding="br", If_None_Match="{identity}, {gzip}, {zstd}, {br}"),
    # If-Modified-Since (section 13.1.3).
    asks("its date", 304, None, If_Modified_Since="{date}"),
    asks("its date, head", 304, None, "HEAD", If_Modified_Since="{date}"),
    asks("a later date", 304, None, If_Modified_Since="{after}"),
    asks("an earlier date", 200, If_Modified_Since="{before}"),
    asks("no date", 200, If_Modified_Since="yesterday"),
    asks("an empty date", 200, If_Modified_Since=""),
    asks("a date that never was", 200, If_Modified_Since="Thu, 99 Foo 2020 00:00:00 GMT"),
    asks("a date past all years", 200, If_Modified_Since="Mon, 08 Jun 99999 00:00:00 GMT"),
    # Precedence (section 13.2.2).
    asks("the tag says new, the date old", 200, If_None_Match='"a"', If_Modified_Since="{after}"),
    asks("the tag says old, the date new", 304, None, If_None_Match="{identity}", If_Modified_Since="{before}"),
    # Ranges are optional (section 14.2): a feed is sent whole.
    asks("a range", 200, Range="bytes=0-9"),
    asks("a range, if", 200, Range="bytes=0-9", If_Range="{identity}"),
    asks("a range past the end", 200, Range="bytes=99999999-"),
    # The address names the format, so whatever Accept says is well, but for a browser (tests/web/test_feed_page.py).
    asks("anything", 200, Accept="*/*"),
    asks("the other format", 200, Accept="application/rss+xml"),
    asks("an image", 200, Accept="image/png"),
    asks("refusing", 200, Accept="application/atom+xml;q=0"),
    asks("no-cache", 200, Cache_Control="no-cache", Pragma="no-cache"),
    # Methods.
    asks("preflight", 204, None, "OPTIONS", Origin="https://a.example", Access_Control_Request_Method="GET"),
    asks("options", 204, None, "OPTIONS"),
]


@pytest.mark.parametrize("talk", TABLE, ids=lambda talk: talk.name)
async def test_a_conversation(pages: Pages, talk: Talk) -> None:
    changed = pages.clock.now()
    await story(pages.db, changed, "A treaty is signed")
    forms = {form: await pages.get("/feeds/news.atom", Accept_Encoding=form) for form in Encoding}
    known = {form.value: found.headers["ETag"] for form, found in forms.items()}
    for name, seconds in (("before", -1), ("date", 0), ("after", 1)):
        known[name] = format_datetime(changed + timedelta(seconds=seconds), usegmt=True)
    asked = {"Accept-Encoding": ""} | {name: value.format_map(known) for name, value in talk.headers.items()}
    answer = await pages.ask(talk.method, "/feeds/news.atom", headers=asked)
    assert answer.status == talk.status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    if talk.encoding is None:
        assert answer.body == b""
        return
    assert answer.headers.get("Content-Encoding", "identity") == talk.encoding
    assert answer.headers["ETag"] == known[talk.encoding]
    assert UNPACK[Encoding(talk.encoding)](answer.body) == forms[Encoding.IDENTITY].body


async def test_each_form_has_a_strong_tag_of_its_own(pages: Pages) -> None:
    tags = [(await pages.get("/feeds/all.atom", Accept_Encoding=form)).headers["ETag"] for form in Encoding]
    assert len(set(tags)) == len(Encoding)
    assert not any(tag.startswith("W/") for tag in tags)


@pytest.mark.parametrize("path", TYPES)
async def test_a_script_on_another_site_may_ask_on_any_condition(pages: Pages, path: str) -> None:
    asked = {
        "Origin": "https://reader.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    answer = await pages.ask("OPTIONS", path, headers=asked)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert answer.headers["Access-Control-Allow-Headers"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_a_browser_gets_a_page_and_everyone_else_the_feed(pages: Pages) -> None:
    await story(pages.db, pages.clock.now(), "A treaty is signed")
    for path in ("/feeds/news.rss", "/feeds/news/archive/1.atom"):
        page, feed = await pages.get(path, Accept=CHROME), await pages.get(path, Accept="*/*")
        assert page.headers["Content-Type"].startswith("text/html")
        assert feed.headers["Content-Type"] == TYPES[path]
        for answer in (page, feed):
            # Or a cache between us would hand the one to those who asked for the other.
            assert "accept" in {name.strip().lower() for name in answer.headers["Vary"].split(",")}
    assert (await pages.get("/feeds.opml", Accept=CHROME)).headers["Content-Type"] == TYPES["/feeds.opml"]


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/feeds/research+news.atom", "/feeds/news+research.atom"),
        ("/feeds/news+news.rss", "/feeds/news.rss"),
        ("/feeds/news+all.json", "/feeds/all.json"),
        ("/feeds/research%2Bnews.atom", "/feeds/news+research.atom"),
        ("/feeds/research+news.atom?x=1", "/feeds/news+research.atom"),
    ],
)
async def test_each_feed_has_one_address(pages: Pages, path: str, canonical: str) -> None:
    answer = await pages.get(path, Host="evil.example")
    assert answer.status == 308
    assert answer.headers["Location"] == "https://news.example.edu" + canonical
    # A script on another site that follows is stopped where any step does not say so.
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert (await pages.get(canonical)).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/all",
        "/feeds/news",
        "/feeds/nothing.rss",
        "/feeds/news+nothing.rss",
        "/feeds/news.xml",
        "/feeds/News.rss",
        "/feeds/.rss",
        "/feeds/+.rss",
        "/feeds/a+b+c+d+e+f+g+h+i.rss",
        "/feeds/news.rss%0a",
        "/feeds/news/archive/0.rss",
        "/feeds/news/archive/01.rss",
        "/feeds/news/archive/1.rss",
        "/feeds/news/archive/1",
        "/feeds/news/archive/",
        "/feeds/news%2Farchive%2F1.rss",
        "/feeds/nothing/archive/1.rss",
        "/feeds/news+research/archive/1.rss",
        "/feeds/news/archive/999999999.rss",
        "/feeds/news/archive/99999999999999999999.rss",
    ],
)
async def test_what_is_no_feed_is_404_in_plain_words(pages: Pages, path: str) -> None:
    answer = await pages.get(path)
    assert answer.status == 404
    assert "There is no page here" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    problem = await pages.get(path, Accept="application/json")
    assert (problem.status, json.loads(problem.body)["status"]) == (404, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
async def test_other_methods_are_405_and_say_which_there_are(pages: Pages, method: str) -> None:
    for path in ("/feeds/all.rss", "/feeds.opml", "/feeds/all/archive/1.rss"):
        answer = await pages.ask(method, path)
        assert answer.status == 405
        assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD", "OPTIONS"}
        assert "This page does not do that" in answer.text
        problem = await pages.ask(method, path, headers={"Accept": "application/json"})
        assert (problem.status, problem.headers["Content-Type"]) == (405, "application/problem+json")


async def test_a_change_is_seen_within_two_seconds_and_the_old_tag_is_stale(pages: Pages) -> None:
    before = await pages.get("/feeds/news.json", Accept_Encoding="identity")
    pages.clock.advance(timedelta(seconds=5))
    await story(pages.db, pages.clock.now(), "A treaty is signed")
    for _ in range(40):
        answer = await pages.get("/feeds/news.json", Accept_Encoding="identity", If_None_Match=before.headers["ETag"])
        if answer.status == 200:
            break
        await asyncio.sleep(0.05)
    assert [item["title"] for item in json.loads(answer.body)["items"]] == ["A treaty is signed"]
    assert answer.headers["Last-Modified"] != before.headers["Last-Modified"]
