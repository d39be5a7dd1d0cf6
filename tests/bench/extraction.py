"""How fast a story's page is read, beside trafilatura alone with its default settings: part of `poe bench ingest`.

The pages are made here, of about 60 KB each, as the families of CMS make them and as a common blog system does.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import trafilatura

from feedsvc.ingest.readers.story.articles import read_article
from feedsvc.model.newsroom import Source, SourceKind
from tests.bench.report import Measure

ROUNDS = 7
PAGES = 12
LIMIT = 1.3
_WORDS = (
    "the", "university", "of", "shanghai", "and", "students", "research", "which", "river", "delta", "laboratory",
    "opened", "its", "new", "hall", "for", "science", "technology", "professor", "visited", "a", "bridge",
    "between", "district", "government", "with", "agreement", "signed", "during", "morning", "ceremony",
)  # fmt: skip
_HAN = "上海理工大学与青浦区人民政府签约仪式举行双方将进一步加强合作全面促进优势资源交流共享更好地服务发展转型升级校长书记指出"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page: how it is called, what follows the site's address, and how the bytes of one are made."""

    name: str
    path: str
    made: Callable[[random.Random, int], str]
    charset: str = "utf-8"


def run() -> list[Measure]:
    """Each kind of page, read by us and by trafilatura alone in turn, in milliseconds a page."""
    return [_measure(kind) for kind in KINDS]


