"""Which feed an address means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.feeds.document import FeedFormat
from feedsvc.publish.keys import FeedKey, Redirect, canonical_key

SLUGS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True).filter(lambda slug: slug != "all")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/feeds/all.rss", FeedKey((), FeedFormat.RSS)),
        ("/feeds/news.atom", FeedKey(("news",), FeedFormat.ATOM)),
        ("/feeds/art-and_design.json", FeedKey(("art-and_design",), FeedFormat.JSON)),
        ("/feeds/a+b.rss", FeedKey(("a", "b"), FeedFormat.RSS)),
        ("/feeds/b+a.rss", Redirect("/feeds/a+b.rss")),
        ("/feeds/a+a.rss", Redirect("/feeds/a.rss")),
        ("/feeds/a+all.rss", Redirect("/feeds/all.rss")),
        ("/feeds/a+b+c+d+e+f+g+h.rss", FeedKey(tuple("abcdefgh"), FeedFormat.RSS)),
        ("/feeds/a+b+c+d+e+f+g+h+i.rss", None),
        ("/feeds/i+h+g+f+e+d+c+b+a.rss", None),
        ("/feeds.opml", FeedKey((), FeedFormat.OPML)),
        ("/feeds/all.opml", None),
        ("/feeds/news.xml", None),
        ("/feeds/news", None),
        ("/feeds/.rss", None),
        ("/feeds/a+.rss", None),
        ("/feeds/+a.rss", None),
        ("/feeds/A.rss", None),
        ("/feeds/a b.rss", None),
        ("/feeds/a.rss/", None),
        ("/feeds/a.rss\n", None),
        ("/feeds/../x.rss", None),
        ("/", None),
        ("/feeds/news/archive/1.atom", FeedKey(("news",), FeedFormat.ATOM, 1)),
        ("/feeds/all/archive/20.json", FeedKey((), FeedFormat.JSON, 20)),
        ("/feeds/archive/archive/1.rss", FeedKey(("archive",), FeedFormat.RSS, 1)),
        ("/feeds/news/archive/0.atom", None),
        ("/feeds/news/archive/01.atom", None),
        ("/feeds/news/archive/-1.atom", None),
        ("/feeds/news/archive/+1.atom", None),
        ("/feeds/news/archive/1_0.atom", None),
        ("/feeds/news/archive/\u0661.atom", None),
        ("/feeds/news/archive/9999999999.atom", None),
        ("/feeds/news/archive/1.opml", None),
        ("/feeds/news/archive/1", None),
        ("/feeds/news/archive/.atom", None),
        ("/feeds/a+b/archive/1.atom", None),
        ("/feeds/a+a/archive/1.atom", None),
        ("/feeds/a+all/archive/1.atom", None),
    ],
)
def test_canonical_key(path: str, expected: FeedKey | Redirect | None) -> None:
    assert canonical_key(path) == expected


@given(st.lists(SLUGS, min_size=1, max_size=8), st.sampled_from(["rss", "atom", "json"]))
def test_every_order_leads_to_one_address_in_one_step(slugs: list[str], ending: str) -> None:
    found = canonical_key(f"/feeds/{'+'.join(slugs)}.{ending}")
    end = canonical_key(found.path) if isinstance(found, Redirect) else found
    assert isinstance(end, FeedKey)
    assert end.categories == tuple(sorted(set(slugs)))
    assert canonical_key(end.path) == end


@given(SLUGS, st.integers(1, 999_999_999), st.sampled_from(["rss", "atom", "json"]))
def test_each_page_of_an_archive_has_one_address(slug: str, page: int, ending: str) -> None:
    key = FeedKey((slug,), FeedFormat(ending), page)
    assert key.path == f"/feeds/{slug}/archive/{page}.{ending}"
    assert canonical_key(key.path) == key


@given(st.text())
def test_no_path_is_too_strange(path: str) -> None:
    assert canonical_key("/feeds/" + path) is None or path.isascii()
