"""A site's sitemaps, for discovery: those that robots.txt names, or the usual places; those of news first."""

import re
from dataclasses import replace

from feedsvc.errors import FetchError, ReadError
from feedsvc.ingest.discovery import judging
from feedsvc.ingest.discovery.errand import Errand
from feedsvc.ingest.discovery.judging import Scene
from feedsvc.ingest.polling.robots import address
from feedsvc.ingest.polling.sitemaps import own_files, own_pages
from feedsvc.model.discovery import Candidate, Method
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.net.client import Fetched
from feedsvc.text.urls import absolute

_MOST = 3
_MOST_FILES = 2
_LINE = re.compile(r"^\s*sitemap\s*:\s*(https?://\S+|/\S*)", re.IGNORECASE | re.MULTILINE)
_KINDS = tuple(
    re.compile(words, re.IGNORECASE) for words in ("news", r"posts?\b|post-|articles?|stor(?:y|ies)|blog|press")
)
_ASIDE = re.compile(r"image|video|categor|tag|author|taxonom|user|product|attachment", re.IGNORECASE)
_USUAL = ("/sitemap.xml", "/sitemap_index.xml")


async def look(errand: Errand, scene: Scene) -> list[Candidate]:
    """The sitemaps of the scene's site; where robots.txt names none, the first of the usual ones that answers."""
    named = await _named(errand, scene.url)
    if not named:
        for path in _USUAL:
            found = await _one(errand, absolute(scene.url, path), scene)
            if any(one.stories for one in found):
                return found
        return []
    found = []
    for url in sorted(named, key=_place)[:_MOST]:
        found += await _one(errand, url, scene)
        if any(one.holds for one in found):
            break
    return found


async def read(errand: Errand, fetched: Fetched, scene: Scene) -> list[Candidate]:
    """A sitemap that was fetched, or the likeliest files of an index. Raises ReadError, FetchError."""
    page = await errand.reader.sitemap(fetched, errand.source)
    here = _on(errand, fetched.url)
    if not page.sitemaps:
        return [judging.sitemap(fetched.url, own_pages(page, here), scene)]
    files = sorted((url for url in own_files(page, here) if not _ASIDE.search(url)), key=_place)
    best = [url for url in files if _place(url) == _place(files[0])]
    found: list[Candidate] = []
    # Of several files of one make the newest stories may be in any: the index is read as a whole then.
    for url in best[-1:] if len(best) > 1 else files[:_MOST_FILES]:
        part = await errand.reader.sitemap(await errand.get(url), errand.source)
        source = fetched.url if len(best) > 1 else url
        found.append(judging.sitemap(source, own_pages(part, here), scene))
        if found[-1].holds:
            break
    return found


async def _one(errand: Errand, url: str, scene: Scene) -> list[Candidate]:
    try:
        return await read(errand, await errand.get(url), scene)
    except (FetchError, ReadError) as error:
        return [judging.missed(Method.SITEMAP, SourceKind.SITEMAP, url, str(error))]


async def _named(errand: Errand, url: str) -> list[str]:
    try:
        rules = await errand.get(address(url))
    except FetchError:
        return []
    named = (absolute(url, found) for found in _LINE.findall(rules.body.decode("utf-8", "replace")))
    return list(dict.fromkeys(one for one in named if one and judging.near(one, url)))


def _place(url: str) -> int:
    """How likely a sitemap is one of stories, by its name: 0 is the likeliest."""
    name = url.rpartition("/")[2]
    return next((place for place, words in enumerate(_KINDS) if words.search(name)), len(_KINDS))


def _on(errand: Errand, url: str) -> Source:
    return replace(errand.source, kind=SourceKind.SITEMAP, url=url)
