"""No GET, HEAD or OPTIONS of any route changes anything, so link scanners are harmless (FAULTS, "never possible", 1)."""

import re

from feedsvc.pages.addresses import article_path
from feedsvc.web.routes import ROUTES
from tests.storage.test_archive import issue
from tests.subscribers.people import ask, confirm_token, preferences_token, reader, unsubscribe_token
from tests.web.pushing import program, pusher
from tests.web.rooms import Pages, everything, story

PENDING = "pending@example.edu"
PREFLIGHTS = {"feed", "feed-archive", "opml"}
"""Scripts on other sites may ask with OPTIONS what they may do with these."""


async def addresses(pages: Pages) -> dict[str, str]:
    """An address that works for every route that is read, by the route's name."""
    now = pages.clock.now()
    one = await story(pages.db, now, "A treaty is signed")
    async with pages.db.write() as conn:
        await issue(conn, pages.clock, 1, ids=(one.id,))
    await reader(pages.db, pages.settings, pages.clock.now())
    await ask(pages.db, pages.settings, pages.clock.now(), PENDING)
    db, settings = pages.db, pages.settings
    filled = {
        "category": "/categories/news",
        "article-short": f"/articles/{one.id}",
        "article": article_path(one),
        "feed": "/feeds/news+research.atom",
        "feed-archive": "/feeds/news/archive/1.atom",
        "confirm": f"/confirm/{await confirm_token(db, settings, pages.clock.now(), PENDING)}",
        "preferences": f"/preferences/{await preferences_token(db, settings)}",
        "unsubscribe": f"/unsubscribe/{await unsubscribe_token(db, settings, 'weekly')}",
        "archive": "/archive/weekly",
        "issue": "/archive/weekly/1",
        "pushed": f"/api/v1/articles/{(await (await pusher(pages)).sent())['id']}",
        "pushed-by-own-id": "/api/v1/sources/cms/articles/1983",
        "docs-page": "/docs/guide",
        "sitemap-part": "/sitemap-1.xml",
        "static": "/static/site.css",
    }
    plain = {route.name: route.path for route in ROUTES if route.method == "GET" and "{" not in route.path}
    return plain | filled


async def test_reading_changes_no_row(both: Pages) -> None:
    known = await addresses(both)
    token = (await program(both)).made.text
    assert set(known) == {route.name for route in ROUTES if route.method == "GET"}, "a new route belongs into this test"
    before = await everything(both.db)
    assert sum(map(len, before.values())) > 10
    for name, path in known.items():
        for method in ("GET", "HEAD", "OPTIONS", "GET"):
            asking = {"Authorization": f"Bearer {token}"} if path.startswith("/api/") else {}
            answer = await both.ask(method, path, headers={"Sec-Purpose": "prefetch", **asking})
            options = 204 if name in PREFLIGHTS else 405
            assert answer.status == (options if method == "OPTIONS" else 301 if name == "article-short" else 200), path
            assert "Set-Cookie" not in answer.headers
        # What a form would send, in the query of a GET.
        query = "action=leave&lists=&email=x@example.org&List-Unsubscribe=One-Click&_method=POST"
        assert (await both.get(f"{path}?{query}")).status in (200, 301, 404, 401), path
    assert await everything(both.db) == before


async def test_every_route_is_met_by_what_its_name_says(pages: Pages) -> None:
    for route in ROUTES:
        below_api = route.path.startswith("/api/")
        assert route.method in ("GET", "POST", "DELETE" if below_api else "OPTIONS")
        assert re.fullmatch(r"[a-z-]+", route.name)
