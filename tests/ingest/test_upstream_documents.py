"""Documents that are not what they say, read by the real reader within a poll: FAULTS, "Upstream"."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from feedsvc.ingest.kit import Kit
from feedsvc.ingest.reading import Reader
from feedsvc.model.health import PollOutcome
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.storage import editorial
from tests.ingest.polling import rows, tick
from tests.ingest.site import Site

HTML = "text/html; charset=utf-8"
XML = "application/rss+xml"


def rss(*titles: str, head: str = "", encoding: str = "utf-8") -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>https://example.edu/{number}</link></item>"
        for number, title in enumerate(titles)
    )
    text = f'<?xml version="1.0" encoding="{encoding}"?>{head}<rss version="2.0"><channel><title>N</title>{items}'
    return f"{text}</channel></rss>".encode(encoding)


@dataclass(frozen=True)
class Document:
    """What a source's address answers, and what is to come of it: titles, or a word of the error's sentence."""

    body: bytes
    titles: tuple[str, ...] = ()
    error: str = ""
    content_type: str = XML
    kind: SourceKind = SourceKind.FEED


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>'
LEAK = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
REMOTE = '<!DOCTYPE rss SYSTEM "{site}/evil.dtd">'
USST = "上海理工大学"
LOGIN = (
    b"<html><head><title>Sign in</title></head><body><form><input type=text><input type=password></form></body></html>"
)

DOCUMENTS = {
    "whole": Document(rss("One", "Two"), ("One", "Two")),
    "cut": Document(rss("Three", "Four")[:-60], ("Three",)),
    "ampersand": Document(rss("Arts & Sciences"), ("Arts & Sciences",)),
    "control": Document(rss("Bell \x07 rings"), ("Bell rings",)),
    "latin": Document(rss("Caf\u00e9 five").replace("\u00e9".encode(), b"\xe9"), ("Caf\u00e9 five",)),
    "chinese": Document(rss(USST, encoding="gb2312"), (USST,), content_type="text/xml"),
    "bomb": Document(rss("Safe", "&l9;", head=BOMB), ("Safe",)),
    "leak": Document(rss("Kept", "&x; tail", head=LEAK), ("Kept",)),
    "remote": Document(rss("Local", head=REMOTE), ("Local",)),
    "error-page": Document(b"<html><h1>502 Bad Gateway</h1></html>", error="web page", content_type=HTML),
    "login-page": Document(LOGIN, error="web page", content_type=HTML),
    "empty-feed": Document(rss(), error="shows no stories"),
    "nothing": Document(b"  ", error="nothing at all"),
    "list-login": Document(LOGIN, error="log", content_type=HTML, kind=SourceKind.PAGE),
    "list-error": Document(b"<html><h1>500</h1></html>", error="no list of articles", content_type=HTML, kind=SourceKind.PAGE),
    "list-empty": Document(b"", error="nothing", content_type=HTML, kind=SourceKind.PAGE),
    "sitemap-page": Document(LOGIN, error="not a sitemap", content_type=HTML, kind=SourceKind.SITEMAP),
}  # fmt: skip


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    opened = Reader()
    yield opened
    await opened.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_each_document_is_read_as_it_is_or_refused_in_words(kit: Kit, site: Site, reader: Reader) -> None:
    async with kit.db.write() as conn:
        for position, (slug, document) in enumerate(DOCUMENTS.items()):
            body = document.body.replace(b"{site}", site.url("").encode())
            if document.kind == SourceKind.FEED:
                body = body.replace(b"https://example.edu/", f"https://example.edu/{slug}/".encode())
            site.page(f"/{slug}", body, document.content_type)
            source = Source(slug, document.kind, site.url(f"/{slug}"), allow_private=True)
            await editorial.put_source(conn, source, position)
    reports = {report.source: report for report in await tick(replace(kit, reader=reader))}
    titles = set(await rows(kit.db))
    for slug, document in DOCUMENTS.items():
        report = reports[slug]
        if document.error:
            assert (slug, report.outcome, report.error_code) == (slug, PollOutcome.FAILED, "read")
            assert document.error in report.error, (slug, report.error)
            assert report.error.endswith("."), slug
        else:
            assert report.went_well, (slug, report.error)
            assert set(document.titles) <= titles, (slug, titles)
    # No entity was opened, no address beside the sources' own asked for.
    assert not any("root:" in title or title.count("ha") > 9 for title in titles)
    assert set(site.asked) == {f"/{slug}" for slug in DOCUMENTS}
