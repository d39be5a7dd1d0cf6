"""What belongs to a story's body and what does not."""

import pytest

from feedsvc.ingest.readers.dom import Page, first, parse
from feedsvc.ingest.readers.story.bodies import Body, attachment, clean, picture
from feedsvc.model.article import Attachment, Image
from feedsvc.text.html import plain_text

URL = "https://x.example/a/b.htm"


def body(html: str, title: str = "", remove: str = "", around: str = "") -> Body:
    page: Page = parse(
        f"<html><body><div id=b>{html}</div><div id=o>{around}</div></body></html>".encode(),
        "text/html; charset=utf-8",
        URL,
    )
    main, outside = first(page.root, "#b"), first(page.root, "#o")
    assert main is not None
    return clean(page, [main], title, remove, outside)


@pytest.mark.parametrize(
    "clutter",
    [
        "<script>x()</script>",
        "<style>p{}</style>",
        "<!-- a comment -->",
        "<div id=div_vote_id>Vote</div>",
        "<div class=related><a href=/1>Other</a></div>",
        "<div class='share wide'>Share</div>",
        "<p>上一篇：<a href=/1>旧闻</a></p>",
        "<li>Next: <a href=/1>Newer</a></li>",
        "<p>浏览次数：<span class=WP_VisitCount>12</span></p>",
        "<span>（点击: 12次）</span>",
        "<p>版权所有 © 湖滨大学</p>",
        "<p>来源：学工部发布时间：2020-06-06</p>",
        "<p style='display: none'>hidden</p>",
        "<div class=breadcrumb>Home / News</div>",
        "<p>&nbsp;</p><p><br></p><div><span> </span></div>",
        "<input value=x><button>Go</button>",
        "<img src=/1.gif width=1 height=1>",
        "<img src='javascript:x'>",
        "<img src=/ueditor/themes/default/images/icon_pdf.gif>",
        "<h1>The title</h1>",
    ],
)
def test_clutter_goes_and_its_neighbours_stay(clutter: str) -> None:
    cleaned = body(f"<p>Before.</p>{clutter}<p>After.</p>", "The title")
    assert plain_text(cleaned.html) == "Before.\nAfter."
    assert "<img" not in cleaned.html
    assert cleaned.image is None


@pytest.mark.parametrize(
    "text",
    ["The next article of the law: it says no.", "Views: we asked ten people for theirs.", "He said next: nothing."],
)
def test_sentences_that_only_resemble_clutter_stay(text: str) -> None:
    assert plain_text(body(f"<p>{text}</p>").html) == text


@pytest.mark.parametrize(
    ("image", "source"),
    [
        ("<img src=/s.jpg orisrc=/o.jpg>", "s.jpg"),
        ("<img orisrc=/o.jpg>", "o.jpg"),
        ("<img src=/images/loading.gif data-src=/l.jpg>", "l.jpg"),
        ("<img src='data:image/gif;base64,R0' data-original=/d.jpg>", "d.jpg"),
        ("<img src='' data-src=/e.jpg>", "e.jpg"),
    ],
)
def test_pictures_have_their_own_address(image: str, source: str) -> None:
    cleaned = body(f"<p>{image}</p>")
    assert cleaned.image == Image(f"https://x.example/{source}", media_type="image/jpeg")
    assert f'src="https://x.example/{source}"' in cleaned.html


@pytest.mark.parametrize(
    ("below", "caption"),
    [
        ("<p style='text-align:center'>At the gate</p>", "At the gate"),
        ("<p align=center><b>At</b> the gate</p>", "At the gate"),
        ("<p>At the gate</p>", ""),
        ("<p style='text-align:center'>It was a full sentence.</p>", ""),
        (f"<p style='text-align:center'>{'long ' * 40}</p>", ""),
        ("<p style='text-align:center'><img src=/2.jpg></p>", ""),
    ],
)
def test_captions_are_short_centred_lines(below: str, caption: str) -> None:
    cleaned = body(f"<p><img src=/1.jpg></p>{below}<p>Text.</p>")
    assert cleaned.image is not None
    assert cleaned.image.caption == caption
    assert ("<figure>" in cleaned.html) == bool(caption)
    assert plain_text(cleaned.html).endswith("Text.")


def test_a_caption_that_is_one_already_is_kept() -> None:
    cleaned = body("<figure><img src=/1.jpg alt=Gate><figcaption>At the gate</figcaption></figure>")
    assert cleaned.image == Image("https://x.example/1.jpg", "Gate", "At the gate", media_type="image/jpeg")


def test_players_become_links_and_files_are_counted_once() -> None:
    cleaned = body(
        "<div pdfsrc=/f/a.pdf sudyfile-attr=\"{'title':'Plan.pdf'}\"></div>"
        "<p><script>showVsbpdfIframe(\"/f/b.pdf\",'100%')</script></p>"
        "<p><a href=/f/c.docx>Form</a> <a href=/f/c.docx>again</a></p>",
        around="<ul><li><a href=/f/c.docx>Form</a></li><li>"
        "<a href='/download.jsp?id=7'>Table.xlsx</a></li><li><a href=/p.htm>Page</a></li></ul>",
    )
    assert [(file.url.rsplit("/", 1)[1], file.title) for file in cleaned.attachments] == [
        ("a.pdf", "Plan.pdf"),
        ("b.pdf", "b.pdf"),
        ("c.docx", "Form"),
        ("download.jsp?id=7", "Table.xlsx"),
    ]
    assert '<a href="https://x.example/f/a.pdf">Plan.pdf</a>' in cleaned.html
    assert '<a href="https://x.example/f/b.pdf">b.pdf</a>' in cleaned.html


def test_what_else_goes_is_the_sources_to_say() -> None:
    assert plain_text(body("<p>A</p><p class=ad>B</p>C", remove=".ad").html) == "A\nC"


def test_types_are_told_by_names_or_not_at_all() -> None:
    assert picture("https://x.example/1").media_type is None
    assert picture("https://x.example/1.pdf").media_type is None
    assert attachment("https://x.example/%E6%96%B0.pdf", "") == Attachment(
        "https://x.example/%E6%96%B0.pdf", "新.pdf", "application/pdf"
    )
    assert attachment("https://x.example/download", "Form").media_type is None


def test_an_empty_body_is_empty() -> None:
    assert body("<p> </p>") == Body("", None, ())


@pytest.mark.parametrize(
    "line", ["来源：学工部 点击：12", "Edited by Ann Li", "<span>Was this useful?</span> 12 votes"]
)
def test_lines_under_a_repeated_title_go_with_it(line: str) -> None:
    cleaned = body(f"<h1>The title</h1><p>{line}</p><p>After.</p>", "The title")
    assert plain_text(cleaned.html) == "After."
    dated = body(f"<h1>The title</h1><p>{line}</p><p class=date>22 November 2026</p><p>After.</p>", "The title")
    assert plain_text(dated.html) == "After."
