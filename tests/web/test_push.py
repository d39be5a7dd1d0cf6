"""A CMS pushes: what becomes of an article that comes, comes again, is corrected, held, embargoed and withdrawn."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from feedsvc.ingest.run import release_embargoed
from feedsvc.model.health import SourceStatus
from feedsvc.storage import reading
from feedsvc.storage import sources as source_rows
from tests.web.pushing import ARTICLES, in_feed, program, pusher, told
from tests.web.rooms import BASE, Pages, everything


async def test_a_new_article_is_there_and_says_where(both: Pages) -> None:
    cms = await pusher(both)
    answer = await cms.send(categories=["research"])
    body = told(answer)
    assert answer.status == 201
    assert answer.headers["Location"] == f"{BASE}{ARTICLES}/{body['id']}"
    assert (body["happened"], body["state"], body["revision"], body["changed"]) == ("created", "published", 1, [])
    assert body["categories"] == ["news", "research"]
    assert body["published_at"] == "2020-06-06"
    assert body["guid"].startswith("tag:news.example.edu,2020-06-08:article/")
    page = await both.get(body["url"].removeprefix(BASE))
    assert page.status == 200
    assert "Both universities signed it" in page.text
    assert "A treaty is signed" in (await both.get("/feeds/research.atom", Accept_Encoding="identity")).text
    shown = await cms.ask("GET", answer.headers["Location"].removeprefix(BASE))
    assert shown.status == 200
    expected = {key: value for key, value in body.items() if key not in ("happened", "changed")}
    assert told(shown) == expected
    own = await cms.ask("GET", "/api/v1/sources/cms/articles/1983")
    assert told(own) == expected


async def test_again_is_unchanged_and_a_correction_is_a_revision(both: Pages) -> None:
    cms = await pusher(both)
    first = await cms.sent()
    again = await cms.send()
    assert (again.status, told(again)["happened"], "Location" in again.headers) == (200, "unchanged", False)
    assert told(again)["revision"] == 1
    both.clock.advance(timedelta(hours=1))
    second = await cms.sent(title="A treaty is signed at last", authors=["Lu Wen"])
    assert (second["id"], second["guid"]) == (first["id"], first["guid"])
    assert (second["happened"], second["revision"]) == ("updated", 2)
    assert second["changed"] == ["title", "authors"]
    assert second["updated_at"] == "2020-06-08T01:00:00Z"


async def test_its_own_id_is_the_same_story_at_another_address(both: Pages) -> None:
    cms = await pusher(both)
    first = await cms.sent()
    moved = await cms.sent(url="https://www.example.edu/2020/treaty.htm")
    assert (moved["id"], moved["happened"], moved["changed"]) == (first["id"], "updated", ["url"])
    assert moved["story_url"] == "https://www.example.edu/2020/treaty.htm"


async def test_a_date_alone_may_be_corrected(both: Pages) -> None:
    cms = await pusher(both)
    await cms.sent()
    told_ = await cms.sent(published_at="2020-06-05")
    assert (told_["happened"], told_["changed"], told_["published_at"]) == ("updated", ["published_at"], "2020-06-05")


async def test_held_until_a_person_publishes_it(both: Pages) -> None:
    cms = await pusher(both)
    held = await cms.sent(state="held")
    assert (held["happened"], held["state"]) == ("created", "held")
    assert not await in_feed(both)
    assert (await both.get(held["url"].removeprefix(BASE))).status == 404
    asked = await cms.sent(state="published")
    assert (asked["state"], asked["note"]) == ("held", "It is held: a person publishes it.")
    press = await program(both)
    waits = await press.sent(source="press", id="1", url="https://www.example.edu/1", title="Another", content_html="")
    assert (waits["state"], "approval" in waits["note"]) == ("held", True)
    again = await press.sent(
        source="press", id="1", url="https://www.example.edu/1", title="Another", content_html="", state="published"
    )
    assert again["state"] == "held"


async def test_embargoed_until_an_instant(both: Pages) -> None:
    cms = await pusher(both)
    first = await cms.sent(embargo_until="2020-06-09T08:00:00+08:00")
    assert (first["state"], first["embargo_until"]) == ("embargoed", "2020-06-09T00:00:00Z")
    assert (await both.get(first["url"].removeprefix(BASE))).status == 404
    assert (await cms.sent(embargo_until="2020-06-09T08:00:00+08:00"))["happened"] == "unchanged"
    later = await cms.sent(state="embargoed", embargo_until="2020-06-10")
    assert (later["changed"], later["embargo_until"]) == (["embargo_until"], "2020-06-09T16:00:00Z")
    # A correction that does not speak of it leaves it.
    assert (await cms.sent(title="A treaty is signed."))["embargo_until"] == "2020-06-09T16:00:00Z"
    assert not await in_feed(both)
    both.clock.advance(timedelta(days=2))
    assert await release_embargoed(both.db, both.clock) == [first["id"]]
    assert told(await cms.ask("GET", f"{ARTICLES}/{first['id']}"))["state"] == "published"


async def test_an_embargo_that_is_over_is_none(pages: Pages) -> None:
    cms = await pusher(pages)
    assert (await cms.sent(embargo_until="2020-06-07T00:00:00Z"))["state"] == "published"
    other = {"id": "2", "url": "https://www.example.edu/2", "title": "Two", "content_html": "<p>Two.</p>"}
    assert (await cms.sent(**other, embargo_until="2020-07-01"))["state"] == "embargoed"
    again = await cms.sent(**other, state="published")
    assert (again["state"], again["changed"], "embargo_until" in again["note"]) == ("embargoed", [], True)
    assert (await cms.sent(**other))["state"] == "embargoed"
    released = await cms.sent(**other, embargo_until="2020-06-07")
    assert (released["state"], released["changed"]) == ("published", ["state", "embargo_until"])
    assert released["note"] == "The embargo has passed already, so it is published."


async def test_a_withdrawal_is_final_and_says_so(both: Pages) -> None:
    cms = await pusher(both)
    first = await cms.sent()
    gone = await cms.ask("DELETE", f"{ARTICLES}/{first['id']}")
    assert (gone.status, told(gone)["happened"], told(gone)["state"]) == (200, "withdrawn", "withdrawn")
    again = await cms.ask("DELETE", "/api/v1/sources/cms/articles/1983")
    assert (again.status, again.body) == (gone.status, gone.body)
    assert (await both.get(first["url"].removeprefix(BASE))).status == 410
    assert first["guid"] in (await both.get("/feeds/news.atom", Accept_Encoding="identity")).text
    back = await cms.send(title="A treaty is signed once more")
    assert (back.status, told(back)["happened"], told(back)["state"]) == (200, "withdrawn", "withdrawn")
    assert "feedsvc article publish" in told(back)["note"]
    assert "this text was not taken" in told(back)["note"]
    assert told(await cms.ask("GET", f"{ARTICLES}/{first['id']}"))["state"] == "withdrawn"


async def test_what_is_not_there_is_404(pages: Pages) -> None:
    cms = await pusher(pages)
    for method in ("GET", "DELETE"):
        for path in (f"{ARTICLES}/nothing", "/api/v1/sources/cms/articles/nothing", "/api/v1/sources/x/articles/1"):
            answer = await cms.ask(method, path)
            assert (answer.status, told(answer)["code"]) == (404, "not_found"), path


@pytest.mark.parametrize("own", ["a/b", "a b", "https://x.example/?p=1&q=2#x", "要闻/1", "100%", "..", "a+b"])
async def test_any_id_of_the_cms_can_be_asked_for(pages: Pages, own: str) -> None:
    cms = await pusher(pages)
    first = await cms.sent(id=own)
    path = f"/api/v1/sources/cms/articles/{quote(own, safe='')}"
    assert told(await cms.ask("GET", path))["id"] == first["id"]


async def test_one_speaks_for_ones_own_articles_alone(both: Pages) -> None:
    cms = await pusher(both)
    first = await cms.sent()
    press = await program(both, sources=("press",))
    other = await press.send(source="press", id="9", title="A treaty is broken")
    assert (other.status, told(other)["happened"], told(other)["id"]) == (200, "unchanged", first["id"])
    assert told(other)["note"] == "It belongs to the source cms: only that one corrects it."
    assert told(other)["title"] == "A treaty is signed"
    # It may look at what it has shown, too, and take nothing away.
    assert (await press.ask("GET", f"{ARTICLES}/{first['id']}")).status == 200
    for path in (f"{ARTICLES}/{first['id']}", "/api/v1/sources/press/articles/9"):
        assert (await press.ask("DELETE", path)).status == 403
    assert await in_feed(both)


async def test_a_dry_run_changes_no_table_and_tells_what_would_happen(both: Pages) -> None:
    cms = await pusher(both)
    dry = f"{ARTICLES}?dry_run=1"
    before = await everything(both.db)
    new = await cms.send(dry, headers={"Idempotency-Key": "k"})
    assert (new.status, "Location" in new.headers) == (200, False)
    body = told(new)
    assert (body["happened"], body["dry_run"], body["id"], body["url"]) == ("created", True, None, None)
    assert body["categories"] == ["news"]
    assert (await cms.send(dry, title="")).status == 422
    assert await everything(both.db) == before
    first = await cms.sent()
    before = await everything(both.db)
    both.clock.advance(timedelta(hours=1))
    would = await cms.sent(dry, title="Another title")
    assert (would["happened"], would["changed"], would["id"]) == ("updated", ["title"], first["id"])
    gone = await cms.ask("DELETE", f"{ARTICLES}/{first['id']}?dry_run=1")
    assert (told(gone)["happened"], told(gone)["state"]) == ("withdrawn", "withdrawn")
    assert await everything(both.db) == before
    assert (await cms.sent())["happened"] == "unchanged"


@pytest.mark.parametrize("query", ["dryrun=1", "dry_run=yes", "dry_run=1&dry_run=0", "token=x", "dry_run=1&x="])
async def test_a_query_that_is_misspelt_is_not_in_earnest(pages: Pages, query: str) -> None:
    cms = await pusher(pages)
    before = await everything(pages.db)
    assert (await cms.send(f"{ARTICLES}?{query}")).status == 400
    assert await everything(pages.db) == before


async def test_many_at_once_are_no_burst(pages: Pages) -> None:
    cms = await pusher(pages)
    for number in range(15):
        url = f"https://www.example.edu/{number}"
        sent = await cms.sent(id=str(number), url=url, title=f"Story {number}", content_html=f"<p>Text {number}</p>")
        assert (sent["happened"], sent["state"]) == ("created", "published")


async def test_the_sources_health_tells_of_the_last_push(both: Pages) -> None:
    cms = await pusher(both)
    async with both.db.read() as conn:
        assert (await source_rows.health(conn, "cms")).status is SourceStatus.NEW
    async with both.db.write() as conn:
        due = await source_rows.claim_due(conn, both.clock.now(), timedelta(minutes=1), 10)
        assert [source.slug for source, _ in due] == ["site"]
    await cms.sent()
    async with both.db.read() as conn:
        health = await source_rows.health(conn, "cms")
    assert (health.status, health.last_success_at) == (SourceStatus.HEALTHY, both.clock.now())


async def test_a_paused_source_takes_nothing(pages: Pages) -> None:
    cms = await pusher(pages)
    async with pages.db.write() as conn:
        await source_rows.pause(conn, "cms", pages.clock.now())
    answer = await cms.send()
    assert (answer.status, "feedsvc source resume cms" in told(answer)["detail"]) == (403, True)


async def test_markup_is_made_safe_and_text_becomes_paragraphs(pages: Pages) -> None:
    cms = await pusher(pages)
    html = '<p onclick="x()">Hello<script>alert(1)</script> <a href="../1.pdf">file</a></p><iframe src="//x"></iframe>'
    first = await cms.sent(content_html=html)
    async with pages.db.read() as conn:
        found = await reading.get(conn, first["id"])
    assert found
    assert found.content_html == '<p>Hello <a href="https://www.example.edu/info/1.pdf">file</a></p>'
    fields: dict[str, Any] = {"id": "2", "url": "https://www.example.edu/2", "title": "Two", "content_html": None}
    second = await cms.sent(**fields, content_text="One <b>&\nline\n\nAnother")
    async with pages.db.read() as conn:
        found = await reading.get(conn, second["id"])
    assert found
    assert found.content_html == "<p>One &lt;b&gt;&amp;<br>line</p><p>Another</p>"
