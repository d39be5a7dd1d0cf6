"""The archive: issues by number, their stories as they stand today, nothing personal."""

import re
from datetime import timedelta

import pytest

from feedsvc.model.article import ArticleState
from feedsvc.web.public.archive import ISSUES_SHOWN
from tests.storage import standing
from tests.storage.test_archive import issue
from tests.web.rooms import Pages, story


async def sent(pages: Pages, number: int, ids: tuple[str, ...] = ()) -> None:
    async with pages.db.write() as conn:
        await issue(conn, pages.clock, number, ids=ids)


async def test_before_the_first_issue(pages: Pages) -> None:
    answer = await pages.get("/archive/weekly")
    assert answer.status == 200
    assert "No issue has been sent yet." in answer.text


async def test_the_issues_of_a_digest_page_by_page(both: Pages) -> None:
    for number in range(1, ISSUES_SHOWN + 3):
        await sent(both, number, ("a", "b") if number == ISSUES_SHOWN + 2 else ())
    first = (await both.get("/archive/weekly")).text
    numbers = re.findall(r'href="/archive/weekly/(\d+)"', first)
    assert numbers == [str(number) for number in range(ISSUES_SHOWN + 2, 2, -1)]
    assert "2 stories" in first
    following = re.search(r'href="(/archive/weekly\?before=3)" rel="next"', first)
    assert following
    second = (await both.get(following[1])).text
    assert re.findall(r'href="/archive/weekly/(\d+)"', second) == ["2", "1"]
    assert 'rel="next"' not in second


async def test_an_issue_in_the_order_of_its_mail_under_its_categories(both: Pages) -> None:
    now = both.clock.now()
    kept = [await story(both.db, now + timedelta(hours=n), f"Story {n}", ("news",)) for n in range(3)]
    kept.append(await story(both.db, now, "Both", ("news", "research")))
    kept.append(await story(both.db, now, "Research", ("research",)))
    kept.append(await story(both.db, now, "Nowhere", ()))
    gone = await story(both.db, now, "Withdrawn since")
    order = [kept[at].id for at in (5, 2, 4, 0, 3, 1)]
    await sent(both, 1, (gone.id, *order))
    async with both.db.write() as conn:
        await standing.set_state(conn, gone.id, ArticleState.WITHDRAWN, both.clock.now())
    answer = await both.get("/archive/weekly/1")
    assert answer.status == 200
    found = re.findall(r'class="story-title"><a [^>]*>([^<]*)<', answer.text)
    assert found == ["Story 2", "Story 0", "Both", "Story 1", "Research", "Nowhere"]
    assert "Withdrawn since" not in answer.text


async def test_issues_lead_to_their_neighbours(pages: Pages) -> None:
    for number in (1, 2, 5):
        await sent(pages, number)
    page = (await pages.get("/archive/weekly/2")).text
    assert 'rel="prev" href="/archive/weekly/1"' in page
    assert 'rel="next" href="/archive/weekly/5"' in page
    assert "Every story of this issue has been withdrawn." in page


@pytest.mark.parametrize(
    "path",
    [
        *("/archive", "/archive/nothing", "/archive/nothing/1", "/archive/weekly/2", "/archive/weekly/0"),
        *("/archive/weekly/01", "/archive/weekly/-1", "/archive/weekly/1.0", "/archive/weekly/%D9%A1"),
        *("/archive/weekly/9999999999", "/archive/weekly/1/2", "/archive/weekly?before=x", "/archive/weekly?before="),
    ],
)
async def test_what_is_no_issue_is_404(pages: Pages, path: str) -> None:
    await sent(pages, 1)
    assert (await pages.get(path)).status == 404
