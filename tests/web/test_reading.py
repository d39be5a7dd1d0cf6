"""The pages that people read: the latest, categories page by page, stories in every state."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import quote

import pytest

from feedsvc.ingest.submit import written
from feedsvc.ingest.submit.written import Sheet, Site
from feedsvc.model.article import ArticleState, Story
from feedsvc.pages.addresses import article_path
from feedsvc.storage import clusters, reading
from feedsvc.web.public.reading import CATEGORY_STORIES, HOME_STORIES
from tests.storage import standing
from tests.text import press
from tests.web.rooms import BASE, Pages, story


def titles(page: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'class="story-title"><a [^>]*>([^<]*)</a>', page)]


def older(page: str) -> str | None:
    found = re.search(r'href="([^"]*)" rel="next"', page)
    return unescape(found[1]) if found else None


def newer(page: str) -> str | None:
    found = re.search(r'href="([^"]*)" rel="prev"', page)
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
    "before",
    [
        "x",
        "-",
        "1-",
        "1-%20",
        "99999999999999999999-a",
        "999999999999999999-a",
        "1_0-a",
        "%D9%A1-a",
        "--1-a",
        "01-a",
        "-0-a",
        "+1-a",
    ],
)
async def test_a_key_that_is_none_is_404(pages: Pages, before: str) -> None:
    for path in ("/", "/categories/news"):
        assert (await pages.get(f"{path}?before={before}")).status == 404


async def test_beyond_the_last_page(pages: Pages) -> None:
    await story(pages.db, pages.clock.now(), "A treaty is signed")
    assert (await pages.get("/?before=0-a")).status == 404
    beyond = await pages.get("/categories/news?before=0-a")
    assert beyond.status == 404
    assert "There are no older stories" in beyond.text
    assert '<a href="/categories/news">Back to the newest stories</a>' in beyond.text


@pytest.mark.parametrize(("path", "size"), [("/", HOME_STORIES), ("/categories/news", CATEGORY_STORIES)])
async def test_the_way_back_shows_every_story_once(both: Pages, path: str, size: int) -> None:
    for number in range(2 * size + 3):
        await story(both.db, both.clock.now() + timedelta(days=number // 4), f"Story {number}")
    walked = [path]
    while following := older((await both.get(walked[-1])).text):
        walked.append(following)
    assert len(walked) == 3
    assert newer((await both.get(walked[2])).text) == walked[1]
    assert newer((await both.get(walked[1])).text) == path
    assert newer((await both.get(path)).text) is None
    # What comes in meanwhile makes the first page another, and the way back still leaves nothing out.
    shown = titles((await both.get(path)).text)
    await story(both.db, both.clock.now() + timedelta(days=99), "Late")
    back = newer((await both.get(walked[1])).text)
    assert back not in (None, path)
    assert titles((await both.get(back or "")).text) == shown
    assert newer((await both.get(back or "")).text) == path


@pytest.mark.parametrize("path", ["/", "/categories/news"])
async def test_older_pages_say_what_they_are(pages: Pages, path: str) -> None:
    for number in range(CATEGORY_STORIES + 1):
        await story(pages.db, pages.clock.now(), f"Story {number}")
    first = (await pages.get(path)).text
    following = older(first)
    assert following is not None
    assert f'<link rel="next" href="{following}">' in first
    assert '<link rel="prev"' not in first
    assert 'name="robots"' not in first
    second = (await pages.get(following)).text
    assert f'<link rel="canonical" href="{BASE}{following}">' in second
    assert f'<link rel="prev" href="{path}">' in second
    assert '<meta name="robots" content="noindex, follow">' in second
    assert ": older stories" in second[: second.index("</title>")]
    assert f'<a href="{path}">Back to the newest stories</a>' in second
    # An empty key is the first page, under its one address.
    assert f'<link rel="canonical" href="{BASE}{path}">' in (await pages.get(f"{path}?before=")).text


async def test_the_page_before_ends_where_a_page_begins(both: Pages) -> None:
    size = 5
    for day in range(40):
        await story(both.db, both.clock.now() + timedelta(days=day), f"Day {day}")
    async with both.db.read() as conn:
        newest = await reading.latest(conn, ("news",), 40)
        for at in (5, 20, 34):
            place = (newest[at].sort_at, newest[at].id)
            for category in ("news", None):
                start = await reading.newer(conn, category, size, place)
                page = await reading.latest(conn, (category,) if category else (), size, start)
                assert page[-1].id == newest[at].id
                assert len(page) == size
        assert await reading.newer(conn, "research", size, (newest[20].sort_at, newest[20].id)) is None


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


async def test_a_story_that_was_withdrawn_before_anybody_saw_it_never_was(both: Pages) -> None:
    sheet = Sheet(Story(url="", title="Top secret", content_html="<p>Nobody knows.</p>"), state=ArticleState.HELD)
    one = await written.enter(both.db, Site(BASE, "en", "UTC"), sheet, both.clock.now())
    async with both.db.write() as conn:
        await standing.set_state(conn, one.id, ArticleState.WITHDRAWN, both.clock.now())
    for accept in ("text/html", "application/json"):
        answer = await both.get(f"/articles/{one.id}", Accept=accept)
        assert answer.status == 404
        assert "withdrawn" not in answer.text.lower()


async def test_a_withdrawn_story_says_when_and_leads_on_by_one_step(pages: Pages) -> None:
    one = await story(pages.db, pages.clock.now(), "Top secret")
    async with pages.db.write() as conn:
        await standing.set_state(conn, one.id, ArticleState.WITHDRAWN, datetime(2020, 6, 9, tzinfo=UTC))
    page = (await pages.get(article_path(one))).text
    assert "The newsroom took it back on June 9, 2020." in page
    assert re.findall(r'class="button[^"]*" href="([^"]*)"', page) == ["/"]
    assert '<meta name="robots" content="noindex">' in page
    head = await pages.ask("HEAD", article_path(one))
    assert (head.status, head.body) == (410, b"")


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


async def test_a_full_page_is_small_and_its_styles_and_scripts_are_ours(pages: Pages) -> None:
    for number in range(CATEGORY_STORIES + 1):
        one = await story(pages.db, pages.clock.now(), f"A story of some length with the number {number}")
    for path in ("/", "/categories/news", article_path(one)):
        page = await pages.get(path)
        assert len(page.body) < 60_000
        asked = re.findall(
            r'<(?:script|link rel="(?:stylesheet|icon)"|img|iframe)[^>]*(?:src|href)="([^"]*)"', page.text
        )
        assert len(asked) >= 5
        assert all(address.startswith("/") and not address.startswith("//") for address in asked)
