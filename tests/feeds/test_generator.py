"""The one door to feedgen."""

import pytest
from lxml import etree

from feedsvc.feeds import atom, generator, rss
from tests.feeds.stories import article, document, items


def test_plain_text_becomes_html() -> None:
    assert generator.escaped('1 < 2 & 3 > "2"') == '1 &lt; 2 &amp; 3 &gt; "2"'


def test_an_item_declares_no_prefix_the_feed_does() -> None:
    (item,) = items(document(article()))
    entry = generator.entry(item)
    entry.link(href=item.url, rel="alternate")
    entry.additions.updated = item.updated
    for element in (entry.rss_entry(), entry.atom_entry()):
        assert b"xmlns" not in generator.fragment(element)


@pytest.mark.parametrize("render", [rss.render, atom.render], ids=["rss", "atom"])
def test_the_root_declares_each_prefix_once(render: object) -> None:
    assert callable(render)
    written = render(document(article(1), article(2)))
    assert etree.tostring(etree.fromstring(written), encoding="UTF-8") in written
    assert written.count(b"xmlns:dc=") == written.count(b"xmlns:media=") == 1


def test_items_go_before_the_last_tag() -> None:
    assert generator.joined(b"<a></b></b></a>", b"</b>", [b"1", b"2"]) == b"<a></b>12</b></a>"
