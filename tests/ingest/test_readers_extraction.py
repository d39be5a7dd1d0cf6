"""Bodies of pages of no known CMS: trafilatura's words in the page's own markup."""

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.ingest.readers.dom import outer_html, parse, texts
from feedsvc.ingest.readers.story.extraction import Told, extract
from feedsvc.ingest.readers.story.runs import Block, built, plan, squash
from feedsvc.ingest.readers.story.storylines import around, near
from feedsvc.text.html import plain_text

URL = "https://x.example/a/b.htm"
FIRST = "After three winters without them, bees have returned to the roof of the library, and with them a small crowd."
SECOND = (
    "The beekeepers expect forty kilograms of honey this year, and they say that the meadow has made the difference."
)
THIRD = "Everybody is invited to visit on Friday, but please keep your distance from the hives, and wear light clothes."
CARDS = "".join(
    f"<div class=card><a href=/{n}><img src=/t{n}.jpg><h4>Another story {n}</h4></a></div>" for n in range(9)
)
PAGE = (
    "<html><head><title>Bees return - Institute</title></head><body><nav><ul><li><a href=/>Home</a></ul></nav>"
    "<main><article><h1>Bees return</h1><p class=meta>By Ada Bee | 5 June 2020</p>"
    "<figure><img src=/lead.jpg alt=Bees><figcaption>Bees at work</figcaption></figure>"
    f"<div class=text><p>{FIRST}</p><p>{SECOND} More on <a href=page.htm>the <em>page</em></a>.</p>"
    f"<p><img src=/mid.jpg></p><p>{THIRD}</p></div></article></main><aside>{CARDS}</aside>"
    "<footer><p>Copyright Institute</p></footer></body></html>"
)


def whole(html: str) -> str:
    elements, _ = extract(parse(html.encode(), "text/html; charset=utf-8", URL))
    return "".join(map(outer_html, elements))


def test_the_words_stay_in_their_own_markup() -> None:
    html = whole(PAGE)
    text = plain_text(html)
    assert all(told in text for told in (FIRST, SECOND, THIRD, "Bees at work"))
    assert '<a href="page.htm">the <em>page</em></a>' in html
    assert html.index("lead.jpg") < html.index("After three") < html.index("mid.jpg") < html.index("Everybody")
    assert not any(foreign in html for foreign in ("Another story", "/t1.jpg", "Copyright", "Home"))


def test_the_lines_near_the_title_are_found_on_the_way() -> None:
    _, runs = extract(parse(PAGE.encode(), "text/html; charset=utf-8", URL))
    assert near(runs, "Bees return")[0] == "By Ada Bee | 5 June 2020"


def test_text_between_line_breaks_is_told_by_lines() -> None:
    html = whole(
        f"<html><body><h1>T</h1><article><p>{FIRST}</p><p>{SECOND}</p><div>{FIRST[1:]}<br><br>{SECOND[1:]}<br>{THIRD}</div>"
        f"</article><div>{CARDS}</div></body></html>"
    )
    assert plain_text(html).split("\n")[-3:] == [FIRST[1:], SECOND[1:], THIRD]


@pytest.mark.parametrize("html", ["", "<p></p>", "<html><body></body></html>", "<title>T</title><script>x</script>"])
def test_nothing_is_made_of_nothing(html: str) -> None:
    assert extract(parse(f"<html>{html}</html>".encode(), "", URL))[0] == []


def test_characters_that_no_tree_takes_do_no_harm() -> None:
    html = whole(PAGE.replace("three", "three&#11;&#1;").replace("class=text", "class='text&#2;'"))
    assert "bees have returned" in html
    assert "\x0b" not in html


pieces = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<a href=/x>", "</a>", "<br>", "<hr>", "<img src=/i>",
     "<table><tr><td>", "</table>", "<ul><li>", "</ul>", "<script>no</script>", "word ", "文字", "&#11;"]
)  # fmt: skip


