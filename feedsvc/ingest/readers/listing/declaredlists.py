"""Lists that a page declares as schema.org data (JSON-LD): ItemList, Blog, CollectionPage, several stories."""

from typing import Any
from zoneinfo import ZoneInfo

from feedsvc.ingest.readers import dates, jsonld
from feedsvc.ingest.readers.dom import Page
from feedsvc.ingest.readers.families import GENERIC, story_parts
from feedsvc.ingest.readers.listing.items import link_title
from feedsvc.model.reading import ListItem
from feedsvc.text.html import fold, plain_text
from feedsvc.text.urls import canonical

STORIES = frozenset(
    {
        "article", "newsarticle", "blogposting", "report", "scholarlyarticle", "reportagenewsarticle", "posting",
        "socialmediaposting", "liveblogposting", "analysisnewsarticle", "opinionnewsarticle", "techarticle",
    }
)  # fmt: skip
_UNTYPED = frozenset({"", "listitem", "webpage", "thing", "creativework"})
_HOLDERS = ("itemListElement", "blogPost", "blogPosts", "hasPart", "dataFeedElement")
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "item")


def declared_items(page: Page, zone: ZoneInfo) -> tuple[ListItem, ...]:
    """The largest list of stories that the page declares, in its order; a story without a title or address is none."""
    nodes = list(jsonld.nodes(page, _INSIDE))
    lists = [_items(page, _members(node), zone) for node in nodes if not jsonld.kinds(node) & {"breadcrumblist"}]
    lists.append(_items(page, [node for node in nodes if jsonld.kinds(node) & STORIES], zone))
    return max(lists, key=len, default=())


def declares_story(page: Page) -> bool:
    """Does the page declare that it is one story itself?"""
    stories = [node for node in jsonld.nodes(page, _INSIDE) if jsonld.kinds(node) & STORIES]
    return len(stories) == 1 and bool(_text(stories[0].get("headline")) or _text(stories[0].get("name")))


def _items(page: Page, members: list[dict[str, Any]], zone: ZoneInfo) -> tuple[ListItem, ...]:
    titles = {canonical(page.link(link.get("href") or "")): link for link in page.root.iter("a")} if members else {}
    found: dict[str, ListItem] = {}
    for member in members:
        url = page.link(_address(member))
        key = canonical(url)
        title = fold(plain_text(_text(member.get("headline")) or _text(member.get("name"))))
        if not title and key in titles:
            # A list of bare addresses (as for carousels): the page's own links say what they lead to.
            title = link_title(titles[key], zone)
        if url and title and key != canonical(page.url):
            moment = dates.find(_text(member.get("datePublished")), zone)
            upstream_id, _column = story_parts(GENERIC, url)
            item = ListItem(url, title, moment.instant if moment else None, upstream_id=upstream_id)
            dated = moment.is_date if moment else True
            found.setdefault(key, item if dated else _timed(item))
    return tuple(found.values())


def _timed(item: ListItem) -> ListItem:
    return ListItem(item.url, item.title, item.date, date_is_date=False, upstream_id=item.upstream_id)


def _members(node: dict[str, Any]) -> list[dict[str, Any]]:
    """The stories that a node lists: what a ListItem holds counts for it."""
    found = []
    for name in _HOLDERS:
        value = node.get(name)
        for member in value if isinstance(value, list) else [value]:
            if isinstance(member, str):
                found.append({"url": member})
            elif isinstance(member, dict):
                inner = member.get("item")
                found.append({**member, **inner} if isinstance(inner, dict) else _listed(member))
    return [member for member in found if jsonld.kinds(member) & STORIES or jsonld.kinds(member) <= _UNTYPED]


def _listed(member: dict[str, Any]) -> dict[str, Any]:
    return member | {"url": member["item"]} if isinstance(member.get("item"), str) else member


def _address(member: dict[str, Any]) -> str:
    entity = member.get("mainEntityOfPage")
    named = entity.get("@id") if isinstance(entity, dict) else entity
    return next(
        (value for value in (member.get("url"), named, member.get("@id")) if isinstance(value, str) and value), ""
    )


def _text(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    return value if isinstance(value, str) else ""
