"""Feeds of every dialect: a few by hand, and any number that hypothesis thinks up."""

from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

URL = "https://up.example/news/feed.xml"
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:own="https://own.example/ns"'
)
RDF = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)
DIALECTS = {
    "rss 0.91": """<rss version="0.91"><channel><title>A</title><link>http://a.example/</link><description>d</description>
<language>en</language><image><title>A</title><url>http://a.example/i.gif</url><link>http://a.example/</link></image>
<item><title>One &amp; two</title><link>http://a.example/1</link><description>Some &lt;b&gt;bold&lt;/b&gt; text</description>
</item><item><title>Three</title><link>http://a.example/3</link></item></channel></rss>""",
    "rss 0.92": """<rss version="0.92"><channel><title>A</title><item><description>no title</description>
<enclosure url="http://a.example/1.mp3" length="12" type="audio/mpeg"/><source url="http://b.example/x.xml">B</source>
<category domain="http://a.example/t">Campus</category><category domain="http://a.example/t">Life</category></item>
</channel></rss>""",
    "rss 2.0, WordPress": f"""<rss version="2.0" {SPACES}><channel><title>W</title><atom:link href="https://w.example/feed/"
rel="self" type="application/rss+xml"/><link>https://w.example</link><description/><lastBuildDate>Sat, 06 Jun 2020
</lastBuildDate><item><title>T</title><link>https://w.example/?p=1&amp;x=2</link><comments>https://w.example/1#c</comments>
<dc:creator><![CDATA[Ada Bee]]></dc:creator><pubDate>Sat, 06 Jun 2020 08:00:00 +0000</pubDate>
<category><![CDATA[Campus]]></category><category><![CDATA[Life & more]]></category>
<guid isPermaLink="false">https://w.example/?p=1</guid><description><![CDATA[Short [&#8230;]]]></description>
<content:encoded><![CDATA[<p>Long <a href="/x">x</a></p>]]></content:encoded><slash:comments>0</slash:comments>
<own:note kind="x">anything</own:note></item></channel></rss>""",
    "rss 2.0, podcast": f"""<rss version="2.0" {SPACES}><channel><title>P</title><itunes:author>Desk</itunes:author>
<itunes:summary>about</itunes:summary><description>about</description><itunes:owner><itunes:name>O</itunes:name>
<itunes:email>o@p.org</itunes:email></itunes:owner><itunes:category text="Education"><itunes:category text="Courses"/>
</itunes:category><itunes:image href="https://p.example/p.jpg"/><item><title>Ep 1</title><itunes:title>Ep</itunes:title>
<description>one</description><itunes:summary>two</itunes:summary><content:encoded>&lt;p&gt;three&lt;/p&gt;</content:encoded>
<enclosure url="https://p.example/1.m4a" length="99" type="audio/x-m4a"/><guid>https://p.example/1</guid>
<itunes:image href="https://p.example/1.jpg"/><itunes:keywords>a, b,,c</itunes:keywords><itunes:explicit>no</itunes:explicit>
<itunes:duration>10:00</itunes:duration><author>desk@p.org (The Desk)</author></item></channel></rss>""",
    "rss 2.0, media": f"""<rss version="2.0" {SPACES}><channel><title>M</title><item><title>T</title><link>https://m.example/1</link>
<media:group><media:content url="https://m.example/1.jpg" medium="image" width="3"><media:title>Pic</media:title>
<media:description type="html">about it</media:description><media:credit role="x">Lu</media:credit></media:content>
<media:thumbnail url="https://m.example/t.jpg"/></media:group><media:keywords>x, y</media:keywords>
<media:category label="Z">z</media:category><description>d</description></item></channel></rss>""",
    "rss 1.0": f"""<rdf:RDF {RDF}><channel rdf:about="http://r.example/"><title>R</title><link>http://r.example/</link>
<items><rdf:Seq><rdf:li rdf:resource="http://r.example/1"/></rdf:Seq></items></channel><image rdf:about="http://r.example/i">
<title>R</title><url>http://r.example/i.png</url></image><item rdf:about="http://r.example/1"><title>One</title>
<link>http://r.example/1</link><dc:date>2020-06-06T00:00:00Z</dc:date><dc:creator>Lu Wen</dc:creator><dc:subject>S</dc:subject>
<description>d</description><content:encoded><![CDATA[<p>body</p>]]></content:encoded></item></rdf:RDF>""",
    "atom 1.0": """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="http://b.example/x/"><title type="html">A
&amp;lt;b&amp;gt;</title><id>tag:b,1</id><updated>2020-06-06T00:00:00Z</updated><author><name>All</name></author>
<link rel="self" href="feed.atom"/><link href="/"/><entry xml:base="y/"><id>tag:b,2</id><title>T</title><link href="1"/>
<link rel="enclosure" href="1.pdf" type="application/pdf" title="Paper" length="7"/><link rel="edit" href="e"/>
<published>2020-06-05T00:00:00Z</published><updated>2020-06-06T00:00:00+08:00</updated><author><name>Ann</name>
<email>a@b.org</email><uri>me</uri></author><author><name>Bo</name></author><contributor><name>C</name></contributor>
<category term="t" scheme="s" label="L"/><category term="u"/><summary type="text">sum &lt;b&gt;</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p class="a&amp;b">Text <img src="p.png" alt="1 &lt; 2"/> &amp; more
<br/></p></div></content><source><id>tag:s</id><title>Other</title><updated>2020-01-01T00:00:00Z</updated></source></entry>
</feed>""",
    "atom 0.3": """<feed version="0.3" xmlns="http://purl.org/atom/ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"><title>A</title>
<tagline mode="escaped" type="text/html">t</tagline><modified>2004-01-01T00:00:00Z</modified><entry><title mode="escaped">T</title>
<link rel="alternate" type="text/html" href="http://o.example/1"/><id>tag:o,1</id><issued>2003-12-13T08:29:29-04:00</issued>
<modified>2003-12-13T18:30:02Z</modified><created>2003-12-12T00:00:00Z</created><dc:subject>news</dc:subject>
<content type="text/html" mode="escaped">&lt;p&gt;body&lt;/p&gt;</content></entry><entry><title>X</title>
<link rel="alternate" type="text/html" href="http://o.example/2"/><id>tag:o,2</id><content type="application/xhtml+xml" mode="xml">
<div xmlns="http://www.w3.org/1999/xhtml">in <i>line</i></div></content></entry></feed>""",
}

