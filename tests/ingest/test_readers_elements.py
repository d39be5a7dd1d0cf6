"""What each element adds to an entry: said here in values, and the same from both readers."""

import pytest

from feedsvc.ingest.readers.upstream import tolerant, wellformed
from feedsvc.ingest.readers.upstream.entries import Entry, Link, Media
from tests.ingest.feeddocs import SPACES, URL

HEAD = '<rss version="2.0" {}><channel><title>F</title><item>{}</item></channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" {}><title>F</title><entry>{}</entry></feed>'


def entry(fields: str, shell: str = HEAD) -> Entry:
    document = shell.format(SPACES, fields)
    quick = wellformed.read_document(document, URL)
    assert quick is not None
    assert quick == tolerant.read_document(document, URL)
    return quick.entries[0]


def values(fields: str, shell: str = HEAD) -> tuple[str | None, str | None, list[str]]:
    found = entry(fields, shell)
    title, summary = found.title, found.summary
    return title.value if title else None, summary.value if summary else None, [part.value for part in found.contents]


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ("<title>a</title><title>b</title>", "a"),
        ("<title/><title>b</title>", "b"),
        ("<media:title>m</media:title><title>a</title>", "a"),
        ("<title>a</title><media:title>m</media:title>", "a"),
        ("<media:content url='http://x.example/1'><media:title>m</media:title></media:content><title>a</title>", "a"),
        ("<title>a</title><source url='http://x.example/'>s</source><media:title>m</media:title>", "m"),
        ("<dc:title>d</dc:title><title>a</title>", "d"),
        ("<itunes:title>i</itunes:title>", None),
    ],
)
def test_which_title_counts(fields: str, title: str | None) -> None:
    assert values(fields)[0] == title


@pytest.mark.parametrize(
    ("fields", "summary", "contents"),
    [
        ("<description>d</description>", "d", []),
        ("<description>d</description><content:encoded>c</content:encoded>", "d", ["c"]),
        ("<content:encoded>c</content:encoded><description>d</description>", "d", ["c"]),
        ("<description>d</description><itunes:summary>i</itunes:summary>", "d", ["i"]),
        (
            "<content:encoded>c</content:encoded><description>d</description><itunes:summary>i</itunes:summary>",
            "i",
            ["c"],
        ),
        ("<abstract>a</abstract><description>d</description>", "a", ["d"]),
        ("<description>d</description><abstract>a</abstract>", "a", []),
        ("<media:group><media:description>m</media:description></media:group>", "m", []),
        ("<content/><summary>s</summary>", "s", []),
    ],
)
def test_summary_and_contents(fields: str, summary: str | None, contents: list[str]) -> None:
    assert values(fields)[1:] == (summary, contents)


@pytest.mark.parametrize(
    ("fields", "link", "identity"),
    [
        ("<link>http://x.example/1</link>", "http://x.example/1", ""),
        ("<link>/1?a=1&amp;b=2</link>", "https://up.example/1?a=1&b=2", ""),
        ("<guid>http://x.example/g</guid>", "http://x.example/g", "http://x.example/g"),
        ("<guid>g</guid>", "https://up.example/news/g", "https://up.example/news/g"),
        ("<guid isPermaLink='false'>g</guid>", "", "g"),
        ("<guid>http://x.example/g</guid><link>http://x.example/1</link>", "http://x.example/1", "http://x.example/g"),
        ("<link/><guid>http://x.example/g</guid>", "", "http://x.example/g"),
        ("<link>http://x.example/1</link><atom:link rel='self' href='http://x.example/s'/>", "http://x.example/1", ""),
        ("<atom:link href='a'/><atom:link href='b'/>", "https://up.example/news/b", ""),
        ("<atom:link href='a.pdf' type='application/pdf'/>", "", ""),
        ("<link xml:base='http://b.example/x/'>1</link>", "http://b.example/x/1", ""),
    ],
)
def test_link_and_id(fields: str, link: str, identity: str) -> None:
    found = entry(fields)
    assert (found.link, found.id) == (link, identity)


