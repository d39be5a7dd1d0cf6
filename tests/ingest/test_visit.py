"""What we have is asked about; what moved for good is asked for where it is."""

from datetime import timedelta

import pytest

from feedsvc.clock import FixedClock
from feedsvc.errors import FetchError
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.visit import Visit, visit
from feedsvc.model.health import Validators
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.net.client import Fetched, Gone, NotModified
from feedsvc.storage import validators
from tests.ingest.site import Site

SOURCE = Source("usst", SourceKind.PAGE, "", allow_private=True)


async def go(kit: Kit, site: Site, path: str = "/list", keep: bool = True) -> Visit:
    seen = await visit(kit.db, kit.fetcher, SOURCE, site.url(path), kit.clock.now())
    if keep and seen.kept:
        async with kit.db.write() as conn:
            await validators.put(conn, "usst", seen.kept)
    return seen


async def test_what_was_stored_is_asked_about(kit: Kit, site: Site) -> None:
    site.list_of(1)
    assert isinstance((await go(kit, site)).answer, Fetched)
    assert isinstance((await go(kit, site)).answer, NotModified)
    site.list_of(2, 1)
    assert isinstance((await go(kit, site)).answer, Fetched)


async def test_what_was_not_stored_comes_again_in_full(kit: Kit, site: Site) -> None:
    site.list_of(1)
    await go(kit, site, keep=False)
    assert isinstance((await go(kit, site)).answer, Fetched)
    assert site.conditional == []


async def test_after_a_week_of_304_one_full_fetch(kit: Kit, site: Site, clock: FixedClock) -> None:
    site.list_of(1)
    await go(kit, site)
    clock.advance(timedelta(days=6))
    assert isinstance((await go(kit, site)).answer, NotModified)
    clock.advance(timedelta(days=1))
    assert isinstance((await go(kit, site)).answer, Fetched)
    assert isinstance((await go(kit, site)).answer, NotModified)


async def test_410_is_an_answer(kit: Kit, site: Site) -> None:
    site.fail("/list", 410)
    assert (await go(kit, site)).answer == Gone()


class Moves:
    """A public site by name: `/old` redirects as its table says."""

    def __init__(self) -> None:
        self.moved_to: str | None = "https://example.edu/new"
        self.asked: list[str] = []
        self.broken: set[str] = set()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,  # noqa: ARG002 (its interface)
        last_modified: str | None = None,  # noqa: ARG002 (its interface)
        allow_private: bool = False,  # noqa: ARG002 (its interface)
    ) -> Fetched:
        self.asked.append(url)
        if url in self.broken:
            msg = f"{url} answered 404."
            raise FetchError(msg, status=404)
        moved = self.moved_to if url == OLD else None
        return Fetched(moved or url, 200, b"", moved_to=moved)


OLD, NEW = "https://example.edu/old", "https://example.edu/new"
PUBLIC = Source("usst", SourceKind.PAGE, OLD)


async def ask(kit: Kit, site: Moves, source: Source = PUBLIC) -> Validators:
    seen = await visit(kit.db, site, source, OLD, kit.clock.now())
    assert seen.kept is not None
    async with kit.db.write() as conn:
        await validators.put(conn, source.slug, seen.kept)
    return seen.kept


async def test_a_move_is_remembered_after_two_identical_ones(kit: Kit) -> None:
    site = Moves()
    for _ in range(4):
        await ask(kit, site)
    assert site.asked == [OLD, OLD, NEW, NEW]


async def test_another_target_starts_anew(kit: Kit) -> None:
    site = Moves()
    await ask(kit, site)
    site.moved_to = "https://example.edu/third"
    assert (await ask(kit, site)).moved_seen == 1
    site.moved_to = None
    assert (await ask(kit, site)).moved_to is None
    assert site.asked == [OLD, OLD, OLD]


async def test_a_target_that_fails_sends_us_back(kit: Kit) -> None:
    site = Moves()
    for _ in range(3):
        await ask(kit, site)
    site.broken, site.moved_to = {NEW}, None
    kept = await ask(kit, site)
    assert site.asked[-2:] == [NEW, OLD]
    assert kept.moved_to is None
    await ask(kit, site)
    assert site.asked[-1] == OLD


async def test_a_private_network_moves_nothing(kit: Kit) -> None:
    site = Moves()
    for _ in range(4):
        await ask(kit, site, Source("usst", SourceKind.PAGE, OLD, allow_private=True))
    assert set(site.asked) == {OLD}


async def test_a_failure_is_no_answer(kit: Kit, site: Site) -> None:
    with pytest.raises(FetchError):
        await go(kit, site, "/nothing")
    async with kit.db.read() as conn:
        assert await validators.get(conn, "usst", site.url("/nothing")) is None
