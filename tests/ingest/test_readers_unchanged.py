"""Entries that stand as they stood are taken out of a feed; what is left is read as it is read beside them."""

from random import Random

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from feedsvc.ingest.readers.upstream.feeds import read_feed
from feedsvc.ingest.readers.upstream.unchanged import HALF, UNSEEN, halves, rest_of
from feedsvc.model.reading import FeedRead
from tests.ingest.feeddocs import DIALECTS, DOCUMENTS, SPACES, URL
from tests.ingest.test_readers_feeds import SOURCE

ONE = "<item><title>One</title><link>https://up.example/1</link></item>"
TWO = "<item><title>Two</title><link>https://up.example/2</link></item>"


def rss(items: str, given: str = "", channel: str = "") -> str:
    return f'<rss version="2.0" {SPACES}{given}><channel{channel}><title>T</title>{items}</channel></rss>'


def read(document: str, known: frozenset[str] = frozenset(), url: str = URL) -> FeedRead:
    return read_feed(document.encode(), "text/xml", url, SOURCE, known)


def marks(document: str, url: str = URL) -> frozenset[str]:
    return frozenset(story.fingerprint for story in read(document, url=url).stories)


def stands(document: str, known: frozenset[str] = frozenset()) -> tuple[str, ...] | None:
    rest = rest_of(document, URL, SOURCE, known)
    return None if rest is None else rest.stands


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_what_is_left_is_read_as_it_is_beside_the_others(document: str, chance: Random) -> None:
    whole = read(document)
    known = frozenset(story.fingerprint for story in whole.stories if chance.random() < 0.5)
    event("taken out" if stands(document) and known else "nothing to take out")
    left = read(document, known)
    _, told = halves(known)
    assert left.stories == tuple(story for story in whole.stories if story.fingerprint[HALF:] not in told)
    assert (left.title, left.dropped) == (whole.title, whole.dropped)
    assert left.unchanged == len(whole.stories) - len(left.stories)


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_has_entries_that_can_be_taken_out(name: str) -> None:
    whole = read(DIALECTS[name])
    assert whole.stories
    assert all(story.fingerprint[:HALF] != UNSEEN for story in whole.stories)
    again = read(DIALECTS[name], frozenset(story.fingerprint for story in whole.stories))
    assert (again.stories, again.unchanged, again.title) == ((), len(whole.stories), whole.title)


def test_an_entry_stands_as_it_is_written_and_where_its_words_mean_the_same() -> None:
    here = stands(rss(ONE + TWO))
    assert here == stands(rss(ONE + "\n" + TWO))
    assert here == (stands(rss(TWO + ONE)) or ())[::-1]
    assert here == stands(rss(ONE + TWO).replace("<title>T", "<pubDate>now</pubDate><title>U", 1))
    for other in (
        rss(ONE + TWO, ' xml:base="https://other.example/"'),
        rss(ONE + TWO, channel=' xml:lang="zh"'),
        rss(ONE + TWO, ' xmlns:more="https://more.example/"'),
        rss(ONE.replace("One", "1") + TWO.replace("Two", "2")),
    ):
        assert set(here or ()).isdisjoint(stands(other) or ())
    elsewhere = rest_of(rss(ONE + TWO), "https://up.example/elsewhere", SOURCE, frozenset())
    assert elsewhere is not None
    assert set(here or ()).isdisjoint(elsewhere.stands)


@pytest.mark.parametrize(
    "document",
    [
        rss(ONE + "<item/>"),
        rss('<item rdf:about=">"/>' + ONE),
        rss(ONE + TWO.replace("<title>", '<title xmlns:x="https://x.example/">')),
        rss(ONE + TWO)[:-20],
        rss(ONE + "<item>&eacute;</item>"),
        rss("<title>\ud800</title>" + ONE),
        "no feed",
    ],
    ids=["empty", "empty with a bracket", "a prefix of its own", "cut off", "an entity", "a surrogate", "no XML"],
)
def test_entries_that_cannot_be_told_apart_are_left_to_the_readers(document: str) -> None:
    assert stands(document) is None


def test_items_in_items_belong_to_the_outer_one() -> None:
    inner = ONE.replace("</link>", f"</link><media:group>{TWO}</media:group>")
    assert len(stands(rss(inner + TWO)) or ()) == 2


def test_a_later_state_is_read_and_the_others_are_counted() -> None:
    known = marks(rss(ONE + TWO))
    again = read(rss(ONE.replace("One", "Corrected") + TWO), known)
    assert ([story.title for story in again.stories], again.unchanged) == (["Corrected"], 1)


def test_halves_of_marks() -> None:
    assert halves(["a" * 16 + "b" * 16, UNSEEN + "c" * 16]) == (frozenset(["a" * 16]), frozenset(["b" * 16, "c" * 16]))
