"""Entries that were read before are only counted; entries that are cut off are left for later."""

import json
from dataclasses import replace
from typing import Any

import pytest

from feedsvc.ingest.readers.upstream.feeds import read_feed
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import FeedRead
from tests.ingest.test_readers_feeds import ATOM, RSS, SOURCE, URL

ITEMS = (
    "<item><title>One</title><link>https://up.example/1</link><content:encoded>&lt;p&gt;a&lt;/p&gt;</content:encoded></item>"
    "<item><title>Two</title><link>/2</link><dc:creator>Ann</dc:creator></item>"
    "<item><title>No address</title></item>"
)


def prints(read: FeedRead) -> list[str]:
    return [story.fingerprint for story in read.stories]


def read(items: str, source: Source = SOURCE, url: str = URL, known: frozenset[str] = frozenset()) -> FeedRead:
    return read_feed(RSS.format(items=items, encoding="utf-8").encode(), "text/xml", url, source, known)


def test_entries_that_are_known_are_only_counted() -> None:
    first = read(ITEMS)
    assert (len(first.stories), first.unchanged, first.dropped) == (2, 0, 1)
    again = read(ITEMS, known=frozenset(prints(first)))
    assert (again.stories, again.unchanged, again.dropped) == ((), 2, 1)
    changed = read(ITEMS.replace("Two", "2"), known=frozenset(prints(first)))
    assert ([story.title for story in changed.stories], changed.unchanged) == (["2"], 1)


def test_a_fingerprint_does_not_depend_on_the_place() -> None:
    new = "<item><title>New</title><link>https://up.example/0</link></item>"
    assert prints(read(new + ITEMS))[1:] == prints(read(ITEMS)) == prints(read(ITEMS + new))[:2]


def test_an_entry_is_known_whichever_reader_read_it() -> None:
    # An undefined entity in the last item sends the whole document to feedparser.
    more = ITEMS + "<item><title>Caf&eacute;</title><link>https://up.example/3</link></item>"
    for first, then in ((ITEMS, more), (more, ITEMS)):
        again = read(then, known=frozenset(prints(read(first))))
        assert ([story.title for story in again.stories], again.unchanged) == (["Café"] * (then == more), 2)


def test_what_has_a_part_in_the_reading_has_a_part_in_the_fingerprint() -> None:
    other = [replace(SOURCE, timezone="UTC"), replace(SOURCE, language="zh")]
    different = [prints(read(ITEMS, source)) for source in other] + [prints(read(ITEMS, url="https://up.example/x/"))]
    assert all(set(found).isdisjoint(prints(read(ITEMS))) for found in different)
    assert prints(read(ITEMS, replace(SOURCE, slug="other"))) == prints(read(ITEMS))


def test_what_no_story_is_made_of_has_no_part_in_it() -> None:
    for added in ("<comments>17</comments>", "<comments>18</comments><x:n xmlns:x='http://x.example/'>3</x:n>"):
        counted = ITEMS.replace("</link>", f"</link>{added}")
        assert read(counted, known=frozenset(prints(read(ITEMS)))).unchanged == 2
        assert read(ITEMS, known=frozenset(prints(read(counted)))).unchanged == 2


def test_what_an_entry_inherits_belongs_to_it() -> None:
    atom = ATOM.encode()
    based = read_feed(atom, "", URL, SOURCE)
    moved = read_feed(atom.replace(b"/base/", b"/other/"), "", URL, SOURCE)
    assert set(prints(based)).isdisjoint(prints(moved))


def test_known_json_items_are_only_counted() -> None:
    data: dict[str, Any] = {
        "version": "1.1",
        "items": [{"id": "https://up.example/1", "content_text": "a"}, {"id": "x"}, 3],
    }
    body = json.dumps(data).encode()
    first = read_feed(body, "application/json", URL, SOURCE)
    assert (len(first.stories), first.unchanged, first.dropped) == (1, 0, 2)
    shuffled = json.dumps(data | {"items": [{"content_text": "a", "id": "https://up.example/1"}]}).encode()
    again = read_feed(shuffled, "application/json", URL, SOURCE, frozenset(prints(first)))
    assert (again.stories, again.unchanged) == ((), 1)
    data["authors"] = [{"name": "Ann"}]
    assert prints(read_feed(json.dumps(data).encode(), "application/json", URL, SOURCE)) != prints(first)


@pytest.mark.parametrize("cut", [7, 16, 30, 50, 70])
def test_an_entry_at_which_the_document_breaks_off_is_left_for_later(cut: int) -> None:
    whole = RSS.format(items=ITEMS, encoding="utf-8")
    body = whole[: whole.index("<item><title>Two") + cut]
    broken = read_feed(body.encode(), "text/xml", URL, SOURCE)
    assert ([story.title for story in broken.stories], broken.dropped) == (["One"], 1)
    assert read(ITEMS, known=frozenset(prints(broken))).unchanged == 1


def test_a_document_that_breaks_off_between_entries_loses_nothing() -> None:
    whole = RSS.format(items=ITEMS, encoding="utf-8")
    broken = read_feed(whole[: whole.index("<item><title>No")].encode(), "text/xml", URL, SOURCE)
    assert (len(broken.stories), broken.dropped) == (2, 0)
    barely = read_feed(whole[: whole.index("<item><title>No") + 5].encode(), "text/xml", URL, SOURCE)
    assert (len(barely.stories), barely.dropped) == (2, 0)
