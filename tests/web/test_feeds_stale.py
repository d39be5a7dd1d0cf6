"""Feeds that are served while the database is away say so, and stop saying so when it is back."""

import asyncio

from feedsvc.clock import FixedClock
from tests.web.rooms import Pages, put_away, put_back, serve, settings_for, story

WARM = "/feeds/news.rss"
USUAL = "public, max-age=300, stale-while-revalidate=300, stale-if-error=86400"


async def until(pages: Pages, *, stale: bool) -> dict[str, str]:
    """The headers of the feed once they do, or do not, say that it is stale; or the last ones."""
    headers: dict[str, str] = {}
    for _ in range(80):
        answer = await pages.get(WARM)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        assert answer.status == 200
        if ("feedsvc-stale" in headers) is stale:
            break
        await asyncio.sleep(0.1)
    return headers


async def test_a_stale_feed_says_so_until_the_database_is_back(sqlite_url: str, clock: FixedClock) -> None:
    settings = settings_for(sqlite_url)
    settings = settings.model_copy(update={"feeds": settings.feeds.model_copy(update={"stale_after": 1})})
    async with serve(settings, clock) as pages:
        await story(pages.db, clock.now(), "A treaty is signed")
        warm = await pages.get(WARM)
        assert "Feedsvc-Stale" not in warm.headers
        await pages.db.close()
        path = put_away(pages)
        headers = await until(pages, stale=True)
        assert int(headers["feedsvc-stale"]) >= 1
        assert headers["cache-control"] == "public, max-age=30, stale-if-error=86400"
        unchanged = await pages.get(WARM, If_None_Match=warm.headers["ETag"])
        assert unchanged.status == 304
        assert "Feedsvc-Stale" in unchanged.headers
        put_back(path)
        headers = await until(pages, stale=False)
        assert "feedsvc-stale" not in headers
        assert headers["cache-control"] == USUAL
        assert headers["etag"] == warm.headers["ETag"]
