"""What an editor writes is an article like any other; one without a page of its own gets ours."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from feedsvc.clock import FixedClock
from feedsvc.errors import InputError, NotFound
from feedsvc.ingest.desk import Act, Order, carry_out
from feedsvc.ingest.submit.written import EDITORS, Entered, Sheet, Site, enter
from feedsvc.model.article import ArticleState, Story
from feedsvc.model.newsroom import Newsroom, Source, SourceKind
from feedsvc.newsroom.apply import apply
from feedsvc.storage import articles, dossier, reading, sources
from feedsvc.storage.database import Database
from tests.ingest.stories import BASE, ROOM, bring, furnish, places, story

SITE = Site(BASE, "en", "Asia/Shanghai")
HOUR = timedelta(hours=1)
NOTE = Story("", "A note", content_html="<p>Some words of ours.</p>")


async def write(db: Database, now: datetime, told: Story = NOTE, **sheet: Any) -> Entered:
    return await enter(db, SITE, replace(Sheet(told), **sheet), now)


async def test_without_a_page_of_its_own_it_gets_ours(db: Database, clock: FixedClock) -> None:
    await furnish(db, clock.now())
    entered = await write(db, clock.now(), categories=("campus",))
    assert (entered.source, entered.happened, entered.made_source) == ("cms", "new", False)
    assert entered.url == f"{BASE}/articles/{entered.id}"
    async with db.read() as conn:
        article = await reading.get(conn, entered.id)
    assert article is not None
    assert (article.url, article.published_at, article.state) == (entered.url, clock.now(), ArticleState.PUBLISHED)
    assert await places(db, entered.id) == {"news": (True, 1, "rule"), "campus": (True, 2, "editor")}


async def test_the_same_again_is_known_and_another_is_not(db: Database, clock: FixedClock) -> None:
    await furnish(db, clock.now())
    first = await write(db, clock.now())
    again = await write(db, clock.advance(HOUR))
    assert (again.id, again.happened, again.url) == (first.id, "known", first.url)
    other = await write(db, clock.now(), replace(NOTE, content_html="<p>Other words.</p>"))
    assert other.id != first.id
    await carry_out(db, [first.id], Order(Act.WITHDRAW), clock.now())
    assert (await write(db, clock.now())).happened == "withdrawn"


async def test_its_own_address_is_its_identity(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    (polled,) = await bring(db, now, [story(1, now)])
    told = Story("http://www.example.edu/info/1.htm?utm_source=x", "Story 1", content_html="<p>Story 1.</p>")
    assert (await write(db, now, told)).id == polled
    mine = Story("https://example.edu/mine", "Mine", content_html="<p>Mine.</p>")
    first = await write(db, now, mine)
    corrected = await write(db, now, replace(mine, content_html="<p>Mine, corrected.</p>"))
    assert (corrected.id, corrected.happened) == (first.id, "changed")
    async with db.read() as conn:
        found = await dossier.of_article(conn, polled)
    assert found is not None
    assert {seen.source for seen in found.origins} == {"usst", "cms"}


async def test_held_and_embargoed(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    held = await write(db, now, state=ArticleState.HELD)
    assert held.state is ArticleState.HELD
    later = replace(NOTE, title="Later")
    embargoed = await write(db, now, later, state=ArticleState.EMBARGOED, embargo_until=now + HOUR)
    assert embargoed.state is ArticleState.EMBARGOED
    async with db.write() as conn:
        article = await reading.get(conn, embargoed.id)
        assert article is not None
        assert article.published_at == now + HOUR
        assert await articles.release_due(conn, now + HOUR) == [embargoed.id]
    assert await places(db, embargoed.id) == {"news": (True, 1, "rule")}


async def test_published_early_it_bears_the_day_of_that(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    told = await write(db, now, state=ArticleState.EMBARGOED, embargo_until=now + 48 * HOUR)
    await carry_out(db, [told.id], Order(Act.PUBLISH, at=now + 24 * HOUR), now)
    await carry_out(db, [told.id], Order(Act.PUBLISH), clock.advance(HOUR))
    async with db.read() as conn:
        article = await reading.get(conn, told.id)
    assert article is not None
    assert article.published_at == clock.now()


async def test_an_editor_does_not_wait_for_approval(db: Database, clock: FixedClock) -> None:
    slow = Source("slow", SourceKind.PUSH, approval=True)
    await apply(db, Newsroom(sources=(slow,)), clock.now())
    assert (await write(db, clock.now())).state is ArticleState.PUBLISHED


async def test_the_source_is_the_only_one_or_made(db: Database, clock: FixedClock) -> None:
    entered = await write(db, clock.now())
    assert (entered.source, entered.made_source) == (EDITORS, True)
    assert not (await write(db, clock.now(), replace(NOTE, title="B"))).made_source
    async with db.read() as conn:
        made = await sources.get(conn, EDITORS)
    assert (made.kind, made.timezone) == (SourceKind.PUSH, "Asia/Shanghai")


async def test_several_sources_must_be_told_apart(db: Database, clock: FixedClock) -> None:
    await apply(db, replace(ROOM, sources=(*ROOM.sources, Source("two", SourceKind.PUSH))), clock.now())
    with pytest.raises(InputError, match="Name one with --source"):
        await write(db, clock.now())
    assert (await write(db, clock.now(), source="two")).source == "two"


async def test_what_cannot_be_leaves_nothing_behind(db: Database, clock: FixedClock) -> None:
    with pytest.raises(NotFound, match="There is no category 'x'"):
        await write(db, clock.now(), categories=("x",))
    with pytest.raises(InputError, match="no title"):
        await write(db, clock.now(), replace(NOTE, title=" "))
    async with db.read() as conn:
        assert await sources.every(conn) == []
