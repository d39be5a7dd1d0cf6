"""301 and 308 are remembered after two identical public ones, 302, 303 and 307 never: FAULTS, "Upstream"."""

from collections.abc import AsyncIterator

import pytest

from feedsvc.clock import FixedClock
from feedsvc.ingest.kit import Kit
from feedsvc.model.newsroom import Category, Source, SourceKind
from feedsvc.storage import categories, editorial
from tests.fakes.news_site import serving
from tests.fakes.public_net import open_outside
from tests.ingest.polling import HALF_HOUR, poll
from tests.ingest.site import Site


@pytest.fixture
async def outside(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """A site on the public net, with stories behind /new, and the source usst at /list."""
    async with serving(open_outside(monkeypatch)) as server:
        site = Site(server)
        for number in range(1, 9):
            site.story(number)
        site.list_of(3, 2, 1, path="/new")
        source = Source("usst", SourceKind.PAGE, site.url("/list"), categories=("news",))
        async with kit.db.write() as conn:
            await categories.put(conn, Category("news", "News"), 0)
            await editorial.put_source(conn, source, 0)
        yield site


@pytest.mark.parametrize(("status", "visits"), [(301, 2), (308, 2), (302, 5), (303, 5), (307, 5)])
async def test_a_lasting_move_is_remembered_after_two_and_a_passing_one_never(
    kit: Kit, outside: Site, clock: FixedClock, status: int, visits: int
) -> None:
    outside.server.redirect("/list", "/new", status)
    for number in range(5):
        # Something changes, so that each answer comes in full.
        outside.list_of(3, 2, 1, *range(4, 4 + number), path="/new")
        assert (await poll(kit)).went_well
        clock.advance(HALF_HOUR)
    assert (outside.asked.count("/list"), outside.asked.count("/new")) == (visits, 5)


async def test_two_moves_to_different_places_are_not_remembered(kit: Kit, outside: Site, clock: FixedClock) -> None:
    outside.list_of(3, 2, 1, path="/newer")
    for target in ("/new", "/newer", "/new", "/newer"):
        outside.server.redirect("/list", target)
        await poll(kit)
        clock.advance(HALF_HOUR)
    assert outside.asked.count("/list") == 4


async def test_a_move_that_ends_nowhere_is_forgotten(kit: Kit, outside: Site, clock: FixedClock) -> None:
    outside.server.redirect("/list", "/new")
    for number in range(3):
        outside.list_of(3, 2, 1, *range(4, 4 + number), path="/new")
        await poll(kit)
        clock.advance(HALF_HOUR)
    outside.fail("/new")
    outside.list_of(3, 2, 1)
    assert (await poll(kit)).went_well


async def test_a_private_network_moves_nothing(kit: Kit, usst: Source, site: Site, clock: FixedClock) -> None:
    site.server.redirect("/list", "/new")
    for number in range(4):
        site.story(4 + number)
        site.list_of(3, 2, 1, *range(4, 4 + number), path="/new")
        await poll(kit)
        clock.advance(HALF_HOUR)
    assert site.asked.count("/list") == 4