def test_bases_within_bases() -> None:
    shell = ATOM.replace("<feed ", "<feed xml:base='http://b.example/a/' ").replace("<entry>", "<entry xml:base='b/'>")
    found = entry("<link href='x'/><content xml:base='c/' type='html'>&lt;a href='y'&gt;y&lt;/a&gt;</content>", shell)
    assert (found.link, found.contents[0].base) == ("http://b.example/a/b/x", "http://b.example/a/b/c/")


@pytest.mark.parametrize(
    ("fields", "authors"),
    [
        ("<author>a@b.org (Ann Lee)</author>", ["Ann Lee"]),
        ("<author>Ann Lee &lt;a@b.org&gt;</author>", ["Ann Lee"]),
        ("<author>Ann (a@b.org)</author>", ["Ann"]),
        ("<author>a@b.org</author>", []),
        ("<author>安娜</author><dc:creator>Bo</dc:creator>", ["安娜", "Bo"]),
        ("<dc:creator/><dc:creator>Bo</dc:creator>", ["Bo"]),
        ("<author><name>Ann</name><email>a@b.org</email></author><author><name>Bo</name></author>", ["Ann", "Bo"]),
        ("<contributor><name>C</name></contributor><dc:contributor>D</dc:contributor>", []),
        ("<source><author><name>S</name></author></source>", []),
    ],
)
def test_persons(fields: str, authors: list[str]) -> None:
    assert list(entry(fields).authors) == authors


@pytest.mark.parametrize(
    ("fields", "terms"),
    [
        ("<category>a</category><category>b</category><category>a</category>", ["a", "b"]),
        ("<category domain='d'>a</category><category domain='d'>b</category>", ["a", "b"]),
        ("<category term='t' label='L'/><category term='u'>v</category>", ["L", "u", "v"]),
        ("<dc:subject>s</dc:subject><itunes:keywords>a, b,,</itunes:keywords>", ["s", "a", "b"]),
        ("<media:keywords lang='en'>lost</media:keywords><media:category>m</media:category>", ["m"]),
        ("<itunes:category text='Education'/>", ["Education"]),
        ("<category/>", []),
    ],
)
def test_terms(fields: str, terms: list[str]) -> None:
    assert list(entry(fields).terms) == terms


def test_media_and_enclosures() -> None:
    found = entry(
        "<media:group><media:content url='http://x.example/1.jpg' medium='image'/><media:thumbnail url='/t.jpg'/></media:group>"
        "<media:content url='http://x.example/2.mp4' type='Video/MP4'/><enclosure url='/a.mp3' type='audio/mpeg' length='5'/>"
        "<itunes:image href='http://x.example/i.jpg'/><atom:link rel='enclosure' href='b.pdf' title='B'/>"
    )
    assert found.media == (
        Media("http://x.example/1.jpg", "image", thumbnail=False),
        Media("http://x.example/2.mp4", "video/mp4", thumbnail=False),
        Media("/t.jpg", "", thumbnail=True),
    )
    assert found.links == (
        Link("enclosure", "/a.mp3", "audio/mpeg", "", "5"),
        Link("enclosure", "https://up.example/news/b.pdf", "text/html", "B"),
    )
    assert found.image == "http://x.example/i.jpg"


def test_dates_stay_as_they_are_written() -> None:
    found = entry(
        "<pubDate> soon </pubDate><dc:date>2020</dc:date><dcterms:created>then</dcterms:created><issued>now</issued>"
    )
    assert (found.published, found.updated, found.created) == ("now", "2020", "then")


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>a</title><image><title>i</title></image><title>b</title>", "b"),
        ("<title>a</title><title>b</title><textInput><title>x</title><name>q</name></textInput>", "a"),
        ("<itunes:summary>s</itunes:summary><description>d</description><title>t</title>", "t"),
        ("<itunes:category text='A'><itunes:category text='B'/></itunes:category><title type='html'>t</title>", "t"),
    ],
)
def test_the_head_of_a_feed(head: str, title: str) -> None:
    item = "<item><description>d</description><itunes:summary>s</itunes:summary></item>"
    document = f"<rss version='2.0' {SPACES}><channel>{head}{item * 2}</channel></rss>"
    quick = wellformed.read_document(document, URL)
    assert quick is not None
    assert quick == tolerant.read_document(document, URL)
    assert quick.title is not None
    assert quick.title.value == title
