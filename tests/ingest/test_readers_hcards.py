"""Writers that a page marks with hCard, and cards that are not the story's."""

import pytest
from lxml.html import document_fromstring

from feedsvc.ingest.readers.hcards import writers
from feedsvc.ingest.readers.story.articles import read_article
from feedsvc.model.newsroom import Source, SourceKind

CARD = '<span class="author vcard"><a class="url fn n" href="/author/ann/">{}</a></span>'
COMMENT = f'<li class=comment><div class="comment-author vcard"><b class=fn>Cy Reader</b></div>{CARD.format("Dee Reader")}</li>'
TEASER = f"<article class=hentry><h2>Another</h2>{CARD.format('Eve Ox')}</article>"
BODY = "<div class=b>" + "<p>This body says a good deal about nothing in particular, at some length.</p>" * 6 + "</div>"
STORY = (
    "<html lang=en><head><title>Bees</title></head><body class='single has-sidebar'><article class='post hentry'><header>"
    "<h1>Bees</h1><p>Posted on <time class=entry-date datetime=2020-06-06>6 June</time> by {}</p></header>"
    + BODY
    + "{}"
    "</article><section class=comments-area><ol>" + COMMENT * 2 + "</ol></section>"
    "<div class=more>" + TEASER * 2 + f"</div><aside>{CARD.format('Fay Yak')}</aside>"
    f"<footer>{CARD.format('Gus Emu')}</footer></body></html>"
)


def read(byline: str, under: str = "", head: str = "") -> tuple[str, ...]:
    source = Source("s", SourceKind.PAGE, "http://x.example", article_rules={"body": ".b"})
    html = STORY.format(byline, under).replace("</head>", f"{head}</head>")
    return read_article(html.encode(), "text/html; charset=utf-8", "https://x.example/bees/", source).authors


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        (CARD.format("Ann Li"), ("Ann Li",)),
        ('<span class="vcard author"><span class="fn">Ann  Li</span></span>', ("Ann Li",)),
        ('<a class="author vcard fn" href=/ann>Ann Li</a>', ("Ann Li",)),
        (f"{CARD.format('Ann Li')} and {CARD.format('Bo Wu')}", ("Ann Li", "Bo Wu")),
        (f"{CARD.format('Ann Li')} {CARD.format('Ann Li')}", ("Ann Li",)),
        (CARD.format("陆雯"), ("陆雯",)),
        (CARD.format("admin"), ()),
        (CARD.format("Webmaster"), ()),
        (CARD.format("annli77"), ()),
        (CARD.format("ann@x.example"), ()),
        (CARD.format(""), ()),
        ('<span class="author vcard">Ann Li</span>', ()),
        ('<span class="vcard"><b class=fn>Ann Li</b></span>', ()),
        ('<span class="authors vcards"><b class=fn>Ann Li</b></span>', ()),
        ("hand", ()),
    ],
)
def test_the_card_under_the_title_names_the_writer(byline: str, authors: tuple[str, ...]) -> None:
    assert read(byline) == authors


def test_the_same_writer_may_be_shown_again_below() -> None:
    assert read(CARD.format("Ann Li"), f"<div class=about>{CARD.format('Ann Li')}</div>") == ("Ann Li",)


def test_cards_of_several_people_in_several_places_are_nobodys() -> None:
    assert read(CARD.format("Ann Li"), f"<div class=about>{CARD.format('Bo Wu')}</div>") == ()


@pytest.mark.parametrize(
    "head",
    [
        '<meta name=author content="Zoe Gnu">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "author": {"@type": "Person", "name": "Zoe Gnu"}}</script>',
    ],
)
def test_what_is_declared_in_the_head_comes_first(head: str) -> None:
    assert read(CARD.format("Ann Li"), head=head) == ("Zoe Gnu",)


@pytest.mark.parametrize(
    "html",
    [
        COMMENT,
        TEASER,
        f"<div class=related-posts>{CARD.format('Ann Li')}</div>",
        f"<div id=sidebar>{CARD.format('Ann Li')}</div>",
        f"<nav>{CARD.format('Ann Li')}</nav>",
        f"<div class='x hentry'><h3>Another</h3>{CARD.format('Ann Li')}</div>",
    ],
)
def test_cards_of_others_are_not_the_storys(html: str) -> None:
    assert writers(document_fromstring(f"<html><body><h1>T</h1>{html}</body></html>")) == ()


def test_a_card_that_stands_in_no_article_is_the_pages() -> None:
    assert writers(document_fromstring(f"<html><body><h1>T</h1>{CARD.format('Ann Li')}</body></html>")) == ("Ann Li",)
