"""Our own pages for search engines, by the sitemap protocol 0.9 (sitemaps.org). Pure: the same pages give the same bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from feedsvc.text.dates import machine_time

LARGEST = 50_000
"""The most addresses that one file may name (sitemaps.org, "Sitemap file requirements")."""

_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class SitemapPage:
    """A page: its path below the base address, and when what it shows last changed (UTC), where that is known."""

    path: str
    changed_at: datetime | None = None


def sitemap(base_url: str, pages: Iterable[SitemapPage]) -> bytes:
    """One file of pages, in their order."""
    lines = [f'<urlset xmlns="{_SPACE}">', *(_entry("url", base_url, page) for page in pages), "</urlset>", ""]
    return _HEAD + "\n".join(lines).encode()


def sitemap_index(base_url: str, parts: int) -> bytes:
    """The list of the files, `/sitemap-1.xml` to `/sitemap-{parts}.xml`."""
    files = (SitemapPage(f"/sitemap-{number}.xml") for number in range(1, parts + 1))
    entries = (_entry("sitemap", base_url, file) for file in files)
    return _HEAD + "\n".join([f'<sitemapindex xmlns="{_SPACE}">', *entries, "</sitemapindex>", ""]).encode()


def _entry(name: str, base_url: str, page: SitemapPage) -> str:
    changed = f"<lastmod>{machine_time(page.changed_at)}</lastmod>" if page.changed_at else ""
    return f"<{name}><loc>{escape(base_url + page.path)}</loc>{changed}</{name}>"
