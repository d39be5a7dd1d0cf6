"""What a source would bring, with nothing stored: for whoever sets one up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from feedsvc.errors import FetchError, ReadError
from feedsvc.ingest.intake.clean import clean
from feedsvc.ingest.polling.fronts import require_some
from feedsvc.ingest.polling.pages import is_markup, link_only
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.ingest.polling.sitemaps import own_files, own_pages
from feedsvc.ingest.ports import StoryReader
from feedsvc.ingest.report import CheckedItem, CheckReport
from feedsvc.model.article import Story
from feedsvc.model.newsroom import Category, Source, SourceKind
from feedsvc.model.reading import ListItem, ListPage
from feedsvc.net.client import Fetched
from feedsvc.text.categorise import categorise
from feedsvc.text.html import plain_text, summarise
from feedsvc.text.urls import is_page

PUSHED = "There is nothing to check: the articles of this source are pushed."


@dataclass(frozen=True, slots=True)
class _Check:
    fetcher: PoliteFetcher
    reader: StoryReader
    source: Source
    limit: int
    categories: Sequence[Category]


async def check(
    fetcher: PoliteFetcher,
    reader: StoryReader,
    source: Source,
    limit: int = 10,
    categories: Sequence[Category] = (),
) -> CheckReport:
    """Read a source and the first `limit` of its stories in full. Nothing is stored, nothing is asked conditionally.

    `categories`: those there are; without them, any that the source names. What upstream does wrong stands in the
    report's `problems`, what may be meant so in its `remarks`; nothing is raised for either.
    """
    if source.kind == SourceKind.PUSH:
        return CheckReport(source.slug, source.kind.value, source.url, remarks=(PUSHED,))
    named = categories or [Category(slug, slug) for slug in (*source.categories, *source.category_map.values())]
    what = _Check(fetcher, reader, source, limit, tuple({category.slug: category for category in named}.values()))
    try:
        report = await _read(what, await _get(what, source.url))
        return replace(report, rules=dict(source.list_rules), remarks=tuple(_remarks(report, source)))
    except (FetchError, ReadError) as error:
        return CheckReport(source.slug, source.kind.value, source.url, problems=(str(error),))


async def _read(what: _Check, fetched: Fetched) -> CheckReport:
    if what.source.kind == SourceKind.FEED:
        return await _feed(what, fetched)
    if what.source.kind == SourceKind.SITEMAP:
        return await _sitemap(what, fetched)
    return await _listed(what, fetched, await what.reader.list_page(fetched, what.source))


def _remarks(report: CheckReport, source: Source) -> Iterator[str]:
    """What an editor should know of what was read, though nothing is wrong with it."""
    if report.preset == "generic" and not source.list_rules.get("item"):
        yield (
            "The list was found by its look, as at every poll: where the page changes, another may be taken for it. "
            f"`feedsvc source add {source.url}` shows rules that pin it."
        )
    read = [item for item in report.items if not item.problem]
    if read and not any(item.published_at for item in read):
        yield "None of these stories bears a date: they are sorted by when they were first seen."
    if read and not any(item.text for item in read):
        yield "None of these stories has a text: only titles and links would be kept."
    if read and not any(item.categories for item in read):
        yield "None of these stories is in a category: give the source one, or a map of its own words."


async def _feed(what: _Check, fetched: Fetched) -> CheckReport:
    feed = await what.reader.feed(fetched, what.source)
    require_some(what.source, len(feed.stories), fetched.url)
    return CheckReport(
        what.source.slug,
        what.source.kind.value,
        fetched.url,
        title=feed.title,
        listed=len(feed.stories),
        items=tuple(_item(what, story) for story in feed.stories[: what.limit]),
    )


async def _sitemap(what: _Check, fetched: Fetched) -> CheckReport:
    page = await what.reader.sitemap(fetched, what.source)
    if files := own_files(page, what.source):
        # One file of an index stands for all of them.
        fetched = await _get(what, files[0])
        page = await what.reader.sitemap(fetched, what.source)
    return await _listed(what, fetched, ListPage(own_pages(page, what.source), page.next_url, page.preset))


async def _listed(what: _Check, fetched: Fetched, page: ListPage) -> CheckReport:
    require_some(what.source, len(page.items), fetched.url)
    return CheckReport(
        what.source.slug,
        what.source.kind.value,
        fetched.url,
        page.preset,
        next_url=page.next_url,
        listed=len(page.items),
        items=tuple([await _page(what, item) for item in page.items[: what.limit]]),
    )


async def _page(what: _Check, item: ListItem) -> CheckedItem:
    if not is_page(item.url):
        return _item(what, link_only(item), item.url)
    try:
        fetched = await _get(what, item.url)
        if not is_markup(fetched):
            return _item(what, link_only(item), item.url)
        story = await what.reader.article_page(fetched, what.source, item)
    except (FetchError, ReadError) as error:
        return _item(what, link_only(item), item.url, problem=str(error))
    return _item(what, story, item.url)


async def _get(what: _Check, url: str) -> Fetched:
    answer = await what.fetcher.get(url, allow_private=what.source.allow_private)
    if isinstance(answer, Fetched):
        return answer
    msg = f"{url} was taken away for good (410). Open it in a browser, and give the source its new address."
    raise FetchError(msg, status=410)


def _item(what: _Check, story: Story, listed_url: str = "", problem: str = "") -> CheckedItem:
    told, text = clean(story), plain_text(story.content_html)
    return CheckedItem(
        url=told.url,
        title=told.title,
        date=_day(told.published, what.source.timezone),
        published_at=told.published,
        published_is_date=told.published_is_date,
        authors=told.authors,
        categories=categorise(told, what.source, what.categories, (listed_url,) if listed_url else ()),
        language=told.language or what.source.language,
        summary=told.summary or summarise(text),
        text=text,
        content_html=told.content_html,
        image=told.image,
        attachments=told.attachments,
        problem=problem or ("" if told.title else "It has no title, so it would not be kept."),
    )


def _day(published: datetime | None, zone: str) -> str:
    return f"{published.astimezone(ZoneInfo(zone)):%Y-%m-%d}" if published else ""