_WORDS = st.text(
    alphabet=st.sampled_from("ab cé新闻&<>\"'/;#\n\t\x85\x92Ã©€𝄞-.@()")
    | st.characters(exclude_categories=["Cs", "Cc"]),
    max_size=14,
).filter(lambda text: not any(letter in text for letter in "\ufffe\uffff"))
_MARKUP = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<br/>",
            "<a href='x'>",
            "</a>",
            "&amp;",
            "&eacute;",
            "&no;",
            "<foo>",
            "</foo>",
            "text ",
            "新闻",
            "<!--",
        ]
    ),
    max_size=5,
).map("".join)
_TEXT = _WORDS | _MARKUP
_HREF = st.sampled_from(
    ["http://x.example/1", "https://x.example/a?b=1&c=2", "/rooted", "re/lative", "?q", "#f", "tag:x,1", "//h/p", " http://s/ ",
     "mailto:a@b.c", "javascript:x()", "http:///three", "http://新.example/é", "http://x.example/;", "http://[bad"]
)  # fmt: skip
_DATES = st.sampled_from(
    ["Sat, 06 Jun 2020 08:00:00 GMT", "2020-06-06", "2020-06-06T01:02:03Z", "soon", "", "２０２０年6月"]
)
_PEOPLE = st.sampled_from(
    ["Ann", "a@b.org", "a@b.org (Ann Lee)", "Ann <a@b.org>", "Ann (a@b.org)", "(Ann)", "a@b.museum (X)", "", "安娜",
     "a@b.org Ann", "Ann, Bo & Co", "x@y.net ()"]
)  # fmt: skip