@given(st.lists(pieces, max_size=40).map("".join))
@settings(max_examples=150)
def test_a_plan_holds_every_word_once_and_in_order(html: str) -> None:
    page = parse(f"<html><body>x{html}</body></html>".encode(), "text/html; charset=utf-8", URL)
    body = page.root.find("body")
    assert body is not None
    block = plan(body)
    runs = block.runs()
    told = squash("".join(texts(body)))
    assert "".join(run.text for run in runs) == told
    for run in runs:
        run.kept = True
    made = built(block)
    assert made is not None
    assert squash("".join(texts(made))) == told


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        (f"<h1>T</h1><p>5 June 2020</p><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>", ["5 June 2020"]),
        (f"<p>5 June 2020</p><h1>T</h1><p>{FIRST}</p><p>{SECOND}</p>", ["5 June 2020"]),
        (f"<h1>T</h1><dl><dt>Datum</dt><dd>12.01.2017</dd></dl><p>{FIRST}</p>", ["Datum", "Datum: 12.01.2017"]),
        (f"<h1>T</h1><table><tr><th>Date:</th><td>5 June</td></tr></table><p>{FIRST}</p>", ["Date:", "Date: 5 June"]),
        (f"<h1>T</h1><p>T | 5 June 2020</p><p>{FIRST}</p>", ["| 5 June 2020"]),
        (f"<p>1</p><p>2</p><p>3</p><p>4</p><h1>T</h1><p>5</p><p>{FIRST}</p>", ["5", "4", "3", "2"]),
        (f"<h1>T</h1><p>{'a long line ' * 30}</p><p>5</p><p>{FIRST}</p>", ["5"]),
        (f"<h2>T</h2><p>Menu</p><h1>T</h1><p>5</p><p>{FIRST}</p>", ["5", "Menu"]),
        (f"<p>5</p><p>{FIRST}</p>", ["5"]),
    ],
)
def test_the_lines_near_a_title_are_short_and_near(html: str, lines: list[str]) -> None:
    body = parse(f"<html><body>{html}</body></html>".encode(), "text/html; charset=utf-8", URL).root.find("body")
    assert body is not None
    runs = plan(body).runs()
    for run in runs:
        run.kept = run.text in (squash(FIRST), squash(SECOND), squash(THIRD))
    assert near(runs, "T") == lines


def test_what_is_taken_whole_is_not_looked_into() -> None:
    body = parse(
        f"<html><body><h1>T</h1><p>5</p><div id=b><p>{FIRST}</p></div></body></html>".encode(), "", URL
    ).root.find("body")
    assert body is not None
    whole_body = body.get_element_by_id("b")
    runs = plan(body, frozenset([whole_body])).runs()
    assert [(run.text, run.kept) for run in runs] == [("T", False), ("5", False), ("", True)]
    assert around(body, [whole_body], "T") == ["5"]


def test_pictures_of_other_stories_do_not_come_along() -> None:
    teaser = "<div class=box><a href=/2><img src=/other.jpg></a><p>Another story that has nothing to do with bees at all</p></div>"
    html = whole(PAGE.replace(f"<p>{THIRD}</p>", f"{teaser}<p>{THIRD}</p>"))
    assert "mid.jpg" in html
    assert "other.jpg" not in html


def test_the_story_in_a_script_alone_comes_as_paragraphs() -> None:
    told = " ".join([FIRST, SECOND, THIRD] * 3)
    html = (
        '<html><head><title>T</title><script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "'
        f'{told}"}}</script>'
        "</head><body><h1>T</h1><div id=app></div></body></html>"
    )
    assert plain_text(whole(html)).startswith(FIRST)


def test_what_is_left_out_before_the_choice_stays_in_the_body() -> None:
    shown = f"<p>{SECOND} <img src=/within.jpg> more</p><p><a href=/hall><i>The hall</i></a> and <time>Friday</time>, {THIRD}</p>"
    html = whole(PAGE.replace(f"<p>{THIRD}</p>", f"<style>p {{}}</style>{shown}<svg><title>Bee</title></svg>"))
    assert 'src="/within.jpg"> more</p>' in html
    assert '<a href="/hall"><i>The hall</i></a> and <time>Friday</time>' in html
    assert not any(unsaid in html for unsaid in ("style", "svg"))


def test_the_page_is_left_as_it_is() -> None:
    page = parse(PAGE.encode(), "text/html; charset=utf-8", URL)
    before = outer_html(page.root)
    extract(page)
    assert outer_html(page.root) == before


@given(st.lists(pieces, max_size=40).map("".join), st.integers(min_value=0))
@settings(max_examples=150)
def test_what_is_kept_is_built_in_order_and_nothing_else(html: str, chosen: int) -> None:
    body = parse(f"<html><body>x{html}</body></html>".encode(), "text/html; charset=utf-8", URL).root.find("body")
    assert body is not None
    block = plan(body)
    runs = block.runs()
    for place, run in enumerate(runs):
        run.kept = bool(chosen >> place & 1)
    made = built(block)
    told = squash("".join(texts(made))) if made is not None else ""
    assert told == "".join(run.text for run in runs if run.kept)
    assert made is None or made.getparent() is None


def test_what_is_read_is_not_left_to_the_collector() -> None:
    page = parse(PAGE.encode(), "text/html; charset=utf-8", URL)
    gc.collect()
    gc.disable()
    try:
        before = blocks()
        _, runs = extract(page)
        assert blocks() > before
        del runs
        assert blocks() == before
    finally:
        gc.enable()


def blocks() -> int:
    return sum(isinstance(known, Block) for known in gc.get_objects())


sentences = st.lists(st.text("abcé学 ", min_size=1, max_size=90), min_size=1, max_size=8)


@given(sentences, sentences, st.integers(0, 60))
@settings(max_examples=200)
def test_a_chunk_is_found_wherever_it_stands(told: list[str], other: list[str], start: int) -> None:
    words = Told.by(told)
    for text in (words.text, squash("".join(other))):
        chunk = text[start : start + 24]
        if len(chunk) == 24:
            assert words.holds(chunk) == (chunk in words.text)
