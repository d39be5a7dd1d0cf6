"""The sitemap: pages that are canonical here, by the protocol, with dates from the data alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedsvc.ingest.submit import written
from feedsvc.ingest.submit.written import Sheet, Site
from feedsvc.model.article import ArticleState, Story
from feedsvc.model.issue import IssueState
from feedsvc.model.newsroom import Digest
from feedsvc.pages.addresses import article_path, story_path
from feedsvc.pages.sitemap import SitemapPage
from feedsvc.pages.sitemap import sitemap as file_of
from feedsvc.storage import digests, issues
from feedsvc.web.public import sitemap
from tests.fakes.answers import Answer
from tests.storage import standing
from tests.storage.test_archive import issue
from tests.web.rooms import BASE, Pages, story

SITE = Site(BASE, "en", "UTC")
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def entries(answer: Answer) -> dict[str, str]:
    """Addresses without the base, with their dates; empty where there is none."""
    root = etree.fromstring(answer.body)
    found = {}
    for entry in root:
        location = entry.findtext(f"{SPACE}loc") or ""
        assert location.startswith(f"{BASE}/")
        assert [child.tag for child in entry] in ([f"{SPACE}loc"], [f"{SPACE}loc", f"{SPACE}lastmod"])
        found[location.removeprefix(BASE)] = entry.findtext(f"{SPACE}lastmod") or ""
    assert len(found) == len(root)
    return found


async def own_story(pages: Pages, title: str, state: ArticleState | None = None) -> str:
    """A story that was written here, by its id."""
    told = Story(url="", title=title, content_html=f"<p>The story of {title}.</p>")
    until = pages.clock.now() + timedelta(days=1) if state is ArticleState.EMBARGOED else None
    sheet = Sheet(told, categories=("news",), state=state, embargo_until=until)
    return (await written.enter(pages.db, SITE, sheet, pages.clock.now())).id


async def test_an_empty_house_has_its_standing_pages_without_dates(both: Pages) -> None:
    answer = await both.get("/sitemap.xml")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/xml")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert entries(answer) == dict.fromkeys(
        ["/", "/categories/news", "/categories/research", "/categories/yaowen", "/feeds", "/subscribe"], ""
    )


async def test_the_pages_that_are_canonical_here_and_no_others(both: Pages) -> None:
    elsewhere = await story(both.db, both.clock.now(), "A treaty is signed")
    own = await own_story(both, "A letter & an invitation")
    for state in (ArticleState.HELD, ArticleState.EMBARGOED):
        await own_story(both, f"It is {state}", state)
    gone = await own_story(both, "A mistake")
    async with both.db.write() as conn:
        await standing.set_state(conn, gone, ArticleState.WITHDRAWN, both.clock.now())
        await issue(conn, both.clock, 1)
        await issue(conn, both.clock, 2, IssueState.CANCELLED)
        await issue(conn, both.clock, None)
    found = entries(await both.get("/sitemap.xml"))
    path = story_path(own, "A letter & an invitation")
    assert list(found)[6:] == ["/archive/weekly", "/archive/weekly/1", path]
    assert article_path(elsewhere) not in found
    for page in found:
        answer = await both.get(page)
        assert answer.status == 200, page
        assert f'<link rel="canonical" href="{BASE}{page}">' in answer.text or page.startswith("/archive/"), page
        assert '"robots"' not in answer.text


async def test_dates_are_those_of_the_data(both: Pages) -> None:
    now = both.clock.now()
    await story(both.db, now, "A treaty is signed", ("news",))
    own = await own_story(both, "A letter")
    async with both.db.write() as conn:
        one = await issue(conn, both.clock, 1)
        await issues.change(conn, one.id, sent_at=datetime(2020, 6, 8, 0, 3, tzinfo=UTC))
    before = await both.get("/sitemap.xml")
    both.clock.advance(timedelta(days=400))
    found = entries(before)
    assert found["/categories/research"] == ""
    assert found["/categories/news"].startswith(now.date().isoformat())
    assert found["/"] == found["/categories/news"]
    assert found["/archive/weekly"] == found["/archive/weekly/1"] == "2020-06-08T00:03:00Z"
    assert found[story_path(own, "A letter")].startswith(now.date().isoformat())
    assert (await both.get("/sitemap.xml")).body == before.body


async def test_what_goes_to_closed_lists_is_not_hung_out(pages: Pages) -> None:
    async with pages.db.write() as conn:
        await digests.put(conn, Digest("inside", "Inside", "0 8 * * mon", lists=("staff",)), 2, pages.clock.now())
        made = await issue(conn, pages.clock, 1)
        await issues.change(conn, made.id, digest="inside")
    assert not [path for path in entries(await pages.get("/sitemap.xml")) if path.startswith("/archive")]


async def test_whoever_has_it_gets_304_and_head_gets_no_body(pages: Pages) -> None:
    first = await pages.get("/sitemap.xml")
    tag = first.headers["ETag"]
    for asked in (tag, f"W/{tag}", "*", f'"x", {tag}'):
        again = await pages.get("/sitemap.xml", If_None_Match=asked)
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    head = await pages.ask("HEAD", "/sitemap.xml")
    assert (head.status, head.body, head.headers["ETag"]) == (200, b"", tag)
    assert head.headers["Content-Length"] == str(len(first.body))
    await own_story(pages, "A letter")
    assert (await pages.get("/sitemap.xml", If_None_Match=tag)).status == 200


async def test_what_is_too_much_for_one_file_comes_in_parts(both: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        await own_story(both, f"Letter {number}")
    async with both.db.write() as conn:
        for number in range(1, 4):
            await issue(conn, both.clock, number)
    whole = entries(await both.get("/sitemap.xml"))
    assert len(whole) == 6 + 1 + 3 + 4
    assert (await both.get("/sitemap-1.xml")).body == (await both.get("/sitemap.xml")).body
    for size in (1, 3, 5, 13):
        monkeypatch.setattr(sitemap, "SIZE", size)
        parts = entries(await both.get("/sitemap.xml"))
        assert list(parts) == [f"/sitemap-{number}.xml" for number in range(1, -(-14 // size) + 1)]
        read = [entries(await both.get(part)) for part in parts]
        assert all(0 < len(part) <= size for part in read)
        assert [page for part in read for page in part.items()] == list(whole.items())
        assert (await both.get(f"/sitemap-{len(parts) + 1}.xml")).status == 404


@pytest.mark.parametrize("part", ["0", "2", "01", "-1", "x", "99999", "100000", "%D9%A1"])
async def test_a_part_that_is_none_is_404(pages: Pages, part: str) -> None:
    assert (await pages.get(f"/sitemap-{part}.xml")).status == 404


async def test_below_a_path_it_names_addresses_below_that_path(below: Pages) -> None:
    assert (
        "<loc>https://www.example.edu/press/news/categories/news</loc>"
        in (await below.get("/press/news/sitemap.xml")).text
    )


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["C"])), st.none() | st.datetimes(timezones=st.just(UTC)))
    )
)
def test_every_file_is_well_formed_and_says_what_it_was_given(pages: list[tuple[str, datetime | None]]) -> None:
    made = file_of(BASE, [SitemapPage(f"/{path}", at) for path, at in pages])
    root = etree.fromstring(made)
    assert [entry.findtext(f"{SPACE}loc") for entry in root] == [f"{BASE}/{path}" for path, _ in pages]
    assert [entry.findtext(f"{SPACE}lastmod") is None for entry in root] == [at is None for _, at in pages]
