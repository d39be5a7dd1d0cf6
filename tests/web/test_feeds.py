"""Feeds over HTTP: RFC 9110's conditional requests, content negotiation and redirects, as conversations."""

import asyncio
import gzip
import json
from datetime import timedelta
from email.utils import format_datetime

import pytest

from tests.web.rooms import Pages, story

TYPES = {
    "/feeds/news.rss": "application/rss+xml; charset=utf-8",
    "/feeds/news.atom": "application/atom+xml; charset=utf-8",
    "/feeds/news.json": "application/feed+json",
    "/feeds.opml": "text/x-opml; charset=utf-8",
}
KEPT = ("ETag", "Last-Modified", "Cache-Control", "Vary")


@pytest.mark.parametrize("path", TYPES)
async def test_a_feed_says_what_it_is_and_how_long_it_may_be_kept(both: Pages, path: str) -> None:
    await story(both.db, both.clock.now(), "A treaty is signed")
    answer = await both.get(path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == TYPES[path]
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Encoding" in answer.headers or b"<" in answer.body or json.loads(answer.body)


@pytest.mark.parametrize("path", TYPES)
async def test_head_is_get_without_its_body(pages: Pages, path: str) -> None:
    await story(pages.db, pages.clock.now(), "A treaty is signed")
    for encoding in ("identity", "gzip"):
        got, head = [await pages.ask(m, path, headers={"Accept-Encoding": encoding}) for m in ("GET", "HEAD")]
        assert head.body == b""
        assert (head.status, {**head.headers, "Date": ""}) == (got.status, {**got.headers, "Date": ""})


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("deflate, gzip;q=0.5", True),
        ("*", True),
        ("br", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0, *", False),
        ("gzip;q=0.2, identity;q=0.8", False),
        ("gzip;q=nonsense", False),
        (",,;=", False),
    ],
)
async def test_gzip_for_those_who_take_it(pages: Pages, accepted: str, packed: bool) -> None:
    plain = await pages.get("/feeds/all.atom", Accept_Encoding="identity")
    answer = await pages.get("/feeds/all.atom", Accept_Encoding=accepted)
    assert (answer.headers.get("Content-Encoding") == "gzip") is packed
    assert (gzip.decompress(answer.body) if packed else answer.body) == plain.body
    # Two representations, two strong validators (RFC 9110, section 8.8.3.3).
    assert (answer.headers["ETag"] != plain.headers["ETag"]) is packed


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ("{etag}", 304),
        ("W/{etag}", 304),
        ('"other", {etag}', 304),
        ('"other",W/{etag} , "third"', 304),
        ("*", 304),
        ('"other"', 200),
        ("{bare}", 200),
        ("", 200),
        (",,,", 200),
    ],
)
async def test_if_none_match(pages: Pages, tag: str, status: int) -> None:
    first = await pages.get("/feeds/all.rss", Accept_Encoding="identity")
    etag = first.headers["ETag"]
    asked = tag.format(etag=etag, bare=etag.strip('"'))
    answer = await pages.get("/feeds/all.rss", Accept_Encoding="identity", If_None_Match=asked)
    assert answer.status == status
    assert answer.body == (b"" if status == 304 else first.body)
    assert [answer.headers[name] for name in KEPT] == [first.headers[name] for name in KEPT]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_the_tag_of_one_encoding_is_not_that_of_the_other(pages: Pages) -> None:
    plain = await pages.get("/feeds/all.rss", Accept_Encoding="identity")
    answer = await pages.get("/feeds/all.rss", Accept_Encoding="gzip", If_None_Match=plain.headers["ETag"])
    assert answer.status == 200


@pytest.mark.parametrize(("seconds", "status"), [(0, 304), (3600, 304), (-1, 200)])
async def test_if_modified_since(pages: Pages, seconds: int, status: int) -> None:
    changed = pages.clock.now()
    await story(pages.db, changed, "A treaty is signed")
    since = format_datetime(changed + timedelta(seconds=seconds), usegmt=True)
    answer = await pages.get("/feeds/news.atom", If_Modified_Since=since)
    assert answer.status == status


@pytest.mark.parametrize("since", ["yesterday", "", "Thu, 99 Foo 2020 00:00:00 GMT", "Mon, 08 Jun 99999 00:00:00 GMT"])
async def test_a_date_that_cannot_be_read_is_ignored(pages: Pages, since: str) -> None:
    assert (await pages.get("/feeds/all.atom", If_Modified_Since=since)).status == 200


async def test_if_none_match_decides_alone(pages: Pages) -> None:
    later = format_datetime(pages.clock.now() + timedelta(days=900), usegmt=True)
    answer = await pages.get("/feeds/all.atom", If_None_Match='"other"', If_Modified_Since=later)
    assert answer.status == 200


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
        "/feeds/",
        "/feeds",
    ],
)
async def test_what_is_no_feed_is_404_in_plain_words(pages: Pages, path: str) -> None:
    answer = await pages.get(path)
    assert answer.status == 404
    assert "There is no page here" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
async def test_other_methods_are_405_and_say_which_there_are(pages: Pages, method: str) -> None:
    answer = await pages.ask(method, "/feeds/all.rss")
    assert answer.status == 405
    assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD"}


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