def _measure(kind: Kind) -> Measure:
    chance = random.Random(kind.name)
    bodies = [kind.made(chance, number).encode(kind.charset) for number in range(PAGES)]
    source = Source("bench", SourceKind.PAGE, "https://news.example.edu/", timezone="Asia/Shanghai")
    ours, theirs = [], []
    whole = partial(_read, source=source, kind=kind)
    alone = partial(_alone, charset=kind.charset)
    for read in (whole, alone):
        read(bodies[0])
    for _ in range(ROUNDS):
        ours.append(_milliseconds(whole, bodies))
        theirs.append(_milliseconds(alone, bodies))
    limit = LIMIT * sorted(theirs)[ROUNDS // 2]
    size = sum(map(len, bodies)) // len(bodies) // 1000
    return Measure(f"read {kind.name}, {size} KB", "ms", ours, limit, "trafilatura alone", theirs)


def _read(body: bytes, source: Source, kind: Kind) -> None:
    story = read_article(body, f"text/html; charset={kind.charset}", f"https://news.example.edu{kind.path}", source)
    if not (story.published and len(story.content_html) > 2000):
        msg = f"the {kind.name} was not read whole"
        raise SystemExit(msg)


def _alone(body: bytes, charset: str) -> None:
    trafilatura.extract(body.decode(charset))


def _milliseconds(read: Callable[[bytes], None], bodies: list[bytes]) -> float:
    """Milliseconds of CPU for one page."""
    started = time.process_time()
    for body in bodies:
        read(body)
    return (time.process_time() - started) * 1000 / len(bodies)


def _sentences(chance: random.Random, count: int) -> str:
    return " ".join(" ".join(chance.choices(_WORDS, k=chance.randint(8, 20))).capitalize() + "." for _ in range(count))


def _han(chance: random.Random, count: int) -> str:
    return "".join("".join(chance.choices(_HAN, k=chance.randint(12, 30))) + "。" for _ in range(count))


def _links(chance: random.Random, count: int) -> Iterator[str]:
    for number in range(count):
        yield f'<li class="menu-item"><a href="/{number}.htm">{" ".join(chance.choices(_WORDS, k=3))}</a></li>'


def _script(chance: random.Random, size: int) -> str:
    return "<script>" + "".join(f"var v{chance.random():.12f}=[1,2,3];" for _ in range(size // 32)) + "</script>"


def _blog(chance: random.Random, number: int) -> str:
    """As common blog systems make them; sizes and numbers of elements are those of the median page of a public corpus."""
    paragraphs = "".join(
        f"<p>{_sentences(chance, 3)} <a href='/topic/{place}'>{_sentences(chance, 1)}</a> <em>{_sentences(chance, 1)}</em></p>"
        + (_FIGURE.format(place) if place % 8 == 0 else "")
        for place in range(28)
    )
    teasers = "".join(
        f"<div class='card teaser'><div class=inner><a href='/x/{place}'><img src='/t/{place}.jpg'></a><h4>"
        f"<a href='/x/{place}'>{_sentences(chance, 1)}</a></h4><p>{_sentences(chance, 1)}</p><span>June</span></div></div>"
        for place in range(18)
    )
    remarks = "".join(
        f"<div class=comment><div class=who><b>Reader {place}</b></div><div class=what><p>{_sentences(chance, 2)}</p></div></div>"
        for place in range(16)
    )
    metas = "".join(
        f'<meta name="x-{place}" content="{_sentences(chance, 1)}"><link rel=dns-prefetch href="//c{place}.example">'
        for place in range(18)
    )
    return (
        f"<!doctype html><html lang=en><head><title>Story number {number} of the hall - News</title>{metas}"
        f'<meta property="article:published_time" content="2020-06-06T08:00:00+08:00">{_script(chance, 18_000)}</head><body>'
        f"<header><div class=bar><ul>{''.join(_links(chance, 30))}</ul></div></header>"
        "<div class=page><div class=row><div class=main>"
        f"<article><div class=head><h1>Story number {number} of the hall</h1><div class=meta><span>By Ann Li</span></div></div>"
        f"<div class=share><a href=/s>Share</a></div><div class=entry-content>{paragraphs}</div></article>"
        f"<div id=comments>{remarks}</div></div><div class=side><aside>{teasers}</aside></div></div></div>"
        f"<footer><ul>{''.join(_links(chance, 18))}</ul></footer>{_script(chance, 6_000)}</body></html>"
    )


_FIGURE = "<figure><img src='/i/{0}.jpg' width=800 height=600><figcaption>Hall {0}</figcaption></figure>"


def _vsb(chance: random.Random, number: int) -> str:
    paragraphs = "".join(
        f'<p style="text-align: justify;"><span style="font-family: arial">{_sentences(chance, 4)}</span></p>'
        + (
            f'<p style="text-align:center"><img src="/__local/{place}.jpg"></p><p style="text-align:center">Hall {place}</p>'
            if place % 6 == 0
            else ""
        )
        for place in range(52)
    )
    return (
        f"<!DOCTYPE html><html><head><title>Story number {number} of the hall-University</title>"
        f"<!--Announced by Visual SiteBuilder 9-->{_script(chance, 12_000)}</head><body><ul>{''.join(_links(chance, 120))}</ul>"
        '<div class="position"><a href="/">Home</a> · <a href="/n.htm">News</a></div><form name="_newscontent_fromname">'
        f"<h3>Story number {number} of the hall</h3><i>June 6, 2020 | By Lu Wen | Zhang Liu</i>"
        f'<div id="vsb_content"><div class="v_news_content">{paragraphs}</div></div></form>'
        f"<div class=footer><ul>{''.join(_links(chance, 60))}</ul></div></body></html>"
    )


def _webplus(chance: random.Random, number: int) -> str:
    paragraphs = "".join(
        f'<p style="text-indent:2em;"><span style="font-family:宋体;">{_han(chance, 6)}</span></p>'
        + (
            f'<p style="text-align:center"><img src="/_upload/{place}.jpg"></p>'
            f'<p style="text-align:center">现场{place}</p>'
            if place % 6 == 0
            else ""
        )
        for place in range(100)
    )
    return (
        f'<!DOCTYPE html><html class="webplus-page"><head><title>校长出席签约仪式第{number}号</title>'
        f"{_script(chance, 8_000)}</head><body>"
        f'<ul class="wp-menu">{"".join(_links(chance, 120))}</ul><ul class="col_path"><li><a href="/yw/list.htm">要闻</a></li></ul>'
        f'<div class="article" portletmode="simpleArticleAttri"><h1 class="arti_title">校长出席签约仪式第{number}号</h1>'
        '<p class="arti_metas"><span>作者：陆雯</span><span>发布时间：2020-06-06</span>'
        '<span>浏览次数：<span class="WP_VisitCount">10</span></span></p>'
        f'<div class="entry"><div class="read"><div class="wp_articlecontent">{paragraphs}</div></div></div></div></body></html>'
    )


KINDS = (
    Kind("a page of no family", "/stories/2020/hall", _blog),
    Kind("a VSB page", "/info/1023/1983.htm", _vsb),
    Kind("a webplus page", "/2020/0606/c1234a41983/page.htm", _webplus, "gb18030"),
)
"""The kinds of page that are measured."""


def main() -> list[Measure]:
    """The rows of this benchmark."""
    return run()
