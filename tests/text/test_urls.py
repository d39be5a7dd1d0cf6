"""Addresses: absolute, and one identity for one page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.text.urls import absolute, canonical, host_of, is_page, site_of

BASE = "https://x.example/a/b.htm"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("c.htm", "https://x.example/a/c.htm"),
        ("../c", "https://x.example/c"),
        ("/c?d=1#e", "https://x.example/c?d=1#e"),
        ("//y.example/c", "https://y.example/c"),
        (" \n/c d ", "https://x.example/c%20d"),
        ("ja\nva.htm", "https://x.example/a/java.htm"),
        ("?page=2", "https://x.example/a/b.htm?page=2"),
        ("HTTP://Y.example/", "HTTP://Y.example/"),
        ("/新闻.htm", "https://x.example/新闻.htm"),
        ("", ""),
        ("   ", ""),
        ("javascript:alert(1)", ""),
        (" java\tscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:a@x.example", ""),
        ("file:///etc/passwd", ""),
        ("http://", ""),
        ("https://", ""),
        ("https:", ""),
        ("http://[bad", ""),
        ("http://x:99999/", ""),
        ("http://x/\x01", ""),
    ],
)
def test_absolute(href: str, url: str) -> None:
    assert absolute(BASE, href) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/n/1",
        "http://x.example/n/1",
        "HTTPS://WWW.X.EXAMPLE/n/1",
        "https://x.example:443/n/1",
        "http://x.example:80/n/1",
        "https://x.example/n/1/",
        "https://x.example/n/1/index.html",
        "https://x.example/n/1/index.php?utm_source=a&UTM_Medium=b",
        "https://x.example/n/1#top",
        "https://x.example/n/1?fbclid=1&gclid=2&spm=a.b&from=timeline",
        "https://x.example./n/1",
        "https://user:pw@x.example/n/1",
        " https://x.example/n/1\n",
        "https://x.example/%6E/1",
        "https://x.example/n/./1",
        "https://x.example/m/../n/1",
        "https://x.example/../n/%2e/1/.",
        "https://x.example/n\\1",
        "https://x.example/n/1;jsessionid=0A1B",
        "https://x.example/n/1;JSESSIONID=0A1B/index.jsp?PHPSESSID=7",
        "http://x.example:443/n/1",
    ],
)
def test_one_page_has_one_identity(url: str) -> None:
    assert canonical(url) == "https://x.example/n/1"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.example/a?id=1", "https://x.example/a?id=2"),
        ("https://x.example/a?id=1", "https://x.example/a"),
        ("https://x.example/a%2Fb", "https://x.example/a/b"),
        ("https://x.example/A", "https://x.example/a"),
        ("https://x.example:8080/", "https://x.example/"),
        ("https://news.x.example/", "https://x.example/"),
        ("https://x.example/#!/1", "https://x.example/#!/2"),
        ("https://x.example/100%25", "https://x.example/100"),
        ("https://x.example/a?t=1&t=2", "https://x.example/a?t=2&t=1"),
        ("https://x.example/a;v=1", "https://x.example/a;v=2"),
        ("https://x.example/a//b", "https://x.example/a/b"),
    ],
)
def test_two_pages_have_two(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_spelling_does_not_count() -> None:
    assert canonical("https://x.example/a?b=1&a=2") == canonical("https://x.example/a?a=2&b=1")
    assert canonical("https://x.example/新") == canonical("https://x.example/%e6%96%b0")
    assert canonical("https://例え.example/") == canonical("https://xn--r8jz45g.example/")


@pytest.mark.parametrize("text", ["", "words", "mailto:a@b", "http://", "http://[bad", "https://x:port/"])
def test_what_is_no_address_stays(text: str) -> None:
    assert canonical(f" {text} ") == text


paths = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)


@given(paths, paths, paths)
def test_an_identity_is_its_own_identity(path: str, query: str, fragment: str) -> None:
    once = canonical(f"http://www.x.example/{path}?{query}#{fragment}")
    assert canonical(once) == once


# What addresses are made of, and what confuses those who take them apart.
PIECES = (
    "/ // . .. a B 新 %e6 %2F %25 % %2e \\ ; ;jsessionid=1 = & ? # #! index.html www. + : @ utm_source=x from=y id=1 "
    "%3Bjsessionid=2 %5C"
)
fragments = st.lists(st.sampled_from([*PIECES.split(), " ", "\t"]), max_size=8).map("".join)


@given(st.sampled_from(["http", "https", "HTTP"]), st.sampled_from(["", ":80", ":443", ":8080"]), fragments)
def test_an_identity_of_odd_pieces_is_its_own_identity(scheme: str, port: str, rest: str) -> None:
    once = canonical(f"{scheme}://WWW.x.example{port}/{rest}")
    assert canonical(once) == once


words = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=8).filter(lambda word: word != "index")


@st.composite
def decorated(draw: st.DrawFn) -> tuple[str, str]:
    """An address, and the same with everything that does not count."""
    path = "/".join(draw(st.lists(words, min_size=1, max_size=4)))
    query = [(f"q{number}", value) for number, value in enumerate(draw(st.lists(words, max_size=3)))]
    plain = f"https://news.example.edu/{path}" + ("?" + "&".join(f"{k}={v}" for k, v in query) if query else "")
    extra = draw(st.lists(st.sampled_from(["utm_source=rss", "UTM_x=", "fbclid=1", "from=singlemessage", "spm=a.b.c"])))
    shuffled = draw(st.permutations([f"{k}={v}" for k, v in query] + extra))
    escaped = "".join(f"%{ord(letter):02x}" if draw(st.booleans()) and letter != "/" else letter for letter in path)
    host = draw(st.sampled_from(["news.example.edu", "www.news.example.edu", "NEWS.Example.EDU", "news.example.edu."]))
    scheme, port = draw(st.sampled_from([("http", ""), ("https", ""), ("http", ":80"), ("https", ":443")]))
    end = draw(st.sampled_from(["", "/", "/index.html", "/index.php", "/default.aspx", "/./", "/x/.."]))
    mark = draw(st.sampled_from(["", "#top", "#"]))
    return plain, f"{scheme}://{host}{port}/{escaped}{end}?{'&'.join(shuffled)}{mark}"


@given(decorated())
def test_everything_that_does_not_count_does_not(pair: tuple[str, str]) -> None:
    plain, dressed = pair
    assert canonical(dressed) == canonical(plain)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(["id", "newsid", "p", "articleId", "wbnewsid"]))
def test_two_numbers_are_two_stories(one: int, other: int, name: str) -> None:
    same = one == other
    for form in (
        f"https://x.example/show.jsp?{name}={{}}",
        "https://x.example/info/1023/{}.htm",
        "https://x.example/n/{}/",
    ):
        assert (canonical(form.format(one)) == canonical(form.format(other))) == same


@given(st.text(max_size=60))
def test_no_text_breaks_them(text: str) -> None:
    canonical(text)
    is_page(text)
    host_of(text)
    found = absolute(BASE, text)
    assert not found or found.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "url", ["https://x/a.pdf", "https://x/A.DOCX?x=1", "https://x/f.zip#a", "https://x/p.jpg", "http://[bad"]
)
def test_files_are_no_pages(url: str) -> None:
    assert not is_page(url)


@pytest.mark.parametrize(
    "url",
    ["https://x/", "https://x/a.htm", "https://x/a.jsp?f=x.pdf", "https://x/v1.2", "https://mp.weixin.example/s/abc"],
)
def test_pages_are(url: str) -> None:
    assert is_page(url)


def test_host_of() -> None:
    assert host_of("https://User@X.Example:8080/a") == "x.example"
    assert host_of("words") == ""


@pytest.mark.parametrize("url", ["https://www.x.example/", "http://X.example:81/a", "https://x.example./"])
def test_one_site_with_www_and_without(url: str) -> None:
    assert site_of(url) == "x.example"


def test_other_names_are_other_sites() -> None:
    assert site_of("https://news.x.example/") == "news.x.example"
    assert site_of("https://www.example/") == "www.example"
    assert site_of("words") == ""
