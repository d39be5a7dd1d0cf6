"""The blocks of a digest: what they say, that a hostile story stays text, and that any reader's HTML can be read."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from feedsvc.errors import RenderError
from feedsvc.mail import editions, render
from feedsvc.mail.blocks import join
from feedsvc.mail.render import FORMS, FRAME
from feedsvc.model.article import Article, Image
from feedsvc.text.accent import contrast, parse
from feedsvc.text.headers import clean
from feedsvc.text.words import words
from tests.mail import samples

TEMPLATES = Path(render.__file__).parent / "templates"
SLOTS = {"address": "reader@example.org", "leave": "https://x.example/u", "preferences": "https://x.example/p"}
HOSTILE = "<script>alert(1)</script>\"'&\x02leave\x03\x00{{ 7*7 }}={leave}"


def parts(language: str = "en", stories: tuple[Article, ...] = samples.STORIES, full: int = 30) -> tuple[str, str]:
    rendered = samples.blocks(stories, language=language)
    text, html = editions.assemble(samples.plan(stories, full, rendered), rendered)
    return (
        editions.decode(text.fill(SLOTS), "plain"),
        editions.decode(html.fill(editions.html_slots(SLOTS)), "html"),
    )


def test_there_is_a_block_for_every_part_of_the_frame_and_every_form_of_every_story() -> None:
    keys = set(samples.blocks())
    stories = {f"{form}:{story.id}" for form in FORMS for story in samples.STORIES}
    assert keys == {*FRAME, "section:news", "section:research", "section:", *stories}
    assert all(len(key) <= 120 for key in keys)


def test_the_same_values_give_the_same_bytes() -> None:
    assert samples.blocks() == samples.blocks()


def test_only_what_differs_between_readers_is_a_slot() -> None:
    rendered = samples.blocks()
    found = {name for block in rendered.values() for part in (block.html, block.text) for name in join([part]).slots}
    assert found == {"address", "leave", "preferences", "more"}
    assert not any(join([rendered[key].html]).slots for key in ("open", "head"))


def test_the_plain_text_is_written_for_people() -> None:
    text, _ = parts()
    assert text == (Path(__file__).parent / "digest.txt").read_text("utf-8")


def test_the_html_says_the_same_as_the_text() -> None:
    text, html = parts()
    shown = unescape(re.sub(r"<[^>]+>", "", html))
    for words_ in (
        "USST weekly",
        "June 8, 2020",
        "No. 12",
        "the library is open again.",
        "Terahertz & water",
        "June 6, 2020",
    ):
        assert words_ in text
        assert words_ in shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_html_can_be_read_by_everybody(language: str) -> None:
    _, html = parts(language, full=1)
    page = lxml_html.document_fromstring(html)
    assert page.get("lang") == {"en": "en", "zh": "zh-Hans"}[language]
    assert len(page.findall(".//h1")) == 1
    assert all(table.get("role") == "presentation" for table in page.iter("table"))
    assert all("alt" in image.attrib for image in page.iter("img"))
    links = list(page.iter("a"))
    assert all((link.text_content().strip() or link.find("img") is not None) for link in links)
    assert all(re.match(r"https://", link.get("href", "")) for link in links)
    levels = [int(str(heading.tag)[1]) for heading in page.iter("h1", "h2", "h3")]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert not list(page.iter("script", "form", "iframe", "object", "link"))


@pytest.mark.parametrize("full", [0, 1, 30])
def test_every_element_that_is_opened_is_closed(full: int) -> None:
    _, html = parts(full=full)
    for tag in ("table", "tr", "td", "div", "p", "a", "h1", "h2", "h3", "body", "html"):
        assert len(re.findall(rf"<{tag}[\s>]", html)) == html.count(f"</{tag}>")


def test_the_preview_line_is_hidden_and_tells_of_the_next_stories() -> None:
    _, html = parts()
    hidden = re.search(r'<div style="display:none[^>]*>(.*?)</div>', html, re.DOTALL)
    assert hidden
    assert hidden[1].split("·")[0].strip() == "Shared laboratories"
    assert hidden[1].split("·")[1].strip() == "Terahertz &amp; water"


@pytest.mark.parametrize("accent", ["#0b4f8a", "#ffd700", "#101010", "#ff0000"])
def test_colours_have_enough_contrast_in_light_and_dark(accent: str) -> None:
    site = samples.SETTINGS.site.model_copy(update={"accent": accent})
    block = render.render_blocks(samples.ISSUE, samples.STORIES, samples.CATEGORIES, site, "en")
    _, body = editions.assemble(samples.plan(rendered=block), block)
    html = editions.decode(body.fill(SLOTS), "html")
    sheet, shown = html.split("</style>", 1)
    for colour in set(re.findall(r"[;\"]color:(#[0-9a-f]{6})", shown)) - {"#f6f7f9"}:
        assert all(contrast(parse(colour), parse(ground)) >= 4.5 for ground in ("#ffffff", "#f6f7f9"))
    dark = re.findall(r"\.(?:ink|soft|link)\{color:(#[0-9a-f]{6})!important\}", sheet)
    assert len(dark) == 6
    for colour in dark:
        assert all(contrast(parse(colour), parse(ground)) >= 4.5 for ground in ("#14171a", "#1c2024"))


def test_a_hostile_story_stays_text() -> None:
    nasty = samples.article(
        9,
        title=HOSTILE,
        summary=HOSTILE,
        url="javascript:alert(1)",
        language='en" onload="x',
        image=Image("data:x", HOSTILE),
    )
    text, html = parts(stories=(nasty,))
    assert "<script" not in html
    assert "onload=" not in html.replace("&#34; onload=&#34;", "")
    assert "javascript:" not in html + text
    assert "data:x" not in html
    assert "{{ 7*7 }}" in text
    assert html.count(SLOTS["leave"]) == 1
    assert 'href="https://news.example.edu/articles/id-9/story"' in html


@settings(max_examples=25)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_story_breaks_the_page_or_takes_a_slot(title: str, summary: str) -> None:
    story = samples.article(9, title=title, summary=summary, image=Image("https://x.example/a.png", summary))
    rendered = samples.blocks((story,))
    for form in FORMS:
        block = rendered[f"{form}:{story.id}"]
        assert join([block.html]).slots == join([block.text]).slots == ()
        shown = editions.decode(block.html, "html")
        plain = samples.blocks((samples.article(9, summary=summary and "x", image=story.image),))[f"{form}:id-9"].html
        if clean(summary):
            assert re.findall(r"<[a-z0-9]+|</", shown) == re.findall(r"<[a-z0-9]+|</", editions.decode(plain, "html"))


def test_a_story_without_date_has_none() -> None:
    issue = samples.ISSUE
    view = render.story_view(samples.article(1, published_at=None), issue, samples.SETTINGS.site, "en")
    assert view.date == ""


def test_a_date_without_a_time_is_the_day_its_page_gave() -> None:
    # Midnight of 6 June in Shanghai is still 5 June in New York.
    issue = replace(samples.ISSUE, timezone="America/New_York")
    assert render.story_view(samples.article(1), issue, samples.SETTINGS.site, "en").date == "June 6, 2020"
    exact = samples.article(1, published_at=datetime(2020, 6, 6, 2, tzinfo=UTC), published_is_date=False)
    assert render.story_view(exact, issue, samples.SETTINGS.site, "en").date == "June 5, 2020"


@pytest.mark.parametrize(
    ("url", "params", "expected"),
    [
        ("https://a.example/x", "utm_source=digest", "https://a.example/x?utm_source=digest"),
        ("https://a.example/x?y=1#z", "?utm_source=digest&b=c", "https://a.example/x?y=1&utm_source=digest&b=c#z"),
        ("https://a.example/期", "", "https://a.example/%E6%9C%9F"),
    ],
)
def test_link_parameters_join_the_query_of_a_story(url: str, params: str, expected: str) -> None:
    site = samples.SETTINGS.site.model_copy(update={"link_params": params})
    assert render.story_view(samples.article(1, url=url), samples.ISSUE, site, "en").url == expected


def test_a_story_in_another_language_says_so() -> None:
    rendered = samples.blocks((samples.article(1, language="zh", title="签约"), samples.article(2, language="en-GB")))
    assert 'lang="zh-Hans"' in editions.decode(rendered["story:id-1"].html, "html")
    assert "lang=" not in editions.decode(rendered["story:id-2"].html, "html")


def test_a_small_picture_is_not_blown_up() -> None:
    small = samples.article(1, image=Image("https://x.example/a.png", width=200))
    assert render.story_view(small, samples.ISSUE, samples.SETTINGS.site, "en").image_width == 200
    assert 'width="536"' in editions.decode(samples.blocks()["large:id-1"].html, "html")


def test_a_reader_on_one_of_several_lists_is_told_of_the_digest() -> None:
    issue = replace(samples.ISSUE, lists=("Alumni", "Staff"))
    foot = editions.decode(join([samples.blocks(issue=issue)["foot"].text]).fill(SLOTS), "plain")
    assert "reader@example.org is subscribed to “USST weekly”." in " ".join(foot.split())


@pytest.mark.parametrize(
    ("language", "lead", "expected"),
    [
        ("en", "A pact", "USST weekly, June 8, 2020: A pact"),
        ("en", "", "USST weekly, June 8, 2020"),
        ("zh", "签约", "USST weekly（2020年6月8日）：签约"),
        ("en", "50 %(lead)s\r\nBcc: x", "USST weekly, June 8, 2020: 50 %(lead)s Bcc: x"),
    ],
)
def test_the_subject_has_title_and_date(language: str, lead: str, expected: str) -> None:
    assert render.subject(samples.ISSUE, samples.SETTINGS.site, language, lead) == expected


def test_every_word_is_there_in_chinese() -> None:
    chinese = words("zh")
    for path in (*TEMPLATES.rglob("*.*"), Path(render.__file__)):
        for message in re.findall(r'(?:\b_|say|\["_"\])\("([^"]+)"', path.read_text("utf-8")):
            assert chinese.gettext(message) != message, message


def test_an_unknown_template_is_an_error_that_says_what_a_template_is() -> None:
    with pytest.raises(RenderError, match=r"no mail template 'fancy/body\.html'"):
        samples.blocks(issue=replace(samples.ISSUE, template="fancy"))


def test_a_logo_stands_in_place_of_the_name() -> None:
    site = samples.SETTINGS.site.model_copy(update={"logo": "https://www.example.edu/logo.png"})
    head = render.render_blocks(samples.ISSUE, (), samples.CATEGORIES, site, "en")["head"]
    assert '<img src="https://www.example.edu/logo.png" alt="USST News"' in editions.decode(head.html, "html")
