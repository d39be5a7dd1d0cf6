"""What is sent to the API is JSON, small, flat, quick and known by name; whatever else it is, the answer says what."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.web.api import bodies
from feedsvc.web.api.bodies import DEEPEST, MOST_BYTES, depth
from tests.web.pushing import ARTICLES, TREATY, faults, program, pusher, sources, told
from tests.web.rooms import BASE, Pages, everything
from tests.web.test_every_answer import is_guarded

LONG = "x" * 501


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"titel": "x"}, "/titel", "did you mean title?"),
        ({"zzz": 1}, "/zzz", "leave it out."),
        ({"a/b~c": 1}, "/a~1b~0c", "not a known field"),
        ({"title": None}, "/title", "must be text"),
        ({"title": ""}, "/title", "is empty"),
        ({"title": LONG}, "/title", "at most 500"),
        ({"title": 7}, "/title", "must be text"),
        ({"url": "/info/1.htm"}, "/url", "begins with http:// or https://"),
        ({"url": "javascript:alert(1)"}, "/url", "begins with http:// or https://"),
        ({"source": "cmss"}, "/source", "Did you mean 'cms'?"),
        ({"source": "c\0s"}, "/source", "printable"),
        ({"source": "site"}, "/source", "kind page"),
        ({"published_at": "June 6, 2020"}, "/published_at", "is no date"),
        ({"published_at": "2020-02-30"}, "/published_at", "is no date"),
        ({"published_at": "06/07/2020"}, "/published_at", "is no date"),
        ({"published_at": 1591401600}, "/published_at", "must be text"),
        ({"published_at": "0001-01-01T00:00:00+14:00"}, "/published_at", "outside the years 1900 to 2199"),
        ({"updated_at": "2020-06-06T25:00:00Z"}, "/updated_at", "is no date"),
        ({"embargo_until": "tomorrow"}, "/embargo_until", "is no date"),
        ({"content_text": "x"}, "/content_text", "either content_html or content_text"),
        ({"authors": "Lu Wen"}, "/authors", "must be an array"),
        ({"authors": ["Lu Wen", 1]}, "/authors/1", "must be text"),
        ({"categories": ["nws"]}, "/categories/0", "Did you mean 'news'?"),
        ({"attachments": [{"url": "https://x.example/1.pdf", "titel": ""}]}, "/attachments/0/titel", "mean title?"),
        ({"attachments": [{}]}, "/attachments/0/url", "is missing"),
        ({"attachments": [1]}, "/attachments/0", "must be an object"),
        ({"image_url": "data:image/png;base64,x"}, "/image_url", "begins with http"),
        ({"language": "english please"}, "/language", "such as en or zh-Hans"),
        ({"title": "   "}, "/title", "is empty"),
        ({"title": "\u200b"}, "/title", "is empty"),
        ({"id": "x" * 301}, "/id", "at most 300 letters"),
        ({"authors": ["x"] * 101}, "/authors", "at most 100 entries"),
        ({"url": "https://me:secret@x.example/1"}, "/url", "holds a user name or password"),
        ({"image_url": "https://me@x.example/1.png"}, "/image_url", "holds a user name or password"),
        ({"attachments": [{"url": "https://x.example/1", "length": -1}]}, "/attachments/0/length", "0 or more"),
        ({"attachments": [{"url": "https://x.example/1", "media_type": "x"}]}, "/attachments/0/media_type", "such as"),
        ({"state": "withdrawn"}, "/state", "must be published, held or embargoed"),
        ({"state": "embargoed"}, "/embargo_until", "say until when"),
        ({"state": "held", "embargo_until": "2020-07-01"}, "/state", "leave out one of the two"),
        ({"id": ""}, "/id", "is empty"),
        ({"id": " 1"}, "/id", "without spaces"),
        ({"id": "a\nb"}, "/id", "printable"),
        ({"id": True}, "/id", "must be text"),
    ],
)
async def test_a_field_that_cannot_be_used_is_named(
    pages: Pages, fields: dict[str, Any], field: str, says: str
) -> None:
    cms = await pusher(pages)
    before = await everything(pages.db)
    answer = await cms.send(**fields)
    assert answer.status == 422
    assert list(faults(answer)) == [field]
    assert says in faults(answer)[field]
    body = told(answer)
    assert (body["code"], body["type"]) == ("fields", f"{BASE}/docs/errors#fields")
    assert body["detail"] == f"{field[1:]}: {faults(answer)[field]}"
    assert await everything(pages.db) == before


async def test_every_fault_is_told_at_once(pages: Pages) -> None:
    cms = await pusher(pages)
    shape = await cms.ask("POST", ARTICLES, orjson.dumps({"titel": "x", "source": 1, "url": ""}))
    assert list(faults(shape)) == ["/titel", "/source", "/url", "/title"]
    meaning = await cms.send(published_at="soon", categories=["a", "b"])
    assert list(faults(meaning)) == ["/published_at", "/categories/0", "/categories/1"]
    assert "(And 2 more.)" in told(meaning)["detail"]
    many = await cms.ask("POST", ARTICLES, orjson.dumps({f"field{number}": 1 for number in range(100)}))
    assert len(faults(many)) == 20


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a": 1,}', b"\xff\xfe", b'{"title": "\\ud800"}', b"NaN", b'"' + b'\\"' * 50_000, b"{} {}"]
)
async def test_what_is_no_json_is_400(pages: Pages, body: bytes) -> None:
    cms = await pusher(pages)
    answer = await cms.ask("POST", ARTICLES, body)
    assert (answer.status, told(answer)["code"]) == (400, "usage")
    assert "is not JSON" in told(answer)["detail"]


@pytest.mark.parametrize("body", [b"null", b"[]", b"1", b'"x"', b"true"])
async def test_json_that_is_no_object_is_422(pages: Pages, body: bytes) -> None:
    cms = await pusher(pages)
    answer = await cms.ask("POST", ARTICLES, body)
    assert (answer.status, faults(answer)) == (422, {"": "must be an object."})


def test_depth_is_that_of_brackets_outside_of_strings() -> None:
    many = b"[" * 30 + b"]" * 30
    assert depth(many) == 30
    assert depth(b'{"a": "' + b"[" * 100 + b'"}') == 1
    assert depth(b'{"a": "\\"' + b"[" * 100 + b'"}') == 1
    assert depth(b'["\\\\",' * 30) == 30
    assert depth(b"[{}," * 30) == 31
    assert depth(b"[]," * 500) == 1


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text('ab"\\[]{}', max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=30), st.dictionaries(st.text('ab"\\[]{}', max_size=4), inner, max_size=30)
    ),
    max_leaves=60,
)


def true_depth(value: object) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(true_depth, value), default=0) if isinstance(value, list) else 0


@given(json_values)
def test_depth_of_anything(value: object) -> None:
    body = orjson.dumps(value)
    brackets = body.count(b"[") + body.count(b"{")
    assert depth(body) == (true_depth(value) if brackets > DEEPEST else brackets)


async def test_what_lies_too_deep_is_refused_before_anything_looks_into_it(pages: Pages) -> None:
    cms = await pusher(pages)
    for levels in (DEEPEST + 1, 1_000, 100_000):
        answer = await cms.ask("POST", ARTICLES, b'{"title":' * levels)
        assert (answer.status, "20 deep" in told(answer)["detail"]) == (400, True)
    assert (await cms.send(title="[{" * 100, authors=["]" * 50])).status == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "application/json", "Content-Encoding": "br, identity"},
    ],
)
async def test_another_kind_of_content_is_415(pages: Pages, headers: dict[str, str]) -> None:
    cms = await pusher(pages)
    answer = await cms.send(headers=headers)
    assert answer.status == 415
    assert (told(answer)["code"], "Content-Type: application/json" in told(answer)["detail"]) == ("not_json", True)


async def test_a_bomb_is_not_unpacked(pages: Pages) -> None:
    cms = await pusher(pages)
    bomb = gzip.compress(b" " * 50_000_000)
    assert (await cms.ask("POST", ARTICLES, bomb, {"Content-Encoding": "gzip"})).status == 415
    assert (await cms.ask("POST", ARTICLES, bomb)).status == 400


async def test_json_with_its_charset_is_taken(pages: Pages) -> None:
    cms = await pusher(pages)
    assert (await cms.send(headers={"Content-Type": "application/json; charset=utf-8"})).status == 201


async def test_what_is_too_large_is_413_told_or_not(pages: Pages) -> None:
    cms = await pusher(pages)
    room = MOST_BYTES - len(orjson.dumps(TREATY | {"content_html": ""}))
    assert (await cms.send(content_html="x" * room)).status == 201
    answer = await cms.send(content_html="x" * (room + 1))
    assert answer.status == 413
    assert "1,000,000 bytes" in told(answer)["detail"]
    is_guarded(answer)

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 50_000 + 2):
            yield b" " * 50_000

    headers = {"Authorization": f"Bearer {cms.made.text}", "Content-Type": "application/json"}
    answer = await pages.ask("POST", ARTICLES, headers=headers, data=endless())
    assert answer.status == 413


async def test_a_slow_body_is_408(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "READ_SECONDS", 0.05)
    cms = await pusher(pages)

    async def trickle() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(0.5)
        yield b"}"

    headers = {"Authorization": f"Bearer {cms.made.text}", "Content-Type": "application/json"}
    answer = await pages.ask("POST", ARTICLES, headers=headers, data=trickle())
    assert (answer.status, answer.headers["Connection"]) == (408, "close")


async def test_no_answer_is_kept_shared_or_open_to_other_sites(pages: Pages) -> None:
    cms = await pusher(pages)
    made = await cms.send(headers={"Origin": "https://evil.example"})
    answers = [
        made,
        await cms.ask("GET", f"{ARTICLES}/{told(made)['id']}", headers={"Origin": "https://evil.example"}),
        await cms.send(title="", headers={"Origin": "https://evil.example"}),
        await pages.ask("POST", ARTICLES, headers={"Origin": "https://evil.example"}),
        await pages.ask("OPTIONS", ARTICLES, headers={"Access-Control-Request-Method": "POST"}),
    ]
    assert [answer.status for answer in answers] == [201, 200, 422, 401, 405]
    for answer in answers:
        is_guarded(answer)
        assert answer.headers["Cache-Control"] == "no-store"
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=30),
    st.sampled_from(["cms", ""]),
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
)
near = st.fixed_dictionaries(
    {"source": st.just("cms"), "url": st.just("https://www.example.edu/1"), "title": st.one_of(st.text(), scalars)},
    optional={
        **{
            name: st.one_of(anything, st.text())
            for name in ("id", "content_html", "content_text", "summary", "language")
        },
        **{name: st.one_of(anything, st.lists(st.text(), max_size=3)) for name in ("authors", "categories")},
        **{
            name: st.one_of(
                anything, st.datetimes().map(str), st.dates().map(str), st.datetimes().map(lambda d: f"{d}Z")
            )
            for name in ("published_at", "updated_at", "embargo_until")
        },
        "image_url": st.one_of(anything, st.text().map(lambda text: f"https://x.example/{text}")),
        "attachments": st.one_of(
            anything,
            st.lists(
                st.fixed_dictionaries({"url": st.just("https://x.example/1.pdf"), "title": st.text()}), max_size=2
            ),
        ),
        "state": st.sampled_from(["held", "published", "embargoed", "withdrawn", None]),
    },
)


def sendable(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:
        return b"null"


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(st.one_of(anything, near), st.sampled_from(["", "?dry_run=1"]))
async def test_whatever_is_sent_is_answered(both: Pages, value: object, query: str) -> None:
    await sources(both)
    cms = await program(both)
    answer = await cms.ask("POST", ARTICLES + query, sendable(value))
    assert answer.status in (200, 201, 400, 422), answer.text
    is_guarded(answer)
    if answer.status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert told(answer)["detail"]
    else:
        # What was taken can be told in every feed.
        for form in ("rss", "atom", "json"):
            assert (await both.get(f"/feeds/all.{form}")).status == 200
