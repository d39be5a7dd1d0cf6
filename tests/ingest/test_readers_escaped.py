"""Escaped HTML in a feed: one tag in it that was not escaped does not make words of the others."""

from zoneinfo import ZoneInfo

import pytest

from feedsvc.ingest.readers.upstream.feeds import read_document
from feedsvc.ingest.readers.upstream.stories import story_of
from feedsvc.model.article import Story

URL = "https://up.example/feed"
ESCAPED = {
    "rss": "<rss version='2.0'><channel><item><title>A & b</title><link>https://up.example/1</link>"
    "<description>{}</description></item></channel></rss>",
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A & b</title><link href="https://up.example/1"/>'
    '<content type="html">{}</content></entry></feed>',
}


def told_in(text: str) -> Story:
    document, _ = read_document(text, URL)
    (entry,) = document.entries
    story = story_of(entry, URL, ZoneInfo("UTC"))
    assert story is not None
    return story


@pytest.mark.parametrize("kind", ["rss", "atom"])
@pytest.mark.parametrize(
    ("slip", "summary"),
    [
        (".<br>", "Short. story of R&D."),
        (".<br/>", "Short. story of R&D."),
        ("<b>er</b>", "Shorter story of R&D."),
        ("<img src='/p.jpg' alt=''>", "Short story of R&D."),
    ],
    ids=["br", "closed br", "bold", "picture"],
)
def test_a_tag_that_was_not_escaped_shows_no_markup_as_words(kind: str, slip: str, summary: str) -> None:
    told = f"&lt;p&gt;Short{slip}&nbsp;&lt;a href=&quot;/b&quot;&gt;story&lt;/a&gt; of R&amp;amp;D.&lt;/p&gt;"
    story = told_in(ESCAPED[kind].format(told))
    assert story.summary == summary
    assert '<a href="https://up.example/b">story</a> of R&amp;D.</p>' in story.content_html


def test_markup_that_is_shown_on_purpose_stays() -> None:
    story = told_in(ESCAPED["rss"].format("<p>Write &lt;p&gt; and &lt;/p&gt;&nbsp;here.</p>"))
    assert story.summary == "Write <p> and </p> here."
    declared = '<div xmlns="http://www.w3.org/1999/xhtml">&lt;p&gt; and <br>&lt;/p&gt; here.</div>'
    story = told_in(ESCAPED["atom"].replace('"html"', '"xhtml"').format(declared))
    assert story.content_html == "&lt;p&gt; and <br>&lt;/p&gt; here."
