"""robots.txt forbids, slows down, and never breaks us."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.robots import MAX_DELAY, Rules, address, parse

NOW = datetime(2020, 6, 8, tzinfo=UTC)
TEXT = b"""\xef\xbb\xbfUser-agent: feedsvc
Disallow: /private/
Crawl-delay: 2

User-agent: *
Disallow: /
"""


def test_our_own_group_counts() -> None:
    rules = parse(TEXT, NOW)
    assert rules.allows("https://example.edu/news/1.htm")
    assert not rules.allows("https://example.edu/private/1.htm")
    assert rules.delay == 2


def test_everybodys_group_counts_where_there_is_none_of_ours() -> None:
    rules = parse(b"User-agent: *\nDisallow: /search\nCrawl-delay: 3600", NOW)
    assert not rules.allows("https://example.edu/search?q=1")
    assert rules.allows("https://example.edu/")
    assert rules.delay == MAX_DELAY


def test_no_rules_allow_everything() -> None:
    assert Rules(None, NOW).allows("https://example.edu/x")
    assert Rules(None, NOW).delay == 0
    assert parse(b"", NOW).allows("https://example.edu/x")


def test_the_rules_of_a_url_are_at_its_own_host_and_port() -> None:
    assert address("http://example.edu:8080/a/b?c#d") == "http://example.edu:8080/robots.txt"


@given(body=st.binary(max_size=300))
def test_nothing_in_it_breaks_us(body: bytes) -> None:
    rules = parse(body, NOW)
    assert rules.allows("https://example.edu/x") in (True, False)
    assert 0 <= rules.delay <= MAX_DELAY


@given(
    lines=st.lists(
        st.sampled_from(["User-agent: *", "Disallow: /", "Crawl-delay: x", "Crawl-delay: -5", "Allow:", ":", "#"])
    )
)
def test_broken_lines_are_passed_over(lines: list[str]) -> None:
    assert 0 <= parse("\n".join(lines).encode(), NOW).delay <= MAX_DELAY
