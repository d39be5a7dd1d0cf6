"""What holds for every page, in both languages: structure, labels, addresses, escaping, privacy."""

from dataclasses import replace
from itertools import pairwise
from typing import cast
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement

from feedsvc.model.article import Attachment, Image
from feedsvc.model.newsroom import Category
from feedsvc.pages.addresses import chrome_for
from tests.pages import sample
from tests.pages.sample import ALL, BASE, BELOW, SITE, STORY, made

EVERY = pytest.mark.parametrize("name", ALL)
BOTH = pytest.mark.parametrize("language", ["en", "zh"])
# What people and programs take away from a page: feeds, and its canonical address.
WHOLE = (
    "//link[@rel='canonical' or @rel='alternate']/@href|//a[contains(@class, 'feed-link')]/@href|//@data-copy"
    "|//footer//a[contains(@href, '.opml')]/@href"
)
OUTSIDE = {"en.example.edu", "www.example.edu", "feedly.com", "www.inoreader.com", "www.newsblur.com"}
HOSTILE = """"><script>alert(1)</script><img src=x onerror=alert(1)>' {{ 7*7 }} & </title>"""


def parsed(page: str) -> HtmlElement:
    return html.document_fromstring(page)


def found(tree: HtmlElement, path: str) -> list[HtmlElement]:
    return cast("list[HtmlElement]", tree.xpath(path))


def values(tree: HtmlElement, path: str) -> list[str]:
    return [str(value) for value in cast("list[str]", tree.xpath(path))]


@EVERY
@BOTH
def test_it_is_one_whole_document_in_its_language(name: str, language: str) -> None:
    page = made(name, language)
    tree = parsed(page)
    assert page.startswith("<!doctype html>")
    assert tree.get("lang") == {"en": "en", "zh": "zh-Hans"}[language]
    assert len(found(tree, "//h1")) == 1
    assert len(found(tree, "//main")) == 1
    assert found(tree, "//title")[0].text_content().endswith("USST News")
    ids = values(tree, "//@id")
    assert len(ids) == len(set(ids))


