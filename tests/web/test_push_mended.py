"""Pushes that meet what is there already: embargoes that wait with what is held, ids and addresses of two articles."""

from datetime import UTC, datetime, timedelta
from typing import Any

from feedsvc.ingest.desk import Act, Order, carry_out
from feedsvc.ingest.run import release_embargoed
from feedsvc.model.article import ArticleState
from feedsvc.text.html import summarise
from tests.web.pushing import faults, pusher, told
from tests.web.rooms import Pages, everything

UNTIL = "2020-06-10T00:00:00Z"
WORDS = "<p>" + "The same notice is given to every department of the university, word for word. " * 3 + "</p>"
WAITS: dict[str, Any] = {"source": "press", "id": "w", "url": "https://www.example.edu/w", "title": "It waits"}


async def published(pages: Pages, article_id: str, at: datetime | None = None) -> str:
    """Publish an article as an editor; what is said of it."""
    (done,) = await carry_out(pages.db, [article_id], Order(Act.PUBLISH, at=at), pages.clock.now())
    return done.says


async def test_an_embargo_waits_with_what_is_held(both: Pages) -> None:
    cms = await pusher(both)
    held = await cms.sent(**WAITS, embargo_until=UNTIL)
    assert (held["state"], held["embargo_until"]) == ("held", UNTIL)
    assert "keeps its embargo" in held["note"]
    assert await release_embargoed(both.db, both.clock) == []
    says = await published(both, held["id"])
    assert says == "It is embargoed until 2020-06-10 00:00 UTC. Publish it once more to show it at once."
    both.clock.advance(timedelta(days=3))
    assert await release_embargoed(both.db, both.clock) == [held["id"]]


async def test_an_embargo_that_is_over_releases_nothing_that_is_held(both: Pages) -> None:
    cms = await pusher(both)
    held = await cms.sent(**WAITS, embargo_until=UNTIL)
    both.clock.advance(timedelta(days=3))
    assert await release_embargoed(both.db, both.clock) == []
    assert await published(both, held["id"]) == "It is published."


async def test_a_correction_may_bring_what_is_held_an_embargo_and_take_it_back(both: Pages) -> None:
    cms = await pusher(both)
    await cms.sent(**WAITS)
    later = await cms.sent(**WAITS, embargo_until=UNTIL)
    assert (later["state"], later["embargo_until"], later["changed"]) == ("held", UNTIL, ["embargo_until"])
    assert "keeps its embargo" in later["note"]
    assert (await cms.sent(**WAITS, state="published"))["embargo_until"] == UNTIL
    assert (await cms.sent(**WAITS, embargo_until="2020-06-01"))["embargo_until"] is None


async def test_no_state_of_a_push_ends_an_editors_embargo(both: Pages) -> None:
    cms = await pusher(both)
    first = await cms.sent(state="held")
    await published(both, first["id"], datetime(2020, 6, 10, tzinfo=UTC))
    for fields in ({}, {"state": "published"}, {"title": "A treaty is signed at last"}):
        again = await cms.sent(**fields)
        assert (again["state"], again["embargo_until"]) == ("embargoed", UNTIL)
    held = await cms.sent(state="held")
    assert (held["state"], held["embargo_until"]) == ("held", UNTIL)


async def test_a_correction_of_what_a_person_published_appears_at_once(both: Pages) -> None:
    cms = await pusher(both)
    held = await cms.sent(**WAITS)
    await published(both, held["id"])
    again = await cms.sent(**(WAITS | {"title": "It waited"}))
    assert (again["state"], again["revision"], again["title"]) == ("published", 2, "It waited")


async def test_an_id_of_one_article_and_an_address_of_another_are_refused(both: Pages) -> None:
    cms = await pusher(both)
    first = await cms.sent()
    second = await cms.sent(id="2", url="https://www.example.edu/2", title="Two", content_html="<p>Two.</p>")
    before = await everything(both.db)
    answer = await cms.send(url="https://www.example.edu/2", title="Mixed up")
    assert (answer.status, told(answer)["code"]) == (422, "fields")
    assert list(faults(answer)) == ["/id", "/url"]
    assert first["id"] in faults(answer)["/id"]
    assert second["id"] in faults(answer)["/id"]
    assert await everything(both.db) == before


async def test_other_ids_are_other_articles_also_in_the_same_words(both: Pages) -> None:
    cms = await pusher(both)
    same = {"title": "A notice", "content_html": WORDS}
    first = await cms.sent(**same, id="1", url="https://www.example.edu/1")
    second = await cms.sent(**same, id="2", url="https://www.example.edu/2")
    assert (second["happened"], second["id"] != first["id"]) == ("created", True)
    assert (await cms.sent(**same, id="1", url="https://www.example.edu/1"))["happened"] == "unchanged"
    # A story without an id of its own, and one of another source, are told by their words.
    assert (await cms.sent(**same, id=None, url="https://www.example.edu/3"))["id"] in (first["id"], second["id"])
    other = await cms.sent(**same, source="press", id="9", url="https://www.example.edu/4")
    assert other["id"] in (first["id"], second["id"])


async def test_no_text_makes_the_summary_slow(pages: Pages) -> None:
    cms = await pusher(pages)
    assert (await cms.sent(content_html="." * 400_000))["state"] == ArticleState.PUBLISHED
    assert summarise("." * 400_000 + "x").endswith("…")
    assert summarise("The U.S.A... Then it ends.", 15) == "The U.S.A..."
