"""robots.txt forbids, slows down, and never breaks us: RFC 9309, with its own examples."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.polling.robots import MAX_BYTES, MAX_DELAY, Rules, address, everything, origin, parse

NOW = datetime(2020, 6, 8, tzinfo=UTC)
SITE = "https://example.edu"


def rules(*lines: str, agent: str = "*") -> Rules:
    """The rules of one group."""
    return parse("\n".join((f"User-agent: {agent}", *lines)).encode(), NOW)


def allowed(found: Rules, path: str) -> bool:
    return found.allows(SITE + path)


# ---------------------------------------------------------------- whose group counts


GROUPS = b"""\xef\xbb\xbfUser-agent: feedsvc
Disallow: /private/
Crawl-delay: 2

User-agent: *
Disallow: /
"""


def test_our_own_group_counts() -> None:
    found = parse(GROUPS, NOW)
    assert allowed(found, "/news/1.htm")
    assert not allowed(found, "/private/1.htm")
    assert found.delay == 2


def test_everybodys_group_counts_where_there_is_none_of_ours() -> None:
    found = rules("Disallow: /search", "Crawl-delay: 3600")
    assert not allowed(found, "/search?q=1")
    assert allowed(found, "/")
    assert found.delay == MAX_DELAY


@pytest.mark.parametrize("agent", ["feedsvc", "FeedSvc", "feedsvc/1.0", "feedsvc (news)"])
def test_our_name_is_the_product_token_in_any_case(agent: str) -> None:
    assert not allowed(rules("Disallow: /", agent=agent), "/x")


@pytest.mark.parametrize("agent", ["feedsvcbot", "feed", "Mozilla/5.0 feedsvc", ""])
def test_another_name_is_not_ours(agent: str) -> None:
    assert allowed(rules("Disallow: /", agent=agent), "/x")


def test_groups_that_name_us_are_merged() -> None:
    found = parse(
        b"User-agent: feedsvc\nDisallow: /a\n\nUser-agent: other\nDisallow: /b\n\n"
        b"user-agent: other2\nuser-agent: FEEDSVC\nDisallow: /c\ncrawl-delay: 1\n",
        NOW,
    )
    assert [allowed(found, path) for path in ("/a", "/b", "/c")] == [False, True, False]
    assert found.delay == 1


def test_an_empty_group_of_ours_frees_us() -> None:
    assert allowed(parse(b"User-agent: *\nDisallow: /\n\nUser-agent: feedsvc\n", NOW), "/x")
    assert allowed(parse(b"User-agent: feedsvc\nDisallow:\n\nUser-agent: *\nDisallow: /\n", NOW), "/x")


def test_other_lines_end_no_group() -> None:
    found = parse(b"User-agent: feedsvc\nSitemap: https://x/s.xml\nUser-agent: b\nHost: x\nDisallow: /a\n", NOW)
    assert not allowed(found, "/a")


def test_lines_before_any_group_mean_nothing() -> None:
    assert allowed(parse(b"Disallow: /\nUser-agent: b\nDisallow: /", NOW), "/x")


# ---------------------------------------------------------------- which line counts


def test_the_example_of_the_longest_match() -> None:
    # RFC 9309, section 5.2
    found = parse(b"User-Agent: feedsvc\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n", NOW)
    assert allowed(found, "/example/page/index.html")
    assert not allowed(found, "/example/page/disallowed.gif")


def test_the_simple_example() -> None:
    # RFC 9309, section 5.1
    text = (
        b"User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n"
        b"User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n"
        b"User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\nUser-Agent: quxbot\n"
    )
    everybody = parse(text, NOW)
    assert [allowed(everybody, path) for path in ("/a.gif", "/a.gif?b", "/example/x", "/publications/y", "/z")] == [
        False, True, False, True, True,
    ]  # fmt: skip
    foobot = parse(text.replace(b"foobot", b"feedsvc"), NOW)
    paths = ("/example/page.html", "/example/allowed.gif", "/example/page", "/")
    assert [allowed(foobot, path) for path in paths] == [True, True, False, False]
    bazbot = parse(text.replace(b"bazbot", b"feedsvc"), NOW)
    assert [allowed(bazbot, path) for path in ("/example/page.html", "/a.gif")] == [False, True]
    assert allowed(parse(text.replace(b"quxbot", b"feedsvc"), NOW), "/example/page.html")


@pytest.mark.parametrize(
    ("lines", "path", "expected"),
    [
        (("Disallow: /", "Allow: /news"), "/news/1", True),
        (("Allow: /news", "Disallow: /"), "/other", False),
        (("Disallow: /page", "Allow: /page"), "/page", True),
        (("Allow: /p", "Disallow: /"), "/page", True),
        (("Allow: /folder", "Disallow: /folder"), "/folder/page", True),
        (("Allow: /page", "Disallow: /*.htm"), "/page.htm", False),
        (("Allow: /page", "Disallow: /*.ph"), "/page.php5", True),
        (("Allow: /$", "Disallow: /"), "/", True),
        (("Allow: /$", "Disallow: /"), "/page.htm", False),
    ],
)
def test_the_longest_pattern_wins_and_the_allowing_one_of_two(
    lines: tuple[str, ...], path: str, expected: bool
) -> None:
    assert allowed(rules(*lines), path) is expected


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        # RFC 9309, section 2.2.2
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz", True),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https://foo.bar", True),
        ("/foo/bar/\U000e3044", "/foo/bar/\U000e3044", True),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%E3%83%84", "/foo/bar/ツ", True),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", True),
        ("/foo/bar/baz", "/foo/bar/%62%61%7a", True),
        ("/a%2fb", "/a%2Fb", True),
        ("/a%2Fb", "/a/b", False),
        # section 2.2.3
        ("/this/*/exactly", "/this/path/exactly", True),
        ("/allow/this/exactly$", "/allow/this/exactly", True),
        ("/allow/this/exactly$", "/allow/this/exactly/not", False),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", True),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-b.html", False),
        ("/path/foo-%24", "/path/foo-$", True),
        # more of the same
        ("/fish", "/fishheads/yummy.html", True),
        ("/fish", "/Fish.asp", False),
        ("/fish*", "/fish", True),
        ("/fish/", "/fish", False),
        ("/*.php", "/folder/filename.php?parameters", True),
        ("/*.php$", "/filename.php?parameters", False),
        ("/*.php$", "/a.php/b.php", True),
        ("/fish*.php", "/fishheads/catfish.php?parameters", True),
        ("/fish*.php", "/Fish.PHP", False),
        ("*/print", "/a/b/print", True),
        ("/a*b*c$", "/abc", True),
        ("/a*b*b$", "/ab", False),
        ("/*", "/", True),
        ("/a$b", "/a$b", False),
        ("fish", "/fish", False),
        ("", "/", False),
    ],
)
def test_patterns(pattern: str, path: str, matches: bool) -> None:
    assert allowed(rules(f"Disallow: {pattern}"), path) is not matches


def test_the_rules_themselves_may_always_be_fetched() -> None:
    assert allowed(rules("Disallow: /"), "/robots.txt")


def test_comments_blanks_and_every_line_end() -> None:
    for end in ("\n", "\r\n", "\r"):
        text = end.join(("# hello", " User-Agent : feedsvc  # us", "", "  disallow :/a # not this", "ALLOW: /a/b"))
        found = parse(text.encode(), NOW)
        assert [allowed(found, path) for path in ("/a", "/a/b", "/c")] == [False, True, True]


def test_an_error_page_as_rules_forbids_nothing() -> None:
    page = b"<!doctype html><html><head><title>404: Not Found</title></head><body style='color: red'>no</body></html>"
    assert parse(page, NOW) == everything(NOW)


def test_500_kib_are_read_and_no_half_line() -> None:
    head = b"User-agent: *\nDisallow: /a\n"
    filler = b"#" * (MAX_BYTES - len(head) - 12) + b"\n"
    found = parse(head + filler + b"Disallow: /news-of-old\nDisallow: /b\n", NOW)
    assert [allowed(found, path) for path in ("/a", "/news", "/", "/b")] == [False, True, True, True]


def test_hostile_patterns_cost_no_time() -> None:
    # A regular expression made of this would never end.
    assert allowed(rules("Disallow: /" + "a*" * 2000 + "b$"), "/" + "a" * 5000)


# ---------------------------------------------------------------- the rest


def test_no_rules_allow_everything() -> None:
    for found in (everything(NOW), parse(b"", NOW)):
        assert allowed(found, "/x")
        assert (found.delay, found.text) == (0, "")


@pytest.mark.parametrize(
    ("value", "seconds"), [("2", 2), ("0.5", 0.5), ("3600", MAX_DELAY), ("-5", 0), ("x", 0), ("nan", 0), ("inf", 0)]
)
def test_crawl_delays(value: str, seconds: float) -> None:
    assert rules(f"Crawl-delay: {value}").delay == seconds


def test_the_rules_of_a_url_are_at_its_own_host_and_port() -> None:
    assert address("http://example.edu:8080/a/b?c#d") == "http://example.edu:8080/robots.txt"
    assert origin("https://user:pass@Example.edu/a") == "https://example.edu"


@given(body=st.binary(max_size=300))
def test_nothing_in_it_breaks_us(body: bytes) -> None:
    found = parse(body, NOW)
    assert found.allows("https://example.edu/x") in (True, False)
    assert 0 <= found.delay <= MAX_DELAY


values = st.text("/*$%ab2Fé?=# ", max_size=12) | st.sampled_from(["2", "0.25", "feedsvc", "*"])
written = st.lists(
    st.tuples(st.sampled_from(["User-agent", "Disallow", "Allow", "Crawl-delay", "Sitemap", ""]), values), max_size=12
).map(lambda rows: "\n".join(f"{name}: {value}" for name, value in rows))


@given(text=written)
def test_what_is_kept_says_the_same(text: str) -> None:
    found = parse(text.encode(), NOW)
    assert parse(found.text.encode(), NOW) == found


@given(path=st.text("/ab*$%2?é", max_size=10))
def test_a_pattern_that_is_the_path_itself_matches(path: str) -> None:
    escaped = "/" + path.replace("*", "%2A").replace("$", "%24")
    assert not allowed(rules(f"Disallow: {escaped}"), "/" + path)