def _said(text: str, cdata: bool) -> str:
    return f"<![CDATA[{text}]]>" if cdata and "]]>" not in text else escape(text)


def _leaf(name: str, values: st.SearchStrategy[str], attributes: tuple[str, ...] = ("",)) -> st.SearchStrategy[str]:
    return st.builds(
        lambda text, cdata, given: f"<{name}{given and ' ' + given}>{_said(text, cdata)}</{name}>",
        values, st.booleans(), st.sampled_from(attributes),
    )  # fmt: skip


def _empty(name: str, href: str, extra: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda value, more: f"<{name} {href}={quoteattr(value)} {more}/>", _HREF | _WORDS, st.sampled_from(extra)
    )


_TYPES = ("", 'type="text"', 'type="html"', 'type="text/html"', 'type="xhtml"', 'mode="escaped"', 'TYPE="HTML"',
          'type="text/plain"', 'xml:lang="zh"', 'xml:base="http://base.example/b/"', 'type="application/octet-stream"')  # fmt: skip
_XHTML = st.recursive(
    _WORDS.map(escape),
    lambda inner: st.builds(
        lambda tag, given, parts: f"<{tag}{given}>{''.join(parts)}</{tag}>",
        st.sampled_from(["div", "p", "b", "br", "span", "title", "summary", "x:y", "svg", "DIV"]),
        st.sampled_from(
            ["", ' class="a&amp;&lt;"', " title='\"'", ' xml:lang="en"', ' Href="x" REL="Me"', ' xml:base="z/"']
        ),
        st.lists(inner, max_size=3),
    ),
    max_leaves=6,
)
_INLINE = st.builds(
    lambda name, kind, space, parts, div: (
        f"<{name} {kind}{space}>"
        + (f"\n<div{div}>{''.join(parts)}</div> " if div is not None else "".join(parts))
        + f"</{name}>"
    ),
    st.sampled_from(["content", "summary", "title", "rights"]),
    st.sampled_from(['type="xhtml"', 'type="application/xhtml+xml"', 'type="html"', ""]),
    st.just(' xmlns:x="http://www.w3.org/1999/xhtml"'),
    st.lists(_XHTML, max_size=3),
    st.sampled_from([None, "", ' xmlns="http://www.w3.org/1999/xhtml"', ' class="c"']),
)
_PERSON = st.builds(
    lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
    st.sampled_from(["author", "contributor"]),
    st.lists(
        _leaf("name", _PEOPLE) | _leaf("email", _PEOPLE) | _leaf("uri", _HREF) | _leaf("own:x", _TEXT), max_size=3
    ),
)
_MEDIA = st.recursive(
    _empty("media:content", "url", ('medium="image"', 'type="Image/PNG"', ""))
    | _empty("media:thumbnail", "url", ('width="1"', ""))
    | _leaf("media:title", _TEXT, _TYPES)
    | _leaf("media:description", _TEXT, _TYPES)
    | _leaf("media:keywords", st.just("x, y ,, z"), ("", 'a="b"'))
    | _leaf("media:category", _TEXT, ("", 'label="l"', 'scheme="s"'))
    | _leaf("media:credit", _TEXT, ('role="r"',)),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag.split()[0]}>",
        st.sampled_from(["media:group", 'media:content url="http://m.example/1.jpg"']),
        st.lists(inner, max_size=3),
    ),
    max_leaves=3,
)
_FIELDS = st.one_of(
    *(
        _leaf(name, _TEXT, _TYPES)
        for name in ("title", "dc:title", "description", "dc:description", "summary", "itunes:summary")
    ),
    *(
        _leaf(name, _TEXT, _TYPES)
        for name in ("content", "content:encoded", "subtitle", "rights", "itunes:subtitle", "abstract")
    ),
    *(
        _leaf(name, _DATES)
        for name in ("pubDate", "dc:date", "published", "updated", "issued", "modified", "dcterms:created")
    ),
    *(_leaf(name, _PEOPLE) for name in ("author", "dc:creator", "itunes:author", "dc:contributor", "managingEditor")),
    *(_leaf(name, _HREF | _TEXT) for name in ("link", "comments", "own:link", "url", "image", "source")),
    _leaf("guid", _HREF | _TEXT, ("", 'isPermaLink="false"', 'isPermaLink="true"', 'ispermalink="false"')),
    _leaf("id", _HREF | _TEXT),
    _leaf("category", _TEXT, ("", 'domain="d"', 'term="t"', 'term="t" scheme="s"', 'label="L"')),
    _leaf("dc:subject", _TEXT),
    _leaf("itunes:keywords", st.just("a,b, c")),
    _leaf("own:field", _TEXT, ("", 'a="b"')),
    _leaf("date", _DATES),
    _empty(
        "link",
        "href",
        ('rel="alternate"', 'rel="ENCLOSURE" type="a/b" length="3"', 'rel="self"', "", 'type="text/plain"'),
    ),
    _empty("atom:link", "href", ("", 'rel="related"')),
    _empty("enclosure", "url", ('type="audio/mpeg" length="5"', 'title="t"', "")),
    _empty("itunes:image", "href", ("",)),
    st.just('<source url="http://s.example/">S</source>'),
    st.just("<source><title>S</title><id>s</id><link href='http://s.example/'/></source>"),
    _INLINE,
    _PERSON,
    _MEDIA,
    st.just("<!-- comment --><?pi x?>"),
)
_ENTRY = st.builds(
    lambda fields, base: (base, "\n".join(fields)),
    st.lists(_FIELDS, max_size=9),
    st.sampled_from(
        ["", ' xml:base="http://base.example/d/"', ' xml:base="sub/"', ' rdf:about="http://x.example/about"']
    ),
)