@EVERY
def test_headings_step_down_one_at_a_time(name: str) -> None:
    levels = [int(str(element.tag)[1]) for element in found(parsed(made(name)), "//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@EVERY
@BOTH
def test_every_field_has_a_label_and_every_picture_an_alternative(name: str, language: str) -> None:
    tree = parsed(made(name, language))
    labels = set(values(tree, "//label/@for"))
    for field in found(tree, "//input[not(@type='hidden')]"):
        inside = field.xpath("ancestor::label")
        assert inside or field.get("id") in labels
    assert all(button.text_content().strip() for button in found(tree, "//button"))
    assert all(link.text_content().strip() for link in found(tree, "//a"))
    assert all(image.get("alt") is not None for image in found(tree, "//img"))


@EVERY
def test_what_describes_a_field_is_there(name: str) -> None:
    tree = parsed(made(name))
    ids = set(values(tree, "//@id"))
    named = values(tree, "//@aria-describedby") + values(tree, "//@aria-labelledby")
    assert {part for value in named for part in value.split()} <= ids
    assert {address[1:] for address in values(tree, "//a/@href") if address.startswith("#")} <= ids


@EVERY
def test_nothing_is_inline_and_nothing_comes_from_others(name: str) -> None:
    tree = parsed(made(name))
    assert not found(tree, "//style")
    assert not values(tree, "//@style")
    assert not [key for element in found(tree, "//*") for key in element.attrib if key.startswith("on")]
    scripts = found(tree, "//script[not(@type='application/ld+json')]")
    assert all(str(script.get("src")).startswith(f"{BELOW}/static/") for script in scripts)
    assert all(not script.text for script in scripts)
    assert all(sheet.startswith(f"{BELOW}/static/") for sheet in values(tree, "//link[@rel='stylesheet']/@href"))


@EVERY
def test_feeds_are_announced_in_three_formats(name: str) -> None:
    announced = found(parsed(made(name)), "//link[@rel='alternate']")
    types = {str(link.get("type")) for link in announced}
    assert types == {"application/rss+xml", "application/atom+xml", "application/feed+json"}
    assert f"{BASE}/feeds/all.rss" in {link.get("href") for link in announced}


@EVERY
def test_the_foot_leads_to_people_privacy_feeds_and_the_other_language(name: str) -> None:
    tree = parsed(made(name))
    foot = values(tree, "//footer//a/@href")
    path, _ = ALL[name]
    assert foot[:3] == ["mailto:news@example.edu", "https://www.example.edu/privacy", f"{BASE}/feeds.opml"]
    assert foot[3] == f"{BELOW}{path}{'&' if '?' in path else '?'}language=zh"


@EVERY
def test_the_other_language_is_carried_along_by_every_link_to_a_page(name: str) -> None:
    tree = parsed(made(name, "zh"))
    there = values(tree, "//a/@href|//form[not(@method='get')]/@action")
    inside = [urlsplit(link) for link in there if link.startswith(f"{BELOW}/")]
    plain = ("/feeds/", "/feeds.opml", "/static/")
    here = urlsplit(BASE + ALL[name][0])
    back = [link for link in inside if (link.path, link.query) == (here.path, here.query)]
    pages = [link for link in inside if not link.path.removeprefix(BELOW).startswith(plain) and link not in back]
    assert len(back) == 1
    assert len(pages) > 2
    assert [link for link in pages if "language=zh" not in link.query] == []
    # What a form that is read from sends replaces the query of its address.
    for form in found(tree, "//form[@method='get']"):
        assert values(form, ".//input[@name='language']/@value") == ["zh"]


@given(
    host=st.from_regex(r"[a-z]{1,10}\.example(:[1-9][0-9]{1,3})?", fullmatch=True),
    path=st.from_regex(r"(/[a-z0-9]{1,6}){0,3}", fullmatch=True),
    language=st.sampled_from(["en", "zh"]),
)
@settings(max_examples=15)
def test_every_address_is_under_the_base_address(host: str, path: str, language: str) -> None:
    base = f"https://{host}{path}"
    site = SITE.model_copy(update={"base_url": base})
    for name in ALL:
        tree = parsed(made(name, language, site))
        whole = set(values(tree, WHOLE))
        assert all(address.startswith(f"{base}/") or urlsplit(address).hostname in OUTSIDE for address in whole), name
        for address in values(tree, "//@href|//@src|//@action|//@data-copy"):
            outside = urlsplit(address).hostname in OUTSIDE or address.startswith(("#", "mailto:news@"))
            rooted = address.startswith(f"{path}/") and not address.startswith("//")
            assert outside or rooted or address.removeprefix("feed:") in whole, (name, address)


@EVERY
def test_a_page_works_under_another_host_name(name: str) -> None:
    tree = parsed(made(name))
    ours = values(tree, "//link[@rel='stylesheet' or @rel='icon']/@href|//script/@src|//form/@action")
    assert len(ours) >= 5
    assert all(address.startswith(f"{BELOW}/") for address in ours)


@pytest.mark.parametrize("name", [*sample.reading_pages(), *sample.feed_pages()])
def test_hostile_words_stay_words(name: str) -> None:
    story = replace(
        STORY,
        title=HOSTILE,
        summary=HOSTILE,
        authors=(HOSTILE,),
        content_html=f"<p>{HOSTILE}</p>",
        image=Image("javascript:alert(1)", HOSTILE, HOSTILE),
        attachments=(Attachment("javascript:alert(1)", HOSTILE), Attachment("https://en.example.edu/a", HOSTILE)),
        url="javascript:alert(1)",
        categories=("news",),
    )
    category = Category("news", HOSTILE, "en", HOSTILE)
    path, make = {**sample.reading_pages(story, category), **sample.feed_pages(story, category)}[name]
    poison = {"title": HOSTILE, "description": HOSTILE, "logo": "javascript:alert(1)", "privacy_url": "data:x"}
    site = SITE.model_copy(update=poison)
    tree = parsed(make(chrome_for(site, path)))
    scripts = found(tree, "//script")
    assert all(script.get("src") or script.get("type") == "application/ld+json" for script in scripts)
    assert not values(tree, "//@onerror")
    assert not [link for link in values(tree, "//@href|//@src") if link.lower().startswith(("javascript:", "data:"))]
    assert "49" not in tree.text_content().replace("2049", "")


@pytest.mark.parametrize("name", sample.reader_pages())
def test_a_hostile_address_stays_words(name: str) -> None:
    path, make = sample.reader_pages(HOSTILE)[name]
    tree = parsed(make(chrome_for(SITE, path)))
    assert all(script.get("src") for script in found(tree, "//script"))
    assert not values(tree, "//@onerror")


@pytest.mark.parametrize("name", sorted(set(sample.reader_pages()) - {"subscribe", "subscribe, faults"}))
def test_pages_behind_a_personal_link_are_kept_private(name: str) -> None:
    tree = parsed(made(name))
    assert values(tree, "//meta[@name='robots']/@content") == ["noindex"]
    assert values(tree, "//meta[@name='referrer']/@content") == ["no-referrer"]
    assert not found(tree, "//link[@rel='canonical']")


@EVERY
@BOTH
def test_it_speaks_as_the_house_does(name: str, language: str) -> None:
    text = parsed(made(name, language)).text_content()
    assert "!" not in text
    assert "！" not in text
    assert not [word for word in ("please", "successfully", "oops") if word in text.lower()]


@EVERY
def test_the_same_values_give_the_same_page(name: str) -> None:
    assert made(name) == made(name)
