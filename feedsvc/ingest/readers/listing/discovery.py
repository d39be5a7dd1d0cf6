"""What an address offers to whoever looks for news: its feeds, its lists with rules, and where else to look."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.dom import Page, asks_for_login, attribute, parse, select, words
from feedsvc.ingest.readers.families import GENERIC, Family, crumbs, recognise, story_parts
from feedsvc.ingest.readers.languages import language_of
from feedsvc.ingest.readers.listing.declaredlists import declares_story
from feedsvc.ingest.readers.listing.detection import Detected, detect
from feedsvc.ingest.readers.listing.lists import DECLARED, list_of
from feedsvc.model.discovery import Answered, FeedLink, FoundList, Method, PageFacts
from feedsvc.model.newsroom import Source
from feedsvc.text.charset import decode
from feedsvc.text.urls import canonical, is_page, site_of

_HEAD = 2048
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]|\"version\"\s*:\s*\"https?://jsonfeed\.org/", re.IGNORECASE)
_SITEMAP = re.compile(r"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!doctype html|html|head|body|meta|div|table|title)\b", re.IGNORECASE)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_FEED_PATH = re.compile(r"(?:\.(?:rss|atom)|/(?:feed|rss|atom)(?:\.xml|\.json|\.php)?/?|/index\.rdf)$", re.IGNORECASE)
_FEED_WORDS = re.compile(r"(?:rss|atom|json feed|rss ?feed|rss ?订阅|subscribe via rss)", re.IGNORECASE)
_NEWS_WORDS = re.compile(
    r"(?:(?:all|more|latest|university|campus) )?news(?: (?:& |and )?(?:events|stories|releases|room|cent(?:er|re)))?|newsroom|"
    r"press releases|(?:学校|校园|综合|学院|新闻)?(?:新闻|要闻|动态)(?:网|中心|快讯)?|all stories|blog",
    re.IGNORECASE,
)
_MOST_LISTS = 3
_MOST_LINKS = 3000
_STORY_PROSE = 400
_LITTLE_TEXT = 300
_EAST_ASIAN = ("zh", "ja", "ko")


def examine(body: bytes, content_type: str, url: str, source: Source) -> PageFacts:
    """What the address offers; `source` gives zone and preset. Raises ReadError for a page that holds nothing."""
    answered = _answered(body, content_type)
    if answered is not Answered.PAGE:
        return PageFacts(url, answered)
    page, zone = parse(body, content_type, url), ZoneInfo(source.timezone)
    family = recognise(page, source)
    detected = tuple(islice(detect(page, family, zone), _MOST_LISTS))
    lists = _lists(page, family, source, detected)
    links = tuple(dict.fromkeys(canonical(address) for address in _addresses(page)))[:_MOST_LINKS]
    text = words(page.root)
    return PageFacts(
        url,
        answered,
        title=next((words(title) for title in page.root.iter("title")), ""),
        language=_language(page, text),
        feeds=tuple(_feeds(page)),
        lists=lists,
        sections=tuple(_sections(page, family)),
        links=links,
        story=_is_story(page, lists, detected),
        login=asks_for_login(page),
        scripted=not lists and len(text) < _LITTLE_TEXT and next(page.root.iter("script"), None) is not None,
    )


def _answered(body: bytes, content_type: str) -> Answered:
    if body.startswith(b"\x1f\x8b"):
        return Answered.SITEMAP
    head = decode(body[:_HEAD], content_type)
    if _SITEMAP.search(head):
        return Answered.SITEMAP
    if _FEED.search(head) and not re.match(r"\s*<!doctype html", head, re.IGNORECASE):
        return Answered.FEED
    kind = content_type.partition(";")[0].strip().lower()
    if "html" in kind or _PAGE.search(head):
        return Answered.PAGE
    return Answered.SITEMAP if kind == "text/plain" and head.startswith(("http://", "https://")) else Answered.OTHER


# ------------------------------------------------------------ lists


def _lists(page: Page, family: Family, source: Source, detected: tuple[Detected, ...]) -> tuple[FoundList, ...]:
    found = [_by_preset(page, source, DECLARED, Method.JSONLD)]
    if family is not GENERIC:
        found.append(_by_preset(page, source, family.name, Method.PRESET))
    found += [FoundList(Method.LIST, family.name, one.items, one.rules.written()) for one in detected]
    # The same stories are told once, by the first way that reads them.
    once: dict[tuple[str, ...], FoundList] = {}
    for one in found:
        if one is not None:
            once.setdefault(_key(one), one)
    return tuple(once.values())


def _by_preset(page: Page, source: Source, preset: str, method: Method) -> FoundList | None:
    try:
        read = list_of(page, replace(source, preset=preset, list_rules={}))
    except ReadError:
        return None
    return FoundList(method, preset, read.items)


def _key(one: FoundList) -> tuple[str, ...]:
    return tuple(sorted(canonical(item.url) for item in one.items))


def _is_story(page: Page, lists: tuple[FoundList, ...], detected: tuple[Detected, ...]) -> bool:
    if any(one.method is Method.JSONLD for one in lists):
        return False
    if story_parts(GENERIC, page.url)[0]:
        return True
    kinds = [attribute(meta, "content").lower() for meta in page.root.iter("meta") if meta.get("property") == "og:type"]
    if "article" not in kinds and not declares_story(page):
        return False
    # Some sites call every page an article: one that says little beside its list is none.
    rows = {row for one in detected for row in select(page.root, one.rules.item)}
    prose = [part for part in page.root.iter("p") if not any(up in rows for up in part.iterancestors())]
    return sum(len(words(part)) for part in prose) >= _STORY_PROSE or not detected


# ------------------------------------------------------------ links


def _feeds(page: Page) -> Iterator[FeedLink]:
    seen: set[str] = set()
    for link in (*page.root.iter("link"), *page.root.iter("a")):
        url = page.link(link.get("href") or "")
        if not url or url in seen:
            continue
        declared = link.tag == "link"
        if _is_declared_feed(link) if declared else _leads_to_feed(page, link, url):
            seen.add(url)
            yield FeedLink(url, attribute(link, "title") or words(link), declared)


def _is_declared_feed(link: HtmlElement) -> bool:
    rel, kind = (link.get("rel") or "").lower().split(), (link.get("type") or "").partition(";")[0].strip().lower()
    return "alternate" in rel and kind in _FEED_TYPES


def _leads_to_feed(page: Page, link: HtmlElement, url: str) -> bool:
    if site_of(url) != site_of(page.url):
        return False
    return _FEED_PATH.search(urlsplit(url).path) is not None or _FEED_WORDS.fullmatch(words(link)) is not None


def _sections(page: Page, family: Family) -> Iterator[str]:
    """Where the list may be: the breadcrumb's pages from the nearest up, then what is called news."""
    trail = crumbs(page, family)
    above = [link for link in (trail.iter("a") if trail is not None else ()) if not _is_home(page.link(_href(link)))]
    named = [link for link in page.root.iter("a") if _NEWS_WORDS.fullmatch(attribute(link, "title") or words(link))]
    seen = {canonical(page.url), canonical(page.link("/"))}
    for link in (*reversed(above), *named):
        url = page.link(_href(link))
        if url and canonical(url) not in seen and is_page(url) and _is_near(page.url, url):
            seen.add(canonical(url))
            yield url


def _href(link: HtmlElement) -> str:
    return link.get("href") or ""


def _is_home(url: str) -> bool:
    return urlsplit(canonical(url)).path == "/"


def _is_near(here: str, there: str) -> bool:
    """Is it the same site, or a part of it (news.example.edu of www.example.edu)?"""
    own, other = site_of(here), site_of(there)
    return own == other or other.endswith(f".{own}") or own.endswith(f".{other}")


def _addresses(page: Page) -> Iterator[str]:
    for link in page.root.iter("a"):
        if url := page.link(link.get("href") or ""):
            yield url


# ------------------------------------------------------------ language


def _language(page: Page, text: str) -> str:
    """The language that the page names, where its letters do not say otherwise; templates often name a wrong one."""
    named = attribute(page.root, "lang") or attribute(page.root, "{http://www.w3.org/XML/1998/namespace}lang")
    told = language_of(named, text, "") or ""
    if not told and named[:2].lower() in _EAST_ASIAN:
        # Written in Latin letters by a site of East Asia: its English pages bear the language of its template.
        return "en"
    return told.partition("-")[0]