def _document(dialect: str, head: list[str], entries: list[tuple[str, str]], more: str) -> str:
    item = "entry" if dialect.startswith("atom") else "item"
    rdf = ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    body = "".join(f"<{item}{given}>{fields}</{item}>\n" for given, fields in entries)
    top = "".join(head)
    return {
        "rss": f'<rss version="2.0" {SPACES}{rdf}{more}><channel>{top}{body}</channel></rss>',
        "rss091": f'<rss version="0.91" {SPACES}{rdf}{more}><channel>{top}{body}</channel></rss>',
        "rdf": f'<rdf:RDF{rdf} xmlns="http://purl.org/rss/1.0/" {SPACES}{more}><channel>{top}</channel>{body}</rdf:RDF>',
        "rdf2": f"<rdf:RDF{rdf} {SPACES}{more}><channel>{top}</channel>{body}</rdf:RDF>",
        "atom10": f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}{rdf}{more}>{top}{body}</feed>',
        "atom03": f'<feed version="0.3" xmlns="http://purl.org/atom/ns#" {SPACES}{rdf}{more}>{top}{body}</feed>',
    }[dialect]


DOCUMENTS = st.builds(
    _document,
    st.sampled_from(["rss", "rss", "rss091", "rdf", "rdf2", "atom10", "atom10", "atom03"]),
    st.lists(
        _leaf("title", _TEXT, _TYPES)
        | _leaf("description", _TEXT, _TYPES)
        | _leaf("itunes:summary", _TEXT)
        | _leaf("link", _HREF)
        | _PERSON
        | st.just("<image><title>I</title><url>http://x.example/i</url></image>"),
        max_size=4,
    ),
    st.lists(_ENTRY, max_size=3),
    st.sampled_from(["", ' xml:base="http://base.example/"', ' xml:lang="de"', ' xml:base="rel/"']),
)
"""Well-formed documents: most are plain enough for the quick reader, some are not."""
