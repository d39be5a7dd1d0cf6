"""The pages that people read: the latest, categories page by page, stories in every state."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import quote

import pytest

from feedsvc.model.article import ArticleState
from feedsvc.pages.addresses import article_path
from feedsvc.storage import clusters
from feedsvc.web.public.reading import CATEGORY_STORIES, HOME_STORIES
from tests.text import press
from tests.web.rooms import BASE, Pages, story


def titles(page: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'class="story-title"><a [^>]*>([^<]*)</a>', page)]


def older(page: str) -> str | None:
    found = re.search(r'href="([^"]*)" rel="next"', page)
    return unescape(found[1]) if found else None


async def test_an_empty_house_says_so(pages: Pages) -> None:
    for path in ("/", "/categories/news"):
        answer = await pages.get(path)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "There are no stories" in answer.text


async def test_the_latest_come_first_and_only_what_is_published(both: Pages) -> None:
    now = both.clock.now()
    for minutes, title in enumerate(("Third", "Second", "First")):
        await story(both.db, now + timedelta(minutes=minutes), title)
    for state in (ArticleState.HELD, ArticleState.EMBARGOED, ArticleState.WITHDRAWN):
        await story(both.db, now + timedelta(hours=1), f"It is {state}", state=state)
    for path in ("/", "/categories/news"):
        assert titles((await both.get(path)).text) == ["First", "Second", "Third"]


@pytest.mark.parametrize(("path", "size"), [("/", HOME_STORIES), ("/categories/news", CATEGORY_STORIES)])
async def test_older_pages_go_on_where_the_last_ended(both: Pages, path: str, size: int) -> None:
    # Several share one instant, and some are older than Unix: the key holds the order, not a page number.
    wanted = []
    for number in range(size + 3):
        at = datetime(1969, 12, 31, tzinfo=UTC) if number < 5 else both.clock.now() + timedelta(days=number // 4)
        wanted.append((await story(both.db, at, f"Story {number}")).title)
    found, here = [], path
    while here:
        page = (await both.get(here)).text
        found += titles(page)
        here = older(page) or ""
        # What comes in meanwhile moves nothing.
        if here:
            await story(both.db, both.clock.now() + timedelta(days=99), f"Late {len(found)}")
    assert len(found) == len(wanted)
    assert set(found) == set(wanted)


@pytest.mark.parametrize(
    "before", ["x", "-", "1-", "1-%20", "99999999999999999999-a", "999999999999999999-a", "1_0-a", "%D9%A1-a", "--1-a"]
)
async def test_a_key_that_is_none_is_404(pages: Pages, before: str) -> None:
    for path in ("/", "/categories/news"):
        assert (await pages.get(f"{path}?before={before}")).status == 404


async def test_beyond_the_last_page(pages: Pages) -> None:
    await story(pages.db, pages.clock.now(), "A treaty is signed")
    assert (await pages.get("/?before=0-a")).status == 404
    assert "There are no older stories" in (await pages.get("/categories/news?before=0-a")).text


@pytest.mark.parametrize("slug", ["nothing", "News", "%00", "news%00", "%FF", "a" * 3000, "..", "%2e%2e", "'--"])
async def test_a_category_that_is_none_is_404(both: Pages, slug: str) -> None:
    answer = await both.get(f"/categories/{slug}")
    assert answer.status == (400 if "%00" in slug else 404)


async def test_a_story_and_what_is_related(both: Pages) -> None:
    now = both.clock.now()
    one = await story(both.db, now, "A treaty & a <b>bridge</b>", ("news", "research"))
    await story(both.db, now, "Another", ("research",))
    answer = await both.get(article_path(one))
    assert answer.status == 200
    assert "<title>A treaty &amp; a &lt;b&gt;bridge&lt;/b&gt; · USST News</title>" in answer.text
    assert titles(answer.text) == ["Another"]
    assert f'<link rel="canonical" href="{one.url}">' in answer.text


async def test_an_old_title_leads_to_the_present_one(pages: Pages) -> None:
    one = await story(pages.db, pages.clock.now(), "校长访问青浦")
    for slug in ("", "/an-old-title", f"/{quote('校长访问')}"):
        answer = await pages.get(f"/articles/{one.id}{slug}", Host="evil.example")
        assert answer.status == 301
        assert answer.headers["Location"] == BASE + article_path(one)
        assert answer.headers["Cache-Control"] == "no-cache"
    kept = await pages.get(f"/articles/{one.id}?language=zh")
    assert kept.headers["Location"] == f"{BASE}{article_path(one)}?language=zh"


@pytest.mark.parametrize(
    ("state", "status"), [(ArticleState.WITHDRAWN, 410), (ArticleState.HELD, 404), (ArticleState.EMBARGOED, 404)]
)
async def test_a_story_that_is_not_shown_gives_nothing_away(pages: Pages, state: ArticleState, status: int) -> None:
    one = await story(pages.db, pages.clock.now(), "Top secret", state=state)
    for path in (article_path(one), f"/articles/{one.id}", f"/articles/{one.id}/other"):
        answer = await pages.get(path)
        assert answer.status == status
        assert "secret" not in answer.text.replace("top-secret", "").lower()
        assert one.url not in answer.text


async def test_what_is_gone_is_told_to_programs_as_a_problem(pages: Pages) -> None:
    one = await story(pages.db, pages.clock.now(), "Top secret", state=ArticleState.WITHDRAWN)
    answer = await pages.get(article_path(one), Accept="application/json")
    assert (answer.status, answer.headers["Content-Type"]) == (410, "application/problem+json")
    assert '"title":"This is gone"' in answer.text
    people = await pages.get(article_path(one), Accept="text/html")
    assert (people.status, people.headers["Content-Type"]) == (410, "text/html; charset=utf-8")
    assert people.headers["Vary"] == answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize("key", ["nothing", "%00", "0190f3a0-0000-7000-8000-000000000000", "%FF", "'", "%25"])
async def test_a_story_that_never_was(both: Pages, key: str) -> None:
    assert (await both.get(f"/articles/{key}")).status == (400 if key == "%00" else 404)


async def test_script_in_a_story_does_not_reach_the_page(pages: Pages) -> None:
    hostile = (
        '<p onclick="x()">Text<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:x">y</a></p>'
    )
    one = await story(pages.db, pages.clock.now(), "</title><script>alert(2)</script>", content_html=hostile)
    for path in (article_path(one), "/", "/categories/news"):
        text = (await pages.get(path)).text
        assert "alert(" not in re.sub(r"&lt;script&gt;alert\(2\)&lt;/script&gt;", "", text).replace(
            "\\u003cscript\\u003ealert(2)", ""
        )
        assert "onclick" not in text
        assert "javascript:" not in text


async def test_a_page_speaks_the_language_it_is_asked_for_and_carries_it_along(pages: Pages) -> None:
    await story(pages.db, pages.clock.now(), "A treaty is signed")
    page = (await pages.get("/?language=zh")).text
    assert '<html lang="zh-Hans">' in page
    assert 'href="/subscribe?language=zh"' in page
    assert '<html lang="en">' in (await pages.get("/?language=../../etc")).text


async def test_a_story_names_those_that_tell_nearly_the_same(both: Pages) -> None:
    now = both.clock.now()
    first = await story(both.db, now, "Signed", content_html=press.EN)
    second = await story(both.db, now + timedelta(days=1), "Signed with Qingpu", content_html=press.EN_ELSEWHERE)
    other = await story(both.db, now, "A lecture", content_html=press.NOTICES[0])
    async with both.db.write() as conn:
        await clusters.assign_many(conn, [first.id, second.id, other.id])
    page = (await both.get(article_path(first))).text
    also = page[page.index("Also told here") : page.index("Related articles")]
    assert f">{second.title}</a>" in also
    assert other.title not in also
    assert titles(page[page.index("Related articles") :]) == [other.title]
    assert "Also told here" not in (await both.get(article_path(other))).text
    assert "同题报道" in (await both.get(f"{article_path(first)}?language=zh")).text
